"""Every sentence for a person goes through ``t``, which knows the translations that the extension has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Dict, Mapping

_messages: Dict[str, str] = {}


def t(message: str, *values: object) -> str:
    """The sentence in the chosen language, ``{0}``, ``{1}``, ... replaced by the values."""
    text = _messages.get(message, message)
    return re.sub(r"\{(\d+)\}", lambda found: str(values[int(found.group(1))]), text)


def choose_language(environment: Mapping[str, str]) -> None:
    """As POSIX programs do it: LC_ALL, then LC_MESSAGES, then LANG. English where there is no translation."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    language = re.match(r"[a-z]{2}(?=[_.@-]|$)", locale)
    if not language or language.group() == "en":
        return
    file = Path(__file__).resolve().parents[2] / "l10n" / f"bundle.l10n.{language.group()}.json"
    if file.is_file():
        _messages.update(json.loads(file.read_text(encoding="utf-8")))


def shape_text(shape: object) -> str:
    """``3 × 3``"""
    return " × ".join(str(size) for size in shape)  # type: ignore[attr-defined]


def number_text(value: float) -> str:
    """A number as a person would write it: ``7`` for 7.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(float(value))
