"""Operations that move values, repeat them, or put zeros beside them."""

from __future__ import annotations

from typing import Any, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from .operation import EmittedOperation, Operation, constant, reshaped
from .window import pytorch_pads


class Flatten(Operation):
    """In the graph's order: channel, row, column."""

    kind = "flatten"
    is_transparent = True

    def forward(self, x: Tensor) -> Tensor:
        return x if x.dim() == 2 else torch.flatten(x, 1)


class Reshape(EmittedOperation):
    """Another shape of the same values in the graph's order; ``dims`` without the batch."""

    kind = "reshape"
    is_transparent = True

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = tuple(dims)

    def compute(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.dims)

    def emit(self, graph: Any, x: Any, *_weights: Any) -> Any:
        return reshaped(graph, x, self.dims)


class Permute(Operation):
    """``order`` of the graph's axes, the batch first."""

    kind = "permute"
    is_transparent = True

    def __init__(self, order: Sequence[int]) -> None:
        super().__init__()
        self.order = tuple(order)

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.order)


class Upsampling(Operation):
    """Every value ``size`` times in each direction."""

    kind = "upsampling"
    is_transparent = True

    def __init__(self, size: Sequence[int]) -> None:
        super().__init__()
        self.size = tuple(float(factor) for factor in size)

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=self.size, mode="nearest")


class ZeroPadding(EmittedOperation):
    kind = "zero_padding"
    is_transparent = True

    def __init__(self, pads: Sequence[int]) -> None:
        super().__init__()
        self.pads = tuple(pads)

    def compute(self, x: Tensor) -> Tensor:
        return F.pad(x, pytorch_pads(self.pads))

    def emit(self, graph: Any, x: Any, *_weights: Any) -> Any:
        rank = len(self.pads) // 2
        pads = [0, 0, *self.pads[:rank], 0, 0, *self.pads[rank:]]
        return graph.op("Pad", x, constant(graph, pads), mode_s="constant")
