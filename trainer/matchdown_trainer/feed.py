"""Brings batches to the device: out of its own memory where all data fits there, else by workers and pinned memory."""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .augmentation import augment
from .data.samples import ArraySamples, DataSet
from .device import Compute
from .errors import InputError
from .scheme import DataSection

Batch = Tuple[Tensor, Tensor]
"""Input ``[batch, *sample_dims]`` (float32, or int64 token ids) and target (int64 ``[batch]``, or float32 ``[batch, label_dim]``)."""

SHARE_OF_MEMORY = 0.4
"""How much of a GPU's free memory the data may take."""
MOST_WORKERS = 8
PREFETCHED = 2
"""Batches that each worker has ready: PyTorch's own number."""
SHARED_MEMORY = "/dev/shm"
"""Where workers put what they have read; in containers it often has 64 MB."""


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

    def leave_device(self) -> bool:
        """Gives the data's memory on a GPU back; from the next batch on it is brought there. Whether there was any."""
        if self._values is None or self._compute.device.type != "cuda":
            return False
        self._values = None
        torch.cuda.empty_cache()
        return True

    def batches(self, batches: Sequence[np.ndarray], augmented_epoch: Optional[int] = None) -> Iterator[Batch]:
        """One batch for each array of sample numbers; with augmentation where an epoch is given."""
        for samples, values in zip(batches, self._raw(batches)):
            index = torch.from_numpy(samples)
            yield self._input(values, samples, augmented_epoch), self._targets[index.to(self._targets.device)]

    def _raw(self, batches: Sequence[np.ndarray]) -> Iterator[Tensor]:
        for place, samples in enumerate(batches):
            if self._values is None:
                yield from self._loader(batches[place:])
                return
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
        workers = self._worker_count(batches)
        loader: DataLoader = DataLoader(
            _Batches(self._data, batches),
            batch_size=None,
            num_workers=workers,
            pin_memory=self._compute.device.type == "cuda",
            worker_init_fn=_leave_group,
            multiprocessing_context="fork" if workers and _forks() else None,
        )
        for values in loader:
            if isinstance(values, InputError):
                raise values
            yield values

    def _worker_count(self, batches: Sequence[np.ndarray]) -> int:
        """As many as there are processors and room for; none where each would need a copy of all data."""
        samples = self._data.samples
        if isinstance(samples, ArraySamples) and not _forks():
            return 0
        batch_bytes = max(len(batches[0]) * samples.nbytes // max(len(samples), 1), 1) if batches else 1
        # Pictures of 16 bits become four times as large.
        room = _free_shared_memory() // (2 * PREFETCHED * 4 * batch_bytes)
        return int(min(MOST_WORKERS, os.cpu_count() or 1, len(batches), room))

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

    def __getitem__(self, index: int) -> Union[Tensor, InputError]:
        """A worker's exception would arrive as the text of a stack trace."""
        try:
            return torch.from_numpy(self._samples.take(self._batches[index]))
        except InputError as error:
            return error


def _leave_group(_worker: int) -> None:
    """A stop reaches the whole process group, and a worker that ended by it would look like a failure of the training."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def _forks() -> bool:
    """Whether a worker shares the memory that is there; macOS's own libraries do not bear it."""
    return sys.platform != "darwin" and "fork" in multiprocessing.get_all_start_methods()


def _free_shared_memory() -> float:
    try:
        room = os.statvfs(SHARED_MEMORY)
    except (AttributeError, OSError):
        return float("inf")
    return room.f_bavail * room.f_frsize


def in_batches(samples: np.ndarray, size: int) -> List[np.ndarray]:
    return [samples[at : at + size] for at in range(0, len(samples), size)]
