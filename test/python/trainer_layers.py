"""What the PyTorch trainer's networks compute and export.

    trainer_layers.py FOLDER [EXPORTER ...]

For each FOLDER/<name>/scheme.json with weights.safetensors and input.npy: writes output.npy and initial.safetensors
beside it, and an export by each of the exporters: <exporter>.onnx.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from matchdown_trainer import safetensors, weights
from matchdown_trainer.checkpoint import FORMAT
from matchdown_trainer.export import write_model
from matchdown_trainer.network import Network
from matchdown_trainer.scheme import load_scheme


def write_outputs(folder, exporters):
    scheme = load_scheme(folder / "scheme.json")
    network = Network(scheme)
    weights.initialize(network, scheme.model.seed)
    first = {name: value.numpy() for name, value in weights.collect(network).items()}
    (folder / "initial.safetensors").write_bytes(safetensors.encode({"format": FORMAT, "position": "{}"}, first))
    _, values = safetensors.decode((folder / "weights.safetensors").read_bytes())
    weights.load(network, {name: torch.from_numpy(value) for name, value in values.items()})
    for name, value in weights.collect(network).items():
        assert np.array_equal(value.numpy().ravel(), values[name].ravel()), name
    network.eval()
    with torch.no_grad():
        output = network(torch.from_numpy(np.load(folder / "input.npy")))
    np.save(folder / "output.npy", output.numpy())
    for exporter in exporters:
        write_model(folder / f"{exporter}.onnx", network, scheme.data, {"matchdown.run": "test"}, exporter)


torch.set_num_threads(1)
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        write_outputs(path, sys.argv[2:])
    except Exception as error:
        raise AssertionError(path.name) from error
