from __future__ import annotations

import math
from typing import Any, Callable, List, Mapping, Sequence

import torch
from torch import Tensor, nn

from .operation import EmittedOperation, Initializer, reshaped

GATES: Mapping[str, Sequence[int]] = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}
"""
Where each of ONNX's gates stands among PyTorch's: input, output, forget, cell among input, forget, cell, output; update, reset,
new among reset, update, new.
"""


class Recurrent(EmittedOperation):
    """
    An LSTM, or a GRU with the reset gate behind the product with the recurrent weight, from a state of zeros, over
    ``[batch, features, length]``. The roles are ONNX's: weight ``[directions, gates * units, features]``, recurrent weight
    ``[directions, gates * units, units]``, bias ``[directions, 2 * gates * units]``, the input's before the recurrent one.
    """

    def __init__(
        self, kind: str, length: int, features: int, units: int, bidirectional: bool, return_sequences: bool
    ) -> None:
        super().__init__()
        self.kind = kind
        self.units, self.directions, self.return_sequences = units, 2 if bidirectional else 1, return_sequences
        layer = nn.LSTM if kind == "lstm" else nn.GRU
        self.cell = layer(features, units, batch_first=True, bidirectional=bidirectional)
        width = self.directions * units
        self.dims = [width, length] if return_sequences else [width]
        uniform = Initializer.uniform(1 / math.sqrt(units))
        self.initializers = {role: uniform for role in ("weight", "recurrent_weight", "bias")}

    def compute(self, x: Tensor) -> Tensor:
        """``[batch, directions * units, length]``, or the last state of each direction: ``[batch, directions * units]``."""
        outputs, state = self.cell(x.transpose(1, 2))
        if self.return_sequences:
            return outputs.transpose(1, 2)
        last = state[0] if self.kind == "lstm" else state
        return last.transpose(0, 1).reshape(-1, self.directions * self.units)

    def exported_weights(self) -> Sequence[Tensor]:
        return [self.pack(role, self.get_parameter_or_buffer).detach() for role in self.roles]

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        """ONNX's own operator has the length in front: ``[length, batch, features]``."""
        direction = "bidirectional" if self.directions == 2 else "forward"
        options = {"linear_before_reset_i": 1} if self.kind == "gru" else {}
        sequence = graph.op("Transpose", x, perm_i=[2, 0, 1])
        results = graph.op(
            self.kind.upper(), sequence, *weights, hidden_size_i=self.units, direction_s=direction, outputs=2, **options
        )
        if self.return_sequences:
            moved = graph.op("Transpose", results[0], perm_i=[2, 1, 3, 0])
        else:
            moved = graph.op("Transpose", results[1], perm_i=[1, 0, 2])
        return reshaped(graph, moved, self.dims)

    def pack(self, role: str, tensor_of: Callable[[str], Tensor]) -> Tensor:
        rows = [
            torch.cat([self._in_order_of_onnx(tensor_of(name)) for name in self._names(role, direction)])
            for direction in range(self.directions)
        ]
        return torch.stack(rows)

    def unpack(self, role: str, value: Tensor) -> Mapping[str, Tensor]:
        result = {}
        for direction in range(self.directions):
            names = self._names(role, direction)
            for name, part in zip(names, value[direction].chunk(len(names))):
                result[name] = self._in_order_of_pytorch(part)
        return result

    def _names(self, role: str, direction: int) -> List[str]:
        suffix = "_reverse" if direction else ""
        names = {"weight": ["weight_ih"], "recurrent_weight": ["weight_hh"], "bias": ["bias_ih", "bias_hh"]}
        return [f"cell.{name}_l0{suffix}" for name in names[role]]

    def _in_order_of_onnx(self, value: Tensor) -> Tensor:
        parts = value.chunk(len(GATES[self.kind]))
        return torch.cat([parts[place] for place in GATES[self.kind]])

    def _in_order_of_pytorch(self, value: Tensor) -> Tensor:
        parts = value.chunk(len(GATES[self.kind]))
        return torch.cat([parts[GATES[self.kind].index(gate)] for gate in range(len(parts))])
