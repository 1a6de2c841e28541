"""Epoch after epoch, from a position to the last one, until early stopping, or until asked to stop."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, List, Mapping, Optional

from .checkpoint import Checkpoint, CheckpointFolder, Position, epoch_name
from .data.prepare import TrainingData
from .errors import InputError
from .feed import Feed, in_batches
from .gpu import GpuMonitor
from .journal import Journal, is_better
from .learner import Learner, Sums
from .randomness import Random
from .schedule import learning_rate
from .scheme import Scheme
from .stop import GO_ON, StopRequest
from .team import Team
from .text import t

SHUFFLE_STREAM = 3
"""Keeps this use of the seed apart from the others."""
POINTS_PER_EPOCH = 20
SAVE_INTERVAL = 600.0
"""Seconds after which a checkpoint is written in the middle of an epoch."""
LOOK_INTERVAL = 0.3
"""Seconds between two looks at what all processes together know: whether to stop, and the loss so far."""


@dataclass(frozen=True)
class LoopParts:
    scheme: Scheme
    data: TrainingData
    learner: Learner
    journal: Journal
    checkpoints: CheckpointFolder
    stop: StopRequest
    team: Team
    training_feed: Feed
    validation_feed: Feed
    gpu: GpuMonitor
    export: Callable[[Position], None]
    """Called with every checkpoint, so that a model can be looked at while the run goes on."""
    histograms: Callable[[int], None]


class TrainingLoop:
    """Everything random follows from the seed and the position, so that a resumed training is the same as an uninterrupted one."""

    def __init__(self, parts: LoopParts, position: Position) -> None:
        self.parts = parts
        self.position = position
        count = len(parts.data.training)
        self.batch_size = min(parts.scheme.data.batch_size, count)
        self.batches_per_epoch = math.ceil(count / self.batch_size)
        self._monitor = self._monitored_tag()
        self._throughput = 0.0
        self._saved = time.monotonic()

    def run(self) -> int:
        """
        ``GO_ON`` where the training came to its end, else what it was asked for. Without a step there is no new checkpoint:
        whoever queues a run again sees by it that nothing came of this attempt.
        """
        begin = self.position.step
        asked = self.parts.team.largest(self.parts.stop.asked)[0]
        while not self.is_over:
            asked = asked or self._epoch()
            if asked:
                self._save(["last"] if self.position.step > begin else [])
                return asked
        self._log_early_stop()
        return GO_ON

    @property
    def is_over(self) -> bool:
        model, best = self.parts.scheme.model, self.position.best
        stopping = model.early_stopping
        has_waited = (
            stopping is not None and best is not None and self.position.epoch - best["epoch"] >= stopping.patience
        )
        return self.position.epoch >= model.iteration or has_waited

    def _epoch(self) -> int:
        sums = dict(self.position.sums)
        asked = self._train(sums)
        if asked:
            return asked
        validation: Dict[str, float] = {}
        asked = self._validate(validation)
        if asked:
            return asked
        epoch, step = self.position.epoch + 1, self.position.step
        values = {
            **self._values(sums, "train"),
            **self._values(validation, "validation"),
            "learning_rate": self._rate(step - 1),
            "throughput/samples_per_second": self._throughput,
            **self.parts.gpu.values(),
        }
        best = self._better(values.get(self._monitor), epoch)
        self.position = Position(epoch, 0, step, {}, best)
        self.parts.journal.epoch(values, self._progress())
        self.parts.journal.log(_epoch_line(epoch, self.parts.scheme.model.iteration, values))
        self.parts.histograms(step)
        self._save_epoch(best is not None and best["epoch"] == epoch)
        return GO_ON

    def _train(self, sums: Dict[str, float]) -> int:
        parts, seed = self.parts, self.parts.scheme.model.seed
        epoch, begin = self.position.epoch, self.position.batch
        order = Random(seed, SHUFFLE_STREAM, epoch).shuffle(parts.data.training.samples)
        whole = in_batches(order, self.batch_size)[begin:]
        shares = [parts.team.share(batch) for batch in whole]
        # A process without a sample of its own lends a hand with the first, which counts nothing.
        fed = [share if len(share) else batch[:1] for share, batch in zip(shares, whole)]
        look = _Look(self, sums, parts.learner.new_sums())
        for place, batch in enumerate(parts.training_feed.batches(fed, epoch)):
            step = self.position.step + 1
            counts = len(shares[place]) > 0
            parts.learner.step(batch, len(whole[place]), step, self._rate(step - 1), look.pending, counts)
            look.count += len(shares[place])
            self.position = replace(self.position, batch=begin + place + 1, step=step)
            asked = look.after_step(len(whole[place]), is_last=place == len(whole) - 1)
            if asked:
                return asked
        return GO_ON

    def _validate(self, sums: Dict[str, float]) -> int:
        parts = self.parts
        pending, counted = parts.learner.new_sums(), 0
        whole = in_batches(parts.data.validation.samples, self.batch_size)
        shares = [parts.team.share(batch) for batch in whole]
        # The first sample keeps the others company where there is no share; it counts nothing.
        fed = [share if len(share) else batch[:1] for share, batch in zip(shares, whole)]
        pace = _Pace(parts.team)
        for batch, share in zip(parts.validation_feed.batches(fed), shares):
            parts.learner.evaluate(batch, pending if len(share) else None)
            counted += len(share)
            if pace.is_time:
                asked = pace.agree(parts.stop.asked)
                if asked:
                    return asked
                parts.journal.progress(self._progress(), {})
        asked = parts.team.largest(parts.stop.asked)[0]
        sums.update(parts.team.total(self._named(pending, counted)))
        return asked

    def take_in(self, sums: Dict[str, float], pending: Sums, count: int) -> None:
        """Adds what has been counted on the device, here and in the other processes, to an epoch's sums."""
        for name, value in self.parts.team.total(self._named(pending, count)).items():
            sums[name] = sums.get(name, 0.0) + value
        self.position = replace(self.position, sums=dict(sums))
        if not math.isfinite(sums["loss"]):
            raise self._diverged()

    def _named(self, sums: Sums, count: int) -> Dict[str, float]:
        metric = f"metric {self.parts.learner.objective.metric}"
        return {"samples": count, "loss": float(sums.loss), metric: float(sums.metric)}

    def _values(self, sums: Mapping[str, float], part: str) -> Dict[str, float]:
        """TensorBoard tag to mean over the samples; empty when there were none."""
        count, objective = sums.get("samples", 0), self.parts.learner.objective
        if not count:
            return {}
        metric = sums[f"metric {objective.metric}"] / (count * objective.per_sample)
        return {f"loss/{part}": sums["loss"] / count, f"{objective.tag}/{part}": metric}

    def report_steps(self, sums: Mapping[str, float], before: Mapping[str, float]) -> None:
        """The means since the last report; the epoch's own values come at its end."""
        since = {name: value - before.get(name, 0.0) for name, value in sums.items()}
        rate = {"learning_rate": self._rate(self.position.step - 1)}
        self.parts.journal.steps({**self._values(since, "steps"), **rate}, self.position.step)

    def report_progress(self, sums: Mapping[str, float], throughput: float) -> None:
        self._throughput = throughput
        self.parts.journal.progress(self._progress(), self._values(sums, "train"))

    def _better(self, value: Optional[float], epoch: int) -> Optional[Mapping[str, float]]:
        best = self.position.best
        if value is None or not math.isfinite(value):
            return best
        is_best = best is None or is_better(self._monitor, value, best["value"])
        return {"value": value, "epoch": epoch} if is_best else best

    def _save_epoch(self, is_best: bool) -> None:
        epoch = self.position.epoch
        is_due = epoch % self.parts.scheme.model.save_interval == 0
        names = [epoch_name(epoch)] if is_due else []
        names += ["last"] if is_due or self.is_over else []
        names += ["best"] if is_best else []
        self._save(names)
        if is_due:
            self.parts.export(self.position)

    def save_now_and_then(self) -> None:
        """In an epoch that takes long, so that little is lost where the machine is."""
        if time.monotonic() - self._saved >= SAVE_INTERVAL:
            self._save(["last"])

    def _save(self, names: List[str]) -> None:
        if "last" in names:
            self._saved = time.monotonic()
        if names and self.parts.team.leads:
            checkpoint = Checkpoint(self.position, self.parts.learner.state(), self.parts.journal.metrics)
            self.parts.checkpoints.write(checkpoint, names)

    def _log_early_stop(self) -> None:
        stopping, best = self.parts.scheme.model.early_stopping, self.position.best
        if stopping is None or best is None or self.position.epoch >= self.parts.scheme.model.iteration:
            return
        self.parts.journal.log(t("No better {0} since epoch {1}: stopping early.", self._monitor, best["epoch"]))

    def _progress(self) -> Dict[str, Any]:
        epochs, count = self.parts.scheme.model.iteration, len(self.parts.data.training)
        left = (epochs - self.position.epoch) * count - min(self.position.batch * self.batch_size, count)
        progress: Dict[str, Any] = {
            "epoch": min(self.position.epoch + 1, epochs),
            "epochs": epochs,
            "step": self.position.step,
            "samplesPerSecond": self._throughput,
        }
        if self._throughput > 0:
            progress["secondsLeft"] = left / self._throughput
        return progress

    def _rate(self, step: int) -> float:
        return learning_rate(self.parts.scheme.model, step, self.batches_per_epoch)

    def _monitored_tag(self) -> str:
        """Throws ``InputError`` where early stopping is to watch what this run does not have."""
        parts = ["train", "validation"] if len(self.parts.data.validation) else ["train"]
        tags = [f"{name}/{part}" for part in parts for name in ("loss", self.parts.learner.objective.tag)]
        stopping = self.parts.scheme.model.early_stopping
        if stopping is None:
            return f"loss/{parts[-1]}"
        if stopping.monitor in tags:
            return stopping.monitor
        problem, step = t("This run has no {0}.", stopping.monitor), t("Take one of: {0}.", ", ".join(tags))
        raise InputError("scheme.json", problem, step, "model.early_stopping.monitor")

    def _diverged(self) -> InputError:
        place = t("epoch {0}, step {1}", self.position.epoch + 1, self.position.step)
        step = t("Lower model.learning_rate ({0}), or set data.normalize.", self._rate(self.position.step - 1))
        return InputError("scheme.json", t("The loss is no longer a number."), step, place)


class _Pace:
    """
    How many steps there are between two looks at what all processes together know follows from how long they take. Every process
    counts the same steps, so all of them look at the same time.
    """

    def __init__(self, team: Team) -> None:
        self._team = team
        self._last = time.perf_counter()
        self._steps, self._next = 0, 1

    @property
    def is_time(self) -> bool:
        """To be asked once after each step."""
        self._steps += 1
        return self._steps >= self._next

    def agree(self, asked: int) -> int:
        """What any process is asked for."""
        now = time.perf_counter()
        per_step = max((now - self._last) / max(self._steps, 1), 1e-6)
        self._last, self._steps = now, 0
        most, self._next = self._team.largest(asked, min(int(LOOK_INTERVAL / per_step) + 1, 1000))
        return most


class _Look:
    """From time to time all processes put together what they know: the sums so far, and whether anybody was asked to stop."""

    def __init__(self, loop: TrainingLoop, sums: Dict[str, float], pending: Sums) -> None:
        self._loop, self._sums, self.pending = loop, sums, pending
        self.count = 0
        self._begin = time.perf_counter()
        self._samples = 0
        self._pace = _Pace(loop.parts.team)
        self._reported = dict(sums)
        self._report_every = max(1, loop.batches_per_epoch // POINTS_PER_EPOCH)
        self._report_at = loop.position.batch + self._report_every

    def after_step(self, samples: int, is_last: bool) -> int:
        """What the run is asked for."""
        self._samples += samples
        loop = self._loop
        is_report_due = loop.position.batch >= self._report_at and not is_last
        if not self._pace.is_time and not is_last and not is_report_due:
            return GO_ON
        loop.take_in(self._sums, self.pending, self.count)
        self.pending, self.count = loop.parts.learner.new_sums(), 0
        if is_report_due:
            loop.report_steps(self._sums, self._reported)
            self._reported, self._report_at = dict(self._sums), loop.position.batch + self._report_every
        loop.report_progress(self._sums, self._samples / max(time.perf_counter() - self._begin, 1e-9))
        asked = self._pace.agree(loop.parts.stop.asked)
        if is_last:
            return GO_ON
        if not asked:
            loop.save_now_and_then()
        return asked


def _epoch_line(epoch: int, epochs: int, values: Mapping[str, float]) -> str:
    """``epoch 3/50  loss/train 0.4213  loss/validation 0.5102  ...``"""
    parts = [f"{tag} {value:.0f}" if abs(value) >= 100 else f"{tag} {value:.4g}" for tag, value in values.items()]
    return "  ".join([f"epoch {epoch}/{epochs}", *parts])
