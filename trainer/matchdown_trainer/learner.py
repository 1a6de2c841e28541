"""A network that learns: one optimizer step at a time, in pieces where a batch does not fit into memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Dict, List, Mapping, Optional, Set, Tuple

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
from .team import Team, batch_normalizations
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
        self._normalizations = batch_normalizations(network)
        self._trained: Callable[[Tensor], Tensor] = team.wrap(self.network, compute.device)
        self._eager = self._trained
        self._compiled_size: Optional[int] = None
        self.make_room: Callable[[], bool] = lambda: False
        """Called where the memory is not enough, before a batch is divided: whether something could be given up for it."""
        self._piece: Optional[int] = None
        """Samples of a piece of a batch, over all processes."""
        self._proved = 0
        """The largest batch that has gone through, over all processes."""

    def compile(self) -> None:
        """The training step's network by ``torch.compile``; where that fails, at its first step, it goes on without."""
        self._trained = torch.compile(self._eager, dynamic=False)

    def new_sums(self) -> Sums:
        zeros = torch.zeros(2, dtype=torch.float64 if self._compute.device.type != "mps" else torch.float32)
        loss, metric = zeros.to(self._compute.device)
        return Sums(loss, metric)

    def step(self, batch: Batch, total: int, step: int, rate: float, sums: Sums, counts: bool = True) -> None:
        """
        One optimizer step, counted from 1, on this process's part of a batch of ``total`` samples. A part that does not count is
        there only because the others wait for it. What is dropped follows from seed and step alone, so that a resumed run drops
        what the first one would have.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        if self._team.size > 1 and total > self._proved:
            self._rehearse(batch, total)
        while True:
            kept = self._state_before(total)
            torch.manual_seed(_mixed_seed(self._seed, step, self._team.rank))
            self.optimizer.zero_grad(set_to_none=True)
            try:
                results = self._gradients(batch, total, counts)
                break
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                if self._team.size > 1:
                    raise self._memory_lost(total) from None
            # Outside of the handler, whose error holds what was computed so far.
            self._put_back(kept)
            if not self._makes_room():
                self._divide(total)
        self.optimizer.step()
        self._proved = max(self._proved, total)
        for loss, metric, count in results if counts else []:
            sums.add(loss, metric, count)

    def evaluate(self, batch: Batch, sums: Optional[Sums] = None) -> Tensor:
        """The outputs, float32 ``[batch, label_dim]``, with the weights as they stand; in pieces like the steps."""
        inputs, targets = batch
        size = max(len(targets), 1) if self._piece is None else max(self._piece // self._team.size, 1)
        self.network.eval()
        result = self._outputs(inputs, size)
        while result is None:
            if not self._makes_room():
                size = size // 2
                if size < 1:
                    raise _too_little_memory()
            result = self._outputs(inputs, size)
        self.network.train()
        if sums is not None and len(targets):
            metric = self.objective.metric_sum(result, targets)
            sums.add(self.objective.mean_loss(result, targets), metric, len(targets))
        return result

    def _outputs(self, inputs: Tensor, size: int) -> Optional[Tensor]:
        """``None`` where the memory is not enough for so many samples at once."""
        outputs: List[Tensor] = []
        try:
            with torch.no_grad():
                for at in range(0, len(inputs), size):
                    with self._compute.autocast():
                        output = self.network(inputs[at : at + size])
                    outputs.append(output.float())
                return torch.cat(outputs) if outputs else torch.empty(0)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None

    def state(self) -> Dict[str, np.ndarray]:
        """Parameters, buffers and the optimizer's slots by the scheme's names."""
        values = {**collect(self.network), **collect_slots(self.network, self.optimizer, self._settings)}
        return {name: value.numpy() for name, value in values.items()}

    @property
    def slot_names(self) -> Set[str]:
        """Of what the optimizer keeps, as ``state`` has it."""
        return set(collect_slots(self.network, self.optimizer, self._settings))

    def restore(self, values: Mapping[str, np.ndarray], step: Optional[int] = None) -> None:
        """Takes over the given values; with ``step``, the optimizer's as well, as after so many steps."""
        tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in values.items()}
        load(self.network, tensors)
        if step is not None:
            load_slots(self.network, self.optimizer, self._settings, tensors, step)

    def _gradients(self, batch: Batch, total: int, counts: bool) -> List[Tuple[Tensor, Tensor, int]]:
        """Every process has as many pieces as the others, since they exchange values in the middle of each."""
        inputs, targets = batch
        results = []
        bounds = piece_bounds(len(targets), 1 if self._piece is None else -(-total // self._piece))
        for number, (begin, end) in enumerate(bounds, 1):
            piece_counts = counts and end > begin
            # Where there are fewer samples than pieces, the first one stands in.
            piece = slice(begin, end) if end > begin else slice(0, 1)
            self._tell_normalizations(counts=piece_counts)
            with self._exchange(number == len(bounds)):
                loss, output = self._loss(self._forward, inputs[piece], targets[piece])
                (loss * ((end - begin) * self._team.size / total if piece_counts else 0.0)).backward()
            if piece_counts:
                results.append((loss, self.objective.metric_sum(output.detach(), targets[piece]), end - begin))
        return results

    def _loss(self, forward: Callable[[Tensor], Tensor], inputs: Tensor, targets: Tensor) -> Tuple[Tensor, Tensor]:
        with self._compute.autocast():
            output = forward(inputs)
        output = output.float()
        return self.objective.mean_loss(output, targets), output

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

    def _state_before(self, total: int) -> Optional[List[Tensor]]:
        """What a step that fails half-way would leave changed; not kept once a batch of this size has gone through."""
        return None if total <= self._proved else [buffer.clone() for buffer in self.network.buffers()]

    def _put_back(self, kept: Optional[List[Tensor]]) -> None:
        for buffer, value in zip(self.network.buffers(), kept or []):
            buffer.copy_(value)
        self.optimizer.zero_grad(set_to_none=True)

    def _rehearse(self, batch: Batch, total: int) -> None:
        """
        Processes that share a batch exchange values in the middle of a step, so none of them may fail there. Before a batch that
        is larger than any before, each tries its part by itself, and all divide it as the one with the least memory has to.
        """
        while True:
            kept = self._state_before(total)
            fits = self._fits_alone(batch, total)
            self._put_back(kept)
            needs_division = not fits and not self._makes_room()
            fails, divides = self._team.largest(int(not fits), int(needs_division))
            if divides:
                self._divide(total)
            if not fails:
                return

    def _fits_alone(self, batch: Batch, total: int) -> bool:
        inputs, targets = batch
        begin, end = piece_bounds(len(targets), 1 if self._piece is None else -(-total // self._piece))[0]
        self._tell_normalizations(is_alone=True)
        try:
            loss, _ = self._loss(self.network, inputs[begin:end], targets[begin:end])
            loss.backward()
            return True
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return False
        finally:
            self._tell_normalizations()

    def _tell_normalizations(self, counts: bool = True, is_alone: bool = False) -> None:
        for operation in self._normalizations:
            operation.counts, operation.is_alone = counts, is_alone

    def _makes_room(self) -> bool:
        if self._compute.device.type == "cuda":
            torch.cuda.empty_cache()
        return self.make_room()

    def _memory_lost(self, total: int) -> InputError:
        """Of a step that was rehearsed: the other processes wait in the middle of it, so that it cannot be made again in pieces."""
        return InputError(
            "scheme.json",
            t("The memory is no longer enough for a step of {0} samples in {1} processes.", total, self._team.size),
            t("Resume the run from its last checkpoint, or lower data.batch_size in a new one."),
            "data.batch_size",
        )

    def _divide(self, total: int) -> None:
        """The step is made again in smaller pieces. Throws ``InputError`` where there are none."""
        whole = total if self._piece is None else min(self._piece, total)
        if whole <= self._team.size:
            raise _too_little_memory()
        self._piece = max(whole // 2, self._team.size)
        self._log(
            t("The memory is not enough for {0} samples at once: steps are made in pieces of {1}.", total, self._piece)
        )
        if self._normalizations:
            self._log(t("Batch normalization takes its statistics from each piece by itself."))


def piece_bounds(count: int, pieces: int) -> List[Tuple[int, int]]:
    """Begins and ends of so many pieces, the larger ones first; pieces beyond the samples are empty, at least one is not."""
    size, rest = divmod(count, pieces)
    ends = [size * (number + 1) + min(number + 1, rest) for number in range(pieces)]
    return list(zip([0, *ends], ends))


def _too_little_memory() -> InputError:
    return InputError(
        "scheme.json",
        t("The memory is not enough for a step."),
        t("Lower data.batch_size, or train on a machine with more memory."),
        "data.batch_size",
    )


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
