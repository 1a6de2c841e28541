"""What the GPU is doing, from ``nvidia-smi``, in a thread of its own so that no step waits for it."""

from __future__ import annotations

import os
import subprocess
import threading
from typing import Dict, List, Optional

import torch

QUERY = ["nvidia-smi", "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
INTERVAL = 5.0
PATIENCE = 3
"""How often in a row nvidia-smi may fail before it is left alone: it is slow where a driver is busy."""


class GpuMonitor:
    """Means over the time since they were last asked for; nothing where there is no NVIDIA GPU."""

    def __init__(self, device: torch.device) -> None:
        self._samples: List[List[float]] = []
        self._lock = threading.Lock()
        self._device = device
        if device.type == "cuda":
            threading.Thread(target=self._watch, args=(_number_of(device),), daemon=True).start()

    def values(self) -> Dict[str, float]:
        """``gpu/utilization_percent`` and ``gpu/memory_megabytes``, and what PyTorch took of it at the most."""
        with self._lock:
            samples, self._samples = self._samples, []
        found = {}
        if samples:
            utilization, memory = (sum(column) / len(samples) for column in zip(*samples))
            found = {"gpu/utilization_percent": utilization, "gpu/memory_megabytes": memory}
        if self._device.type == "cuda":
            found["gpu/pytorch_megabytes"] = torch.cuda.max_memory_allocated(self._device) / 2**20
        return found

    def _watch(self, number: str) -> None:
        pause = threading.Event()
        failures = 0
        while failures < PATIENCE:
            sample = read_gpu(number)
            failures = failures + 1 if sample is None else 0
            if sample is not None:
                with self._lock:
                    self._samples.append(sample)
            pause.wait(INTERVAL)


def read_gpu(number: str) -> Optional[List[float]]:
    """Utilization in percent and memory in megabytes; ``None`` where nvidia-smi does not say."""
    try:
        done = subprocess.run([*QUERY, "-i", number], capture_output=True, text=True, errors="replace", timeout=10)
        utilization, memory = (float(value) for value in done.stdout.strip().splitlines()[0].split(","))
        return [utilization, memory]
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def _number_of(device: torch.device) -> str:
    """nvidia-smi counts all GPUs, PyTorch those that ``CUDA_VISIBLE_DEVICES`` names."""
    visible = [each.strip() for each in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if each.strip()]
    index = device.index or 0
    return visible[index] if index < len(visible) else str(index)
