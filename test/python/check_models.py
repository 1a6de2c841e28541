"""Has the onnx package check models: {name: base64} on standard input, {name: complaint or null} on standard output."""

import base64
import json
import sys

import onnx


def complaint(encoded):
    try:
        model = onnx.load_from_string(base64.b64decode(encoded))
        onnx.checker.check_model(model, full_check=True)
        onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


models = json.load(sys.stdin)
json.dump({name: complaint(encoded) for name, encoded in models.items()}, sys.stdout)
