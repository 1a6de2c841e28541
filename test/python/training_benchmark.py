"""Times PyTorch's training steps of the sample network; one JSON command per line of input, one JSON answer per line of output.

    {"batch": 500, "threads": 2, "channelsLast": false, "steps": 3}  ->  {"milliseconds": [..]}
"""

import json
import sys
import time

import torch
from torch import nn


def main():
    trainers = {}
    for line in sys.stdin:
        command = json.loads(line)
        torch.set_num_threads(command["threads"])
        key = (command["batch"], command["channelsLast"])
        if key not in trainers:
            trainers = {key: Trainer(*key)}
        print(json.dumps({"milliseconds": [trainers[key].step() for _ in range(command["steps"])]}), flush=True)


class Trainer:
    def __init__(self, batch, channels_last):
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.network = sample_network().to(memory_format=layout)
        self.input = torch.rand(batch, 1, 30, 30).to(memory_format=layout)
        self.target = torch.randint(0, 3, (batch,))
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-3)
        self.step()

    def step(self):
        start = time.perf_counter()
        self.optimizer.zero_grad()
        loss = nn.functional.cross_entropy(self.network(self.input), self.target)
        loss.backward()
        self.optimizer.step()
        loss.item()
        return (time.perf_counter() - start) * 1000


def sample_network():
    def conv_set(inputs, outputs):
        return [
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.01),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Dropout(0.7),
        ]

    return nn.Sequential(*conv_set(1, 64), *conv_set(64, 128), nn.Flatten(), nn.Linear(8 * 8 * 128, 3))


if __name__ == "__main__":
    main()
