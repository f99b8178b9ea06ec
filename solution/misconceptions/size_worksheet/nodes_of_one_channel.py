"""You counted the nodes of one feature map; flatten puts all of them into one row.

Hint: How many feature maps are there in the end?
"""


def nodes_after_flatten(shape: Shape, layers: list[Layer]) -> int:
    _, height, width = encoder_shapes(shape, layers)[-1]
    return height * width
