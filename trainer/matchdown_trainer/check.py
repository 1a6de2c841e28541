"""``python -m matchdown_trainer --check``: what there is to train with, as JSON."""

from __future__ import annotations

import importlib.util
import json
import platform
import subprocess
import sys
from typing import Any, Dict, List

from .text import t


def report() -> Dict[str, Any]:
    """
    ``python``, ``torch`` (or ``problems``), ``cuda``, ``mps``, ``gpus`` (index, name, memoryTotal, memoryUsed, utilization in
    percent, free; memory in bytes), ``packages`` and ``problems``: message and next step.
    """
    found: Dict[str, Any] = {"python": platform.python_version(), "gpus": [], "problems": []}
    found["packages"] = {name: importlib.util.find_spec(name) is not None for name in ("PIL", "onnxscript", "onnx")}
    try:
        import numpy
        import torch
    except ImportError as error:
        problem = t("This Python ({0}) has no {1}.", sys.executable, error.name)
        found["problems"].append({"message": problem, "nextStep": f"python -m pip install {error.name}"})
        return found
    found["torch"], found["numpy"] = torch.__version__, numpy.__version__
    found["cuda"] = torch.version.cuda if torch.cuda.is_available() else None
    mps = getattr(torch.backends, "mps", None)
    found["mps"] = bool(mps is not None and mps.is_available())
    found["distributed"] = torch.distributed.is_available()
    found["gpus"] = gpus(torch)
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) < (1, 13):
        problem = t("PyTorch {0} is older than 1.13.", torch.__version__)
        found["problems"].append({"message": problem, "nextStep": "python -m pip install --upgrade torch"})
    return found


def gpus(torch: Any) -> List[Dict[str, Any]]:
    """nvidia-smi's view, which knows of other people's work; PyTorch's where there is none."""
    found = parse_nvidia_smi(_nvidia_smi())
    if found or not torch.cuda.is_available():
        return found
    return [_as_pytorch_sees_it(torch, index) for index in range(torch.cuda.device_count())]


def parse_nvidia_smi(text: str) -> List[Dict[str, Any]]:
    """A GPU is free that has next to nothing in its memory and does next to nothing, as far as it is told."""
    found = []
    for line in text.strip().splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 5 or not fields[0].isdigit():
            continue
        index, name, total, used, utilization = fields
        total_bytes, used_bytes = _number(total) * 2**20, _number(used) * 2**20
        share = _number(utilization)
        found.append(
            {
                "index": int(index),
                "name": name,
                "memoryTotal": total_bytes,
                "memoryUsed": used_bytes,
                "utilization": share,
                "free": total_bytes > 0 and used_bytes < max(0.05 * total_bytes, 600 * 2**20) and share < 10,
            }
        )
    return found


def _nvidia_smi() -> str:
    query = "--query-gpu=index,name,memory.total,memory.used,utilization.gpu"
    try:
        done = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=15,
        )
        return done.stdout if done.returncode == 0 else ""
    except (OSError, subprocess.SubprocessError):
        return ""


def _number(text: str) -> float:
    """0 where nvidia-smi says "[N/A]"."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def _as_pytorch_sees_it(torch: Any, index: int) -> Dict[str, Any]:
    free, total = torch.cuda.mem_get_info(index)
    name = torch.cuda.get_device_name(index)
    used = total - free
    is_free = used < max(0.05 * total, 600 * 2**20)
    return {
        "index": index,
        "name": name,
        "memoryTotal": total,
        "memoryUsed": used,
        "utilization": None,
        "free": is_free,
    }


def main() -> int:
    print(json.dumps(report(), indent=2))
    return 0
