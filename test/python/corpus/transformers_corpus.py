"""Exports small language models of Hugging Face's transformers by PyTorch's exporters, made from configurations alone.

    transformers_corpus.py FOLDER [NETWORK ...]

writes FOLDER/<network>.<variant>.<exporter>.onnx and prints each name; nothing is downloaded. Each model is exported with
either way in which the library computes attention, and with one setting changed. Needs transformers, which the tests do
without.
"""

import os
import sys

import torch
import transformers
from torch import nn

from exporting import export_all, told
from torch_corpus import export
from torch_networks import randomize

EXPORTERS = {"ts17": ("ts", 17), "dyn20": ("dyn", 20)}
BERT = {"vocab_size": 31, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
        "max_position_embeddings": 16}
GPT = {"vocab_size": 31, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 16}
LLAMA = {**BERT, "num_key_value_heads": 2}

NETWORKS = {
    "bert": ("BertModel", "BertConfig", BERT), "roberta": ("RobertaModel", "RobertaConfig", BERT),
    "electra": ("ElectraModel", "ElectraConfig", {**BERT, "embedding_size": 16}),
    "distilbert": ("DistilBertModel", "DistilBertConfig", {"vocab_size": 31, "dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 24,
                                                           "max_position_embeddings": 16}),
    "gpt2": ("GPT2Model", "GPT2Config", GPT), "llama": ("LlamaModel", "LlamaConfig", LLAMA),
}  # fmt: skip
# By the name of the deviation, the settings that a configuration may have, and what they become.
DEVIATIONS = {
    "activation": (("hidden_act", "activation_function", "activation"), lambda old: "silu" if "gelu" in old else "relu"),
    "heads": (("num_attention_heads", "n_heads", "n_head"), lambda old: old * 2),
    "epsilon": (("layer_norm_eps", "layer_norm_epsilon", "rms_norm_eps"), lambda _: 1e-2),
    "missing": (("num_hidden_layers", "n_layers", "n_layer"), lambda old: old - 1),
    "feed_forward": (("intermediate_size", "hidden_dim", "n_inner"), lambda old: (old or 64) + 4),
}  # fmt: skip


class FirstState(nn.Module):
    """Tokens to the last layer's states."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, tokens):
        return self.model(tokens, **({"use_cache": False} if hasattr(self.model.config, "use_cache") else {}))[0]

    def example(self, batch):
        return torch.arange(batch * 8).reshape(batch, 8) % 29 + 2


def main(folder, *names):
    export_all(NETWORKS, names, lambda name, index: export_network(folder, name, index))


def export_network(folder, name, index):
    for title, attention in (("as_intended", "eager"), ("as_sdpa", "sdpa")):
        for exporter in EXPORTERS:
            write(folder, f"{name}.{title}.{exporter}", name, attention)
    for turn, (variant, (keys, change)) in enumerate(DEVIATIONS.items()):
        kind, config, settings = NETWORKS[name]
        usual = getattr(transformers, config)(**settings)
        key = next((key for key in keys if hasattr(usual, key)), None)
        if key:
            more = {key: change(getattr(usual, key))}
            if variant == "heads" and "num_key_value_heads" in settings:
                more["num_key_value_heads"] = more[key]
            write(folder, f"{name}.{variant}.{('ts17', 'dyn20')[(turn + index) % 2]}", name, "eager", more)


def write(folder, title, name, attention, changed=()):
    kind, config, settings = NETWORKS[name]
    torch.manual_seed(0)
    with told(f"{title}.onnx"):
        made = getattr(transformers, config)(**{**settings, **dict(changed)}, attn_implementation=attention)
        model = getattr(transformers, kind)(made).eval()
        randomize(model)
        export(FirstState(model), os.path.join(folder, f"{title}.onnx"), *EXPORTERS[title.split(".")[-1]])


if __name__ == "__main__":
    main(*sys.argv[1:])
