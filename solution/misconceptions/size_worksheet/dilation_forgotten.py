"""You left out the dilation of the layers.

Hint: Which entries of a layer do you never look at?
"""


def encoder_shapes(shape: Shape, layers: list[Layer]) -> list[Shape]:
    shapes = [shape]
    for layer in layers:
        channels, height, width = shapes[-1]
        options = (layer["kernel"], layer["stride"], layer["padding"])
        if layer["channels"] is not None:
            channels = layer["channels"]
        shapes.append((channels, conv_size(height, *options), conv_size(width, *options)))
    return shapes
