from __future__ import annotations

import math
from typing import Any, List, Optional, Sequence

import torch
from torch import Tensor, distributed
from torch.nn import functional as F

from ..scheme import channels_first
from .operation import EmittedOperation, Initializer, Operation, constant, reshaped


class BatchNormalization(Operation):
    """
    Over the channels. ``momentum`` as in ONNX: running = momentum * running + (1 - momentum) * batch; the running variance is fed
    with the unbiased one. Where processes share a batch, its statistics are of the whole batch.
    """

    kind = "batch_normalization"
    scale: Tensor
    shift: Tensor
    running_mean: Tensor
    running_variance: Tensor
    is_transparent = True

    def __init__(self, channels: int, epsilon: float, momentum: float) -> None:
        super().__init__()
        self.epsilon, self.momentum = epsilon, momentum
        self.group: Optional[distributed.ProcessGroup] = None
        self.is_alone = False
        """Whether a batch's part is tried without the other processes."""
        self.counts = True
        """Whether what is given now belongs to the batch, or is there only because the other processes wait for it."""
        self.declare("scale", [channels], Initializer.constant(1))
        self.declare("shift", [channels], Initializer.constant(0))
        self.declare_buffer("running_mean", [channels], 0)
        self.declare_buffer("running_variance", [channels], 1)

    def synchronize(self, group: distributed.ProcessGroup) -> None:
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        has_one_value = x.numel() == x.shape[1]
        if self.training and (self.group is not None or has_one_value):
            return self._with_shared_statistics(x)
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_variance,
            self.scale,
            self.shift,
            self.training,
            1 - self.momentum,
            self.epsilon,
        )

    def _with_shared_statistics(self, x: Tensor) -> Tensor:
        """As ``F.batch_norm``, in float32, centred before anything is squared; one value per channel counts as two."""
        axes = [axis for axis in range(x.dim()) if axis != 1]
        values = x.float()
        count = self._total(values.new_tensor([x.numel() / x.shape[1]]))
        mean = self._total(values.sum(axes)) / count
        centred = values - _along_channels(mean, x)
        variance = self._total((centred * centred).sum(axes)) / count
        with torch.no_grad():
            unbiased = variance * count / torch.clamp(count - 1, min=1)
            self.running_mean.mul_(self.momentum).add_((1 - self.momentum) * mean)
            self.running_variance.mul_(self.momentum).add_((1 - self.momentum) * unbiased)
        slope = self.scale * torch.rsqrt(variance + self.epsilon)
        return (centred * _along_channels(slope, x) + _along_channels(self.shift, x)).to(x.dtype)

    def _total(self, value: Tensor) -> Tensor:
        if self.group is None or self.is_alone:
            return value
        return _SumOverProcesses.apply(value if self.counts else value * 0, self.group)


class _SumOverProcesses(torch.autograd.Function):
    """The sum over all processes; the gradient of a share is the sum of all processes' gradients."""

    @staticmethod
    def forward(context: Any, value: Tensor, group: distributed.ProcessGroup) -> Tensor:  # type: ignore[override]
        context.group = group
        total = value.clone()
        distributed.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Any:  # type: ignore[override]
        total = gradient.clone()
        distributed.all_reduce(total, group=context.group)
        return total, None


class LayerNormalization(EmittedOperation):
    """Over the channels of each position by itself."""

    kind = "layer_normalization"
    scale: Tensor
    shift: Tensor
    is_transparent = True

    def __init__(self, shape: Sequence[int], epsilon: float) -> None:
        super().__init__()
        self.rank, self.epsilon = len(shape), epsilon
        channels = shape[-1]
        self.declare("scale", [channels], Initializer.constant(1))
        self.declare("shift", [channels], Initializer.constant(0))

    def compute(self, x: Tensor) -> Tensor:
        last = x if x.dim() == 2 else x.movedim(1, -1)
        normalized = F.layer_norm(last, self.scale.shape, self.scale, self.shift, self.epsilon)
        return normalized if x.dim() == 2 else normalized.movedim(-1, 1)

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        options = {"axis_i": -1, "epsilon_f": self.epsilon}
        if self.rank == 1:
            return graph.op("LayerNormalization", x, *weights, **options)
        last = graph.op("Transpose", x, perm_i=[0, *range(2, self.rank + 1), 1])
        normalized = graph.op("LayerNormalization", last, *weights, **options)
        return graph.op("Transpose", normalized, perm_i=[0, self.rank, *range(1, self.rank)])


class GroupNormalization(EmittedOperation):
    """Over each group of neighbouring channels and all positions; scale and shift per channel."""

    kind = "group_normalization"
    scale: Tensor
    shift: Tensor
    is_transparent = True

    def __init__(self, shape: Sequence[int], groups: int, epsilon: float) -> None:
        super().__init__()
        self.dims = channels_first(shape)
        self.groups, self.epsilon = groups, epsilon
        channels = shape[-1]
        self.declare("scale", [channels], Initializer.constant(1))
        self.declare("shift", [channels], Initializer.constant(0))

    def compute(self, x: Tensor) -> Tensor:
        return F.group_norm(x, self.groups, self.scale, self.shift, self.epsilon)

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        """An instance normalization of the groups as channels: the operator of opset 18 scales per group."""
        scale, shift = weights
        ones, zeros = (constant(graph, [value] * self.groups) for value in (1.0, 0.0))
        grouped = reshaped(graph, x, [self.groups, math.prod(self.dims) // self.groups])
        normalized = graph.op("InstanceNormalization", grouped, ones, zeros, epsilon_f=self.epsilon)
        restored = reshaped(graph, normalized, self.dims)
        along = constant(graph, [self.dims[0]] + [1] * (len(self.dims) - 1))
        product = graph.op("Mul", restored, graph.op("Reshape", scale, along))
        return graph.op("Add", product, graph.op("Reshape", shift, along))


def _along_channels(value: Tensor, x: Tensor) -> Tensor:
    shape: List[int] = [1] * x.dim()
    shape[1] = -1
    return value.reshape(shape)
