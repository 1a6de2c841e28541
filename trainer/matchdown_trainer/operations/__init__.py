"""The primitive operations that every layer type comes to, each with the meaning of the compiled graph's.

Values are ``[batch, channels, height, width]``, ``[batch, channels, length]``, ``[batch, features]``, or ``[batch, length]`` token
ids; shapes are written in the scheme's layout, channels last and without the batch.
"""

from .activation import Activation
from .attention import Attention
from .convolution import Convolution, TransposedConvolution
from .dense import Dense, DensePerPosition
from .dropout import Dropout
from .embedding import Embedding
from .merging import Add, Concatenate, Multiply
from .normalization import BatchNormalization, GroupNormalization, LayerNormalization
from .operation import Initializer, Operation
from .pooling import AveragePooling, GlobalPooling, MaxPooling
from .rearranging import Flatten, Permute, Reshape, Upsampling, ZeroPadding
from .recurrent import Recurrent

__all__ = [
    "Activation",
    "Add",
    "Attention",
    "AveragePooling",
    "BatchNormalization",
    "Concatenate",
    "Convolution",
    "Dense",
    "DensePerPosition",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalPooling",
    "GroupNormalization",
    "Initializer",
    "LayerNormalization",
    "MaxPooling",
    "Multiply",
    "Operation",
    "Permute",
    "Recurrent",
    "Reshape",
    "TransposedConvolution",
    "Upsampling",
    "ZeroPadding",
]
