"""Two processes that share a run, where one of them has too little memory, or is told to stop while it waits for the other.

Started without an argument it starts both, and ends when they have; a hang is a failure.
"""

import io
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import torch
from matchdown_trainer import device, network, scheme, stop, team
from matchdown_trainer.errors import InputError, Stopped
from matchdown_trainer.learner import Learner
from matchdown_trainer.weights import initialize

SCHEME = """{
  "data": {"image_size": [6, 6, 2], "label_dim": 3},
  "model": {"network": [
    {"type": "conv2d_set", "kernel": 3, "channel": 4, "activation": "relu"%s}, {"type": "dense_set", "unit": 3}
  ]}
}"""
PATIENCE = 200


def made_learner(group, lines, more=""):
    written = scheme.read_scheme(SCHEME % more)
    model = network.Network(written)
    initialize(model, 1)
    return Learner(model, written, device.Compute(torch.device("cpu"), None, False), group, lines.append)


class Alone(team.Team):
    def __init__(self):
        super().__init__()
        self.rank, self.size = 0, 1


def with_little_memory(learner, most):
    forward = learner.network.forward

    def forgetful(x):
        if len(x) > most:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return forward(x)

    learner.network.forward = forgetful


def learn(learner, group):
    """Three steps: a batch, one that is smaller than the number of processes, and a larger one."""
    generator = torch.Generator().manual_seed(3)
    losses = []
    for step, count in enumerate((7, 1, 8), 1):
        x, y = torch.randn(count, 2, 6, 6, generator=generator), torch.arange(count) % 3
        share = group.share(np.arange(count))
        fed = share if len(share) else np.arange(1)
        sums = learner.new_sums()
        learner.step((x[fed], y[fed]), count, step, 0.01, sums, len(share) > 0)
        losses.append(group.total({"loss": float(sums.loss)})["loss"] / count)
    return losses


def same(one, other):
    for name, value in one.state().items():
        assert np.allclose(value, other.state()[name], atol=1e-5), name


def a_process_with_too_little_memory_makes_all_divide_the_batch(group):
    lines = []
    together, alone = made_learner(group, lines), made_learner(Alone(), [])
    if group.rank == 1:
        with_little_memory(together, 2)
    losses = learn(together, group)
    assert np.allclose(losses, learn(alone, Alone()), atol=1e-5), losses
    same(together, alone)
    assert lines == ["The memory is not enough for 7 samples at once: steps are made in pieces of 3."], lines


def what_takes_memory_is_given_up_before_the_batch_is_divided(group):
    lines, given = [], []
    together = made_learner(group, lines)
    if group.rank == 1:
        with_little_memory(together, 2)
    together.make_room = lambda: not given and given.append(1) is None
    learn(together, group)
    assert (len(given), len(lines)) == (1 if group.rank == 1 else 0, 1), (given, lines)


def batch_normalization_is_of_the_whole_batch(group):
    more = ', "batch_normalization": true, "use_bias": false'
    together, alone = made_learner(group, [], more), made_learner(Alone(), [], more)
    assert np.allclose(learn(together, group), learn(alone, Alone()), atol=1e-5)
    same(together, alone)


def batch_normalization_in_pieces_waits_for_nobody(group):
    lines = []
    together = made_learner(group, lines, ', "batch_normalization": true')
    if group.rank == 0:
        with_little_memory(together, 1)
    learn(together, group)
    assert [line.split()[-1] for line in lines] == ["3.", "itself.", "2.", "itself."], lines


def no_memory_at_all_ends_all_of_them(group):
    together = made_learner(group, [])
    if group.rank == 1:
        with_little_memory(together, 0)
    try:
        learn(together, group)
    except InputError as error:
        assert "The memory is not enough for a step." in str(error)
        return
    raise AssertionError("It went on.")


def one_that_waits_for_the_other_is_told_to_stop(folder):
    asked = stop.StopRequest(Path(folder))
    group = Alone()
    group.size, group.rank = 2, 0
    os.environ["MATCHDOWN_RENDEZVOUS"] = os.path.join(folder, "nobody")
    signal.setitimer(signal.ITIMER_REAL, 1)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        with asked.interrupting():
            group.join(torch.device("cpu"))
    except Stopped:
        return
    raise AssertionError("It went on.")


def main():
    group = team.Team()
    group.join(torch.device("cpu"))
    for test in (
        a_process_with_too_little_memory_makes_all_divide_the_batch,
        what_takes_memory_is_given_up_before_the_batch_is_divided,
        batch_normalization_is_of_the_whole_batch,
        batch_normalization_in_pieces_waits_for_nobody,
        no_memory_at_all_ends_all_of_them,
    ):
        with redirect_stdout(io.StringIO()):
            test(group)
    group.leave()


def start():
    with tempfile.TemporaryDirectory() as folder:
        shared = {"WORLD_SIZE": "2", "MATCHDOWN_RENDEZVOUS": os.path.join(folder, "rendezvous")}
        both = [
            subprocess.Popen([sys.executable, __file__], env={**os.environ, **shared, "RANK": str(rank)})
            for rank in range(2)
        ]
        try:
            one_that_waits_for_the_other_is_told_to_stop(folder)
            assert [process.wait(PATIENCE) for process in both] == [0, 0]
        finally:
            for process in both:
                process.kill()
    # The thread that waits for nobody is still there.
    os._exit(0)


main() if "RANK" in os.environ else start()
