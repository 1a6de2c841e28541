"""Builds schemes as PyTorch modules, from their JSON alone, and says what PyTorch makes of them.

`facts`: reads a list of schemes from standard input; writes for each the output shape of every layer (height, width,
channels), the trainable parameters, the running statistics and the multiply-accumulates of one sample.

`outputs`: reads a list of `{scheme, input, operations}`: the input and the parameters of each operation that has any, in
the order of the graph, as `{type, dims, values}` with base64 little-endian values; writes for each the output in
evaluation, flat. Weights go into PyTorch's own modules; the order of the gates of recurrent layers is changed from ONNX's.
"""
import base64
import functools
import json
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU,
    "silu": nn.SiLU, "hard_swish": nn.Hardswish, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus,
    "softmax": lambda: nn.Softmax(1),
}  # fmt: skip


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


class AveragePool(nn.Module):
    """The mean of what lies under the window; padding is not counted, as in ONNX."""

    def __init__(self, size, stride):
        super().__init__()
        self.kernel_size, self.stride = size, stride
        self.pool = (nn.AvgPool1d, nn.AvgPool2d)[len(size) - 1](size, stride)

    def forward(self, x):
        missing = torch.isnan(x)
        return self.pool(torch.where(missing, 0.0, x)) / self.pool((~missing).to(x.dtype))


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Attention(nn.Module):
    """Self-attention with any size of keys; named as in nn.MultiheadAttention, which knows channels / heads only."""

    def __init__(self, channels, heads, size):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * heads * size, channels))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * heads * size))
        self.out_proj = nn.Linear(heads * size, channels)

    def forward(self, x):
        split = F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        heads = [part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in split]
        return self.out_proj(F.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2))


def sides(padding, count):
    """`F.pad`'s order: the last axis first, begin and end together."""
    given = padding if isinstance(padding, list) else [padding] * 2 * count
    begins, ends = (given, given) if len(given) == count == 2 else (given[:count], given[count:])
    return [side for both in reversed(list(zip(begins, ends))) for side in both]


def padded(module, padding, value, count):
    if padding == "same":
        return Same(module, value)
    if padding == "valid":
        return module
    return nn.Sequential((nn.ConstantPad2d if count == 2 else nn.ConstantPad1d)(sides(padding, count), value), module)


def pooling(kind, settings, count):
    size = axes(settings["pooling_size"], count)
    stride = axes(settings.get("pooling_stride", settings["pooling_size"]), count)
    if kind == "maxpooling":
        pool = (nn.MaxPool1d, nn.MaxPool2d)[count - 1](size, stride)
        return padded(pool, settings.get("padding", "valid"), float("-inf"), count)
    return padded(AveragePool(size, stride), settings.get("padding", "valid"), float("nan"), count)


def permuted(x, order):
    last = x.movedim(1, -1)
    return last.permute(0, *(axis + 1 for axis in order)).movedim(-1, 1)


def graph_dims(shape):
    return shape if len(shape) == 1 else [shape[-1], *shape[:-1]]


class Builder:
    """Builds the layers of a scheme one after the other on real (or meta) values, which tell each the shape of its input."""

    def __init__(self, scheme):
        self.vocabulary = scheme["data"].get("vocabulary")
        self.modules, self.leaves, self.macs = nn.ModuleList(), [], 0

    def leaf(self, module, macs=None):
        """A module with parameters, in the order in which the graph has them; `macs` of its input and output."""
        self.leaves.append(module)
        if macs:
            module.register_forward_hook(lambda _module, inputs, output: self.count(macs(inputs[0], output)))
        return module

    def count(self, macs):
        self.macs += macs

    def product(self, module):
        """A convolution or dense layer: as many products for each output as the weight has for one."""
        return self.leaf(module, lambda _x, y: y[0].numel() * (module.weight.numel() // module.weight.shape[0]))

    def convolution(self, layer, channels, outputs, groups, count, bias):
        kind = nn.Conv1d if count == 1 else nn.Conv2d
        kernel, stride, dilation = (axes(layer.get(key, 1), count) for key in ("kernel", "stride", "dilation"))
        built = self.product(kind(channels, outputs, kernel, stride, 0, dilation, groups, bias))
        return padded(built, layer.get("padding", "same"), 0.0, count)

    def transposed(self, layer, channels, bias):
        """PyTorch's whole output, then the scheme's padding cut off it."""
        kernel, stride, dilation = (axes(layer.get(key, 1), 2) for key in ("kernel", "stride", "dilation"))
        built = nn.ConvTranspose2d(
            channels, layer["channel"], kernel, stride, groups=layer.get("groups", 1), bias=bias, dilation=dilation
        )
        self.leaf(built, lambda x, _y: x[0].numel() * (built.weight.numel() // built.weight.shape[0]))
        padding = layer.get("padding", "same")
        if padding == "valid":
            return built
        if padding == "same":
            return nn.Sequential(built, Function(lambda x: self.cut_to(x, kernel, stride, dilation, built)))
        return nn.Sequential(built, Function(lambda x: F.pad(x, [-side for side in sides(padding, 2)])))

    @staticmethod
    def cut_to(x, kernel, stride, dilation, built):
        pads = []
        for k, s, d in reversed(list(zip(kernel, stride, dilation))):
            surplus = (k - 1) * d + 1 - s
            begin = max(surplus, 0) // 2
            pads += [-begin, -(surplus - begin)]
        # What a kernel shorter than its stride does not reach holds the bias alone.
        bias = 0 if built.bias is None else built.bias.reshape(-1, 1, 1)
        return F.pad(x - bias, pads) + bias

    def convolutions(self, layer, channels):
        kind, bias = layer["type"], layer.get("use_bias", True)
        if kind == "conv2d_transpose_set":
            return [self.transposed(layer, channels, bias)], layer["channel"]
        if kind == "depthwise_conv2d_set":
            outputs = channels * layer.get("multiplier", 1)
            return [self.convolution(layer, channels, outputs, channels, 2, bias)], outputs
        outputs = layer["channel"]
        if kind == "separable_conv2d_set":
            each = self.convolution(layer, channels, channels, channels, 2, False)
            return [each, self.product(nn.Conv2d(channels, outputs, 1, bias=bias))], outputs
        count = 1 if kind == "conv1d_set" else 2
        return [self.convolution(layer, channels, outputs, layer.get("groups", 1), count, bias)], outputs

    def normalization(self, channels, dimensions, settings=True):
        options = settings if isinstance(settings, dict) else {}
        kind = nn.BatchNorm2d if dimensions == 4 else nn.BatchNorm1d
        return self.leaf(kind(channels, options.get("epsilon", 1e-5), 1 - options.get("momentum", 0.9)))

    def tail(self, layer, channels, dimensions):
        steps = []
        if layer.get("batch_normalization"):
            steps.append(self.normalization(channels, dimensions, layer["batch_normalization"]))
        if layer.get("activation", "linear") != "linear":
            steps.append(ACTIVATIONS[layer["activation"]]())
        for kind in ("maxpooling", "average_pooling"):
            if kind in layer:
                steps.append(pooling(kind, layer[kind], dimensions - 2))
        if layer.get("dropout"):
            steps.append(nn.Dropout(layer["dropout"]))
        return steps

    def recurrent(self, layer, x):
        kind = nn.LSTM if layer["type"] == "lstm_set" else nn.GRU
        built = kind(x.shape[1], layer["unit"], batch_first=True, bidirectional=layer.get("bidirectional", False))
        products = sum(weight.numel() for name, weight in built.named_parameters() if name.startswith("weight"))
        self.leaf(built, lambda x, _y: x.shape[1] * products)

        def last_or_all(y):
            outputs, state = y
            if layer.get("return_sequences"):
                return outputs.transpose(1, 2)
            return (state[0] if isinstance(state, tuple) else state).transpose(0, 1).flatten(1)

        return nn.Sequential(Function(lambda x: x.transpose(1, 2)), built, Function(last_or_all))

    def attention(self, layer, x):
        channels, length = x.shape[1:]
        size = layer.get("key_dimension", channels // layer["heads"])
        if size * layer["heads"] == channels:
            built = self.leaf(nn.MultiheadAttention(channels, layer["heads"], batch_first=True))
            call = Function(lambda x: built(x, x, x, need_weights=False)[0])
            call.built = built
        else:
            call = self.leaf(Attention(channels, layer["heads"], size))
        width = layer["heads"] * size
        self.count(length * 4 * channels * width + 2 * length * length * width)
        return nn.Sequential(Function(lambda x: x.transpose(1, 2)), call, Function(lambda x: x.transpose(1, 2)))

    def transformer(self, layer, x):
        channels, length = x.shape[1:]
        width, steps = layer["feed_forward"], []
        for _ in range(layer.get("repeat", 1)):
            activation = ACTIVATIONS[layer.get("activation", "gelu")]()
            built = nn.TransformerEncoderLayer(
                channels, layer["heads"], width, layer.get("dropout", 0.0), activation, batch_first=True, norm_first=True
            )
            for part in (built.norm1, built.self_attn, built.norm2, built.linear1, built.linear2):
                self.leaf(part)
            self.count(length * (4 * channels * channels + 2 * channels * width) + 2 * length * length * channels)
            steps.append(built)
        return nn.Sequential(Function(lambda x: x.transpose(1, 2)), *steps, Function(lambda x: x.transpose(1, 2)))

    def module(self, layer, x):
        kind, channels = layer["type"], x.shape[1]
        drop = [nn.Dropout(layer["dropout"])] if layer.get("dropout") else []
        if "conv" in kind:
            steps, outputs = self.convolutions(layer, channels)
            return nn.Sequential(*steps, *self.tail(layer, outputs, x.dim()))
        if kind in ("dense_set", "fully_connected_set"):
            dense = self.product(nn.Linear(x[0].numel(), layer["unit"], layer.get("use_bias", True)))
            return nn.Sequential(nn.Flatten(), dense, *self.tail(layer, layer["unit"], 2))
        if kind in ("maxpooling", "average_pooling"):
            return pooling(kind, layer, x.dim() - 2)
        if kind.startswith("global"):
            average, maximum = ((nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d), (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d))[x.dim() - 3]
            return nn.Sequential((average if "average" in kind else maximum)(1), nn.Flatten())
        if kind == "batch_normalization":
            return self.normalization(channels, x.dim(), layer)
        if kind == "layer_normalization":
            norm = self.leaf(nn.LayerNorm(channels, layer.get("epsilon", 1e-5)))
            return nn.Sequential(Function(lambda x: x.movedim(1, -1)), norm, Function(lambda x: x.movedim(-1, 1)))
        if kind == "group_normalization":
            return self.leaf(nn.GroupNorm(layer.get("groups", 32), channels, layer.get("epsilon", 1e-5)))
        if kind == "embedding_set":
            table = self.leaf(nn.Embedding(self.vocabulary, layer["dimension"]))
            return nn.Sequential(table, Function(lambda x: x.transpose(1, 2)), *drop)
        if kind in ("lstm_set", "gru_set"):
            return nn.Sequential(self.recurrent(layer, x), *drop)
        if kind == "attention_set":
            return nn.Sequential(self.attention(layer, x), *drop)
        if kind == "transformer_set":
            return self.transformer(layer, x)
        if kind == "upsampling2d":
            return nn.Upsample(scale_factor=axes(layer.get("size", 2), 2), mode="nearest")
        if kind == "zero_padding2d":
            return nn.ZeroPad2d(sides(layer["padding"], 2))
        if kind == "reshape":
            return Function(lambda x: x.reshape(x.shape[0], *graph_dims(layer["shape"])))
        if kind == "permute":
            return Function(lambda x: permuted(x, layer["order"]))
        return {"flatten": nn.Flatten, "dropout": lambda: nn.Dropout(layer["rate"]), "activation": lambda: ACTIVATIONS[layer["activation"]]()}[kind]()

    def projection(self, x, y):
        """He's option B: a 1x1 convolution with the stride that makes the sizes agree."""
        normalized = any(isinstance(leaf, (nn.BatchNorm1d, nn.BatchNorm2d)) for leaf in self.round_leaves)
        if x.dim() == 2:
            built = nn.Linear(x.shape[1], y.shape[1], not normalized)
        else:
            strides = next(s for s in self.strides(x, y))
            kind = nn.Conv1d if x.dim() == 3 else nn.Conv2d
            built = kind(x.shape[1], y.shape[1], 1, strides, bias=not normalized)
        steps = [self.product(built)] + ([self.normalization(y.shape[1], y.dim())] if normalized else [])
        return nn.Sequential(*steps)

    @staticmethod
    def strides(x, y):
        """Found by trial, with the convolution's own arithmetic."""
        def stride(size, wanted):
            return next(s for s in range(1, size + 1) if (size - 1) // s + 1 == wanted)
        yield tuple(stride(size, wanted) for size, wanted in zip(x.shape[2:], y.shape[2:]))

    def block(self, layer, x):
        for _ in range(layer.get("repeat", 1)):
            before = len(self.leaves)
            y = self.run(layer["network"], x)[-1]
            self.round_leaves = self.leaves[before:]
            shortcut = layer.get("shortcut", "none")
            if shortcut != "none":
                same = x.shape == y.shape
                y = y + (x if same else self.apply(self.projection(x, y), x))
            if layer.get("activation", "linear") != "linear":
                y = ACTIVATIONS[layer["activation"]]()(y)
            x = y
        return x

    def apply(self, module, x):
        self.modules.append(module.train(self.modules.training))
        return Lazy(self, module)(x)

    def run(self, layers, data):
        """The output of every layer."""
        outputs, results, previous = {"data": data}, [], "data"
        for index, layer in enumerate(layers):
            sources = [outputs[name] for name in layer.get("inputs", [layer.get("input", previous)])]
            previous = layer.get("name", f"{layer['type']}_{index + 1}")
            outputs[previous] = self.layer(layer, sources)
            results.append(outputs[previous])
        return results

    def layer(self, layer, sources):
        if layer["type"] == "add":
            return sum(sources)
        if layer["type"] == "multiply":
            return functools.reduce(torch.mul, sources)
        if layer["type"] == "concatenate":
            rank = sources[0].dim() - 1
            axis = layer.get("axis", -1) % rank
            return torch.cat(sources, 1 if axis == rank - 1 else axis + 2)
        if layer["type"] == "block":
            return self.block(layer, sources[0])
        return self.apply(self.module(layer, sources[0]), sources[0])


class Lazy:
    """Calls a module once its weights are in it: as it is built for facts, from the request for outputs."""

    def __init__(self, builder, module):
        self.builder, self.module = builder, module

    def __call__(self, x):
        load = getattr(self.builder, "load", None)
        if load:
            load()
        return self.module(x)


def data_of(scheme, batch):
    *sizes, channels = scheme["data"].get("image_size") or scheme["data"]["input_size"]
    if "vocabulary" in scheme["data"]:
        return torch.zeros(batch, channels, dtype=torch.int64)
    return torch.zeros(batch, channels, *sizes)


def facts(scheme):
    builder = Builder(scheme)
    results = builder.run(scheme["model"]["network"], data_of(scheme, 2))
    parameters = sum(p.numel() for p in unique(builder.leaves, "parameters"))
    buffers = sum(b.numel() for b in unique(builder.leaves, "buffers") if b.dtype.is_floating_point)
    shapes = [[*result.shape[2:], result.shape[1]] for result in results]
    return {"shapes": shapes, "parameters": parameters, "buffers": buffers, "macs": builder.macs}


def unique(leaves, kind):
    return {id(tensor): tensor for leaf in leaves for tensor in getattr(leaf, kind)()}.values()


def outputs(request):
    scheme, operations = request["scheme"], request["operations"]
    builder = Builder(scheme)
    builder.modules.eval()

    def load():
        while (done := builder.loaded) < len(builder.leaves):
            fill(builder.leaves[done], {role: decode(value) for role, value in operations[done].items()})
            builder.loaded += 1

    builder.loaded, builder.load = 0, load
    result = builder.run(scheme["model"]["network"], decode(request["input"]))[-1]
    assert builder.loaded == len(operations), f"{len(operations)} operations with weights, {builder.loaded} modules"
    return result.flatten().tolist()


ROLES = {"scale": "weight", "shift": "bias", "running_variance": "running_var"}


def fill(leaf, values):
    if isinstance(leaf, (nn.LSTM, nn.GRU)):
        values = gates(leaf, values)
    elif isinstance(leaf, (nn.MultiheadAttention, Attention)):
        names = {"weight": "in_proj_weight", "bias": "in_proj_bias", "output_weight": "out_proj.weight", "output_bias": "out_proj.bias"}
        values = {names[role]: value for role, value in values.items()}
    else:
        values = {ROLES.get(role, role): value for role, value in values.items()}
    missing = leaf.load_state_dict(values, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"num_batches_tracked"}, missing


def gates(leaf, values):
    """ONNX: input, output, forget, cell and update, reset, new. PyTorch: input, forget, cell, output and reset, update, new."""
    order = [0, 2, 3, 1] if isinstance(leaf, nn.LSTM) else [1, 0, 2]
    turned = lambda value: torch.cat([value.chunk(len(order))[gate] for gate in order])
    state = {}
    for direction, suffix in enumerate(["", "_reverse"][: 2 if leaf.bidirectional else 1]):
        state[f"weight_ih_l0{suffix}"] = turned(values["weight"][direction])
        state[f"weight_hh_l0{suffix}"] = turned(values["recurrent_weight"][direction])
        for name, half in zip(("bias_ih_l0", "bias_hh_l0"), values["bias"][direction].chunk(2)):
            state[f"{name}{suffix}"] = turned(half)
    return state


def decode(tensor):
    values = np.frombuffer(base64.b64decode(tensor["values"]), dtype=tensor["type"])
    return torch.from_numpy(values.reshape(tensor["dims"]).copy())


if __name__ == "__main__":
    requests = json.load(sys.stdin)
    with torch.no_grad():
        if sys.argv[1] == "facts":
            with torch.device("meta"):
                answers = [facts(scheme) for scheme in requests]
        else:
            answers = [outputs(request) for request in requests]
    print(json.dumps(answers))
