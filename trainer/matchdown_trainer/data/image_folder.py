"""A folder with one sub-folder of PNG or JPEG images per class."""

from __future__ import annotations

import functools
import math
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, Tuple

import numpy as np

from ..errors import InputError
from ..scheme import DataSection
from ..text import t
from .folder import files_below, name_order
from .image import decode_image, image_size
from .memory import free_memory
from .samples import ArraySamples, LazySamples, RawData, RawLabels, Samples

IMAGE = re.compile(r"\.(png|jpe?g)$", re.IGNORECASE)
OTHER_IMAGE = re.compile(r"\.(bmp|gif|tiff?|webp|avif|heic|ppm|pgm)$", re.IGNORECASE)


def read_image_folder(folder: Path, section: DataSection) -> RawData:
    """Images that would fill half of the free memory are read when they are needed. Throws ``InputError``."""
    if len(section.sample_shape) != 3 or section.vocabulary is not None:
        problem = t("This is a folder, which is read as images, but the scheme describes no images.")
        step = t("Use data.image_size instead of data.input_size, or point data.data_path to a file.")
        raise InputError(folder, problem, step)
    files = _find_images(folder)
    ids = [name for name, _ in files]
    labels = RawLabels(text=[class_name for _, class_name in files])
    return RawData(_samples(folder, ids, section), labels, ids, lambda sample: ids[sample])


def _samples(folder: Path, ids: List[str], section: DataSection) -> Samples:
    dims = section.sample_dims
    # A process that is started to read needs it by name.
    read = functools.partial(_read_sample, folder, ids, section)
    if len(ids) * math.prod(dims) > free_memory() // 2:
        return LazySamples(len(ids), dims, read)
    values = np.empty((len(ids), *dims), np.uint8)
    # Pillow decodes without Python's lock.
    with ThreadPoolExecutor(min(16, os.cpu_count() or 1)) as readers:
        for index, image in enumerate(readers.map(read, range(len(ids)))):
            if image.dtype != values.dtype and values.dtype == np.uint8:
                values = values.astype(np.float32)
            values[index] = image
    return ArraySamples(values)


def _read_sample(folder: Path, ids: List[str], section: DataSection, index: int) -> np.ndarray:
    return _read_image(folder.joinpath(*ids[index].split("/")), section)


def _read_image(file: Path, section: DataSection) -> np.ndarray:
    height, width, channels = section.sample_shape
    data = file.read_bytes()
    size = image_size(file, data)
    if size != (height, width):
        problem = t(
            "The image is {0} pixels high and {1} wide; data.image_size says {2} and {3}.", *size, height, width
        )
        raise InputError(file, problem, t("Resize the images to one size, or change data.image_size."))
    return decode_image(file, data, channels)


def _find_images(folder: Path) -> List[Tuple[str, str]]:
    """Ids (below the folder, with ``/``) and class names."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    if not names:
        step = t("Put the images of each class into a sub-folder with the name of the class.")
        raise InputError(folder, t("The folder has no sub-folders."), step)
    return [(f"{name}/{file}", name) for name in sorted(names, key=name_order) for file in _of_class(folder / name)]


def _of_class(folder: Path) -> List[str]:
    files = files_below(folder)
    other = next((file for file in files if OTHER_IMAGE.search(file)), None)
    if other is not None:
        problem = t("Images of this kind are not read.")
        raise InputError(folder / other, problem, t("Convert it to PNG or JPEG, or remove it."))
    images = [file for file in files if IMAGE.search(file)]
    if not images:
        problem = t("The folder of this class holds no PNG or JPEG image.")
        raise InputError(folder, problem, t("Add images, or remove the folder."))
    return images
