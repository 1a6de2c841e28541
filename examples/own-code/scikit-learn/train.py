"""Trains the shapes with scikit-learn, as a run of Match Down.

    cd examples
    matchdown run own-code/scikit-learn/model_scheme.json -- python3 own-code/scikit-learn/train.py

Needs scikit-learn, pillow, tensorboard and, for model.onnx, skl2onnx.
"""

import json
import os
import time
from pathlib import Path

import numpy
from PIL import Image
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

scheme = json.loads(Path(os.environ["MATCHDOWN_SCHEME"]).read_text())
run_folder = Path(os.environ["MATCHDOWN_RUN_DIR"])
data_folder = Path(os.environ["MATCHDOWN_DATA"])
data, model = scheme["data"], scheme["model"]
log = EventFileWriter(str(run_folder))


def load_images():
    """One folder per class; rows of pixels from 0 to 1, and class numbers."""
    classes = sorted(folder for folder in data_folder.iterdir() if folder.is_dir())
    files = [(file, label) for label, folder in enumerate(classes) for file in sorted(folder.glob("*.png"))]
    pixels = [numpy.asarray(Image.open(file).convert("L"), dtype=numpy.float32).ravel() / 255 for file, _ in files]
    return numpy.stack(pixels), numpy.array([label for _, label in files])


def write(step, **values):
    scalars = [Summary.Value(tag=tag.replace("_", "/"), simple_value=value) for tag, value in values.items()]
    log.add_event(Event(wall_time=time.time(), step=step, summary=Summary(value=scalars)))
    log.flush()


pixels, labels = load_images()
parts = train_test_split(pixels, labels, numpy.arange(len(labels)), test_size=0.2, random_state=model.get("seed", 0))
train_x, validation_x, train_y, validation_y, _, samples = parts
network = MLPClassifier(
    [layer["unit"] for layer in model["network"][:-1]],
    activation="relu",
    learning_rate_init=model["learning_rate"],
    batch_size=data["batch_size"],
    random_state=model.get("seed", 0),
)
for epoch in range(model["iteration"]):
    network.partial_fit(train_x, train_y, classes=numpy.unique(labels))
    probabilities = network.predict_proba(validation_x)
    write(
        (epoch + 1) * -(-len(train_x) // data["batch_size"]),
        loss_train=network.loss_,
        accuracy_train=network.score(train_x, train_y),
        loss_validation=log_loss(validation_y, probabilities),
        accuracy_validation=network.score(validation_x, validation_y),
    )
    print(f"epoch {epoch + 1}/{model['iteration']}  loss {network.loss_:.4f}", flush=True)

log.close()
numpy.savez(run_folder / "evaluation.npz", truth=validation_y, prediction=probabilities.astype("float32"), sample=samples)
try:
    from skl2onnx import to_onnx
except ImportError:
    print("There is no skl2onnx; model.onnx is left out.")
else:
    options = {id(network): {"zipmap": False}}
    exported = to_onnx(network, train_x[:1], options=options, target_opset=17)
    (run_folder / "model.onnx").write_bytes(exported.SerializeToString())
