from __future__ import annotations

from ..builder import LayerBuilder
from ..operations import GlobalPooling
from .steps import Settings, pool


def maxpooling(builder: LayerBuilder, settings: Settings) -> None:
    _of_any_rank(builder, "maxpooling", settings)


def average_pooling(builder: LayerBuilder, settings: Settings) -> None:
    _of_any_rank(builder, "average_pooling", settings)


def global_average_pooling(builder: LayerBuilder, _settings: Settings) -> None:
    _global(builder, "global_average_pooling")


def global_max_pooling(builder: LayerBuilder, _settings: Settings) -> None:
    _global(builder, "global_max_pooling")


def _global(builder: LayerBuilder, kind: str) -> None:
    builder.need(len(builder.shape) > 1)
    builder.append(kind, GlobalPooling(kind), builder.shape[-1:])


def _of_any_rank(builder: LayerBuilder, kind: str, settings: Settings) -> None:
    """A pooling of as many axes as the input has: a number holds for all axes, or all sides."""
    size, stride, padding = (settings[key] for key in ("pooling_size", "pooling_stride", "padding"))
    rank = len(size) if isinstance(size, list) else len(builder.shape) - 1
    if isinstance(padding, int):
        padding = [padding] * (2 * rank)
    elif isinstance(padding, list) and rank == 2 and len(padding) == 2:
        padding = padding + padding
    sides = {
        "pooling_size": size if isinstance(size, list) else [size] * rank,
        "pooling_stride": stride if isinstance(stride, list) else [stride] * rank,
        "padding": padding,
    }
    builder.need(isinstance(padding, str) or len(padding) == 2 * rank)
    builder.need(len(sides["pooling_stride"]) == rank)
    pool(builder, kind, sides)
