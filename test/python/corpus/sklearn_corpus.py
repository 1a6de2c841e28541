"""Exports multilayer perceptrons of scikit-learn by skl2onnx, as intended and with single deliberate deviations.

    sklearn_corpus.py FOLDER

writes FOLDER/<network>.json, the scheme, and FOLDER/<network>.<variant>.skl.onnx, and prints each name. Needs scikit-learn and
skl2onnx, which the tests do without.
"""

import os
import sys
import warnings

import numpy as np
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.neural_network import MLPClassifier, MLPRegressor

from exporting import write_scheme
from networks import dense, image, signal

ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}

NETWORKS = {
    "mlp_regressor": signal([6], dense(12, activation="relu"), labels=1, label_type="regression"),
    "mlp_regressor_deep": signal([6], dense(12, activation="tanh"), dense(8, activation="tanh"), labels=3, label_type="regression"),
    "mlp_classifier": signal([6], dense(12, activation="relu"), dense(8, activation="relu"), labels=4),
    "mlp_classifier_sigmoid": signal([6], dense(10, activation="sigmoid"), labels=3),
    "mlp_two_classes": signal([6], dense(12, activation="relu"), labels=2),
    "mlp_one_label": signal([6], dense(12, activation="relu"), labels=1, label_type="multi_label"),
    "mlp_pixels": image([6, 5, 1], dense(12, activation="relu"), labels=3),
    "mlp_coloured": image([4, 3, 2], dense(12, activation="tanh"), labels=2),
}


def main(folder):
    warnings.filterwarnings("ignore")
    for name, scheme in NETWORKS.items():
        write_scheme(folder, name, scheme)
        layers = scheme["model"]["network"][:-1]
        units, activation = [each["unit"] for each in layers], layers[0]["activation"]
        other = "tanh" if activation == "relu" else "relu"
        variants = {
            "as_intended": (units, activation), "activation": (units, other), "unit": ([units[0] + 1, *units[1:]], activation),
            "extra": ([*units, units[-1]], activation), "missing": (units[1:], activation),
        }
        for variant, (sizes, function) in variants.items():
            # skl2onnx 1.20 puts several outputs of a regression one below the other: its own deviation.
            title = "stacked" if variant == "as_intended" and name == "mlp_regressor_deep" else variant
            if sizes:
                write(os.path.join(folder, f"{name}.{title}.skl.onnx"), scheme["data"], sizes, function)


def write(file, data, sizes, activation):
    random = np.random.default_rng(0)
    x = random.normal(size=(40, np.prod(data.get("input_size") or data["image_size"]))).astype(np.float32)
    settings = {"hidden_layer_sizes": sizes, "activation": ACTIVATIONS[activation], "max_iter": 3, "random_state": 0}
    if data.get("label_type") == "regression":
        model = MLPRegressor(**settings).fit(x, random.normal(size=(40, data["label_dim"])).squeeze())
    else:
        model = MLPClassifier(**settings).fit(x, np.arange(40) % max(2, data["label_dim"]))
    options = {} if isinstance(model, MLPRegressor) else {"options": {"zipmap": False}}
    exported = convert_sklearn(model, initial_types=[("input", FloatTensorType([None, x.shape[1]]))], target_opset=17, **options)
    with open(file, "wb") as out:
        out.write(exported.SerializeToString())
    print(os.path.basename(file), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
