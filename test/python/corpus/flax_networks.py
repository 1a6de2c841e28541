"""Builds a scheme as a function over Flax's layers, in the way that people write such models: channels last."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

from exporting import Unsupported, run_layers

ACTIVATIONS = {
    "relu": nnx.relu, "relu6": nnx.relu6, "leaky_relu": nnx.leaky_relu, "elu": nnx.elu, "selu": nnx.selu, "silu": nnx.silu,
    "gelu": lambda x: nnx.gelu(x, approximate=False), "hard_swish": nnx.hard_swish, "sigmoid": nnx.sigmoid, "tanh": nnx.tanh,
    "softplus": nnx.softplus,
}  # fmt: skip


class Network:
    """Its layers are made when it first runs, which tells each the size of its input."""

    def __init__(self, scheme):
        self.scheme, self.parts, self.rngs = scheme, {}, nnx.Rngs(0)
        self(self.example(2))

    def example(self, batch):
        data = self.scheme["data"]
        sizes = data.get("image_size") or data["input_size"]
        return jnp.zeros((batch, *sizes), jnp.int32 if "vocabulary" in data else jnp.float32)

    def __call__(self, x):
        return self.run(self.scheme["model"]["network"], x, "net")

    def run(self, layers, data, path):
        return run_layers(layers, data, lambda each, inputs, name: self.layer(each, inputs, f"{path}.{name}"))

    def part(self, path, make):
        if path not in self.parts:
            self.parts[path] = make()
        return self.parts[path]

    def layer(self, each, inputs, path):
        kind, x = each["type"], inputs[0]
        if kind == "add":
            return sum(inputs[1:], x)
        if kind == "multiply":
            return x * inputs[1]
        if kind == "concatenate":
            return jnp.concatenate(inputs, -1)
        if kind == "block":
            return self.block(each, x, path)
        if kind in ("conv2d_set", "conv1d_set", "depthwise_conv2d_set"):
            return self.tail(each, self.convolution(each, x, path), path)
        if kind == "dense_set":
            flat = x if x.ndim == 2 else x.reshape(x.shape[0], -1)
            made = self.part(path, lambda: nnx.Linear(flat.shape[-1], each["unit"], use_bias=each.get("use_bias", True), rngs=self.rngs))
            return self.tail(each, made(flat), path)
        return self.simple(kind, each, x, path)

    def simple(self, kind, each, x, path):
        if kind in ("maxpooling", "average_pooling"):
            return pool(kind, each, x)
        if kind == "global_average_pooling":
            return x.mean(tuple(range(1, x.ndim - 1)))
        if kind == "global_max_pooling":
            return x.max(tuple(range(1, x.ndim - 1)))
        if kind == "activation":
            return activate(each["activation"], x)
        if kind == "flatten":
            return x.reshape(x.shape[0], -1)
        if kind == "dropout":
            return x
        if kind == "reshape" and each["shape"] == [-1, x.shape[-1]]:
            return x.reshape(x.shape[0], -1, x.shape[-1])
        size, epsilon = x.shape[-1], each.get("epsilon", 1e-5)
        makers = {
            "batch_normalization": lambda: nnx.BatchNorm(size, epsilon=epsilon, use_running_average=True, rngs=self.rngs),
            "layer_normalization": lambda: nnx.LayerNorm(size, epsilon=epsilon, rngs=self.rngs),
            "group_normalization": lambda: nnx.GroupNorm(size, each.get("groups", 32), epsilon=epsilon, rngs=self.rngs),
            "embedding_set": lambda: nnx.Embed(self.scheme["data"].get("vocabulary"), each["dimension"], rngs=self.rngs),
            "attention_set": lambda: self.attention(each, size),
        }
        if kind == "transformer_set":
            return self.transformer(each, x, path)
        if kind not in makers:
            raise Unsupported(kind)
        return self.part(path, makers[kind])(x)

    def attention(self, each, size):
        inner = each.get("key_dimension", size // each["heads"]) * each["heads"]
        return nnx.MultiHeadAttention(each["heads"], size, inner, decode=False, deterministic=True, rngs=self.rngs)

    def transformer(self, each, x, path):
        size = x.shape[-1]
        for turn in range(each.get("repeat", 1)):
            at = f"{path}.{turn}"
            norm = [self.part(f"{at}.norm{place}", lambda: nnx.LayerNorm(size, epsilon=1e-5, rngs=self.rngs)) for place in (1, 2)]
            x = x + self.part(f"{at}.attention", lambda: self.attention(each, size))(norm[0](x))
            up = self.part(f"{at}.up", lambda: nnx.Linear(size, each["feed_forward"], rngs=self.rngs))
            down = self.part(f"{at}.down", lambda: nnx.Linear(each["feed_forward"], size, rngs=self.rngs))
            x = x + down(activate(each.get("activation", "gelu"), up(norm[1](x))))
        return x

    def block(self, each, x, path):
        for turn in range(each.get("repeat", 1)):
            y = self.run(each["network"], x, f"{path}.{turn}")
            if each.get("shortcut", "none") != "none":
                y = y + (x if x.shape == y.shape else self.projection(each, x, y, f"{path}.{turn}.projection"))
            x = activate(each.get("activation"), y)
        return x

    def projection(self, each, x, y, path):
        normalized = any("batch_normalization" in part for part in each["network"])
        strides = tuple(-(-size // wanted) for size, wanted in zip(x.shape[1:-1], y.shape[1:-1]))
        settings = {"use_bias": not normalized, "rngs": self.rngs}
        made = self.part(path, lambda: nnx.Linear(x.shape[-1], y.shape[-1], **settings) if x.ndim == 2 else nnx.Conv(
            x.shape[-1], y.shape[-1], (1,) * (x.ndim - 2), strides, **settings))
        return self.normalized(made(x), path) if normalized else made(x)

    def convolution(self, each, x, path):
        count, size, padding = x.ndim - 2, x.shape[-1], each.get("padding", "same")
        depthwise = each["type"] == "depthwise_conv2d_set"
        channels = size * each.get("multiplier", 1) if depthwise else each["channel"]
        made = self.part(path, lambda: nnx.Conv(
            size, channels, axes(each["kernel"], count), axes(each.get("stride", 1), count),
            padding=padding.upper() if isinstance(padding, str) else sides(padding, count),
            kernel_dilation=axes(each.get("dilation", 1), count), use_bias=each.get("use_bias", True),
            feature_group_count=size if depthwise else each.get("groups", 1), rngs=self.rngs))
        return made(x)

    def normalized(self, x, path):
        return self.part(f"{path}.norm", lambda: nnx.BatchNorm(x.shape[-1], epsilon=1e-5, use_running_average=True, rngs=self.rngs))(x)

    def tail(self, each, x, path):
        if each.get("batch_normalization"):
            x = self.normalized(x, path)
        x = activate(each.get("activation"), x)
        for kind in ("maxpooling", "average_pooling"):
            if kind in each:
                x = pool(kind, each[kind], x)
        return x


def activate(settings, x):
    name, alpha = (settings["type"], settings.get("alpha")) if isinstance(settings, dict) else (settings, None)
    if name in (None, "linear"):
        return x
    return ACTIVATIONS[name](x) if alpha is None else ACTIVATIONS[name](x, alpha)


def pool(kind, settings, x):
    count, padding = x.ndim - 2, settings.get("padding", "valid")
    size = axes(settings["pooling_size"], count)
    strides = axes(settings.get("pooling_stride", settings["pooling_size"]), count)
    written = padding.upper() if isinstance(padding, str) else sides(padding, count)
    if kind == "maxpooling":
        if not isinstance(padding, str):
            raise Unsupported("a padded maximum: jax2onnx 0.17 exports it without the padding")
        return nnx.max_pool(x, window_shape=size, strides=strides, padding=written)
    return nnx.avg_pool(x, window_shape=size, strides=strides, padding=written, count_include_pad=False)


def axes(value, count):
    return tuple(value[:count]) if isinstance(value, list) else (value,) * count


def sides(padding, count):
    given = padding if isinstance(padding, list) else [padding] * 2 * count
    return [(given[axis], given[(axis + count) % len(given)]) for axis in range(count)]


def randomize(network, seed=0):
    """As after training: no statistics at their first values, no bias of zeros, no scale of ones."""
    random = np.random.default_rng(seed)
    for module in network.parts.values():
        for path, variable in nnx.to_flat_state(nnx.state(module)):
            shape, name = variable.shape, str(path[-1])
            if name in ("scale", "var"):
                set_value(module, path, random.uniform(0.5, 1.5, shape))
            elif name in ("bias", "mean"):
                set_value(module, path, random.normal(0, 0.3, shape))


def set_value(module, path, values):
    owner = module
    for step in path[:-1]:
        owner = getattr(owner, step)
    getattr(owner, path[-1])[...] = jnp.asarray(values, jnp.float32)
