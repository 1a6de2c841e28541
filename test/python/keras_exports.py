"""Exports small networks from Keras, as intended and with single deliberate deviations.

    keras_exports.py FOLDER [--fixtures]

writes FOLDER/<network>.<variant>.<exporter>.onnx by tf2onnx in three opsets and by Keras' own `export`, and prints each
name; with `--fixtures` only those that are kept in test/fixtures/keras. Needs tensorflow-cpu 2.21 and tf2onnx 1.17, which
the tests do without.
"""

import logging
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402
from keras import layers as L  # noqa: E402

OPSETS = {"tf13": 13, "tf15": 15, "tf18": 18}


def sample(variant):
    """The talk's sample network in channels last."""
    x = start = keras.Input((30, 30, 1))
    for channels in (4, 8) if variant != "channel" else (6, 8):
        padding = "valid" if variant == "valid" else "same"
        x = L.Conv2D(channels, 5 if variant == "kernel" else 3, padding=padding)(x)
        x = L.BatchNormalization(epsilon=1e-5)(x)
        x = L.ReLU()(x) if variant == "relu" else L.LeakyReLU(negative_slope=0.2 if variant == "alpha" else 0.01)(x)
        pool = L.AveragePooling2D if variant == "average" else L.MaxPooling2D
        x = pool(2, 2, padding="same")(x)
        x = L.Dropout(0.7)(x)
    if variant == "mean":
        x = L.GlobalAveragePooling2D()(x)
    elif variant == "permuted":
        x = L.Flatten()(L.Permute((2, 1, 3))(x))
    else:
        x = L.Flatten()(x)
    return keras.Model(start, L.Dense(3, activation="softmax" if variant == "softmax" else None)(x))


def vgg(variant):
    """Two convolutions and a pool, twice; then two dense layers."""
    x = start = keras.Input((16, 16, 3))
    for block, channels in enumerate((8, 16)):
        for index in range(2):
            if variant == "missing" and block == 1 and index == 1:
                continue
            bias = not (variant == "bias" and block == 0 and index == 1)
            x = L.Conv2D(channels, 3, padding="same", activation="relu", use_bias=bias)(x)
        x = L.MaxPooling2D(2)(x)
    if variant == "extra":
        x = L.Conv2D(16, 1)(x)
    x = L.Flatten()(x)
    x = L.Dropout(0.5)(L.Dense(20 if variant == "unit" else 24, activation="relu")(x))
    return keras.Model(start, L.Dense(5)(x))


def residual(variant):
    """Shortcuts around convolutions, strides with Keras' one-sided padding."""
    def normalized(x, channels, kernel=3, stride=1):
        return L.BatchNormalization(epsilon=1e-5)(L.Conv2D(channels, kernel, stride, "same", use_bias=False)(x))

    x = start = keras.Input((16, 16, 3))
    x = stem = L.ReLU()(normalized(x, 8))
    one = L.ReLU()(normalized(x, 8))
    two = normalized(one, 8)
    if variant == "without_shortcut":
        x = L.ReLU()(two)
    elif variant == "product":
        x = L.ReLU()(L.Multiply()([two, stem]))
    elif variant == "other_shortcut":
        x = L.ReLU()(L.Add()([two, one]))
    else:
        x = L.ReLU()(L.Add()([two, stem]))
    short = normalized(x, 16, 1, 2)
    x = L.ReLU()(normalized(x, 16, 3, 2))
    x = L.ReLU()(L.Add()([normalized(x, 16), short]))
    return keras.Model(start, L.Dense(4)(L.GlobalAveragePooling2D()(x)))


def branches(variant):
    x = start = keras.Input((12, 12, 3))
    left = L.Conv2D(4, 1, activation="relu")(x)
    right = L.Conv2D(6, 5 if variant == "kernel" else 3, padding="same", activation="relu")(x)
    pooled = L.Conv2D(4, 1, activation="relu")(L.MaxPooling2D(3, 1, "same")(x))
    parts = [right, left, pooled] if variant == "order" else [left, right, pooled]
    x = L.Concatenate()(parts)
    x = L.Conv2D(8, 3, activation="relu")(x)
    x = L.GlobalMaxPooling2D()(x) if variant == "max" else L.GlobalAveragePooling2D()(x)
    return keras.Model(start, L.Dense(3)(x))


def mlp(variant):
    x = start = keras.Input((12,))
    x = L.Dense(16)(x)
    x = L.BatchNormalization(epsilon=1e-5)(x)
    x = L.Dropout(0.2)(L.ReLU()(x))
    x = L.Dense(8, activation="sigmoid" if variant == "sigmoid" else "tanh", use_bias=variant != "bias")(x)
    if variant == "extra":
        x = L.Dense(8, activation="tanh")(x)
    return keras.Model(start, L.Dense(2)(x))


def zoo(variant):
    """Every activation once."""
    x = start = keras.Input((8, 8, 4))
    names = ["silu", "elu", "selu", "relu6", "softplus", "sigmoid", "tanh", "leaky_relu"]
    if variant == "order":
        names[5], names[6] = names[6], names[5]
    for name in names:
        if name == "elu":
            act = L.ELU(0.5 if variant == "elu" else 1.0)
        elif name == "leaky_relu":
            act = L.LeakyReLU(negative_slope=0.01)
        else:
            act = L.Activation("sigmoid" if variant == "silu" and name == "silu" else name)
        x = act(L.Conv2D(4, 1)(x))
    return keras.Model(start, L.Dense(3)(L.Flatten()(x)))


def gates(variant):
    """Hard swish and a leaky relu that are written out of parts."""
    x = start = keras.Input((8, 8, 4))
    x = L.Activation("hard_silu")(L.Conv2D(4, 3, padding="same")(x))
    slope = 0.3 if variant == "alpha" else 0.2
    x = L.Conv2D(4, 3, padding="same")(x)
    x = L.Maximum()([x, L.Rescaling(slope)(x)])
    return keras.Model(start, L.Dense(3)(L.Flatten()(x)))


def averages(variant):
    x = start = keras.Input((16, 16, 3))
    x = L.Conv2D(6, 3, padding="same", activation="elu")(x)
    x = L.AveragePooling2D(2)(x)
    x = L.Conv2D(8, 3, activation="elu")(x)
    x = (L.MaxPooling2D if variant == "max" else L.AveragePooling2D)(3)(x)
    return keras.Model(start, L.Dense(3)(L.Flatten()(x)))


def preactivation(variant):
    """Batch normalization that stands alone."""
    x = start = keras.Input((16, 16, 3))
    x = L.MaxPooling2D(2)(L.Conv2D(8, 3, padding="same")(x))
    if variant != "missing":
        x = L.BatchNormalization(epsilon=1e-5)(x)
    x = L.Conv2D(8, 3, padding="same", activation="relu")(L.ReLU()(x))
    return keras.Model(start, L.Dense(3)(L.Flatten()(x)))


def mobile(variant):
    """Depthwise convolutions with relu6 and zero padding in front of strides, as in Keras' MobileNet."""
    def block(x, channels, stride):
        if stride == 2:
            x = L.ZeroPadding2D(((0, 1), (0, 1)))(x)
        x = L.DepthwiseConv2D(3, stride, "valid" if stride == 2 else "same", use_bias=False)(x)
        x = L.ReLU(6.0)(L.BatchNormalization(epsilon=1e-3)(x))
        x = L.Conv2D(channels, 1, use_bias=False)(x)
        return L.ReLU(6.0 if variant != "relu" else None)(L.BatchNormalization(epsilon=1e-3)(x))

    x = start = keras.Input((16, 16, 3))
    x = L.Conv2D(6, 3, 2, "same", use_bias=False)(x)
    x = L.ReLU(6.0)(L.BatchNormalization(epsilon=1e-3)(x))
    x = block(block(x, 8, 1), 12, 2)
    return keras.Model(start, L.Dense(3)(L.GlobalAveragePooling2D()(x)))


NETWORKS = {
    "sample": (sample, ["softmax", "permuted", "nchw"], ["kernel", "relu", "alpha", "channel", "average", "valid", "mean"]),
    "vgg": (vgg, ["bias"], ["missing", "extra", "unit"]),
    "residual": (residual, [], ["without_shortcut", "product", "other_shortcut"]),
    "branches": (branches, [], ["kernel", "order", "max"]),
    "mlp": (mlp, ["bias"], ["sigmoid", "extra"]),
    "zoo": (zoo, [], ["elu", "silu", "order"]),
    "gates": (gates, [], ["alpha"]),
    "averages": (averages, [], ["max"]),
    "preactivation": (preactivation, [], ["missing"]),
    "mobile": (mobile, [], ["relu"]),
}


FIXTURES = ["tf13", "tf15", "tf18", "keras"]


def main(folder, mode=""):
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    for index, (name, (network, alike, deviating)) in enumerate(NETWORKS.items()):
        for variant in ["as_intended", *alike, *deviating]:
            keras.utils.set_random_seed(0)
            model = network(variant)
            randomize(model, np.random.default_rng(0))
            for exporter in exporters(variant, variant in deviating, index, mode == "--fixtures"):
                file = f"{name}.{variant}.{exporter}.onnx"
                export(model, os.path.join(folder, file), exporter, nchw=variant == "nchw")
                print(file, flush=True)


def exporters(variant, deviates, index, few):
    """Alike ones by every exporter, or, to keep few files, by one in turn; deviating ones by one."""
    if deviates or variant == "nchw":
        return ["tf15"]
    return [FIXTURES[index % 4]] if few else FIXTURES


def randomize(model, random):
    """As after training: no statistics at their first values, no bias of zeros."""
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            scale, shift, mean, variance = layer.get_weights()
            layer.set_weights([random.uniform(0.5, 1.5, scale.shape), random.normal(0, 0.3, shift.shape),
                               random.normal(0, 0.3, mean.shape), random.uniform(0.5, 1.5, variance.shape)])
        elif getattr(layer, "use_bias", False):
            *weights, bias = layer.get_weights()
            layer.set_weights([*weights, random.normal(0, 0.3, bias.shape)])


def export(model, file, exporter, nchw=False):
    if exporter == "keras":
        model.export(file, format="onnx", verbose=False)
        return
    shape = model.inputs[0].shape
    signature = [tf.TensorSpec(shape, tf.float32, name="input")]
    function = tf.function(lambda input: {"output": model(input, training=False)}, input_signature=signature)
    more = {"inputs_as_nchw": ["input:0"]} if nchw else {}
    converted, _ = tf2onnx.convert.from_function(function, signature, opset=OPSETS[exporter], **more)
    with open(file, "wb") as out:
        out.write(converted.SerializeToString())


if __name__ == "__main__":
    main(*sys.argv[1:])
