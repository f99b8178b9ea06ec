"""Public checks of upsampling.py."""

import numpy as np
import pytest

from grader.checks import assert_array, assert_gradient, assert_ndarray, unpack

CONVENTIONS = (("with align_corners", True), ("without align_corners", False))


@pytest.mark.task(
    "nearest", weight=1, gate=True, hint="Repeat along the rows and along the columns."
)
def test_pixels_become_blocks(student, rng):
    """Each pixel becomes a block of its value."""
    x = rng.normal(size=(1, 1, 2, 3))
    out = student.upsampling.nearest_forward(x, 2)
    expected = np.kron(x, np.ones((1, 1, 2, 2)))
    # Values are copied, not computed with.
    assert_array(out, expected, name="nearest_forward(x, 2)", rtol=0, atol=0)


@pytest.mark.task("nearest", weight=1)
def test_gradient_of_blocks(student, rng):
    """The gradient agrees with central differences."""
    x, dout = rng.normal(size=(1, 2, 2, 3)), rng.normal(size=(1, 2, 4, 6))
    hint = "Every pixel of a block has the value of x: their gradients add up."
    # The function is linear: central differences are off by rounding alone, 1e-16 / 1e-5.
    assert_gradient(
        student.upsampling.nearest_backward(dout, 2),
        lambda values: student.upsampling.nearest_forward(values, 2),
        x,
        dout,
        name="nearest_backward(dout, 2)",
        rtol=1e-6,
        atol=1e-8,
        hint=hint,
    )


@pytest.mark.task("bed_of_nails", weight=1, gate=True)
def test_nails_stand_in_corners(student, rng):
    """Each pixel stands in the upper left corner of its block; the rest is 0."""
    x = rng.normal(size=(1, 1, 2, 3))
    out = student.upsampling.nails_forward(x, 2)
    (a, b, c), (d, e, f) = x[0, 0]
    rows = [[a, 0, b, 0, c, 0], [0] * 6, [d, 0, e, 0, f, 0], [0] * 6]
    # Values are copied, not computed with.
    expected = np.array(rows)[None, None]
    assert_array(out, expected, name="nails_forward(x, 2)", rtol=0, atol=0)


@pytest.mark.task("bed_of_nails", weight=1)
def test_gradient_of_nails(student, rng):
    """The gradient agrees with central differences."""
    x, dout = rng.normal(size=(1, 2, 2, 3)), rng.normal(size=(1, 2, 4, 6))
    # The function is linear: central differences are off by rounding alone, 1e-16 / 1e-5.
    assert_gradient(
        student.upsampling.nails_backward(dout, 2),
        lambda values: student.upsampling.nails_forward(values, 2),
        x,
        dout,
        name="nails_backward(dout, 2)",
        rtol=1e-6,
        atol=1e-8,
        hint="The zeros of the output do not depend on x.",
    )


@pytest.mark.task("interpolation", weight=1, gate=True)
def test_rows_of_the_matrix_are_means(student):
    """Each row of the matrix has weights from 0 to 1 that add up to 1."""
    for name, aligned in CONVENTIONS:
        matrix = student.upsampling.interpolation_matrix(5, 3, aligned)
        label = f"the matrix {name}"
        limits = {"low": -1e-12, "high": 1 + 1e-12}
        assert_ndarray(matrix, name=label, shape=(15, 5), dtype=np.float64, **limits)
        hint = "1 - t and t add up to 1, also at the ends of the row."
        # Sums of two float64 numbers below 1: 1e-16.
        sums = matrix.sum(axis=1)
        assert_array(sums, np.ones(15), name="the sums of rows", rtol=0, atol=1e-12, hint=hint)


@pytest.mark.task("interpolation", weight=1)
def test_first_pixels_of_both_conventions(student):
    """For factor 2 and three pixels, the first values are what the formulas give by hand."""
    v = np.array([10.0, 20.0, 40.0])
    # With: positions 0, 2/5, 4/5, 6/5. Without: -1/4, 1/4, 3/4, 5/4, of which the first is outside.
    by_hand = {True: [10.0, 14.0, 18.0, 24.0], False: [10.0, 12.5, 17.5, 25.0]}
    for name, aligned in CONVENTIONS:
        matrix = student.upsampling.interpolation_matrix(3, 2, aligned)
        assert_ndarray(matrix, name=f"the matrix {name}", shape=(6, 3), dtype=np.float64)
        hint = "Write down the positions first, for i = 0, 1, 2, 3."
        found = (matrix @ v)[:4]
        # A product of three terms of size 40 in float64: 1e-14.
        expected = np.array(by_hand[aligned])
        label = f"10, 20, 40 interpolated {name}, the first four"
        assert_array(found, expected, name=label, rtol=0, atol=1e-10, hint=hint)


@pytest.mark.task("bilinear", weight=1, gate=True)
def test_plane_stays_a_plane(student, rng):
    """A picture whose grey rises evenly along both axes does so still, between the outer pixels."""
    down, across = rng.uniform(0.5, 2, 2)
    plane = down * np.arange(4)[:, None] + across * np.arange(3)
    for name, aligned in CONVENTIONS:
        out = student.upsampling.bilinear_forward(plane[None, None], 2, aligned)
        assert_ndarray(out, name=f"the output {name}", shape=(1, 1, 8, 6), dtype=np.float64)
        inside = out[0, 0, 1:-1, 1:-1]
        share = (3 / 7, 2 / 5) if aligned else (1 / 2, 1 / 2)
        start = share if aligned else (1 / 4, 1 / 4)
        rows = down * (start[0] + share[0] * np.arange(6))[:, None]
        expected = rows + across * (start[1] + share[1] * np.arange(4))
        hint = "Is the number of rows mixed up with the number of columns?"
        # A few products of numbers below 10 in float64: 1e-14.
        label = f"the inner pixels {name}"
        assert_array(inside, expected, name=label, rtol=0, atol=1e-10, hint=hint)


@pytest.mark.task("bilinear", weight=1)
def test_gradient_of_bilinear(student, rng):
    """In both conventions the gradient agrees with central differences."""
    x, dout = rng.normal(size=(1, 2, 2, 3)), rng.normal(size=(1, 2, 4, 6))
    for name, aligned in CONVENTIONS:
        dx = student.upsampling.bilinear_backward(dout, 2, aligned)

        def larger(values, aligned=aligned):
            return student.upsampling.bilinear_forward(values, 2, aligned)

        hint = "If out = A @ x @ B.T, what does one value of x add to one value of out?"
        # The function is linear: central differences are off by rounding alone, 1e-16 / 1e-5.
        assert_gradient(dx, larger, x, dout, name=f"dx {name}", rtol=1e-6, atol=1e-8, hint=hint)


def lecture_image():
    """The 4 x 4 example of lecture 004: 1 to 16, row by row."""
    return np.arange(1.0, 17.0).reshape(1, 1, 4, 4)


@pytest.mark.task("pool_indices", weight=1, gate=True)
def test_pooling_of_the_lecture(student):
    """The 4 x 4 example of lecture 004 is pooled to 6, 8, 14 and 16, with their places."""
    result = student.upsampling.max_pool_forward(lecture_image(), 2)
    out, indices = unpack(result, 2, name="max_pool_forward(x, 2)")
    # Values are copied, not computed with.
    expected = np.array([[[[6.0, 8.0], [14.0, 16.0]]]])
    assert_array(out, expected, name="out", rtol=0, atol=0)
    hint = "Pixels of a channel are counted from 0, row by row: that with value 6 is number 5."
    assert_ndarray(indices, name="the indices", shape=(1, 1, 2, 2), hint=hint)
    places = np.array([[[[5, 7], [13, 15]]]])
    assert_array(indices, places, name="the indices", rtol=0, atol=0, hint=hint, dtype=False)


@pytest.mark.task("reversed_pooling", weight=1, gate=True)
def test_unpooling_of_the_lecture(student):
    """The example of lecture 004: 6, 8, 14 and 16 return to where they stood, among zeros."""
    x = np.array([[[[6.0, 8.0], [14.0, 16.0]]]])
    indices = np.array([[[[5, 7], [13, 15]]]])
    out = student.upsampling.max_unpool_forward(x, indices, (4, 4))
    image = lecture_image()
    # Values are copied, not computed with.
    expected = np.where(np.isin(image, x), image, 0)
    assert_array(out, expected, name="max_unpool_forward(x, indices, (4, 4))", rtol=0, atol=0)


@pytest.mark.task("reversed_pooling", weight=1)
def test_gradient_of_unpooling(student, rng):
    """The gradient agrees with central differences."""
    x, dout = rng.normal(size=(1, 2, 2, 2)), rng.normal(size=(1, 2, 4, 5))
    # A place in each window of 2 x 2, in each of two channels; the fifth column is in no window.
    inside = rng.integers(2, size=(2, 1, 2, 2, 2))
    rows, columns = 2 * np.arange(2)[:, None] + inside[0], 2 * np.arange(2) + inside[1]
    indices = rows * 5 + columns
    # The function is linear: central differences are off by rounding alone, 1e-16 / 1e-5.
    assert_gradient(
        student.upsampling.max_unpool_backward(dout, indices),
        lambda values: student.upsampling.max_unpool_forward(values, indices, (4, 5)),
        x,
        dout,
        name="max_unpool_backward(dout, indices)",
        rtol=1e-6,
        atol=1e-8,
        hint="A value of x reaches one pixel of the output: that of its index.",
    )
