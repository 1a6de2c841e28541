"""The data of a run: read, divided, measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional

import numpy as np

from ..errors import InputError
from ..scheme import Scheme
from ..text import t
from .load import load_data
from .samples import Part
from .split import split_samples
from .statistics import normalization_statistics


@dataclass(frozen=True)
class TrainingData:
    training: Part
    validation: Part
    normalization: Dict[str, Any]
    path: Path
    validation_path: Optional[Path]


def prepare_data(scheme: Scheme, path: Path, validation_path: Optional[Path]) -> TrainingData:
    """Throws ``InputError``."""
    section = scheme.data
    data = load_data(path, section)
    count = len(data.samples)
    if validation_path is not None:
        own = load_data(validation_path, section, data.labels.classes)
        training, validation = Part(data, np.arange(count)), Part(own, np.arange(len(own.samples)))
    else:
        chosen = split_samples(data.labels, count, section.validation_split, scheme.model.seed)
        training, validation = (Part(data, samples) for samples in chosen)
    if len(training) == 0:
        step = t("Add samples, or set data.validation_path.")
        raise InputError(path, t("There are too few samples to train on."), step)
    statistics = normalization_statistics(training, section.normalize)
    return TrainingData(training, validation, statistics, path, validation_path)
