"""The scheme's optimizers are PyTorch's; what they keep for a parameter has the names of the embedded trainer's checkpoints."""

from __future__ import annotations

import inspect
from typing import Any, Dict, Iterable, Mapping

import torch
from torch import Tensor, nn

from .network import Network
from .scheme import Optimizer
from .weights import collect, distribute

SLOTS: Mapping[str, Mapping[str, str]] = {
    "adam": {"first_moment": "exp_avg", "second_moment": "exp_avg_sq"},
    "adamw": {"first_moment": "exp_avg", "second_moment": "exp_avg_sq"},
    "sgd": {"velocity": "momentum_buffer"},
    "momentum": {"velocity": "momentum_buffer"},
    "rmsprop": {"square_average": "square_avg", "velocity": "momentum_buffer"},
    "adagrad": {"square_sum": "sum"},
}


def make_optimizer(settings: Optimizer, parameters: Iterable[nn.Parameter], rate: float) -> torch.optim.Optimizer:
    trained = [parameter for parameter in parameters if parameter.requires_grad]
    decay: Dict[str, Any] = {"lr": rate, "weight_decay": settings.weight_decay}
    if settings.type in ("adam", "adamw"):
        kind = torch.optim.Adam if settings.type == "adam" else torch.optim.AdamW
        betas = (settings.beta_1, settings.beta_2)
        return kind(trained, betas=betas, eps=settings.epsilon, **decay, **_fused(kind, trained))
    if settings.type == "rmsprop":
        momentum = settings.momentum
        return torch.optim.RMSprop(trained, alpha=settings.beta_2, eps=settings.epsilon, momentum=momentum, **decay)
    if settings.type == "adagrad":
        return torch.optim.Adagrad(trained, eps=settings.epsilon, **decay)
    return torch.optim.SGD(trained, momentum=settings.momentum, **decay, **_fused(torch.optim.SGD, trained))


def _fused(kind: type, parameters: Iterable[nn.Parameter]) -> Mapping[str, Any]:
    """One kernel for all parameters, where this PyTorch has it for the parameters' device."""
    devices = {parameter.device.type for parameter in parameters}
    is_known = "fused" in inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    return {"fused": True} if is_known and devices in _DEVICES_WITH_FUSED else {}


_DEVICES_WITH_FUSED = ({"cuda"},)


def slots_of(settings: Optimizer) -> Mapping[str, str]:
    """Names in checkpoints to names in PyTorch."""
    has_velocity = settings.momentum > 0
    return {name: key for name, key in SLOTS[settings.type].items() if name != "velocity" or has_velocity}


def collect_slots(network: Network, optimizer: torch.optim.Optimizer, settings: Optimizer) -> Dict[str, Tensor]:
    """``<parameter>:<slot>``, float32 on the CPU; zeros for what has had no gradient yet."""
    found = {}
    trainable = _trainable_names(network)
    for slot, key in slots_of(settings).items():

        def value_of(tensor: Tensor, key: str = key) -> Tensor:
            state = optimizer.state.get(tensor, {})
            value = state.get(key)
            return torch.zeros_like(tensor) if value is None else value

        for name, value in collect(network, value_of).items():
            if name in trainable:
                found[f"{name}:{slot}"] = value
    return found


def load_slots(
    network: Network, optimizer: torch.optim.Optimizer, settings: Optimizer, values: Mapping[str, Tensor], step: int
) -> None:
    """The way back; ``step`` is how many steps have been made."""
    states: Dict[Tensor, Dict[str, Any]] = {}
    for slot, key in slots_of(settings).items():
        named = {name.rsplit(":", 1)[0]: value for name, value in values.items() if name.endswith(f":{slot}")}

        def take(parameter: Tensor, value: Tensor, key: str = key) -> None:
            shaped = value.reshape(parameter.shape).to(parameter.device, parameter.dtype)
            states.setdefault(parameter, {})[key] = shaped.contiguous()

        distribute(network, named, take)
    for parameter, state in states.items():
        if parameter.requires_grad:
            counted = {} if settings.type in ("sgd", "momentum") else {"step": torch.tensor(float(step))}
            optimizer.state[parameter] = {**counted, **state}
    # Brings every entry to where this optimizer wants it.
    optimizer.load_state_dict(optimizer.state_dict())


def _trainable_names(network: Network) -> set[str]:
    buffers = {"running_mean", "running_variance"}
    return {name for name, _, role in network.parameter_roles() if role not in buffers}
