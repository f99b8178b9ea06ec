"""Hidden checks of upsampling.py."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from grader.checks import CheckFailure, assert_array, assert_ndarray, assert_unchanged, unpack

# What is copied is equal to the last bit; sums of nine float64 numbers, or of four with weights,
# agree to about 1e-15. The smallest mistake looked for (a mean for a sum over blocks of 2 x 2, the
# other corner convention) changes 1e-1 of the result.
EXACT = {"rtol": 1e-9, "atol": 1e-11}

# Several images and channels, H and W different, odd sizes, factors 2 and 3; a single row.
CASES = (((2, 3, 5, 4), 2), ((3, 2, 2, 7), 3), ((2, 1, 1, 5), 2))
CONVENTIONS = (("with align_corners", True), ("without align_corners", False))


def nearest(x, factor):
    return functional.interpolate(x, scale_factor=factor, mode="nearest")


def nails(x, factor):
    """A transposed convolution whose kernel is a single 1."""
    channels = x.shape[1]
    kernel = torch.ones(channels, 1, 1, 1, dtype=x.dtype)
    padding = factor - 1
    return functional.conv_transpose2d(
        x, kernel, stride=factor, output_padding=padding, groups=channels
    )


def bilinear(aligned):
    def larger(x, factor):
        return functional.interpolate(
            x, scale_factor=factor, mode="bilinear", align_corners=aligned
        )

    return larger


def assert_forward(function, options, torch_function, rng, hint=None):
    """A forward function gives what PyTorch gives, in every case."""
    for shape, factor in CASES:
        x = rng.normal(size=shape)
        expected = torch_function(torch.tensor(x), factor).numpy()
        out = function(x, factor, *options)
        name = f"the output for {shape} and factor {factor}"
        assert_array(out, expected, name=name, hint=hint, **EXACT)


def assert_backward(function, options, torch_function, rng, hint=None):
    """A backward function gives what autograd gives, in every case."""
    for shape, factor in CASES:
        leaf = torch.tensor(rng.normal(size=shape), requires_grad=True)
        out = torch_function(leaf, factor)
        dout = rng.normal(size=tuple(out.shape))
        out.backward(torch.tensor(dout))
        name = f"dx for {shape} and factor {factor}"
        dx = function(dout, factor, *options)
        assert_array(dx, leaf.grad.numpy(), name=name, hint=hint, **EXACT)


def assert_manners(student, function, argument, *rest, shape):
    """The argument stays as it is, and float32 gives float32 of this shape."""
    _, after = student.observe(function, argument, *rest)
    assert_unchanged(argument, after[0], name="the argument")
    small = function(argument.astype(np.float32), *rest)
    assert_ndarray(small, name="the result for float32", shape=shape, dtype=np.float32)


@pytest.mark.task("nearest", weight=2)
def test_nearest_against_torch(student, rng):
    """Batches, channels, odd sizes and factors 2 and 3 give what PyTorch gives."""
    assert_forward(student.upsampling.nearest_forward, (), nearest, rng)


@pytest.mark.task("nearest", weight=2)
def test_nearest_gradient_against_autograd(student, rng):
    """The gradient is that of PyTorch for batches, channels, odd sizes and factors 2 and 3."""
    hint = "Each block of dout has factor * factor pixels; which of them count?"
    assert_backward(student.upsampling.nearest_backward, (), nearest, rng, hint)


@pytest.mark.task("nearest", weight=1)
def test_nearest_types(student, rng):
    """Arguments stay as they are, and float32 stays float32."""
    x = rng.normal(size=(2, 3, 4, 6))
    assert_manners(student, student.upsampling.nearest_forward, x, 3, shape=(2, 3, 12, 18))
    assert_manners(student, student.upsampling.nearest_backward, x, 2, shape=(2, 3, 2, 3))


@pytest.mark.task("bed_of_nails", weight=2)
def test_nails_against_torch(student, rng):
    """Batches, channels, odd sizes and factors 2 and 3 give what PyTorch gives."""
    assert_forward(student.upsampling.nails_forward, (), nails, rng)


@pytest.mark.task("bed_of_nails", weight=1)
def test_nails_gradient_against_autograd(student, rng):
    """The gradient is that of PyTorch for batches, channels, odd sizes and factors 2 and 3."""
    assert_backward(student.upsampling.nails_backward, (), nails, rng)


@pytest.mark.task("bed_of_nails", weight=1)
def test_nails_types(student, rng):
    """Arguments stay as they are, and float32 stays float32."""
    x = rng.normal(size=(2, 3, 4, 6))
    assert_manners(student, student.upsampling.nails_forward, x, 3, shape=(2, 3, 12, 18))
    assert_manners(student, student.upsampling.nails_backward, x, 2, shape=(2, 3, 2, 3))


def matrix_of_torch(size, factor, aligned):
    """PyTorch interpolates each unit vector; the results are the columns."""
    units = torch.eye(size, dtype=torch.float64)[:, None]
    larger = functional.interpolate(
        units, scale_factor=factor, mode="linear", align_corners=aligned
    )
    return larger[:, 0].T.numpy().copy()


def assert_interpolation(student, aligned, rng):
    hint = "Is a position measured from the middle of the first pixel, or from its edge?"
    for size, factor in ((4, 2), (3, 3), (7, 3), (int(rng.integers(8, 14)), 5)):
        matrix = student.upsampling.interpolation_matrix(size, factor, aligned)
        name = f"interpolation_matrix({size}, {factor}, {aligned})"
        assert_array(matrix, matrix_of_torch(size, factor, aligned), name=name, hint=hint, **EXACT)


@pytest.mark.task("interpolation", weight=2)
def test_interpolation_with_aligned_corners(student, rng):
    """With align_corners, the first and last pixels of both rows lie on each other."""
    assert_interpolation(student, True, rng)


@pytest.mark.task("interpolation", weight=2)
def test_interpolation_with_pixels_that_have_a_width(student, rng):
    """Without align_corners, both rows have the same edges."""
    assert_interpolation(student, False, rng)


@pytest.mark.task("interpolation", weight=1)
def test_interpolation_at_the_limits(student):
    """One pixel gives a row of equal pixels, and factor 1 changes nothing."""
    for name, aligned in CONVENTIONS:
        single = student.upsampling.interpolation_matrix(1, 3, aligned)
        assert_array(single, np.ones((3, 1)), name=f"the matrix of one pixel {name}", **EXACT)
        same = student.upsampling.interpolation_matrix(5, 1, aligned)
        assert_array(same, np.eye(5), name=f"the matrix for factor 1 {name}", **EXACT)


@pytest.mark.task("bilinear", weight=2)
def test_bilinear_with_aligned_corners(student, rng):
    """With align_corners, the result is PyTorch's for batches, channels, factors 2 and 3."""
    assert_forward(student.upsampling.bilinear_forward, (True,), bilinear(True), rng)


@pytest.mark.task("bilinear", weight=2)
def test_bilinear_with_pixels_that_have_a_width(student, rng):
    """Without align_corners, the result is PyTorch's for batches, channels, factors 2 and 3."""
    assert_forward(student.upsampling.bilinear_forward, (False,), bilinear(False), rng)


@pytest.mark.task("bilinear", weight=2)
def test_bilinear_gradient_against_autograd(student, rng):
    """In both conventions, the gradient is that of PyTorch."""
    for _, aligned in CONVENTIONS:
        function = student.upsampling.bilinear_backward
        assert_backward(function, (aligned,), bilinear(aligned), rng)


@pytest.mark.task("bilinear", weight=1)
def test_bilinear_types(student, rng):
    """Arguments stay as they are, and float32 stays float32."""
    x = rng.normal(size=(2, 3, 4, 6))
    assert_manners(student, student.upsampling.bilinear_forward, x, 3, False, shape=(2, 3, 12, 18))
    assert_manners(student, student.upsampling.bilinear_backward, x, 2, True, shape=(2, 3, 2, 3))


def pooled_by_torch(x, size):
    out, indices = functional.max_pool2d(torch.tensor(x), size, return_indices=True)
    return out.numpy(), indices.numpy()


def assert_indices(found, expected, name, hint=None):
    assert_ndarray(found, name=name, shape=expected.shape)
    if found.dtype.kind not in "iu":
        raise CheckFailure(
            f"{name} are not integers", expected="integers", actual=f"dtype {found.dtype}"
        )
    assert_array(found, expected, name=name, rtol=0, atol=0, hint=hint, dtype=False)


@pytest.mark.task("pool_indices", weight=2)
def test_pooling_against_torch(student, rng):
    """Values and places are those of PyTorch: batches, channels, odd sizes, windows of 2 and 3."""
    for shape, size in (((2, 3, 6, 4), 2), ((3, 2, 5, 7), 2), ((2, 2, 7, 11), 3)):
        x = rng.normal(size=shape) - 3  # all below 0: a margin filled with zeros would win
        result = student.upsampling.max_pool_forward(x, size)
        out, indices = unpack(result, 2, name=f"max_pool_forward(x, {size})")
        expected, places = pooled_by_torch(x, size)
        assert_array(out, expected, name=f"out for {shape} and windows of {size}", **EXACT)
        hint = "row * W + column, with the W of the image, and each channel begins at 0."
        assert_indices(indices, places, f"the indices for {shape} and windows of {size}", hint)


@pytest.mark.task("pool_indices", weight=1)
def test_pooling_of_equal_values(student, rng):
    """Of several equal values the first counts; x stays as it is, float32 stays float32."""
    x = rng.integers(0, 2, size=(2, 3, 6, 9)).astype(np.float32)  # many windows have ties
    result, after = student.observe(student.upsampling.max_pool_forward, x, 3)
    out, indices = unpack(result, 2, name="max_pool_forward(x, 3)")
    assert_unchanged(x, after[0], name="x")
    expected, places = pooled_by_torch(x, 3)
    assert_array(out, expected, name="out for float32", rtol=0, atol=0)
    hint = "Of several largest values the first one counts, row by row."
    assert_indices(indices, places, "the indices", hint)


def unpooling(rng, shape, size):
    """Places of the largest values of random images, and other values to put there."""
    _, indices = pooled_by_torch(rng.normal(size=shape), size)
    return rng.normal(size=indices.shape), indices


UNPOOLED = (((2, 3, 6, 4), 2), ((3, 2, 5, 7), 2), ((2, 2, 7, 11), 3))


@pytest.mark.task("reversed_pooling", weight=2)
def test_unpooling_against_torch(student, rng):
    """Values that are no maxima return to their places, also where odd sizes left pixels out."""
    for shape, size in UNPOOLED:
        x, indices = unpooling(rng, shape, size)
        out = student.upsampling.max_unpool_forward(x, indices, shape[2:])
        expected = functional.max_unpool2d(
            torch.tensor(x), torch.tensor(indices), size, output_size=shape[2:]
        )
        name = f"the output of {shape[2:]}"
        assert_array(out, expected.numpy(), name=name, rtol=0, atol=0)


@pytest.mark.task("reversed_pooling", weight=1)
def test_unpooling_gradient_against_autograd(student, rng):
    """The gradient is that of PyTorch for batches, channels and odd sizes."""
    for shape, size in UNPOOLED:
        x, indices = unpooling(rng, shape, size)
        leaf = torch.tensor(x, requires_grad=True)
        out = functional.max_unpool2d(leaf, torch.tensor(indices), size, output_size=shape[2:])
        dout = rng.normal(size=shape)
        out.backward(torch.tensor(dout))
        dx = student.upsampling.max_unpool_backward(dout, indices)
        assert_array(dx, leaf.grad.numpy(), name=f"dx for {shape}", rtol=0, atol=0)


@pytest.mark.task("reversed_pooling", weight=1)
def test_unpooling_types(student, rng):
    """Arguments stay as they are, and float32 stays float32."""
    x, indices = unpooling(rng, (2, 3, 6, 9), 3)
    assert_manners(
        student, student.upsampling.max_unpool_forward, x, indices, (6, 9), shape=(2, 3, 6, 9)
    )
    dout = rng.normal(size=(2, 3, 6, 9))
    assert_manners(
        student, student.upsampling.max_unpool_backward, dout, indices, shape=(2, 3, 2, 3)
    )
