"""A network that learns: one optimizer step at a time, in pieces where a batch does not fit into memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Dict, List, Mapping, Optional

import numpy as np
import torch
from torch import Tensor, nn

from .device import Compute
from .errors import InputError
from .feed import Batch
from .network import Network
from .objective import Objective
from .optimizers import collect_slots, load_slots, make_optimizer
from .scheme import Scheme
from .team import Team, has_batch_normalization
from .text import t
from .weights import collect, load


@dataclass
class Sums:
    """Sums over samples, on the device, so that no step waits for the one before it."""

    loss: Tensor
    metric: Tensor

    def add(self, loss: Tensor, metric: Tensor, count: int) -> None:
        self.loss += loss.detach().to(self.loss.dtype) * count
        self.metric += metric.detach().to(self.metric.dtype)


class Learner:
    def __init__(
        self, network: Network, scheme: Scheme, compute: Compute, team: Team, log: Callable[[str], None]
    ) -> None:
        self.network, self._compute, self._team, self._log = network.to(compute.device), compute, team, log
        if compute.channels_last:
            self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._settings = scheme.model.optimizer
        self._seed = scheme.model.seed
        self.objective = Objective.of(scheme)
        self.optimizer = make_optimizer(self._settings, network.parameters(), scheme.model.learning_rate)
        self._trained: Callable[[Tensor], Tensor] = team.wrap(self.network, compute.device)
        self._eager = self._trained
        self._compiled_size: Optional[int] = None
        self._piece: Optional[int] = None
        self._proved = 0

    def compile(self) -> None:
        """The training step's network by ``torch.compile``; where that fails, at its first step, it goes on without."""
        self._trained = torch.compile(self._eager, dynamic=False)

    def new_sums(self) -> Sums:
        zeros = torch.zeros(2, dtype=torch.float64 if self._compute.device.type != "mps" else torch.float32)
        loss, metric = zeros.to(self._compute.device)
        return Sums(loss, metric)

    def step(self, batch: Batch, total: int, step: int, rate: float, sums: Sums) -> None:
        """
        One optimizer step, counted from 1, on this process's part of a batch of ``total`` samples; with a total of 0 the part is
        there only because the others wait for it, and counts nothing. What is dropped follows from seed and step alone, so that
        a resumed run drops what the first one would have.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        while True:
            kept = self._state_before(len(batch[1]))
            torch.manual_seed(_mixed_seed(self._seed, step, self._team.rank))
            self.optimizer.zero_grad(set_to_none=True)
            try:
                results = self._gradients(batch, total)
                break
            except RuntimeError as error:
                self._after_failure(error, batch, kept)
        self.optimizer.step()
        self._proved = max(self._proved, len(batch[1]))
        for loss, metric, count in results if total else []:
            sums.add(loss, metric, count)

    def evaluate(self, batch: Batch, sums: Optional[Sums] = None) -> Tensor:
        """The outputs, float32 ``[batch, label_dim]``, with the weights as they stand; in pieces like the steps."""
        self.network.eval()
        outputs: List[Tensor] = []
        inputs, targets = batch
        size = self._piece or max(len(targets), 1)
        with torch.no_grad():
            for at in range(0, len(targets), size):
                with self._compute.autocast():
                    output = self.network(inputs[at : at + size])
                outputs.append(output.float())
        self.network.train()
        result = torch.cat(outputs) if outputs else torch.empty(0)
        if sums is not None and len(targets):
            metric = self.objective.metric_sum(result, targets)
            sums.add(self.objective.mean_loss(result, targets), metric, len(targets))
        return result

    def state(self) -> Dict[str, np.ndarray]:
        """Parameters, buffers and the optimizer's slots by the scheme's names."""
        values = {**collect(self.network), **collect_slots(self.network, self.optimizer, self._settings)}
        return {name: value.numpy() for name, value in values.items()}

    def restore(self, values: Mapping[str, np.ndarray], step: Optional[int] = None) -> None:
        """Takes over the given values; with ``step``, the optimizer's as well, as after so many steps."""
        tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in values.items()}
        load(self.network, tensors)
        if step is not None:
            load_slots(self.network, self.optimizer, self._settings, tensors, step)

    def _gradients(self, batch: Batch, total: int) -> list[tuple[Tensor, Tensor, int]]:
        inputs, targets = batch
        size = self._piece or max(len(targets), 1)
        starts = range(0, len(targets), size)
        results = []
        for at in starts:
            count = len(targets[at : at + size])
            is_last = at == starts[-1]
            with self._exchange(is_last):
                with self._compute.autocast():
                    output = self._forward(inputs[at : at + size])
                output = output.float()
                loss = self.objective.mean_loss(output, targets[at : at + size])
                (loss * (count * self._team.size / total if total else 0.0)).backward()
            results.append((loss, self.objective.metric_sum(output.detach(), targets[at : at + size]), count))
        return results

    def _forward(self, inputs: Tensor) -> Tensor:
        """A compiled network is one for a single size of batch: the last one of an epoch goes without."""
        if self._trained is self._eager or len(inputs) != (self._compiled_size or len(inputs)):
            return self._eager(inputs)
        self._compiled_size = len(inputs)
        try:
            return self._trained(inputs)
        except Exception as error:
            if is_out_of_memory(error):
                self._compiled_size = None
                raise
            self._log(t("torch.compile cannot be used here ({0}); going on without.", _first_line(error)))
            self._trained = self._eager
            return self._eager(inputs)

    def _exchange(self, is_last: bool) -> ContextManager[Any]:
        """Gradients are exchanged once a step, with the last piece."""
        wrapped = isinstance(self._eager, nn.parallel.DistributedDataParallel)
        return contextlib.nullcontext() if is_last or not wrapped else self._eager.no_sync()  # type: ignore[attr-defined]

    def _state_before(self, count: int) -> Optional[List[Tensor]]:
        """What a step that fails half-way would leave changed; not kept once a batch of this size has gone through."""
        return None if count <= self._proved else [buffer.clone() for buffer in self.network.buffers()]

    def _after_failure(self, error: RuntimeError, batch: Batch, kept: Optional[List[Tensor]]) -> None:
        """Where the memory was not enough, the step is made again in smaller pieces; every other error goes on."""
        count = len(batch[1])
        size = (self._piece or count) // 2
        if not is_out_of_memory(error):
            raise error
        if size < 1 or self._team.size > 1:
            raise InputError(
                "scheme.json",
                t("The memory is not enough for a step."),
                t("Lower data.batch_size, or train on a machine with more memory."),
                "data.batch_size",
            ) from None
        for buffer, value in zip(self.network.buffers(), kept or []):
            buffer.copy_(value)
        self._piece = size
        if self._compute.device.type == "cuda":
            torch.cuda.empty_cache()
        self._log(t("The memory is not enough for {0} samples at once: steps are made in pieces of {1}.", count, size))
        if has_batch_normalization(self.network):
            self._log(t("Batch normalization takes its statistics from each piece by itself."))


def is_out_of_memory(error: BaseException) -> bool:
    names = ("out of memory", "can't allocate memory", "cudnn_status_alloc_failed", "cublas_status_alloc_failed")
    return isinstance(error, MemoryError) or any(name in str(error).lower() for name in names)


def _mixed_seed(seed: int, step: int, rank: int) -> int:
    return ((seed & 0xFFFFFFFF) * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + rank * 0x94D049BB133111EB) & (
        2**63 - 1
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
