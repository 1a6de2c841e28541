"""Exports small networks with PyTorch and quantises them with ONNX Runtime: to measured ranges, and dynamically.

    match_quantized.py FOLDER

writes FOLDER/<network>.<variant>.<way>.onnx and prints each name; the networks are those of match_exports.py and
match_layers.py.
"""

import logging
import os
import sys
import tempfile

import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

import match_exports
import match_layers

WAYS = ["fixed", "channels", "dynamic", "operators"]
PLANS = {
    "vgg": (["as_intended", "missing", "dilation", "unit"], WAYS),
    "residual": (["as_intended", "without_shortcut"], WAYS),
    "grouped": (["as_intended", "relu"], ["fixed", "operators"]),
    "mlp": (["as_intended", "sigmoid"], WAYS),
    "lstm": (["as_intended", "unit"], ["fixed", "dynamic"]),
    "transformer": (["as_intended", "norm_last"], WAYS),
}


class Samples(CalibrationDataReader):
    def __init__(self, name, values):
        self.values = iter([{name: value.numpy()} for value in values])

    def get_next(self):
        return next(self.values, None)


def main(folder):
    match_exports.quiet()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as work:
        for name, (variants, ways) in PLANS.items():
            for variant in variants:
                source = os.path.join(work, "model.onnx")
                values = exported(name, variant, source)
                deviating = [ways[0], ways[-1]] if ways[-1] != "dynamic" else ways
                for way in ways if variant == "as_intended" else deviating:
                    file = f"{name}.{variant}.{way}.onnx"
                    quantize(source, os.path.join(folder, file), way, values)
                    print(file, flush=True)


def exported(name, variant, file):
    """Writes the network and returns the values to measure ranges with."""
    torch.manual_seed(0)
    if name in match_layers.NETWORKS:
        network, sample, _ = match_layers.NETWORKS[name]
        model = network(variant).eval()
        match_layers.randomize(model)
        match_layers.export(model, sample, file, "ts17")
        return [torch.randint(0, 11, sample.shape) for _ in range(16)]
    network, shape, *_ = match_exports.NETWORKS[name]
    model = network(variant).eval()
    model(torch.zeros(2, *shape))
    match_exports.randomize(model)
    match_exports.export(model, shape, file, "ts17", False)
    return [torch.randn(4, *shape) for _ in range(16)]


def quantize(source, file, way, values):
    if way == "dynamic":
        quantize_dynamic(source, file)
        return
    samples = Samples(onnx.load(source).graph.input[0].name, values)
    form = QuantFormat.QOperator if way == "operators" else QuantFormat.QDQ
    quantize_static(source, file, samples, quant_format=form, per_channel=way == "channels",
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
