"""What may go wrong through no fault of ours, as sentences with a next step."""

from __future__ import annotations

from typing import Any, Optional


class InputError(Exception):
    """Something given by the user is wrong: which file, where in it, what, and what to do. Never shown with a stack trace."""

    def __init__(self, file: object, problem: str, next_step: Optional[str] = None, place: Optional[str] = None):
        where = f"{file}, {place}" if place is not None else str(file)
        super().__init__(f"{where}: {problem}" + (f" {next_step}" if next_step else ""))
        self.file = str(file)
        self.place = place
        self.problem = problem
        self.next_step = next_step

    def __reduce__(self) -> Any:
        """A worker process hands it over."""
        return InputError, (self.file, self.problem, self.next_step, self.place)


class Stopped(Exception):
    """The run was asked to stop where there is nothing to keep yet."""


class Preempted(Exception):
    """The machine is to be given back: a checkpoint has been written, and the run wants to be queued again."""
