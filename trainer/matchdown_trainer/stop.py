"""Whether a run was asked to stop: by a signal, or by the file ``stop`` in its folder."""

from __future__ import annotations

import _thread
import signal
import threading
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Iterator, Optional

from .errors import Preempted, Stopped

GO_ON, STOP, PREEMPT = 0, 1, 2
LOOK_INTERVAL = 0.2


class StopRequest:
    def __init__(self, run_folder: Path) -> None:
        self._file = run_folder / "stop"
        self.asked = GO_ON
        """One of ``GO_ON``, ``STOP`` and ``PREEMPT``; to be looked at between steps."""
        self._interrupts = False
        for name in ("SIGTERM", "SIGINT"):
            signal.signal(getattr(signal, name), self._stop)
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, self._preempt)
            # A closed terminal or a cut connection is no reason to stop.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Work that is given up at once when the run is asked to stop, because there is nothing to keep."""
        self._interrupts = True
        try:
            self._raise()
            yield
        finally:
            self._interrupts = False

    def clear(self) -> None:
        if self._file.exists():
            self._file.unlink()

    def _stop(self, _signal: int, _frame: Optional[FrameType]) -> None:
        self.asked = self.asked or STOP
        self._raise()

    def _preempt(self, _signal: int, _frame: Optional[FrameType]) -> None:
        self.asked = PREEMPT
        self._raise()

    def _raise(self) -> None:
        if self._interrupts and self.asked:
            raise Preempted() if self.asked == PREEMPT else Stopped()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_INTERVAL):
            if self._file.exists():
                self.asked = self.asked or STOP
                if self._interrupts:
                    # The main thread sees it as SIGINT, whatever it is at.
                    _thread.interrupt_main()
                return
