from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .operation import Operation


class Dense(Operation):
    """``y = x W^T + b`` for ``[batch, features]``; weight ``[out, in]``."""

    kind = "dense"

    def __init__(self, features: int, units: int, use_bias: bool) -> None:
        super().__init__()
        self.declare_weights([units, features], (features, units), units, use_bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


class DensePerPosition(Dense):
    """The same at every position of ``[batch, features, length]``."""

    kind = "dense_per_position"

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x.transpose(1, 2), self.weight, self.bias).transpose(1, 2)
