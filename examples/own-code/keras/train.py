"""Trains the shapes with Keras, as a run of Match Down.

    cd examples
    matchdown run shapes/model_scheme.json -- python3 own-code/keras/train.py

Needs TensorFlow, TensorBoard, which TensorFlow writes its logs with, and tf2onnx for model.onnx:

    pip install tensorflow tensorboard tf2onnx
"""

import json
import os
import sys
from pathlib import Path

try:
    import tensorboard  # noqa: F401
    import tensorflow as tf
    from tensorflow import keras
except ModuleNotFoundError as missing:
    sys.exit(f"This example needs {missing.name}: pip install tensorflow tensorboard tf2onnx")

scheme = json.loads(Path(os.environ["MATCHDOWN_SCHEME"]).read_text())
run_folder = Path(os.environ["MATCHDOWN_RUN_DIR"])
data, model = scheme["data"], scheme["model"]

training, validation = keras.utils.image_dataset_from_directory(
    os.environ["MATCHDOWN_DATA"],
    image_size=data["image_size"][:2],
    color_mode="grayscale",
    batch_size=data["batch_size"],
    validation_split=0.2,
    subset="both",
    seed=model.get("seed", 0),
    verbose=False,
)
# The range of the scheme's min_max.
training, validation = (part.map(lambda x, y: (x / 255, y)).cache() for part in (training, validation))
training = training.shuffle(len(training))

layers = [keras.Input(data["image_size"], name="input")]
for layer in model["network"]:
    layers += [
        keras.layers.Conv2D(layer["channel"], layer["kernel"], padding=layer["padding"], name=layer["name"]),
        keras.layers.BatchNormalization(),
        keras.layers.LeakyReLU(0.01),
        keras.layers.MaxPooling2D(2, 2, padding="same"),
        keras.layers.Dropout(layer["dropout"]),
    ]
layers += [keras.layers.Flatten(), keras.layers.Dense(data["label_dim"], activation="softmax", name="output")]
network = keras.Sequential(layers)
network.compile(
    optimizer=keras.optimizers.Adam(model["learning_rate"]),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)


class Log(keras.callbacks.Callback):
    """The tags that Match Down compares runs by. Keras' own callback writes them under other names, into two folders."""

    writer = tf.summary.create_file_writer(str(run_folder))

    def on_epoch_end(self, epoch, logs=None):
        with self.writer.as_default(step=int(network.optimizer.iterations.numpy())):
            for name, tag in {
                "loss": "loss/train",
                "accuracy": "accuracy/train",
                "val_loss": "loss/validation",
                "val_accuracy": "accuracy/validation",
            }.items():
                tf.summary.scalar(tag, logs[name])
        self.writer.flush()
        print(f"epoch {epoch + 1}/{model['iteration']}  loss {logs['loss']:.4f}", flush=True)


epochs = model["iteration"]
network.fit(training, validation_data=validation, epochs=epochs, callbacks=[Log()], shuffle=False, verbose=0)

try:
    import tf2onnx
except ImportError:
    print("There is no tf2onnx, so that model.onnx is left out: pip install tf2onnx")
else:
    signature = [tf.TensorSpec([None, *data["image_size"]], tf.float32, name="input")]
    function = tf.function(lambda x: network(x, training=False), input_signature=signature)
    tf2onnx.convert.from_function(function, signature, output_path=str(run_folder / "model.onnx"))
