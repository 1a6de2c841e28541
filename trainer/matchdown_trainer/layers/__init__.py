"""Every layer type of the scheme, each a function that expands a layer's settings into operations."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from ..builder import LayerBuilder
from .block import block_of
from .convolutions import conv_set, conv_transpose_set, depthwise_set, separable_set
from .dense import dense_set
from .merging import add, concatenate, multiply
from .normalizations import batch_normalization, group_normalization, layer_normalization
from .pointwise import activation, dropout
from .poolings import average_pooling, global_average_pooling, global_max_pooling, maxpooling
from .rearranging import flatten, permute, reshape, upsampling2d, zero_padding2d
from .sequences import attention_set, embedding_set, gru_set, lstm_set
from .transformer import transformer_set

LayerType = Callable[[LayerBuilder, Mapping[str, Any]], None]

LAYER_TYPES: Mapping[str, LayerType] = {
    "conv1d_set": conv_set,
    "conv2d_set": conv_set,
    "depthwise_conv2d_set": depthwise_set,
    "separable_conv2d_set": separable_set,
    "conv2d_transpose_set": conv_transpose_set,
    "dense_set": dense_set,
    "maxpooling": maxpooling,
    "average_pooling": average_pooling,
    "global_average_pooling": global_average_pooling,
    "global_max_pooling": global_max_pooling,
    "flatten": flatten,
    "batch_normalization": batch_normalization,
    "layer_normalization": layer_normalization,
    "group_normalization": group_normalization,
    "activation": activation,
    "dropout": dropout,
    "add": add,
    "multiply": multiply,
    "concatenate": concatenate,
    "embedding_set": embedding_set,
    "lstm_set": lstm_set,
    "gru_set": gru_set,
    "attention_set": attention_set,
    "transformer_set": transformer_set,
    "reshape": reshape,
    "permute": permute,
    "upsampling2d": upsampling2d,
    "zero_padding2d": zero_padding2d,
    "block": block_of(lambda kind: LAYER_TYPES[kind]),
}
"""By canonical type."""
