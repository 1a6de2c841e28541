"""Single deliberate deviations of a PyTorch module that others wrote: each changes one of its parts, or raises LookupError."""

from torch import nn

ACTIVATIONS = (nn.ReLU, nn.ReLU6, nn.SiLU, nn.Hardswish, nn.GELU, nn.LeakyReLU, nn.ELU)
PRODUCTS = (nn.Conv2d, nn.Linear)


def is_activation(module):
    """Libraries have classes of their own for them, which are called alike."""
    names = {kind.__name__.lower() for kind in ACTIVATIONS} | {"gelutanh", "swish"}
    return isinstance(module, ACTIVATIONS) or type(module).__name__.lower() in names


def is_plain(module):
    """A convolution of three by three that keeps the size."""
    return type(module) is nn.Conv2d and module.kernel_size == (3, 3) and module.padding == (1, 1) and module.dilation == (1, 1)


def activation(model):
    swap(model, is_activation, lambda _: nn.Tanh())


def missing(model):
    swap(model, lambda each: is_activation(each) or isinstance(each, nn.LayerNorm), lambda _: nn.Identity())


def extra(model):
    swap(model, is_activation, lambda old: nn.Sequential(old, nn.Sigmoid()))


def moved(model):
    """An activation goes behind the next product."""
    modules = [(parent, name, child) for parent in model.modules() for name, child in parent.named_children()]
    places = [at for at, each in enumerate(modules[:-1]) if is_activation(each[2])]
    for at in places[len(places) // 2 :]:
        behind = next((each for each in modules[at:] if type(each[2]) in PRODUCTS), None)
        if behind:
            parent, name, product = behind
            setattr(parent, name, nn.Sequential(product, modules[at][2]))
            setattr(*modules[at][:2], nn.Identity())
            return
    raise LookupError


def kernel(model):
    """A depthwise or plain convolution of three by three becomes one of five by five."""
    def wider(old):
        return nn.Conv2d(old.in_channels, old.out_channels, 5, old.stride, 2, 1, old.groups, old.bias is not None)
    swap(model, is_plain, wider)


def dilation(model):
    def wider(old):
        return nn.Conv2d(old.in_channels, old.out_channels, 3, old.stride, 2, 2, old.groups, old.bias is not None)
    swap(model, is_plain, wider)


def groups(model):
    def parted(old):
        sizes = (old.in_channels, old.out_channels, old.kernel_size, old.stride, old.padding)
        return nn.Conv2d(*sizes, old.dilation, 2, old.bias is not None)
    even = lambda old: type(old) is nn.Conv2d and old.groups == 1 and old.in_channels % 2 == old.out_channels % 2 == 0
    swap(model, even, parted)


def epsilon(model):
    one_of(model, lambda each: hasattr(each, "eps") and not hasattr(each, "running_mean"))[2].eps = 1e-2


def pooling(model):
    def average(old):
        return nn.AvgPool2d(old.kernel_size, old.stride, old.padding, old.ceil_mode)
    swap(model, lambda each: isinstance(each, nn.MaxPool2d), average)


def heads(model):
    """Torch's attention is made anew, that of others reads the number at each call."""
    found = one_of(model, lambda each: getattr(each, "num_heads", 0) > 0 and each.num_heads % 2 == 0 and
                   (isinstance(each, nn.MultiheadAttention) or {"head_dim", "scale"} <= vars(each).keys()))[2]
    found.num_heads //= 2
    found.head_dim *= 2
    if not isinstance(found, nn.MultiheadAttention):
        found.scale = found.head_dim**-0.5


def swap(model, fits, make):
    parent, name, old = one_of(model, fits)
    setattr(parent, name, make(old))


def one_of(model, fits):
    """The one in the middle of all parts that fit."""
    found = [(parent, name, child) for parent in model.modules() for name, child in parent.named_children() if fits(child)]
    if not found:
        raise LookupError
    return found[len(found) // 2]


DEVIATIONS = (activation, missing, extra, moved, kernel, dilation, groups, epsilon, pooling, heads)
