from __future__ import annotations

from typing import List, Tuple

from ..builder import LayerBuilder
from ..operations import TransposedConvolution
from ..operations.window import Padding, Window
from .steps import Settings, convolution, tail, window_of


def conv_set(builder: LayerBuilder, settings: Settings) -> None:
    convolution(builder, settings)
    tail(builder, settings)


def depthwise_set(builder: LayerBuilder, settings: Settings) -> None:
    """Each input channel is a group of its own."""
    groups = builder.shape[-1]
    convolution(builder, {**settings, "channel": groups * settings["multiplier"], "groups": groups})
    tail(builder, settings)


def separable_set(builder: LayerBuilder, settings: Settings) -> None:
    """Chollet 2017 (Xception): each channel by itself, then a 1x1 convolution over the channels, with the bias."""
    channels = builder.shape[-1]
    depthwise = {**settings, "channel": channels, "groups": channels, "use_bias": False}
    convolution(builder, depthwise, "depthwise")
    convolution(builder, {**POINTWISE, "channel": settings["channel"], "use_bias": settings["use_bias"]})
    tail(builder, settings)


POINTWISE = {"kernel": (1, 1), "stride": (1, 1), "padding": "valid", "dilation": (1, 1), "groups": 1}


def conv_transpose_set(builder: LayerBuilder, settings: Settings) -> None:
    """
    An axis of ``n`` values gives ``(n - 1) * stride + reach``, less what the padding cuts off; with ``same``, ``n * stride``, and
    what is too much is cut off at both ends, the odd one at the end.
    """
    window = window_of(settings)
    builder.need_rank(len(window.kernel) + 1)
    *sizes, channels = builder.shape
    outputs, groups = settings["channel"], settings["groups"]
    builder.need(channels % groups == 0 and outputs % groups == 0)
    pads, appended = _cut(settings["padding"], window)
    rank = len(sizes)
    after = [
        (size - 1) * window.strides[axis] + window.reaches[axis] + appended[axis] - pads[axis] - pads[axis + rank]
        for axis, size in enumerate(sizes)
    ]
    builder.need(min(after) > 0)
    operation = TransposedConvolution(channels, outputs, window, pads, appended, groups, settings["use_bias"])
    builder.append("conv", operation, [*after, outputs])
    tail(builder, settings)


def _cut(padding: Padding, window: Window) -> Tuple[List[int], List[int]]:
    """What is cut off the ends, and what is appended where the kernel is shorter than the stride."""
    rank = len(window.kernel)
    if padding == "valid":
        return [0] * (2 * rank), [0] * rank
    if padding != "same":
        return list(padding[: 2 * rank]), [0] * rank
    surplus = [reach - stride for reach, stride in zip(window.reaches, window.strides)]
    begins = [max(total, 0) // 2 for total in surplus]
    ends = [max(total, 0) - begin for total, begin in zip(surplus, begins)]
    return begins + ends, [max(-total, 0) for total in surplus]
