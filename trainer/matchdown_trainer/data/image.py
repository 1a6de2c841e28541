"""Images as the embedded trainer reads them: 0 to 255, converted to the wanted channels in the same way."""

from __future__ import annotations

import io
import struct
from typing import Tuple

import numpy as np

from ..errors import InputError
from ..text import t
from . import png

try:
    from PIL import Image as _pillow
except ImportError:
    _pillow = None  # type: ignore[assignment]


def image_size(file: object, data: bytes) -> Tuple[int, int]:
    """Height and width, before anything is decoded. Throws ``InputError``."""
    if data[:4] == png.SIGNATURE[:4] and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return height, width
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(file, data)
    problem = t("The file is empty.") if not data else t("This is neither a PNG nor a JPEG image.")
    raise InputError(file, problem, t("Convert it to PNG, or remove it."), t("byte {0}", 0))


def decode_image(file: object, data: bytes, channels: int) -> np.ndarray:
    """``[channels, height, width]``, uint8, or float32 for images with 16 bits. Throws ``InputError``."""
    is_png = data[:4] == png.SIGNATURE[:4]
    if not is_png and _pillow is None:
        problem = t("To read JPEG images, this Python needs the package Pillow.")
        raise InputError(
            file, problem, t('Install it with "python -m pip install pillow", or convert the images to PNG.')
        )
    try:
        pixels = _decode_png(data) if is_png else _by_pillow(data)
    except Exception as error:
        problem = t("The image cannot be read: it may be damaged or truncated ({0}).", error)
        raise InputError(file, problem, t("Save it again, or remove it.")) from None
    return np.ascontiguousarray(np.moveaxis(_with_channels(pixels, channels), -1, 0))


def _decode_png(data: bytes) -> np.ndarray:
    """Pillow is quicker, but gives 16-bit colours as 8."""
    if _pillow is None or png.bit_depth(data) == 16:
        return png.decode_png(data)
    if png.bit_depth(data) < 8 and png.is_interlaced(data):
        raise ValueError(t("interlaced with fewer than 8 bits per pixel"))
    return _by_pillow(data)


def _by_pillow(data: bytes) -> np.ndarray:
    with _pillow.open(io.BytesIO(data)) as image:
        modes = {"1": "L", "P": "RGBA" if "transparency" in image.info else "RGB", "CMYK": "RGB", "YCbCr": "RGB"}
        pixels = np.asarray(image.convert(modes[image.mode]) if image.mode in modes else image)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def _with_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """
    Grey by the weights of ITU-R BT.601, rounded as Pillow does; a grey value becomes red, green and blue; a missing alpha is
    opaque; a superfluous one is left out.
    """
    present = pixels.shape[2]
    if channels >= 3:
        colours = pixels[:, :, :3] if present >= 3 else np.repeat(pixels[:, :, :1], 3, axis=2)
    else:
        colours = _grey(pixels) if present >= 3 else pixels[:, :, :1]
    if channels in (1, 3):
        return colours
    alpha = pixels[:, :, -1:] if present % 2 == 0 else np.full_like(colours[:, :, :1], 255)
    return np.concatenate([colours, alpha], axis=2)


def _grey(pixels: np.ndarray) -> np.ndarray:
    if pixels.dtype != np.uint8:
        return (pixels[:, :, :3] @ np.array([19595, 38470, 7471], np.float64) / 65536).astype(np.float32)[:, :, None]
    weighted = pixels[:, :, :3].astype(np.int32) @ np.array([19595, 38470, 7471], np.int32)
    return ((weighted + 32768) >> 16).astype(np.uint8)[:, :, None]


def _jpeg_size(file: object, data: bytes) -> Tuple[int, int]:
    """Walks the markers to the first start-of-frame (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return height, width
        at += 1 if marker == 0xFF else 2 + struct.unpack_from(">H", data, at + 2)[0]
    problem = t("The image cannot be read: it may be damaged or truncated ({0}).", t("it has no size"))
    raise InputError(file, problem, t("Save it again, or remove it."), t("byte {0}", at))
