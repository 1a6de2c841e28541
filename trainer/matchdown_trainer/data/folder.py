from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, FrozenSet, List


def name_order(name: str) -> bytes:
    """Sorts by code points, the same on every machine and in every language."""
    return name.encode("utf-8", "surrogateescape")


def is_debris(name: str) -> bool:
    """Names that operating systems leave in folders."""
    return name.startswith(".") or name in ("Thumbs.db", "desktop.ini")


def files_below(folder: Path, is_left_out: Callable[[str], bool] = is_debris) -> List[str]:
    """
    The files below a folder, relative to it, with ``/``, sorted. Links are followed; a folder that links lead to twice on one
    path is entered once.
    """
    files: List[str] = []

    def collect(where: Path, prefix: str, entered: FrozenSet[str]) -> None:
        with os.scandir(where) as entries:
            found = [entry for entry in entries if not is_left_out(entry.name)]
        for entry in found:
            if entry.is_file():
                files.append(prefix + entry.name)
            elif entry.is_dir():
                real = os.path.realpath(entry.path)
                if real not in entered:
                    collect(Path(entry.path), f"{prefix}{entry.name}/", entered | {real})

    collect(folder, "", frozenset([os.path.realpath(folder)]))
    return sorted(files, key=name_order)
