"""Which samples are for training and which for validation: the embedded trainer's choice, sample by sample."""

from __future__ import annotations

import math
from typing import Tuple

import numpy as np

from ..randomness import Random
from .samples import Labels

SPLIT_STREAM = 1
"""Keeps this use of the seed apart from the others."""


def split_samples(labels: Labels, count: int, share: float, seed: int) -> Tuple[np.ndarray, np.ndarray]:
    """
    Training and validation, ascending. Classes keep their shares (each class of two or more samples has at least one on either
    side); without classes the samples are drawn from the whole.
    """
    if labels.classes is None:
        groups = [np.arange(count)]
    else:
        groups = [np.flatnonzero(labels.values == number) for number in range(len(labels.classes))]
    training, validation = [], []
    for number, group in enumerate(groups):
        shuffled = Random(seed, SPLIT_STREAM, number).shuffle(group)
        size = _validation_size(len(group), share)
        validation.append(shuffled[:size])
        training.append(shuffled[size:])
    return np.sort(np.concatenate(training)), np.sort(np.concatenate(validation))


def _validation_size(count: int, share: float) -> int:
    return 0 if count < 2 else min(count - 1, max(1, math.floor(count * share + 0.5)))
