"""Protocol buffers, as far as event files and the metadata of ONNX files need them; https://protobuf.dev/programming-guides/encoding"""

from __future__ import annotations

import struct


class MessageWriter:
    """The bytes of one message; each method appends a field and returns the writer."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def integer(self, field: int, value: int) -> MessageWriter:
        return self._append(varint(field << 3) + varint(value & 0xFFFFFFFFFFFFFFFF))

    def double(self, field: int, value: float) -> MessageWriter:
        return self._append(varint(field << 3 | 1) + struct.pack("<d", value))

    def float32(self, field: int, value: float) -> MessageWriter:
        return self._append(varint(field << 3 | 5) + _float32(value))

    def doubles(self, field: int, values: list[float]) -> MessageWriter:
        """Packed."""
        return self.raw(field, struct.pack(f"<{len(values)}d", *values))

    def raw(self, field: int, value: bytes) -> MessageWriter:
        return self._append(varint(field << 3 | 2) + varint(len(value)) + value)

    def text(self, field: int, value: str) -> MessageWriter:
        return self.raw(field, value.encode("utf-8", "backslashreplace"))

    def message(self, field: int, value: MessageWriter) -> MessageWriter:
        return self.raw(field, value.finish())

    def finish(self) -> bytes:
        return b"".join(self._parts)

    def _append(self, part: bytes) -> MessageWriter:
        self._parts.append(part)
        return self


def varint(value: int) -> bytes:
    result = bytearray()
    while value > 0x7F:
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def _float32(value: float) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", float("inf") if value > 0 else float("-inf"))
