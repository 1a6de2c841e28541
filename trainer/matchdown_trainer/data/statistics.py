"""What the network's normalization needs, from the training part only."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Optional, Tuple

import numpy as np

from .samples import Part

BLOCK = 1024


def normalization_statistics(part: Part, kind: str) -> Dict[str, Any]:
    """As in ``run.json``: ``{kind: 'min_max', minimum, maximum}``, ``{kind: 'z_score', mean, deviation}`` or ``{kind: 'none'}``."""
    if kind == "min_max":
        extremes = [(float(values.min()), float(values.max())) for values in _blocks(part)]
        return {"kind": kind, "minimum": min(low for low, _ in extremes), "maximum": max(high for _, high in extremes)}
    return _z_score(part) if kind == "z_score" else {"kind": "none"}


def normalization_arrays(statistics: Dict[str, Any], rank: int) -> Tuple[Optional[np.ndarray], Optional[np.ndarray]]:
    """What is subtracted and what it is divided by, float32, for samples of so many axes; a divisor of 0 counts as 1."""
    if statistics["kind"] == "min_max":
        low, high = statistics["minimum"], statistics["maximum"]
        return np.array(low, np.float32), np.array(high - low or 1, np.float32)
    if statistics["kind"] == "z_score":
        dims = (1, -1) + (1,) * (rank - 1)
        deviation = [value or 1 for value in statistics["deviation"]]
        return np.array(statistics["mean"], np.float32).reshape(dims), np.array(deviation, np.float32).reshape(dims)
    return None, None


def _z_score(part: Part) -> Dict[str, Any]:
    """Per channel, or per feature of tabular data: in both cases the first axis. Population deviation, by two passes in float64."""

    def mean_of(term: Any) -> np.ndarray:
        total: Any = 0.0
        count = 0
        for values in _blocks(part):
            axes = (0, *range(2, values.ndim))
            total = total + term(values).sum(axis=axes)
            count += values.size // values.shape[1]
        return total / count

    mean = mean_of(lambda values: values.astype(np.float64))
    shape = (1, -1) + (1,) * (part.data.samples.take(part.samples[:1]).ndim - 2)
    variance = mean_of(lambda values: (values.astype(np.float64) - mean.reshape(shape)) ** 2)
    return {"kind": "z_score", "mean": mean.tolist(), "deviation": np.sqrt(variance).tolist()}


def _blocks(part: Part) -> Iterator[np.ndarray]:
    for at in range(0, len(part.samples), BLOCK):
        yield part.data.samples.take(part.samples[at : at + BLOCK])
