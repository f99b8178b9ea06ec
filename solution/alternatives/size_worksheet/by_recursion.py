"""Lists of lists, layer by layer from the first one on; output paddings as remainders."""

import math


def encoder_shapes(shape: Shape, layers: list[Layer]) -> list[Shape]:
    if not layers:
        return [list(shape)]
    layer = layers[0]
    names = ("kernel", "stride", "padding", "dilation")
    sizes = [conv_size(size, **{name: layer[name] for name in names}) for size in shape[1:]]
    after = [layer["channels"] or shape[0], *sizes]
    return [list(shape), *encoder_shapes(after, layers[1:])]


def nodes_after_flatten(shape: Shape, layers: list[Layer]) -> int:
    return math.prod(encoder_shapes(shape, layers)[-1])


def output_paddings(shape: Shape, layers: list[Layer]) -> list[tuple[int, int]]:
    found = []
    for layer, (_, *sizes) in zip(layers, encoder_shapes(shape, layers), strict=False):
        covered = layer["dilation"] * (layer["kernel"] - 1) + 1
        found.insert(0, [(n + 2 * layer["padding"] - covered) % layer["stride"] for n in sizes])
    return found
