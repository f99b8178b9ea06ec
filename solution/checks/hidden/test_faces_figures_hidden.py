"""Hidden checks of faces.py: the figures of codes and of recovered faces."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba

from grader.checks import (
    CheckFailure,
    assert_array,
    assert_grid,
    assert_no_smoothing,
    figure_picture,
    image_grid,
    read_figure,
)

PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""


def colours_of(value):
    """Colours as a list of red, green, blue and alpha, whatever matplotlib gave."""
    if isinstance(value, str):
        return [to_rgba(value)]
    value = np.asarray(value, dtype=np.float64)
    return [to_rgba(row) for row in np.atleast_2d(value)] if value.size else []


def ask(student, thing, *names):
    """The colours that the first of these methods gives, where it gives any."""
    for name in names:
        outcome = student.attempt(getattr(thing, name))
        words = outcome.value if isinstance(outcome.value, str) else ""
        if not outcome.ok or words.lower() in ("none", "auto", "face"):
            continue
        if colours := colours_of(outcome.value):
            return colours
    raise CheckFailure("points or entries of the legend have no colour")


def points_of(student, axes):
    """All points of an axes: x, y and colour, whether scatter or plot drew them."""
    points = []
    for number in range(student.probes.length(axes.collections)):
        drawn = student.item(axes.collections, number)
        places = student.keep(drawn.get_offsets).tolist()
        colours = ask(student, drawn, "get_facecolor", "get_edgecolor")
        if len(colours) == 1:
            colours *= len(places)
        points += [(*place, *colour) for place, colour in zip(places, colours, strict=True)]
    for number in range(student.probes.length(axes.lines)):
        drawn = student.item(axes.lines, number)
        if student.value(student.keep(drawn.get_marker)) in ("None", "", " ", None):
            continue
        colour = ask(student, drawn, "get_markerfacecolor", "get_color")[0]
        places = student.keep(drawn.get_xydata).tolist()
        points += [(*place, *colour) for place in places]
    return np.array(points, dtype=np.float64).reshape(-1, 6)


def legend_of(student, axes):
    """The colour of each class by its name."""
    legend = student.keep(axes.get_legend)
    texts = student.keep(legend.get_texts)
    found = {}
    for number in range(student.probes.length(texts)):
        handle = student.item(legend.legend_handles, number)
        colours = ask(
            student, handle, "get_facecolor", "get_markerfacecolor", "get_edgecolor", "get_color"
        )
        found[student.item(texts, number).get_text()] = np.array(colours[0])
    return found


@pytest.mark.task("face_pictures", weight=2)
def test_points_in_the_colour_of_their_class(student, rng, artifact):
    """Every point is drawn, in the colour that the legend gives to its class, in every axes."""
    labels = torch.from_numpy(rng.permutation(np.repeat([0, 1, 2], [4, 6, 9])))
    classes = ["calm", "angry", "happy"]
    projections = {name: rng.normal(size=(19, 2)) for name in ("t-SNE", "PCA")}
    figure = student.keep(student.faces.embedding_figure, projections, labels, classes)
    description = read_figure(student.probes.describe_figure(figure))
    artifact("embedding_figure.png", figure_picture(description))
    titled = [n for n, axes in enumerate(description["axes"]) if axes["title"]]
    if len(titled) != 2:
        raise CheckFailure("the figure has not one titled axes for each projection")
    legends = []
    for number, (name, wanted) in zip(titled, projections.items(), strict=True):
        axes = student.item(figure.axes, number)
        points, legend = points_of(student, axes), legend_of(student, axes)
        if len(points) != 19:
            raise CheckFailure(
                f"{name} does not show every point once", expected="19", actual=str(len(points))
            )
        for place, label in zip(wanted, labels.tolist(), strict=True):
            away = np.abs(points[:, :2] - place).max(axis=1)
            nearest = int(away.argmin())
            # Points keep float32 at least: 1e-7 of values up to 4.
            if away[nearest] > 1e-5:
                raise CheckFailure(f"{name} lacks a point", hint="x is the first coordinate.")
            entry = legend.get(classes[label])
            if entry is None or np.abs(points[nearest, 2:5] - entry[:3]).max() > 0.01:
                raise CheckFailure(
                    f"{name}: a point has not the colour that the legend gives to its class",
                    hint="labels holds positions in classes.",
                )
        colours = [legend[kind][:3] for kind in classes]
        if any(np.abs(colours[a] - colours[b]).max() < 0.1 for a, b in ((0, 1), (0, 2), (1, 2))):
            raise CheckFailure("two classes have one colour")
        legends.append(np.stack(colours))
    if np.abs(legends[0] - legends[1]).max() > 0.01:
        raise CheckFailure("a class changes its colour from one axes to the next")


@pytest.mark.task("face_pictures", weight=2)
def test_recovered_faces(student, torch_rng, artifact):
    """Faces stand above what each network makes of them, in colour and as they are."""
    images = torch.rand(4, 3, 8, 8, generator=torch_rng)
    networks, wanted = {}, [images]
    for name, latent in (("K = 7", 7), ("K = 2", 2)):
        model = student.keep(student.faces.FaceAutoEncoder, (6, 9, 8), latent)
        # Lively images: a fresh network gives grey ones, alike for every face.
        state = student.probes.state(model)
        state = {
            key: 3 * v if v.dim() > 1 or (v.dim() == 1 and "running" not in key) else v
            for key, v in state.items()
        }
        student.probes.load_state(model, state)
        networks[name] = model
        wanted.append(student.probes.evaluate(model, images))
        student.probes.set_training(model, name == "K = 7")
    figure = student.keep(student.faces.recovered_figure, networks, images)
    description = student.probes.describe_figure(figure)
    artifact("recovered_figure.png", figure_picture(description))
    assert_grid(description, 3, 4)
    for i, row in enumerate(image_grid(description)):
        for j, axes in enumerate(row):
            shown = shown_colours(axes["images"][-1])
            expected = wanted[i][j].permute(1, 2, 0).double().numpy()
            what = f"the image in row {i + 1}, column {j + 1}"
            assert_array(shown, expected, name=what, rtol=0, atol=PIXEL)
    assert_no_smoothing(description)
    texts = every_text(student, figure, read_figure(description))
    for name in networks:
        if not any(name in text for text in texts):
            raise CheckFailure("a row lacks the name of its network", expected=name)
    modes = [student.probes.is_training(model) for model in networks.values()]
    if modes != [True, False]:
        raise CheckFailure("a network is not in the mode that it was in before")


def shown_colours(image):
    """An image as it is seen, (H, W, 3)."""
    data = image["data"]
    if data.ndim != 3:
        raise CheckFailure("a face is not shown in colour", expected="(H, W, 3)", actual="greys")
    data = data[::-1] if image["upside_down"] else data
    data = data[:, ::-1] if image["mirrored"] else data
    return np.ascontiguousarray(data[..., :3].clip(0, 1))


def every_text(student, figure, description):
    """All that is written in a figure, but for tick labels."""
    texts = [description["suptitle"] or "", *description["texts"]]
    for number, axes in enumerate(description["axes"]):
        texts += [axes["title"], axes["ylabel"] if axes["axison"] else ""]
        written = student.item(figure.axes, number).texts
        for place in range(student.probes.length(written)):
            texts.append(student.item(written, place).get_text())
    return texts
