"""Writes what a training has to tell: the TensorBoard log, ``progress.json``, ``result.json``, and lines for output.log."""

from __future__ import annotations

import contextlib
import datetime
import errno
import math
import os
import re
import socket
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterable, Mapping, Optional

from . import events
from .files import write_json
from .text import say

PROGRESS_INTERVAL = 1.0

Values = Mapping[str, float]


class Journal:
    """Of the process that leads; in the others nothing is written."""

    def __init__(self, folder: Path, leads: bool = True) -> None:
        self.folder = folder
        self.leads = leads
        self.final: Dict[str, float] = {}
        self.best: Dict[str, float] = {}
        self._facts: Dict[str, Any] = {}
        self._last: Dict[str, float] = {}
        self._progress: Optional[Dict[str, Any]] = None
        self._event_file: Optional[Path] = None
        self._last_written = 0.0

    def log(self, line: str) -> None:
        """A line of output.log."""
        if self.leads:
            say(line, sys.stdout)

    def remember(self, **facts: Any) -> None:
        """For ``result.json``: ``samples``, ``classes``, ``normalization``, ``data``, ``model``, ``versions``, ``device``."""
        self._facts.update({key: value for key, value in facts.items() if value is not None})

    def restore(self, metrics: Mapping[str, Values]) -> None:
        self.final, self.best = dict(metrics.get("final", {})), dict(metrics.get("best", {}))

    @property
    def metrics(self) -> Mapping[str, Values]:
        return {"final": self.final, "best": self.best}

    def epoch(self, values: Values, progress: Mapping[str, Any]) -> None:
        """Values of an epoch by their tags."""
        self.append(events.scalars(time.time(), progress["step"], values))
        finite = _finite(values)
        self.final.update(finite)
        self.best.update(_better(self.best, finite))
        self._write_progress(progress, finite)

    def steps(self, values: Values, step: int) -> None:
        """Values of some steps."""
        self.append(events.scalars(time.time(), step, values))

    def progress(self, progress: Mapping[str, Any], last: Values) -> None:
        """Also the sign of life; written at most once a second. A full disk is met at the next checkpoint, not here."""
        if time.monotonic() - self._last_written < PROGRESS_INTERVAL:
            return
        try:
            self._write_progress(progress, _finite(last))
        except OSError as error:
            say(str(error), sys.stderr)

    @property
    def wants_progress(self) -> bool:
        return time.monotonic() - self._last_written >= PROGRESS_INTERVAL

    def open_events(
        self, steps_done: int, hyperparameters: Mapping[str, Any], tags: Iterable[str], texts: Mapping[str, str]
    ) -> None:
        """The event file of this session; at a resumption, what earlier ones say of later steps no longer counts."""
        now = time.time()
        self._event_file = self.folder / events.event_file_name(now, socket.gethostname(), os.getpid())
        self.append(events.file_start(now))
        if steps_done > 0:
            self.append(events.restart(now, steps_done + 1))
            return
        self.append(events.hyperparameters(now, hyperparameters, tags))
        for tag, text in texts.items():
            self.append(events.text(now, 0, tag, text))

    def close_events(self, succeeded: bool) -> None:
        self.append(events.session_end(time.time(), succeeded))

    def append(self, records: bytes) -> None:
        """All of them or, on a full disk, none: readers stop at a broken record."""
        if not self.leads or self._event_file is None:
            return
        with open(self._event_file, "ab", buffering=0) as stream:
            begin = stream.tell()
            if stream.write(records) < len(records):
                stream.truncate(begin)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._event_file))

    def result(self, state: str, error: Optional[str] = None) -> None:
        """``finished``, ``stopped``, ``failed`` or ``preempted``."""
        if not self.leads:
            return
        result: Dict[str, Any] = {"state": state, "metrics": self.metrics, **self._facts}
        if error is not None:
            result["error"] = error
        if self._progress is not None:
            result["progress"] = self._progress
        write_json(self.folder / "result.json", result)

    def failure(self, error: str, is_first: bool) -> None:
        """
        Of the process that leads, with all that it knows. Another one in which something went wrong first leaves its word to it,
        and to whoever looks where the one that leads is ended before it comes to that.
        """
        if self.leads:
            with contextlib.suppress(OSError):
                self.close_events(False)
            self.result("failed", error)
        elif is_first and not (self.folder / "result.json").exists():
            write_json(self.folder / "result.json", {"state": "failed", "error": error})

    def _write_progress(self, progress: Mapping[str, Any], last: Values) -> None:
        self._last.update(last)
        self._progress = {**progress, "last": dict(self._last), "updated": _now()}
        self._last_written = time.monotonic()
        if self.leads:
            write_json(self.folder / "progress.json", self._progress)


def is_better(tag: str, value: float, known: float) -> bool:
    """An accuracy is better the higher it is, everything else (losses, errors) the lower."""
    return value > known if tag.startswith("accuracy/") else value < known


def _better(best: Values, values: Values) -> Values:
    """Learning rate and speed are not what a run is judged by."""
    measured = {tag: value for tag, value in values.items() if re.search(r"/(train|validation)$", tag)}
    return {tag: value for tag, value in measured.items() if tag not in best or is_better(tag, value, best[tag])}


def _finite(values: Values) -> Values:
    """JSON knows neither infinity nor "not a number"; the event files do."""
    return {tag: value for tag, value in values.items() if math.isfinite(value)}


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
