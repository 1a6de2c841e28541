from __future__ import annotations

from typing import Callable, Dict, Optional

from ..builder import LayerBuilder, Value
from ..operations import BatchNormalization
from ..scheme import layer_problem, read_layer
from ..text import t
from .steps import Settings, activate, add_up, convolution, dense, normalize_batch

LayerType = Callable[[LayerBuilder, Settings], None]


def block_of(type_named: Callable[[str], LayerType]) -> LayerType:
    """
    Layers as one, so many times over: each round's layers, the shortcut, the activation. Inside, ``"data"`` is what enters the
    round, and only layers of the same block can be named. A block gets the other layer types, since it is one of them.
    """

    def block(builder: LayerBuilder, settings: Settings) -> None:
        for number in range(1, settings["repeat"] + 1):
            before = builder.output
            one = builder.part(str(number), [before])
            _layers(one, settings, type_named)
            _shortcut(one, before, settings["shortcut"])
            activate(one, settings["activation"])
            builder.join(one)

    return block


def _layers(builder: LayerBuilder, settings: Settings, type_named: Callable[[str], LayerType]) -> None:
    known: Dict[str, Value] = {"data": builder.output}
    before = "data"
    for index, written in enumerate(settings["network"]):
        problem = layer_problem(written, index)
        if problem:
            builder.fail(problem)
        layer = read_layer(written, index, before, builder.top)
        unknown = next((name for name in layer.inputs if name not in known), None)
        if unknown is not None:
            builder.fail(t('No earlier layer of this block is called "{0}".', unknown))
        part = builder.part(layer.name, [known[name] for name in layer.inputs])
        type_named(layer.type)(part, layer.settings)
        builder.join(part)
        known[layer.name] = part.output
        before = layer.name


def _shortcut(builder: LayerBuilder, source: Value, shortcut: str) -> None:
    """
    He et al. 2016. ``projection``: where the shapes differ, a 1x1 convolution (a dense layer for ``(features,)``) with the
    stride that makes the sizes agree, normalized as the block is: He's option B.
    """
    if shortcut == "none":
        return
    main, other = builder.output, source
    if source.shape != main.shape:
        builder.need(shortcut == "projection")
        other = _projection(builder, source)
    add_up(builder, [main, other])


def _projection(builder: LayerBuilder, source: Value) -> Value:
    *sizes, _ = source.shape
    *wanted, channels = builder.shape
    builder.need(len(sizes) == len(wanted))
    strides = [-(-size // to) for size, to in zip(sizes, wanted)]
    builder.need(all(-(-size // stride) == to for size, stride, to in zip(sizes, strides, wanted)))
    normalization = _last_normalization(builder)
    branch = builder.branch([source])
    use_bias = normalization is None
    if strides:
        ones = [1] * len(strides)
        window = {"kernel": ones, "stride": strides, "dilation": ones, "padding": "valid"}
        convolution(branch, {**window, "channel": channels, "groups": 1, "use_bias": use_bias}, "projection")
    else:
        dense(branch, channels, use_bias)
    if normalization is not None:
        normalize_batch(branch, {"epsilon": normalization.epsilon, "momentum": normalization.momentum})
    builder.join(branch)
    return branch.output


def _last_normalization(builder: LayerBuilder) -> Optional[BatchNormalization]:
    operations = [node.operation for node in reversed(builder.nodes)]
    return next((each for each in operations if isinstance(each, BatchNormalization)), None)
