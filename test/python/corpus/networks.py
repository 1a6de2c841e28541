"""The networks of the corpus, as schemes: well-known architectures, narrow and on small inputs, and each layer type in use."""


def conv(channel, kernel=3, **more):
    return {"type": "conv2d_set", "kernel": [kernel, kernel], "channel": channel, **more}


def depthwise(kernel=3, **more):
    return {"type": "depthwise_conv2d_set", "kernel": [kernel, kernel], **more}


def conv1d(channel, kernel=3, **more):
    return {"type": "conv1d_set", "kernel": kernel, "channel": channel, **more}


def dense(unit, **more):
    return {"type": "dense_set", "unit": unit, **more}


def layer(kind, **more):
    return {"type": kind, **more}


def block(*network, **more):
    return {"type": "block", "network": list(network), **more}


def pool(size=2, stride=None, **more):
    more = {**more, "pooling_stride": [stride, stride]} if stride else more
    return {"type": "maxpooling", "pooling_size": [size, size], **more}


def average(size=2, **more):
    return {"type": "average_pooling", "pooling_size": [size, size], **more}


def act(name, **more):
    return {"type": "activation", "activation": {"type": name, **more} if more else name}


MEAN, MAXIMUM = {"type": "global_average_pooling"}, {"type": "global_max_pooling"}
NORM = {"use_bias": False, "batch_normalization": True}
RELU = {"activation": "relu"}
NORM_RELU = {**NORM, **RELU}


def image(size, *network, labels=4, **data):
    return scheme({"image_size": size, "label_dim": labels, **data}, network)


def signal(size, *network, labels=3, **data):
    return scheme({"input_size": size, "label_dim": labels, **data}, network)


def tokens(length, *network, labels=3, vocabulary=17):
    return scheme({"input_size": [length], "vocabulary": vocabulary, "label_dim": labels}, network)


def scheme(data, network):
    named = [{"name": each.get("name", f"{each['type']}_{place}"), **each} for place, each in enumerate(network, 1)]
    return {"data": data, "model": {"network": [*named, {"name": "head", **dense(data["label_dim"])}]}}


def vgg(plan, **more):
    """Simonyan and Zisserman 2015: the numbers of convolutions between the poolings."""
    parts = []
    for stage, count in enumerate(plan):
        channels = (4, 8, 12, 16, 16)[stage]
        parts += [conv(channels, **RELU, **more) for _ in range(count)] + [pool()]
    return image([32, 32, 3], *parts, dense(24, **RELU, dropout=0.5), dense(24, **RELU, dropout=0.5))


def basic(channels, stride, repeat, **more):
    first = conv(channels, stride=stride, padding=1, **NORM_RELU)
    rest = {"shortcut": "projection", "activation": "relu", **more}
    enter = block(first, conv(channels, padding=1, **NORM), **rest)
    again = block(conv(channels, padding=1, **NORM_RELU), conv(channels, padding=1, **NORM), repeat=repeat - 1, **rest)
    return [enter, again] if repeat > 1 else [enter]


def bottleneck(channels, stride, repeat, groups=1, width=1):
    def one(by):
        middle = conv(channels * width, stride=by, padding=1, groups=groups, **NORM_RELU)
        return block(conv(channels * width, 1, **NORM_RELU), middle, conv(channels * 4, 1, **NORM),
                     shortcut="projection", activation="relu")
    return [one(stride), *[one(1) for _ in range(repeat - 1)]]


def resnet(stages, kind=basic, **more):
    stem = conv(8, 7, stride=2, padding=3, **NORM_RELU)
    parts = [stem, pool(3, 2, padding=1)]
    for index, repeat in enumerate(stages):
        parts += kind(8 * (index + 1), 1 if index == 0 else 2, repeat, **more)
    return image([32, 32, 3], *parts, MEAN)


def mobilenet_v1():
    parts = [conv(8, stride=2, **NORM, activation="relu6")]
    for channels, stride in ((8, 1), (16, 2), (16, 1), (24, 2)):
        parts += [depthwise(stride=stride, **NORM, activation="relu6"), conv(channels, 1, **NORM, activation="relu6")]
    return image([32, 32, 3], *parts, MEAN)


def inverted(inputs, outputs, stride, expand=3, activation="relu6"):
    network = [conv(inputs * expand, 1, **NORM, activation=activation),
               depthwise(stride=stride, padding=1, **NORM, activation=activation), conv(outputs, 1, **NORM)]
    return block(*network, shortcut="identity") if stride == 1 and inputs == outputs else block(*network)


def mobilenet_v2(activation="relu6"):
    plan = [(8, 8, 1), (8, 12, 2), (12, 12, 1), (12, 16, 2), (16, 16, 1)]
    return image([32, 32, 3], conv(8, stride=2, padding=1, **NORM, activation=activation),
                 *[inverted(*step, activation=activation) for step in plan],
                 conv(24, 1, **NORM, activation=activation), MEAN)


def fire(squeeze, expand):
    return block({"name": "squeeze", **conv(squeeze, 1, **RELU)}, {"name": "one", **conv(expand, 1, **RELU)},
                 {"name": "three", "input": "squeeze", **conv(expand, 3, **RELU)},
                 {"name": "both", "type": "concatenate", "inputs": ["one", "three"]})


def squeezenet():
    return image([32, 32, 3], conv(8, 3, stride=2, padding="valid", **RELU), pool(3, 2, padding="same"), fire(4, 8),
                 fire(4, 8), pool(3, 2, padding="same"), fire(6, 12), conv(6, 1, **RELU), MEAN)


def densenet():
    def grow(channels):
        return block({"name": "n", "type": "batch_normalization"}, act("relu"), {"name": "c", **conv(channels, use_bias=False)},
                     {"name": "both", "type": "concatenate", "inputs": ["data", "c"]})
    transition = [layer("batch_normalization"), act("relu"), conv(8, 1, use_bias=False), average(2)]
    return image([16, 16, 3], conv(8, use_bias=False), grow(4), grow(4), *transition, grow(4), grow(4),
                 layer("batch_normalization"), act("relu"), MEAN)


def inception():
    def module(a, b, c, d):
        return block({"name": "a", **conv(a, 1, **RELU)},
                     {"name": "b1", "input": "data", **conv(b, 1, **RELU)}, {"name": "b3", **conv(b + 2, 3, **RELU)},
                     {"name": "c1", "input": "data", **conv(c, 1, **RELU)}, {"name": "c5", **conv(c + 2, 5, **RELU)},
                     {"name": "p", "input": "data", **pool(3, 1, padding="same")}, {"name": "d", **conv(d, 1, **RELU)},
                     {"name": "all", "type": "concatenate", "inputs": ["a", "b3", "c5", "d"]})
    return image([24, 24, 3], conv(8, 5, stride=2, **RELU), module(4, 3, 2, 3), pool(3, 2, padding="same"), module(5, 4, 2, 4), MEAN)


def unet():
    return image([16, 16, 1], {"name": "one", **conv(6, **RELU)}, pool(), {"name": "two", **conv(12, **RELU)}, pool(),
                 conv(16, **RELU), layer("upsampling2d"), {"name": "wide", **conv(12, **RELU)},
                 layer("concatenate", inputs=["two", "wide"]), conv(12, **RELU), layer("upsampling2d"),
                 {"name": "wider", **conv(6, **RELU)}, layer("concatenate", inputs=["one", "wider"]), conv(6, **RELU), MEAN)


def convmixer():
    mix = [block(depthwise(5, activation="gelu"), shortcut="identity"), layer("batch_normalization"),
           conv(12, 1, activation="gelu"), layer("batch_normalization")]
    return image([16, 16, 3], conv(12, 4, stride=4, padding="valid", activation="gelu"), layer("batch_normalization"),
                 *mix, *mix, MEAN)


def convnext():
    def one():
        return block(depthwise(7), layer("layer_normalization", epsilon=1e-6), conv(24, 1, activation="gelu"), conv(8, 1),
                     shortcut="identity")
    return image([16, 16, 3], conv(8, 4, stride=4, padding="valid"), layer("layer_normalization", epsilon=1e-6), one(), one(), MEAN)


def wavenet():
    parts = [{"name": "start", **conv1d(8, 3)}]
    last = "start"
    for step, dilation in enumerate((1, 2, 4)):
        parts += [{"name": f"filter_{step}", "input": last, **conv1d(8, 3, dilation=dilation, activation="tanh")},
                  {"name": f"gate_{step}", "input": last, **conv1d(8, 3, dilation=dilation, activation="sigmoid")},
                  {"name": f"gated_{step}", **layer("multiply", inputs=[f"filter_{step}", f"gate_{step}"])},
                  {"name": f"sum_{step}", **layer("add", inputs=[f"gated_{step}", last])}]
        last = f"sum_{step}"
    return signal([24, 2], *parts, MEAN)


def text_cnn():
    branches = [part for size in (2, 3, 4) for part in (
        {"name": f"conv_{size}", "input": "words", **conv1d(6, size, padding="valid", **RELU)},
        {"name": f"max_{size}", **MAXIMUM})]
    return tokens(12, {"name": "words", **layer("embedding_set", dimension=8)}, *branches,
                  {"name": "all", **layer("concatenate", inputs=["max_2", "max_3", "max_4"])}, layer("dropout", rate=0.5))


def gated():
    return signal([10], {"name": "value", **dense(12, activation="tanh")},
                  {"name": "gate", "input": "data", **dense(12, activation="sigmoid")},
                  layer("multiply", inputs=["value", "gate"]), dense(6, **RELU))


def words(dimension=8, **more):
    return layer("embedding_set", dimension=dimension, **more)


NETWORKS = {
    "lenet": image([28, 28, 1], conv(6, 5, activation="tanh", average_pooling={"pooling_size": [2, 2]}),
                   conv(16, 5, padding="valid", activation="tanh", average_pooling={"pooling_size": [2, 2]}),
                   dense(30, activation="tanh"), dense(20, activation="tanh")),
    "alexnet": image([63, 63, 3], conv(8, 11, stride=4, padding=2, **RELU, maxpooling={"pooling_size": [3, 3], "pooling_stride": [2, 2]}),
                     conv(12, 5, padding=2, **RELU, maxpooling={"pooling_size": [3, 3], "pooling_stride": [2, 2]}),
                     conv(16, padding=1, **RELU), conv(12, padding=1, **RELU), layer("dropout", rate=0.5), dense(32, **RELU)),
    "vgg11": vgg([1, 1, 2, 2, 2]),
    "vgg13": vgg([2, 2, 2, 2, 2]),
    "vgg16": vgg([2, 2, 3, 3, 3]),
    "vgg16_bn": vgg([2, 2, 3, 3, 3], batch_normalization=True),
    "vgg19": vgg([2, 2, 4, 4, 4]),
    "resnet18": resnet([2, 2, 2, 2]),
    "resnet34": resnet([3, 4, 6, 3]),
    "resnet50": resnet([3, 4, 6, 3], bottleneck),
    "resnext": resnet([2, 2], bottleneck, groups=4),
    "wide_resnet": resnet([2, 2], bottleneck, width=2),
    "preact_resnet": image([16, 16, 3], conv(8), *[part for _ in range(3) for part in (
        block(layer("batch_normalization"), act("relu"), conv(8, **NORM_RELU), conv(8), shortcut="identity"),)],
        layer("batch_normalization"), act("relu"), MEAN),
    "mobilenet_v1": mobilenet_v1(),
    "mobilenet_v2": mobilenet_v2(),
    "mobilenet_v3": mobilenet_v2("hard_swish"),
    "efficientnet": mobilenet_v2("silu"),
    "squeezenet": squeezenet(),
    "densenet": densenet(),
    "inception": inception(),
    "xception": image([24, 24, 3], conv(8, stride=2, **NORM_RELU), *[block(
        layer("separable_conv2d_set", kernel=[3, 3], channel=8, **NORM_RELU), layer("separable_conv2d_set", kernel=[3, 3], channel=8, **NORM),
        shortcut="identity", activation="relu") for _ in range(2)], MEAN),
    "nin": image([16, 16, 3], conv(8, 5, **RELU), conv(6, 1, **RELU), pool(3, 2, padding="same"), conv(8, **RELU), conv(4, 1, **RELU), MEAN),
    "allconv": image([16, 16, 3], conv(8, activation="elu"), conv(8, stride=2, activation="elu"), conv(12, stride=2, activation="elu"), conv(4, 1), MEAN),
    "unet": unet(),
    "autoencoder": image([16, 16, 1], conv(6, stride=2, padding=1, **RELU), conv(8, stride=2, padding=1, **RELU),
                         layer("conv2d_transpose_set", kernel=[4, 4], channel=6, stride=2, **RELU),
                         layer("conv2d_transpose_set", kernel=[2, 2], channel=4, stride=2, activation="sigmoid"), MEAN),
    "decoder": image([8, 8, 4], conv(8, **NORM_RELU), layer("upsampling2d", size=[2, 2]), conv(6, **NORM_RELU),
                     layer("upsampling2d", size=[3, 2]), conv(4, activation="tanh"), MEAN),
    "atrous": image([24, 24, 3], conv(6, dilation=2, **NORM_RELU), conv(8, dilation=4, **NORM_RELU), conv(8, 1, **RELU), MEAN),
    "odd_sizes": image([27, 31, 3], conv(6, stride=2, **RELU), conv(8, 5, stride=3, **RELU), pool(2, 2, padding="same"), conv(8, 2, **RELU)),
    "zero_padding": image([15, 15, 3], layer("zero_padding2d", padding=1), conv(6, padding="valid", **RELU),
                          layer("zero_padding2d", padding=[0, 0, 1, 1]), conv(8, stride=2, padding="valid", **RELU), MEAN),
    "convmixer": convmixer(),
    "convnext": convnext(),
    "group_norm": image([16, 16, 3], conv(8, 3), layer("group_normalization", groups=4, epsilon=1e-5), act("relu"),
                        conv(12), layer("group_normalization", groups=3, epsilon=1e-5), act("silu"), MEAN),
    "layer_norm_image": image([12, 12, 3], conv(8), layer("layer_normalization", epsilon=1e-5), act("relu"), conv(6, **RELU)),
    "activations": image([8, 8, 4], *[conv(4, 1, activation=name) for name in (
        "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_swish", "sigmoid", "tanh", "softplus")]),
    "slopes": image([8, 8, 4], conv(6, activation={"type": "leaky_relu", "alpha": 0.2}), conv(6, activation={"type": "elu", "alpha": 0.7})),
    "strided_pools": image([21, 21, 3], conv(6, maxpooling={"pooling_size": [3, 3], "pooling_stride": [2, 2]}),
                           conv(8, average_pooling={"pooling_size": [3, 3], "pooling_stride": [2, 2]}), pool(2), MAXIMUM),
    "digits": image([28, 28, 1], conv(8, padding="valid", **RELU), pool(), conv(16, padding="valid", **RELU), pool(),
                    layer("flatten"), layer("dropout", rate=0.5), labels=10),
    "grey_same": image([20, 20, 1], conv(4, activation="leaky_relu", batch_normalization=True, maxpooling={"pooling_size": [2, 2], "padding": "same"}, dropout=0.7),
                       conv(8, activation="leaky_relu", batch_normalization=True, maxpooling={"pooling_size": [2, 2], "padding": "same"}, dropout=0.7)),
    "multi_label": image([16, 16, 3], conv(8, **NORM_RELU), pool(), conv(8, **NORM_RELU), MEAN, label_type="multi_label"),
    "normalized": image([16, 16, 3], conv(8, **RELU), pool(), normalize="z_score"),
    "mlp": signal([12], dense(16, **RELU), dense(8, **RELU)),
    "mlp_bn": signal([20], dense(16, **NORM_RELU, dropout=0.3), dense(16, **NORM_RELU), dense(8, activation="tanh")),
    "snn": signal([10], dense(16, activation="selu"), dense(16, activation="selu"), dense(8, activation="selu")),
    "regression": signal([6], dense(12, activation="softplus"), dense(12, activation="gelu"), labels=1, label_type="regression"),
    "residual_mlp": signal([12], dense(16, **RELU), block(dense(16, **NORM_RELU), dense(16, **NORM), shortcut="identity"), act("relu")),
    "gated_mlp": gated(),
    "m5": signal([64, 1], conv1d(8, 9, stride=4, **NORM_RELU), layer("maxpooling", pooling_size=2), conv1d(12, 3, **NORM_RELU),
                 layer("maxpooling", pooling_size=2), MEAN),
    "tcn": signal([24, 3], *[block(conv1d(8, 3, dilation=rate, **NORM_RELU), conv1d(8, 3, dilation=rate, **NORM),
                                   shortcut="projection", activation="relu") for rate in (1, 2, 4)], MEAN),
    "wavenet": wavenet(),
    "sensor": signal([32, 4], conv1d(8, 5, **RELU), layer("average_pooling", pooling_size=2), conv1d(8, 3, **RELU)),
    "text_cnn": text_cnn(),
    "fast_text": tokens(10, words(), MEAN),
    "text_dense": tokens(10, words(dropout=0.2), dense(12, **RELU)),
    "text_norm": tokens(10, words(), layer("layer_normalization", epsilon=1e-5), MEAN),
    "lstm": tokens(8, words(), layer("lstm_set", unit=6)),
    "lstm_stack": tokens(8, words(), layer("lstm_set", unit=6, return_sequences=True, dropout=0.2), layer("lstm_set", unit=5)),
    "bilstm": tokens(8, words(), layer("lstm_set", unit=6, bidirectional=True)),
    "gru": tokens(8, words(), layer("gru_set", unit=6)),
    "bigru_stack": tokens(8, words(), layer("gru_set", unit=5, bidirectional=True, return_sequences=True), layer("gru_set", unit=4, bidirectional=True)),
    "sensor_lstm": signal([16, 3], layer("lstm_set", unit=6, return_sequences=True), MEAN),
    "crnn": signal([24, 3], conv1d(8, 3, **RELU), layer("maxpooling", pooling_size=2), layer("gru_set", unit=6)),
    "attention": tokens(8, words(), layer("attention_set", heads=2), MEAN),
    "transformer": tokens(8, words(), layer("transformer_set", heads=2, feed_forward=16, dropout=0.1, repeat=2), layer("layer_normalization", epsilon=1e-5), MEAN),
    "vision_transformer": image([16, 16, 3], conv(8, 4, stride=4, padding="valid"), layer("reshape", shape=[-1, 8]),
                                layer("transformer_set", heads=2, feed_forward=16, repeat=2), layer("layer_normalization", epsilon=1e-5), MEAN),
}  # fmt: skip
