"""``x`` and ``y`` of an ``.npz`` file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import shape_text, t
from .arrange import arrange_samples, samples_first
from .samples import ArraySamples, RawData, RawLabels


def read_npz(file: Path, section: DataSection) -> RawData:
    """Throws ``InputError``."""
    x, y = (_read_array(file, name) for name in ("x", "y"))
    if x.dtype.kind not in "fiub":
        raise InputError(file, t("The samples are text."), t("Save them as numbers."), "x")
    samples = samples_first(x, section.data_orientation)
    values = arrange_samples(samples, section.sample_shape)
    if values is None:
        raise _wrong_shape(file, samples, section)
    ids = [str(index) for index in range(len(values))]
    return RawData(ArraySamples(values), _labels(file, y, section, len(values)), ids, lambda i: t("index {0}", i))


def _read_array(file: Path, name: str) -> np.ndarray:
    try:
        with np.load(file, allow_pickle=False) as archive:
            if name not in archive.files:
                present = ", ".join(archive.files[:10]) or t("nothing")
                problem = t('It holds no array "{0}", only: {1}.', name, present)
                raise InputError(file, problem, t("Write it with numpy.savez(file, x=samples, y=labels)."))
            return archive[name]
    except zipfile.BadZipFile:
        problem = t("This is no .npz file, or a damaged one.")
        raise InputError(file, problem, t("Write it with numpy.savez(file, x=samples, y=labels).")) from None
    except ValueError as error:
        if "pickle" in str(error):
            problem = t("Arrays of Python objects are not read, because loading them can run a program.")
            raise InputError(file, problem, t("Save it with a numeric type, float32 for example."), name) from None
        step = t("The file is truncated; write or copy it again.")
        raise InputError(file, t("The array cannot be read ({0}).", error), step, name) from None


def _wrong_shape(file: Path, samples: np.ndarray, section: DataSection) -> InputError:
    problem = t(
        "A sample has the shape {0}; the scheme says {1}.",
        shape_text(samples.shape[1:]),
        shape_text(section.sample_shape),
    )
    vertical = t(
        "Change data.image_size or data.input_size; if the last axis counts the samples, set data.data_orientation to"
        ' "horizontal".'
    )
    horizontal = t(
        "Change data.image_size or data.input_size; if the first axis counts the samples, set data.data_orientation to"
        ' "vertical".'
    )
    return InputError(file, problem, vertical if section.data_orientation == "vertical" else horizontal, "x")


def _labels(file: Path, y: np.ndarray, section: DataSection, count: int) -> RawLabels:
    if y.dtype.kind in "US":
        texts = y.astype("U").ravel().tolist()
        _check_count(file, len(texts), count)
        return RawLabels(text=texts)
    values = samples_first(y, section.data_orientation)
    _check_count(file, len(values) if values.ndim else 0, count)
    return RawLabels(numbers=values.reshape(count, -1).astype(np.float64))


def _check_count(file: Path, labels: int, samples: int) -> None:
    if labels != samples:
        problem = t("The numbers of labels ({0}) and samples ({1}) differ.", labels, samples)
        step = t("Every sample needs one label; data.data_orientation says which axis counts the samples.")
        raise InputError(file, problem, step, "y")
