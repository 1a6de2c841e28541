"""What is minimised and what is counted, with the meaning of the compiled graphs."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .scheme import Scheme


@dataclass(frozen=True)
class Objective:
    loss: str
    label_type: str
    label_dim: int

    @staticmethod
    def of(scheme: Scheme) -> Objective:
        return Objective(scheme.model.loss, scheme.data.label_type, scheme.data.label_dim)

    @property
    def tag(self) -> str:
        """First part of the metric's TensorBoard tag."""
        return "absolute_error" if self.label_type == "regression" else "accuracy"

    @property
    def metric(self) -> str:
        """As it is called in a checkpoint's sums."""
        return "absolute_error" if self.label_type == "regression" else "correct"

    @property
    def per_sample(self) -> int:
        """What a sample counts in the metric's sum."""
        return 1 if self.label_type == "classification" else self.label_dim

    def mean_loss(self, output: Tensor, target: Tensor) -> Tensor:
        """
        ``output`` float32 ``[batch, size]``; ``target`` int64 ``[batch]`` for classes, else float32 ``[batch, size]``. Averaged over
        the samples for cross entropy, over all values for the other losses.
        """
        if self.loss == "cross_entropy":
            if self._are_classes(output):
                return F.cross_entropy(output, target)
            return -(self._rows(output, target) * F.log_softmax(output, 1)).sum() / len(output)
        return _ELEMENTWISE[self.loss](output, self._rows(output, target))

    def metric_sum(self, output: Tensor, target: Tensor) -> Tensor:
        """Right answers, or the sum of the absolute errors."""
        if self._are_classes(output):
            return (output.argmax(1) == target).sum()
        prediction, rows = self.prediction(output), self._rows(output, target)
        if self.label_type == "regression":
            return (prediction - rows).abs().sum()
        return ((prediction > 0.5) == (rows > 0.5)).sum()

    def prediction(self, output: Tensor) -> Tensor:
        """Probabilities, or the values as they are."""
        if self.loss == "cross_entropy":
            return torch.softmax(output, 1)
        return torch.sigmoid(output) if self.loss == "binary_cross_entropy" else output

    def losses_of_samples(self, output: Tensor, target: Tensor) -> Tensor:
        """``[batch]``, to find the worst samples."""
        rows = self._rows(output, target)
        if self.loss == "cross_entropy":
            return -(rows * F.log_softmax(output, 1)).sum(1)
        return (self.prediction(output) - rows).abs().sum(1)

    def _are_classes(self, output: Tensor) -> bool:
        return self.label_type == "classification" and output.shape[1] > 1

    def _rows(self, output: Tensor, target: Tensor) -> Tensor:
        """``[batch, size]``: one-hot for classes; with a single output a class is the number 0 or 1."""
        if self._are_classes(output):
            return F.one_hot(target, output.shape[1]).to(output.dtype)
        return target.to(output.dtype).reshape(output.shape)


_ELEMENTWISE = {
    "binary_cross_entropy": F.binary_cross_entropy_with_logits,
    "mean_squared_error": F.mse_loss,
    "mean_absolute_error": F.l1_loss,
    "huber": F.huber_loss,
}
