"""Starts one process for each GPU and answers for all of them: what ``torchrun`` does on one machine, and forwards signals."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import List, Optional, Tuple

from .files import write_json
from .record import read_result
from .stop import SIGNALS, StopRequest, hold_signals, release_signals
from .text import say, t

GRACE_SECONDS = 20.0
"""How long the others may take after one has failed."""
PREEMPTED = 75
"""No failure: the one that leads may still be writing its checkpoint."""


def launch(count: int, stop: StopRequest) -> int:
    """The exit status: that of the first that failed, else 0. Only the first process speaks; errors of the others are its log's."""
    with tempfile.TemporaryDirectory() as folder:
        hold_signals()
        processes = [_start(rank, count, os.path.join(folder, "rendezvous")) for rank in range(count)]
        _forward_signals(processes)
        release_signals()
        if stop.asked:
            # It came before there was anybody to tell.
            for process in processes:
                process.send_signal(getattr(signal, SIGNALS[stop.asked]))
        first, status = _wait(processes)
        return tell_killed(first, stop.run_folder) if status < 0 else status


def tell_killed(rank: int, run_folder: Path) -> int:
    """A process that was killed has no last words; the others know only that it has gone."""
    problem = t("Process {0} was killed: by somebody, or because the memory was not enough.", rank + 1)
    step = t("Resume the run from its last checkpoint, or lower data.batch_size in a new one.")
    return tell_failure(f"{problem} {step}", run_folder)


def tell_failure(message: str, run_folder: Path) -> int:
    """The exit status. The sentence takes the place of what the others, who know less, have said."""
    say(t("Failed: {0}", message), sys.stderr)
    with contextlib.suppress(OSError):
        write_json(run_folder / "result.json", {**read_result(run_folder), "state": "failed", "error": message})
    return 1


def _start(rank: int, count: int, rendezvous: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(count),
        "MATCHDOWN_RENDEZVOUS": rendezvous,
        # All are on this machine, and nothing of theirs is to be reached from another.
        "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", _loopback()),
        "NCCL_SOCKET_IFNAME": os.environ.get("NCCL_SOCKET_IFNAME", _loopback()),
    }
    return subprocess.Popen([sys.executable, "-m", "matchdown_trainer"], env=environment)


def _loopback() -> str:
    return "lo0" if sys.platform == "darwin" else "lo"


def _forward_signals(processes: List[subprocess.Popen[bytes]]) -> None:
    def forward(number: int, _frame: Optional[FrameType]) -> None:
        for process in processes:
            if process.poll() is None:
                process.send_signal(number)

    for name in ("SIGTERM", "SIGINT", "SIGUSR1"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), forward)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _wait(processes: List[subprocess.Popen[bytes]]) -> Tuple[int, int]:
    """
    The first that failed, and its status; else 0 or that of one that made room. A process whose partner has failed may wait for
    it for ever: it is ended after a while.
    """
    first, deadline = None, float("inf")
    while any(process.poll() is None for process in processes):
        first = first or _failed(processes)
        if first and deadline == float("inf"):
            deadline = time.monotonic() + GRACE_SECONDS
        if time.monotonic() > deadline:
            for process in processes:
                if process.poll() is None:
                    process.kill()
        time.sleep(0.1)
    return first or _failed(processes) or (0, max(process.returncode for process in processes))


def _failed(processes: List[subprocess.Popen[bytes]]) -> Optional[Tuple[int, int]]:
    """One that was killed is told before those that failed because of it."""
    found = [(rank, each.returncode) for rank, each in enumerate(processes) if each.returncode not in (None, 0, PREEMPTED)]
    return min(found, key=lambda each: each[1], default=None)
