"""Random changes of the training pictures: the embedded trainer's, picture by picture."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .randomness import seeded_states, uniforms_of
from .scheme import Augmentation

AUGMENT_STREAM = 4
"""Keeps this use of the seed apart from the others."""


def augment(images: Tensor, samples: np.ndarray, augmentation: Augmentation, seed: int, epoch: int) -> Tensor:
    """
    Float32 ``[batch, channels, height, width]``; ``samples`` are the pictures' numbers, which decide with seed and epoch. Flipped
    by chance, shifted and rotated by random amounts up to the given ones: bilinear between pixels, the border repeated outwards.
    """
    height, width = images.shape[2:]
    maps = affine_maps(samples, augmentation, (seed, epoch), height, width)
    grid = F.affine_grid(
        torch.from_numpy(_normalized(maps, height, width)).to(images.device), list(images.shape), align_corners=True
    )
    return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=True)


def affine_maps(
    samples: np.ndarray, augmentation: Augmentation, seeds: tuple[int, int], height: int, width: int
) -> np.ndarray:
    """
    float64 ``[batch, 2, 3]``: from a pixel of the result to the place in the source, ``u = ux x + uy y + u0`` and
    ``v = vx x + vy y + v0``. The same random numbers are drawn whatever is switched on.
    """
    states = seeded_states(samples, *seeds, AUGMENT_STREAM)
    chance_x, chance_y, shift_x, shift_y, turn = uniforms_of(states, 5).T
    flip_x = np.where((chance_x < 0.5) & augmentation.flip_horizontal, -1.0, 1.0)
    flip_y = np.where((chance_y < 0.5) & augmentation.flip_vertical, -1.0, 1.0)
    move_x = (2 * shift_x - 1) * augmentation.shift * width
    move_y = (2 * shift_y - 1) * augmentation.shift * height
    angle = (2 * turn - 1) * augmentation.rotate * np.pi / 180
    cos, sin = np.cos(angle), np.sin(angle)
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    ux, uy, vx, vy = flip_x * cos, flip_x * sin, -flip_y * sin, flip_y * cos
    u = centre_x - ux * (centre_x + move_x) - uy * (centre_y + move_y)
    v = centre_y - vx * (centre_x + move_x) - vy * (centre_y + move_y)
    return np.stack([np.stack([ux, uy, u], 1), np.stack([vx, vy, v], 1)], 1)


def _normalized(maps: np.ndarray, height: int, width: int) -> np.ndarray:
    """As PyTorch counts: -1 is the first pixel's centre, 1 the last one's."""
    x, y = max(width - 1, 1) / 2, max(height - 1, 1) / 2
    # With x = (x' + 1) * (width - 1) / 2 and u' = u * 2 / (width - 1) - 1.
    linear = np.empty((len(maps), 2, 3))
    for row, scale in ((0, x), (1, y)):
        by_x, by_y, offset = maps[:, row].T
        linear[:, row, 0] = by_x * x / scale
        linear[:, row, 1] = by_y * y / scale
        linear[:, row, 2] = (offset + by_x * x + by_y * y) / scale - 1
    return linear.astype(np.float32)
