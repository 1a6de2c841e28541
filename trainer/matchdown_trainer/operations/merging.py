from __future__ import annotations

import functools

import torch
from torch import Tensor

from .operation import Operation


class Add(Operation):
    kind = "add"
    is_transparent = True

    def forward(self, *values: Tensor) -> Tensor:
        return functools.reduce(torch.add, values)


class Multiply(Operation):
    kind = "multiply"

    def forward(self, *values: Tensor) -> Tensor:
        return functools.reduce(torch.mul, values)


class Concatenate(Operation):
    """Along an axis of the graph's layout, batch included."""

    kind = "concatenate"
    is_transparent = True

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *values: Tensor) -> Tensor:
        return torch.cat(values, self.axis)
