"""Where a run computes, and how: the device, the numbers' type, the layout."""

from __future__ import annotations

import contextlib
import inspect
import os
import platform
from dataclasses import dataclass
from typing import Any, ContextManager, Dict, Optional

import torch

from .errors import InputError
from .settings import Settings
from .text import t


@dataclass(frozen=True)
class Compute:
    device: torch.device
    autocast_dtype: Optional[torch.dtype]
    """What matrix products are computed in; parameters, losses and statistics stay float32."""
    channels_last: bool

    def autocast(self) -> ContextManager[Any]:
        if self.autocast_dtype is None:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=self.autocast_dtype)

    def describe(self) -> str:
        precision = "bfloat16" if self.autocast_dtype is not None else "float32"
        if self.device.type == "cuda":
            return f"{torch.cuda.get_device_name(self.device)}, {precision}"
        threads = t("threads: {0}", torch.get_num_threads())
        return (
            f"{self.device.type}, {precision}, {threads}"
            if self.device.type == "cpu"
            else f"{self.device.type}, {precision}"
        )


def choose_compute(settings: Settings, local_rank: int, has_images: bool) -> Compute:
    device = _choose_device(settings, local_rank)
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.backends.cudnn.benchmark = not settings.deterministic
    if device.type == "cpu" and settings.threads:
        torch.set_num_threads(settings.threads)
    if settings.deterministic:
        # cuBLAS asks for this before it computes the same bits twice.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)
    return Compute(device, _autocast_dtype(settings, device), has_images and device.type in ("cuda", "cpu"))


def visible_gpus(settings: Settings) -> int:
    return 0 if settings.gpus == "none" else torch.cuda.device_count()


def versions() -> Dict[str, str]:
    """For the run's record."""
    import numpy

    found = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
        found["cudnn"] = str(torch.backends.cudnn.version())
    return found


def _choose_device(settings: Settings, local_rank: int) -> torch.device:
    if settings.gpus == "none":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", local_rank % torch.cuda.device_count())
    if settings.gpus is not None:
        problem = t("GPU {0} was asked for, and PyTorch finds none.", settings.gpus)
        raise InputError("MATCHDOWN_GPUS", problem, t('"targets check" says what it finds.'))
    mps = getattr(torch.backends, "mps", None)
    return torch.device("mps" if mps is not None and mps.is_available() else "cpu")


def _autocast_dtype(settings: Settings, device: torch.device) -> Optional[torch.dtype]:
    if settings.precision == "bfloat16":
        return torch.bfloat16
    is_worth_it = settings.precision == "auto" and device.type == "cuda" and not settings.deterministic
    return torch.bfloat16 if is_worth_it and _computes_bfloat16() else None


def _computes_bfloat16() -> bool:
    """By itself: what older GPUs (before Ampere) emulate is slower than float32."""
    known = inspect.signature(torch.cuda.is_bf16_supported).parameters
    return torch.cuda.is_bf16_supported(**({"including_emulation": False} if "including_emulation" in known else {}))
