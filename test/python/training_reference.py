"""Runs networks of primitive operations in PyTorch, in float64: what a compiled graph is compared with.

The request, JSON on standard input, is a list of cases; a case has `operations` (as in core/shape/network.ts), `output`, `loss`, `label_type`,
`optimizer`, `learning_rate`, `tensors` (name to dims and base64 little-endian values) and `batches` (input, target, masks).
For each case the result, on standard output, has, for the first batch, the loss, the evaluation output, the gradient of each parameter and one
central difference along a fixed direction; and the state after one optimizer step for each batch.
"""

import base64
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

BATCH_NORM_ROLES = ("scale", "shift", "running_mean", "running_variance")


def main():
    cases = json.load(sys.stdin)
    json.dump({case["name"]: run_case(case) for case in cases}, sys.stdout)


def run_case(case):
    state = {name: decode(tensor) for name, tensor in case["tensors"].items()}
    trainable = [name for name in state if not name.endswith(("running_mean", "running_variance"))]
    for name in trainable:
        state[name].requires_grad_()
    optimizer = make_optimizer(case["optimizer"], [state[name] for name in trainable], case["learningRate"])
    batches = [{key: decode(tensor) for key, tensor in batch.items()} for batch in case["batches"]]

    first = {}
    buffers = {name: value.clone() for name, value in state.items() if name not in trainable}
    with torch.no_grad():
        values = forward(case, state, batches[0], training=False)
        first["output"] = encode(values[case["output"]])
        first["evaluationLoss"] = loss_of(case, values[loss_input(case)], batches[0]).item()
        first["differences"] = {name: difference(case, state, batches[0], name) for name in trainable}
        for name, value in buffers.items():
            state[name].copy_(value)

    losses = []
    for index, batch in enumerate(batches):
        optimizer.zero_grad()
        loss = loss_of(case, forward(case, state, batch, training=True)[loss_input(case)], batch)
        loss.backward()
        losses.append(loss.item())
        if index == 0:
            first["gradients"] = {name: encode(gradient_of(state[name])) for name in trainable}
        optimizer.step()
    return {**first, "losses": losses, "state": {name: encode(value.detach()) for name, value in state.items()}}


def gradient_of(tensor):
    return torch.zeros_like(tensor) if tensor.grad is None else tensor.grad


def difference(case, state, batch, name):
    """(L(w + h d) - L(w - h d)) / 2h for d[i] = cos(i + 1)."""
    value = state[name]
    direction = torch.cos(torch.arange(1, value.numel() + 1, dtype=torch.float64)).reshape(value.shape)
    kept = value.clone()
    losses = []
    step = 1e-6
    for sign in (1, -1):
        value.copy_(kept + sign * step * direction)
        losses.append(loss_of(case, forward(case, state, batch, training=True)[loss_input(case)], batch).item())
    value.copy_(kept)
    return (losses[0] - losses[1]) / (2 * step)


def loss_input(case):
    last = case["operations"][-1]
    absorbed = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(case["loss"])
    return last["inputs"][0] if last["kind"] == "activation" and last["activation"] == absorbed else case["output"]


def loss_of(case, output, batch):
    output = output.flatten(1)
    target = batch["target"]
    if case["labelType"] == "classification":
        if output.shape[1] == 1:
            target = target.reshape(-1, 1).double()
        elif case["loss"] != "cross_entropy":
            target = F.one_hot(target, output.shape[1]).double()
    functions = {
        "cross_entropy": F.cross_entropy,
        "binary_cross_entropy": F.binary_cross_entropy_with_logits,
        "mean_squared_error": F.mse_loss,
        "mean_absolute_error": F.l1_loss,
        "huber": F.huber_loss,
    }
    return functions[case["loss"]](output, target)


def forward(case, state, batch, training):
    values = {"data": batch["input"]}
    for operation in case["operations"]:
        inputs = [values[name] for name in operation["inputs"]]
        values[operation["id"]] = apply(operation, inputs, state, batch, training)
    return values


def apply(operation, inputs, state, batch, training):
    kind, x = operation["kind"], inputs[0]
    role = lambda name: state.get(f"{operation['id']}.{name}")
    if kind == "convolution":
        rank = len(operation["kernel"])
        convolve = {1: F.conv1d, 2: F.conv2d}[rank]
        return convolve(
            pad(x, operation["pads"], 0.0), role("weight"), role("bias"), operation["strides"], 0,
            operation["dilations"], operation["groups"],
        )
    if kind == "dense":
        return F.linear(x, role("weight"), role("bias"))
    if kind == "batch_normalization":
        scale, shift, mean, variance = (role(name) for name in BATCH_NORM_ROLES)
        return F.batch_norm(x, mean, variance, scale, shift, training, 1 - operation["momentum"], operation["epsilon"])
    if kind == "activation":
        return activate(operation["activation"], operation["alpha"], x)
    if kind == "max_pooling":
        pool = {1: F.max_pool1d, 2: F.max_pool2d}[len(operation["kernel"])]
        return pool(pad(x, operation["pads"], -float("inf")), operation["kernel"], operation["strides"])
    if kind == "average_pooling":
        return average_pool(operation, x)
    if kind == "global_average_pooling":
        return x.flatten(2).mean(2)
    if kind == "global_max_pooling":
        return F.adaptive_max_pool1d(x.flatten(2), 1).flatten(1)
    if kind == "dropout":
        return x * batch[f"mask:{operation['id']}"] / (1 - operation["rate"]) if training else x
    if kind == "flatten":
        return x.flatten(1)
    if kind == "concatenate":
        rank = x.dim() - 1
        axis = operation["axis"] % rank
        return torch.cat(inputs, 1 if axis == rank - 1 else axis + 2)
    if kind in OPERATIONS:
        return OPERATIONS[kind](operation, x, role)
    result = inputs[0]
    for other in inputs[1:]:
        result = result + other if kind == "add" else result * other
    return result


def transposed_convolution(operation, x, role):
    """The whole output, then ONNX's pads cut off and its output padding appended (never beyond what a stride leaves)."""
    rank = len(operation["kernel"])
    convolve = {1: F.conv_transpose1d, 2: F.conv_transpose2d}[rank]
    strides, dilations = operation["strides"], operation["dilations"]
    y = convolve(x, role("weight"), None, strides, 0, 0, operation["groups"], dilations)
    pads, extra = operation["pads"], operation["outputPadding"]
    y = pad(y, [-p for p in pads[:rank]] + [e - p for p, e in zip(pads[rank:], extra)], 0.0)
    return y + role("bias").reshape(-1, *[1] * rank)


def dense_per_position(operation, x, role):
    return F.linear(x.transpose(1, -1), role("weight"), role("bias")).transpose(1, -1)


def layer_normalization(operation, x, role):
    last = x.movedim(1, -1)
    normalized = F.layer_norm(last, last.shape[-1:], role("scale"), role("shift"), operation["epsilon"])
    return normalized.movedim(-1, 1)


def group_normalization(operation, x, role):
    return F.group_norm(x, operation["groups"], role("scale"), role("shift"), operation["epsilon"])


def upsampling(operation, x, role):
    for axis, size in enumerate(operation["size"]):
        x = x.repeat_interleave(size, axis + 2)
    return x


def graph_dims(shape):
    return shape if len(shape) < 2 else [shape[-1], *shape[:-1]]


def permute(operation, x, role):
    """In the scheme's layout, channels last, and back."""
    order = [0] + [axis + 1 for axis in operation["order"]]
    return x.movedim(1, -1).permute(order).movedim(-1, 1)


def embedding(operation, x, role):
    return F.embedding(x, role("weight")).transpose(1, 2)


def recurrent(operation, x, role):
    """torch's own layer, with ONNX's gates put into torch's order."""
    units = operation["units"]
    is_lstm = operation["kind"] == "lstm"
    order = [0, 2, 3, 1] if is_lstm else [1, 0, 2]
    gates = lambda value: torch.cat([value[gate * units : (gate + 1) * units] for gate in order])
    flat = []
    directions = 2 if operation["bidirectional"] else 1
    for direction in range(directions):
        bias = role("bias")[direction]
        half = bias.numel() // 2
        flat += [gates(role("weight")[direction]), gates(role("recurrent_weight")[direction])]
        flat += [gates(bias[:half]), gates(bias[half:])]
    zeros = torch.zeros(directions, x.shape[0], units)
    common = (flat, True, 1, 0.0, False, directions == 2, True)
    if is_lstm:
        sequence, last, _ = torch.lstm(x.transpose(1, 2), (zeros, zeros), *common)
    else:
        sequence, last = torch.gru(x.transpose(1, 2), zeros, *common)
    return sequence.transpose(1, 2) if operation["returnSequences"] else last.transpose(0, 1).flatten(1)


def attention(operation, x, role):
    heads, size = operation["heads"], operation["keyDimension"]
    projected = F.linear(x.transpose(1, 2), role("weight"), role("bias"))
    split = [part.unflatten(-1, (heads, size)).transpose(1, 2) for part in projected.chunk(3, -1)]
    context = F.scaled_dot_product_attention(*split).transpose(1, 2).flatten(2)
    return F.linear(context, role("output_weight"), role("output_bias")).transpose(1, 2)


OPERATIONS = {
    "transposed_convolution": transposed_convolution,
    "dense_per_position": dense_per_position,
    "layer_normalization": layer_normalization,
    "group_normalization": group_normalization,
    "zero_padding": lambda operation, x, role: pad(x, operation["pads"], 0.0),
    "upsampling": upsampling,
    "reshape": lambda operation, x, role: x.reshape(-1, *graph_dims(operation["outputShape"])),
    "permute": permute,
    "embedding": embedding,
    "lstm": recurrent,
    "gru": recurrent,
    "attention": attention,
}


def pad(x, pads, value):
    """ONNX's pads (all begins, all ends) in the order of F.pad (last axis first, begin and end together)."""
    rank = len(pads) // 2
    flat = [side for axis in reversed(range(rank)) for side in (pads[axis], pads[axis + rank])]
    return F.pad(x, flat, value=value)


def average_pool(operation, x):
    pool = {1: F.avg_pool1d, 2: F.avg_pool2d}[len(operation["kernel"])]
    sums = pool(pad(x, operation["pads"], 0.0), operation["kernel"], operation["strides"])
    counts = pool(pad(torch.ones_like(x), operation["pads"], 0.0), operation["kernel"], operation["strides"])
    return sums / counts


def activate(name, alpha, x):
    functions = {
        "linear": lambda: x,
        "relu": lambda: F.relu(x),
        "relu6": lambda: F.relu6(x),
        "leaky_relu": lambda: F.leaky_relu(x, alpha),
        "elu": lambda: F.elu(x, alpha),
        "selu": lambda: F.selu(x),
        "gelu": lambda: F.gelu(x),
        "silu": lambda: F.silu(x),
        "hard_swish": lambda: F.hardswish(x),
        "sigmoid": lambda: torch.sigmoid(x),
        "tanh": lambda: torch.tanh(x),
        "softplus": lambda: F.softplus(x),
        "softmax": lambda: torch.softmax(x, 1),
    }
    return functions[name]()


def make_optimizer(settings, parameters, rate):
    kind, decay = settings["type"], settings["weightDecay"]
    betas = (settings["beta1"], settings["beta2"])
    epsilon, momentum = settings["epsilon"], settings["momentum"]
    if kind == "adam":
        return torch.optim.Adam(parameters, rate, betas, epsilon, decay)
    if kind == "adamw":
        return torch.optim.AdamW(parameters, rate, betas, epsilon, decay)
    if kind == "rmsprop":
        return torch.optim.RMSprop(parameters, rate, betas[1], epsilon, decay, momentum)
    if kind == "adagrad":
        return torch.optim.Adagrad(parameters, rate, weight_decay=decay, eps=epsilon)
    return torch.optim.SGD(parameters, rate, momentum, weight_decay=decay)


def decode(tensor):
    values = np.frombuffer(base64.b64decode(tensor["values"]), dtype=tensor["type"]).reshape(tensor["dims"])
    result = torch.from_numpy(values.copy())
    return result if tensor["type"] == "int64" else result.double()


def encode(tensor):
    return base64.b64encode(tensor.detach().double().contiguous().numpy().tobytes()).decode()


if __name__ == "__main__":
    main()
