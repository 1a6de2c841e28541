"""How the trainer is told what to do: the environment, as ``runs.md`` lays it down for every trainer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional

from .errors import InputError
from .text import t


@dataclass(frozen=True)
class Settings:
    scheme_file: Path
    """``MATCHDOWN_SCHEME``: the frozen scheme."""
    run_folder: Path
    """``MATCHDOWN_RUN_DIR``"""
    run_id: str
    """``MATCHDOWN_RUN_ID``; the folder's name unless given."""
    data: Optional[Path]
    """``MATCHDOWN_DATA``: replaces ``data.data_path``."""
    validation_data: Optional[Path]
    """``MATCHDOWN_VALIDATION_DATA``: replaces ``data.validation_path``."""
    gpus: Optional[str]
    """``MATCHDOWN_GPUS``: ``none``, or the numbers of the GPUs that were chosen; every visible one unless given."""
    deterministic: bool
    """``MATCHDOWN_DETERMINISTIC=1``: the same bits in every run, for which some speed is given up."""
    processes: Optional[int]
    """``MATCHDOWN_PROCESSES``: how many processes share a batch; one for each GPU unless given."""
    threads: Optional[int]
    """``MATCHDOWN_THREADS``: of each process, on a CPU."""
    feed: str
    """``MATCHDOWN_FEED``: ``device`` (all data on the device), ``loader`` (workers), or ``auto``."""
    precision: str
    """``MATCHDOWN_PRECISION``: ``bfloat16``, ``float32``, or ``auto``: bfloat16 where a GPU has it."""
    compile: str
    """``MATCHDOWN_COMPILE``: ``1``, ``0``, or ``auto``: where there is a GPU and enough to do."""
    exporter: str
    """``MATCHDOWN_EXPORTER``: ``torchscript``, ``dynamo``, or ``auto``."""
    histograms: bool
    """``MATCHDOWN_HISTOGRAMS=1``: the weights' distributions after each epoch."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Throws ``InputError`` where something needed is not said."""
    run_folder = _path(environment, "MATCHDOWN_RUN_DIR")
    scheme = _path(environment, "MATCHDOWN_SCHEME") or (run_folder / "scheme.json" if run_folder else None)
    if run_folder is None or scheme is None:
        raise InputError(
            "matchdown_trainer",
            t("MATCHDOWN_RUN_DIR is not set."),
            t('Start it with "matchdown run SCHEME --target local", or name a run\'s folder.'),
        )
    return Settings(
        scheme_file=scheme,
        run_folder=run_folder,
        run_id=environment.get("MATCHDOWN_RUN_ID") or run_folder.name,
        data=_path(environment, "MATCHDOWN_DATA"),
        validation_data=_path(environment, "MATCHDOWN_VALIDATION_DATA"),
        gpus=environment.get("MATCHDOWN_GPUS") or None,
        deterministic=environment.get("MATCHDOWN_DETERMINISTIC") == "1",
        processes=_count(environment, "MATCHDOWN_PROCESSES"),
        threads=_count(environment, "MATCHDOWN_THREADS"),
        feed=_choice(environment, "MATCHDOWN_FEED", ("auto", "device", "loader")),
        precision=_choice(environment, "MATCHDOWN_PRECISION", ("auto", "bfloat16", "float32")),
        compile=_choice(environment, "MATCHDOWN_COMPILE", ("auto", "0", "1")),
        exporter=_choice(environment, "MATCHDOWN_EXPORTER", ("auto", "torchscript", "dynamo")),
        histograms=environment.get("MATCHDOWN_HISTOGRAMS") == "1",
    )


def _path(environment: Mapping[str, str], name: str) -> Optional[Path]:
    value = environment.get(name)
    return Path(os.path.abspath(os.path.expanduser(value))) if value else None


def _count(environment: Mapping[str, str], name: str) -> Optional[int]:
    value = environment.get(name)
    if not value:
        return None
    if value.isdigit() and int(value) > 0:
        return int(value)
    raise InputError(name, t('"{0}" is no number above 0.', value))


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name) or choices[0]
    if value in choices:
        return value
    raise InputError(name, t('"{0}" is not known.', value), t("Take one of: {0}.", ", ".join(choices)))
