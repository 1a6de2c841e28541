"""A scheme as everything behind it sees it: every default filled in, every alias resolved."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import InputError
from .schema import canonical, form_for, missing_keys, root_schema, tag_values
from .text import t

Shape = Tuple[int, ...]
"""In the scheme's layout, without the batch axis: ``(height, width, channels)``, ``(length, channels)``, ``(features,)``."""


@dataclass(frozen=True)
class Augmentation:
    flip_horizontal: bool = False
    flip_vertical: bool = False
    shift: float = 0.0
    """Largest shift, as a share of height and width."""
    rotate: float = 0.0
    """Largest rotation, in degrees."""

    @property
    def changes(self) -> bool:
        return self.flip_horizontal or self.flip_vertical or self.shift > 0 or self.rotate > 0


@dataclass(frozen=True)
class DataSection:
    batch_size: int
    sample_shape: Shape
    vocabulary: Optional[int]
    label_dim: int
    label_type: str
    data_orientation: str
    normalize: str
    data_path: Optional[str]
    label_column: Optional[str]
    validation_split: float
    validation_path: Optional[str]
    augmentation: Augmentation

    @property
    def sample_dims(self) -> Shape:
        """The shape of a sample in the graph's layout: channels first."""
        return channels_first(self.sample_shape)


@dataclass(frozen=True)
class Optimizer:
    type: str
    beta_1: float
    beta_2: float
    epsilon: float
    momentum: float
    weight_decay: float


@dataclass(frozen=True)
class Schedule:
    type: str
    warmup: int
    every: int
    gamma: float


@dataclass(frozen=True)
class EarlyStopping:
    monitor: str
    patience: int


@dataclass(frozen=True)
class Layer:
    """One entry of ``model.network``; ``settings`` are its other keys, defaults filled in."""

    name: str
    type: str
    inputs: Tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class ModelSection:
    learning_rate: float
    schedule: Schedule
    iteration: int
    save_interval: int
    optimizer: Optimizer
    loss: str
    early_stopping: Optional[EarlyStopping]
    seed: int
    network: Tuple[Layer, ...]


@dataclass(frozen=True)
class Scheme:
    data: DataSection
    model: ModelSection
    text: str
    value: Mapping[str, Any]
    """As written; some defaults depend on it."""


def channels_first(shape: Sequence[int]) -> Shape:
    return tuple(shape) if len(shape) < 2 else (shape[-1], *shape[:-1])


def load_scheme(file: Path) -> Scheme:
    """Throws ``InputError`` for what is no scheme; what a scheme must not say is the editor's to find."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(file, t("The scheme cannot be read ({0}).", error.strerror)) from None
    return read_scheme(text, file)


def read_scheme(text: str, file: object = "scheme.json") -> Scheme:
    try:
        value = parse_json(text)
    except ValueError as error:
        raise InputError(file, t("This is no JSON ({0}).", error), t('"matchdown check" says more.')) from None
    problem = _problem(value)
    if problem:
        raise InputError(file, problem, t('"matchdown check" says more.'))
    return Scheme(data=_data(value), model=_model(value), text=text, value=value)


_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*[\s\S]*?\*/|,(?=(?:\s|//[^\n]*|/\*[\s\S]*?\*/)*[\]}])')


def parse_json(text: str) -> Any:
    """JSON with comments and trailing commas. Throws ``ValueError``."""
    return json.loads(_PIECES.sub(lambda piece: piece.group() if piece.group()[0] == '"' else " ", text))


def _problem(value: Any) -> Optional[str]:
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("data"), dict)
        or not isinstance(value.get("model"), dict)
    ):
        return t('A scheme has an object "data" and an object "model".')
    network = value["model"].get("network")
    if not isinstance(network, list) or not network:
        return t('"model.network" has to be a list of layers.')
    if "label_dim" not in value["data"] or not ("image_size" in value["data"] or "input_size" in value["data"]):
        return t('"data" needs "label_dim", and "image_size" or "input_size".')
    return next(filter(None, (layer_problem(layer, index) for index, layer in enumerate(network))), None)


def layer_problem(layer: Any, index: int) -> Optional[str]:
    form = form_for(_section("layer"), layer)
    if form is None:
        kind = layer.get("type") if isinstance(layer, dict) else None
        return t('Layer {0} has the type "{1}", which is not known.', index + 1, kind)
    missing = missing_keys(form, layer)
    return t('Layer {0} lacks "{1}".', index + 1, missing[0]) if missing else None


def _section(name: str) -> Mapping[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _data(value: Mapping[str, Any]) -> DataSection:
    raw = canonical(root_schema()["properties"]["data"], value["data"], value)
    return DataSection(
        batch_size=raw["batch_size"],
        sample_shape=tuple(raw["image_size"] if "image_size" in raw else raw["input_size"]),
        vocabulary=raw.get("vocabulary"),
        label_dim=raw["label_dim"],
        label_type=raw["label_type"],
        data_orientation=raw["data_orientation"],
        normalize=raw["normalize"],
        data_path=raw.get("data_path"),
        label_column=raw.get("label_column"),
        validation_split=raw["validation_split"],
        validation_path=raw.get("validation_path"),
        augmentation=Augmentation(**raw.get("augmentation", {})),
    )


def _model(value: Mapping[str, Any]) -> ModelSection:
    written = {key: each for key, each in value["model"].items() if key != "network"}
    raw = canonical(root_schema()["properties"]["model"], written, value)
    stopping = raw.get("early_stopping")
    return ModelSection(
        learning_rate=raw["learning_rate"],
        schedule=_schedule(raw.get("learning_rate_schedule", {})),
        iteration=raw["iteration"],
        save_interval=raw["save_interval"],
        optimizer=_optimizer(raw["optimizer"]),
        loss=raw["loss"],
        early_stopping=EarlyStopping(**stopping) if stopping is not None else None,
        seed=raw["seed"],
        network=tuple(read_layers(value["model"]["network"], "data", value)),
    )


def _schedule(raw: Mapping[str, Any]) -> Schedule:
    return Schedule(raw.get("type", "constant"), raw.get("warmup", 0), raw.get("every", 1), raw.get("gamma", 1.0))


def _optimizer(raw: Mapping[str, Any]) -> Optimizer:
    numbers = {key: raw.get(key, 0.0) for key in ("beta_1", "beta_2", "epsilon", "momentum", "weight_decay")}
    return Optimizer(type=raw["type"].replace("_optimizer", ""), **numbers)


def read_layers(written: Sequence[Mapping[str, Any]], before: str, top: Any) -> List[Layer]:
    """Each layer takes what the layer before it gives unless it says otherwise; ``before`` is what enters the first."""
    layers: List[Layer] = []
    for index, each in enumerate(written):
        layers.append(read_layer(each, index, before, top))
        before = layers[-1].name
    return layers


def read_layer(written: Mapping[str, Any], index: int, before: str, top: Any) -> Layer:
    form = form_for(_section("layer"), written)
    assert form is not None, written
    settings: Dict[str, Any] = canonical(_section("layer"), dict(written), top)
    kind = tag_values(form, "type")[0]
    name = settings.pop("name", None) or f"{kind}_{index + 1}"
    inputs = settings.pop("inputs", None) or [settings.pop("input", before)]
    settings.pop("input", None)
    settings.pop("type")
    return Layer(name, kind, tuple(inputs), settings)


def defaults_of(kind: str, top: Any, **written: Any) -> Mapping[str, Any]:
    """The settings of a layer that is not written anywhere: the implicit head."""
    return read_layer({"type": kind, **written}, 0, "data", top).settings
