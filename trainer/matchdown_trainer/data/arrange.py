"""Arrays of any arrangement that people save, brought into the layout of the graph."""

from __future__ import annotations

import math
from typing import Optional, Sequence

import numpy as np

from ..scheme import channels_first


def samples_first(values: np.ndarray, orientation: str) -> np.ndarray:
    return values if orientation == "vertical" or values.ndim < 2 else np.moveaxis(values, -1, 0)


def arrange_samples(values: np.ndarray, shape: Sequence[int]) -> Optional[np.ndarray]:
    """
    ``values`` has the samples first; what follows is one sample in the scheme's layout (channels last), without a channel axis
    where there is one channel, channels first, or flattened in the scheme's layout. ``None`` when it is none of these.
    """
    sample, shape, target = tuple(values.shape[1:]), tuple(shape), channels_first(shape)
    if sample == shape:
        arranged = values if len(shape) < 2 else np.moveaxis(values, -1, 1)
    elif (*sample, 1) == shape:
        arranged = values.reshape(len(values), *target)
    elif sample == target:
        arranged = values
    elif sample == (math.prod(shape),):
        unflattened = values.reshape(len(values), *shape)
        arranged = unflattened if len(shape) < 2 else np.moveaxis(unflattened, -1, 1)
    else:
        return None
    # Bytes stay bytes: a quarter of the memory.
    return np.ascontiguousarray(arranged, dtype=np.uint8 if values.dtype == np.uint8 else np.float32)
