"""Starts one process for each GPU and answers for all of them: what ``torchrun`` does on one machine, and forwards signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from types import FrameType
from typing import List, Optional

from .stop import SIGNALS, StopRequest, hold_signals, release_signals

GRACE_SECONDS = 20.0
"""How long the others may take after one has failed."""
PREEMPTED = 75
"""No failure: the one that leads may still be writing its checkpoint."""


def launch(count: int, stop: StopRequest) -> int:
    """The exit status: the first that is not 0, else 0. Only the first process speaks; errors of the others are its log's."""
    with tempfile.TemporaryDirectory() as folder:
        hold_signals()
        processes = [_start(rank, count, os.path.join(folder, "rendezvous")) for rank in range(count)]
        _forward_signals(processes)
        release_signals()
        if stop.asked:
            # It came before there was anybody to tell.
            for process in processes:
                process.send_signal(getattr(signal, SIGNALS[stop.asked]))
        return _wait(processes)


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


def _wait(processes: List[subprocess.Popen[bytes]]) -> int:
    """A process whose partner has failed may wait for it for ever: it is ended after a while."""
    status, deadline = 0, float("inf")
    while any(process.poll() is None for process in processes):
        failed = next(
            (process.returncode for process in processes if process.returncode not in (None, 0, PREEMPTED)), 0
        )
        if failed and not status:
            status, deadline = failed, time.monotonic() + GRACE_SECONDS
        if time.monotonic() > deadline:
            for process in processes:
                if process.poll() is None:
                    process.kill()
        time.sleep(0.1)
    return status or next((process.returncode for process in processes if process.returncode), 0)
