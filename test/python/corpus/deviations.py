"""Single deliberate deviations of a scheme: what an export must not be taken for. Each gives its name and the other scheme."""

import copy

CONVOLUTIONS = ("conv2d_set", "conv1d_set", "depthwise_conv2d_set")


def deviations(scheme):
    """All that apply, one place each; the place goes on with the kind, so that not only first layers deviate."""
    for turn, (name, change) in enumerate(CHANGES.items()):
        places = [path for path in paths(scheme["model"]["network"]) if applies(change, scheme, path)]
        if places:
            other = copy.deepcopy(scheme)
            change(*at(other, places[(turn * 7 + len(places) // 2) % len(places)]))
            yield name, other


def paths(network, before=()):
    for index, each in enumerate(network):
        yield (*before, index)
        if each["type"] == "block":
            yield from paths(each["network"], (*before, index))


def at(scheme, path):
    """The list that holds a layer, and its place there."""
    network = scheme["model"]["network"]
    for index in path[:-1]:
        network = network[index]["network"]
    return network, path[-1]


def applies(change, scheme, path):
    trial = copy.deepcopy(scheme)
    network, index = at(trial, path)
    before = copy.deepcopy(network)
    is_head = len(path) == 1 and index == len(network) - 1
    return not is_head and change(network, index) is not False and network != before


def kernel(network, index):
    each = network[index]
    sizes = each.get("kernel")
    if each["type"] not in CONVOLUTIONS or each.get("padding", "same") != "same":
        return False
    wider = [size + 2 for size in sizes] if isinstance(sizes, list) else sizes + 2
    each["kernel"] = wider


def channel(network, index):
    """Only where the layer behind does not ask for the number: another convolution or a dense layer."""
    each = network[index]
    if each["type"] not in ("conv2d_set", "conv1d_set", "dense_set") or not is_followed_freely(network, index):
        return False
    key = "unit" if each["type"] == "dense_set" else "channel"
    if each.get("groups", 1) > 1:
        return False
    each[key] += 2


def is_followed_freely(network, index):
    behind = network[index + 1] if index + 1 < len(network) else None
    named = any(network[index].get("name") in (other.get("inputs") or [other.get("input")]) for other in network)
    return behind and not named and behind["type"] in ("conv2d_set", "conv1d_set", "dense_set") and behind.get("groups", 1) == 1 \
        and "input" not in behind


def stride(network, index):
    each = network[index]
    if each["type"] not in ("conv2d_set", "conv1d_set") or not is_followed_freely(network, index):
        return False
    if any(other["type"] in ("add", "multiply", "concatenate") for other in network):
        return False
    each["stride"] = 1 if each.get("stride", 1) != 1 else 2


def dilation(network, index):
    each = network[index]
    if each["type"] not in CONVOLUTIONS or each.get("padding", "same") != "same" or each.get("stride", 1) != 1:
        return False
    if each["kernel"] in (1, [1, 1]):
        return False
    each["dilation"] = each.get("dilation", 1) + 1


def activation(network, index):
    each = network[index]
    name = each.get("activation")
    if name is None or name == "linear":
        return False
    usual = name["type"] if isinstance(name, dict) else name
    each["activation"] = {"relu": "sigmoid", "relu6": "relu", "gelu": "silu", "tanh": "sigmoid", "sigmoid": "tanh",
                          "hard_swish": "silu", "silu": "relu"}.get(usual, "relu")


def alpha(network, index):
    each = network[index]
    name = each.get("activation")
    usual = name["type"] if isinstance(name, dict) else name
    if usual not in ("leaky_relu", "elu"):
        return False
    each["activation"] = {"type": usual, "alpha": 0.3}


def bias(network, index):
    each = network[index]
    if "use_bias" in each or "batch_normalization" in each or each["type"] not in (*CONVOLUTIONS, "dense_set"):
        return False
    each["use_bias"] = False


def epsilon(network, index):
    each = network[index]
    if each["type"] not in ("layer_normalization", "group_normalization"):
        return False
    each["epsilon"] = 2e-3


def groups(network, index):
    each = network[index]
    if each.get("groups", 1) == 1 or each["type"] == "depthwise_conv2d_set":
        return False
    each["groups"] = 2 if each["groups"] % 2 == 0 and each["groups"] != 2 else 1


def pooling(network, index):
    each = network[index]
    kinds = {"maxpooling": "average_pooling", "average_pooling": "maxpooling",
             "global_average_pooling": "global_max_pooling", "global_max_pooling": "global_average_pooling"}
    if each["type"] in kinds:
        each["type"] = kinds[each["type"]]
        return True
    for one in ("maxpooling", "average_pooling"):
        if one in each:
            each[kinds[one]] = each.pop(one)
            return True
    return False


def unit(network, index):
    each = network[index]
    behind = network[index + 1] if index + 1 < len(network) else {"type": ""}
    if each["type"] not in ("lstm_set", "gru_set") or behind["type"] == "add":
        return False
    each["unit"] += 1


def heads(network, index):
    each = network[index]
    if each["type"] not in ("attention_set", "transformer_set"):
        return False
    each["heads"] *= 2


def feed_forward(network, index):
    if "feed_forward" not in network[index]:
        return False
    network[index]["feed_forward"] += 4


def dimension(network, index):
    if network[index]["type"] != "embedding_set" or network[index + 1]["type"] in ("attention_set", "transformer_set"):
        return False
    network[index]["dimension"] += 2


def size(network, index):
    """An upsampling by another factor."""
    if network[index]["type"] != "upsampling2d" or network[index + 1]["type"] == "concatenate" or \
            any(other["type"] == "concatenate" for other in network):
        return False
    network[index]["size"] = [3, 3]


def missing(network, index):
    each = network[index]
    same_shape = each["type"] in ("activation", "batch_normalization", "layer_normalization", "group_normalization", "attention_set", "transformer_set")
    if not (same_shape or is_like_before(network, index)) or each.get("activation") == "linear":
        return False
    forget(network, index)


def is_like_before(network, index):
    """A layer whose shape is that of the one in front: without it everything behind fits."""
    if index == 0 or "input" in network[index]:
        return False
    each, before = network[index], network[index - 1]
    key = {"conv2d_set": "channel", "conv1d_set": "channel", "dense_set": "unit"}.get(each["type"])
    plain = each.get("stride", 1) == 1 and each.get("padding", "same") in ("same", 1) and "maxpooling" not in each and "average_pooling" not in each
    return key is not None and before["type"] == each["type"] and before.get(key) == each[key] and plain


def forget(network, index):
    name = network[index].get("name")
    before = network[index].get("input") or (network[index - 1].get("name") if index > 0 else "data")
    for other in network:
        if other.get("input") == name and name is not None:
            other["input"] = before
        if name in other.get("inputs", []):
            other["inputs"] = [before if each == name else each for each in other["inputs"]]
    del network[index]


def extra(network, index):
    """One more layer of the same shape behind."""
    each = network[index]
    key = {"conv2d_set": "channel", "conv1d_set": "channel", "dense_set": "unit"}.get(each["type"])
    if key is None or any(each.get("name") in (other.get("inputs") or [other.get("input")]) for other in network):
        return False
    kernel_of_one = {"conv2d_set": {"kernel": [1, 1]}, "conv1d_set": {"kernel": 1}}.get(each["type"], {})
    network.insert(index + 1, {"name": "surplus", "type": each["type"], key: each[key], **kernel_of_one})


def order(network, index):
    """The inputs of a concatenation the other way round."""
    each = network[index]
    if each["type"] != "concatenate":
        return False
    each["inputs"] = each["inputs"][::-1]


def product(network, index):
    each = network[index]
    if each["type"] not in ("add", "multiply"):
        return False
    each["type"] = "multiply" if each["type"] == "add" else "add"


def shortcut(network, index):
    each = network[index]
    if each.get("shortcut", "none") == "none":
        return False
    each["shortcut"] = "none"


def moved(network, index):
    """Two different layers of one shape, one after the other, the other way round."""
    if index == 0 or index >= len(network) - 1:
        return False
    one, two = network[index - 1], network[index]
    kinds = ("activation", "batch_normalization", "layer_normalization", "group_normalization", "attention_set")
    convolutions = one["type"] == two["type"] == "conv2d_set" and one["channel"] == two["channel"] and one != two and index > 1
    swappable = (one["type"] in kinds and two["type"] in kinds and one["type"] != two["type"]) or (
        convolutions and not any(key in each for each in (one, two) for key in ("stride", "maxpooling", "average_pooling", "input")))
    same = {k: v for k, v in one.items() if k != "name"} == {k: v for k, v in two.items() if k != "name"}
    if not swappable or same:
        return False
    network[index - 1], network[index] = two, one


CHANGES = {change.__name__: change for change in (
    kernel, channel, stride, dilation, activation, alpha, bias, epsilon, groups, pooling, unit, heads, feed_forward, dimension,
    size, missing, extra, order, product, shortcut, moved)}
