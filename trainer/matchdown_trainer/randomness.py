"""The random numbers of the embedded trainer, bit for bit: one seed, one split, one order, one beginning in both."""

from __future__ import annotations

import math
from typing import List, Sequence

import numpy as np

from .operations.operation import Initializer

MASK = 0xFFFFFFFF


class Random:
    """mulberry32 (Tommy Ettinger, public domain), 32 bits of state; many numbers at once."""

    def __init__(self, *seeds: int) -> None:
        state = 0
        for seed in seeds:
            state = _mix((state ^ _mix(seed & MASK)) + 0x9E3779B9)
        self._state = state

    def bits(self, count: int) -> np.ndarray:
        """uint32 ``[count]``"""
        steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x6D2B79F5)
        state = ((steps + np.uint64(self._state)) & np.uint64(MASK)).astype(np.uint32)
        self._state = (self._state + count * 0x6D2B79F5) & MASK
        return scramble(state)

    def uniform(self, count: int) -> np.ndarray:
        """float64 ``[count]`` from 0 up to, but not including, 1."""
        return self.bits(count) / 2.0**32

    def shuffle(self, items: np.ndarray) -> np.ndarray:
        """Fisher and Yates: a shuffled copy."""
        size = len(items)
        places = np.floor(self.uniform(max(size - 1, 0)) * np.arange(size, 1, -1)).astype(np.int64).tolist()
        shuffled = items.tolist()
        for last, place in zip(range(size - 1, 0, -1), places):
            shuffled[last], shuffled[place] = shuffled[place], shuffled[last]
        return np.array(shuffled, dtype=items.dtype)


def scramble(state: np.ndarray) -> np.ndarray:
    """mulberry32's output for states; uint32 to uint32."""
    with np.errstate(over="ignore"):
        z = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        z ^= z + (z ^ (z >> np.uint32(7))) * (z | np.uint32(61))
        return z ^ (z >> np.uint32(14))


def seeded_states(samples: np.ndarray, *seeds: int) -> np.ndarray:
    """The states of ``Random(*seeds, sample)`` for many samples; uint32."""
    before = 0
    for seed in seeds:
        before = _mix((before ^ _mix(seed & MASK)) + 0x9E3779B9)
    with np.errstate(over="ignore"):
        hashed = np.uint32(before) ^ _mix_many(samples.astype(np.uint32))
        return _mix_many(hashed + np.uint32(0x9E3779B9))


def uniforms_of(states: np.ndarray, count: int) -> np.ndarray:
    """The first ``count`` numbers of each state: float64 ``[states, count]``."""
    with np.errstate(over="ignore"):
        steps = np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
        return scramble(states[:, None] + steps[None, :]) / 2.0**32


def _mix(value: int) -> int:
    """The finalizer of MurmurHash3."""
    h = value & MASK
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
    return h ^ (h >> 16)


def _mix_many(values: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        h = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


LARGEST_SEQUENCE = 1 << 22
"""Longer sequences than this would take Python seconds each; they come from NumPy's generator, seeded alike."""


def initial_values(initializer: Initializer, shape: Sequence[int], seed: int, name: str) -> np.ndarray:
    """float32, flat. The same bits as the embedded trainer's for all but the largest parameters."""
    count = math.prod(shape)
    if initializer.kind == "constant":
        return np.full(count, initializer.number, dtype=np.float32)
    is_normal = initializer.kind == "normal"
    numbers = _fractions(f"{seed} {name}", count * (2 if is_normal else 1))
    if is_normal:
        # Box and Muller 1958.
        radius = np.sqrt(-2 * np.log(1 - numbers[0::2]))
        return (initializer.number * (radius * np.cos(2 * np.pi * numbers[1::2]))).astype(np.float32)
    return (initializer.number * (2 * numbers - 1)).astype(np.float32)


def _fractions(text: str, count: int) -> np.ndarray:
    """float64 in [0, 1): sfc32 by Chris Doty-Humphrey, seeded with four FNV-1a hashes and warmed up by twelve rounds."""
    state = [_fnv1a(f"{index} {text}") for index in range(4)]
    if count > LARGEST_SEQUENCE:
        return np.random.Generator(np.random.PCG64(state)).random(count)
    return np.array(_sfc32(state, count + 12)[12:], dtype=np.float64) / 2.0**32


def _sfc32(state: List[int], count: int) -> List[int]:
    a, b, c, counter = state
    results = [0] * count
    for index in range(count):
        result = (a + b + counter) & MASK
        counter += 1
        a = b ^ (b >> 9)
        b = (c * 9) & MASK
        c = (((c << 21) | (c >> 11)) + result) & MASK
        results[index] = result
    return results


def _fnv1a(text: str) -> int:
    """32 bits, over UTF-16 code units."""
    value = 0x811C9DC5
    units = text.encode("utf-16-le")
    for index in range(0, len(units), 2):
        value = ((value ^ (units[index] | units[index + 1] << 8)) * 0x01000193) & MASK
    return value
