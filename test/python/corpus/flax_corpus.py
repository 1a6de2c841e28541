"""Exports the networks of the corpus from Flax by jax2onnx, as intended and with single deliberate deviations.

    flax_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.<exporter>.onnx, and prints each name. Needs flax and
jax2onnx 0.17, which the tests do without; no accelerator.
"""

import os
import sys

os.environ["JAX_PLATFORMS"] = "cpu"

from jax2onnx import to_onnx  # noqa: E402

from deviations import deviations  # noqa: E402
from exporting import export_all, told, write_scheme  # noqa: E402
from flax_networks import Network, randomize  # noqa: E402
from networks import NETWORKS  # noqa: E402

OPSETS = {"jax21": 21, "jax23": 23}


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, NETWORKS[name], index))


def export_network(folder, name, scheme, index):
    write_scheme(folder, name, scheme)
    for exporter in OPSETS:
        write(folder, f"{name}.as_intended.{exporter}.onnx", scheme)
    for turn, (variant, other) in enumerate(deviations(scheme)):
        # A bias that is not there may be one of zeros.
        if variant != "bias":
            write(folder, f"{name}.{variant}.{('jax21', 'jax23')[(turn + index) % 2]}.onnx", other)


def write(folder, file, scheme):
    with told(file):
        network = Network(scheme)
        randomize(network)
        start = network.example(2)
        exported = to_onnx(lambda x: network(x), [("batch", *start.shape[1:])] if start.dtype == "float32" else [
            shaped(start)], opset=OPSETS[file.split(".")[2]], model_name=file.split(".")[0])
        with open(os.path.join(folder, file), "wb") as out:
            out.write(exported.SerializeToString())


def shaped(start):
    """Integers cannot be asked for by sizes alone; the batch has a name as it has for the others."""
    import jax

    batch, *sizes = jax.export.symbolic_shape(f"batch, {', '.join(map(str, start.shape[1:]))}")
    return jax.ShapeDtypeStruct((batch, *sizes), start.dtype)


if __name__ == "__main__":
    main(*sys.argv[1:])
