"""Exports torchvision's own architectures by PyTorch's exporters, as they are and with one module changed.

    vision_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.<variant>.<exporter>.onnx, for resnet18 and resnet50 with the scheme beside them, and prints each name.
Weights are random; the larger architectures are made narrow by their own constructors. Needs torchvision, which the tests do
without.
"""

import os
import shutil
import sys

import torch
import torchvision.models as models
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.densenet import DenseNet
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vgg import VGG, make_layers
from torchvision.models.vision_transformer import VisionTransformer

from exporting import export_all, told
from module_deviations import DEVIATIONS
from torch_corpus import export
from torch_networks import randomize

SCHEMES = os.path.join(os.path.dirname(__file__), "../../fixtures/networks")
EXPORTERS = {"ts17": ("ts", 17), "dyn20": ("dyn", 20)}


def vgg(numbers, norm=False):
    plan = [part for stage, count in enumerate(numbers) for part in [(8, 12, 16, 16, 16)[stage]] * count + ["M"]]
    built = VGG(make_layers(plan, norm), 10, init_weights=False)
    built.classifier = nn.Sequential(nn.Linear(16 * 49, 32), nn.ReLU(True), nn.Dropout(), nn.Linear(32, 32), nn.ReLU(True),
                                     nn.Dropout(), nn.Linear(32, 10))
    return built


def alexnet():
    built = models.alexnet(weights=None)
    built.classifier = nn.Sequential(nn.Dropout(), nn.Linear(256 * 36, 32), nn.ReLU(True), nn.Dropout(), nn.Linear(32, 10))
    return built


def convnext():
    settings = [CNBlockConfig(16, 24, 2), CNBlockConfig(24, 32, 2), CNBlockConfig(32, None, 2)]
    return ConvNeXt(settings, num_classes=10)


NETWORKS = {
    "resnet18": (lambda: models.resnet18(weights=None), 224),
    "resnet50": (lambda: models.resnet50(weights=None), 224),
    "resnet_small": (lambda: ResNet(BasicBlock, [1, 1, 1, 1], 10), 64),
    "resnext_small": (lambda: ResNet(Bottleneck, [1, 1, 1, 1], 10, groups=8, width_per_group=4), 64),
    "wide_resnet_small": (lambda: ResNet(Bottleneck, [1, 1, 1, 1], 10, width_per_group=96), 64),
    "vgg11": (lambda: vgg([1, 1, 2, 2, 2]), 224),
    "vgg13_bn": (lambda: vgg([2, 2, 2, 2, 2], True), 224),
    "vgg16": (lambda: vgg([2, 2, 3, 3, 3]), 224),
    "alexnet": (alexnet, 224),
    "mobilenet_v2": (lambda: models.mobilenet_v2(width_mult=0.25, num_classes=10), 64),
    "mobilenet_v3_small": (lambda: models.mobilenet_v3_small(num_classes=10), 64),
    "mobilenet_v3_large": (lambda: models.mobilenet_v3_large(num_classes=10), 64),
    "squeezenet1_0": (lambda: models.squeezenet1_0(num_classes=10), 64),
    "squeezenet1_1": (lambda: models.squeezenet1_1(num_classes=10), 64),
    "shufflenet_v2": (lambda: models.shufflenet_v2_x0_5(num_classes=10), 64),
    "mnasnet": (lambda: models.mnasnet0_5(num_classes=10), 64),
    "densenet": (lambda: DenseNet(8, (2, 2, 2, 2), 16, num_classes=10), 64),
    "googlenet": (lambda: models.googlenet(weights=None, num_classes=10, aux_logits=False, init_weights=False), 64),
    "efficientnet_b0": (lambda: models.efficientnet_b0(num_classes=10), 64),
    "regnet": (lambda: models.regnet_y_400mf(num_classes=10), 64),
    "convnext": (convnext, 64),
    "swin": (lambda: SwinTransformer([4, 4], 24, [1, 1], [1, 2], [4, 4], num_classes=10), 64),
    "vision_transformer": (lambda: VisionTransformer(32, 8, 2, 2, 32, 64, num_classes=10), 32),
}  # fmt: skip


class Sized(nn.Module):
    """With what the exports ask for: an example of its input."""

    def __init__(self, model, size):
        super().__init__()
        self.model, self.size = model, size

    def forward(self, x):
        return self.model(x)

    def example(self, batch):
        return torch.randn(batch, 3, self.size, self.size)


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, *NETWORKS[name], index))


def export_network(folder, name, make, size, index):
    if name in ("resnet18", "resnet50"):
        shutil.copy(os.path.join(SCHEMES, f"{name}.model_scheme.json"), os.path.join(folder, f"{name}.json"))
    write(folder, f"{name}.as_intended.ts17", make, size)
    write(folder, f"{name}.as_intended.dyn20", make, size)
    for turn, change in enumerate(DEVIATIONS):
        write(folder, f"{name}.{change.__name__}.{['ts17', 'dyn20'][(turn + index) % 2]}", make, size, change)


def write(folder, title, make, size, change=lambda model: None):
    torch.manual_seed(0)
    model = make().eval()
    try:
        change(model)
    except LookupError:
        return
    with told(f"{title}.onnx"):
        randomize(model.eval())
        export(Sized(model, size).eval(), os.path.join(folder, f"{title}.onnx"), *EXPORTERS[title.split(".")[-1]])


if __name__ == "__main__":
    main(*sys.argv[1:])
