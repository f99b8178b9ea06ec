import io
import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from grader.checks import read_figure
from grader.worker.probes_figures import describe_figure
from grader.worker.values import export

DATA = np.random.default_rng(4).uniform(0.1, 0.8, (6, 5))


def one_image(data=DATA, edit=None, **imshow):
    figure = Figure()
    ax = figure.subplots()
    image = ax.imshow(data, **imshow)
    if edit:
        edit(ax, image)
    return describe_figure(figure)["axes"][0]


def test_a_figure_becomes_plain_data_that_the_judge_accepts():
    figure = Figure(figsize=(6, 2.5))
    left, right = figure.subplots(1, 2)
    left.imshow(DATA, cmap="gray")
    right.semilogy([1, 2], [30, 4], label="loss")
    right.set(title="Losses", xlabel="epoch", ylabel="loss")
    right.legend()
    figure.suptitle("Two things")
    description = describe_figure(figure)

    def refuse(value):
        raise AssertionError(f"{value!r} is not plain")

    assert read_figure(export(description, refuse))["problem"] is None
    assert description["suptitle"] == "Two things"
    assert description["size_inches"] == [6.0, 2.5]
    assert description["png"].startswith(b"\x89PNG")
    plot = description["axes"][1]
    assert (plot["title"], plot["xlabel"], plot["ylabel"]) == ("Losses", "epoch", "loss")
    assert (plot["xscale"], plot["yscale"], plot["legend"]) == ("linear", "log", ["loss"])
    np.testing.assert_array_equal(plot["lines"][0]["x"], [1.0, 2.0])
    np.testing.assert_array_equal(plot["lines"][0]["y"], [30.0, 4.0])
    assert plot["lines"][0]["label"] == "loss"
    assert plot["lines"][0]["y"].dtype == np.float64


def test_an_image_is_described_with_its_resolved_scale():
    image = one_image(cmap="gray")["images"][0]
    np.testing.assert_array_equal(image["data"], DATA)
    assert (image["cmap"], image["norm"], image["origin"]) == ("gray", "Normalize", "upper")
    assert (image["vmin"], image["vmax"]) == (DATA.min(), DATA.max())
    np.testing.assert_allclose(image["ramp"], [0, 0.5, 1], atol=0.01)
    assert (image["upside_down"], image["mirrored"]) == (False, False)


@pytest.mark.parametrize("interpolation", [None, "auto", "antialiased"])
def test_the_default_interpolation_has_one_name(interpolation):
    assert one_image(interpolation=interpolation)["images"][0]["interpolation"] == "auto"


def test_an_interpolation_from_the_rcparams_is_resolved():
    with matplotlib.rc_context({"image.interpolation": "bicubic", "image.cmap": "bone"}):
        image = one_image()["images"][0]
    assert image["interpolation"] == "bicubic"
    assert image["cmap"] == "bone"
    assert image["ramp"] is None


@pytest.mark.parametrize(
    ("origin", "invert", "upside_down"),
    [
        ("upper", False, False),
        ("lower", False, True),
        ("upper", True, True),
        ("lower", True, False),
    ],
)
def test_what_is_on_top_is_what_is_seen(origin, invert, upside_down):
    image = one_image(origin=origin, edit=lambda ax, image: ax.invert_yaxis() if invert else None)[
        "images"
    ][0]
    # the first row of the data lies at the bottom for "lower", whose axis is not inverted
    assert image["upside_down"] is upside_down


def test_an_extent_that_mirrors_is_seen():
    assert one_image(extent=(5, 0, 6, 0))["images"][0]["mirrored"] is False
    mirrored = one_image(edit=lambda ax, image: ax.invert_xaxis())["images"][0]
    assert mirrored["mirrored"] is True


def test_integer_colours_are_scaled_to_one_and_floating_ones_kept():
    colours = np.stack([DATA, DATA, DATA], axis=-1)
    image = one_image(np.round(colours * 255).astype(np.uint8))["images"][0]
    np.testing.assert_allclose(image["data"], colours, atol=0.51 / 255)
    assert (image["cmap"], image["vmin"], image["vmax"]) == ("rgb", 0.0, 1.0)
    assert image["ramp"] == [0.0, 0.5, 1.0]
    np.testing.assert_array_equal(one_image(colours)["images"][0]["data"], colours)
    assert one_image(colours * [1, 0.5, 1])["images"][0]["ramp"] is None


def test_masked_pixels_become_nan():
    image = one_image(np.ma.masked_greater(DATA, 0.5))["images"][0]
    np.testing.assert_array_equal(np.isnan(image["data"]), DATA > 0.5)
    assert image["vmax"] <= 0.5


def test_an_image_without_any_visible_value_is_described():
    image = one_image(np.ma.masked_all((3, 2)))["images"][0]
    assert np.isnan(image["data"]).all()
    assert image["vmin"] == image["vmax"]


@pytest.mark.parametrize(
    "hide", [lambda ax, image: image.set_visible(False), lambda ax, image: image.set_alpha(0)]
)
def test_invisible_images_are_left_out(hide):
    assert one_image(edit=hide)["images"] == []


def test_an_image_with_an_array_of_alphas_is_seen():
    assert len(one_image(alpha=np.full(DATA.shape, 0.5))["images"]) == 1


def test_images_come_in_drawing_order():
    def cover(ax, image):
        ax.imshow(np.zeros((2, 2)), zorder=-3)

    images = one_image(edit=cover)["images"]
    assert [image["data"].shape for image in images] == [(2, 2), (6, 5)]


def test_invisible_axes_are_left_out():
    figure = Figure()
    first, _ = figure.subplots(1, 2)
    first.set_visible(False)
    assert len(describe_figure(figure)["axes"]) == 1


def test_positions_are_shares_of_the_figure_even_inside_subfigures():
    figure = Figure()
    _, below = figure.subfigures(2, 1)
    below.add_axes((0.25, 0.5, 0.5, 0.4))
    below.suptitle("Below")
    description = describe_figure(figure)
    np.testing.assert_allclose(description["axes"][0]["position"], [0.25, 0.25, 0.5, 0.2])
    assert description["suptitle"] == "Below"


def test_positions_are_those_after_layout():
    figure = Figure(layout="constrained")
    ax = figure.subplots()
    before = list(ax.get_position().bounds)
    ax.set_ylabel("a label\nthat takes\nroom")
    assert describe_figure(figure)["axes"][0]["position"] != pytest.approx(before)


def test_a_figure_without_axes_or_with_empty_ones_is_described():
    assert describe_figure(Figure())["axes"] == []
    figure = Figure()
    figure.subplots(2)
    axes = describe_figure(figure)["axes"]
    assert [(ax["images"], ax["lines"], ax["legend"]) for ax in axes] == [([], [], None)] * 2


@pytest.mark.parametrize(
    ("edit", "axison", "frame", "ticks"),
    [
        (lambda ax, image: None, True, True, True),
        (lambda ax, image: ax.axis("off"), False, False, False),
        (lambda ax, image: (ax.set_xticks([]), ax.set_yticks([])), True, True, False),
        (lambda ax, image: ax.set_frame_on(False), True, False, True),
        (lambda ax, image: (ax.xaxis.set_visible(False), ax.set_yticks([])), True, True, False),
        (
            lambda ax, image: ax.tick_params(left=0, bottom=0, labelleft=0, labelbottom=0),
            True,
            True,
            False,
        ),
        (lambda ax, image: ax.tick_params(length=0), True, True, True),
    ],
)
def test_what_is_visible_of_axes_is_told(edit, axison, frame, ticks):
    axes = one_image(edit=edit)
    assert (axes["axison"], axes["frame"], axes["ticks"]) == (axison, frame, ticks)


def test_a_legend_names_lines_that_have_no_label_by_their_look():
    figure = Figure()
    ax = figure.subplots()
    (first,) = ax.plot([3, 4])
    (second,) = ax.plot([1, 2])
    ax.legend([second, first], ["validation", "training"])
    lines = describe_figure(figure)["axes"][0]["lines"]
    assert [line["label"] for line in lines] == ["training", "validation"]


def test_a_legend_of_the_figure_names_lines_too():
    figure = Figure()
    (line,) = figure.subplots().plot([3, 4], "k--")
    figure.legend([line], ["training"])
    assert describe_figure(figure)["axes"][0]["lines"][0]["label"] == "training"


def test_texts_of_the_figure_are_listed():
    figure = Figure()
    figure.text(0.5, 0.9, "Digits")
    assert describe_figure(figure)["texts"] == ["Digits"]


@pytest.mark.parametrize("thing", [None, 3, [Figure()], (Figure(), None), Figure().subplots()])
def test_what_is_no_figure_is_a_finding(thing):
    problem = describe_figure(thing)["problem"]
    assert problem.startswith("it is not a matplotlib Figure but of type ")
    assert problem.endswith(type(thing).__name__)


def test_a_figure_that_cannot_be_drawn_is_a_finding():
    figure = Figure()
    figure.suptitle("$\\nonsense{$")
    problem = describe_figure(figure)["problem"]
    assert problem.startswith("it cannot be drawn: ValueError: ")


def test_a_missing_glyph_is_no_warning():
    figure = Figure()
    figure.suptitle("\U0001f9ff")
    assert describe_figure(figure)["problem"] is None


def test_a_giant_figure_gives_a_picture_of_bounded_size():
    description = describe_figure(Figure(figsize=(400, 100)))
    width = int.from_bytes(description["png"][16:20], "big")
    assert width <= 2000
    assert description["size_inches"] == [400.0, 100.0]


@pytest.mark.parametrize(
    ("colour", "channels"), [("black", "L"), ("red", "RGB"), ((0, 0, 0, 0), "RGBA")]
)
def test_a_picture_has_no_more_channels_than_it_needs(colour, channels):
    figure = Figure(figsize=(4, 3), facecolor=colour)
    figure.subplots().imshow(DATA, cmap="gray")
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=100)
    with Image.open(io.BytesIO(describe_figure(figure)["png"])) as image, Image.open(drawn) as same:
        assert image.mode == channels
        np.testing.assert_array_equal(image.convert("RGBA"), same)


def test_a_text_far_outside_does_not_blow_up_the_picture():
    with matplotlib.rc_context({"savefig.bbox": "tight"}):
        figure = Figure(figsize=(4, 3))
        figure.text(500, 500, "far")
        png = describe_figure(figure)["png"]
    assert int.from_bytes(png[16:20], "big") == 400


def test_describing_leaves_the_figure_as_it_was():
    figure = Figure(figsize=(4, 3), dpi=37)
    figure.subplots().imshow(DATA)
    canvas = figure.canvas
    describe_figure(figure)
    assert figure.dpi == 37
    assert figure.canvas is canvas


def test_pyplot_is_never_imported_and_matplotlib_only_with_a_figure():
    code = (
        "import sys, grader.worker.probes_figures as probes\n"
        "assert 'matplotlib' not in sys.modules\n"
        "from matplotlib.figure import Figure\n"
        "figure = Figure(); figure.subplots().imshow([[1, 2]])\n"
        "assert probes.describe_figure(figure)['png']\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_texts_are_told_as_unicode_and_not_in_full():
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], label="\ud83d" + "l" * 5000)
    axes.set_xlabel("x" * 5000)
    axes.xaxis.set_visible(False)
    (described,) = describe_figure(figure)["axes"]
    assert described["lines"][0]["label"] == "?" + "l" * 999
    assert described["xlabel"] == "x" * 1000


def test_an_error_with_half_a_character_is_told():
    class Odd(Figure):
        def savefig(self, *args, **kwargs):
            raise ValueError("\ud83d" * 5000)

    problem = describe_figure(Odd())["problem"]
    assert problem.startswith("it cannot be drawn: ValueError: ?")
    assert len(problem) == 1000
