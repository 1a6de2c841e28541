"""Times PyTorch's training steps of the benchmark's networks, each written as one would by hand.

One JSON command per line of input, one JSON answer per line of output:

    {"name": "sample", "batch": 500, "threads": 2, "channelsLast": false}  ->  {"milliseconds": 612.1, "parameters": 99075}
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def main():
    trainers = {}
    for line in sys.stdin:
        command = json.loads(line)
        torch.set_num_threads(command["threads"])
        key = (command["name"], command["batch"], command["channelsLast"])
        if key not in trainers:
            trainers[key] = Trainer(*key)
        trainer = trainers[key]
        print(json.dumps({"milliseconds": trainer.step(), "parameters": trainer.parameters}), flush=True)


class Trainer:
    def __init__(self, name, batch, channels_last):
        torch.manual_seed(0)
        network, data, classes = NETWORKS[name]
        self.network, self.input = network(), data(batch)
        self.parameters = sum(parameter.numel() for parameter in self.network.parameters())
        if channels_last and self.input.dim() == 4:
            self.network = self.network.to(memory_format=torch.channels_last)
            self.input = self.input.to(memory_format=torch.channels_last)
        self.target = torch.randint(0, classes, (batch,))
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-3)
        self.step()

    def step(self):
        start = time.perf_counter()
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.network(self.input), self.target)
        loss.backward()
        self.optimizer.step()
        loss.item()
        return (time.perf_counter() - start) * 1000


def sample():
    def conv_set(inputs, outputs):
        return [
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.01),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Dropout(0.7),
        ]

    return nn.Sequential(*conv_set(1, 64), *conv_set(64, 128), nn.Flatten(), nn.Linear(8 * 8 * 128, 3))


def conv(inputs, outputs, kernel=3, stride=1, groups=1, activation=True):
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if activation else []))


def head(inputs):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10)]


def depthwise():
    layers, channels = [conv(3, 32)], 32
    for index, outputs in enumerate([64, 128, 128, 256, 256]):
        layers += [conv(channels, channels, stride=1 + index % 2, groups=channels), conv(channels, outputs, 1)]
        channels = outputs
    return nn.Sequential(*layers, *head(channels))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(conv(inputs, outputs, stride=stride), conv(outputs, outputs, activation=False))
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else conv(inputs, outputs, 1, stride, activation=False)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


def resnet18():
    layers, channels = [conv(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
    for stage, outputs in enumerate([64, 128, 256, 512]):
        layers += [Residual(channels, outputs, 1 if stage == 0 else 2), Residual(outputs, outputs, 1)]
        channels = outputs
    return nn.Sequential(*layers, *head(channels))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10000, 128)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        _, (hidden, _) = self.lstm(self.embedding(x))
        return self.head(hidden[0])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10000, 128)
        layer = nn.TransformerEncoderLayer(128, 4, 512, 0.0, F.gelu, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4, nn.LayerNorm(128), enable_nested_tensor=False)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.encoder(self.embedding(x)).mean(1))


def dense():
    sizes = [1024, 3072, 3072, 2304]
    layers = [part for pair in zip(sizes, sizes[1:]) for part in (nn.Linear(*pair), nn.ReLU(inplace=True))]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def tokens(length):
    return lambda batch: torch.randint(0, 10000, (batch, length))


def values(*dims):
    return lambda batch: torch.rand(batch, *dims)


NETWORKS = {
    "sample": (sample, values(1, 30, 30), 3),
    "depthwise": (depthwise, values(3, 32, 32), 10),
    "resnet18": (resnet18, values(3, 64, 64), 10),
    "lstm": (Lstm, tokens(100), 10),
    "transformer": (Transformer, tokens(128), 10),
    "dense": (dense, values(1024), 10),
}


if __name__ == "__main__":
    main()
