from __future__ import annotations

import math
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from .operation import EmittedOperation, Operation
from .window import Window, output_sizes, pytorch_pads


class _Pooling(EmittedOperation):
    """
    A window of PyTorch's own where it has one: with as much padding at both ends, or with a last window that reaches beyond the
    end (``ceil_mode``). ``plan`` is that padding and whether the last window does; ``None`` where the pads have to be written.
    """

    is_transparent = True

    def __init__(self, window: Window, pads: Sequence[int], sizes: Sequence[int]) -> None:
        super().__init__()
        self.window, self.pads = window, tuple(pads)
        self.sizes = tuple(sizes)
        self.plan = _plan(window, pads, sizes)

    def _attributes(self) -> Mapping[str, Any]:
        return {"kernel_shape_i": self.window.kernel, "strides_i": self.window.strides, "pads_i": self.pads}


class MaxPooling(_Pooling):
    kind = "max_pooling"

    def compute(self, x: Tensor) -> Tensor:
        pool = F.max_pool1d if len(self.sizes) == 1 else F.max_pool2d
        if self.plan is None:
            padded = F.pad(x, pytorch_pads(self.pads), value=-math.inf)
            return pool(padded, self.window.kernel, self.window.strides)
        padding, ceil_mode = self.plan
        return pool(x, self.window.kernel, self.window.strides, padding, ceil_mode=ceil_mode)

    def emit(self, graph: Any, x: Any, *_weights: Any) -> Any:
        return graph.op("MaxPool", x, **self._attributes())


class AveragePooling(_Pooling):
    """The mean of the elements in the window; padding does not count as elements."""

    kind = "average_pooling"

    def __init__(self, window: Window, pads: Sequence[int], sizes: Sequence[int]) -> None:
        super().__init__(window, pads, sizes)
        if self.plan is None:
            shares = self._pool(F.pad(torch.ones(1, 1, *sizes), pytorch_pads(pads)))
            self.register_buffer("factors", shares.reciprocal(), persistent=False)

    def compute(self, x: Tensor) -> Tensor:
        if self.plan is None:
            return self._pool(F.pad(x, pytorch_pads(self.pads))) * self.factors
        padding, ceil_mode = self.plan
        return self._pool(x, padding, ceil_mode)

    def emit(self, graph: Any, x: Any, *_weights: Any) -> Any:
        return graph.op("AveragePool", x, count_include_pad_i=0, **self._attributes())

    def _pool(self, x: Tensor, padding: Sequence[int] = (), ceil_mode: bool = False) -> Tensor:
        pool = F.avg_pool1d if len(self.sizes) == 1 else F.avg_pool2d
        sides = tuple(padding) or (0,) * len(self.sizes)
        return pool(x, self.window.kernel, self.window.strides, sides, ceil_mode=ceil_mode, count_include_pad=False)


class GlobalPooling(Operation):
    """To one value per channel: ``[batch, channels]``."""

    is_transparent = True

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, x: Tensor) -> Tensor:
        if self.kind == "global_average_pooling":
            pooled = F.adaptive_avg_pool1d(x, 1) if x.dim() == 3 else F.adaptive_avg_pool2d(x, 1)
        else:
            pooled = F.adaptive_max_pool1d(x, 1) if x.dim() == 3 else F.adaptive_max_pool2d(x, 1)
        return torch.flatten(pooled, 1)


def _plan(window: Window, pads: Sequence[int], sizes: Sequence[int]) -> Optional[Tuple[Tuple[int, ...], bool]]:
    begins = tuple(pads[: len(sizes)])
    if any(begin > kernel // 2 for begin, kernel in zip(begins, window.kernel)):
        return None
    wanted = output_sizes(window, pads, sizes)
    modes = (mode for mode in (False, True) if _sizes_in_pytorch(window, begins, sizes, mode) == wanted)
    mode = next(modes, None)
    return None if mode is None else (begins, mode)


def _sizes_in_pytorch(window: Window, padding: Sequence[int], sizes: Sequence[int], ceil_mode: bool) -> List[int]:
    """Output sizes of PyTorch's poolings: a last window beyond the end has to start in the input or the padding before it."""
    outputs = []
    for kernel, stride, pad, size in zip(window.kernel, window.strides, padding, sizes):
        room = size + 2 * pad - kernel
        output = (-(-room // stride) if ceil_mode else room // stride) + 1
        outputs.append(output - 1 if ceil_mode and (output - 1) * stride >= size + pad else output)
    return outputs
