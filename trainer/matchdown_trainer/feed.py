"""Brings batches to the device: out of its own memory where all data fits there, else by workers and pinned memory."""

from __future__ import annotations

import os
from typing import Iterator, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .augmentation import augment
from .data.samples import ArraySamples, DataSet
from .device import Compute
from .scheme import DataSection

Batch = Tuple[Tensor, Tensor]
"""Input ``[batch, *sample_dims]`` (float32, or int64 token ids) and target (int64 ``[batch]``, or float32 ``[batch, label_dim]``)."""

SHARE_OF_MEMORY = 0.4
"""How much of a GPU's free memory the data may take."""


class Feed:
    def __init__(self, data: DataSet, section: DataSection, compute: Compute, seed: int, way: str = "auto") -> None:
        self._data, self._section, self._compute, self._seed = data, section, compute, seed
        self._targets = torch.from_numpy(data.labels.values).to(compute.device)
        self._values: Optional[Tensor] = None
        if isinstance(data.samples, ArraySamples) and (way == "device" or (way == "auto" and self._fits())):
            self._values = torch.from_numpy(data.samples.values).to(compute.device)

    @property
    def is_resident(self) -> bool:
        """Whether all data is on the device."""
        return self._values is not None

    def batches(self, batches: Sequence[np.ndarray], augmented_epoch: Optional[int] = None) -> Iterator[Batch]:
        """One batch for each array of sample numbers; with augmentation where an epoch is given."""
        for samples, values in zip(batches, self._raw(batches)):
            index = torch.from_numpy(samples)
            yield self._input(values, samples, augmented_epoch), self._targets[index.to(self._targets.device)]

    def _raw(self, batches: Sequence[np.ndarray]) -> Iterator[Tensor]:
        if self._values is None:
            yield from self._loader(batches)
        else:
            for samples in batches:
                yield self._values[torch.from_numpy(samples).to(self._values.device)]

    def _input(self, values: Tensor, samples: np.ndarray, epoch: Optional[int]) -> Tensor:
        moved = values.to(self._compute.device, non_blocking=True)
        if self._section.vocabulary is not None:
            return moved.long()
        inputs = moved.float()
        if epoch is not None and self._section.augmentation.changes and inputs.dim() == 4:
            inputs = augment(inputs, samples, self._section.augmentation, self._seed, epoch)
        return inputs.contiguous(memory_format=torch.channels_last) if self._compute.channels_last else inputs

    def _loader(self, batches: Sequence[np.ndarray]) -> Iterator[Tensor]:
        loader: DataLoader = DataLoader(
            _Batches(self._data, batches),
            batch_size=None,
            num_workers=min(8, os.cpu_count() or 1, max(len(batches), 1)),
            pin_memory=self._compute.device.type == "cuda",
        )
        return iter(loader)

    def _fits(self) -> bool:
        if self._compute.device.type != "cuda":
            return True
        free, _ = torch.cuda.mem_get_info(self._compute.device)
        return self._data.samples.nbytes < SHARE_OF_MEMORY * free


class _Batches(Dataset):
    """Whole batches as the items, so that a worker puts one together with a single copy."""

    def __init__(self, data: DataSet, batches: Sequence[np.ndarray]) -> None:
        self._samples, self._batches = data.samples, batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Tensor:
        return torch.from_numpy(self._samples.take(self._batches[index]))


def in_batches(samples: np.ndarray, size: int) -> List[np.ndarray]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]
