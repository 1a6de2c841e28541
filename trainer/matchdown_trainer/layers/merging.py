from __future__ import annotations

from ..builder import LayerBuilder
from ..operations import Add, Concatenate, Multiply
from .steps import Settings


def add(builder: LayerBuilder, _settings: Settings) -> None:
    builder.need(all(value.shape == builder.shape for value in builder.inputs))
    builder.append("add", Add(), builder.shape)


def multiply(builder: LayerBuilder, _settings: Settings) -> None:
    builder.need(all(value.shape == builder.shape for value in builder.inputs))
    builder.append("multiply", Multiply(), builder.shape)


def concatenate(builder: LayerBuilder, settings: Settings) -> None:
    """``axis`` is of the scheme's layout; the last is channels."""
    shape = list(builder.shape)
    axis = settings["axis"] + (len(shape) if settings["axis"] < 0 else 0)
    builder.need(0 <= axis < len(shape))
    others = [value.shape[:axis] + value.shape[axis + 1 :] for value in builder.inputs]
    builder.need(all(other == others[0] for other in others))
    shape[axis] = sum(value.shape[axis] for value in builder.inputs)
    builder.append("concatenate", Concatenate(1 if axis == len(shape) - 1 else axis + 2), shape)
