"""``python -m matchdown_trainer.torchrun ...``: torchrun, but the log of a run that failed ends with the trainer's own sentence."""

from __future__ import annotations

import logging
import os
import sys

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main

from .launcher import tell_killed
from .settings import read_settings
from .text import choose_language, speak_utf_8

FAILED = 1


def run() -> int:
    """The exit status. What torchrun itself has to say about processes that failed is a stack trace of its own."""
    choose_language(os.environ)
    speak_utf_8(sys.stdout, sys.stderr)
    logging.disable(logging.ERROR)
    try:
        main(sys.argv[1:])
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        return tell_killed(rank, read_settings(os.environ).run_folder) if failure.exitcode < 0 else FAILED
    except SignalException as signal:
        return 128 + int(signal.sigval)
    return 0


if __name__ == "__main__":
    sys.exit(run())
