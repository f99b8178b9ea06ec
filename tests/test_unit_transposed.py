"""The unit transposed.py: its reference, its stubs, a half-right sample and all its variants."""

import pytest
from unit_tests import UnitTests

pytestmark = pytest.mark.proof

HALF_RIGHT = """
def conv_size(size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (size + 2 * padding - kernel) // stride + 1


def decoder_shapes(
    shape: Shape, layers: list[Layer], paddings: list[tuple[int, int]] | None = None
) -> list[Shape]:
    return encoder_shapes(shape, layers)[::-1]


def conv_matrix(
    kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    rows = conv_size(shape[0], kernel.shape[0], stride)
    columns = conv_size(shape[1], kernel.shape[1], stride)
    matrix = np.zeros((rows, columns, *shape))
    for i, j in np.ndindex(rows, columns):
        top, left = i * stride, j * stride
        matrix[i, j, top : top + kernel.shape[0], left : left + kernel.shape[1]] = kernel
    return matrix.reshape(rows * columns, -1)


def convolution(x: Array, kernel: Array, stride: int = 1, padding: int = 0) -> Array:
    padded = np.pad(x, padding)
    rows = conv_size(padded.shape[0], kernel.shape[0], stride)
    return (conv_matrix(kernel, padded.shape, stride) @ padded.ravel()).reshape(rows, -1)


def transposed_conv(
    x: Array, kernel: Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Array:
    height, width = (
        transposed_size(n, k, stride) for n, k in zip(x.shape, kernel.shape, strict=True)
    )
    out = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(x):
        top, left = i * stride, j * stride
        out[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return out


def conv_backward(
    dout: Array, kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    dx = np.zeros(np.add(shape, 2 * padding + stride))
    for (i, j), value in np.ndenumerate(dout):
        top, left = i * stride, j * stride
        dx[top : top + kernel.shape[0], left : left + kernel.shape[1]] += value * kernel
    return dx[padding : padding + shape[0], padding : padding + shape[1]]


def unseen_image(
    kernel: Array, shape: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    return np.zeros(shape)


def is_even(kernel: int, stride: int) -> bool:
    return kernel % 2 == 0


def checkerboard_figure(counts: dict[str, NDArray[np.integer]]) -> Figure:
    figure = Figure()
    for ax, name in zip(figure.subplots(1, len(counts)), counts, strict=True):
        ax.imshow(counts[name])
        ax.set_title(name)
        ax.axis("off")
    return figure
"""
"""What is shown in the lectures works; dilation and padding are left out, and greys are colours."""

USES = {
    "size_worksheet": ("conv_sizes",),
    "conv_matrix": ("conv_sizes",),
    "transposed_conv": ("conv_sizes",),
    "not_an_inverse": ("conv_sizes", "conv_matrix"),
    "checkerboard": ("conv_sizes", "transposed_conv"),
}
"""Tasks whose functions others call: these lose points along with them."""


class TestTransposed(UnitTests):
    name = "transposed"
    points = 30
    half_right = HALF_RIGHT
    half_points = {
        "conv_sizes": 2.4,
        "size_worksheet": 1.88,
        "conv_matrix": 2.0,
        "transposed_conv": 0.83,
        "not_an_inverse": 2.86,
        "checkerboard": 1.71,
    }
    uses = USES
