"""Arrays that are arrays, of things that are no numbers."""

import numpy as np


def scale(x, factor):
    out = np.zeros(x.shape, dtype=[("value", x.dtype), ("other", "O")])
    out["value"] = x * factor
    return out


def mean_rows(x):
    return np.array([str(mean) for mean in x.mean(axis=1)])
