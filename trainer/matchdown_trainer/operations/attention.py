from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from .operation import Initializer, Operation


class Attention(Operation):
    """
    Unmasked self-attention over the positions of ``[batch, channels, length]`` (Vaswani et al. 2017). Weight
    ``[3 * heads * key_dimension, channels]``: queries, keys, values, each head by head.
    """

    kind = "attention"

    def __init__(self, channels: int, length: int, heads: int, key_dimension: int) -> None:
        super().__init__()
        self.length, self.heads, self.key_dimension = length, heads, key_dimension
        width = heads * key_dimension
        self.declare("weight", [3 * width, channels], Initializer.glorot(channels, 3 * width))
        self.declare("bias", [3 * width], Initializer.constant(0))
        self.declare("output_weight", [channels, width], Initializer.glorot(width, channels))
        self.declare("output_bias", [channels], Initializer.constant(0))

    def forward(self, x: Tensor) -> Tensor:
        projected = F.linear(x.transpose(1, 2), self.weight, self.bias)
        queries, keys, values = (self._in_heads(part) for part in projected.chunk(3, dim=-1))
        context = self._attend(queries, keys, values).transpose(1, 2)
        flat = context.reshape(-1, self.length, self.heads * self.key_dimension)
        return F.linear(flat, self.output_weight, self.output_bias).transpose(1, 2)

    def _in_heads(self, x: Tensor) -> Tensor:
        """``[batch, heads, length, key_dimension]``"""
        return x.reshape(-1, self.length, self.heads, self.key_dimension).transpose(1, 2)

    def _attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        if hasattr(F, "scaled_dot_product_attention") and not torch.onnx.is_in_onnx_export():
            return F.scaled_dot_product_attention(queries, keys, values)
        scores = torch.matmul(queries, keys.transpose(-2, -1)) * (1 / math.sqrt(self.key_dimension))
        return torch.matmul(torch.softmax(scores, -1), values)
