"""``evaluation.npz``: truth and prediction for every validation sample; and the worst of them as images."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional

import numpy as np
import torch

from . import events
from .data.png import encode_png
from .data.samples import Part
from .feed import Feed, in_batches
from .files import write_atomically
from .learner import Learner
from .team import Team

WORST_IMAGES = 8


def predict(
    learner: Learner, feed: Feed, part: Part, size: int, team: Team, goes_on: Callable[[], bool]
) -> Optional[torch.Tensor]:
    """
    Outputs for all of a part, float32 ``[n, label_dim]``, in the process that leads; each process computes its share. ``None``
    when ``goes_on`` said no to any of them before the end.
    """
    outputs: List[np.ndarray] = []
    is_whole = True
    for batch in feed.batches(in_batches(team.share(part.samples), size)):
        if not goes_on():
            is_whole = False
            break
        outputs.append(learner.evaluate(batch).cpu().numpy())
    shares = team.gather((is_whole, np.concatenate(outputs) if outputs else None))
    if shares is None or not all(whole for whole, _ in shares):
        return None
    rows = [values for _, values in shares if values is not None]
    return torch.from_numpy(np.concatenate(rows)) if rows else torch.empty(0, learner.objective.label_dim)


def write_evaluation(folder: Path, learner: Learner, part: Part, outputs: torch.Tensor) -> None:
    """
    ``truth`` (int64 ``[n]``, or float32 ``[n, label_dim]``), ``prediction`` (float32 ``[n, label_dim]``: probabilities, or
    values), ``sample`` (a stable id for each row) and ``classes`` (the names, for classification).
    """
    labels = part.data.labels
    arrays: Dict[str, np.ndarray] = {
        "truth": labels.values[part.samples],
        "prediction": learner.objective.prediction(outputs).numpy().astype(np.float32),
        "sample": np.array([part.data.ids[sample] for sample in part.samples], dtype=np.str_),
    }
    if labels.classes is not None:
        arrays["classes"] = np.array(labels.classes, dtype=np.str_)
    write_atomically(folder / "evaluation.npz", _npz(arrays))


def worst_images(learner: Learner, part: Part, outputs: torch.Tensor, step: int) -> bytes:
    """Records of an event file: the validation images with the largest losses, and what they were taken for."""
    if part.data.samples.take(part.samples[:1]).ndim != 4 or len(part) == 0:
        return b""
    targets = torch.from_numpy(part.data.labels.values[part.samples])
    losses = learner.objective.losses_of_samples(outputs, targets)
    order = losses.argsort(descending=True)[:WORST_IMAGES].tolist()
    samples = part.samples[order]
    now = time.time()
    records = []
    for place, image in enumerate(part.data.samples.take(samples)):
        pixels = _bytes(image)
        size = (pixels.shape[0], pixels.shape[1])
        records.append(events.image(now, step, f"worst/{place + 1}", encode_png(pixels), size, pixels.shape[2]))
    lines = ["| image | sample | truth | prediction | loss |", "|---|---|---|---|---|"]
    for place, row in enumerate(order):
        truth, prediction = _said(part, learner, outputs, row)
        name = part.data.ids[part.samples[row]]
        lines.append(f"| {place + 1} | {name} | {truth} | {prediction} | {losses[row]:.4g} |")
    records.append(events.text(now, step, "worst/validation", "\n".join(lines)))
    return b"".join(records)


def _said(part: Part, learner: Learner, outputs: torch.Tensor, row: int) -> tuple[str, str]:
    labels = part.data.labels
    truth, prediction = labels.values[part.samples[row]], learner.objective.prediction(outputs[row : row + 1])[0]
    if labels.classes is not None and len(prediction) > 1:
        return labels.classes[int(truth)], labels.classes[int(prediction.argmax())]
    return str(np.atleast_1d(truth).tolist()), str([round(value, 4) for value in prediction.tolist()])


def _bytes(image: np.ndarray) -> np.ndarray:
    """``[height, width, 1 or 3]``; what are no bytes is stretched from its smallest to its largest value."""
    if image.dtype != np.uint8:
        low, high = float(image.min()), float(image.max())
        image = ((image - low) * (255 / ((high - low) or 1))).astype(np.uint8)
    last = np.moveaxis(image, 0, -1)
    return np.ascontiguousarray(last[:, :, :3] if last.shape[2] >= 3 else last[:, :, :1])


def _npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Not compressed, and with a fixed time: equal evaluations are equal files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, values in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (2000, 1, 1, 0, 0, 0)), content.getvalue())
    return stream.getvalue()
