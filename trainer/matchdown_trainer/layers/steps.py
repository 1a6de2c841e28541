"""The steps that layer types are made of: each appends one operation with its output shape."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence

from ..builder import LayerBuilder, Value
from ..operations import (
    Activation,
    Add,
    Attention,
    AveragePooling,
    BatchNormalization,
    Convolution,
    Dense,
    DensePerPosition,
    Dropout,
    Flatten,
    LayerNormalization,
    MaxPooling,
)
from ..operations.window import Window, output_sizes, pads_of

Settings = Mapping[str, Any]


def window_of(settings: Settings) -> Window:
    return Window(tuple(settings["kernel"]), tuple(settings["stride"]), tuple(settings["dilation"]))


def convolution(builder: LayerBuilder, settings: Settings, step: str = "conv") -> None:
    """Over all axes but the last, which is channels."""
    window = window_of(settings)
    builder.need_rank(len(window.kernel) + 1)
    *sizes, channels = builder.shape
    outputs, groups = settings["channel"], settings["groups"]
    builder.need(channels % groups == 0 and outputs % groups == 0)
    pads = pads_of(settings["padding"], window, sizes)
    after = output_sizes(window, pads, sizes)
    builder.need(min(after) > 0)
    operation = Convolution(channels, outputs, window, pads, groups, settings["use_bias"])
    builder.append(step, operation, [*after, outputs])


def tail(builder: LayerBuilder, settings: Settings) -> None:
    """Always in this order: batch normalization, activation, pooling, dropout."""
    if settings.get("batch_normalization"):
        normalize_batch(builder, settings["batch_normalization"])
    activate(builder, settings["activation"])
    for kind in ("maxpooling", "average_pooling"):
        if kind in settings:
            pool(builder, kind, settings[kind])
    drop(builder, settings["dropout"])


def normalize_batch(builder: LayerBuilder, settings: Settings) -> None:
    operation = BatchNormalization(builder.shape[-1], settings["epsilon"], settings["momentum"])
    builder.append("batch_normalization", operation, builder.shape)


def normalize_layer(builder: LayerBuilder, epsilon: float) -> None:
    builder.append("layer_normalization", LayerNormalization(builder.shape, epsilon), builder.shape)


def activate(builder: LayerBuilder, settings: Settings, always: bool = False) -> None:
    if always or settings["type"] != "linear":
        operation = Activation(settings["type"], settings.get("alpha", 0.0))
        builder.append("activation", operation, builder.shape)


def pool(builder: LayerBuilder, kind: str, settings: Settings) -> None:
    kernel = tuple(settings["pooling_size"])
    window = Window(kernel, tuple(settings["pooling_stride"]), (1,) * len(kernel))
    builder.need_rank(len(kernel) + 1)
    *sizes, channels = builder.shape
    pads = pads_of(settings["padding"], window, sizes)
    after = output_sizes(window, pads, sizes)
    builder.need(min(after) > 0 and all(pad < size for pad, size in zip(pads, kernel * 2)))
    pooling = MaxPooling if kind == "maxpooling" else AveragePooling
    builder.append(kind, pooling(window, pads, sizes), [*after, channels])


def drop(builder: LayerBuilder, rate: float, step: str = "dropout") -> None:
    if rate > 0:
        builder.append(step, Dropout(rate), builder.shape)


def flat(builder: LayerBuilder) -> None:
    builder.append("flatten", Flatten(), [math.prod(builder.shape)])


def dense(builder: LayerBuilder, units: int, use_bias: bool) -> None:
    """On the last axis; an input with more axes is flattened first."""
    if len(builder.shape) > 1:
        flat(builder)
    builder.append("dense", Dense(builder.shape[-1], units, use_bias), [units])


def dense_per_position(builder: LayerBuilder, units: int, step: str) -> None:
    length, features = builder.shape
    builder.append(step, DensePerPosition(features, units, True), [length, units])


def attend(builder: LayerBuilder, heads: int, key_dimension: int = 0) -> None:
    """The channels divided by the heads are the key dimension where none is given."""
    builder.need_rank(2)
    length, channels = builder.shape
    builder.need(key_dimension > 0 or channels % heads == 0)
    operation = Attention(channels, length, heads, key_dimension or channels // heads)
    builder.append("attention", operation, builder.shape)


def add_up(builder: LayerBuilder, values: Sequence[Value]) -> None:
    """The sum becomes the layer's output."""
    branch = builder.branch(values)
    branch.need(all(value.shape == values[0].shape for value in values))
    branch.append("add", Add(), branch.shape)
    builder.join(branch)
