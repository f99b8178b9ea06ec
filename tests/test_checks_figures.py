import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from grader.checks import (
    CheckFailure,
    assert_axes_off,
    assert_curves,
    assert_grey_scale_shared,
    assert_grid,
    assert_images,
    assert_no_smoothing,
    assert_titled,
    image_grid,
    read_figure,
)
from grader.worker.probes_figures import describe_figure

IMAGES = np.random.default_rng(11).uniform(0.05, 0.95, (2, 3, 5, 4))
NEAR = {"name": "the figure", "atol": 1e-6}


def draw(images=IMAGES, *, off=True, title="Digits", edit=None, **imshow):
    """A grid of images; `edit(i, j, ax)` changes one axes after it was drawn."""
    figure = Figure(figsize=(4, 3), dpi=50)
    rows, columns = images.shape[:2]
    axes = figure.subplots(rows, columns, squeeze=False)
    for i, j in np.ndindex(rows, columns):
        axes[i, j].imshow(images[i, j], **{"cmap": "gray", "vmin": 0, "vmax": 1, **imshow})
        if off:
            axes[i, j].axis("off")
        if edit:
            edit(i, j, axes[i, j])
    if title:
        figure.suptitle(title)
    return describe_figure(figure)


def only(place, change):
    """An edit of the axes in one place."""
    return lambda i, j, ax: change(ax) if (i, j) == place else None


def redraw(data, **imshow):
    """An edit that draws another image in place of the first."""

    def change(ax):
        ax.images[0].remove()
        ax.imshow(data, **{"cmap": "gray", "vmin": 0, "vmax": 1, **imshow})

    return change


def fails(check, *args, **kwargs):
    with pytest.raises(CheckFailure) as caught:
        check(*args, hint="look again", **kwargs)
    assert caught.value.hint == "look again"
    return caught.value


def test_a_right_figure_passes_every_check():
    figure = draw()
    assert len(assert_grid(figure, 2, 3)) == 2
    assert_images(figure, IMAGES, **NEAR)
    assert_grey_scale_shared(figure)
    assert_no_smoothing(figure)
    assert_axes_off(figure)
    assert_titled(figure)


def test_axes_are_sorted_by_their_place_not_their_creation():
    figure = Figure()
    for number, (x, y) in enumerate([(0.6, 0.1), (0.1, 0.62), (0.1, 0.1), (0.6, 0.6)]):
        figure.add_axes((x, y, 0.3, 0.3)).imshow(np.full((2, 2), number / 7), vmin=0, vmax=1)
    figure.add_axes((0.4, 0.4, 0.1, 0.1))  # without an image: not part of the grid
    shown = [
        [7 * axes["images"][0]["data"][0, 0] for axes in row]
        for row in image_grid(describe_figure(figure))
    ]
    np.testing.assert_allclose(shown, [[1, 3], [2, 0]])


def test_another_grid_is_counted():
    failure = fails(assert_grid, draw(), 3, 2)
    assert failure.expected == "3 rows of 2 images"
    assert failure.actual == "2 rows of 3 images"


def test_rows_of_different_length_are_listed():
    failure = fails(assert_grid, draw(edit=only((1, 2), lambda ax: ax.images[0].remove())), 2, 3)
    assert failure.actual == "2 rows of 3, 2 images"


def test_a_figure_without_images_has_no_grid():
    empty = describe_figure(Figure())
    assert fails(assert_grid, empty, 2, 3).actual == "no images"
    assert image_grid(empty) == []
    for check in (assert_grey_scale_shared, assert_no_smoothing, assert_axes_off):
        assert fails(check, empty).message == "the figure shows no images"


@pytest.mark.parametrize(
    "figure",
    [
        draw(255 * IMAGES, vmax=255),
        draw(np.round(255 * IMAGES).astype(np.uint8), vmax=255),
        draw(1 - IMAGES, cmap="binary"),
        draw(IMAGES, cmap="Greys"),
        draw(IMAGES[..., None].repeat(3, axis=-1)),
        draw(np.round(255 * IMAGES).astype(np.uint8)[..., None].repeat(4, axis=-1)),
        draw(IMAGES[:, :, ::-1], origin="lower"),
        draw(IMAGES[:, :, ::-1], edit=lambda i, j, ax: ax.invert_yaxis()),
        draw(IMAGES, vmin=None, vmax=None),
        draw(IMAGES, vmin=-0.5, vmax=2),
    ],
    ids=[
        "to 255",
        "uint8",
        "negative",
        "Greys",
        "rgb",
        "rgba uint8",
        "from below",
        "inverted axis",
        "autoscaled",
        "wide scale",
    ],
)
def test_every_way_to_show_the_same_pixels_passes(figure):
    # rounding to 8 bits is off by half a level
    assert_images(figure, IMAGES, name="the figure", atol=0.6 / 255)


def test_brightness_beyond_the_scale_counts_as_its_end():
    wide = IMAGES * 3 - 1
    assert_images(draw(wide), wide, **NEAR)
    assert_images(draw(wide, vmin=-1, vmax=2), wide, **NEAR)


def test_a_scale_that_cuts_into_the_values_is_not_the_same_picture():
    failure = fails(assert_images, draw(vmin=0.4, vmax=0.6), IMAGES, **NEAR)
    assert "6 of 6 (100 %) images are wrong" in failure.message


def test_one_wrong_pixel_is_found_in_its_image():
    images = IMAGES.copy()
    images[1, 2, 3, 1] = 0.0
    failure = fails(assert_images, draw(images), IMAGES, **NEAR)
    assert failure.message.startswith(
        "the figure: 1 of 6 (16.7 %) images are wrong; the image in row 2, column 3 is wrong in "
        "1 of 20"
    )
    assert failure.actual == "0 at [3, 1]"


def test_exchanged_images_are_recognised():
    failure = fails(assert_images, draw(IMAGES[:, [1, 0, 2]]), IMAGES, **NEAR)
    assert (
        "the image in row 1, column 1 shows what belongs in the image in row 1, column 2"
        in failure.message
    )


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        (lambda x: x[:, :, ::-1], "is upside down"),
        (lambda x: x[..., ::-1], "is mirrored"),
        (lambda x: x.swapaxes(2, 3), "has its rows and columns swapped"),
    ],
)
def test_turned_images_are_recognised(turn, message):
    square = IMAGES[..., :4, :]
    assert message in fails(assert_images, draw(turn(square)), square, **NEAR).message


def test_a_mirrored_axis_shows():
    figure = draw(edit=lambda i, j, ax: ax.invert_xaxis())
    assert "is mirrored" in fails(assert_images, figure, IMAGES, **NEAR).message


def test_only_some_images_in_negative_is_wrong():
    figure = draw(edit=only((0, 1), redraw(1 - IMAGES[0, 1])))
    assert "1 of 6" in fails(assert_images, figure, IMAGES, **NEAR).message


def test_an_image_of_another_size_is_named():
    failure = fails(assert_images, draw(edit=only((1, 0), redraw(np.ones((3, 4))))), IMAGES, **NEAR)
    assert failure.message == "the figure: the image in row 2, column 1 has the wrong size"
    assert (failure.expected, failure.actual) == ("5 x 4 pixels", "3 x 4 pixels")


def test_masked_pixels_are_wrong_without_a_crash():
    masked = np.ma.masked_less(IMAGES[0, 0], 0.5)
    figure = draw(edit=only((0, 0), redraw(masked)))
    assert "NaN" in fails(assert_images, figure, IMAGES, **NEAR).message
    assert_grey_scale_shared(figure)


def test_the_image_on_top_counts():
    figure = draw(np.zeros_like(IMAGES), edit=lambda i, j, ax: ax.imshow(IMAGES[i, j], "gray"))
    assert_images(figure, IMAGES, **NEAR)


@pytest.mark.parametrize("cmap", ["gray", "grey", "gray_r", "Greys", "binary", "gist_yarg"])
def test_every_grey_map_is_grey(cmap):
    assert_grey_scale_shared(draw(cmap=cmap))


@pytest.mark.parametrize("cmap", ["viridis", "bone", "flag"])
def test_a_map_with_colours_is_named(cmap):
    failure = fails(assert_grey_scale_shared, draw(cmap=cmap))
    assert failure.message == "the image in row 1, column 1 is not shown in greys"
    assert failure.actual == f"colour map '{cmap}'"


def test_coloured_pixels_are_not_grey():
    colours = np.zeros((2, 3, 5, 4, 3))
    colours[..., 0] = IMAGES
    assert fails(assert_grey_scale_shared, draw(colours)).actual == "colour map 'rgb'"


@pytest.mark.parametrize(
    ("imshow", "found"),
    [
        ({"vmax": 0.9}, "colour map 'gray' from 0 to 0.9 (Normalize)"),
        ({"vmin": 0.1}, "colour map 'gray' from 0.1 to 1 (Normalize)"),
        ({"cmap": "gray_r"}, "colour map 'gray_r' from 0 to 1 (Normalize)"),
        (
            {"norm": PowerNorm(2, 0, 1), "vmin": None, "vmax": None},
            "colour map 'gray' from 0 to 1 (PowerNorm)",
        ),
    ],
)
def test_an_image_on_a_scale_of_its_own_is_named(imshow, found):
    figure = draw(edit=only((1, 1), redraw(IMAGES[1, 1], **imshow)))
    failure = fails(assert_grey_scale_shared, figure)
    assert "row 2, column 2 has another grey scale than the image in row 1" in failure.message
    assert failure.expected == "colour map 'gray' from 0 to 1 (Normalize)"
    assert failure.actual == found


def test_images_scaled_each_by_itself_do_not_share_a_scale():
    assert (
        "another grey scale" in fails(assert_grey_scale_shared, draw(vmin=None, vmax=None)).message
    )


def test_an_image_of_nothing_but_masked_pixels_does_not_crash():
    nothing = np.ma.masked_all((5, 4))
    figure = draw(edit=only((0, 2), redraw(nothing, vmin=None, vmax=None)))
    assert "row 1, column 3" in fails(assert_grey_scale_shared, figure).message
    nowhere = draw(np.ma.masked_all((2, 3, 5, 4)), vmin=None, vmax=None)
    assert_grey_scale_shared(nowhere)
    assert "6 of 6" in fails(assert_images, nowhere, IMAGES, **NEAR).message


@pytest.mark.parametrize("interpolation", [None, "nearest", "none", "auto", "antialiased"])
def test_defaults_and_unsmoothed_images_pass(interpolation):
    assert_no_smoothing(draw(interpolation=interpolation))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic", "hanning"])
def test_smoothing_on_purpose_is_named(interpolation):
    failure = fails(assert_no_smoothing, draw(interpolation=interpolation))
    assert failure.actual == f"interpolation '{interpolation}'"


def bare(ax):
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def test_axes_without_ticks_and_frame_count_as_off():
    assert_axes_off(draw(off=False, edit=lambda i, j, ax: bare(ax)))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda ax: ax.axis("on"), "ticks and frame"),
        (lambda ax: (bare(ax), ax.axis("on"), ax.spines["left"].set_visible(True)), "frame"),
        (lambda ax: (ax.axis("on"), ax.set_frame_on(False)), "ticks"),
    ],
)
def test_what_is_left_of_the_axes_is_named(change, found):
    failure = fails(assert_axes_off, draw(edit=only((1, 2), change)))
    assert failure.message == "the image in row 2, column 3 has its axes drawn"
    assert failure.actual == found


def test_a_title_may_stand_over_the_figure_over_an_axes_or_as_text():
    assert_titled(draw())
    assert_titled(draw(title=None, edit=only((0, 1), lambda ax: ax.set_title("in", loc="left"))))
    figure = Figure()
    figure.text(0.5, 0.95, "Digits")
    assert_titled(describe_figure(figure))


@pytest.mark.parametrize("title", [None, " "])
def test_a_missing_title_is_told(title):
    assert fails(assert_titled, draw(title=title)).message == "the figure has no title"


TRAIN, VALID = [0.9, 0.5, 0.3], [0.95, 0.625, 0.4375]
EXPECTED = {"train": TRAIN, "valid": VALID}


def plot(train=TRAIN, valid=VALID, labels=("Training loss", "validation"), legend=None, axis="y"):
    figure = Figure()
    ax = figure.subplots()
    ax.plot([1, 2, 3], train, label=labels[0])
    ax.plot(valid, label=labels[1])
    if legend:
        ax.legend(legend)
    ax.set_xlabel("epoch")
    if axis:
        ax.set_ylabel("loss")
    return describe_figure(figure)


def test_named_curves_on_labelled_axes_pass():
    assert_curves(plot(), {"train": TRAIN, "valid": VALID}, atol=1e-9)


def test_names_may_come_from_the_legend_or_from_axes_of_their_own():
    legend = plot(labels=(None, None), legend=["train", "valid"])
    assert_curves(legend, EXPECTED, atol=1e-9)
    figure = Figure()
    for ax, (name, values) in zip(figure.subplots(2), EXPECTED.items(), strict=True):
        ax.plot(values)
        ax.set_title(f"{name.title()}ation")
        ax.set_xlabel("epoch")
        ax.set_ylabel("loss")
    assert_curves(describe_figure(figure), EXPECTED, atol=1e-9)


def test_a_figure_without_lines_shows_no_curves():
    failure = fails(assert_curves, describe_figure(Figure()), EXPECTED, atol=0.01)
    assert failure.message == "the figure shows no curves"
    assert failure.expected == "curves for train, valid"


def test_wrong_values_are_compared_with_the_closest_line():
    failure = fails(assert_curves, plot(valid=[0.95, 0.625, 0.5]), EXPECTED, atol=0.01)
    assert failure.message == "the figure has no curve with the values of 'valid'"
    assert failure.expected == "3 values, first 0.95, last 0.4375"
    assert failure.actual == "the closest line has first 0.95, last 0.5, off by up to 0.0625"


def test_lines_of_another_length_are_counted():
    failure = fails(assert_curves, plot(), {"train": TRAIN[:2]}, atol=0.01)
    assert failure.actual == "lines of 3, 3 values"


def test_a_curve_with_nan_matches_nothing():
    figure = plot(train=[0.9, np.nan, 0.3])
    assert (
        "no curve with the values of 'train'"
        in fails(assert_curves, figure, EXPECTED, atol=0.01).message
    )


def test_a_curve_under_a_wrong_name_is_told():
    failure = fails(assert_curves, plot(labels=("loss", None)), EXPECTED, atol=0.01)
    assert failure.message == "the curve for 'train' cannot be told by its name"
    assert failure.actual == "'loss'"
    exchanged = plot(labels=("valid", "train"))
    assert "cannot be told" in fails(assert_curves, exchanged, EXPECTED, atol=0.01).message


def test_an_axis_without_a_label_is_told():
    failure = fails(assert_curves, plot(axis=None), EXPECTED, atol=0.01)
    assert "leaves an axis without a label" in failure.message
    assert failure.actual == "none on y"


@pytest.mark.parametrize("thing", [None, 3, "figure"])
def test_what_is_no_figure_is_refused_by_every_check(thing):
    description = describe_figure(thing)
    for check, args in (
        (assert_titled, ()),
        (assert_axes_off, ()),
        (assert_grey_scale_shared, ()),
        (assert_no_smoothing, ()),
        (assert_grid, (2, 3)),
    ):
        with pytest.raises(CheckFailure, match="it is not a matplotlib Figure"):
            check(description, *args)


def changed(**parts):
    return {**draw(), **parts}


def in_first_axes(**parts):
    figure = draw()
    figure["axes"][0] = {**figure["axes"][0], **parts}
    return figure


def in_first_image(**parts):
    figure = draw()
    figure["axes"][0]["images"][0].update(parts)
    return figure


@pytest.mark.parametrize(
    "description",
    [
        None,
        {},
        changed(axes=None),
        changed(png="text"),
        in_first_axes(position=[0.0]),
        in_first_image(data=[[1.0]]),
        in_first_image(data=np.ones((2, 2), np.float32)),
        in_first_image(data=np.ones(4)),
        in_first_image(data=np.ma.ones((2, 2))),
        in_first_image(vmin="0"),
    ],
)
def test_what_is_no_description_is_an_error_and_no_failure(description):
    with pytest.raises(ValueError, match="not the description of a figure"):
        read_figure(description)


def test_importing_the_checks_does_not_import_matplotlib():
    code = "import sys, grader.checks; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
