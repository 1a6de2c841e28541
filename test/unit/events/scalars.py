"""Prints the scalars of a log folder as TensorBoard's EventAccumulator reads them: {tag: [[step, wall time, value], ...]}."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
accumulator.Reload()
print(
    json.dumps(
        {
            tag: [[e.step, e.wall_time, repr(e.value)] for e in accumulator.Scalars(tag)]
            for tag in accumulator.Tags()["scalars"]
        }
    )
)
