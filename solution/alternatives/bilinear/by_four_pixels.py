"""The four pixels around each position, weighted; the gradient is scattered back to them."""

import numpy as np


def neighbours(size: int, factor: int, align_corners: bool) -> tuple[Indices, Indices, Array]:
    i = np.arange(factor * size)
    if align_corners:
        position = i * ((size - 1) / max(factor * size - 1, 1))
    else:
        position = np.maximum((i + 0.5) / factor - 0.5, 0)
    first = np.minimum(position.astype(int), size - 1)
    second = np.minimum(first + 1, size - 1)
    return first, second, np.minimum(position - first, 1)


def bilinear_forward(x: Array, factor: int, align_corners: bool) -> Array:
    top, bottom, t = neighbours(x.shape[2], factor, align_corners)
    left, right, s = neighbours(x.shape[3], factor, align_corners)
    t, s = t.astype(x.dtype)[:, None], s.astype(x.dtype)
    upper = (1 - s) * x[:, :, top][..., left] + s * x[:, :, top][..., right]
    lower = (1 - s) * x[:, :, bottom][..., left] + s * x[:, :, bottom][..., right]
    return (1 - t) * upper + t * lower


def bilinear_backward(dout: Array, factor: int, align_corners: bool) -> Array:
    samples, channels, rows, columns = dout.shape
    top, bottom, t = neighbours(rows // factor, factor, align_corners)
    left, right, s = neighbours(columns // factor, factor, align_corners)
    dx = np.zeros((samples, channels, rows // factor, columns // factor), dout.dtype)
    for i in range(rows):
        for j in range(columns):
            for row, down in ((top[i], 1 - t[i]), (bottom[i], t[i])):
                for column, across in ((left[j], 1 - s[j]), (right[j], s[j])):
                    dx[:, :, row, column] += (down * across * dout[:, :, i, j]).astype(dout.dtype)
    return dx
