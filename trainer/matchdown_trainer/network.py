"""A scheme's network as a PyTorch module, with the names of the scheme's parameters."""

from __future__ import annotations

import math
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

from torch import Tensor, nn

from .builder import LayerBuilder, Node, Value
from .errors import InputError
from .layers import LAYER_TYPES
from .operations import Activation, Operation
from .operations.activation import RECTIFIERS
from .operations.operation import Initializer
from .scheme import Layer, Scheme, defaults_of
from .text import t

ABSORBED = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}
"""Activations that belong to a loss: a last one is left out, and the network gives logits."""


class Network(nn.Module):
    """
    ``[batch, *sample_dims]`` (token ids as int64) to ``[batch, label_dim]``: logits for classification. The input is as it stands
    in the data; the normalization belongs to the network.
    """

    def __init__(self, scheme: Scheme) -> None:
        super().__init__()
        self.nodes, output = _expand(scheme)
        self.output = output
        self.operations = nn.ModuleList([node.operation for node in self.nodes])
        self._places = {node: index for index, node in enumerate(self.nodes)}
        self._last_uses = _last_uses(self.nodes, output)
        self.offset: Optional[Tensor]
        self.divisor: Optional[Tensor]
        self.register_buffer("offset", None, persistent=False)
        self.register_buffer("divisor", None, persistent=False)

    def set_normalization(self, offset: Optional[Tensor], divisor: Optional[Tensor]) -> None:
        """What is subtracted from the input, and what that is divided by; both fit ``[batch, *sample_dims]``."""
        self.offset, self.divisor = offset, divisor

    def forward(self, x: Tensor) -> Tensor:
        if self.offset is not None and self.divisor is not None:
            x = (x - self.offset) / self.divisor
        values: Dict[Optional[Node], Tensor] = {None: x}
        for node, operation, used in zip(self.nodes, self.operations, self._last_uses):
            values[node] = operation(*(values[value.node] for value in node.inputs))
            for last in used:
                del values[last]
        return values[self.output.node]

    def parameter_roles(self) -> Iterator[Tuple[str, Operation, str]]:
        """Full name, operation and role of every parameter and buffer of the scheme, in the network's order."""
        for node in self.nodes:
            for role in node.operation.roles:
                yield f"{node.id}.{role}", node.operation, role

    def initializers(self) -> Mapping[str, Initializer]:
        """He normal for a weight whose next function is a rectifier, else what the operation says."""
        consumers = _consumers(self.nodes)
        found: Dict[str, Initializer] = {}
        for node in self.nodes:
            for role, initializer in node.operation.initializers.items():
                is_rectified = role == "weight" and node.operation.fan_in > 0 and _feeds_rectifier(node, consumers)
                found[f"{node.id}.{role}"] = Initializer.he(node.operation.fan_in) if is_rectified else initializer
        return found

    @property
    def trainable_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def describe(self) -> str:
        """The operations as a table in Markdown."""
        rows = ["| operation | kind | output | parameters |", "|---|---|---|---|"]
        for node in self.nodes:
            count = sum(parameter.numel() for parameter in node.operation.parameters())
            shape = " × ".join(map(str, node.output_shape))
            rows.append(f"| {node.id} | {node.operation.extra_repr()} | {shape} | {count} |")
        return "\n".join(rows)


def _expand(scheme: Scheme) -> Tuple[List[Node], Value]:
    data = Value(scheme.data.sample_shape, vocabulary=_tokens(scheme))
    known: Dict[str, Value] = {"data": data}
    nodes: List[Node] = []
    for layer in scheme.model.network:
        before, last = len(nodes), _expand_layer(layer, known, scheme, nodes)
    if last.shape == (scheme.data.label_dim,):
        return _without_loss_activation(scheme, nodes, before, last)
    return nodes, _expand_layer(_head(scheme, layer.name, known), known, scheme, nodes)


def _tokens(scheme: Scheme) -> Optional[int]:
    return scheme.data.vocabulary if len(scheme.data.sample_shape) == 1 else None


def _expand_layer(layer: Layer, known: Dict[str, Value], scheme: Scheme, nodes: List[Node]) -> Value:
    unknown = next((name for name in layer.inputs if name not in known), None)
    if unknown is not None:
        place = t('layer "{0}"', layer.name)
        problem = t('No earlier layer is called "{0}".', unknown)
        raise InputError("scheme.json", problem, t('"matchdown check" says more.'), place)
    builder = LayerBuilder(layer.name, [known[name] for name in layer.inputs], scheme.value)
    LAYER_TYPES[layer.type](builder, layer.settings)
    nodes.extend(builder.nodes)
    known[layer.name] = builder.output
    return builder.output


def _head(scheme: Scheme, last: str, known: Mapping[str, Value]) -> Layer:
    """A dense layer with ``label_dim`` units, or a flatten where only the shape is missing."""
    names = ["head", *(f"head_{number}" for number in range(2, len(known) + 2))]
    name = next(name for name in names if name not in known)
    if math.prod(known[last].shape) == scheme.data.label_dim:
        return Layer(name, "flatten", (last,), {})
    return Layer(name, "dense_set", (last,), defaults_of("dense_set", scheme.value, unit=scheme.data.label_dim))


def _without_loss_activation(scheme: Scheme, nodes: List[Node], begin: int, output: Value) -> Tuple[List[Node], Value]:
    last = nodes[-1] if len(nodes) > begin else None
    is_absorbed = (
        last is not None
        and isinstance(last.operation, Activation)
        and last.operation.function == ABSORBED.get(scheme.model.loss)
    )
    return (nodes[:-1], nodes[-1].inputs[0]) if is_absorbed else (nodes, output)


def _last_uses(nodes: Sequence[Node], output: Value) -> List[List[Optional[Node]]]:
    """For each node, the values that nobody needs behind it: their memory is free again, at the export and in evaluation."""
    seen: Set[Optional[Node]] = {output.node}
    uses: List[List[Optional[Node]]] = []
    for node in reversed(nodes):
        candidates = [node, *dict.fromkeys(value.node for value in node.inputs)]
        uses.append([each for each in candidates if each not in seen])
        seen.update(candidates)
    return uses[::-1]


def _consumers(nodes: Sequence[Node]) -> Mapping[Node, Node]:
    """For each node, the first of those that take its output."""
    first: Dict[Node, Node] = {}
    for node in nodes:
        for value in node.inputs:
            if value.node is not None:
                first.setdefault(value.node, node)
    return first


def _feeds_rectifier(node: Node, consumers: Mapping[Node, Node]) -> bool:
    current = consumers.get(node)
    while current is not None and current.operation.is_transparent:
        current = consumers.get(current)
    return (
        current is not None and isinstance(current.operation, Activation) and current.operation.function in RECTIFIERS
    )
