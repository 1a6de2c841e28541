"""Exports the networks of schemes, as the PyTorch trainer builds them, with PyTorch's two ONNX exporters.

    match_networks.py FOLDER SCHEMES [--all]

SCHEMES is a file with a JSON object of schemes by name; writes FOLDER/<name>.as_intended.<exporter>.onnx, every fourth by
the dynamo exporter, which is slow, with `--all` all by every exporter in every opset, and prints each name.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "trainer"))

import torch
from matchdown_trainer.network import Network
from matchdown_trainer.scheme import read_scheme
from torch import nn

from match_exports import quiet
from match_layers import EXPORTERS, export


def main(folder, schemes, mode=""):
    quiet()
    for index, (name, scheme) in enumerate(json.loads(Path(schemes).read_text()).items()):
        torch.manual_seed(0)
        parsed = read_scheme(json.dumps(scheme))
        network = Network(parsed).eval()
        randomize(network)
        sample = sample_of(parsed.data)
        for exporter in EXPORTERS if mode == "--all" else ["dyn20" if index % 4 == 1 else "ts17"]:
            file = f"{name}.as_intended.{exporter}.onnx"
            with torch.no_grad():
                export(network, sample, os.path.join(folder, file), exporter)
            print(file, flush=True)


def sample_of(data):
    shape = (2, *data.sample_dims)
    return torch.randint(0, data.vocabulary, shape) if data.vocabulary is not None else torch.randn(shape)


def randomize(network):
    """As after training: no value as it was at the start."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.3)
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 1.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
