from __future__ import annotations

from typing import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from .operation import Operation

RECTIFIERS = frozenset(("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "hard_swish"))

FUNCTIONS: Mapping[str, Callable[[Tensor, float], Tensor]] = {
    "linear": lambda x, _alpha: x,
    "relu": lambda x, _alpha: F.relu(x),
    "relu6": lambda x, _alpha: F.relu6(x),
    "leaky_relu": lambda x, alpha: F.leaky_relu(x, alpha),
    "elu": lambda x, alpha: F.elu(x, alpha),
    "selu": lambda x, _alpha: F.selu(x),
    "gelu": lambda x, _alpha: F.gelu(x),
    "silu": lambda x, _alpha: F.silu(x),
    "hard_swish": lambda x, _alpha: F.hardswish(x),
    "sigmoid": lambda x, _alpha: torch.sigmoid(x),
    "tanh": lambda x, _alpha: torch.tanh(x),
    # PyTorch goes over to the identity above 20; in float32 that is the same number.
    "softplus": lambda x, _alpha: F.softplus(x),
    "softmax": lambda x, _alpha: torch.softmax(x, 1),
}


class Activation(Operation):
    """Elementwise, but for ``softmax``, which is over the channels. ``alpha``: slope below 0 (leaky_relu), scale (elu)."""

    kind = "activation"

    def __init__(self, function: str, alpha: float) -> None:
        super().__init__()
        self.function = function
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        return FUNCTIONS[self.function](x, self.alpha)

    def extra_repr(self) -> str:
        return f"activation, {self.function}"
