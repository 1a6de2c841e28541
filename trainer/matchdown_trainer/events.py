"""TensorBoard event files: TFRecord framing around ``tensorflow.Event`` messages (``event.proto``, ``summary.proto``).

Every function returns framed bytes to be appended to the file; ``file_start`` comes first in each file. Wall times are seconds
since 1970. The same records as the embedded trainer's.
"""

from __future__ import annotations

import re
import struct
from typing import Callable, Iterable, Mapping, Sequence, Tuple, Union

import numpy as np

from .protobuf import MessageWriter

Hyperparameter = Union[float, str, bool]

FLOAT, STRING, TENSOR_CLASS = 1, 7, 2
"""``DataType`` of TensorFlow's ``types.proto``, and ``DataClass`` of ``summary.proto``."""


def event_file_name(wall_time: float, host: str, pid: int) -> str:
    """Sorted by name, files are in order of time."""
    return f"events.out.tfevents.{int(wall_time):010d}.{re.sub('[^0-9A-Za-z_.-]', '_', host)}.{pid}.0"


def file_start(wall_time: float) -> bytes:
    """Readers take their rules for restarts from this version."""
    return _event(wall_time, 0, lambda event: event.text(3, "brain.Event:2"))


def scalars(wall_time: float, step: int, values: Mapping[str, float]) -> bytes:
    return _summary(wall_time, step, [MessageWriter().text(1, tag).float32(2, value) for tag, value in values.items()])


def text(wall_time: float, step: int, tag: str, markdown: str) -> bytes:
    tensor = MessageWriter().integer(1, STRING).message(2, _one_dimension()).text(8, markdown)
    value = MessageWriter().text(1, tag).message(8, tensor).message(9, _plugin("text", b""))
    return _summary(wall_time, step, [value])


def image(wall_time: float, step: int, tag: str, png: bytes, size: Tuple[int, int], channels: int) -> bytes:
    """``size`` is height and width."""
    content = MessageWriter().integer(1, size[0]).integer(2, size[1]).integer(3, channels).raw(4, png)
    return _summary(wall_time, step, [MessageWriter().text(1, tag).message(4, content)])


def histogram(wall_time: float, step: int, tag: str, values: np.ndarray, bins: int = 30) -> bytes:
    counts, edges = np.histogram(values, bins)
    content = (
        MessageWriter()
        .double(1, float(values.min()))
        .double(2, float(values.max()))
        .double(3, float(values.size))
        .double(4, float(values.sum(dtype=np.float64)))
        .double(5, float(np.square(values, dtype=np.float64).sum()))
        .doubles(6, edges[1:].tolist())
        .doubles(7, counts.astype(np.float64).tolist())
    )
    return _summary(wall_time, step, [MessageWriter().text(1, tag).message(5, content)])


def hyperparameters(wall_time: float, values: Mapping[str, Hyperparameter], metrics: Iterable[str]) -> bytes:
    """With the tags of the metrics that they lead to, for TensorBoard's HParams tab (``api.proto`` of its plugin)."""
    experiment = MessageWriter()
    session = MessageWriter()
    for name, value in values.items():
        experiment.message(4, MessageWriter().text(1, name).integer(4, _kind(value)))
        session.message(1, MessageWriter().text(1, name).message(2, _struct_value(value)))
    for tag in metrics:
        experiment.message(5, MessageWriter().message(1, MessageWriter().text(2, tag)))
    session.double(5, wall_time)
    return _plugin_record(wall_time, "_hparams_/experiment", MessageWriter().message(2, experiment)) + _plugin_record(
        wall_time, "_hparams_/session_start_info", MessageWriter().message(3, session)
    )


def session_end(wall_time: float, succeeded: bool) -> bytes:
    session = MessageWriter().integer(1, 1 if succeeded else 2).double(2, wall_time)
    return _plugin_record(wall_time, "_hparams_/session_end_info", MessageWriter().message(4, session))


def restart(wall_time: float, step: int) -> bytes:
    """What earlier files say of this step and later ones no longer counts."""
    return _event(wall_time, step, lambda event: event.message(7, MessageWriter().integer(1, 1)))


def frame(data: bytes) -> bytes:
    """Length (uint64), its masked checksum, the data, its masked checksum; all little-endian."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def masked_crc32c(data: bytes) -> int:
    value = crc32c(data)
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """Castagnoli's polynomial, bit-reversed."""
    value = 0xFFFFFFFF
    table = _TABLE
    for byte in data:
        value = table[(value ^ byte) & 255] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value


_TABLE = [_table_entry(byte) for byte in range(256)]


def _event(wall_time: float, step: int, write: Callable[[MessageWriter], object]) -> bytes:
    event = MessageWriter().double(1, wall_time)
    if step:
        event.integer(2, step)
    write(event)
    return frame(event.finish())


def _summary(wall_time: float, step: int, values: Sequence[MessageWriter]) -> bytes:
    summary = MessageWriter()
    for value in values:
        summary.message(1, value)
    return _event(wall_time, step, lambda event: event.message(5, summary))


def _plugin_record(wall_time: float, tag: str, data: MessageWriter) -> bytes:
    tensor = MessageWriter().integer(1, FLOAT).message(2, _one_dimension())
    value = MessageWriter().text(1, tag).message(8, tensor).message(9, _plugin("hparams", data.finish()))
    return _summary(wall_time, 0, [value])


def _plugin(name: str, content: bytes) -> MessageWriter:
    plugin = MessageWriter().text(1, name).raw(2, content)
    return MessageWriter().message(1, plugin).integer(4, TENSOR_CLASS)


def _one_dimension() -> MessageWriter:
    return MessageWriter().message(2, MessageWriter().integer(1, 1))


def _kind(value: Hyperparameter) -> int:
    """``DataType`` of the plugin's ``api.proto``."""
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 3


def _struct_value(value: Hyperparameter) -> MessageWriter:
    """``google.protobuf.Value``"""
    if isinstance(value, bool):
        return MessageWriter().integer(4, int(value))
    return MessageWriter().text(3, value) if isinstance(value, str) else MessageWriter().double(2, float(value))
