"""What all operations have in common: their parameters have the names, shapes and first values of the scheme's network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Initializer:
    """``normal`` with a standard deviation, ``uniform`` within plus and minus a limit, or ``constant``."""

    kind: str
    number: float

    @staticmethod
    def constant(value: float) -> Initializer:
        return Initializer("constant", value)

    @staticmethod
    def uniform(limit: float) -> Initializer:
        return Initializer("uniform", limit)

    @staticmethod
    def glorot(fan_in: int, fan_out: int) -> Initializer:
        """Glorot and Bengio 2010."""
        return Initializer("uniform", math.sqrt(6 / (fan_in + fan_out)))

    @staticmethod
    def he(fan_in: int) -> Initializer:
        """He et al. 2015."""
        return Initializer("normal", math.sqrt(2) / math.sqrt(fan_in))


class Operation(nn.Module):
    """An operation of the network. Its parameters and buffers are called by their roles in the scheme's network."""

    kind = ""
    is_transparent = False
    """Whether an initializer looks through it for the activation behind a weight."""
    weight: Tensor
    bias: Optional[Tensor]
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
        if use_bias:
            self.declare("bias", [outputs], Initializer.constant(0))
        else:
            self.register_parameter("bias", None)

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


class EmittedOperation(Operation):
    """
    An operation that is written into an ONNX file as the compiled graph has it, where PyTorch's TorchScript exporter would take
    a roundabout way or knows none. ``compute`` is what is trained; ``emit`` must mean the same, which the proof of a match shows.
    """

    def forward(self, x: Tensor) -> Tensor:
        if torch.onnx.is_in_onnx_export() and torch.jit.is_tracing():
            return _Emission.apply(x, self, *self.exported_weights())
        return self.compute(x)

    def compute(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        raise NotImplementedError

    def exported_weights(self) -> Sequence[Tensor]:
        """What ``emit`` is given: the parameters, unless they have another form in the file."""
        return [self.get_parameter_or_buffer(role) for role in self.roles]


class _Emission(torch.autograd.Function):
    @staticmethod
    def forward(_context: Any, x: Tensor, operation: EmittedOperation, *_weights: Tensor) -> Tensor:  # type: ignore[override]
        """What the tracer sees of the values is their shape; the steps that lead to them are not for it."""
        tracing = torch._C._get_tracing_state()
        torch._C._set_tracing_state(None)
        try:
            return operation.compute(x)
        finally:
            torch._C._set_tracing_state(tracing)

    @staticmethod
    def symbolic(graph: Any, x: Any, operation: EmittedOperation, *weights: Any) -> Any:
        return operation.emit(graph, x, *weights)


def constant(graph: Any, values: Any) -> Any:
    """A constant of an ONNX graph: whole numbers as int64, else float32."""
    tensor = torch.as_tensor(values)
    return graph.op("Constant", value_t=tensor.float() if tensor.is_floating_point() else tensor)


def reshaped(graph: Any, value: Any, dims: Sequence[int]) -> Any:
    """To ``[batch, *dims]``. The batch is written as -1: on a 0, PyTorch's shape inference fails."""
    return graph.op("Reshape", value, constant(graph, [-1, *dims]))
