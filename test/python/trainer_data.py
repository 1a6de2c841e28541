"""What the PyTorch trainer makes of data.

    trainer_data.py FOLDER

For each FOLDER/<name>/scheme.json whose data.data_path stands beside it: writes values.npy, labels.npy, training.npy,
validation.npy, augmented.npy (of images, in the first epoch) and facts.json; or error.txt where the data is refused.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from matchdown_trainer.augmentation import augment
from matchdown_trainer.data.fingerprint import fingerprint
from matchdown_trainer.data.prepare import prepare_data
from matchdown_trainer.errors import InputError
from matchdown_trainer.loop import SHUFFLE_STREAM
from matchdown_trainer.randomness import Random
from matchdown_trainer.scheme import load_scheme


def write_data(folder):
    scheme = load_scheme(folder / "scheme.json")
    path = folder / scheme.data.data_path
    data = prepare_data(scheme, path, None)
    part = data.training.data
    values = part.samples.take(np.arange(len(part.samples)))
    seed = scheme.model.seed
    arrays = {
        "values": values.astype(np.float32),
        "labels": part.labels.values.astype(np.float32),
        "training": data.training.samples,
        "validation": data.validation.samples,
        "order": Random(seed, SHUFFLE_STREAM, 2).shuffle(data.training.samples),
    }
    if values.ndim == 4:
        images = torch.from_numpy(arrays["values"])
        arrays["augmented"] = augment(images, np.arange(len(values)), scheme.data.augmentation, seed, 0).numpy()
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    print_of_data = fingerprint(path, scheme.data.data_path, len(values))
    facts = {
        "ids": part.ids,
        "classes": part.labels.classes,
        "normalization": data.normalization,
        "data": print_of_data,
    }
    (folder / "facts.json").write_text(json.dumps(facts))


for each in sorted(Path(sys.argv[1]).iterdir()):
    try:
        write_data(each)
    except InputError as error:
        (each / "error.txt").write_text(str(error))
