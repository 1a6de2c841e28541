from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional as F

from .operation import EmittedOperation, Operation, constant


class Dense(Operation):
    """``y = x W^T + b`` for ``[batch, features]``; weight ``[out, in]``."""

    kind = "dense"

    def __init__(self, features: int, units: int, use_bias: bool) -> None:
        super().__init__()
        self.declare_weights([units, features], (features, units), units, use_bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


class DensePerPosition(EmittedOperation):
    """The same at every position of ``[batch, features, length]``."""

    kind = "dense_per_position"

    def __init__(self, features: int, units: int, use_bias: bool) -> None:
        super().__init__()
        self.declare_weights([units, features], (features, units), units, use_bias)

    def compute(self, x: Tensor) -> Tensor:
        return F.linear(x.transpose(1, 2), self.weight, self.bias).transpose(1, 2)

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        return emit_per_position(graph, x, *weights)


def emit_per_position(graph: Any, x: Any, weight: Any, bias: Any = None) -> Any:
    """``[batch, features, length]`` to ``[batch, out, length]``."""
    product = graph.op("MatMul", weight, x)
    return product if bias is None else graph.op("Add", product, graph.op("Unsqueeze", bias, constant(graph, [1])))
