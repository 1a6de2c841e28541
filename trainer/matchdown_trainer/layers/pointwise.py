from __future__ import annotations

from ..builder import LayerBuilder
from ..operations import Dropout
from .steps import Settings, activate


def activation(builder: LayerBuilder, settings: Settings) -> None:
    activate(builder, settings["activation"], always=True)


def dropout(builder: LayerBuilder, settings: Settings) -> None:
    builder.append("dropout", Dropout(settings["rate"]), builder.shape)
