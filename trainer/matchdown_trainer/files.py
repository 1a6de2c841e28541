"""Files that a reader, or a crash at any moment, finds whole: the old content or the new one."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Union


def write_atomically(file: Union[str, Path], data: bytes) -> None:
    """A temporary name in the same folder, flushed to the disk, then renamed."""
    target = Path(file)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except OSError:
        temporary.unlink() if temporary.exists() else None
        raise


def remove_leftovers(folder: Path, name: str) -> None:
    """What a process that was killed while it wrote files of this beginning has left."""
    for file in folder.glob(f"{name}*.tmp"):
        with contextlib.suppress(OSError):
            file.unlink()


def write_json(file: Union[str, Path], value: Any) -> None:
    """File names that are no UTF-8 have lone surrogates, which JSON can only escape."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    write_atomically(file, text.encode("utf-8", "backslashreplace"))
