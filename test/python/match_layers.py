"""Exports one small network per layer type with PyTorch's two ONNX exporters, as intended and with deviations.

    match_layers.py FOLDER

writes FOLDER/<network>.<variant>.<exporter>.onnx and prints each name.
"""

import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

from match_exports import quiet

EXPORTERS = {"ts13": ("ts", 13), "ts17": ("ts", 17), "dyn18": ("dyn", 18), "dyn20": ("dyn", 20)}
TOKENS = torch.randint(0, 11, (2, 6), generator=torch.Generator().manual_seed(0))
PICTURE = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))


class LayerNorm(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.norm = nn.LayerNorm(8, eps=1e-3 if variant == "epsilon" else 1e-5, bias=variant != "bias")
        self.head = nn.Linear(8, 3)
        self.variant = variant

    def forward(self, x):
        x = self.embed(x)
        x = x if self.variant == "missing" else self.norm(x)
        return self.head(x.amax(1) if self.variant == "max" else x.mean(1))


class GroupNorm(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.GroupNorm(2 if variant == "groups" else 4, 8, eps=1e-3 if variant == "epsilon" else 1e-5)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(F.relu(self.norm(self.conv(x))).mean((2, 3)))


class Up(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        mode = "bilinear" if variant == "bilinear" else "nearest"
        self.up = nn.Upsample(scale_factor=3 if variant == "factor" else 2, mode=mode)
        self.back = nn.ConvTranspose2d(4, 6, 4, 1 if variant == "stride" else 2, 1, bias=variant != "bias")
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(F.relu(self.back(self.up(self.conv(x)))).mean((2, 3)))


class Transformer(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        feed_forward = 12 if variant == "feed_forward" else 16
        first = variant != "norm_last"
        self.block = nn.TransformerEncoderLayer(8, 2, feed_forward, 0.1, "gelu", batch_first=True, norm_first=first)
        self.head = nn.Linear(8, 4 if variant == "head" else 3)

    def forward(self, x):
        return self.head(self.block(self.embed(x)).mean(1))


class Sequence(nn.Module):
    def __init__(self, variant, kind):
        super().__init__()
        units = 4 if variant == "unit" else 5
        self.embed = nn.Embedding(11, 8)
        self.layer = kind(8, units, batch_first=True)
        self.head = nn.Linear(units, 3)

    def forward(self, x):
        return self.head(self.layer(self.embed(x))[0][:, -1])


NETWORKS = {
    "layernorm": (LayerNorm, TOKENS, ["epsilon", "bias", "missing", "max"]),
    "groupnorm": (GroupNorm, PICTURE, ["groups", "epsilon"]),
    "up": (Up, PICTURE, ["bilinear", "factor", "stride", "bias"]),
    "transformer": (Transformer, TOKENS, ["feed_forward", "norm_last", "head"]),
    "lstm": (lambda variant: Sequence(variant, nn.LSTM), TOKENS, ["unit"]),
    "gru": (lambda variant: Sequence(variant, nn.GRU), TOKENS, ["unit"]),
}


def main(folder):
    quiet()
    for name, (network, sample, deviating) in NETWORKS.items():
        for variant in ["as_intended", *deviating]:
            torch.manual_seed(0)
            model = network(variant).eval()
            randomize(model)
            for exporter in EXPORTERS if variant == "as_intended" else ["ts17", "dyn20"]:
                if name == "transformer" and exporter == "ts13":
                    continue
                file = f"{name}.{variant}.{exporter}.onnx"
                export(model, sample, os.path.join(folder, file), exporter)
                print(file, flush=True)


def randomize(model):
    """As after training: no bias of zeros, no scale of ones."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") or "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.3)


def export(model, sample, file, exporter):
    kind, opset = EXPORTERS[exporter]
    names = {"input_names": ["input"], "output_names": ["output"]}
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        if kind == "ts":
            axes = {"input": {0: "batch"}, "output": {0: "batch"}}
            torch.onnx.export(model, (sample,), file, dynamo=False, opset_version=opset, dynamic_axes=axes, **names)
        else:
            batch = {0: torch.export.Dim("batch")}
            torch.onnx.export(model, (sample,), file, dynamo=True, opset_version=opset, dynamic_shapes=(batch,),
                              external_data=False, **names)
    finally:
        sys.stdout = stdout


if __name__ == "__main__":
    main(*sys.argv[1:])
