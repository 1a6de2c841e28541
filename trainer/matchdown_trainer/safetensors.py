"""The safetensors format (https://github.com/huggingface/safetensors#format), for float32 tensors.

Eight bytes with the header's length, the header (JSON, padded with spaces), the tensors one after another; all little-endian.
"""

from __future__ import annotations

import json
import struct
from typing import Dict, Mapping, Tuple

import numpy as np


def encode(metadata: Mapping[str, str], tensors: Mapping[str, np.ndarray]) -> bytes:
    header: Dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name, values in tensors.items():
        assert values.dtype == np.float32, name
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [end, end + values.nbytes]}
        end += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    padded = text.ljust(-(-len(text) // 8) * 8)
    pieces = [np.ascontiguousarray(values).astype("<f4", copy=False).tobytes() for values in tensors.values()]
    return b"".join([struct.pack("<Q", len(padded)), padded, *pieces])


def decode(data: bytes) -> Tuple[Mapping[str, str], Dict[str, np.ndarray]]:
    """Throws ``ValueError`` for anything but a whole file of float32 tensors."""
    if len(data) < 8:
        raise ValueError("truncated")
    start = 8 + struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:start].decode("utf-8"))
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if entry["dtype"] != "F32" or start + end > len(data):
            raise ValueError("truncated, or another type")
        values = np.frombuffer(data[start + begin : start + end], dtype="<f4")
        tensors[name] = values.reshape(entry["shape"]).copy()
    return metadata, tensors
