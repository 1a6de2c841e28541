"""Says as JSON what the onnx package reads in a model given in base64 on standard input."""

import base64
import json
import sys

import onnx
from google.protobuf.json_format import MessageToDict

model = onnx.load_from_string(base64.b64decode(sys.stdin.read()))
json.dump(MessageToDict(model, preserving_proto_field_name=True), sys.stdout)
