"""Exports the networks of the corpus from PyTorch, as intended and with single deliberate deviations.

    torch_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.<exporter>.onnx, and prints each name. Needs the
packages of the tests alone.
"""

import json
import os
import sys

import torch

from deviations import deviations
from exporting import export_all, told, write_scheme
from networks import NETWORKS
from torch_networks import Network, randomize

EXPORTERS = {"ts11": ("ts", 11), "ts13": ("ts", 13), "ts17": ("ts", 17), "dyn18": ("dyn", 18), "dyn20": ("dyn", 20)}
ALL = ["ts13", "ts17", "dyn18", "dyn20"]


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, NETWORKS[name], index))


def export_network(folder, name, scheme, index):
    write_scheme(folder, name, scheme)
    for turn, exporter in enumerate(ALL):
        write(folder, f"{name}.as_intended", scheme, exporter, turn + index)
    for turn, (variant, other) in enumerate(deviations(scheme)):
        write(folder, f"{name}.{variant}", other, ["ts17", "dyn20", "ts13"][(turn + index) % 3], turn)
    if index % 4 == 0:
        write(folder, f"{name}.float64", scheme, "ts17", index, torch.float64)
    # The dynamo exporter folds a batch normalization in training mode too: without a dropout it exports what was intended.
    for exporter, key in (("ts17", "batch_normalization"), ("dyn20", "dropout")):
        if f'"{key}"' in json.dumps(scheme):
            write(folder, f"{name}.train", scheme, exporter, index, train=True)


def write(folder, title, scheme, exporter, style, dtype=torch.float32, train=False):
    file = f"{title}.{exporter}.onnx"
    torch.manual_seed(0)
    with told(file):
        model = Network(scheme, style).eval()
        randomize(model)
        export(model.to(dtype), os.path.join(folder, file), *EXPORTERS[exporter], train)


def export(model, file, kind, opset, train=False, names={"input_names": ["input"], "output_names": ["output"]}):
    sample = model.example(2)
    if sample.is_floating_point():
        sample = sample.to(next(model.parameters()).dtype)
    model.train(train)
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        if kind == "ts":
            axes = {"input": {0: "batch"}, "output": {0: "batch"}}
            mode = torch.onnx.TrainingMode.TRAINING if train else torch.onnx.TrainingMode.EVAL
            torch.onnx.export(model, (sample,), file, dynamo=False, opset_version=opset, dynamic_axes=axes,
                              training=mode, do_constant_folding=not train, **names)
        else:
            batch = {0: torch.export.Dim("batch")}
            torch.onnx.export(model, (sample,), file, dynamo=True, opset_version=opset, dynamic_shapes=(batch,),
                              external_data=False, **names)
    finally:
        sys.stdout = stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
