"""Identifies data by its content, as the embedded trainer does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Dict

from .folder import files_below


def fingerprint(target: Path, written: str, samples: int) -> Dict[str, Any]:
    """
    A file: its SHA-256. A folder: the SHA-256 of the list that ``sha256sum`` prints for its files in the order of their names'
    bytes, hidden files left out.
    """
    if target.is_file():
        digest, size = _hash(target)
        return {"path": written, "sha256": digest, "files": 1, "bytes": size, "samples": samples}
    lines, total = [], 0
    names = files_below(target)
    for name in names:
        digest, size = _hash(target.joinpath(*name.split("/")))
        lines.append(f"{digest}  {name}\n")
        total += size
    digest = hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
    return {"path": written, "sha256": digest, "files": len(names), "bytes": total, "samples": samples}


def _hash(file: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with open(file, "rb") as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
