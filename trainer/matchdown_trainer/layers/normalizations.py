from __future__ import annotations

from ..builder import LayerBuilder
from ..operations import GroupNormalization
from .steps import Settings, normalize_batch, normalize_layer


def batch_normalization(builder: LayerBuilder, settings: Settings) -> None:
    normalize_batch(builder, settings)


def layer_normalization(builder: LayerBuilder, settings: Settings) -> None:
    normalize_layer(builder, settings["epsilon"])


def group_normalization(builder: LayerBuilder, settings: Settings) -> None:
    channels, groups = builder.shape[-1], settings["groups"]
    builder.need(channels % groups == 0)
    builder.append("group_normalization", GroupNormalization(builder.shape, groups, settings["epsilon"]), builder.shape)
