"""What the launcher has written down about a run, and what of it belongs into the model file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from .errors import InputError
from .settings import Settings
from .text import t


def read_record(run_folder: Path) -> Mapping[str, Any]:
    """``run.json`` as far as it is there; the trainer never writes it."""
    try:
        record = json.loads((run_folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def read_result(run_folder: Path) -> Mapping[str, Any]:
    """``result.json`` of an earlier attempt."""
    try:
        return json.loads((run_folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def demand_same_scheme(record: Mapping[str, Any], settings: Settings) -> None:
    """Throws ``InputError`` where the scheme is not the one that the run began with: what has been trained belongs to that."""
    begun = record.get("scheme", {}).get("sha256")
    if begun is not None and begun != hashlib.sha256(settings.scheme_file.read_bytes()).hexdigest():
        step = t("Restore it, or start a new run with the changes.")
        raise InputError(settings.scheme_file, t("The scheme has changed since the run began."), step)


def scheme_folder(record: Mapping[str, Any], settings: Settings) -> Path:
    """Where a scheme's relative paths start: beside the original, or beside the frozen one where that is all there is."""
    written = record.get("scheme", {}).get("path")
    return Path(written).parent if written else settings.scheme_file.parent


def provenance(record: Mapping[str, Any], settings: Settings, data: Optional[Mapping[str, Any]]) -> Dict[str, str]:
    """Entries of ``metadata_props``. A tree with changes of its own has ``+`` after its commit."""
    git = record.get("git")
    scheme = record.get("scheme", {}).get("sha256") or hashlib.sha256(settings.scheme_file.read_bytes()).hexdigest()
    entries = {
        "matchdown.run": settings.run_id,
        "matchdown.scheme_sha256": scheme,
        "matchdown.data_sha256": data.get("sha256") if data else None,
        "matchdown.git_commit": git["commit"] + ("+" if git.get("dirty") else "") if git else None,
        "matchdown.version": record.get("versions", {}).get("matchdown"),
    }
    return {key: value for key, value in entries.items() if value is not None}
