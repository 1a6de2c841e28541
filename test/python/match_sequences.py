"""Exports small networks on sequences, each written in the ways in which people write it, and with single deviations.

    match_sequences.py FOLDER [--all]

writes FOLDER/<network>.<variant>.<exporter>.onnx, most by the TorchScript exporter, which is quick, with `--all` by every
exporter in every opset, and prints each name. A variant `as_*` computes what the scheme of its network says; every other one does not.
"""

import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

from match_exports import quiet
from match_layers import TOKENS, export, randomize

OLDEST = ["ts13", "ts17", "dyn18", "dyn20"]
SERIES = torch.randn(2, 12, 6, generator=torch.Generator().manual_seed(0))
PICTURE = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))


class Attention(nn.Module):
    """One layer of self-attention of two heads; `form` is how it is written."""

    def __init__(self, form, channels=8, heads=2):
        super().__init__()
        self.form, self.heads, self.size = form, heads, channels // heads
        if form.startswith("as_module"):
            bias = dict(batch_first=form != "as_module_length_first")
            self.module = nn.MultiheadAttention(channels, heads, **bias)
        elif form in ("as_packed", "as_chunks", "as_interleaved"):
            self.packed = nn.Linear(channels, 3 * channels)
        else:
            self.q, self.k, self.v = (nn.Linear(channels, channels) for _ in range(3))
        self.out = nn.Linear(channels, channels, bias=form != "output_bias")

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, self.size).transpose(1, 2)

    def forward(self, x):
        if self.form.startswith("as_module"):
            x = x if self.module.batch_first else x.transpose(0, 1)
            x = self.module(x, x, x, need_weights=self.form == "as_module_with_weights")[0]
            return x if self.module.batch_first else x.transpose(0, 1)
        batch, length, channels = x.shape
        if self.form == "as_packed":
            q, k, v = self.packed(x).reshape(batch, length, 3, self.heads, self.size).permute(2, 0, 3, 1, 4).unbind(0)
        elif self.form == "as_chunks":
            q, k, v = (self.split(part) for part in self.packed(x).chunk(3, -1))
        elif self.form == "as_interleaved":
            mixed = self.packed(x).reshape(batch, length, self.heads, 3, self.size)
            q, k, v = (mixed[:, :, :, part].transpose(1, 2) for part in range(3))
        else:
            q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        x = self.attend(q, k, v)
        if self.form == "heads_as_positions":
            return self.out(x.reshape(batch, length, channels))
        return self.out(x.transpose(1, 2).reshape(batch, length, channels))

    def attend(self, q, k, v):
        if self.form in ("as_product", "as_rows"):
            scores = q @ k.transpose(-2, -1) / self.size**0.5
            return scores.softmax(-1) @ v
        if self.form == "as_sum":
            return torch.einsum("bhqk,bhkd->bhqd", torch.einsum("bhqd,bhkd->bhqk", q * self.size**-0.5, k).softmax(-1), v)
        if self.form == "unscaled":
            return (q @ k.transpose(-2, -1)).softmax(-1) @ v
        if self.form == "over_queries":
            return (q @ k.transpose(-2, -1) / self.size**0.5).softmax(-2) @ v
        if self.form == "keys_as_values":
            return F.scaled_dot_product_attention(q, k, k)
        if self.form == "fewer_keys":
            return F.scaled_dot_product_attention(q, k[:, :, 1:], v[:, :, 1:])
        if self.form == "window":
            near = (torch.arange(q.shape[2])[:, None] - torch.arange(k.shape[2])).abs() < 2
            return F.scaled_dot_product_attention(q, k, v, attn_mask=near)
        return F.scaled_dot_product_attention(q, k, v, is_causal=self.form == "causal")


class Attending(nn.Module):
    def __init__(self, form):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        heads = 4 if form == "heads" else 2
        self.attention = nn.Identity() if form == "missing" else Attention(form, 8, heads)
        self.more = Attention("as_operator") if form == "twice" else nn.Identity()
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.more(self.attention(self.embed(x))).mean(1))


class Block(nn.Module):
    """A transformer block with the normalization in front."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.norm1, self.norm2 = nn.LayerNorm(8, 1e-3 if form == "epsilon" else 1e-5), nn.LayerNorm(8)
        self.attention = Attention("as_packed" if form == "as_packed" else "as_product")
        self.expand, self.contract = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x):
        y = self.attention(self.norm1(x))
        x = y if self.form == "without_shortcut" else x + F.dropout(y, 0.1, self.training)
        if self.form == "one_norm":
            return x + self.contract(self.activate(self.expand(x)))
        if self.form == "feed_forward_first":
            return x + self.attention(self.norm2(x))
        return x + self.contract(self.activate(self.expand(self.norm2(x))))

    def activate(self, x):
        if self.form == "gelu_tanh":
            return F.gelu(x, approximate="tanh")
        return F.relu(x) if self.form == "relu" else F.gelu(x)


class Encoder(nn.Module):
    def __init__(self, form):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        count = {"one": 1, "three": 3}.get(form, 2)
        if form == "as_module":
            layer = nn.TransformerEncoderLayer(8, 2, 16, 0.1, "gelu", batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        elif form == "norm_behind":
            layer = nn.TransformerEncoderLayer(8, 2, 16, 0.1, "gelu", batch_first=True, norm_first=True)
            self.blocks = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8), enable_nested_tensor=False)
        else:
            self.blocks = nn.Sequential(*(Block(form) for _ in range(count)))
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.blocks(self.embed(x)).mean(1))


class Picture(nn.Module):
    """A small vision transformer: patches, a block, the mean."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.patches = nn.Conv2d(3, 8, 4, 2 if form == "stride" else 4)
        self.block = Block("as_intended")
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = self.patches(x)
        x = x.flatten(2).transpose(1, 2) if self.form != "as_reshaped" else x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, 8)
        if self.form == "columns_first":
            x = self.patches.weight.new_zeros(1) + x.roll(1, 1)
        x = self.block(x)
        return self.head(self.norm(x).mean(1) if self.form != "first_position" else self.norm(x)[:, 0])


class Recurrent(nn.Module):
    """A recurrent layer whose every output is averaged."""

    def __init__(self, form, kind=nn.LSTM):
        super().__init__()
        self.form = form
        kind = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}.get(form, kind)
        one_way = form in ("one_way", "as_flipped")
        self.layer = kind(6, 4 if form == "unit" else 5, batch_first=form != "as_length_first", bidirectional=not one_way,
                          bias=form != "bias", num_layers=2 if form == "two" else 1)
        self.backward_layer = kind(6, 5, batch_first=True) if form == "as_flipped" else None
        self.head = nn.Linear((4 if form == "unit" else 5) * (1 if form == "one_way" else 2), 3)

    def forward(self, x):
        x = x.flip(1) if self.form == "reversed" else x
        if self.form == "as_flipped":
            return self.head(torch.cat([self.layer(x)[0], self.backward_layer(x.flip(1))[0].flip(1)], 2).mean(1))
        if self.form == "as_length_first":
            return self.head(self.layer(x.transpose(0, 1))[0].mean(0))
        start = None
        if self.form == "start":
            start = torch.full((2, x.shape[0], 5), 0.5)
            start = (start, start) if isinstance(self.layer, nn.LSTM) else start
        y = self.layer(x, start)[0]
        y = torch.tanh(y) if self.form == "tanh" else y
        return self.head(y.amax(1) if self.form == "max" else y.mean(1))


class LastState(nn.Module):
    def __init__(self, form, kind=nn.LSTM):
        super().__init__()
        self.form = form
        self.layer = kind(6, 5, batch_first=True)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        outputs, state = self.layer(x)
        memory, state = (state[1], state[0]) if isinstance(state, tuple) else (None, state)
        if self.form == "memory":
            return self.head(memory[-1])
        if self.form == "as_state":
            return self.head(state[-1])
        if self.form == "as_squeezed":
            return self.head(state.squeeze(0))
        place = {"first": 0, "last_but_one": -2, "as_counted": x.shape[1] - 1}.get(self.form, -1)
        return self.head(outputs[:, place])


class BothEnds(nn.Module):
    """The last states of both directions."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.layer = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(5 if form == "sum" else 10, 3)

    def forward(self, x):
        outputs, (state, _) = self.layer(x)
        if self.form == "last_position":
            return self.head(outputs[:, -1])
        if self.form == "swapped":
            return self.head(torch.cat([state[-1], state[-2]], 1))
        if self.form == "sum":
            return self.head(state[0] + state[1])
        if self.form == "as_transposed":
            return self.head(state.transpose(0, 1).flatten(1))
        if self.form == "as_positions":
            return self.head(torch.cat([outputs[:, -1, :5], outputs[:, 0, 5:]], 1))
        return self.head(torch.cat([state[-2], state[-1]], 1))


class Stack(nn.Module):
    """A convolution over the series, two recurrent layers and a dense layer at the end."""

    def __init__(self, form):
        super().__init__()
        self.form = form
        self.convolution = nn.Conv1d(6, 8, 5 if form == "kernel" else 3, padding=2 if form == "kernel" else 1)
        if form == "as_layers":
            self.first, self.second = nn.GRU(8, 5, batch_first=True), nn.GRU(5, 5, batch_first=True)
        else:
            self.layers = nn.GRU(8, 5, {"one": 1, "three": 3}.get(form, 2), batch_first=True, dropout=0.2 if form != "one" else 0)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        x = self.convolution(x.transpose(1, 2))
        x = (x if self.form == "activation" else F.relu(x)).transpose(1, 2)
        x = self.second(self.first(x)[0])[0] if self.form == "as_layers" else self.layers(x)[0]
        return self.head(x[:, -1])


class Cells(nn.Module):
    """A recurrent layer as a loop over cells, from a library or in its parts."""

    def __init__(self, form, kind="lstm"):
        super().__init__()
        self.form, self.kind = form, kind
        gates = {"lstm": 4, "gru": 3}[kind]
        self.cell = (nn.LSTMCell if kind == "lstm" else nn.GRUCell)(6, 5)
        self.other = (nn.LSTMCell if kind == "lstm" else nn.GRUCell)(6, 5)
        self.beside = nn.Linear(11, 5 * gates)
        self.x, self.h, self.reset = nn.Linear(6, 5 * gates), nn.Linear(5, 5 * gates), nn.Linear(5, 5)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        zeros = x.new_zeros(x.shape[0], 5)
        h, c, before, outputs = zeros + 0.5 if self.form == "start" else zeros, zeros, zeros, []
        projected = self.x(x) if self.form == "as_projected" else None
        count = x.shape[1]
        for place in reversed(range(count)) if self.form == "reversed" else range(count):
            if self.form == "skipped" and place == 3:
                continue
            place = 4 if self.form == "twice" and place == 3 else place
            state = before if self.form == "late" and place > 5 else h
            before = h
            if self.form in ("as_cells", "reversed", "skipped", "twice", "late", "start", "weights", "memory", "first", "as_stacked"):
                cell = self.other if self.form == "weights" and place == 5 else self.cell
                h, c = cell(x[:, place], (state, c)) if self.kind == "lstm" else (cell(x[:, place], state), c)
            else:
                given = projected[:, place] if projected is not None else self.x(x[:, place])
                h, c = self.step(x[:, place] if self.form == "as_beside" else given, state, c)
            outputs.append(h)
        if self.form == "memory":
            return self.head(c)
        if self.form == "as_stacked":
            return self.head(torch.stack(outputs, 1)[:, -1])
        return self.head(outputs[0 if self.form == "first" else -1])

    def step(self, given, h, c):
        if self.kind == "lstm":
            gates = self.beside(torch.cat([given, h], 1)) if self.form == "as_beside" else given + self.h(h)
            i, f, g, o = gates.chunk(4, 1)
            if self.form == "peephole":
                f = f + c
            squash = torch.relu if self.form == "relu" else torch.tanh
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * squash(g)
            return torch.sigmoid(o) * (c if self.form == "linear" else torch.tanh(c)), c
        (xr, xz, xn), (hr, hz, hn) = given.chunk(3, 1), self.h(h).chunk(3, 1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        if self.form == "before":
            hn, r = self.reset(r * h), 1
        n = torch.tanh(xn + r * hn)
        return ((1 - z) * h + z * n if self.form == "exchanged" else (1 - z) * n + z * h), c


NETWORKS = {
    "attending": (Attending, TOKENS,
                  ["as_operator", "as_product", "as_sum", "as_packed", "as_chunks", "as_interleaved"],
                  ["heads", "unscaled", "over_queries", "keys_as_values", "fewer_keys", "causal", "window",
                   "heads_as_positions", "output_bias", "missing", "twice"]),
    "encoder": (Encoder, TOKENS, ["as_blocks", "as_packed", "as_module"],
                ["one", "three", "relu", "gelu_tanh", "epsilon", "without_shortcut", "one_norm", "feed_forward_first",
                 "norm_behind"]),
    "picture": (Picture, PICTURE, ["as_flattened", "as_reshaped"], ["stride", "columns_first", "first_position"]),
    "bilstm": (Recurrent, SERIES, ["as_batch_first", "as_length_first", "as_flipped"],
               ["one_way", "unit", "gru", "rnn", "bias", "two", "reversed", "start", "tanh", "max"]),
    "bigru": (lambda form: Recurrent(form, nn.GRU), SERIES, ["as_batch_first", "as_length_first"], ["lstm", "start"]),
    "lastlstm": (LastState, SERIES, ["as_position", "as_state", "as_squeezed", "as_counted"],
                 ["memory", "first", "last_but_one"]),
    "lastgru": (lambda form: LastState(form, nn.GRU), SERIES, ["as_position", "as_state"], ["first"]),
    "bothends": (BothEnds, SERIES, ["as_joined", "as_transposed", "as_positions"], ["last_position", "swapped", "sum"]),
    "stack": (Stack, SERIES, ["as_one", "as_layers"], ["kernel", "one", "three", "activation"]),
    "lstmcells": (Cells, SERIES, ["as_cells", "as_gates", "as_projected", "as_stacked", "as_beside"],
                  ["reversed", "skipped", "twice", "late", "start", "weights", "memory", "first", "peephole", "relu", "linear"]),
    "grucells": (lambda form: Cells(form, "gru"), SERIES, ["as_cells", "as_gates", "as_projected", "as_stacked"],
                 ["reversed", "skipped", "twice", "late", "start", "weights", "first", "before", "exchanged"]),
}  # fmt: skip


def main(folder, mode=""):
    quiet()
    for name, (network, sample, alike, deviating) in NETWORKS.items():
        for index, form in enumerate([*alike, *deviating]):
            torch.manual_seed(0)
            model = network(form).eval()
            randomize(model)
            is_alike = form.startswith("as_")
            for exporter in OLDEST if mode == "--all" else ["dyn20" if is_alike and index % 2 else "ts17"]:
                file = f"{name}.{form}.{exporter}.onnx"
                try:
                    export(model, sample, os.path.join(folder, file), exporter)
                except torch.onnx.errors.UnsupportedOperatorError:
                    # Scaled dot-product attention needs opset 14.
                    if exporter != "ts13":
                        raise
                    continue
                print(file, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
