"""``python -m matchdown_trainer.torchrun ...``: torchrun, but the log of a run that failed ends with the trainer's own sentence."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from typing import Iterator

from .launcher import tell_failure, tell_killed
from .settings import read_settings
from .text import choose_language, speak_utf_8, t

FAILED = 1


def run() -> int:
    """The exit status. What torchrun itself has to say about processes that failed is a stack trace of its own."""
    choose_language(os.environ)
    speak_utf_8(sys.stdout, sys.stderr)
    with _silent_while_loaded():
        import torch
        from torch.distributed.elastic.multiprocessing.api import SignalException
        from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
        from torch.distributed.elastic.rendezvous.api import RendezvousError
        from torch.distributed.run import main
    logging.disable(logging.ERROR)
    network_error = getattr(torch.distributed, "DistError", RendezvousError)
    try:
        main(sys.argv[1:])
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        # SIGTERM is how torchrun ends a process because of another one.
        is_killed = failure.exitcode < 0 and failure.exitcode != -signal.SIGTERM
        return tell_killed(rank, read_settings(os.environ).run_folder) if is_killed else FAILED
    except (RendezvousError, network_error) as error:
        return tell_failure(_not_found(error), read_settings(os.environ).run_folder)
    except SignalException as request:
        return 128 + int(request.sigval)
    return 0


@contextlib.contextmanager
def _silent_while_loaded() -> Iterator[None]:
    """PyTorch reads then how much its C++ parts say, which print stack frames; the trainers that are started here may speak."""
    name = "TORCH_CPP_LOG_LEVEL"
    level = os.environ.get(name)
    os.environ.setdefault(name, "FATAL")
    yield
    if level is None:
        del os.environ[name]


def _not_found(error: Exception) -> str:
    detail = " ".join(str(error.__cause__ or error).split()).rstrip(".")[:300]
    problem = t("The nodes of this run did not find each other, or no longer do: {0}.", detail)
    return " ".join([problem, t("Check that compute nodes reach each other by their names, then resume the run.")])


if __name__ == "__main__":
    sys.exit(run())
