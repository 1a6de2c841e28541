from __future__ import annotations

import math

from ..builder import LayerBuilder
from ..operations import Permute, Reshape, Upsampling, ZeroPadding
from ..scheme import channels_first
from .steps import Settings, flat


def flatten(builder: LayerBuilder, _settings: Settings) -> None:
    flat(builder)


def reshape(builder: LayerBuilder, settings: Settings) -> None:
    """One size may be -1: what is left of the values."""
    shape, count = list(settings["shape"]), math.prod(builder.shape)
    if -1 in shape:
        known = math.prod(size for size in shape if size != -1)
        builder.need(shape.count(-1) == 1 and known > 0 and count % known == 0)
        shape[shape.index(-1)] = count // known
    builder.need(math.prod(shape) == count)
    builder.append("reshape", Reshape(channels_first(shape)), shape)


def permute(builder: LayerBuilder, settings: Settings) -> None:
    """Axis ``i`` of the output, in the scheme's layout, is axis ``order[i]`` of the input."""
    order, rank = settings["order"], len(builder.shape)
    builder.need(sorted(order) == list(range(rank)))
    graph_order = [0] * (rank + 1)
    for axis, source in enumerate(order):
        graph_order[_graph_axis(axis, rank)] = _graph_axis(source, rank)
    builder.append("permute", Permute(graph_order), [builder.shape[axis] for axis in order])


def upsampling2d(builder: LayerBuilder, settings: Settings) -> None:
    builder.need_rank(3)
    height, width, channels = builder.shape
    vertical, horizontal = settings["size"]
    builder.append("upsampling", Upsampling(settings["size"]), [height * vertical, width * horizontal, channels])


def zero_padding2d(builder: LayerBuilder, settings: Settings) -> None:
    builder.need_rank(3)
    height, width, channels = builder.shape
    top, left, bottom, right = settings["padding"]
    after = [height + top + bottom, width + left + right, channels]
    builder.append("zero_padding", ZeroPadding(settings["padding"]), after)


def _graph_axis(axis: int, rank: int) -> int:
    return 1 if axis == rank - 1 else axis + 2
