"""``model.onnx``: the network as it computes after training, normalization included, by PyTorch's own exporters."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import logging
import sys
import tempfile
import types
import warnings
from pathlib import Path
from typing import Any, Iterator, Mapping

import torch
from torch import Tensor

from .errors import InputError
from .files import write_atomically
from .network import Network
from .protobuf import MessageWriter
from .scheme import DataSection
from .text import t

OPSETS = {"torchscript": 17, "dynamo": 20}


def write_model(
    file: Path, network: Network, data: DataSection, metadata: Mapping[str, str], exporter: str = "auto"
) -> None:
    """
    Writes ``input`` ``[batch, *sample_dims]`` to ``output`` ``[batch, label_dim]``, with the metadata as ``metadata_props``. The
    network is left in the mode that it was in. Throws ``InputError`` where no exporter can be used.
    """
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad(), _quiet():
            model = _exported(network, _sample(network, data), exporter)
    finally:
        network.train(was_training)
    write_atomically(file, model + _metadata_props(metadata))


def _sample(network: Network, data: DataSection) -> Tensor:
    """Two samples, so that no exporter takes the batch for a constant."""
    parameter = next(network.parameters(), torch.empty(0))
    dtype = torch.int64 if data.vocabulary is not None else torch.float32
    return torch.zeros((2, *data.sample_dims), dtype=dtype, device=parameter.device)


def _exported(network: Network, sample: Tensor, exporter: str) -> bytes:
    if exporter == "dynamo":
        return _by_dynamo(network, sample)
    try:
        return _by_torchscript(network, sample)
    except Exception:
        if exporter == "torchscript" or not _is_installed("onnxscript"):
            raise
        return _by_dynamo(network, sample)


def _by_torchscript(network: Network, sample: Tensor) -> bytes:
    """Needs no package but PyTorch, and is there in every version so far."""
    options: dict[str, Any] = {"dynamic_axes": {"input": {0: "batch"}, "output": {0: "batch"}}}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    stream: Any = io.BytesIO()
    with _without_onnx_package():
        torch.onnx.export(network, (sample,), stream, opset_version=OPSETS["torchscript"], **_names(), **options)
    return stream.getvalue()


def _by_dynamo(network: Network, sample: Tensor) -> bytes:
    if not _is_installed("onnxscript"):
        problem = t("PyTorch's dynamo exporter needs the package onnxscript.")
        raise InputError("MATCHDOWN_EXPORTER", problem, t('Install it, or take "torchscript".'))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        batch = torch.export.Dim("batch")
        torch.onnx.export(
            network,
            (sample,),
            str(file),
            dynamo=True,
            external_data=False,
            verbose=False,
            opset_version=OPSETS["dynamo"],
            dynamic_shapes=({0: batch},),
            **_names(),
        )
        return file.read_bytes()


def _names() -> Mapping[str, Any]:
    return {"input_names": ["input"], "output_names": ["output"]}


def _metadata_props(metadata: Mapping[str, str]) -> bytes:
    """``ModelProto.metadata_props`` (field 14) of ``onnx.proto``: repeated fields of a message may stand at its end."""
    writer = MessageWriter()
    for key, value in metadata.items():
        writer.message(14, MessageWriter().text(1, key).text(2, value))
    return writer.finish()


@contextlib.contextmanager
def _without_onnx_package() -> Iterator[None]:
    """
    From version 2.0 on the TorchScript exporter loads the package ``onnx`` to look for functions of ONNX Script in the finished
    model. There are none, so where the package is missing, an empty model stands in for what it would find.
    """
    if _is_installed("onnx"):
        yield
        return
    stand_in: Any = types.ModuleType("onnx")
    graph = types.SimpleNamespace(node=[])
    stand_in.load_model_from_string = lambda _bytes: types.SimpleNamespace(graph=graph, functions=[])
    sys.modules["onnx"] = stand_in
    try:
        yield
    finally:
        del sys.modules["onnx"]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Exporters warn about themselves, print, and log; none of it is for a reader of output.log."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _is_installed(package: str) -> bool:
    if package in sys.modules:
        return sys.modules[package] is not None
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False
