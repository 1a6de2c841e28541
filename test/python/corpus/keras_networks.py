"""Builds a scheme as a Keras model in the way that people write such models: channels last, Keras' own layers."""

import keras
import numpy as np
from keras import layers as L

from exporting import Unsupported, run_layers

ACTIVATIONS = {"relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softplus", "relu6"}


def build(scheme):
    data = scheme["data"]
    sizes = data.get("image_size") or data["input_size"]
    start = keras.Input(tuple(sizes), dtype="int32" if "vocabulary" in data else "float32")
    return keras.Model(start, run(scheme["model"]["network"], start, data.get("vocabulary")))


def run(layers, data, vocabulary):
    return run_layers(layers, data, lambda each, inputs, _: layer(each, inputs, vocabulary))


def layer(each, inputs, vocabulary):
    kind, x = each["type"], inputs[0]
    merges = {"add": L.Add, "multiply": L.Multiply, "concatenate": L.Concatenate}
    if kind in merges:
        return merges[kind]()(inputs)
    if kind == "block":
        return block(each, x, vocabulary)
    if kind == "embedding_set":
        return dropped(each, L.Embedding(vocabulary, each["dimension"])(x))
    if "conv" in kind:
        return tail(each, convolution(each, x))
    if kind == "dense_set":
        flat = x if len(x.shape) == 2 else L.Flatten()(x)
        return tail(each, L.Dense(each["unit"], use_bias=each.get("use_bias", True))(flat))
    if kind in ("maxpooling", "average_pooling"):
        return pool(kind, each, x)
    return SIMPLE[kind](each, x)


def block(each, x, vocabulary):
    for _ in range(each.get("repeat", 1)):
        y = run(each["network"], x, vocabulary)
        if each.get("shortcut", "none") != "none":
            y = L.Add()([y, x if x.shape == y.shape else projection(each, x, y)])
        x = activate(each.get("activation"), y)
    return x


def projection(each, x, y):
    normalized = any("batch_normalization" in part for part in each["network"])
    if len(x.shape) == 2:
        out = L.Dense(y.shape[-1], use_bias=not normalized)(x)
    else:
        strides = tuple(-(-size // wanted) for size, wanted in zip(x.shape[1:-1], y.shape[1:-1]))
        kind = L.Conv1D if len(x.shape) == 3 else L.Conv2D
        out = kind(y.shape[-1], 1, strides, use_bias=not normalized)(x)
    return L.BatchNormalization(epsilon=1e-5)(out) if normalized else out


def convolution(each, x):
    kind, more = each["type"], {"use_bias": each.get("use_bias", True)}
    strides = each.get("stride", 1)
    if kind == "conv2d_transpose_set":
        return L.Conv2DTranspose(each["channel"], each["kernel"], strides, "same", **more)(x)
    x, padding = padded(each.get("padding", "same"), x)
    dilation = each.get("dilation", 1)
    if kind == "depthwise_conv2d_set":
        return L.DepthwiseConv2D(each["kernel"], strides, padding, each.get("multiplier", 1), dilation_rate=dilation, **more)(x)
    if kind == "separable_conv2d_set":
        return L.SeparableConv2D(each["channel"], each["kernel"], strides, padding, dilation_rate=dilation, **more)(x)
    if each.get("groups", 1) > 1:
        raise Unsupported("groups: tf2onnx leaves a call of TensorFlow in the place of the convolution")
    built = L.Conv1D if kind == "conv1d_set" else L.Conv2D
    return built(each["channel"], each["kernel"], strides, padding, dilation_rate=dilation, **more)(x)


def padded(padding, x):
    """Padding in numbers is a layer of its own in Keras; in front of a maximum it has to stand behind a relu."""
    if isinstance(padding, str):
        return x, padding
    if len(x.shape) != 4:
        raise Unsupported(f"padding {padding} of a sequence")
    given = padding if isinstance(padding, list) else [padding] * 4
    top, left, bottom, right = given if len(given) == 4 else [*given, *given]
    return L.ZeroPadding2D(((top, bottom), (left, right)))(x), "valid"


def tail(each, x):
    if each.get("batch_normalization"):
        x = L.BatchNormalization(epsilon=1e-5)(x)
    x = activate(each.get("activation"), x)
    for kind in ("maxpooling", "average_pooling"):
        if kind in each:
            x = pool(kind, each[kind], x)
    return dropped(each, x)


def dropped(each, x):
    return L.Dropout(each["dropout"])(x) if each.get("dropout") else x


def activate(settings, x):
    name, alpha = (settings["type"], settings.get("alpha")) if isinstance(settings, dict) else (settings, None)
    if name in (None, "linear"):
        return x
    if name == "leaky_relu":
        return L.LeakyReLU(negative_slope=0.01 if alpha is None else alpha)(x)
    if name == "elu":
        return L.ELU(1.0 if alpha is None else alpha)(x)
    return L.Activation({"hard_swish": "hard_silu"}.get(name, name))(x)


def pool(kind, settings, x):
    count = len(x.shape) - 2
    if kind == "average_pooling" and not isinstance(settings.get("padding", "valid"), str):
        raise Unsupported("an average that leaves padding out")
    x, padding = padded(settings.get("padding", "valid"), x)
    kinds = {"maxpooling": (L.MaxPooling1D, L.MaxPooling2D), "average_pooling": (L.AveragePooling1D, L.AveragePooling2D)}
    return kinds[kind][count - 1](axes(settings["pooling_size"], count), axes(settings.get("pooling_stride"), count), padding)(x)


def axes(value, count):
    """A number for a sequence, as many as there are axes for a picture."""
    return value[0] if isinstance(value, list) and count == 1 else value


def attention(each, x):
    size = each.get("key_dimension", x.shape[-1] // each["heads"])
    return dropped(each, L.MultiHeadAttention(each["heads"], size)(x, x))


def transformer(each, x):
    for _ in range(each.get("repeat", 1)):
        y = L.LayerNormalization(epsilon=1e-5)(x)
        x = L.Add()([x, dropped(each, L.MultiHeadAttention(each["heads"], x.shape[-1] // each["heads"])(y, y))])
        y = L.LayerNormalization(epsilon=1e-5)(x)
        y = dropped(each, activate(each.get("activation", "gelu"), L.Dense(each["feed_forward"])(y)))
        x = L.Add()([x, dropped(each, L.Dense(x.shape[-1])(y))])
    return x


def recurrent(kind):
    def make(each, x):
        built = kind(each["unit"], return_sequences=each.get("return_sequences", False))
        return dropped(each, (L.Bidirectional(built) if each.get("bidirectional") else built)(x))
    return make


def reshape(each, x):
    if each["shape"] != [-1, x.shape[-1]]:
        raise Unsupported("a reshape that mixes positions and channels")
    return L.Reshape((-1, x.shape[-1]))(x)


SIMPLE = {
    "global_average_pooling": lambda _, x: (L.GlobalAveragePooling1D if len(x.shape) == 3 else L.GlobalAveragePooling2D)()(x),
    "global_max_pooling": lambda _, x: (L.GlobalMaxPooling1D if len(x.shape) == 3 else L.GlobalMaxPooling2D)()(x),
    "batch_normalization": lambda each, x: L.BatchNormalization(epsilon=each.get("epsilon", 1e-5))(x),
    "layer_normalization": lambda each, x: L.LayerNormalization(epsilon=each.get("epsilon", 1e-5))(x),
    "group_normalization": lambda each, x: L.GroupNormalization(each.get("groups", 32), epsilon=each.get("epsilon", 1e-5))(x),
    "activation": lambda each, x: activate(each["activation"], x),
    "dropout": lambda each, x: L.Dropout(each["rate"])(x),
    "flatten": lambda _, x: L.Flatten()(x),
    "upsampling2d": lambda each, x: L.UpSampling2D(each.get("size", 2))(x),
    "zero_padding2d": lambda each, x: padded(each["padding"], x)[0],
    "reshape": reshape,
    "lstm_set": recurrent(L.LSTM),
    "gru_set": recurrent(L.GRU),
    "attention_set": attention,
    "transformer_set": transformer,
}


def randomize(model, seed=0):
    """As after training: no statistics at their first values, no bias of zeros, no scale of ones."""
    random = np.random.default_rng(seed)
    for variable in model.variables:
        if "seed" in variable.path:
            continue
        name = variable.path.split("/")[-1]
        if name in ("gamma", "moving_variance"):
            variable.assign(random.uniform(0.5, 1.5, variable.shape))
        elif "bias" in name or name in ("beta", "moving_mean"):
            variable.assign(random.normal(0, 0.3, variable.shape))
