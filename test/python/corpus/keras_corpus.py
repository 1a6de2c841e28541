"""Exports the networks of the corpus from Keras, as intended and with single deliberate deviations.

    keras_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.<exporter>.onnx, and prints each name. Needs
tensorflow-cpu 2.21 and tf2onnx 1.17, which the tests do without.
"""

import json
import logging
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402

from deviations import deviations  # noqa: E402
from keras_networks import Unsupported, build, randomize  # noqa: E402
from networks import NETWORKS  # noqa: E402

OPSETS = {"tf13": 13, "tf15": 15, "tf18": 18}


def main(folder, *names):
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    for index, (name, scheme) in enumerate(NETWORKS.items()):
        if not names or name in names:
            export_network(folder, name, scheme, index)


def export_network(folder, name, scheme, index):
    with open(os.path.join(folder, f"{name}.json"), "w") as out:
        json.dump(scheme, out)
    for exporter in ("keras", ["tf13", "tf15", "tf18"][index % 3]):
        write(folder, f"{name}.as_intended.{exporter}.onnx", scheme)
    for turn, (variant, other) in enumerate(deviations(scheme)):
        # A bias that is not there may be one of zeros, which both exporters leave out.
        if variant != "bias":
            write(folder, f"{name}.{variant}.{['tf13', 'tf15', 'tf18'][turn % 3]}.onnx", other)


def write(folder, file, scheme):
    try:
        keras.utils.set_random_seed(0)
        model = build(scheme)
        randomize(model)
        export(model, os.path.join(folder, file), file.split(".")[2])
        print(file, flush=True)
    except Unsupported as reason:
        print(f"not in Keras: {file}: {reason}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"not exported: {file}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr, flush=True)


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
