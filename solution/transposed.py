"""Transposed convolutions in NumPy: sizes, matrices, gradients, checkerboards (000, 002 to 004).

An image is (H, W), a kernel (rows, columns), and both are float64; one channel is enough to see
how a convolution works. As in PyTorch and in lecture 002, a convolution does not turn its kernel
around: each output is a sum of ``kernel[a, b]`` times a pixel over all a and b. For output (i, j),
this is pixel ``(i * stride - padding + a, j * stride - padding + b)`` of the image, or 0 where that
lies outside. Stride and padding hold for both axes. No function changes its arguments.
"""

from typing import TypedDict

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.floating]
Shape = tuple[int, int, int]
"""Channels, height, width."""


class Layer(TypedDict):
    """A layer of an encoder: a convolution, or max pooling if ``channels`` is None."""

    channels: int | None
    """Channels of its output; max pooling leaves them as they are."""
    kernel: int
    """Rows of the kernel, and columns."""
    stride: int
    padding: int
    dilation: int


LECTURE_ENCODER: list[Layer] = [
    {"channels": channels, "kernel": 2, "stride": 2, "padding": 0, "dilation": 1}
    for channels in (32, 64, 128, 256, 512, 1024, 1024)
]
"""The convolutions of lecture 004's encoder."""


def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Rows (or columns) after a convolution (task ``conv_sizes``, 4 points; lecture 002).

    A kernel with dilation d covers d * (kernel - 1) + 1 pixels. It is put down on each place where
    it fits wholly into the padded image, one stride apart from each other.

    Parameters
    ----------
    size
        Rows of the input, such that the kernel fits.
    kernel, stride, padding, dilation
        Of the convolution; padding is added on both sides.

    Returns
    -------
    int
        Rows of the output.
    """
    # TODO conv_sizes: // divides integers and rounds down.
    # BEGIN SOLUTION conv_sizes
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    # END SOLUTION


def transposed_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """Rows (or columns) after a transposed convolution (task ``conv_sizes``; lectures 000, 002).

    Several sizes shrink to the same one in a convolution. This is the smallest of them, plus the
    output padding.

    Parameters
    ----------
    size
        Rows of the input.
    kernel, stride, padding, dilation
        Those of the convolution whose change of size is undone.
    output_padding
        Rows added at one side, fewer than the stride or the dilation.

    Returns
    -------
    int
        Rows of the output.
    """
    # TODO conv_sizes: solve the other formula for its size.
    # BEGIN SOLUTION conv_sizes
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
    # END SOLUTION


def encoder_shapes(shape: Shape, layers: list[Layer]) -> list[Shape]:
    """Shapes of all feature maps of an encoder (task ``size_worksheet``, 5 points; lecture 004).

    Parameters
    ----------
    shape
        Of the input: channels, height, width.
    layers
        The encoder's layers in order.

    Returns
    -------
    list
        ``shape`` itself, then the shape after each layer, as tuples (channels, height, width).
    """
    # TODO size_worksheet: conv_size for height and width, layer by layer.
    # BEGIN SOLUTION size_worksheet
    shapes = [shape]
    for layer in layers:
        channels, height, width = shapes[-1]
        options = (layer["kernel"], layer["stride"], layer["padding"], layer["dilation"])
        if layer["channels"] is not None:
            channels = layer["channels"]
        shapes.append((channels, conv_size(height, *options), conv_size(width, *options)))
    return shapes
    # END SOLUTION


def nodes_after_flatten(shape: Shape, layers: list[Layer]) -> int:
    """Nodes of the flattened last feature maps (task ``size_worksheet``; lecture 004).

    Parameters
    ----------
    shape, layers
        As in ``encoder_shapes``.

    Returns
    -------
    int
        How many numbers the linear layer after the encoder gets for one image.
    """
    # TODO size_worksheet: how many numbers are in the last feature maps?
    # BEGIN SOLUTION size_worksheet
    channels, height, width = encoder_shapes(shape, layers)[-1]
    return channels * height * width
    # END SOLUTION


def decoder_shapes(
    shape: Shape, layers: list[Layer], paddings: list[tuple[int, int]] | None = None
) -> list[Shape]:
    """Shapes back through the mirrored decoder (task ``size_worksheet``; lecture 004).

    The decoder has a transposed convolution for each convolution of the encoder, in reverse order,
    with the same kernel, stride, padding and dilation. It gives the channels that the convolution
    got. Max pooling is reversed by unpooling, of which the size follows the same formula.

    Parameters
    ----------
    shape, layers
        Of the encoder, as in ``encoder_shapes``.
    paddings
        For each layer of the decoder in its order, the output padding of height and width; None
        means that there is none.

    Returns
    -------
    list
        The shape that the encoder ends with, then the shape after each layer of the decoder.
    """
    # TODO size_worksheet: encoder_shapes says which channels; transposed_size says the rest.
    # BEGIN SOLUTION size_worksheet
    there = encoder_shapes(shape, layers)
    shapes = [there[-1]]
    extra = [(0, 0)] * len(layers) if paddings is None else paddings
    for layer, before, (down, across) in zip(layers[::-1], there[-2::-1], extra, strict=True):
        _, height, width = shapes[-1]
        options = (layer["kernel"], layer["stride"], layer["padding"])
        height = transposed_size(height, *options, down, layer["dilation"])
        width = transposed_size(width, *options, across, layer["dilation"])
        shapes.append((before[0], height, width))
    return shapes
    # END SOLUTION


def output_paddings(shape: Shape, layers: list[Layer]) -> list[tuple[int, int]]:
    """Output paddings with which the decoder meets the encoder's sizes (task ``size_worksheet``).

    Parameters
    ----------
    shape, layers
        Of the encoder, as in ``encoder_shapes``.

    Returns
    -------
    list
        For each layer of the decoder in its order, the output padding of height and width: with
        them, ``decoder_shapes`` gives the list of ``encoder_shapes`` from its end to its start.
    """
    # TODO size_worksheet: what is missing after each layer?
    # BEGIN SOLUTION size_worksheet
    there = encoder_shapes(shape, layers)[::-1]
    found = []
    for layer, small, large in zip(layers[::-1], there, there[1:], strict=False):
        options = (layer["kernel"], layer["stride"], layer["padding"], 0, layer["dilation"])
        height, width = (transposed_size(size, *options) for size in small[1:])
        found.append((large[1] - height, large[2] - width))
    return found
    # END SOLUTION


def conv_matrix(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """The matrix of a convolution (task ``conv_matrix``, 5 points; lecture 002).

    A convolution is linear, so there is a matrix with which
    ``conv_matrix(kernel, x.shape, ...) @ x.ravel()`` is the output, row by row in one dimension.

    Parameters
    ----------
    kernel
        (rows, columns).
    shape
        Of the images, (H, W).
    stride, padding
        Of the convolution.

    Returns
    -------
    numpy.ndarray
        (pixels of the output, H * W).
    """
    # TODO conv_matrix: row i * (columns of the output) + j holds the weights of output (i, j).
    # BEGIN SOLUTION conv_matrix
    rows = conv_size(shape[0], kernel.shape[0], stride, padding)
    columns = conv_size(shape[1], kernel.shape[1], stride, padding)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        for (a, b), weight in np.ndenumerate(kernel):
            row, column = i * stride - padding + a, j * stride - padding + b
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                matrix[i, j, row, column] = weight
    return matrix.reshape(rows * columns, shape[0] * shape[1])
    # END SOLUTION


def convolution(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    """A convolution as a product with its matrix (task ``conv_matrix``; lecture 002).

    Parameters
    ----------
    x
        (H, W).
    kernel, stride, padding
        As in ``conv_matrix``.

    Returns
    -------
    numpy.ndarray
        (rows of the output, columns of the output).
    """
    # TODO conv_matrix: one product, and the shape of the output.
    # BEGIN SOLUTION conv_matrix
    rows = conv_size(x.shape[0], kernel.shape[0], stride, padding)
    return (conv_matrix(kernel, x.shape, stride, padding) @ x.ravel()).reshape(rows, -1)
    # END SOLUTION


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    """A transposed convolution (task ``transposed_conv``, 5 points; lectures 000, 002, 003).

    Every pixel writes the whole kernel, times its value, into the output; where kernels overlap,
    they add up. Pixel (i, j) writes its kernel from (i * stride - padding, j * stride - padding)
    on; what falls outside of the output is dropped. Its matrix is that of the convolution with the
    same kernel, stride and padding, transposed.

    Parameters
    ----------
    x
        (h, w).
    kernel
        (rows, columns).
    stride, padding, output_padding
        Of the transposed convolution; the output padding is added below and on the right.

    Returns
    -------
    numpy.ndarray
        Of the size that ``transposed_size`` says for each axis.
    """
    # TODO transposed_conv: write into an array with room for all kernels, then cut the padding off.
    # BEGIN SOLUTION transposed_conv
    height = transposed_size(x.shape[0], kernel.shape[0], stride, 0, output_padding)
    width = transposed_size(x.shape[1], kernel.shape[1], stride, 0, output_padding)
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride, j * stride
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return out[padding : height - padding, padding : width - padding]
    # END SOLUTION


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    """Gradient of a convolution (task ``not_an_inverse``, 5 points; lectures 002 and 003).

    Parameters
    ----------
    dout
        The gradient of the loss with respect to the output of ``convolution``.
    kernel, stride, padding
        Of the convolution.
    shape
        Of its input, (H, W).

    Returns
    -------
    dx
        The gradient with respect to its input, (H, W).
    """
    # TODO not_an_inverse: the matrix, transposed; or transposed_conv with enough output padding.
    # BEGIN SOLUTION not_an_inverse
    return (conv_matrix(kernel, shape, stride, padding).T @ dout.ravel()).reshape(shape)
    # END SOLUTION


def round_trip(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    """There by a convolution and back by the transposed one (task ``not_an_inverse``; 002).

    Parameters
    ----------
    x
        (H, W).
    kernel, stride, padding
        Of the convolution, and of the transposed convolution.

    Returns
    -------
    numpy.ndarray
        (H, W), the size of x but not x: compare them.
    """
    # TODO not_an_inverse: two calls; pixels that no kernel reaches are 0.
    # BEGIN SOLUTION not_an_inverse
    small = convolution(x, kernel, stride, padding)
    return conv_backward(small, kernel, x.shape, stride, padding)
    # END SOLUTION


def unseen_image(kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """An image that a convolution turns into zeros (task ``not_an_inverse``; lecture 002).

    Added to any other image, it does not change the convolution of that. So no layer whatsoever
    can tell the two apart afterwards: a convolution that has one has no inverse.

    Parameters
    ----------
    kernel, stride, padding
        Of the convolution.
    shape
        Of the image, (H, W).

    Returns
    -------
    numpy.ndarray
        (H, W), not zero: the squares of its pixels add up to 1.

    Raises
    ------
    ValueError
        There is none: from the output of this convolution, the input can be computed.
    """
    # TODO not_an_inverse: the null space of the matrix; np.linalg.svd with full_matrices gives it.
    # BEGIN SOLUTION not_an_inverse
    _, lengths, directions = np.linalg.svd(conv_matrix(kernel, shape, stride, padding))
    rank = int((lengths > 1e-10 * lengths[0]).sum())
    if rank == len(directions):
        raise ValueError("this convolution turns no image into zeros")
    return directions[-1].reshape(shape)
    # END SOLUTION


def write_counts(
    shape: tuple[int, int], kernel: int, stride: int, padding: int = 0, output_padding: int = 0
) -> NDArray[np.integer]:
    """How often a transposed convolution writes each pixel (task ``checkerboard``, 6 points; 002).

    Parameters
    ----------
    shape
        Of the input, (h, w).
    kernel
        Rows of the kernel, and columns.
    stride, padding, output_padding
        Of the transposed convolution.

    Returns
    -------
    numpy.ndarray
        For each pixel of the output, the number of pixels of the input that write to it; integers.
    """
    # TODO checkerboard: what is written if every value and every weight is 1?
    # BEGIN SOLUTION checkerboard
    ones = transposed_conv(
        np.ones(shape), np.ones((kernel, kernel)), stride, padding, output_padding
    )
    return ones.round().astype(int)
    # END SOLUTION


def is_even(kernel: int, stride: int) -> bool:
    """Whether all pixels are written equally often, but for the borders (task ``checkerboard``).

    Parameters
    ----------
    kernel
        Rows of the kernel, and columns.
    stride
        Of the transposed convolution, without padding.

    Returns
    -------
    bool
        True if ``write_counts`` is the same for all pixels that lie far from the borders in a
        large image.
    """
    # TODO checkerboard: look at some counts, or think about which pixels write to a given one.
    # BEGIN SOLUTION checkerboard
    return kernel % stride == 0
    # END SOLUTION


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    """Draw how often pixels are written (task ``checkerboard``; lecture 002).

    Parameters
    ----------
    counts
        Results of ``write_counts`` by a name such as ``"kernel 3, stride 2"``.

    Returns
    -------
    matplotlib.figure.Figure
        One row of images, in the order of `counts`, each with its name as the title of its axes.
        All share one grey scale, on which 0 is black and the greatest count of all is white. No
        ticks, no frames, no smoothing.
    """
    # TODO checkerboard: Figure(...), subplots, imshow with cmap, vmin, vmax and interpolation.
    # BEGIN SOLUTION checkerboard
    most = max(int(count.max()) for count in counts.values())
    figure = Figure(figsize=(2.4 * len(counts), 2.7), layout="constrained")
    axes = figure.subplots(1, len(counts), squeeze=False)[0]
    for ax, (name, count) in zip(axes, counts.items(), strict=True):
        ax.imshow(count, cmap="gray", vmin=0, vmax=most, interpolation="nearest")
        ax.set_title(name, fontsize=10)
        ax.axis("off")
    return figure
    # END SOLUTION
