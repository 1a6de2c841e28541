from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from .dense import emit_per_position
from .operation import EmittedOperation, Initializer, constant, reshaped


class Attention(EmittedOperation):
    """
    Unmasked self-attention over the positions of ``[batch, channels, length]`` (Vaswani et al. 2017). Weight
    ``[3 * heads * key_dimension, channels]``: queries, keys, values, each head by head.
    """

    kind = "attention"
    output_weight: Tensor
    output_bias: Tensor

    def __init__(self, channels: int, length: int, heads: int, key_dimension: int) -> None:
        super().__init__()
        self.length, self.heads, self.key_dimension = length, heads, key_dimension
        width = heads * key_dimension
        self.declare("weight", [3 * width, channels], Initializer.glorot(channels, 3 * width))
        self.declare("bias", [3 * width], Initializer.constant(0))
        self.declare("output_weight", [channels, width], Initializer.glorot(width, channels))
        self.declare("output_bias", [channels], Initializer.constant(0))

    def compute(self, x: Tensor) -> Tensor:
        projected = F.linear(x.transpose(1, 2), self.weight, self.bias)
        queries, keys, values = (self._in_heads(part) for part in projected.chunk(3, dim=-1))
        context = self._attend(queries, keys, values).transpose(1, 2)
        flat = context.reshape(-1, self.length, self.heads * self.key_dimension)
        return F.linear(flat, self.output_weight, self.output_bias).transpose(1, 2)

    def _in_heads(self, x: Tensor) -> Tensor:
        """``[batch, heads, length, key_dimension]``"""
        return x.reshape(-1, self.length, self.heads, self.key_dimension).transpose(1, 2)

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        if hasattr(F, "scaled_dot_product_attention"):
            return F.scaled_dot_product_attention(queries, keys, values)
        scores = torch.matmul(queries, keys.transpose(-2, -1)) * (1 / math.sqrt(self.key_dimension))
        return torch.matmul(torch.softmax(scores, -1), values)

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        """Values have the positions last, scores have the keys before the queries."""
        weight, bias, output_weight, output_bias = weights
        dims = [self.heads, self.key_dimension, self.length]
        width = self.heads * self.key_dimension
        projected = emit_per_position(graph, x, weight, bias)
        parts = graph.op("Split", projected, constant(graph, [width] * 3), axis_i=1, outputs=3)
        queries, keys, values = (reshaped(graph, part, dims) for part in parts)
        scores = graph.op("MatMul", graph.op("Transpose", keys, perm_i=[0, 1, 3, 2]), queries)
        scaled = graph.op("Mul", scores, constant(graph, 1 / math.sqrt(self.key_dimension)))
        attended = graph.op("MatMul", values, graph.op("Softmax", scaled, axis_i=2))
        context = reshaped(graph, attended, [width, self.length])
        return emit_per_position(graph, context, output_weight, output_bias)
