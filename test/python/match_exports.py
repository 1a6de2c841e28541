"""Exports small networks with PyTorch's two ONNX exporters, as intended and with single deliberate deviations.

    match_exports.py FOLDER [--all]

writes FOLDER/<network>.<variant>.<exporter>.onnx, with `--all` by every exporter in every opset, and prints each name.
"""

import logging
import os
import sys
import warnings

import torch
from torch import nn
from torch.nn import functional as F

EXPORTERS = {"ts11": ("ts", 11), "ts13": ("ts", 13), "ts17": ("ts", 17), "dyn18": ("dyn", 18), "dyn20": ("dyn", 20)}
NEWEST = ["ts17", "dyn20"]


class Sample(nn.Module):
    """The talk's sample network."""

    def __init__(self, variant):
        super().__init__()
        kernel = 5 if variant == "kernel" else 3
        channels = 48 if variant == "channel" else 64
        first = self.convolution_set(1, channels, variant, kernel, 2 if variant == "stride" else 1)
        second = self.convolution_set(channels, 128, variant)
        if variant == "swapped":
            first, second = self.convolution_set(1, 128, variant), self.convolution_set(128, 64, variant)
        layers = [first] if variant == "missing" else [first, second]
        if variant == "extra":
            layers.insert(1, nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.LeakyReLU()))
        self.features = nn.Sequential(*layers)
        self.head = nn.LazyLinear(3, bias=variant != "head_without_bias")
        self.variant = variant

    @staticmethod
    def convolution_set(inputs, outputs, variant, kernel=3, stride=1):
        activation = nn.ReLU() if variant == "relu" else nn.LeakyReLU(0.2 if variant == "alpha" else 0.01)
        pool = nn.MaxPool2d(3 if variant == "pool_size" else 2, 2, ceil_mode=variant != "pool_floor")
        if variant == "average":
            pool = nn.AvgPool2d(2, 2, ceil_mode=True)
        padding = 0 if variant == "valid" else kernel // 2
        parts = [nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs), activation, pool]
        if variant == "without_activation":
            parts.pop(2)
        if variant == "without_pool":
            parts.pop(3)
        if variant == "pool_first":
            parts = [parts[0], parts[1], parts[3], parts[2]]
        if variant == "activation_first":
            parts = [parts[0], parts[2], parts[1], parts[3]]
        return nn.Sequential(*parts, nn.Dropout(0.7))

    def forward(self, x):
        x = self.features(x)
        if self.variant == "view":
            x = x.view(x.size(0), -1)
        elif self.variant == "reshape":
            x = x.reshape(-1, x.shape[1] * x.shape[2] * x.shape[3])
        elif self.variant == "mean":
            x = x.mean((2, 3))
        else:
            x = torch.flatten(x, 1)
        x = self.head(x)
        return torch.softmax(x, 1) if self.variant == "softmax" else x


class SampleSame(Sample):
    """With padding='same', which TorchScript writes as auto_pad."""

    @staticmethod
    def convolution_set(inputs, outputs, variant, kernel=3, stride=1):
        parts = Sample.convolution_set(inputs, outputs, variant, kernel, stride)
        parts[0] = nn.Conv2d(inputs, outputs, kernel, padding="same")
        return parts


class SampleNormalized(Sample):
    """With the min-max normalisation in the graph."""

    def forward(self, x):
        low, high = (10.0, 10.0) if self.variant == "normalization_without_range" else (10.0, 250.0)
        return super().forward((x - low) / max(high - low, 1.0))


class Vgg(nn.Module):
    def __init__(self, variant):
        super().__init__()
        parts = []
        channels = 3
        for block, size in enumerate((8, 16)):
            for index in range(2):
                if variant == "missing" and block == 1 and index == 1:
                    continue
                parts += [nn.Conv2d(channels, size, 3, padding=1), nn.ReLU()]
                channels = size
            if variant == "zero_pad" and block == 0:
                parts[-4] = nn.Sequential(nn.ZeroPad2d(1), nn.Conv2d(3, 8, 3))
            parts.append(nn.MaxPool2d(2))
        if variant == "extra":
            parts.append(nn.Conv2d(16, 16, 1))
        if variant == "bias":
            parts[2] = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        if variant == "dilation":
            parts[2] = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.features = nn.Sequential(*parts)
        self.classifier = nn.Sequential(nn.Linear(16 * 16, 24 if variant != "unit" else 20), nn.ReLU(), nn.Dropout(0.5))
        self.head = nn.Linear(24 if variant != "unit" else 20, 5)

    def forward(self, x):
        return self.head(self.classifier(torch.flatten(self.features(x), 1)))


class Residual(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.variant = variant
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.one = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.two = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
        self.down = nn.Sequential(nn.Conv2d(8, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.up = nn.Sequential(nn.Conv2d(16, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16))
        self.short = nn.Sequential(nn.Conv2d(8, 16, 1, 2, bias=False), nn.BatchNorm2d(16))
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = self.stem(x)
        branch = self.two(self.one(x))
        if self.variant == "without_shortcut":
            x = F.relu(branch)
        elif self.variant == "product":
            x = F.relu(branch * x)
        elif self.variant == "other_shortcut":
            x = F.relu(branch + self.one(x))
        else:
            x = F.relu(x + branch if self.variant == "operands" else branch + x)
        short = self.short(x)
        x = F.relu(self.up(self.down(x)) + short)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1) if self.variant != "mean" else x.mean((2, 3))
        return self.head(x)


class Branches(nn.Module):
    def __init__(self, variant):
        super().__init__()
        self.variant = variant
        self.left = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU())
        self.right = nn.Sequential(nn.Conv2d(3, 6, 5 if variant == "kernel" else 3, padding="same"), nn.ReLU())
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(3, 4, 1), nn.ReLU())
        self.after = nn.Sequential(nn.Conv2d(14, 8, 3), nn.ReLU())
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        parts = [self.left(x), self.right(x), self.pooled(x)]
        if self.variant == "order":
            parts = [parts[1], parts[0], parts[2]]
        x = self.after(torch.cat(parts, 1))
        return self.head(torch.amax(x, (2, 3)) if self.variant == "max" else F.adaptive_avg_pool2d(x, 1).flatten(1))


class Grouped(nn.Module):
    def __init__(self, variant):
        super().__init__()
        depthwise = 8 if variant != "groups" else 4
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(),
            nn.Conv2d(8, 8, 3, 1, 1, groups=depthwise, bias=False), nn.BatchNorm2d(8),
            nn.ReLU() if variant == "relu" else nn.ReLU6(),
            nn.Conv2d(8, 12, 1), nn.ReLU6(),
            nn.Conv2d(12, 12, 3, 2, 1, groups=4), nn.ReLU6(),
        )
        self.head = nn.Linear(12 * 16, 3)

    def forward(self, x):
        return self.head(torch.flatten(self.body(x), 1))


class Mlp(nn.Module):
    def __init__(self, variant):
        super().__init__()
        act = {"sigmoid": nn.Sigmoid()}.get(variant, nn.Tanh())
        bias = variant != "bias"
        self.body = nn.Sequential(
            nn.Linear(12, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(16, 8, bias=bias), act,
            *([nn.Linear(8, 8), nn.Tanh()] if variant == "extra" else []),
        )
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.body(x))


class Zoo(nn.Module):
    """Every activation once."""

    def __init__(self, variant):
        super().__init__()
        activations = [
            nn.SiLU(), nn.GELU("tanh" if variant == "gelu_tanh" else "none"), nn.Hardswish(),
            nn.ELU(0.5 if variant == "elu" else 1.0), nn.SELU(),
            nn.ReLU6(), nn.Softplus(beta=2.0 if variant == "softplus" else 1.0), nn.Sigmoid(), nn.Tanh(), nn.LeakyReLU(),
        ]
        if variant == "silu":
            activations[0] = nn.Sigmoid()
        if variant == "order":
            activations[7], activations[8] = activations[8], activations[7]
        self.body = nn.Sequential(*[part for a in activations for part in (nn.Conv2d(4, 4, 1), a)])
        self.head = nn.Linear(4 * 64, 3)

    def forward(self, x):
        return self.head(torch.flatten(self.body(x), 1))


class Averages(nn.Module):
    def __init__(self, variant):
        super().__init__()
        padding = 1 if variant == "count_padding" else 0
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.ELU(), nn.AvgPool2d(2, padding=padding),
            nn.Conv2d(6, 8, 3), nn.ELU(), nn.AvgPool2d(3, 3) if variant != "max" else nn.MaxPool2d(3, 3),
            nn.AdaptiveAvgPool2d(2),
        )
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        return self.head(torch.flatten(self.body(x), 1))


class Preactivation(nn.Module):
    """Batch normalization that stands alone."""

    def __init__(self, variant):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.MaxPool2d(2),
            nn.BatchNorm2d(8, eps=1e-3 if variant == "epsilon" else 1e-5), nn.ReLU(),
            nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(),
        )
        if variant == "missing":
            self.body.pop(2)
        self.head = nn.Linear(8 * 64, 3)

    def forward(self, x):
        return self.head(torch.flatten(self.body(x), 1))


NETWORKS = {
    "sample": (Sample, (1, 30, 30), ["view", "reshape", "softmax", "pool_first", "train"],
               ["kernel", "relu", "alpha", "missing", "extra", "channel", "stride", "swapped", "pool_size", "pool_floor",
                "average", "valid", "without_activation", "without_pool", "activation_first", "mean",
                "head_without_bias"]),
    "sample_same": (SampleSame, (1, 30, 30), [], []),
    "sample_normalized": (SampleNormalized, (1, 30, 30), [], []),
    "vgg": (Vgg, (3, 16, 16), ["zero_pad"], ["missing", "extra", "bias", "dilation", "unit"]),
    "residual": (Residual, (3, 16, 16), ["operands", "mean"], ["without_shortcut", "product", "other_shortcut"]),
    "branches": (Branches, (3, 12, 12), [], ["kernel", "order", "max"]),
    "grouped": (Grouped, (3, 16, 16), [], ["groups", "relu"]),
    "mlp": (Mlp, (12,), [], ["sigmoid", "extra", "bias"]),
    "zoo": (Zoo, (4, 8, 8), [], ["gelu_tanh", "elu", "softplus", "silu", "order"]),
    "averages": (Averages, (3, 16, 16), [], ["max", "count_padding"]),
    "preactivation": (Preactivation, (3, 16, 16), [], ["epsilon", "missing"]),
}


def main(folder, mode=""):
    quiet()
    for name, (network, shape, alike, deviating) in NETWORKS.items():
        for variant, exporters in plan(name, alike, deviating, mode == "--all"):
            torch.manual_seed(0)
            model = network(variant)
            model.eval()(torch.zeros(2, *shape))
            randomize(model)
            for exporter in exporters:
                file = f"{name}.{variant}.{exporter}.onnx"
                export(model, shape, os.path.join(folder, file), exporter, variant == "train")
                print(file, flush=True)


def plan(name, alike, deviating, everything):
    """Alike ones by both exporters, the sample in every opset; deviating ones by one exporter in turn."""
    wide = everything or name == "sample"
    yield "as_intended", list(EXPORTERS) if wide else NEWEST
    for variant in alike:
        yield variant, list(EXPORTERS) if everything else NEWEST
    for index, variant in enumerate(deviating):
        yield variant, NEWEST if everything else [NEWEST[index % 2]]


def randomize(model):
    """As after training: no statistics at their first values, no bias of zeros."""
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.3)


def export(model, shape, file, exporter, train):
    kind, opset = EXPORTERS[exporter]
    sample = (torch.randn(2, *shape),)
    names = {"input_names": ["input"], "output_names": ["output"]}
    model.train(train)
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        if kind == "ts":
            mode = torch.onnx.TrainingMode.TRAINING if train else torch.onnx.TrainingMode.EVAL
            axes = {"input": {0: "batch"}, "output": {0: "batch"}}
            torch.onnx.export(model, sample, file, dynamo=False, opset_version=opset, dynamic_axes=axes,
                              training=mode, do_constant_folding=not train, **names)
        else:
            batch = {0: torch.export.Dim("batch")}
            torch.onnx.export(model, sample, file, dynamo=True, opset_version=opset, dynamic_shapes=(batch,),
                              external_data=False, **names)
    finally:
        sys.stdout = stdout
        model.eval()


def quiet():
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)


if __name__ == "__main__":
    main(*sys.argv[1:])
