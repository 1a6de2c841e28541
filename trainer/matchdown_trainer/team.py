"""The processes that share a run's batches: one for each GPU. Alone, a process is a team of one and nothing is exchanged."""

from __future__ import annotations

import datetime
import inspect
import os
import threading
from typing import Any, Dict, List, Mapping, Optional

import numpy as np
import torch
from torch import distributed

from .network import Network
from .operations import BatchNormalization

JOIN_INTERVAL = 0.1
"""Seconds between two looks at whether all are there."""


class Team:
    def __init__(self) -> None:
        self.rank = int(os.environ.get("RANK", "0"))
        self.local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self._messages: Optional[distributed.ProcessGroup] = None

    @property
    def leads(self) -> bool:
        """Whether this process writes the run's files."""
        return self.rank == 0

    def join(self, device: torch.device) -> None:
        """
        Waits for the others, in a thread, so that a signal is answered meanwhile. Their addresses come from torchrun, or from a
        file where the trainer has started them itself.
        """
        if self.size == 1:
            return
        failures: List[Exception] = []
        backend = "nccl" if device.type == "cuda" else "gloo"
        thread = threading.Thread(target=self._meet, args=(backend, failures), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(JOIN_INTERVAL)
        if failures:
            raise failures[0]

    def _meet(self, backend: str, failures: List[Exception]) -> None:
        store = os.environ.get("MATCHDOWN_RENDEZVOUS")
        try:
            distributed.init_process_group(
                backend,
                init_method=f"file://{store}" if store else "env://",
                rank=self.rank,
                world_size=self.size,
                timeout=datetime.timedelta(minutes=30),
            )
            # What is said about stopping and sums does not wait for the GPUs.
            self._messages = distributed.new_group(backend="gloo")
        except Exception as error:
            failures.append(error)

    def leave(self) -> None:
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()

    def share(self, samples: np.ndarray) -> np.ndarray:
        """This process's part of a batch; empty where there are fewer samples than processes."""
        return np.array_split(samples, self.size)[self.rank] if self.size > 1 else samples

    def largest(self, *values: int) -> List[int]:
        """For each value the largest that any process has: how all agree on the next thing to do."""
        if self.size == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.int64)
        distributed.all_reduce(tensor, op=distributed.ReduceOp.MAX, group=self._messages)
        return tensor.tolist()

    def total(self, sums: Mapping[str, float]) -> Dict[str, float]:
        if self.size == 1:
            return dict(sums)
        tensor = torch.tensor([float(value) for value in sums.values()], dtype=torch.float64)
        distributed.all_reduce(tensor, group=self._messages)
        return dict(zip(sums, tensor.tolist()))

    def gather(self, value: Any) -> Optional[List[Any]]:
        """All processes' values, in their order, for the one that leads."""
        if self.size == 1:
            return [value]
        found: Optional[List[Any]] = [None] * self.size if self.leads else None
        distributed.gather_object(value, found, dst=0, group=self._messages)
        return found

    def wrap(self, network: Network, device: torch.device) -> torch.nn.Module:
        """The network as it is trained: gradients are averaged over the processes, batch norm's statistics are of all of them."""
        if self.size == 1:
            return network
        group = distributed.new_group()
        for operation in batch_normalizations(network):
            operation.synchronize(group)
        devices = [device.index] if device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(network, device_ids=devices, **_without_buffers())


def _without_buffers() -> Dict[str, bool]:
    """Batch norm's statistics are the same in all processes already; PyTorch 2.13 has another name for leaving them alone."""
    names = inspect.signature(torch.nn.parallel.DistributedDataParallel.__init__).parameters
    return {"forward_sync_buffers" if "forward_sync_buffers" in names else "broadcast_buffers": False}


def batch_normalizations(network: Network) -> List[BatchNormalization]:
    return [operation for operation in network.operations if isinstance(operation, BatchNormalization)]
