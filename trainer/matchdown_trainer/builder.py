"""Collects the operations of one layer, each on the output of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, NoReturn, Optional, Sequence, Tuple

from .errors import InputError
from .operations import Operation
from .scheme import Shape
from .text import shape_text, t


@dataclass(frozen=True, eq=False)
class Value:
    """What an operation gives, or the data."""

    shape: Shape
    node: Optional[Node] = None
    vocabulary: Optional[int] = None
    """For token ids: how many different ones there are."""


@dataclass(frozen=True, eq=False)
class Node:
    """One operation in its place."""

    id: str
    """``<layer name>/<step>``; below a block stand the repeat and the nested layer as well."""
    layer: str
    operation: Operation
    inputs: Tuple[Value, ...]
    output_shape: Shape


class LayerBuilder:
    def __init__(self, name: str, inputs: Sequence[Value], top: Any, layer: Optional[str] = None) -> None:
        self.name = name
        self.inputs = tuple(inputs)
        self.top = top
        """The whole scheme as written; defaults of layers inside of a block depend on it."""
        self.layer = layer or name
        self.nodes: List[Node] = []
        self._current = self.inputs

    @property
    def shape(self) -> Shape:
        """Of what the next step works on, in the scheme's layout."""
        return self._current[0].shape

    @property
    def output(self) -> Value:
        return self._current[0]

    def append(self, step: str, operation: Operation, output_shape: Sequence[int]) -> None:
        node = Node(f"{self.name}/{step}", self.layer, operation, self._current, tuple(output_shape))
        self.nodes.append(node)
        self._current = (Value(node.output_shape, node),)

    def part(self, name: str, inputs: Sequence[Value]) -> LayerBuilder:
        """For a part of this layer, on inputs of its own: a layer inside of a block for example."""
        return LayerBuilder(f"{self.name}.{name}", inputs, self.top, self.layer)

    def branch(self, inputs: Sequence[Value]) -> LayerBuilder:
        """For steps of this layer on other inputs than its last output."""
        return LayerBuilder(self.name, inputs, self.top, self.layer)

    def join(self, part: LayerBuilder) -> None:
        """Takes over the operations of a part; its output is the layer's from now on."""
        self.nodes.extend(part.nodes)
        self._current = (part.output,)

    def need_rank(self, rank: int) -> None:
        if len(self.shape) != rank:
            self.fail(t("It takes {0} axes and is given {1}.", rank, shape_text(self.shape)))

    def need(self, condition: bool) -> None:
        if not condition:
            self.fail(t("It does not fit its input of {0}.", shape_text(self.shape)))

    def fail(self, problem: str) -> NoReturn:
        place = t('layer "{0}"', self.layer)
        raise InputError("scheme.json", problem, t('"matchdown check" says more.'), place)
