"""What is seen of the images in a figure, as numbers."""

import numpy as np
from numpy.typing import NDArray

from grader.checks.figure_description import ImageDescription

Pixels = NDArray[np.float64]


def shown_pixels(image: ImageDescription) -> Pixels:
    """Return the values of an image as they are seen, (H, W), first row on top.

    Colours become their mean; values beyond vmin and vmax become these.
    """
    data: Pixels = image["data"]
    if data.ndim == 3:
        data = data[..., :3].mean(axis=-1)
    if image["vmin"] is not None and image["vmax"] is not None:
        data = np.clip(data, image["vmin"], image["vmax"])
    data = data[::-1] if image["upside_down"] else data
    return data[:, ::-1] if image["mirrored"] else data


def best_reading(raw: Pixels, wanted: Pixels, atol: float) -> Pixels:
    """Return brightness in [0, 1] by the convention that the figure as a whole keeps.

    The scale is the closer one of [0, 1] and [0, 255]; it is read as a negative only if that puts
    more images right, since noise may come closer to a wrong image when it is inverted.
    """
    scales = [np.clip(scaled, 0, 1) for scaled in (raw, raw / 255)]
    readings = [reading for scaled in scales for reading in (scaled, 1 - scaled)]
    nearest = [float(np.nansum(np.abs(reading - wanted))) for reading in readings]
    positive, negative = readings[:2] if min(nearest[:2]) <= min(nearest[2:]) else readings[2:]
    faults = [wrong_images(reading, wanted, atol).sum() for reading in (positive, negative)]
    return negative if faults[1] < faults[0] else positive


def wrong_images(shown: Pixels, wanted: Pixels, atol: float) -> NDArray[np.bool_]:
    """Tell which images, (rows, columns), have a pixel that is too far off, or NaN."""
    return np.asarray(~(np.abs(shown - wanted) <= atol).all(axis=(2, 3)))
