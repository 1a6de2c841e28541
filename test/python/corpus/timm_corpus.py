"""Exports architectures of timm by PyTorch's exporters, as they are and with one part changed.

    timm_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.<variant>.<exporter>.onnx and prints each name. Weights are random. Needs timm (and torchvision, which
it asks for), which the tests do without.
"""

import os
import sys

import timm
import torch

from exporting import export_all, told
from module_deviations import DEVIATIONS
from torch_corpus import export
from torch_networks import randomize
from vision_corpus import Sized

EXPORTERS = {"ts13": ("ts", 13), "ts17": ("ts", 17), "dyn18": ("dyn", 18), "dyn20": ("dyn", 20)}
FIXED = {"img_size": 64}
SMALL = {**FIXED, "embed_dim": 48, "depth": 2}

# Each with its constructor's arguments and the size of its images; smaller than they are where that is one argument.
NETWORKS = {
    "test_byobnet": ({}, 64), "test_convnext": ({}, 64), "test_convnext2": ({}, 64), "test_efficientnet": ({}, 64),
    "test_efficientnet_evos": ({}, 64), "test_efficientnet_gn": ({}, 64), "test_efficientnet_ln": ({}, 64),
    "test_mambaout": ({}, 64), "test_nfnet": ({}, 64), "test_resnet": ({}, 64), "test_vit": (FIXED, 64),
    "test_vit2": (FIXED, 64), "test_vit3": (FIXED, 64), "test_coatnet": (FIXED, 64), "test_maxvit": (FIXED, 64),
    "test_vit_relpos": (FIXED, 64),
    "lcnet_035": ({}, 64), "mobilenetv3_small_050": ({}, 64), "mobilenetv4_conv_small_035": ({}, 64),
    "ghostnet_050": ({}, 64), "tinynet_e": ({}, 64), "mnasnet_small": ({}, 64), "semnasnet_050": ({}, 64),
    "regnety_002": ({}, 64), "repghostnet_050": ({}, 64), "starnet_s1": ({}, 64), "hgnetv2_b0": ({}, 64),
    "cs3darknet_s": ({}, 64), "efficientvit_b0": ({}, 64), "edgenext_xx_small": ({}, 64), "mobilevit_xxs": ({}, 64),
    "mobilevitv2_050": ({}, 64), "fastvit_t8": ({}, 64), "mobileone_s0": ({}, 64), "pvt_v2_b0": ({}, 64),
    "inception_next_atto": ({}, 64), "convnextv2_atto": ({"depths": (1, 1, 2, 1)}, 64), "repvgg_a0": ({}, 64),
    "ese_vovnet19b_dw": ({}, 64), "resnest14d": ({}, 64),
    "skresnet18": ({}, 64), "deit_tiny_patch16_224": ({**SMALL, "num_heads": 4}, 64),
    "mixer_s32_224": (FIXED, 64),
    "resmlp_12_224": (FIXED, 64),
    "gmlp_ti16_224": (FIXED, 64),
    "cait_xxs24_224": ({**SMALL, "num_heads": 4}, 64), "eva02_tiny_patch14_224": ({"img_size": 56, "depth": 2}, 56),
    "xcit_nano_12_p16_224": ({**SMALL, "num_heads": 4}, 64),
    "densenet121": ({"growth_rate": 8, "block_config": (2, 2, 2, 2)}, 64), "levit_128s": ({"img_size": 224}, 224),
    "swin_s3_tiny_224": ({"img_size": 56, "embed_dim": 24, "depths": (2, 2), "num_heads": (2, 4), "window_size": (7, 7)}, 56),
}  # fmt: skip


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, index))


def export_network(folder, name, index):
    """Three exports of what is intended, and three deviations, which come round from network to network."""
    for exporter in ("dyn20", "ts17", ("ts13", "dyn18")[index % 2]):
        write(folder, f"{name}.as_intended.{exporter}", name)
    turns = [DEVIATIONS[(index + turn) % len(DEVIATIONS)] for turn in range(len(DEVIATIONS))]
    fitting = [change for change in turns if applies(change, name)][:3]
    for turn, change in enumerate(fitting):
        write(folder, f"{name}.{change.__name__}.{('ts17', 'dyn20')[(turn + index) % 2]}", name, change)
    if index % 4 == 0:
        write(folder, f"{name}.float64.ts17", name, lambda model: model.double())


def applies(change, name):
    try:
        change(make(name))
        return True
    except LookupError:
        return False


def make(name):
    torch.manual_seed(0)
    return timm.create_model(name, pretrained=False, num_classes=10, **NETWORKS[name][0]).eval()


def write(folder, title, name, change=lambda model: None):
    with told(f"{title}.onnx"):
        model = make(name)
        change(model)
        randomize(model.eval())
        sized = Sized(model, NETWORKS[name][1]).eval()
        export(sized, os.path.join(folder, f"{title}.onnx"), *EXPORTERS[title.split(".")[-1]])


if __name__ == "__main__":
    main(*sys.argv[1:])
