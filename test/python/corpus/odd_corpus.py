"""Exports networks that no scheme describes by PyTorch's exporters, as intended, written in another way and with a deviation.

    odd_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.<variant>.<exporter>.onnx and prints each name. Needs the packages of the tests alone. Each network is a
function of its layers, of the variant (`as_intended`, other names in `as_`, or a deviation) and of what goes in.
"""

import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

from exporting import export_all, told
from torch_corpus import export
from torch_networks import randomize

PICTURE, SERIES, SIGNAL = (3, 12, 12), (6, 8), (12,)


def pixel_shuffle(layers, variant, x):
    x = layers["first"](x)
    if variant == "as_intended":
        return layers["last"](F.pixel_shuffle(x, 2))
    batch, channels, height, width = x.shape
    apart = (2, 2, channels // 4) if variant == "depth_first" else (channels // 4, 2, 2)
    order = (0, 3, 4, 1, 5, 2) if variant == "depth_first" else (0, 1, 4, 2, 5, 3)
    x = x.view(batch, *apart, height, width).permute(*order)
    return layers["last"](x.reshape(batch, channels // 4, height * 2, width * 2))


def channel_shuffle(layers, variant, x):
    x = layers["first"](x)
    batch, channels, height, width = x.shape
    groups = 4 if variant == "groups" else 2
    x = x.view(batch, groups, channels // groups, height, width).transpose(1, 2).reshape(batch, channels, height, width)
    return layers["head"](F.relu(x).mean((2, 3)))


def squeeze_excite(layers, variant, x):
    x = F.relu(layers["first"](x))
    weights = layers["expand"](F.relu(layers["squeeze"](x.mean((2, 3)))))
    weights = (torch.sigmoid if variant == "activation" else F.hardsigmoid)(weights)[:, :, None, None]
    return layers["head"]((x * weights).mean((2, 3)))


def dense_list(layers, variant, x):
    values = [layers["first"](x)]
    for name in ("second", "third"):
        values.append(F.relu(layers[name](torch.cat(values[::-1] if variant == "order" else values, 1))))
    if variant == "as_steps":
        return layers["head"](torch.cat([torch.cat(values[:2], 1), values[2]], 1).mean((2, 3)))
    return layers["head"](torch.cat(values, 1).mean((2, 3)))


def gated(layers, variant, x):
    root = x.pow(2).mean(-1, keepdim=True) + 1e-6
    x = (x / root.sqrt() if variant == "as_quotient" else x * torch.rsqrt(root)) * layers.scale
    gate, value = layers["gate"](x), layers["gate" if variant == "shared" else "value"](x)
    return layers["head"]((gate * torch.sigmoid(gate) if variant == "as_parts" else F.silu(gate)) * value)


def cosine(layers, variant, x):
    return F.linear(F.normalize(layers["first"](x), p=1 if variant == "norm" else 2), F.normalize(layers["last"].weight))


def bilinear(layers, variant, x):
    return F.interpolate(layers["first"](x), scale_factor=2, mode="bilinear", align_corners=variant == "corners")


def plain_recurrent(layers, variant, x):
    if variant in ("as_intended", "relu"):
        return layers["head"](layers["relu" if variant == "relu" else "tanh"](x)[0][:, -1])
    state = x.new_zeros(x.shape[0], 5)
    for place in reversed(range(x.shape[1])) if variant == "reversed" else range(x.shape[1]):
        both = layers["beside"](torch.cat([x[:, place], state], 1))
        state = torch.tanh(both) if variant == "as_beside" else layers["cell"](x[:, place], state)
    return layers["head"](state)


def both_directions(layers, variant, x):
    if variant == "as_intended":
        return layers["head"](layers["both"](x)[0])
    backward = layers["backward"](x.flip(1))[0]
    return layers["head"](torch.cat([layers["forward"](x)[0], backward if variant == "left" else backward.flip(1)], 2))


def conv(inputs, outputs, kernel=3):
    return lambda: nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)


def linear(inputs, outputs):
    return lambda: nn.Linear(inputs, outputs)


# By name: the function, what goes in, the layers, the variants that compute the same and those that deviate.
NETWORKS = {
    "pixel_shuffle": (pixel_shuffle, PICTURE, {"first": conv(3, 8), "last": conv(2, 3)}, ["as_parts"], ["depth_first"]),
    "channel_shuffle": (channel_shuffle, PICTURE, {"first": conv(3, 8), "head": linear(8, 3)}, [], ["groups"]),
    "squeeze_excite": (squeeze_excite, PICTURE, {"first": conv(3, 8), "squeeze": linear(8, 2), "expand": linear(2, 8), "head": linear(8, 3)},
                       [], ["activation"]),
    "dense_list": (dense_list, PICTURE, {"first": conv(3, 4), "second": conv(4, 4), "third": conv(8, 4), "head": linear(12, 3)},
                   ["as_steps"], ["order"]),
    "gated": (gated, SERIES, {"gate": linear(8, 12), "value": linear(8, 12), "head": linear(12, 3)}, ["as_quotient", "as_parts"], ["shared"]),
    "cosine": (cosine, SIGNAL, {"first": linear(12, 8), "last": linear(8, 3)}, [], ["norm"]),
    "bilinear": (bilinear, PICTURE, {"first": conv(3, 4)}, [], ["corners"]),
    "plain_recurrent": (plain_recurrent, SERIES, {
        "tanh": lambda: nn.RNN(8, 5, batch_first=True), "relu": lambda: nn.RNN(8, 5, batch_first=True, nonlinearity="relu"),
        "cell": lambda: nn.RNNCell(8, 5), "beside": linear(13, 5), "head": linear(5, 3)}, ["as_cells", "as_beside"], ["relu", "reversed"]),
    "both_directions": (both_directions, SERIES, {
        "both": lambda: nn.LSTM(8, 5, batch_first=True, bidirectional=True), "forward": lambda: nn.LSTM(8, 5, batch_first=True),
        "backward": lambda: nn.LSTM(8, 5, batch_first=True), "head": linear(10, 3)}, ["as_layers"], ["left"]),
}  # fmt: skip


class Network(nn.Module):
    def __init__(self, name, variant):
        super().__init__()
        self.compute, self.shape, layers, *_ = NETWORKS[name]
        self.variant = variant
        self.layers = nn.ModuleDict({f"_{key}": make() for key, make in layers.items()})
        self.scale = nn.Parameter(torch.ones(self.shape[-1]))

    def __getitem__(self, key):
        return self.layers[f"_{key}"]

    def forward(self, x):
        return self.compute(self, self.variant, x)

    def example(self, batch):
        return torch.randn(batch, *self.shape)


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name))


def export_network(folder, name):
    *_, alike, deviating = NETWORKS[name]
    for variant in ["as_intended", *alike, *deviating]:
        for exporter, how in {"ts17": ("ts", 17), "dyn20": ("dyn", 20)}.items():
            if exporter == "ts17" or variant == "as_intended":
                write(os.path.join(folder, f"{name}.{variant}.{exporter}.onnx"), name, variant, how)


def write(file, name, variant, how):
    torch.manual_seed(0)
    model = Network(name, variant).eval()
    randomize(model)
    with told(os.path.basename(file)):
        export(model, file, *how)


if __name__ == "__main__":
    main(*sys.argv[1:])
