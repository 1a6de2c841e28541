"""Exports the networks of the corpus from Flax by jax2onnx, as intended and with single deliberate deviations.

    flax_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.<exporter>.onnx, and prints each name. Needs flax and
jax2onnx 0.17, which the tests do without; no accelerator.
"""

import json
import logging
import os
import sys
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"

from jax2onnx import to_onnx  # noqa: E402

from deviations import deviations  # noqa: E402
from flax_networks import Network, Unsupported, randomize  # noqa: E402
from networks import NETWORKS  # noqa: E402

OPSETS = {"jax21": 21, "jax23": 23}


def main(folder, *names):
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    for index, (name, scheme) in enumerate(NETWORKS.items()):
        if not names or name in names:
            export_network(folder, name, scheme, index)


def export_network(folder, name, scheme, index):
    with open(os.path.join(folder, f"{name}.json"), "w") as out:
        json.dump(scheme, out)
    for exporter in OPSETS:
        write(folder, f"{name}.as_intended.{exporter}.onnx", scheme)
    for turn, (variant, other) in enumerate(deviations(scheme)):
        # A bias that is not there may be one of zeros.
        if variant != "bias":
            write(folder, f"{name}.{variant}.{('jax21', 'jax23')[(turn + index) % 2]}.onnx", other)


def write(folder, file, scheme):
    try:
        network = Network(scheme)
        randomize(network)
        start = network.example(2)
        exported = to_onnx(lambda x: network(x), [("batch", *start.shape[1:])] if start.dtype == "float32" else [
            shaped(start)], opset=OPSETS[file.split(".")[2]], model_name=file.split(".")[0])
        with open(os.path.join(folder, file), "wb") as out:
            out.write(exported.SerializeToString())
        print(file, flush=True)
    except Unsupported as reason:
        print(f"not built: {file}: {reason}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"not exported: {file}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr, flush=True)


def shaped(start):
    """Integers cannot be asked for by sizes alone; the batch has a name as it has for the others."""
    import jax

    batch, *sizes = jax.export.symbolic_shape(f"batch, {', '.join(map(str, start.shape[1:]))}")
    return jax.ShapeDtypeStruct((batch, *sizes), start.dtype)


if __name__ == "__main__":
    main(*sys.argv[1:])
