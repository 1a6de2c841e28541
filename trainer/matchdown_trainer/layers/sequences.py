from __future__ import annotations

from ..builder import LayerBuilder
from ..operations import Embedding, Recurrent
from ..text import t
from .steps import Settings, attend, drop


def embedding_set(builder: LayerBuilder, settings: Settings) -> None:
    """Only the data can be token ids."""
    vocabulary = builder.output.vocabulary
    if vocabulary is None:
        builder.fail(t("An embedding takes token ids."))
    length, dimension = builder.shape[0], settings["dimension"]
    builder.append("embedding", Embedding(vocabulary, dimension), [length, dimension])
    drop(builder, settings["dropout"])


def lstm_set(builder: LayerBuilder, settings: Settings) -> None:
    _recurrent(builder, "lstm", settings)


def gru_set(builder: LayerBuilder, settings: Settings) -> None:
    _recurrent(builder, "gru", settings)


def attention_set(builder: LayerBuilder, settings: Settings) -> None:
    attend(builder, settings["heads"], settings.get("key_dimension", 0))
    drop(builder, settings["dropout"])


def _recurrent(builder: LayerBuilder, kind: str, settings: Settings) -> None:
    builder.need_rank(2)
    length, features = builder.shape
    units, sequences = settings["unit"], settings["return_sequences"]
    outputs = units * (2 if settings["bidirectional"] else 1)
    operation = Recurrent(kind, length, features, units, settings["bidirectional"], sequences)
    builder.append(kind, operation, [length, outputs] if sequences else [outputs])
    drop(builder, settings["dropout"])
