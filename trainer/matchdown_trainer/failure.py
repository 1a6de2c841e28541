"""What went wrong, in a sentence for a person."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Optional

from .errors import InputError
from .text import t


def sentence(error: BaseException, run_folder: Path) -> str:
    known = _known(error, run_folder)
    message = _message(error)[:300]
    return known or t("An unexpected error ended the training: {0}. output.log has the details.", message)


def is_unexpected(error: BaseException) -> bool:
    """Whether the log should have the stack trace: nobody but us can mend it."""
    return _known(error, Path()) is None


def is_parting(error: BaseException) -> bool:
    """Whether nothing went wrong here: a process that shares the batches has gone."""
    partings = ("connection reset by peer", "connection closed by peer", "connection refused", "broken pipe", "nccl")
    return isinstance(error, RuntimeError) and any(each in _message(error).lower() for each in partings)


def _known(error: BaseException, run_folder: Path) -> Optional[str]:
    message = _message(error)
    if isinstance(error, InputError):
        return message
    disk = _disk_problem(error, run_folder)
    if disk is not None:
        return disk
    shortages = ("out of memory", "can't allocate memory")
    if isinstance(error, MemoryError) or any(each in message.lower() for each in shortages):
        return t("The memory is not enough{0}. Lower data.batch_size, or train on a machine with more memory.", "")
    if isinstance(error, RuntimeError) and "use_deterministic_algorithms" in message:
        return t("PyTorch cannot compute this network deterministically on this device: {0}.", message.split(",")[0])
    if is_parting(error):
        problem = t("Another process of this run has ended: it failed or was killed, or its machine did.")
        return " ".join([problem, t("output.log may have its last words; resume the run from its last checkpoint.")])
    return None


def _disk_problem(error: BaseException, run_folder: Path) -> Optional[str]:
    message = _message(error)
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, OSError) and error.filename is None:
        # The error of a write, unlike that of an opening, has no path.
        message = f"{message}: '{run_folder}'"
    # PyTorch's own files, for its workers and its compiler, are reported with the system's words alone.
    is_told = isinstance(error, RuntimeError) and "No space left on device" in message
    if is_told or number in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return t("There is no room left on the disk: {0}. Make room, then resume the run.", message)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return t("The run folder cannot be written to: {0}. Check its permissions, then resume the run.", message)
    return None


def _message(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
