"""Builds schemes as PyTorch modules, from their JSON alone, and says what PyTorch makes of them.

Reads a list of schemes from standard input; writes for each the output shape of every layer (height, width, channels),
the trainable parameters, the running statistics and the multiply-accumulates of one sample.
"""
import functools
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU, "silu": nn.SiLU, "sigmoid": nn.Sigmoid}


def axes(value, count):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * count


class Same(nn.Module):
    """TensorFlow's and ONNX's `same`, which PyTorch has for stride 1 only."""

    def __init__(self, module, value):
        super().__init__()
        self.module, self.value = module, value

    def forward(self, x):
        names = ("kernel_size", "stride", "dilation")
        kernel, stride, dilation = (axes(getattr(self.module, name, 1), x.dim() - 2) for name in names)
        pads = []
        for size, k, s, d in reversed(list(zip(x.shape[2:], kernel, stride, dilation))):
            total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
            pads += [total // 2, total - total // 2]
        return self.module(F.pad(x, pads, value=self.value))


def padded(module, padding, value, count):
    if padding == "same":
        return Same(module, value)
    if padding == "valid":
        return module
    sides = padding if isinstance(padding, list) else [padding] * 2 * count
    begins, ends = (sides, sides) if len(sides) == count == 2 else (sides[:count], sides[count:])
    pads = [side for both in reversed(list(zip(begins, ends))) for side in both]
    return nn.Sequential((nn.ConstantPad2d if count == 2 else nn.ConstantPad1d)(pads, value), module)


def pooling(kind, settings, count):
    size = axes(settings["pooling_size"], count)
    stride = axes(settings.get("pooling_stride", settings["pooling_size"]), count)
    maximum, average = ((nn.MaxPool1d, nn.AvgPool1d), (nn.MaxPool2d, nn.AvgPool2d))[count - 1]
    if kind == "maxpooling":
        return padded(maximum(size, stride), settings.get("padding", "valid"), float("-inf"), count)
    return padded(average(size, stride), settings.get("padding", "valid"), 0.0, count)


def convolution(layer, channels, outputs, groups, count, bias):
    kind = nn.Conv1d if count == 1 else nn.Conv2d
    kernel, stride, dilation = (axes(layer.get(key, 1), count) for key in ("kernel", "stride", "dilation"))
    built = kind(channels, outputs, kernel, stride, 0, dilation, groups, bias)
    return padded(built, layer.get("padding", "same"), 0.0, count)


def convolutions(layer, channels):
    kind, bias = layer["type"], layer.get("use_bias", True)
    if kind == "depthwise_conv2d_set":
        outputs = channels * layer.get("multiplier", 1)
        return [convolution(layer, channels, outputs, channels, 2, bias)], outputs
    outputs = layer["channel"]
    if kind == "separable_conv2d_set":
        return [convolution(layer, channels, channels, channels, 2, False), nn.Conv2d(channels, outputs, 1, bias=bias)], outputs
    count = 1 if kind == "conv1d_set" else 2
    return [convolution(layer, channels, outputs, layer.get("groups", 1), count, bias)], outputs


def normalization(channels, dimensions):
    return (nn.BatchNorm2d if dimensions == 4 else nn.BatchNorm1d)(channels)


def tail(layer, channels, dimensions):
    steps = []
    if layer.get("batch_normalization"):
        steps.append(normalization(channels, dimensions))
    if layer.get("activation", "linear") != "linear":
        steps.append(ACTIVATIONS[layer["activation"]]())
    for kind in ("maxpooling", "average_pooling"):
        if kind in layer:
            steps.append(pooling(kind, layer[kind], dimensions - 2))
    if layer.get("dropout"):
        steps.append(nn.Dropout(layer["dropout"]))
    return steps


def module(layer, x):
    kind, channels = layer["type"], x.shape[1]
    if "conv" in kind:
        steps, outputs = convolutions(layer, channels)
        return nn.Sequential(*steps, *tail(layer, outputs, x.dim()))
    if kind == "dense_set":
        dense = nn.Linear(x[0].numel(), layer["unit"], layer.get("use_bias", True))
        return nn.Sequential(nn.Flatten(), dense, *tail(layer, layer["unit"], 2))
    if kind in ("maxpooling", "average_pooling"):
        return pooling(kind, layer, 2)
    if kind.startswith("global"):
        average, maximum = ((nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d), (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d))[x.dim() - 3]
        return nn.Sequential((average if "average" in kind else maximum)(1), nn.Flatten())
    if kind == "batch_normalization":
        return normalization(channels, x.dim())
    return {"flatten": nn.Flatten, "dropout": nn.Dropout, "activation": lambda: ACTIVATIONS[layer["activation"]]()}[kind]()


def facts(scheme):
    *sizes, channels = scheme["data"].get("image_size") or scheme["data"]["input_size"]
    outputs = {"data": torch.zeros(2, channels, *sizes)}
    modules, shapes, macs = nn.ModuleList(), [], 0
    previous = "data"

    def count(step, _inputs, output):
        nonlocal macs
        per_output = step.weight.numel() // step.weight.shape[0]
        macs += output[0].numel() * per_output

    for index, layer in enumerate(scheme["model"]["network"]):
        if layer["type"] == "add":
            result = sum(outputs[name] for name in layer["inputs"])
        elif layer["type"] == "multiply":
            result = functools.reduce(torch.mul, (outputs[name] for name in layer["inputs"]))
        elif layer["type"] == "concatenate":
            result = torch.cat([outputs[name] for name in layer["inputs"]], 1)
        else:
            source = outputs[layer.get("input", previous)]
            built = module(layer, source)
            for step in built.modules():
                if isinstance(step, (nn.Conv1d, nn.Conv2d, nn.Linear)):
                    step.register_forward_hook(count)
            modules.append(built)
            result = built(source)
        previous = layer.get("name", f"{layer['type']}_{index + 1}")
        outputs[previous] = result
        shapes.append([*result.shape[2:], result.shape[1]])
    parameters = sum(p.numel() for p in modules.parameters())
    buffers = sum(b.numel() for b in modules.buffers() if b.dtype.is_floating_point)
    return {"shapes": shapes, "parameters": parameters, "buffers": buffers, "macs": macs}


with torch.no_grad(), torch.device("meta"):
    print(json.dumps([facts(scheme) for scheme in json.load(sys.stdin)]))
