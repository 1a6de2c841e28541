"""Exports the networks of the corpus from Keras, as intended and with single deliberate deviations.

    keras_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.<exporter>.onnx, and prints each name. Needs
tensorflow-cpu 2.21 and tf2onnx 1.17, which the tests do without.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402

from deviations import deviations  # noqa: E402
from exporting import export_all, told, write_scheme  # noqa: E402
from keras_networks import build, randomize  # noqa: E402
from networks import NETWORKS  # noqa: E402

OPSETS = {"tf13": 13, "tf15": 15, "tf18": 18}


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, NETWORKS[name], index))


def export_network(folder, name, scheme, index):
    write_scheme(folder, name, scheme)
    for exporter in ("keras", ["tf13", "tf15", "tf18"][index % 3]):
        write(folder, f"{name}.as_intended.{exporter}.onnx", scheme)
    for turn, (variant, other) in enumerate(deviations(scheme)):
        # A bias that is not there may be one of zeros, which both exporters leave out.
        if variant != "bias":
            write(folder, f"{name}.{variant}.{['tf13', 'tf15', 'tf18'][turn % 3]}.onnx", other)


def write(folder, file, scheme):
    with told(file):
        keras.utils.set_random_seed(0)
        model = build(scheme)
        randomize(model)
        export(model, os.path.join(folder, file), file.split(".")[2])


def export(model, file, exporter):
    [start] = model.inputs
    if exporter == "keras":
        model(keras.ops.zeros((1, *start.shape[1:]), start.dtype))
        model.export(file, format="onnx", verbose=False)
        return
    signature = [tf.TensorSpec(start.shape, start.dtype, name="input")]
    function = tf.function(lambda input: {"output": model(input, training=False)}, input_signature=signature)
    converted, _ = tf2onnx.convert.from_function(function, signature, opset=OPSETS[exporter])
    with open(file, "wb") as out:
        out.write(converted.SerializeToString())


if __name__ == "__main__":
    main(*sys.argv[1:])
