import { runPython } from '../../support/python';

/** A series as EventAccumulator reads it; values in Python's notation, which tells `nan` and `inf`. */
export type AccumulatedSeries = [step: number, wallTime: number, value: string][];

/** The scalars of a log folder, read by TensorBoard's EventAccumulator, without sampling; tensors that are numbers too. */
export function accumulatedScalars(python: string, folder: string): Record<string, AccumulatedSeries> {
  return JSON.parse(runPython(python, scalarsProgram, [folder])) as Record<string, AccumulatedSeries>;
}

/** The text, hyperparameters and metrics of a log folder, read by EventAccumulator and TensorBoard's hparams plugin. */
export function accumulatedHyperparameters(python: string, folder: string): unknown {
  return JSON.parse(runPython(python, hyperparametersProgram, [folder]));
}

const scalarsProgram = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
accumulator.Reload()
tags = accumulator.Tags()
found = {
    tag: [[e.step, e.wall_time, repr(float(e.value))] for e in accumulator.Scalars(tag)]
    for tag in tags["scalars"]
}
for tag in tags["tensors"]:
    if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
        value = lambda e: repr(float(tensor_util.make_ndarray(e.tensor_proto).item()))
        found[tag] = [[e.step, e.wall_time, value(e)] for e in accumulator.Tensors(tag)]
print(json.dumps(found))
`;

const hyperparametersProgram = `
import json, sys
from google.protobuf.json_format import MessageToDict
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, metadata
accumulator = EventAccumulator(sys.argv[1])
accumulator.Reload()
content = accumulator.PluginTagToContent("hparams")
experiment = metadata.parse_experiment_plugin_data(content["_hparams_/experiment"])
start = metadata.parse_session_start_info_plugin_data(content["_hparams_/session_start_info"])
end = metadata.parse_session_end_info_plugin_data(content["_hparams_/session_end_info"])
print(json.dumps({
    "text": [e.tensor_proto.string_val[0].decode() for e in accumulator.Tensors("purpose")],
    "hyperparameters": {name: MessageToDict(value) for name, value in start.hparams.items()},
    "types": {info.name: api_pb2.DataType.Name(info.type) for info in experiment.hparam_infos},
    "metrics": [info.name.tag for info in experiment.metric_infos],
    "status": api_pb2.Status.Name(end.status),
}))
`;
