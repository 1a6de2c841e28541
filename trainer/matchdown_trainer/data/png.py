"""PNG files (ISO/IEC 15948), as far as data sets have them: all kinds of pixels, not interlaced."""

from __future__ import annotations

import struct
import zlib
from typing import Dict, Optional

import numpy as np

from ..text import t

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def decode_png(data: bytes) -> np.ndarray:
    """``[height, width, channels]``, 0 to 255; 16-bit images keep their fractions as float32. Throws ``ValueError``."""
    chunks = _chunks(data)
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if interlaced:
        raise ValueError(t("it is interlaced"))
    bits = depth * CHANNELS[colour]
    stride = (width * bits + 7) // 8
    raw = zlib.decompress(chunks[b"IDAT"])
    if len(raw) < height * (stride + 1):
        raise ValueError(t("it ends too early"))
    rows = _unfiltered(
        np.frombuffer(raw, np.uint8)[: height * (stride + 1)].reshape(height, stride + 1), max(bits // 8, 1)
    )
    pixels = _pixels(rows, width, depth, CHANNELS[colour])
    if colour == 3:
        return _palette(chunks)[pixels[:, :, 0]]
    return pixels * np.uint8(255 // (2**depth - 1)) if depth < 8 else pixels


def bit_depth(data: bytes) -> int:
    return data[24]


def is_interlaced(data: bytes) -> bool:
    return data[28] == 1


def encode_png(pixels: np.ndarray) -> bytes:
    """``[height, width, channels]`` bytes with 1, 3 or 4 channels."""
    height, width, channels = pixels.shape
    colour = {1: 0, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _chunks(data: bytes) -> Dict[bytes, bytes]:
    """By name; the pieces of the image data together."""
    found: Dict[bytes, bytes] = {b"IDAT": b""}
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if len(data) < at + 12 + length:
            raise ValueError(t("it ends too early"))
        if struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(name + content):
            raise ValueError(t("a checksum is wrong"))
        found[name] = found.get(name, b"") + content
        at += 12 + length
        if name == b"IEND":
            break
    return found


def _palette(chunks: Dict[bytes, bytes]) -> np.ndarray:
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    alpha: Optional[bytes] = chunks.get(b"tRNS")
    if alpha is None:
        return colours
    opaque = np.full((len(colours), 1), 255, np.uint8)
    opaque[: len(alpha), 0] = np.frombuffer(alpha, np.uint8)
    return np.concatenate([colours, opaque], axis=1)


def _pixels(rows: np.ndarray, width: int, depth: int, channels: int) -> np.ndarray:
    height = len(rows)
    if depth == 16:
        return (rows.view(">u2").reshape(height, width, channels) / 257).astype(np.float32)
    if depth == 8:
        return rows.reshape(height, width, channels)
    bits = np.unpackbits(rows, axis=1).reshape(height, -1, depth)[:, : width * channels]
    weights = 1 << np.arange(depth - 1, -1, -1)
    return (bits * weights).sum(-1).astype(np.uint8).reshape(height, width, channels)


def _unfiltered(rows: np.ndarray, step: int) -> np.ndarray:
    """Each row says by its first byte how it was predicted; ``step`` is the distance to the pixel on the left, in bytes."""
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    result = np.empty((len(rows), len(above)), np.uint8)
    for index, row in enumerate(rows):
        result[index] = above = _FILTERS[int(row[0])](row[1:], above, step)
    return result


def _sub(row: np.ndarray, _above: np.ndarray, step: int) -> np.ndarray:
    padded = np.concatenate([row, np.zeros(-len(row) % step, np.uint8)]).reshape(-1, step)
    return np.cumsum(padded, axis=0, dtype=np.uint8).ravel()[: len(row)]


def _average(row: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    values, top, result = row.tolist(), above.tolist(), [0] * len(row)
    for at, value in enumerate(values):
        left = result[at - step] if at >= step else 0
        result[at] = (value + (left + top[at]) // 2) & 255
    return np.array(result, np.uint8)


def _paeth(row: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    values, top, result = row.tolist(), above.tolist(), [0] * len(row)
    for at, value in enumerate(values):
        left, corner = (result[at - step], top[at - step]) if at >= step else (0, 0)
        guess = left + top[at] - corner
        distances = (abs(guess - left), abs(guess - top[at]), abs(guess - corner))
        nearest = (left, top[at], corner)[distances.index(min(distances))]
        result[at] = (value + nearest) & 255
    return np.array(result, np.uint8)


_FILTERS = {
    0: lambda row, _above, _step: row,
    1: _sub,
    2: lambda row, above, _step: row + above,
    3: _average,
    4: _paeth,
}
