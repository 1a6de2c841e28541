"""A network's parameters by their names in the scheme, in the scheme's layout: values, gradients, moments."""

from __future__ import annotations

from typing import Callable, Dict, Mapping, Optional, Set

import numpy as np
import torch
from torch import Tensor

from .errors import InputError
from .network import Network
from .operations import Operation
from .randomness import initial_values
from .text import shape_text, t


def initialize(network: Network, seed: int) -> None:
    """The same values as the embedded trainer's: each parameter has its own random sequence, seeded by its name."""
    initializers = network.initializers()
    values = {}
    for name, operation, role in network.parameter_roles():
        shape = operation.role_shape(role)
        numbers = initial_values(initializers[name], shape, seed, name)
        values[name] = torch.from_numpy(numbers).reshape(tuple(shape))
    load(network, values)


def collect(network: Network, of: Callable[[Tensor], Tensor] = lambda tensor: tensor) -> Dict[str, Tensor]:
    """Float32 tensors on the CPU by the scheme's names; ``of`` gives what is wanted of a parameter or buffer."""
    found = {}
    for name, operation, role in network.parameter_roles():

        def value_of(part: str, operation: Operation = operation) -> Tensor:
            return of(operation.get_parameter_or_buffer(part)).detach()

        found[name] = operation.pack(role, value_of).to("cpu", torch.float32, copy=True).contiguous()
    return found


def load(network: Network, values: Mapping[str, Tensor]) -> None:
    """Takes over the values by the scheme's names; what is not among them stays as it is."""
    distribute(network, values, lambda parameter, value: parameter.copy_(value.reshape(parameter.shape)))


def demand_fit(
    network: Network, values: Mapping[str, Tensor | np.ndarray], file: object, slots: Optional[Set[str]] = None
) -> None:
    """
    Throws ``InputError`` where a checkpoint is not one of this network, or, with the names of what its optimizer keeps, not of
    this optimizer: somebody has changed the scheme meanwhile, or brought the checkpoint from another run.
    """
    for name, operation, role in network.parameter_roles():
        shape = tuple(operation.role_shape(role))
        found = tuple(values[name].shape) if name in values else None
        if found == shape:
            continue
        sizes = [shape_text(each) for each in (found or (), shape)]
        problem = (
            t("The checkpoint is of another network: it has no {0}.", name)
            if found is None
            else t("The checkpoint is of another network: {0} is {1} there, and {2} in the scheme.", name, *sizes)
        )
        raise InputError(file, problem, t("Restore scheme.json in the run's folder, or start a new run."))
    parameters = {name for name, _, _ in network.parameter_roles()}
    if slots is not None and set(values) - parameters != slots:
        step = t("Restore scheme.json in the run's folder, or start a new run.")
        raise InputError(file, t("The checkpoint is of another network or optimizer."), step)


def distribute(network: Network, values: Mapping[str, Tensor], take: Callable[[Tensor, Tensor], object]) -> None:
    """Calls ``take`` with every parameter or buffer of PyTorch's that a value belongs to, and its part of the value."""
    with torch.no_grad():
        for name, operation, role in network.parameter_roles():
            if name not in values:
                continue
            shaped = values[name].reshape(tuple(operation.role_shape(role)))
            for part, value in operation.unpack(role, shaped).items():
                take(operation.get_parameter_or_buffer(part), value)
