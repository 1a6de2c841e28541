"""A window that slides over the spatial axes; the pads are ONNX's: all begins, then all ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Sequence, Tuple, Union

Padding = Union[str, Sequence[int]]


@dataclass(frozen=True)
class Window:
    kernel: Tuple[int, ...]
    strides: Tuple[int, ...]
    dilations: Tuple[int, ...]

    @property
    def reaches(self) -> List[int]:
        """How far the kernel reaches along each axis."""
        return [(kernel - 1) * dilation + 1 for kernel, dilation in zip(self.kernel, self.dilations)]


def pads_of(padding: Padding, window: Window, sizes: Sequence[int]) -> List[int]:
    """``same`` makes the output ``ceil(input / stride)``, the odd one at the end: ONNX's ``SAME_UPPER``."""
    if padding == "valid":
        return [0] * (2 * len(sizes))
    if padding != "same":
        return [int(pad) for pad in padding]
    totals = [
        max((-(-size // stride) - 1) * stride + reach - size, 0)
        for size, stride, reach in zip(sizes, window.strides, window.reaches)
    ]
    begins = [total // 2 for total in totals]
    return begins + [total - begin for total, begin in zip(totals, begins)]


def output_sizes(window: Window, pads: Sequence[int], sizes: Sequence[int]) -> List[int]:
    """``floor((input + pads - reach) / stride) + 1`` for each axis; 0 or less where the window does not fit."""
    rank = len(sizes)
    return [
        (size + pads[axis] + pads[axis + rank] - window.reaches[axis]) // window.strides[axis] + 1
        for axis, size in enumerate(sizes)
    ]


def pytorch_pads(pads: Sequence[int]) -> List[int]:
    """For ``torch.nn.functional.pad``: begin and end of the last axis first."""
    rank = len(pads) // 2
    return [pad for axis in reversed(range(rank)) for pad in (pads[axis], pads[axis + rank])]


def is_symmetric(pads: Sequence[int]) -> bool:
    rank = len(pads) // 2
    return list(pads[:rank]) == list(pads[rank:])
