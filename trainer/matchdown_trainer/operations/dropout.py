from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from .operation import Operation


class Dropout(Operation):
    """``rate`` is the share that is dropped; what is kept is scaled up by ``1 / (1 - rate)``."""

    kind = "dropout"
    is_transparent = True

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.rate, self.training)
