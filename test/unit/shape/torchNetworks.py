"""Builds schemes as PyTorch modules, from their JSON alone, and says what PyTorch makes of them.

Reads a list of schemes from standard input; writes for each the output shape of every layer (height, width, channels),
the trainable parameters, the running statistics and the multiply-accumulates of one sample.
"""
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU, "silu": nn.SiLU, "sigmoid": nn.Sigmoid}


def pair(value):
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


class Same(nn.Module):
    """TensorFlow's and ONNX's `same`, which PyTorch has for stride 1 only."""

    def __init__(self, module, value):
        super().__init__()
        self.module, self.value = module, value

    def forward(self, x):
        kernel, stride, dilation = (pair(getattr(self.module, k, 1)) for k in ("kernel_size", "stride", "dilation"))
        pads = []
        for size, k, s, d in reversed(list(zip(x.shape[2:], kernel, stride, dilation))):
            total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
            pads += [total // 2, total - total // 2]
        return self.module(F.pad(x, pads, value=self.value))


def padded(module, padding, value=0.0):
    if padding == "same":
        return Same(module, value)
    if padding == "valid":
        return module
    sides = padding if isinstance(padding, list) else [padding] * 4
    top, left, bottom, right = sides if len(sides) == 4 else sides * 2
    return nn.Sequential(nn.ConstantPad2d((left, right, top, bottom), value), module)


def pooling(kind, settings):
    size = pair(settings["pooling_size"])
    stride = pair(settings.get("pooling_stride", settings["pooling_size"]))
    if kind == "maxpooling":
        return padded(nn.MaxPool2d(size, stride), settings.get("padding", "valid"), float("-inf"))
    return padded(nn.AvgPool2d(size, stride), settings.get("padding", "valid"))


def tail(layer, channels, dimensions):
    steps = []
    if layer.get("batch_normalization"):
        steps.append((nn.BatchNorm2d if dimensions == 4 else nn.BatchNorm1d)(channels))
    if layer.get("activation", "linear") != "linear":
        steps.append(ACTIVATIONS[layer["activation"]]())
    for kind in ("maxpooling", "average_pooling"):
        if kind in layer:
            steps.append(pooling(kind, layer[kind]))
    if layer.get("dropout"):
        steps.append(nn.Dropout(layer["dropout"]))
    return steps


def module(layer, x):
    kind, channels = layer["type"], x.shape[1]
    if kind == "conv2d_set":
        convolution = nn.Conv2d(
            channels, layer["channel"], pair(layer["kernel"]), pair(layer.get("stride", 1)), 0,
            pair(layer.get("dilation", 1)), layer.get("groups", 1), layer.get("use_bias", True),
        )
        return nn.Sequential(padded(convolution, layer.get("padding", "same")), *tail(layer, layer["channel"], 4))
    if kind == "dense_set":
        features = x[0].numel()
        dense = nn.Linear(features, layer["unit"], layer.get("use_bias", True))
        return nn.Sequential(nn.Flatten(), dense, *tail(layer, layer["unit"], 2))
    if kind in ("maxpooling", "average_pooling"):
        return pooling(kind, layer)
    if kind == "global_average_pooling":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if kind == "batch_normalization":
        return (nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d)(channels)
    return {"flatten": nn.Flatten, "dropout": nn.Dropout, "activation": lambda: ACTIVATIONS[layer["activation"]]()}[kind]()


def facts(scheme):
    height, width, channels = scheme["data"]["image_size"]
    outputs = {"data": torch.zeros(2, channels, height, width)}
    modules, shapes, macs = nn.ModuleList(), [], 0
    previous = "data"

    def count(step, _inputs, output):
        nonlocal macs
        per_output = step.weight.numel() // step.weight.shape[0]
        macs += output[0].numel() * per_output

    for index, layer in enumerate(scheme["model"]["network"]):
        if layer["type"] == "add":
            result = sum(outputs[name] for name in layer["inputs"])
        elif layer["type"] == "concatenate":
            result = torch.cat([outputs[name] for name in layer["inputs"]], 1)
        else:
            source = outputs[layer.get("input", previous)]
            built = module(layer, source)
            for step in built.modules():
                if isinstance(step, (nn.Conv2d, nn.Linear)):
                    step.register_forward_hook(count)
            modules.append(built)
            result = built(source)
        previous = layer.get("name", f"{layer['type']}_{index + 1}")
        outputs[previous] = result
        shapes.append(list(result[0].permute(1, 2, 0).shape if result.dim() == 4 else result[0].shape))
    parameters = sum(p.numel() for p in modules.parameters())
    buffers = sum(b.numel() for b in modules.buffers() if b.dtype.is_floating_point)
    return {"shapes": shapes, "parameters": parameters, "buffers": buffers, "macs": macs}


with torch.no_grad(), torch.device("meta"):
    print(json.dumps([facts(scheme) for scheme in json.load(sys.stdin)]))
