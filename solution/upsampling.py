"""Larger images in NumPy: four ways without parameters, and their gradients (lectures 002, 004).

Images are (N, C, H, W): N images of C channels with H rows and W columns. A factor f, 1 or more,
makes (N, C, f * H, f * W) of them. Each image and each channel is treated by itself.

Each way of upsampling is linear in ``x``. So its gradient does not depend on ``x``, and a backward
function needs no cache: it takes ``dout``, the gradient of the loss with respect to the output, and
the options of the forward function, and returns the gradient with respect to ``x``.

No function changes its arguments. Outputs and gradients keep the floating type of ``x`` or
``dout``: float32 in, float32 out.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Indices = NDArray[np.integer]


def nearest_forward(x: Array, factor: int) -> Array:
    """Nearest-neighbour upsampling (task ``nearest``, 4 points; lecture 002, option 1).

    Each pixel becomes a block of factor by factor pixels of its value.

    Parameters
    ----------
    x
        (N, C, H, W).
    factor
        1 or more.

    Returns
    -------
    out
        (N, C, factor * H, factor * W).
    """
    # TODO nearest: np.repeat repeats along one axis.
    # BEGIN SOLUTION nearest
    return x.repeat(factor, axis=2).repeat(factor, axis=3)
    # END SOLUTION


def nearest_backward(dout: Array, factor: int) -> Array:
    """Gradient of ``nearest_forward`` (task ``nearest``).

    Parameters
    ----------
    dout
        (N, C, factor * H, factor * W).
    factor
        That of the forward pass.

    Returns
    -------
    dx
        (N, C, H, W).
    """
    # TODO nearest: each pixel has reached the loss through every pixel of its block.
    # BEGIN SOLUTION nearest
    samples, channels, rows, columns = dout.shape
    blocks = (samples, channels, rows // factor, factor, columns // factor, factor)
    return dout.reshape(blocks).sum(axis=(3, 5))
    # END SOLUTION


def nails_forward(x: Array, factor: int) -> Array:
    """Upsampling by a bed of nails (task ``bed_of_nails``, 3 points; lecture 002, option 2).

    Each pixel becomes a block of factor by factor pixels: its value in the upper left corner of
    the block, and 0 elsewhere.

    Parameters
    ----------
    x
        (N, C, H, W).
    factor
        1 or more.

    Returns
    -------
    out
        (N, C, factor * H, factor * W).
    """
    # TODO bed_of_nails: begin with zeros; a slice with a step reaches every corner.
    # BEGIN SOLUTION bed_of_nails
    samples, channels, rows, columns = x.shape
    out = np.zeros((samples, channels, factor * rows, factor * columns), x.dtype)
    out[:, :, ::factor, ::factor] = x
    return out
    # END SOLUTION


def nails_backward(dout: Array, factor: int) -> Array:
    """Gradient of ``nails_forward`` (task ``bed_of_nails``).

    Parameters
    ----------
    dout
        (N, C, factor * H, factor * W).
    factor
        That of the forward pass.

    Returns
    -------
    dx
        (N, C, H, W).
    """
    # TODO bed_of_nails: which pixels of the output depend on x, and how?
    # BEGIN SOLUTION bed_of_nails
    return dout[:, :, ::factor, ::factor].copy()
    # END SOLUTION


def interpolation_matrix(size: int, factor: int, align_corners: bool) -> Array:
    """Linear interpolation along one axis, as a matrix (task ``interpolation``, 5 points; 002).

    For a row of `size` pixels v, ``interpolation_matrix(size, factor, align_corners) @ v`` is the
    row of ``factor * size`` pixels between them. Where pixel i of the larger row lies in the
    smaller one, measured from the middle of its first pixel, is a convention:

    - With `align_corners`, the middles of the first pixels of both rows lie on each other, and so
      do those of the last pixels: ``i * (size - 1) / (factor * size - 1)``.
    - Without, both rows have the same left and right edges, and a pixel has a width:
      ``(i + 1/2) / factor - 1/2``. Before the first middle and beyond the last one nothing is
      known; there the first or the last pixel counts.

    At a position between the pixels j and j + 1, at distance t from j, the value is
    ``(1 - t) * v[j] + t * v[j + 1]``. These are PyTorch's two conventions.

    Parameters
    ----------
    size
        Pixels of the smaller row, 1 or more. One pixel gives a row of equal pixels.
    factor
        1 or more.
    align_corners
        Which convention.

    Returns
    -------
    numpy.ndarray
        (factor * size, size), float64.
    """
    # TODO interpolation: the positions, their neighbours on both sides, the distances; then fill a
    # matrix of zeros.
    # BEGIN SOLUTION interpolation
    larger = factor * size
    if align_corners:
        position = np.linspace(0, size - 1, larger)
    else:
        position = np.clip((np.arange(larger) + 0.5) / factor - 0.5, 0, size - 1)
    before = np.floor(position).astype(int)
    after = np.minimum(before + 1, size - 1)
    distance = position - before
    matrix = np.zeros((larger, size))
    matrix[np.arange(larger), before] += 1 - distance
    matrix[np.arange(larger), after] += distance
    return matrix
    # END SOLUTION


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    """Bilinear upsampling (task ``bilinear``, 6 points; lecture 002, option 3).

    Linear interpolation along the columns, then along the rows: a weighted mean of the four pixels
    around a position.

    Parameters
    ----------
    x
        (N, C, H, W).
    factor
        1 or more.
    align_corners
        The convention, as in ``interpolation_matrix``.

    Returns
    -------
    out
        (N, C, factor * H, factor * W).
    """
    # TODO bilinear: one matrix for the rows and one for the columns; @ works on the last two axes.
    # BEGIN SOLUTION bilinear
    down = interpolation_matrix(x.shape[2], factor, align_corners).astype(x.dtype)
    across = interpolation_matrix(x.shape[3], factor, align_corners).astype(x.dtype)
    return down @ x @ across.T
    # END SOLUTION


def bilinear_backward(dout: Array, factor: int, align_corners: bool) -> Array:
    """Gradient of ``bilinear_forward`` (task ``bilinear``).

    Parameters
    ----------
    dout
        (N, C, factor * H, factor * W).
    factor, align_corners
        Those of the forward pass.

    Returns
    -------
    dx
        (N, C, H, W).
    """
    # TODO bilinear: a pixel gets from each output what it gave to it.
    # BEGIN SOLUTION bilinear
    down = interpolation_matrix(dout.shape[2] // factor, factor, align_corners).astype(dout.dtype)
    across = interpolation_matrix(dout.shape[3] // factor, factor, align_corners).astype(dout.dtype)
    return down.T @ dout @ across
    # END SOLUTION


def max_pool_forward(x: Array, size: int) -> tuple[Array, Indices]:
    """Max pooling that remembers where (task ``pool_indices``, 3 points; lectures 002 and 004).

    Windows of size by size pixels lie side by side. Rows and columns at the end that fill no
    window are left out.

    Parameters
    ----------
    x
        (N, C, H, W), H and W at least `size`.
    size
        Of a window, 1 or more.

    Returns
    -------
    out
        The largest value of each window, (N, C, H // size, W // size).
    indices
        Where it stood, integers of the same shape: ``row * W + column`` within its own channel of
        ``x``. Where several are the largest, it is the first, row by row.
    """
    # TODO pool_indices: bring the pixels of each window onto one axis, then argmax.
    # BEGIN SOLUTION pool_indices
    samples, channels, rows, columns = x.shape
    down, across = rows // size, columns // size
    whole = x[:, :, : down * size, : across * size]
    windows = whole.reshape(samples, channels, down, size, across, size).swapaxes(3, 4)
    windows = windows.reshape(samples, channels, down, across, size * size)
    best = windows.argmax(axis=4)
    row = np.arange(down)[:, None] * size + best // size
    column = np.arange(across) * size + best % size
    out = np.take_along_axis(windows, best[..., None], axis=4)[..., 0]
    return out, row * columns + column
    # END SOLUTION


def max_unpool_forward(x: Array, indices: Indices, size: tuple[int, int]) -> Array:
    """Reversed max pooling (task ``reversed_pooling``, 4 points; lecture 002, option 4, and 004).

    Each value goes to the place that its index names; all other pixels are 0. In a decoder, x is
    not what max pooling gave: layers between the two have changed it, and only the places are
    those of the encoder.

    Parameters
    ----------
    x
        (N, C, h, w).
    indices
        Integers of the shape of `x`, as ``max_pool_forward`` returns them for images of (H, W).
    size
        (H, W): it cannot be computed from (h, w), since pooling leaves rows and columns out.

    Returns
    -------
    out
        (N, C, H, W).
    """
    # TODO reversed_pooling: flatten each channel; np.put_along_axis writes by index.
    # BEGIN SOLUTION reversed_pooling
    samples, channels = x.shape[:2]
    out = np.zeros((samples, channels, size[0] * size[1]), x.dtype)
    flat = (samples, channels, -1)
    np.put_along_axis(out, indices.reshape(flat), x.reshape(flat), axis=2)
    return out.reshape(samples, channels, *size)
    # END SOLUTION


def max_unpool_backward(dout: Array, indices: Indices) -> Array:
    """Gradient of ``max_unpool_forward`` with respect to x (task ``reversed_pooling``).

    Parameters
    ----------
    dout
        (N, C, H, W).
    indices
        Those of the forward pass, (N, C, h, w).

    Returns
    -------
    dx
        (N, C, h, w).
    """
    # TODO reversed_pooling: read where the forward pass wrote.
    # BEGIN SOLUTION reversed_pooling
    samples, channels = dout.shape[:2]
    flat = (samples, channels, -1)
    found = np.take_along_axis(dout.reshape(flat), indices.reshape(flat), axis=2)
    return found.reshape(indices.shape)
    # END SOLUTION
