"""Prints text and hyperparameters of a log folder as TensorBoard and its hparams plugin read them."""

import json
import sys

from google.protobuf.json_format import MessageToDict
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata

accumulator = EventAccumulator(sys.argv[1])
accumulator.Reload()
content = accumulator.PluginTagToContent("hparams")
experiment = metadata.parse_experiment_plugin_data(content["_hparams_/experiment"])
start = metadata.parse_session_start_info_plugin_data(content["_hparams_/session_start_info"])
end = metadata.parse_session_end_info_plugin_data(content["_hparams_/session_end_info"])
print(
    json.dumps(
        {
            "text": [e.tensor_proto.string_val[0].decode() for e in accumulator.Tensors("purpose")],
            "hyperparameters": {name: MessageToDict(value) for name, value in start.hparams.items()},
            "types": {info.name: api_pb2.DataType.Name(info.type) for info in experiment.hparam_infos},
            "metrics": [info.name.tag for info in experiment.metric_infos],
            "status": api_pb2.Status.Name(end.status),
        }
    )
)
