"""Whether a run was asked to stop: by a signal, or by a file in its folder.

A file ``stop`` is SIGTERM, ``preempt`` is SIGUSR1: for those whose signals do not get through, since torchrun puts each process
into a session of its own.
"""

from __future__ import annotations

import _thread
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Iterator, Optional

from .errors import Preempted, Stopped

GO_ON, PREEMPT, STOP = 0, 1, 2
"""A run that is to stop does so, whatever else it is asked for."""
LOOK_INTERVAL = 0.2
SIGNALS = {STOP: "SIGTERM", PREEMPT: "SIGUSR1"}


def hold_signals() -> None:
    """Until a ``StopRequest`` is there to answer them, here or in a process that is started meanwhile: they stay pending."""
    _mask("SIG_BLOCK")


def release_signals() -> None:
    _mask("SIG_UNBLOCK")


def _mask(how: str) -> None:
    if hasattr(signal, "pthread_sigmask"):
        names = (*SIGNALS.values(), "SIGINT")
        signal.pthread_sigmask(getattr(signal, how), [getattr(signal, name) for name in names])


class StopRequest:
    def __init__(self, run_folder: Path) -> None:
        self.run_folder = run_folder
        self._files = {STOP: run_folder / "stop", PREEMPT: run_folder / "preempt"}
        self.asked = GO_ON
        """One of ``GO_ON``, ``STOP`` and ``PREEMPT``; to be looked at between steps."""
        self._interrupts = False
        self._is_woken = False
        for name in ("SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, name), self._stop)
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, self._preempt)
            # A closed terminal or a cut connection is no reason to stop.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        release_signals()
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Work that is given up at once when the run is asked to stop, because there is nothing to keep."""
        self._interrupts = True
        try:
            self._raise()
            yield
            # Libraries swallow what is raised while they are loaded.
            self._raise()
        finally:
            self._interrupts = False

    def clear(self, asked: int) -> None:
        """Removes what has been done; a file ``stop`` that came too late for a preempted run is for the next attempt."""
        for number, file in self._files.items():
            if file.exists() and (number == PREEMPT or asked != PREEMPT):
                file.unlink()

    def _stop(self, _signal: int, _frame: Optional[FrameType]) -> None:
        # The watching thread has no other way to wake the main thread.
        self.asked = self.asked if self._is_woken else STOP
        self._is_woken = False
        self._raise()

    def _preempt(self, _signal: int, _frame: Optional[FrameType]) -> None:
        self.asked = max(self.asked, PREEMPT)
        self._raise()

    def _raise(self) -> None:
        if self._interrupts and self.asked:
            raise Preempted() if self.asked == PREEMPT else Stopped()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_INTERVAL):
            found = [asked for asked, file in self._files.items() if file.exists()]
            if not found:
                continue
            self.asked = max(self.asked, *found)
            if self._interrupts:
                # The main thread sees it as SIGINT, whatever it is at.
                self._is_woken = True
                _thread.interrupt_main()
            return
