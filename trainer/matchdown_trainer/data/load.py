"""Reads the data that a scheme names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List, Optional

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import number_text, t
from .idx import find_idx_pairs, is_idx_samples, read_idx
from .image_folder import read_image_folder
from .labels import interpret_labels
from .npz import read_npz
from .samples import ArraySamples, DataSet, RawData
from .table import read_csv


def load_data(file: Path, section: DataSection, classes: Optional[List[str]] = None) -> DataSet:
    """
    A folder of class folders with PNG or JPEG images, an ``.npz`` file, a ``.csv`` or ``.csv.gz`` file, or a pair of IDX files.
    ``classes`` are those of the training data when this is a validation set of its own. Throws ``InputError``.
    """
    try:
        raw = _read(file, section)
    except MemoryError:
        step = t("Train on a part of it, or on a machine with more memory.")
        raise InputError(file, t("The data does not fit into memory ({0}).", "MemoryError"), step) from None
    except OSError as error:
        raise InputError(
            error.filename or file, _system_problem(error), t("Check data.data_path in the scheme.")
        ) from None
    if len(raw.samples) == 0:
        raise InputError(file, t("There are no samples."), t("Check data.data_path."))
    labels = interpret_labels(file, raw, section, classes)
    _check_values(file, raw, section)
    return DataSet(raw.samples, labels, raw.ids)


def _read(file: Path, section: DataSection) -> RawData:
    if file.is_dir():
        return _read_folder(file, section)
    if not file.exists():
        raise FileNotFoundError(2, "", str(file))
    if file.stat().st_size == 0:
        raise InputError(file, t("The file is empty."), t("Check data.data_path."))
    if re.search(r"\.npz$", file.name, re.IGNORECASE):
        return read_npz(file, section)
    if re.search(r"\.csv(\.gz)?$", file.name, re.IGNORECASE):
        return read_csv(file, section)
    if is_idx_samples(file.name):
        return read_idx(file, section)
    step = t(
        "Data is a folder of class folders with PNG or JPEG images, an .npz, a .csv or .csv.gz, or a pair of IDX files."
    )
    raise InputError(file, t("This kind of file is not read."), step)


def _read_folder(folder: Path, section: DataSection) -> RawData:
    pairs = find_idx_pairs(folder)
    if not pairs:
        return read_image_folder(folder, section)
    if len(pairs) == 1:
        return read_idx(pairs[0], section)
    names = ", ".join(map(str, pairs))
    step = t("Set data.data_path to one of {0}, and data.validation_path to the other.", names)
    raise InputError(folder, t("The folder holds {0} pairs of IDX files.", len(pairs)), step)


def _check_values(file: Path, data: RawData, section: DataSection) -> None:
    """No value may be infinite or not a number; tokens have to be in the vocabulary."""
    if not isinstance(data.samples, ArraySamples):
        return
    values, vocabulary = data.samples.values, section.vocabulary
    if values.dtype == np.uint8 and (vocabulary is None or vocabulary > 255):
        return
    good = np.isfinite(values)
    if vocabulary is not None:
        good &= (values >= 0) & (values < vocabulary) & (values == np.floor(values))
    bad = np.flatnonzero(~good)
    if not len(bad):
        return
    place = data.place(int(bad[0]) // int(np.prod(values.shape[1:])))
    value = number_text(float(values.flat[bad[0]]))
    if vocabulary is None:
        step = t("Replace it by a finite number, or remove the sample.")
        raise InputError(file, t("The sample holds the value {0}.", value), step, place)
    step = t("Tokens are whole numbers from 0 to {0}.", vocabulary - 1)
    raise InputError(file, t("The token is {0}; data.vocabulary is {1}.", value, vocabulary), step, place)


def _system_problem(error: OSError) -> str:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return t("There is no such file or folder.")
    return t("It may not be read.") if isinstance(error, PermissionError) else str(error.strerror)
