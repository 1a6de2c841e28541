"""Every sentence for a person goes through ``t``. The translations stand beside it, because a target has the trainer alone."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Dict, Mapping, TextIO

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
"""``<language>.json``: the English sentence to its translation."""

_messages: Dict[str, str] = {}


def t(message: str, *values: object) -> str:
    """The sentence in the chosen language, ``{0}``, ``{1}``, ... replaced by the values."""
    text = _messages.get(message, message)
    return re.sub(r"\{(\d+)\}", lambda found: str(values[int(found.group(1))]), text)


def choose_language(environment: Mapping[str, str]) -> None:
    """
    ``MATCHDOWN_LANGUAGE``, which the launcher sets, else as POSIX programs do it: LC_ALL, then LC_MESSAGES, then LANG. English
    where there is no translation.
    """
    names = (environment.get(name) for name in ("MATCHDOWN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    language = re.match(r"[a-z]{2}(?=[_.@-]|$)", locale)
    file = TRANSLATIONS / f"{language.group() if language else 'en'}.json"
    _messages.clear()
    if file.is_file():
        _messages.update(json.loads(file.read_text(encoding="utf-8")))


def speak_utf_8(*streams: TextIO) -> None:
    """The log is UTF-8 whatever the machine's language; a name that is no text at all is written by its bytes."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(line: str, stream: TextIO) -> None:
    """A line of output.log. On a full disk it is lost, or comes with a later one: what matters is in the run's other files."""
    with contextlib.suppress(OSError):
        print(line, file=stream, flush=True)


def shape_text(shape: object) -> str:
    """``3 × 3``"""
    return " × ".join(str(size) for size in shape)  # type: ignore[attr-defined]


def number_text(value: float) -> str:
    """A number as a person would write it: ``7`` for 7.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(float(value))
