"""Pairs of IDX files (http://yann.lecun.com/exdb/mnist/)."""

from __future__ import annotations

import gzip
import re
import struct
import zlib
from pathlib import Path
from typing import List

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import shape_text, t
from .arrange import arrange_samples
from .samples import ArraySamples, RawData, RawLabels

SAMPLES = re.compile(r"images?([.-])idx\d|data([.-])idx\d", re.IGNORECASE)
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def is_idx_samples(name: str) -> bool:
    """Whether a file's name is that of the samples of a pair: ``train-images-idx3-ubyte``, with or without ``.gz``."""
    return SAMPLES.search(name) is not None


def find_idx_pairs(folder: Path) -> List[Path]:
    return sorted(file for file in folder.iterdir() if is_idx_samples(file.name))


def read_idx(file: Path, section: DataSection) -> RawData:
    """Given the samples' file; the labels' stands beside it. Throws ``InputError``."""
    samples = _read_array(file)
    labels_file = _find_labels(file)
    labels = _read_array(labels_file)
    if len(labels) != len(samples):
        problem = t("The numbers of labels ({0}) and samples ({1}) differ.", len(labels), len(samples))
        raise InputError(labels_file, problem, t("Take both files from the same place."))
    values = arrange_samples(samples, section.sample_shape)
    if values is None:
        problem = t(
            "A sample has the shape {0}; the scheme says {1}.",
            shape_text(samples.shape[1:]),
            shape_text(section.sample_shape),
        )
        raise InputError(file, problem, t("Change data.image_size or data.input_size."))
    numbers = labels.reshape(len(labels), -1).astype(np.float64)
    ids = [str(index) for index in range(len(values))]
    return RawData(ArraySamples(values), RawLabels(numbers=numbers), ids, lambda i: t("index {0}", i))


def _find_labels(file: Path) -> Path:
    prefix = re.sub(r"(images?|data)([.-])idx\d.*$", "", file.name, flags=re.IGNORECASE)
    pattern = re.compile(re.escape(prefix) + r"labels?[.-]idx\d", re.IGNORECASE)
    found = next((other for other in file.parent.iterdir() if pattern.match(other.name)), None)
    if found is not None:
        return found
    step = t("Put the labels into the same folder, named {0} for example.", f"{prefix}labels-idx1-ubyte")
    raise InputError(file, t("The labels are not beside it."), step)


def _read_array(file: Path) -> np.ndarray:
    data = _content(file)
    rank = data[3] if len(data) > 3 else 0
    start = 4 + rank * 4
    if data[:2] != b"\0\0" or rank == 0 or data[2] not in TYPES:
        problem, step = t("This is no IDX file."), t("Check data.data_path; the file may be damaged.")
        raise InputError(file, problem, step, t("byte {0}", 0))
    dtype = np.dtype(TYPES[data[2]])
    dims = struct.unpack_from(f">{rank}I", data.ljust(start, b"\0"), 4)
    expected = int(np.prod(dims)) * dtype.itemsize
    if len(data) < start + expected:
        problem = t("The file ends after {0} of {1} bytes.", len(data), start + expected)
        step = t("It is truncated; copy or download it again.")
        raise InputError(file, problem, step, t("byte {0}", len(data)))
    values = np.frombuffer(data, dtype, int(np.prod(dims)), start).reshape(dims)
    return values.astype(dtype.newbyteorder("="))


def _content(file: Path) -> bytes:
    data = file.read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        is_short = isinstance(error, EOFError)
        problem = t("The compressed data ends too early.") if is_short else t("The compressed data is damaged.")
        raise InputError(file, problem, t("Copy or download the file again.")) from None
