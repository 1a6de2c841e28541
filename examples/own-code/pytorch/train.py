"""Trains the shapes with a PyTorch loop of one's own, as a run of Match Down.

    cd examples
    matchdown run shapes/model_scheme.json -- python3 own-code/pytorch/train.py

Needs torch, tensorboard, onnx and pillow. All that makes it a run is the environment: MATCHDOWN_SCHEME is the scheme as it
is to be trained, MATCHDOWN_RUN_DIR the folder for what comes out, MATCHDOWN_DATA where the data is.
"""

import json
import os
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn
from torch.utils.tensorboard import SummaryWriter

scheme = json.loads(Path(os.environ["MATCHDOWN_SCHEME"]).read_text())
run_folder = Path(os.environ["MATCHDOWN_RUN_DIR"])
data_folder = Path(os.environ["MATCHDOWN_DATA"])
data, model = scheme["data"], scheme["model"]


def load_images():
    """One folder per class; images [n, 1, height, width] from 0 to 1, and class numbers."""
    classes = sorted(folder for folder in data_folder.iterdir() if folder.is_dir())
    files = [(file, label) for label, folder in enumerate(classes) for file in sorted(folder.glob("*.png"))]
    height, width, _ = data["image_size"]
    images = [Image.open(file).convert("L").resize((width, height)) for file, _ in files]
    pixels = numpy.stack([numpy.asarray(image, dtype=numpy.float32) / 255 for image in images])
    return torch.from_numpy(pixels).unsqueeze(1), torch.tensor([label for _, label in files])


def conv_layer_set(inputs, channels, dropout):
    """What `conv2d_set` of the scheme means."""
    return nn.Sequential(
        nn.Conv2d(inputs, channels, 3, padding=1),
        nn.BatchNorm2d(channels),
        nn.LeakyReLU(0.01),
        nn.MaxPool2d(2, 2, ceil_mode=True),
        nn.Dropout(dropout),
    )


device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(model.get("seed", 0))
images, labels = load_images()
order = torch.randperm(len(images))
validation, training = order[: len(order) // 5], order[len(order) // 5 :]

first, second = (layer["channel"] for layer in model["network"])
rates = [layer["dropout"] for layer in model["network"]]
sides = [-(-side // 4) for side in data["image_size"][:2]]
network = nn.Sequential(
    conv_layer_set(1, first, rates[0]),
    conv_layer_set(first, second, rates[1]),
    nn.Flatten(),
    nn.Linear(second * sides[0] * sides[1], data["label_dim"]),
).to(device)
optimizer = torch.optim.Adam(network.parameters(), lr=model["learning_rate"])
loss_of = nn.CrossEntropyLoss()
log = SummaryWriter(run_folder)

step = 0
for epoch in range(model["iteration"]):
    network.train()
    losses, hits = 0.0, 0
    for batch in training[torch.randperm(len(training))].split(data["batch_size"]):
        target = labels[batch].to(device)
        output = network(images[batch].to(device))
        loss = loss_of(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += loss.item() * len(batch)
        hits += (output.argmax(1) == target).sum().item()
        step += 1
    network.eval()
    with torch.no_grad():
        outputs = torch.cat([network(images[part].to(device)).cpu() for part in validation.split(256)])
    log.add_scalar("loss/train", losses / len(training), step)
    log.add_scalar("accuracy/train", hits / len(training), step)
    log.add_scalar("loss/validation", loss_of(outputs, labels[validation]).item(), step)
    log.add_scalar("accuracy/validation", (outputs.argmax(1) == labels[validation]).float().mean().item(), step)
    log.flush()
    print(f"epoch {epoch + 1}/{model['iteration']}  loss {losses / len(training):.4f}", flush=True)

log.close()
numpy.savez(
    run_folder / "evaluation.npz",
    truth=labels[validation].numpy(),
    prediction=outputs.softmax(1).numpy(),
    sample=validation.numpy(),
)
torch.onnx.export(
    nn.Sequential(network, nn.Softmax(1)).cpu().eval(),
    (images[:1],),
    run_folder / "model.onnx",
    input_names=["input"],
    output_names=["output"],
    dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
    dynamo=False,
)
