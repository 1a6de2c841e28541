"""The checkpoints of a run. The embedded trainer writes and reads the same files: a run may go on in the other."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence

import numpy as np

from . import safetensors
from .errors import InputError
from .files import write_atomically
from .text import t

FORMAT = "matchdown.checkpoint.1"


@dataclass(frozen=True)
class Position:
    """Where a training stands between two steps. With the tensors it is all that is needed to go on as if nothing had happened."""

    epoch: int = 0
    """Epochs done."""
    batch: int = 0
    """Batches of the next epoch that are done."""
    step: int = 0
    """Optimizer steps done."""
    sums: Mapping[str, float] = field(default_factory=dict)
    """Over the batches of the next epoch that are done: loss and metrics, each times its samples."""
    best: Optional[Mapping[str, float]] = None
    """``value`` and ``epoch`` of the best epoch."""


@dataclass(frozen=True)
class Checkpoint:
    position: Position
    tensors: Mapping[str, np.ndarray]
    metrics: Mapping[str, Any]
    """``final`` and ``best`` as far as they were known."""


class CheckpointFolder:
    def __init__(self, run_folder: Path) -> None:
        self.folder = run_folder / "checkpoints"

    def write(self, checkpoint: Checkpoint, names: Sequence[str]) -> None:
        """One file under all the names, so that ``last`` and ``best`` take no room of their own."""
        if not names:
            return
        self.folder.mkdir(exist_ok=True)
        position = {key: value for key, value in vars(checkpoint.position).items() if value is not None}
        metadata = {"format": FORMAT, "position": json.dumps(position), "metrics": json.dumps(checkpoint.metrics)}
        write_atomically(self._file(names[0]), safetensors.encode(metadata, checkpoint.tensors))
        for name in names[1:]:
            self._alias(names[0], name)

    def read(self, name: str) -> Optional[Checkpoint]:
        """``None`` when there is none of that name. Throws ``InputError`` when it is damaged."""
        file = self._file(name)
        if not file.exists():
            return None
        try:
            metadata, tensors = safetensors.decode(file.read_bytes())
            if metadata.get("format") != FORMAT:
                raise ValueError("another format")
            position = Position(**json.loads(metadata["position"]))
        except (ValueError, KeyError, TypeError):
            raise InputError(file, t("The checkpoint is damaged."), t("Start a new run.")) from None
        return Checkpoint(position, tensors, _metrics(metadata))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"

    def _alias(self, existing: str, name: str) -> None:
        """A second name for the same bytes; a copy where the file system has no links."""
        temporary = self._file(name).with_suffix(f".{os.getpid()}.tmp")
        try:
            os.link(self._file(existing), temporary)
        except OSError:
            shutil.copyfile(self._file(existing), temporary)
        os.replace(temporary, self._file(name))


def epoch_name(epoch: int) -> str:
    return f"epoch-{epoch:04d}"


def _metrics(metadata: Mapping[str, str]) -> Dict[str, Any]:
    return json.loads(metadata.get("metrics", '{"final": {}, "best": {}}'))
