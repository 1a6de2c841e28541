"""What all operations have in common: their parameters have the names, shapes and first values of the scheme's network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Dict, Mapping, Sequence, Tuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Initializer:
    """``normal`` with a standard deviation, ``uniform`` within plus and minus a limit, or ``constant``."""

    kind: str
    number: float

    @staticmethod
    def constant(value: float) -> "Initializer":
        return Initializer("constant", value)

    @staticmethod
    def uniform(limit: float) -> "Initializer":
        return Initializer("uniform", limit)

    @staticmethod
    def glorot(fan_in: int, fan_out: int) -> "Initializer":
        """Glorot and Bengio 2010."""
        return Initializer("uniform", math.sqrt(6 / (fan_in + fan_out)))

    @staticmethod
    def he(fan_in: int) -> "Initializer":
        """He et al. 2015."""
        return Initializer("normal", math.sqrt(2) / math.sqrt(fan_in))


class Operation(nn.Module):
    """An operation of the network. Its parameters and buffers are called by their roles in the scheme's network."""

    kind = ""
    is_transparent = False
    """Whether an initializer looks through it for the activation behind a weight."""
    fan_in = 0
    """Of a weight that may be followed by a rectifier; 0 where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.initializers: Dict[str, Initializer] = {}

    def declare(self, role: str, shape: Sequence[int], initializer: Initializer) -> None:
        self.register_parameter(role, nn.Parameter(torch.empty(tuple(shape))))
        self.initializers[role] = initializer

    def declare_buffer(self, role: str, shape: Sequence[int], value: float) -> None:
        self.register_buffer(role, torch.empty(tuple(shape)))
        self.initializers[role] = Initializer.constant(value)

    def declare_weights(self, weight: Sequence[int], fans: Tuple[int, int], outputs: int, use_bias: bool) -> None:
        self.fan_in = fans[0]
        self.declare("weight", weight, Initializer.glorot(*fans))
        self.bias = None
        if use_bias:
            del self.bias
            self.declare("bias", [outputs], Initializer.constant(0))

    @property
    def roles(self) -> Sequence[str]:
        """In the order of the scheme's network."""
        return list(self.initializers)

    def role_shape(self, role: str) -> Sequence[int]:
        return tuple(self.pack(role, lambda name: self.get_parameter_or_buffer(name)).shape)

    def pack(self, role: str, tensor_of: Callable[[str], Tensor]) -> Tensor:
        """What belongs to a role, in the scheme's layout, from what belongs to PyTorch's parameters (values, moments, ...)."""
        return tensor_of(role)

    def unpack(self, role: str, value: Tensor) -> Mapping[str, Tensor]:
        """The way back: by the names of PyTorch's parameters."""
        return {role: value}

    def get_parameter_or_buffer(self, name: str) -> Tensor:
        found: object = self
        for part in name.split("."):
            found = getattr(found, part)
        assert isinstance(found, Tensor), name
        return found

    def extra_repr(self) -> str:
        return self.kind
