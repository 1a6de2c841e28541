"""Builds a scheme as a PyTorch module in the way that people write such modules, for exports that look like theirs."""

import torch
from torch import nn
from torch.nn import functional as F

from exporting import run_layers

ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU,
    "silu": nn.SiLU, "hard_swish": nn.Hardswish, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "softplus": nn.Softplus,
}  # fmt: skip


class Network(nn.Module):
    """
    Its modules are made when it first runs, which tells each the size of its input. A sequence is `[batch, length, channels]`
    but for convolutions, normalizations by batch and pooling. `style` chooses between ways of writing the same.
    """

    def __init__(self, scheme, style=0):
        super().__init__()
        self.scheme, self.style, self.parts = scheme, style, nn.ModuleDict()
        self.eval()
        self(self.example(2))

    def example(self, batch):
        data = self.scheme["data"]
        sizes = data.get("image_size") or data["input_size"]
        if "vocabulary" in data:
            return torch.arange(batch * sizes[0]).reshape(batch, sizes[0]) % data["vocabulary"]
        if "image_size" in data:
            return torch.randn(batch, sizes[2], *sizes[:2])
        return torch.randn(batch, *sizes)

    def forward(self, x):
        return self.run(self.scheme["model"]["network"], x, "net")

    def run(self, layers, data, path):
        return run_layers(layers, data, lambda each, inputs, name: self.layer(each, inputs, f"{path}_{name}"))

    def part(self, path, make):
        if path not in self.parts:
            self.parts[path] = make().train(self.training)
        return self.parts[path]

    def layer(self, each, inputs, path):
        kind, x = each["type"], inputs[0]
        if kind == "add":
            return sum(inputs[1:], x)
        if kind == "multiply":
            return x * inputs[1]
        if kind == "concatenate":
            return torch.cat(inputs, 1 if x.dim() == 4 else -1)
        if kind == "block":
            return self.block(each, x, path)
        if kind == "conv1d_set":
            return self.tail(each, self.convolution(each, x.transpose(1, 2), path), path).transpose(1, 2)
        if "conv" in kind:
            return self.tail(each, self.convolution(each, x, path), path)
        if kind == "dense_set":
            return self.dense(each, x, path)
        if kind in ("maxpooling", "average_pooling"):
            pooled = self.pool(kind, each, x if x.dim() == 4 else x.transpose(1, 2))
            return pooled if x.dim() == 4 else pooled.transpose(1, 2)
        return getattr(self, kind)(each, x, path)

    def block(self, each, x, path):
        for turn in range(each.get("repeat", 1)):
            at = f"{path}_{turn}"
            y = self.run(each["network"], x, at)
            if each.get("shortcut", "none") != "none":
                y = y + (x if x.shape == y.shape else self.projection(each, x, y, at))
            x = self.activate(each.get("activation"), y, at)
        return x

    def projection(self, each, x, y, path):
        if x.dim() == 3:
            x, y = x.transpose(1, 2), y.transpose(1, 2)
        normalized = any("batch_normalization" in part for part in each["network"])
        strides = [-(-size // wanted) for size, wanted in zip(x.shape[2:], y.shape[2:])]
        kind, norm = ((nn.Conv1d, nn.BatchNorm1d), (nn.Conv2d, nn.BatchNorm2d))[x.dim() - 3]
        def make():
            convolution = kind(x.shape[1], y.shape[1], 1, tuple(strides), bias=not normalized)
            return nn.Sequential(convolution, norm(y.shape[1])) if normalized else convolution
        out = self.part(f"{path}_shortcut", make)(x)
        return out if x.dim() == 4 else out.transpose(1, 2)

    def convolution(self, each, x, path):
        kind, bias = each["type"], each.get("use_bias", True)
        if kind == "conv2d_transpose_set":
            return self.transposed(each, x, path)
        if kind == "separable_conv2d_set":
            middle = self.window(each, x, x.shape[1], x.shape[1], False, f"{path}_depthwise")
            return self.part(f"{path}_pointwise", lambda: nn.Conv2d(x.shape[1], each["channel"], 1, bias=bias))(middle)
        if kind == "depthwise_conv2d_set":
            return self.window(each, x, x.shape[1] * each.get("multiplier", 1), x.shape[1], bias, path)
        return self.window(each, x, each["channel"], each.get("groups", 1), bias, path)

    def window(self, each, x, outputs, groups, bias, path):
        kernel, stride, dilation = (axes(each.get(key, 1), x) for key in ("kernel", "stride", "dilation"))
        extents = [(size - 1) * rate + 1 for size, rate in zip(kernel, dilation)]
        pads = sides(each.get("padding", "same"), x, extents, stride)
        kind = (nn.Conv1d, nn.Conv2d)[x.dim() - 3]
        asked = each.get("padding", "same") == "same" and set(stride) == {1}
        if asked and self.style % 3 == 2:
            pads, padding = None, "same"
        elif all(begin == end for begin, end in pads):
            pads, padding = None, tuple(begin for begin, _ in pads)
        else:
            padding = 0
        made = self.part(path, lambda: kind(x.shape[1], outputs, kernel, stride, padding, dilation, groups, bias))
        return made(F.pad(x, flat(pads)) if pads else x)

    def transposed(self, each, x, path):
        kernel, stride = axes(each["kernel"], x), axes(each.get("stride", 1), x)
        padding = tuple((size - by) // 2 for size, by in zip(kernel, stride))
        return self.part(path, lambda: nn.ConvTranspose2d(x.shape[1], each["channel"], kernel, stride, padding, bias=each.get("use_bias", True)))(x)

    def tail(self, each, x, path):
        if each.get("batch_normalization"):
            x = self.batch_normalization({}, x, path)
        x = self.activate(each.get("activation"), x, path)
        for kind in ("maxpooling", "average_pooling"):
            if kind in each:
                x = self.pool(kind, each[kind], x)
        return F.dropout(x, each["dropout"], self.training) if each.get("dropout") else x

    def activate(self, settings, x, path):
        name, alpha = (settings["type"], settings.get("alpha")) if isinstance(settings, dict) else (settings, None)
        if name in (None, "linear"):
            return x
        return self.part(f"{path}_act", lambda: ACTIVATIONS[name](*([] if alpha is None else [alpha])))(x)

    def pool(self, kind, settings, x):
        size = axes(settings["pooling_size"], x)
        stride = axes(settings.get("pooling_stride", settings["pooling_size"]), x)
        pads = sides(settings.get("padding", "valid"), x, size, stride)
        begins = tuple(begin for begin, _ in pads)
        more = {"ceil_mode": any(begin != end for begin, end in pads), "padding": begins}
        if kind == "maxpooling":
            return (F.max_pool1d, F.max_pool2d)[x.dim() - 3](x, size, stride, **more)
        return (F.avg_pool1d, F.avg_pool2d)[x.dim() - 3](x, size, stride, count_include_pad=False, **more)

    def dense(self, each, x, path):
        x = self.flatten(each, x, path)
        made = self.part(path, lambda: nn.Linear(x.shape[1], each["unit"], each.get("use_bias", True)))
        return self.tail(each, made(x), path)

    def flatten(self, _each, x, _path):
        if x.dim() == 2:
            return x
        ways = [lambda: torch.flatten(x, 1), lambda: x.view(x.size(0), -1) if x.is_contiguous() else x.reshape(x.size(0), -1),
                lambda: x.reshape(x.shape[0], -1)]
        return ways[self.style % 3]()

    def global_average_pooling(self, _each, x, _path):
        if x.dim() == 3:
            return x.mean(1)
        return x.mean((2, 3)) if self.style % 2 else torch.flatten(F.adaptive_avg_pool2d(x, 1), 1)

    def global_max_pooling(self, _each, x, _path):
        if x.dim() == 3:
            return x.amax(1)
        return x.amax((2, 3)) if self.style % 2 else torch.flatten(F.adaptive_max_pool2d(x, 1), 1)

    def batch_normalization(self, each, x, path):
        kind = nn.BatchNorm2d if x.dim() == 4 else nn.BatchNorm1d
        return self.part(f"{path}_norm", lambda: kind(x.shape[1], each.get("epsilon", 1e-5)))(x)

    def layer_normalization(self, each, x, path):
        channels = x.shape[1] if x.dim() == 4 else x.shape[-1]
        made = self.part(path, lambda: nn.LayerNorm(channels, each.get("epsilon", 1e-5)))
        return made(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2) if x.dim() == 4 else made(x)

    def group_normalization(self, each, x, path):
        return self.part(path, lambda: nn.GroupNorm(each.get("groups", 32), x.shape[1], each.get("epsilon", 1e-5)))(x)

    def activation(self, each, x, path):
        return self.activate(each["activation"], x, path)

    def dropout(self, each, x, _path):
        return F.dropout(x, each["rate"], self.training)

    def upsampling2d(self, each, x, _path):
        return F.interpolate(x, scale_factor=tuple(float(size) for size in axes(each.get("size", 2), x)), mode="nearest")

    def zero_padding2d(self, each, x, _path):
        given = each["padding"]
        pads = given if isinstance(given, list) else [given] * 4
        top, left, bottom, right = pads if len(pads) == 4 else [*pads, *pads]
        return self.part(_path, lambda: nn.ZeroPad2d((left, right, top, bottom)))(x)

    def reshape(self, each, x, _path):
        """A picture's positions one after the other: the only use of it here."""
        assert each["shape"] == [-1, x.shape[1]]
        return x.flatten(2).transpose(1, 2)

    def embedding_set(self, each, x, path):
        made = self.part(path, lambda: nn.Embedding(self.scheme["data"]["vocabulary"], each["dimension"]))
        return F.dropout(made(x), each.get("dropout", 0.0), self.training)

    def lstm_set(self, each, x, path):
        return self.recurrent(nn.LSTM, each, x, path)

    def gru_set(self, each, x, path):
        return self.recurrent(nn.GRU, each, x, path)

    def recurrent(self, kind, each, x, path):
        both = each.get("bidirectional", False)
        made = self.part(path, lambda: kind(x.shape[-1], each["unit"], batch_first=True, bidirectional=both))
        outputs, state = made(x)
        return F.dropout(self.taken(each, outputs, state), each.get("dropout", 0.0), self.training)

    def taken(self, each, outputs, state):
        if each.get("return_sequences"):
            return outputs
        if not each.get("bidirectional") and self.style % 2:
            return outputs[:, -1]
        last = state[0] if isinstance(state, tuple) else state
        return torch.cat([last[0], last[1]], 1) if each.get("bidirectional") else last[-1]

    def attention_set(self, each, x, path):
        made = self.part(path, lambda: nn.MultiheadAttention(x.shape[-1], each["heads"], batch_first=True))
        return made(x, x, x, need_weights=False)[0]

    def transformer_set(self, each, x, path):
        for turn in range(each.get("repeat", 1)):
            x = self.part(f"{path}_{turn}", lambda: nn.TransformerEncoderLayer(
                x.shape[-1], each["heads"], each["feed_forward"], each.get("dropout", 0.0), each.get("activation", "gelu"),
                batch_first=True, norm_first=True))(x)
        return x


def axes(value, x):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * (x.dim() - 2)


def sides(padding, x, extents, stride):
    """Begin and end for each axis, of a padding in the scheme's words."""
    count = x.dim() - 2
    if padding == "same":
        totals = [max((-(-size // by) - 1) * by + extent - size, 0) for size, extent, by in zip(map(int, x.shape[2:]), extents, stride)]
        return [(total // 2, total - total // 2) for total in totals]
    given = [0] * count if padding == "valid" else padding if isinstance(padding, list) else [padding] * count
    return list(zip(given[:count], given[count:] or given[:count]))


def flat(pads):
    """`F.pad` goes from the last axis on."""
    return [side for pair in reversed(pads) for side in pair]


def randomize(model, seed=0):
    """As after training: no statistics at their first values, no bias of zeros, no scale of ones."""
    generator = torch.Generator().manual_seed(seed)
    normal = lambda tensor, deviation: tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                normal(module.running_mean, 0.3)
                module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) + 0.5)
            for name, parameter in module.named_parameters(recurse=False):
                if "bias" in name:
                    normal(parameter, 0.3)
                elif parameter.dim() == 1:
                    parameter.copy_(torch.rand(parameter.shape, generator=generator) + 0.5)
