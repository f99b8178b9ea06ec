"""Hidden checks of transposed.py."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from grader.checks import (
    CheckFailure,
    assert_array,
    assert_axes_off,
    assert_grey_scale_shared,
    assert_grid,
    assert_ndarray,
    assert_no_smoothing,
    assert_unchanged,
    shown_pixels,
)

# Sums of up to 30 float64 products of size 1, in any order, agree to about 1e-14. The smallest
# mistake looked for (a kernel turned around, a row left out) changes 1e-1 of the result.
EXACT = {"rtol": 1e-9, "atol": 1e-11}

# Shape, kernel, stride, padding; rows and columns left over at the end, kernels that are not
# square, strides above the kernel.
CONVOLUTIONS = (
    ((5, 7), (3, 2), 1, 0),
    ((6, 5), (2, 3), 2, 0),
    ((7, 8), (3, 4), 2, 1),
    ((8, 6), (4, 3), 3, 2),
    ((7, 6), (2, 1), 3, 0),
)
# Shape of the small image, kernel, stride, padding, output padding.
TRANSPOSED = (
    ((4, 3), (3, 2), 1, 0, 0),
    ((3, 4), (3, 2), 2, 0, 1),
    ((3, 5), (4, 3), 2, 1, 0),
    ((4, 2), (5, 4), 3, 2, 2),
    ((2, 3), (2, 1), 3, 0, 1),
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


def conv(x, kernel, stride, padding):
    """PyTorch's convolution of tensors (H, W) and (rows, columns)."""
    return functional.conv2d(x[None, None], kernel[None, None], stride=stride, padding=padding)[
        0, 0
    ]


def conv_transposed(x, kernel, stride, padding, output_padding):
    """PyTorch's transposed convolution of tensors (h, w) and (rows, columns)."""
    return functional.conv_transpose2d(
        x[None, None],
        kernel[None, None],
        stride=stride,
        padding=padding,
        output_padding=output_padding,
    )[0, 0]


def matrix_of_torch(kernel, shape, stride, padding):
    """PyTorch convolves each unit vector; the results are the columns."""
    units = torch.eye(shape[0] * shape[1], dtype=torch.float64).reshape(-1, 1, *shape)
    out = functional.conv2d(units, torch.tensor(kernel)[None, None], stride=stride, padding=padding)
    return out.flatten(1).T.numpy().copy()


@pytest.mark.task("conv_sizes", weight=2)
def test_conv_sizes_with_dilation(student, rng):
    """Sizes of convolutions are those of PyTorch, with stride, padding and dilation."""
    for _ in range(25):
        kernel, stride, padding, dilation = (
            int(n) for n in rng.integers((1, 1, 0, 1), (6, 5, 4, 4))
        )
        size = dilation * (kernel - 1) + 1 + int(rng.integers(0, 30))
        out = functional.conv1d(
            torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding, dilation
        )
        found = student.transposed.conv_size(size, kernel, stride, padding, dilation)
        name = f"conv_size({size}, {kernel}, {stride}, {padding}, {dilation})"
        hint = "A kernel with dilation d covers d * (kernel - 1) + 1 pixels."
        assert_same(found, out.shape[-1], name=name, hint=hint)


@pytest.mark.task("conv_sizes", weight=2)
def test_transposed_sizes_with_output_padding(student, rng):
    """Sizes of transposed convolutions are those of PyTorch, with output padding and dilation."""
    for _ in range(25):
        kernel, stride, dilation = (int(n) for n in rng.integers((2, 2, 1), (6, 5, 4)))
        padding = int(rng.integers(0, dilation * (kernel - 1) // 2 + 1))
        extra, size = int(rng.integers(0, stride)), int(rng.integers(3, 30))
        out = functional.conv_transpose1d(
            torch.zeros(1, 1, size),
            torch.zeros(1, 1, kernel),
            stride=stride,
            padding=padding,
            output_padding=extra,
            dilation=dilation,
        )
        found = student.transposed.transposed_size(size, kernel, stride, padding, extra, dilation)
        name = f"transposed_size({size}, {kernel}, {stride}, {padding}, {extra}, {dilation})"
        assert_same(found, out.shape[-1], name=name)


CHANNELS = (32, 64, 128, 256, 512, 1024, 1024)
LECTURE = [
    {"channels": channels, "kernel": 2, "stride": 2, "padding": 0, "dilation": 1}
    for channels in CHANNELS
]


@pytest.mark.task("size_worksheet", weight=2)
def test_worksheet_there(student):
    """Lecture 004's encoder takes 224 x 224 x 3 through the right sizes to the right nodes."""
    sizes = (112, 56, 28, 14, 7, 3, 1)
    expected = [(3, 224, 224), *((c, n, n) for c, n in zip(CHANNELS, sizes, strict=True))]
    shapes = student.transposed.encoder_shapes((3, 224, 224), LECTURE)
    assert_same(shapes, expected, name="encoder_shapes((3, 224, 224), LECTURE_ENCODER)")
    nodes = student.transposed.nodes_after_flatten((3, 224, 224), LECTURE)
    assert_same(nodes, 1024, name="nodes_after_flatten((3, 224, 224), LECTURE_ENCODER)")


@pytest.mark.task("size_worksheet", weight=2)
def test_worksheet_and_back(student):
    """Its decoder ends with 128 x 128 x 3, and with the right output paddings with 224 x 224."""
    back = [1024, *CHANNELS[-2::-1], 3]
    expected = [(c, 2**n, 2**n) for n, c in enumerate(back)]
    shapes = student.transposed.decoder_shapes((3, 224, 224), LECTURE)
    assert_same(shapes, expected, name="decoder_shapes((3, 224, 224), LECTURE_ENCODER)")
    paddings = student.transposed.output_paddings((3, 224, 224), LECTURE)
    hint = "Two sizes on the way there were odd, and a row was left out."
    name = "output_paddings((3, 224, 224), LECTURE_ENCODER)"
    assert_same(paddings, [(1, 1), (1, 1)] + [(0, 0)] * 5, name=name, hint=hint)


def random_layers(rng):
    """Convolutions with padding and dilation, and max pooling; no size gets below 1."""
    layers = []
    for kind in rng.permutation(["convolution", "pooling", "dilated", "convolution"]):
        kernel = int(rng.integers(2, 5))
        layers.append(
            {
                "channels": None if kind == "pooling" else int(rng.integers(2, 40)),
                "kernel": kernel,
                "stride": int(rng.integers(2, 4)),
                "padding": 0 if kind == "pooling" else int(rng.integers(1, kernel)),
                "dilation": 2 if kind == "dilated" else 1,
            }
        )
    return layers


@pytest.mark.task("size_worksheet", weight=2)
def test_other_encoders(student, reference, rng):
    """Encoders with pooling, padding and dilation, for images that are not square."""
    names = ("encoder_shapes", "nodes_after_flatten", "decoder_shapes", "output_paddings")
    for _ in range(4):
        layers = random_layers(rng)
        shape = (int(rng.integers(2, 6)), *(int(n) for n in rng.integers(600, 900, size=2)))
        for name in names:
            expected = getattr(reference.transposed, name)(shape, layers)
            found = getattr(student.transposed, name)(shape, layers)
            assert_same(found, expected, name=f"{name}({shape}, {layers})")
        paddings = reference.transposed.output_paddings(shape, layers)
        there = reference.transposed.encoder_shapes(shape, layers)
        found = student.transposed.decoder_shapes(shape, layers, paddings)
        name = f"decoder_shapes({shape}, {layers}, {paddings})"
        assert_same(found, there[::-1], name=name, hint="With its output padding, each size fits.")


@pytest.mark.task("conv_matrix", weight=3)
def test_matrix_with_stride_and_padding(student, rng):
    """The matrix is that of PyTorch's convolution, with stride and padding, for any kernel."""
    for shape, size, stride, padding in CONVOLUTIONS:
        kernel = rng.normal(size=size)
        found = student.transposed.conv_matrix(kernel, shape, stride, padding)
        expected = matrix_of_torch(kernel, shape, stride, padding)
        name = f"the matrix for {shape}, kernel {size}, stride {stride}, padding {padding}"
        hint = "Where the kernel reaches beyond the image, it meets zeros: leave these weights out."
        assert_array(found, expected, name=name, hint=hint, **EXACT)


@pytest.mark.task("conv_matrix", weight=1)
def test_convolution_against_torch(student, rng):
    """The convolution is that of PyTorch, and nothing is changed."""
    for shape, size, stride, padding in CONVOLUTIONS:
        x, kernel = rng.normal(size=shape), rng.normal(size=size)
        function = student.transposed.convolution
        found, after = student.observe(function, x, kernel, stride, padding)
        expected = conv(torch.tensor(x), torch.tensor(kernel), stride, padding).numpy()
        name = f"the output for {shape}, kernel {size}, stride {stride}, padding {padding}"
        assert_array(found, expected, name=name, **EXACT)
        for before, now, argument in zip((x, kernel), after, ("x", "the kernel"), strict=False):
            assert_unchanged(before, now, name=argument)


@pytest.mark.task("transposed_conv", weight=3)
def test_transposed_conv_against_torch(student, rng):
    """The output is that of PyTorch, with stride, padding and output padding."""
    for shape, size, stride, padding, extra in TRANSPOSED:
        x, kernel = rng.normal(size=shape), rng.normal(size=size)
        function = student.transposed.transposed_conv
        found, after = student.observe(function, x, kernel, stride, padding, extra)
        tensors = torch.tensor(x), torch.tensor(kernel)
        expected = conv_transposed(*tensors, stride, padding, extra).numpy()
        options = f"stride {stride}, padding {padding}, output padding {extra}"
        name = f"the output for {shape}, kernel {size}, {options}"
        assert_array(found, expected, name=name, **EXACT)
        for before, now, argument in zip((x, kernel), after, ("x", "the kernel"), strict=False):
            assert_unchanged(before, now, name=argument)


@pytest.mark.task("transposed_conv", weight=2)
def test_it_is_the_matrix_transposed(student, rng):
    """The output is the product with the transposed matrix of the convolution."""
    for shape, size, stride, padding in CONVOLUTIONS:
        kernel = rng.normal(size=size)
        rows, columns = (
            (n - k) % stride for n, k in zip((n + 2 * padding for n in shape), size, strict=True)
        )
        if rows != columns:  # one output padding holds for both axes
            shape = (shape[0] - rows, shape[1] - columns)
            rows = 0
        matrix = matrix_of_torch(kernel, shape, stride, padding)
        small = tuple(conv(torch.zeros(shape), torch.zeros(size), stride, padding).shape)
        x = rng.normal(size=small)
        found = student.transposed.transposed_conv(x, kernel, stride, padding, rows)
        expected = (matrix.T @ x.ravel()).reshape(shape)
        name = f"the output of {shape} for kernel {size}, stride {stride}, padding {padding}"
        assert_array(found, expected, name=name, **EXACT)


@pytest.mark.task("not_an_inverse", weight=2)
def test_gradient_against_autograd(student, rng):
    """The gradient of the convolution is that of PyTorch, also where rows were left over."""
    for shape, size, stride, padding in CONVOLUTIONS:
        kernel = rng.normal(size=size)
        leaf = torch.tensor(rng.normal(size=shape), requires_grad=True)
        out = conv(leaf, torch.tensor(kernel), stride, padding)
        dout = rng.normal(size=tuple(out.shape))
        out.backward(torch.tensor(dout))
        found = student.transposed.conv_backward(dout, kernel, shape, stride, padding)
        name = f"dx for {shape}, kernel {size}, stride {stride}, padding {padding}"
        hint = "With padding, rows that a smaller output lacks are not always rows of zeros."
        assert_array(found, leaf.grad.numpy(), name=name, hint=hint, **EXACT)


@pytest.mark.task("not_an_inverse", weight=1)
def test_round_trip_does_not_return(student, rng):
    """There and back gives what PyTorch gives, and that is not the image."""
    for shape, size, stride, padding in CONVOLUTIONS:
        x, kernel = rng.normal(size=shape), rng.normal(size=size)
        matrix = matrix_of_torch(kernel, shape, stride, padding)
        expected = (matrix.T @ (matrix @ x.ravel())).reshape(shape)
        found = student.transposed.round_trip(x, kernel, stride, padding)
        name = f"the round trip of {shape}, kernel {size}, stride {stride}, padding {padding}"
        assert_array(found, expected, name=name, **EXACT)


@pytest.mark.task("not_an_inverse", weight=1)
def test_unseen_images(student, rng):
    """Images that turn to zeros are found for other kernels, strides and paddings."""
    for shape, size, stride, padding in CONVOLUTIONS:
        kernel = rng.normal(size=size)
        image = student.transposed.unseen_image(kernel, shape, stride, padding)
        name = f"the image for {shape}, kernel {size}, stride {stride}, padding {padding}"
        assert_ndarray(image, name=name, shape=shape, dtype=np.float64)
        # Directions of a singular value decomposition are right to 1e-15.
        length = np.array([np.sqrt((image**2).sum())])
        assert_array(length, np.ones(1), name=f"{name}: its length", rtol=0, atol=1e-9)
        out = conv(torch.tensor(image), torch.tensor(kernel), stride, padding).numpy()
        assert_array(out, np.zeros_like(out), name=f"{name}: its convolution", rtol=0, atol=1e-9)


@pytest.mark.task("not_an_inverse", weight=1)
def test_where_nothing_is_unseen(student, rng):
    """Where the convolution has an inverse, there is no such image: a ValueError says so."""
    image = student.transposed.unseen_image(rng.normal(size=(2, 2)), (4, 5))
    assert_ndarray(image, name="the image for a kernel of 2 x 2", shape=(4, 5))
    kernel = np.array([[rng.uniform(0.5, 2)]])
    # A pixel that dominates its kernel: the square matrix has no singular value below 8 - 4 = 4.
    dominant = rng.uniform(-0.5, 0.5, size=(3, 3))
    dominant[1, 1] = 8
    for weights, padding in ((kernel, 0), (dominant, 1)):
        found = student.attempt(student.transposed.unseen_image, weights, (4, 5), 1, padding)
        if found.ok or "ValueError" not in str(found.error):
            raise CheckFailure(
                f"unseen_image does not refuse a kernel of {weights.shape}, padding {padding}",
                expected="a ValueError: the convolution turns no image but zeros into zeros",
                actual="a result" if found.ok else str(found.error)[:200],
                hint="How many singular values are 0?",
            )


@pytest.mark.task("checkerboard", weight=2)
def test_counts_against_torch(student):
    """Counts are those of a transposed convolution of ones, with padding and output padding."""
    cases = (
        ((4, 5), 3, 2, 0, 0),
        ((5, 3), 4, 2, 1, 0),
        ((3, 4), 5, 3, 2, 1),
        ((4, 3), 2, 3, 0, 2),
        ((6, 4), 3, 1, 1, 0),
    )
    for shape, kernel, stride, padding, extra in cases:
        ones = torch.ones(shape), torch.ones(kernel, kernel)
        expected = conv_transposed(*ones, stride, padding, extra).numpy().round().astype(int)
        found = student.transposed.write_counts(shape, kernel, stride, padding, extra)
        options = f"stride {stride}, padding {padding}, output padding {extra}"
        name = f"the counts for {shape}, kernel {kernel}, {options}"
        assert_array(found, expected, name=name, rtol=0, atol=0, dtype=False)
        if found.dtype.kind not in "iu":
            raise CheckFailure(
                f"{name} are not integers", expected="integers", actual=f"dtype {found.dtype}"
            )


@pytest.mark.task("checkerboard", weight=1)
def test_which_kernels_are_even(student):
    """Counts are even exactly where the stride divides the kernel."""
    for kernel in range(1, 9):
        for stride in range(1, 5):
            counts = conv_transposed(torch.ones(24, 1), torch.ones(kernel, 1), stride, 0, 0)
            middle = counts[8 * stride : 16 * stride, 0]
            expected = bool((middle == middle[0]).all())
            found = student.transposed.is_even(kernel, stride)
            if type(found) not in (bool, np.bool_) or bool(found) is not expected:
                raise CheckFailure(
                    f"is_even({kernel}, {stride}) is wrong",
                    expected=str(expected),
                    actual=repr(found)[:100],
                    hint="Count for stride 2 and kernels 1 to 4, far from the borders.",
                )


@pytest.mark.task("checkerboard", weight=2)
def test_greys_of_the_figure(student, rng):
    """All images share one grey scale: 0 is black, and the greatest count of all is white."""
    sizes = {"kernel 3, stride 2": (5, 7), "kernel 4, stride 2": (6, 4), "kernel 5": (8, 8)}
    # Greatest in the second image and 0 nowhere: limits fitted to an image show.
    most = dict(zip(sizes, (4, 9, 6), strict=True))
    counts = {name: rng.integers(1, most[name], size=size) for name, size in sizes.items()}
    for name, count in counts.items():
        count[0, 1] = most[name]
    figure = student.probes.describe_figure(
        student.keep(student.transposed.checkerboard_figure, counts)
    )
    (row,) = assert_grid(figure, 1, 3)
    assert_grey_scale_shared(figure, hint="Set vmin and vmax for all images.")
    for axes, (name, count) in zip(row, counts.items(), strict=True):
        image = axes["images"][-1]
        pixels = shown_pixels(image)
        if pixels.shape != count.shape:
            raise CheckFailure(
                f"the image {name!r} has the wrong size",
                expected=f"{count.shape}",
                actual=f"{pixels.shape}",
            )
        low, high, ramp = image["vmin"], image["vmax"], image["ramp"]
        black = ramp[0] < 0.05 and ramp[2] > 0.95 and image["norm"] == "Normalize"
        if not black or low is None or high is None or not high > low:
            raise CheckFailure(
                "the greys do not grow evenly from black to white",
                expected="cmap 'gray' and the default norm",
                actual=f"cmap {image['cmap']!r}, norm {image['norm']!r}",
            )
        share = (pixels - low) / (high - low)
        # A count is an integer up to 9: neighbouring greys differ by 1/9.
        label = f"the brightness of {name!r}"
        assert_array(share, count / 9, name=label, rtol=0, atol=0.01)
    assert_no_smoothing(figure)
    assert_axes_off(figure)
