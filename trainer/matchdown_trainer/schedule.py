from __future__ import annotations

import math

from .scheme import ModelSection


def learning_rate(model: ModelSection, step: int, steps_per_epoch: int) -> float:
    """
    Of an optimizer step, counted from 0. It rises linearly over the warm-up's epochs; after them a cosine schedule falls to 0 at
    the end of the last epoch (Loshchilov and Hutter 2017, without restarts), a step schedule is multiplied by ``gamma`` every
    ``every`` epochs.
    """
    schedule = model.schedule
    warmup = math.floor(schedule.warmup * steps_per_epoch + 0.5)
    if step < warmup:
        return model.learning_rate * (step + 1) / warmup
    if schedule.type == "constant":
        return model.learning_rate
    if schedule.type == "step":
        return model.learning_rate * schedule.gamma ** (step // steps_per_epoch // schedule.every)
    share = (step - warmup) / max(1, model.iteration * steps_per_epoch - warmup)
    return model.learning_rate * (1 + math.cos(math.pi * min(1.0, share))) / 2
