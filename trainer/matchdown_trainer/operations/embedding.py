from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .operation import Initializer, Operation


class Embedding(Operation):
    """``[batch, length]`` token ids to ``[batch, dimension, length]``; weight ``[vocabulary, dimension]``."""

    kind = "embedding"

    def __init__(self, vocabulary: int, dimension: int) -> None:
        super().__init__()
        self.declare("weight", [vocabulary, dimension], Initializer("normal", 1.0))

    def forward(self, ids: Tensor) -> Tensor:
        return F.embedding(ids, self.weight).transpose(1, 2)
