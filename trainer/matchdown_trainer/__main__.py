"""``python -m matchdown_trainer [--check]``. Exit status: 0 finished or stopped, 1 failed, 75 preempted: to be queued again."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback

FAILED, PREEMPTED = 1, 75
"""75 is ``EX_TEMPFAIL`` of ``sysexits.h``: the same again, later."""

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "17179869184"}
"""glibc else gives big buffers back to the kernel at every step, which takes PyTorch a third of its speed on a CPU."""


def main() -> int:
    from .text import choose_language, t

    choose_language(os.environ)
    if sys.argv[1:] == ["--check"]:
        from .check import main as check

        return check()
    missing = next((name for name in ("torch", "numpy") if importlib.util.find_spec(name) is None), None)
    if missing is not None:
        sentence = t("This Python ({0}) has no {1}.", sys.executable, missing)
        print(t("Failed: {0}", sentence), file=sys.stderr)
        return FAILED
    return _run()


def _run() -> int:
    from .errors import InputError
    from .launcher import launch
    from .settings import read_settings
    from .text import t

    try:
        settings = read_settings(os.environ)
    except InputError as error:
        print(t("Failed: {0}", error), file=sys.stderr)
        return FAILED
    if "RANK" not in os.environ:
        count = settings.processes or _gpus(settings)
        if count > 1:
            return launch(count)
    return _train(settings)


def _gpus(settings) -> int:  # type: ignore[no-untyped-def]
    from .device import visible_gpus

    return visible_gpus(settings)


def _train(settings) -> int:  # type: ignore[no-untyped-def]
    from .errors import Preempted, Stopped
    from .failure import is_unexpected, sentence
    from .journal import Journal
    from .stop import PREEMPT, STOP, StopRequest
    from .team import Team
    from .train import train

    team = Team()
    stop = StopRequest(settings.run_folder)
    journal = Journal(settings.run_folder, team.leads)
    try:
        asked = train(settings, journal, stop, team)
    except (Stopped, KeyboardInterrupt):
        asked = STOP
    except Preempted:
        asked = PREEMPT
    except Exception as error:
        print(_failed(team.rank, sentence(error)), file=sys.stderr, flush=True)
        if is_unexpected(error):
            traceback.print_exc()
        _tell_failure(journal, sentence(error))
        # The others may wait for this process for ever in what its end would have to wait for.
        sys.stdout.flush()
        os._exit(FAILED)
    team.leave()
    return _end(journal, stop, asked)


def _failed(rank: int, message: str) -> str:
    from .text import t

    return t("Failed: {0}", message) if rank == 0 else t("Process {0} failed: {1}", rank + 1, message)


def _end(journal, stop, asked: int) -> int:  # type: ignore[no-untyped-def]
    from .stop import GO_ON, PREEMPT
    from .text import t

    if journal.leads:
        stop.clear(asked)
    if asked == PREEMPT:
        journal.result("preempted")
        journal.log(t("Preempted."))
        return PREEMPTED
    journal.result("finished" if asked == GO_ON else "stopped")
    journal.log(t("Finished.") if asked == GO_ON else t("Stopped."))
    return 0


def _tell_failure(journal, message: str) -> None:  # type: ignore[no-untyped-def]
    try:
        journal.close_events(False)
        journal.result("failed", message)
    except OSError:
        # A full disk: the exit status has to do.
        pass


def _with_steady_memory() -> None:
    """Starts the process anew, under the same number, with settings that glibc reads only at the start."""
    if sys.platform != "linux" or "MALLOC_MMAP_THRESHOLD_" in os.environ or sys.argv[1:]:
        return
    os.execve(sys.executable, [sys.executable, "-m", __package__, *sys.argv[1:]], {**os.environ, **MALLOC})


if __name__ == "__main__":
    _with_steady_memory()
    sys.exit(main())
