"""You set the channels after max pooling to those of the layer, but it has none: pooling keeps the
channels that it gets.

Hint: What is the number of channels in your list after a layer whose channels are None?
"""


def encoder_shapes(shape: Shape, layers: list[Layer]) -> list[Shape]:
    shapes = [shape]
    for layer in layers:
        _, height, width = shapes[-1]
        options = (layer["kernel"], layer["stride"], layer["padding"], layer["dilation"])
        sizes = (conv_size(height, *options), conv_size(width, *options))
        shapes.append((layer["channels"], *sizes))
    return shapes


def nodes_after_flatten(shape: Shape, layers: list[Layer]) -> int:
    channels, height, width = encoder_shapes(shape, layers)[-1]
    return (channels or 1) * height * width
