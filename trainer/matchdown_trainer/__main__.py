"""``python -m matchdown_trainer [--check]``. Exit status: 0 finished or stopped, 1 failed, 75 preempted: to be queued again."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import traceback
from typing import NoReturn

FAILED = 1
PREEMPTED = 0 if "TORCHELASTIC_RUN_ID" in os.environ else 75
"""
75 is ``EX_TEMPFAIL`` of ``sysexits.h``: the same again, later. torchrun would take it for a failure, end the process that still
writes the checkpoint, and print a stack trace; there ``result.json`` says it alone.
"""

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "8589934592", "MALLOC_TRIM_THRESHOLD_": "17179869184"}
"""glibc else gives big buffers back to the kernel at every step, which takes PyTorch a third of its speed on a CPU."""


def main() -> int:
    from .text import choose_language, say, speak_utf_8, t

    choose_language(os.environ)
    speak_utf_8(sys.stdout, sys.stderr)
    if sys.argv[1:] == ["--check"]:
        from .check import main as check

        return check()
    missing = next((name for name in ("torch", "numpy") if importlib.util.find_spec(name) is None), None)
    if missing is not None:
        sentence = t("This Python ({0}) has no {1}.", sys.executable, missing)
        say(t("Failed: {0}", sentence), sys.stderr)
        return FAILED
    return _run()


def _run() -> int:
    from .errors import InputError, Preempted, Stopped
    from .settings import read_settings
    from .stop import PREEMPT, STOP, StopRequest
    from .text import say, t

    try:
        settings = read_settings(os.environ)
    except InputError as error:
        say(t("Failed: {0}", error), sys.stderr)
        return FAILED
    stop = StopRequest(settings.run_folder)
    if "RANK" not in os.environ:
        _forget_result(settings)
    try:
        with stop.interrupting():
            count = _processes(settings)
    except (Stopped, KeyboardInterrupt):
        return _end_at_once(settings, stop, STOP)
    except Preempted:
        return _end_at_once(settings, stop, PREEMPT)
    if count > 1:
        from .launcher import launch

        return launch(count, stop)
    return _train(settings, stop)


def _forget_result(settings) -> None:  # type: ignore[no-untyped-def]
    """An earlier attempt's, whose error would else be taken for this one's."""
    with contextlib.suppress(OSError):
        (settings.run_folder / "result.json").unlink()


def _processes(settings) -> int:  # type: ignore[no-untyped-def]
    """How many to start; 1 where this is one of them. Loads PyTorch, which takes seconds."""
    from .device import visible_gpus
    from .train import train  # noqa: F401

    return 1 if "RANK" in os.environ else settings.processes or visible_gpus(settings)


def _end_at_once(settings, stop, asked: int) -> int:  # type: ignore[no-untyped-def]
    """Before PyTorch and NumPy are whole, which do not bear a second try at loading them."""
    from .files import write_json
    from .stop import PREEMPT
    from .text import say, t

    if os.environ.get("RANK", "0") == "0":
        with contextlib.suppress(OSError):
            stop.clear(asked)
            write_json(settings.run_folder / "result.json", {"state": "preempted" if asked == PREEMPT else "stopped"})
        say(t("Preempted.") if asked == PREEMPT else t("Stopped."), sys.stdout)
    return PREEMPTED if asked == PREEMPT else 0


def _train(settings, stop) -> int:  # type: ignore[no-untyped-def]
    from .errors import Preempted, Stopped
    from .journal import Journal
    from .stop import PREEMPT, STOP
    from .team import Team
    from .train import train

    team = Team()
    journal = Journal(settings.run_folder, team.leads)
    try:
        try:
            asked = train(settings, journal, stop, team)
        except (Stopped, KeyboardInterrupt, Preempted) as request:
            status = _end(journal, stop, PREEMPT if isinstance(request, Preempted) else STOP)
            # A thread may still wait for the other processes, and would keep this one.
            _leave(status)
        team.leave()
        return _end(journal, stop, asked)
    except Exception as error:
        _tell_failure(journal, team.rank, error)
        # The others may wait for this process for ever in what its end would have to wait for.
        _leave(FAILED)


def _leave(status: int) -> NoReturn:
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os._exit(status)


def _tell_failure(journal, rank: int, error: Exception) -> None:  # type: ignore[no-untyped-def]
    """The run's sentence is that of the process in which something went wrong; those that it left alone add none."""
    from .failure import is_parting, is_unexpected, sentence
    from .record import read_result
    from .text import say, t

    first = read_result(journal.folder).get("error") if is_parting(error) else None
    message = first or sentence(error, journal.folder)
    if first is None and (journal.leads or not is_parting(error)):
        if is_unexpected(error):
            say(traceback.format_exc(), sys.stderr)
        text = t("Failed: {0}", message) if rank == 0 else t("Process {0} failed: {1}", rank + 1, message)
        say(text, sys.stderr)
    # On a full disk the exit status has to do.
    with contextlib.suppress(OSError):
        journal.failure(message, is_first=not is_parting(error))


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


def _with_settings_of_libraries() -> None:
    """
    What libraries read only at their start. glibc's settings need the process to start anew, under the same number. GPUs are
    counted as nvidia-smi counts them, by whose numbers they are chosen.
    """
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    if sys.platform != "linux" or "MALLOC_MMAP_THRESHOLD_" in os.environ or sys.argv[1:]:
        return
    from .stop import hold_signals

    hold_signals()
    os.execve(sys.executable, [sys.executable, "-m", __package__, *sys.argv[1:]], {**os.environ, **MALLOC})


if __name__ == "__main__":
    _with_settings_of_libraries()
    sys.exit(main())
