"""Public checks of transposed.py."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from grader.checks import (
    CheckFailure,
    assert_array,
    assert_axes_off,
    assert_gradient,
    assert_grid,
    assert_ndarray,
    figure_picture,
)


def assert_same(found, expected, *, name, hint=None):
    """Compare plain data: numbers, tuples and lists; a list may stand for a tuple."""

    def plain(value):
        if type(value) in (list, tuple):
            return [plain(item) for item in value]
        return int(value) if isinstance(value, np.integer) else value

    if repr(plain(found)) != repr(plain(expected)):
        raise CheckFailure(
            f"{name} is wrong", expected=repr(expected), actual=repr(found)[:300], hint=hint
        )


@pytest.mark.task("conv_sizes", weight=1, gate=True)
def test_sizes_of_the_lectures(student):
    """Sizes that the lectures name: 28 to 14, 64 to 60, and back."""
    hint = "A whole number: // rounds down. Output padding is added once, padding taken off twice."
    for arguments, expected in (((28, 5, 2, 2), 14), ((64, 5), 60), ((14, 5, 2, 2), 7)):
        found = student.transposed.conv_size(*arguments)
        assert_same(found, expected, name=f"conv_size{arguments}", hint=hint)
    backwards = (((7, 5, 2, 2), 13), ((7, 5, 2, 2, 1), 14), ((60, 5), 64), ((64, 5, 2, 2, 1), 128))
    for arguments, expected in backwards:
        found = student.transposed.transposed_size(*arguments)
        assert_same(found, expected, name=f"transposed_size{arguments}", hint=hint)


SMALL = [
    {"channels": 16, "kernel": 5, "stride": 2, "padding": 2, "dilation": 1},
    {"channels": None, "kernel": 2, "stride": 2, "padding": 0, "dilation": 1},
]
"""A convolution, then max pooling, for images of one channel and 28 x 30 pixels."""


@pytest.mark.task("size_worksheet", weight=1, gate=True)
def test_a_small_encoder(student):
    """Shapes of a small encoder, with max pooling, and the nodes after flatten."""
    shapes = student.transposed.encoder_shapes((1, 28, 30), SMALL)
    expected = [(1, 28, 30), (16, 14, 15), (16, 7, 7)]
    assert_same(shapes, expected, name="encoder_shapes((1, 28, 30), ...)")
    nodes = student.transposed.nodes_after_flatten((1, 28, 30), SMALL)
    assert_same(nodes, 784, name="nodes_after_flatten((1, 28, 30), ...)")


@pytest.mark.task("size_worksheet", weight=1)
def test_a_small_decoder(student):
    """Shapes back through a small decoder, and the output paddings it lacks."""
    decoder, paddings = student.transposed.decoder_shapes, student.transposed.output_paddings
    hint = "The decoder begins with the encoder's last layer, and gives the channels that it got."
    shapes = decoder((1, 28, 30), SMALL)
    expected = [(16, 7, 7), (16, 14, 14), (1, 27, 27)]
    assert_same(shapes, expected, name="decoder_shapes((1, 28, 30), ...)", hint=hint)
    found = paddings((1, 28, 30), SMALL)
    hint = "After unpooling, the width is 14 and should be 15; then go on from 15."
    assert_same(found, [(0, 1), (1, 1)], name="output_paddings((1, 28, 30), ...)", hint=hint)


@pytest.mark.task("conv_matrix", weight=1, gate=True)
def test_matrix_of_the_lecture(student):
    """The example of lecture 002: a 4 x 9 matrix that makes 25, 31, 43, 49 of 1 to 9."""
    kernel, x = np.array([[0.0, 1.0], [2.0, 3.0]]), np.arange(1.0, 10.0).reshape(3, 3)
    matrix = student.transposed.conv_matrix(kernel, (3, 3))
    assert_ndarray(matrix, name="the matrix", shape=(4, 9), dtype=np.float64)
    expected = np.array([25.0, 31.0, 43.0, 49.0])
    hint = (
        "The first row holds the kernel where it lies for the first output: 0, 1, 0, 2, 3, 0, ..."
    )
    # Small integers in float64: exact.
    assert_array(matrix @ x.ravel(), expected, name="matrix @ x", rtol=0, atol=0, hint=hint)
    out = student.transposed.convolution(x, kernel)
    assert_array(out, expected.reshape(2, 2), name="convolution(x, kernel)", rtol=0, atol=0)


@pytest.mark.task("transposed_conv", weight=1, gate=True)
def test_pixels_write_kernels(student, rng):
    """A single pixel writes the kernel, times its value; where kernels overlap, they add up."""
    kernel, value = rng.normal(size=(2, 3)), rng.uniform(1, 2)
    single = student.transposed.transposed_conv(np.array([[value]]), kernel)
    # One product in float64.
    assert_array(single, value * kernel, name="the output of one pixel", rtol=1e-12, atol=0)
    a, b, c = kernel[0]
    row = student.transposed.transposed_conv(np.array([[2.0, 5.0]]), kernel[:1], 2)
    expected = np.array([[2 * a, 2 * b, 2 * c + 5 * a, 5 * b, 5 * c]])
    assert_array(row, expected, name="the output of 2, 5 with stride 2", rtol=1e-12, atol=1e-12)


def torch_conv(x, kernel, stride, padding):
    x, kernel = torch.tensor(x)[None, None], torch.tensor(kernel)[None, None]
    return functional.conv2d(x, kernel, stride=stride, padding=padding)[0, 0].numpy()


@pytest.mark.task("not_an_inverse", weight=1, gate=True)
def test_gradient_of_the_convolution(student, rng):
    """The gradient of a convolution agrees with central differences."""
    x, kernel, dout = rng.normal(size=(5, 6)), rng.normal(size=(3, 2)), rng.normal(size=(3, 4))
    found = student.transposed.conv_backward(dout, kernel, (5, 6), 2, 1)
    hint = "Height and width may need different output paddings; the matrix needs none."
    # The function is linear: central differences are off by rounding alone, 1e-15 / 1e-5.
    assert_gradient(
        found,
        lambda values: torch_conv(values, kernel, 2, 1),
        x,
        dout,
        name="conv_backward(dout, kernel, (5, 6), 2, 1)",
        rtol=1e-6,
        atol=1e-8,
        hint=hint,
    )


@pytest.mark.task("not_an_inverse", weight=1)
def test_an_image_that_nobody_sees(student, rng):
    """An image whose squares add up to 1 is turned into zeros by the convolution."""
    kernel = rng.normal(size=(3, 2))
    image = student.transposed.unseen_image(kernel, (6, 5), 2, 1)
    assert_ndarray(image, name="the image", shape=(6, 5), dtype=np.float64)
    # Directions of a singular value decomposition are right to 1e-15.
    total = np.array([(image**2).sum()])
    assert_array(total, np.ones(1), name="the sum of its squares", rtol=0, atol=1e-9)
    out = torch_conv(image, kernel, 2, 1)
    hint = "Multiply the matrix by your image: which directions does svd give for the value 0?"
    assert_array(out, np.zeros_like(out), name="its convolution", rtol=0, atol=1e-9, hint=hint)


@pytest.mark.task("checkerboard", weight=1, gate=True)
def test_counts_of_kernel_3_and_stride_2(student):
    """With kernel 3 and stride 2, rows are written once, once, twice, once, twice, once, once."""
    counts = student.transposed.write_counts((3, 2), 3, 2)
    rows, columns = np.array([1, 1, 2, 1, 2, 1, 1]), np.array([1, 1, 2, 1, 1])
    expected = np.outer(rows, columns)
    name = "write_counts((3, 2), 3, 2)"
    assert_array(counts, expected, name=name, rtol=0, atol=0, dtype=False)


@pytest.mark.task("checkerboard", weight=1)
def test_figure_of_counts(student, rng, artifact):
    """The figure shows the counts side by side, each under its name, without axes."""
    names = ("kernel 2", "kernel 3", "kernel 4")
    counts = {name: rng.integers(1, 5, size=(6, 7)) for name in names}
    figure = student.probes.describe_figure(
        student.keep(student.transposed.checkerboard_figure, counts)
    )
    artifact("checkerboard.png", figure_picture(figure))
    (row,) = assert_grid(figure, 1, 3)
    for axes, name in zip(row, names, strict=True):
        if name not in axes["title"]:
            raise CheckFailure(
                "an image lacks its name",
                expected=f"a title with {name!r}",
                actual=repr(axes["title"]),
            )
    assert_axes_off(figure)
