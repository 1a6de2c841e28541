"""What the readers give: samples in the layout of the graph, labels, and a stable id for each sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Union

import numpy as np


class ArraySamples:
    """All samples in memory: ``[count, *sample_dims]``, uint8 or float32."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def take(self, samples: np.ndarray) -> np.ndarray:
        """``[len(samples), *sample_dims]``"""
        return self.values[samples]

    @property
    def nbytes(self) -> int:
        return self.values.nbytes


class LazySamples:
    """Samples that are read when they are needed, because all of them would not fit into memory."""

    def __init__(self, count: int, dims: Sequence[int], read: Callable[[int], np.ndarray]) -> None:
        self._count, self._dims, self._read = count, tuple(dims), read

    def __len__(self) -> int:
        return self._count

    def take(self, samples: np.ndarray) -> np.ndarray:
        return np.stack([self._read(int(sample)) for sample in samples])

    @property
    def nbytes(self) -> int:
        return self._count * int(np.prod(self._dims))


Samples = Union[ArraySamples, LazySamples]


@dataclass(frozen=True)
class RawLabels:
    """What a file holds before the scheme's label type is applied: ``text``, or ``numbers`` float64 ``[count, columns]``."""

    text: Optional[List[str]] = None
    numbers: Optional[np.ndarray] = None


@dataclass(frozen=True)
class RawData:
    samples: Samples
    labels: RawLabels
    ids: List[str]
    place: Callable[[int], str]
    """Names a sample in messages: ``line 17``."""


@dataclass(frozen=True)
class Labels:
    """Class numbers, int64 ``[count]``, with the classes' names; or float32 ``[count, columns]``."""

    values: np.ndarray
    classes: Optional[List[str]] = None


@dataclass(frozen=True)
class DataSet:
    samples: Samples
    labels: Labels
    ids: List[str]


@dataclass(frozen=True)
class Part:
    """Some of a data set's samples, by ascending number."""

    data: DataSet
    samples: np.ndarray

    def __len__(self) -> int:
        return len(self.samples)
