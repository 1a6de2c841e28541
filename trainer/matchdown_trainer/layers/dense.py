from __future__ import annotations

from ..builder import LayerBuilder
from .steps import Settings, dense, tail


def dense_set(builder: LayerBuilder, settings: Settings) -> None:
    dense(builder, settings["unit"], settings["use_bias"])
    tail(builder, settings)
