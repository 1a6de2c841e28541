from __future__ import annotations

from typing import Callable

from ..builder import LayerBuilder
from .steps import Settings, activate, add_up, attend, dense_per_position, drop, normalize_layer


def transformer_set(builder: LayerBuilder, settings: Settings) -> None:
    """The encoder block with the normalization in front of each half (Xiong et al. 2020), so many times over."""
    builder.need_rank(2)
    for number in range(1, settings["repeat"] + 1):
        _add_half(builder, f"{number}.attention", settings, lambda half: attend(half, settings["heads"]))
        _add_half(builder, f"{number}.feed_forward", settings, lambda half: _feed_forward(half, settings))


def _add_half(builder: LayerBuilder, name: str, settings: Settings, half: Callable[[LayerBuilder], None]) -> None:
    """``x + dropout(half(normalized x))``"""
    before = builder.output
    part = builder.part(name, [before])
    normalize_layer(part, 1e-5)
    half(part)
    drop(part, settings["dropout"])
    builder.join(part)
    add_up(builder, [before, part.output])


def _feed_forward(builder: LayerBuilder, settings: Settings) -> None:
    channels = builder.shape[-1]
    dense_per_position(builder, settings["feed_forward"], "expand")
    activate(builder, settings["activation"])
    drop(builder, settings["dropout"], "inner_dropout")
    dense_per_position(builder, channels, "contract")
