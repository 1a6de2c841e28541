"""What the scripts of the corpus share: how a scheme's layers follow each other, which networks are asked for, what is told."""

import json
import logging
import os
import sys
import warnings
from contextlib import contextmanager


class Unsupported(Exception):
    """What a framework has no layer for."""


def run_layers(layers, data, layer):
    """The last layer's output; `layer(each, inputs, name)` computes one from the outputs that it names, or from the one before."""
    values, previous = {"data": data}, "data"
    for index, each in enumerate(layers):
        name = each.get("name", f"{each['type']}_{index + 1}")
        inputs = [values[source] for source in each.get("inputs", [each.get("input", previous)])]
        values[name] = layer(each, inputs, name)
        previous = name
    return values[previous]


def export_all(networks, names, export_network):
    """Calls `export_network(name, index)` for the networks that were asked for, all of them if none were."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    for index, name in enumerate(networks):
        if not names or name in names:
            export_network(name, index)


def write_scheme(folder, name, scheme):
    with open(os.path.join(folder, f"{name}.json"), "w") as out:
        json.dump(scheme, out)


@contextmanager
def told(file):
    """Prints the name of a file when it is written, or why it is not."""
    try:
        yield
        print(file, flush=True)
    except Unsupported as reason:
        print(f"not built: {file}: {reason}", file=sys.stderr, flush=True)
    except Exception as error:
        print(f"not exported: {file}: {type(error).__name__} {str(error)[:200]}", file=sys.stderr, flush=True)
