from __future__ import annotations

import math
from typing import Any, List, Sequence

from torch import Tensor
from torch.nn import functional as F

from .operation import EmittedOperation, Operation
from .window import Window, is_symmetric, pytorch_pads


class Convolution(Operation):
    """Over one or two axes. Weight ``[out, in / groups, *kernel]``."""

    kind = "convolution"

    def __init__(
        self, channels: int, outputs: int, window: Window, pads: Sequence[int], groups: int, use_bias: bool
    ) -> None:
        super().__init__()
        self.window, self.pads, self.groups = window, tuple(pads), groups
        size = math.prod(window.kernel)
        fans = (size * channels // groups, size * outputs // groups)
        self.declare_weights([outputs, channels // groups, *window.kernel], fans, outputs, use_bias)

    def forward(self, x: Tensor) -> Tensor:
        rank = len(self.window.kernel)
        padding = self.pads[:rank]
        if not is_symmetric(self.pads):
            x, padding = F.pad(x, pytorch_pads(self.pads)), (0,) * rank
        convolve = F.conv1d if rank == 1 else F.conv2d
        window = self.window
        return convolve(x, self.weight, self.bias, window.strides, padding, window.dilations, self.groups)


class TransposedConvolution(EmittedOperation):
    """
    Input values times the kernel, added up ``strides`` apart, then ``pads`` values cut off at the ends and ``appended`` values
    (the bias) put behind. Weight ``[in, out / groups, *kernel]``.
    """

    kind = "transposed_convolution"

    def __init__(
        self,
        channels: int,
        outputs: int,
        window: Window,
        pads: Sequence[int],
        appended: Sequence[int],
        groups: int,
        use_bias: bool,
    ) -> None:
        super().__init__()
        self.window, self.pads, self.appended, self.groups = window, tuple(pads), tuple(appended), groups
        size = math.prod(window.kernel)
        fans = (size * channels // groups, size * outputs // groups)
        self.declare_weights([channels, outputs // groups, *window.kernel], fans, outputs, use_bias)

    def compute(self, x: Tensor) -> Tensor:
        """PyTorch cuts as much off the end as off the beginning; less is put back as its output padding, more is cut off."""
        rank = len(self.window.kernel)
        begins, ends = self.pads[:rank], self.pads[rank:]
        kept = [appended + begin - end for appended, begin, end in zip(self.appended, begins, ends)]
        limits = [max(stride, dilation) for stride, dilation in zip(self.window.strides, self.window.dilations)]
        if all(0 <= more < limit for more, limit in zip(kept, limits)):
            return self._transposed(x, begins, kept)
        whole = self._transposed(x, (0,) * rank, self.appended)
        cuts: List[int] = [-pad for pad in pytorch_pads(self.pads)]
        return F.pad(whole, cuts)

    def emit(self, graph: Any, x: Any, *weights: Any) -> Any:
        window = self.window
        return graph.op(
            "ConvTranspose",
            x,
            *weights,
            kernel_shape_i=window.kernel,
            strides_i=window.strides,
            dilations_i=window.dilations,
            pads_i=self.pads,
            output_padding_i=self.appended,
            group_i=self.groups,
        )

    def _transposed(self, x: Tensor, padding: Sequence[int], output_padding: Sequence[int]) -> Tensor:
        convolve = F.conv_transpose1d if len(padding) == 1 else F.conv_transpose2d
        window = self.window
        return convolve(
            x,
            self.weight,
            self.bias,
            window.strides,
            tuple(padding),
            tuple(output_padding),
            self.groups,
            window.dilations,
        )
