from __future__ import annotations

import math
from typing import Callable, List, Mapping, Sequence

import torch
from torch import Tensor, nn

from .operation import Initializer, Operation

GATES: Mapping[str, Sequence[int]] = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}
"""
Where each of ONNX's gates stands among PyTorch's: input, output, forget, cell among input, forget, cell, output; update, reset,
new among reset, update, new.
"""


class Recurrent(Operation):
    """
    An LSTM, or a GRU with the reset gate behind the product with the recurrent weight, from a state of zeros, over
    ``[batch, features, length]``. The roles are ONNX's: weight ``[directions, gates * units, features]``, recurrent weight
    ``[directions, gates * units, units]``, bias ``[directions, 2 * gates * units]``, the input's before the recurrent one.
    """

    def __init__(self, kind: str, features: int, units: int, bidirectional: bool, return_sequences: bool) -> None:
        super().__init__()
        self.kind = kind
        self.units, self.directions, self.return_sequences = units, 2 if bidirectional else 1, return_sequences
        layer = nn.LSTM if kind == "lstm" else nn.GRU
        self.cell = layer(features, units, batch_first=True, bidirectional=bidirectional)
        uniform = Initializer.uniform(1 / math.sqrt(units))
        self.initializers = {role: uniform for role in ("weight", "recurrent_weight", "bias")}

    def forward(self, x: Tensor) -> Tensor:
        """``[batch, directions * units, length]``, or the last state of each direction: ``[batch, directions * units]``."""
        outputs, state = self.cell(x.transpose(1, 2))
        if self.return_sequences:
            return outputs.transpose(1, 2)
        last = state[0] if self.kind == "lstm" else state
        return last.transpose(0, 1).reshape(-1, self.directions * self.units)

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
