"""One run: from the start or from its last checkpoint, to everything that a run has in its folder."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional

import numpy as np
import torch

from . import events
from .checkpoint import Checkpoint, CheckpointFolder, Position
from .data.fingerprint import fingerprint
from .data.prepare import TrainingData, prepare_data
from .data.statistics import normalization_arrays
from .device import Compute, choose_compute, versions
from .errors import InputError
from .evaluation import predict, worst_images, write_evaluation
from .export import write_model
from .feed import Feed
from .files import remove_leftovers
from .gpu import GpuMonitor
from .journal import Journal
from .learner import Learner
from .loop import LoopParts, TrainingLoop
from .network import Network
from .record import demand_same_scheme, provenance, read_record, scheme_folder
from .scheme import Scheme, load_scheme
from .settings import Settings
from .stop import GO_ON, PREEMPT, StopRequest
from .team import Team, batch_normalizations
from .text import t
from .weights import collect, demand_fit, initialize

STOPPED_EVALUATION_SECONDS = 3.0
"""A stopped run's validation data is evaluated only as far as this goes."""
EXPORT_SHARE = 0.05
"""While a run goes on, exports may take this share of its time."""
STEPS_WORTH_COMPILING = 2000
LOOK_INTERVAL = 0.2


def train(settings: Settings, journal: Journal, stop: StopRequest, team: Team) -> int:
    """``GO_ON`` where the run is finished, else what it was asked for. Throws ``InputError``, ``Stopped``, ``Preempted``."""
    scheme = load_scheme(settings.scheme_file)
    record = read_record(settings.run_folder)
    demand_same_scheme(record, settings)
    with stop.interrupting():
        network = Network(scheme)
        compute = choose_compute(settings, team.local_rank, _has_pictures(scheme))
        checkpoints = CheckpointFolder(settings.run_folder)
        if team.leads:
            remove_leftovers(checkpoints.folder, "")
            for name in ("model.onnx", "evaluation.npz", "result.json", "progress.json"):
                remove_leftovers(settings.run_folder, name)
        resumed = checkpoints.read("last")
        if resumed is not None:
            journal.restore(resumed.metrics)
        data = prepare_data(scheme, *_data_paths(scheme, settings, record))
        team.join(compute.device)
    facts = _Fingerprint(scheme, settings, record, data, journal.leads)
    _tell(journal, settings, scheme, network, data, compute, team)

    position = resumed.position if resumed else Position()
    learner = _make_learner(settings, scheme, network, data, compute, team, journal, resumed)
    loop = TrainingLoop(
        _loop_parts(settings, scheme, data, learner, journal, checkpoints, stop, team, compute, facts), position
    )
    if _is_worth_compiling(settings, compute, team, loop):
        learner.compile()
    _open_events(journal, scheme, network, learner, position)
    asked = loop.run()
    if asked != PREEMPT:
        asked = _finish(settings, scheme, loop, asked, checkpoints, facts)
    journal.close_events(asked == GO_ON)
    return asked


def _has_pictures(scheme: Scheme) -> bool:
    return len(scheme.data.sample_shape) == 3


def _data_paths(scheme: Scheme, settings: Settings, record: Mapping[str, Any]) -> tuple[Path, Optional[Path]]:
    folder = scheme_folder(record, settings)
    if settings.data is None and scheme.data.data_path is None:
        step = t("Set data.data_path in the scheme.")
        raise InputError(settings.scheme_file, t("The scheme names no data."), step)
    path = settings.data or (folder / (scheme.data.data_path or "")).resolve()
    own = scheme.data.validation_path
    validation = settings.validation_data or ((folder / own).resolve() if own is not None else None)
    return path, validation


def _tell(
    journal: Journal,
    settings: Settings,
    scheme: Scheme,
    network: Network,
    data: TrainingData,
    compute: Compute,
    team: Team,
) -> None:
    classes = data.training.data.labels.classes
    journal.log(t("Run {0}", settings.run_id))
    if classes is not None:
        journal.log(t("{0} classes: {1}", len(classes), ", ".join(classes[:20])))
    journal.log(t("samples: {0} to train, {1} to validate", len(data.training), len(data.validation)))
    journal.log(t("{0} parameters on {1}", network.trainable_count, compute.describe()))
    if team.size > 1:
        journal.log(t("{0} processes share each batch of {1}.", team.size, scheme.data.batch_size))
        if batch_normalizations(network):
            journal.log(t("Batch normalization takes its statistics from the whole batch, over all processes."))
    journal.remember(
        samples={"training": len(data.training), "validation": len(data.validation)},
        classes=classes,
        normalization=data.normalization,
        versions=versions(),
        device=compute.describe(),
    )


def _make_learner(
    settings: Settings,
    scheme: Scheme,
    network: Network,
    data: TrainingData,
    compute: Compute,
    team: Team,
    journal: Journal,
    resumed: Optional[Checkpoint],
) -> Learner:
    offset, divisor = normalization_arrays(data.normalization, len(scheme.data.sample_shape))
    if offset is not None and divisor is not None:
        network.set_normalization(torch.from_numpy(offset), torch.from_numpy(divisor))
    if resumed is None:
        initialize(network, scheme.model.seed)
    learner = Learner(network, scheme, compute, team, journal.log)
    if resumed is not None:
        file = settings.run_folder / "checkpoints" / "last.safetensors"
        demand_fit(network, resumed.tensors, file, learner.slot_names)
        learner.restore(resumed.tensors, resumed.position.step)
        journal.log(t("Goes on after epoch {0}, step {1}.", resumed.position.epoch, resumed.position.step))
    return learner


def _loop_parts(
    settings: Settings,
    scheme: Scheme,
    data: TrainingData,
    learner: Learner,
    journal: Journal,
    checkpoints: CheckpointFolder,
    stop: StopRequest,
    team: Team,
    compute: Compute,
    facts: _Fingerprint,
) -> LoopParts:
    training_feed = Feed(data.training.data, scheme.data, compute, scheme.model.seed, settings.feed)
    is_same = data.training.data is data.validation.data
    validation_feed = training_feed if is_same else Feed(data.validation.data, scheme.data, compute, 0, settings.feed)
    if compute.device.type != "cpu":
        resident, loaded = t("All data is kept on the device."), t("The data is brought to the device batch by batch.")
        journal.log(resident if training_feed.is_resident else loaded)

    def make_room() -> bool:
        given = [feed.leave_device() for feed in (training_feed, validation_feed)]
        if any(given):
            journal.log(t("The memory is not enough: from now on the data is brought to the device batch by batch."))
        return any(given)

    learner.make_room = make_room
    return LoopParts(
        scheme=scheme,
        data=data,
        learner=learner,
        journal=journal,
        checkpoints=checkpoints,
        stop=stop,
        team=team,
        training_feed=training_feed,
        validation_feed=validation_feed,
        gpu=GpuMonitor(compute.device),
        export=_Exporter(settings, scheme, learner, journal, facts).now_and_then,
        histograms=lambda step: _write_histograms(journal, learner, step) if settings.histograms else None,
    )


class _Fingerprint:
    """Of the data, worked out by the process that leads, beside the training, since all of it has to be read."""

    def __init__(
        self, scheme: Scheme, settings: Settings, record: Mapping[str, Any], data: TrainingData, leads: bool
    ) -> None:
        self._known: Optional[Mapping[str, Any]] = record.get("data")
        self._facts: Dict[str, Any] = {}
        self._settings, self._record = settings, record
        self._thread = threading.Thread(target=self._work_out, args=(scheme, data), daemon=True)
        if leads:
            self._thread.start()

    @property
    def is_known(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, goes_on: Callable[[], bool] = lambda: True) -> Mapping[str, Any]:
        """
        ``data`` and ``validationData`` as in ``run.json``; nothing where ``goes_on`` says no before they are known. Throws
        ``InputError`` where the data is not what the run began with.
        """
        while self._thread.is_alive() and goes_on():
            self._thread.join(LOOK_INTERVAL)
        data = self._facts.get("data")
        if data and self._known and self._known.get("sha256") != data["sha256"]:
            step = t("Restore the data, or start a new run.")
            raise InputError(data["path"], t("The data has changed since the run began."), step)
        return self._facts

    def provenance(self) -> Mapping[str, str]:
        """As far as the data's is known."""
        return provenance(self._record, self._settings, self._facts.get("data") or self._known)

    def _work_out(self, scheme: Scheme, data: TrainingData) -> None:
        try:
            written = scheme.data.data_path or str(data.path)
            found = {"data": fingerprint(data.path, written, len(data.training.data.samples))}
            if data.validation_path is not None:
                own = scheme.data.validation_path or str(data.validation_path)
                found["validationData"] = fingerprint(data.validation_path, own, len(data.validation.data.samples))
            self._facts = found
        except OSError:
            # Data that vanishes while the run goes on is no reason to lose the run.
            self._facts = {}


class _Exporter:
    def __init__(
        self, settings: Settings, scheme: Scheme, learner: Learner, journal: Journal, facts: _Fingerprint
    ) -> None:
        self._settings, self._scheme, self._learner, self._journal = settings, scheme, learner, journal
        self._facts = facts
        self._wait_until = 0.0

    def now_and_then(self, position: Position) -> None:
        if self._journal.leads and self._facts.is_known and time.monotonic() >= self._wait_until:
            begin = time.monotonic()
            self.write(position, "last")
            self._wait_until = time.monotonic() + (time.monotonic() - begin) / EXPORT_SHARE

    def write(self, position: Position, weights: str, goes_on: Callable[[], bool] = lambda: True) -> None:
        self._journal.remember(**self._facts.wait(goes_on))
        file = self._settings.run_folder / "model.onnx"
        write_model(file, self._learner.network, self._scheme.data, self._facts.provenance(), self._settings.exporter)
        self._journal.remember(model={"weights": weights, "epoch": position.epoch})


def _finish(
    settings: Settings,
    scheme: Scheme,
    loop: TrainingLoop,
    asked: int,
    checkpoints: CheckpointFolder,
    facts: _Fingerprint,
) -> int:
    """
    With early stopping the exported and evaluated weights are the best epoch's. A run that is asked to stop has a few seconds for
    it. What it is asked for, as ``train`` gives it.
    """
    parts, learner, journal = loop.parts, loop.parts.learner, loop.parts.journal
    best = checkpoints.read("best") if scheme.model.early_stopping is not None and asked == GO_ON else None
    if best is not None:
        learner.restore(best.tensors)
    position = best.position if best else loop.position
    if journal.leads:
        exporter = _Exporter(settings, scheme, learner, journal, facts)
        exporter.write(position, "best" if best else "last", _Patience(parts.stop, asked))
    validation, has_time = parts.data.validation, _Patience(parts.stop, asked)
    outputs = predict(learner, parts.validation_feed, validation, loop.batch_size, parts.team, has_time)
    is_whole, latest = parts.team.largest(int(outputs is not None), parts.stop.asked)
    if not journal.leads:
        return asked if is_whole else latest
    if outputs is None:
        journal.log(t("There was no time left to write evaluation.npz."))
        return latest
    write_evaluation(settings.run_folder, learner, validation, outputs)
    if asked == GO_ON:
        journal.append(worst_images(learner, validation, outputs, loop.position.step))
    return asked


class _Patience:
    """Whether there is time left: for ever, but for a few seconds after the run was asked to stop."""

    def __init__(self, stop: StopRequest, asked: int) -> None:
        self._stop = stop
        self._end = time.monotonic() + STOPPED_EVALUATION_SECONDS if asked else None

    def __call__(self) -> bool:
        if self._end is None and self._stop.asked:
            self._end = time.monotonic() + STOPPED_EVALUATION_SECONDS
        return self._end is None or time.monotonic() < self._end


def _is_worth_compiling(settings: Settings, compute: Compute, team: Team, loop: TrainingLoop) -> bool:
    """Compiling takes a minute. Where processes share batch normalization's statistics, nothing is gained by it."""
    if settings.compile == "0" or not hasattr(torch, "compile"):
        return False
    left = (loop.parts.scheme.model.iteration - loop.position.epoch) * loop.batches_per_epoch
    is_gain = compute.device.type == "cuda" and team.size == 1 and left >= STEPS_WORTH_COMPILING
    return settings.compile == "1" or is_gain


def _open_events(journal: Journal, scheme: Scheme, network: Network, learner: Learner, position: Position) -> None:
    model = scheme.model
    hyperparameters = {
        "learning_rate": model.learning_rate,
        "batch_size": scheme.data.batch_size,
        "iteration": model.iteration,
        "optimizer": model.optimizer.type,
        "loss": model.loss,
        "seed": model.seed,
        "normalize": scheme.data.normalize,
    }
    tags: List[str] = ["loss/validation", f"{learner.objective.tag}/validation"]
    texts = {"scheme": f"```json\n{scheme.text}\n```", "graph": network.describe()}
    journal.open_events(position.step, hyperparameters, tags, texts)


def _write_histograms(journal: Journal, learner: Learner, step: int) -> None:
    for name, values in collect(learner.network).items():
        finite = values.numpy()[np.isfinite(values.numpy())]
        if finite.size:
            journal.append(events.histogram(time.time(), step, name, finite))
