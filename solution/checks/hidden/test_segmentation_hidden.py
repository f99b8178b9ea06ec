"""Hidden checks of segmentation.py but for those of the network and its training.

Layers are not made by the student's code but taken from a stand-in network of ours, and what must
come out is computed here from their weights.
"""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from grader.checks import (
    CheckFailure,
    as_number,
    assert_array,
    assert_grid,
    assert_no_smoothing,
    assert_tensor,
    figure_picture,
    shown_pixels,
    unpack,
)

# float64 sums of some hundred products agree to about 1e-14, whatever their order.
EXACT = {"rtol": 1e-9, "atol": 1e-11}
PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""


def linear_layer(student, side, outputs, *, bias=True):
    """A linear layer in float64 beside the student's code, and its parameters."""
    network = student.probes.as_dtype(student.probes.stand_in(side, outputs), "float64")
    layer = student.item(network.encoder.layers, 1)
    if not bias:
        student.keep(layer.register_parameter, "bias", None)
    zero = torch.zeros(outputs, dtype=torch.float64)
    return layer, student.value(layer.weight), student.value(layer.bias) if bias else zero


@pytest.mark.task("convolutionalise", weight=2)
def test_same_numbers(student, torch_rng):
    """For maps of k x k pixels, the convolution gives the numbers of the linear layer."""
    for side, channels, k, bias in ((6, 4, 3, True), (6, 9, 2, False), (10, 4, 5, True)):
        layer, weight, shift = linear_layer(student, side, 7, bias=bias)
        conv = student.keep(student.segmentation.linear_to_conv, layer, k)
        x = torch.randn(3, channels, k, k, generator=torch_rng).double()
        found = assert_tensor(conv(x), name="linear_to_conv(linear, k)(x)", shape=(3, 7, 1, 1))
        flat = x.flatten(1)
        for what, order in {
            "the channels run last": x.permute(0, 2, 3, 1),
            "rows and columns are swapped": x.transpose(2, 3),
            "the kernel is turned around": x.flip(2, 3),
        }.items():
            other = (order.flatten(1) @ weight.T + shift)[:, :, None, None]
            if torch.allclose(found, other, rtol=1e-6, atol=1e-9):
                raise CheckFailure(
                    f"the weights stand in another order: {what}",
                    expected="weights in the order of nn.Flatten",
                    actual=what,
                )
        expected = (flat @ weight.T + shift)[:, :, None, None]
        assert_array(found, expected, name="linear_to_conv(linear, k)(x)", **EXACT)
        parameters = student.probes.parameters(conv)
        if sorted(p.dim() for p in parameters.values()) != ([1, 4] if bias else [4]):
            raise CheckFailure(
                "the convolution does not have the parameters of the linear layer",
                expected="a weight and a bias" if bias else "a weight, and no bias",
                actual=", ".join(parameters) or "none that can be trained",
            )
        assert_array(
            student.value(layer.weight), weight, name="the linear layer's weight", rtol=0, atol=0
        )


@pytest.mark.task("convolutionalise", weight=2)
def test_dense_map(student, torch_rng):
    """On larger maps, each window of k x k pixels gets the linear layer's scores."""
    for side, channels, k, size in ((6, 4, 3, (5, 8)), (6, 9, 2, (4, 3)), (6, 36, 1, (3, 2))):
        layer, weight, bias = linear_layer(student, side, 5)
        features = torch.randn(2, channels, *size, generator=torch_rng).double()
        found = student.segmentation.dense_scores(layer, features)
        columns = functional.unfold(features, k)  # (B, C * k * k, windows), in the order of Flatten
        shape = size[0] - k + 1, size[1] - k + 1
        expected = (weight @ columns + bias[:, None]).unflatten(2, shape)
        assert_array(found, expected, name="dense_scores(linear, features)", **EXACT)


@pytest.mark.task("receptive_field", weight=2)
def test_field_of_any_stack(student, rng):
    """The formula holds for any kernels, strides and dilations."""
    field = student.segmentation.receptive_field
    fixed = [[], [(2, 2, 1), (3, 1, 1)], [(3, 2, 2), (1, 3, 5), (4, 2, 3)]]
    for layers in [
        *fixed,
        *([tuple(map(int, rng.integers(1, 6, 3))) for _ in range(n)] for n in (2, 3, 5, 6)),
    ]:
        # From the output back: n pixels of a layer's output need (n - 1) s + d (k - 1) + 1.
        expected = 1
        for kernel, stride, dilation in reversed(layers):
            expected = (expected - 1) * stride + dilation * (kernel - 1) + 1
        found = as_number(field(layers), name=f"receptive_field({layers})")
        assert_array(found, expected, name=f"receptive_field({layers})", rtol=0, atol=0)


def sparse_network(student, generator, side=7, k=6):
    """A stand-in in which pixels look at each other as we choose; which sees which.

    Each number of a code looks at some pixels, and each output pixel at some numbers of the code.
    """
    network = student.probes.as_dtype(student.probes.stand_in(side, k, dropout=0.8), "float64")
    state = student.probes.state(network)
    looks = torch.rand(k, side * side, generator=generator) < 0.08
    shows = torch.rand(side * side, k, generator=generator) < 0.3
    shows[3] = False  # this output pixel sees nothing
    masks = {(k, side * side): looks, (side * side, k): shows}
    for key, value in state.items():
        if tuple(value.shape) in masks:
            # Weights from 0.1 to 0.3 with either sign: no tanh and no sigmoid becomes flat.
            sizes = 0.1 + 0.2 * torch.rand(value.shape, generator=generator).double()
            signs = torch.rand(value.shape, generator=generator).round().double() * 2 - 1
            state[key] = sizes * signs * masks[tuple(value.shape)]
    student.probes.load_state(network, state)
    return network, (shows.double() @ looks.double() > 0).unflatten(1, (side, side))


@pytest.mark.task("receptive_field", weight=1)
def test_influence_is_measured(student, torch_rng):
    """Pixels with a gradient are found, and no others; the network's mode comes back."""
    network, seen = sparse_network(student, torch_rng)
    images = torch.rand(3, 1, 7, 7, generator=torch_rng).double()
    for mode in (True, False):
        student.probes.set_training(network, mode)
        for place in (3, 17, 24, 40):
            row, column = divmod(place, 7)
            found = student.segmentation.influence(network, images, row, column)
            found = assert_tensor(found, name="influence(...)", shape=(7, 7), dtype=torch.bool)
            assert_array(
                found,
                seen[place],
                name=f"influence(network, images, {row}, {column})",
                rtol=0,
                atol=0,
                hint="Dropout hides pixels in training mode; gradients may be negative.",
            )
        if student.probes.is_training(network) != mode:
            raise CheckFailure(
                "the network is in another mode than before",
                expected=f"{'training' if mode else 'evaluation'} mode",
                actual=f"{'evaluation' if mode else 'training'} mode",
            )


@pytest.mark.task("receptive_field", weight=1)
def test_context_is_dilated(student, torch_rng):
    """Each convolution has its dilation and ReLU behind it; sizes stay."""
    dilations = (1, 3, 2, 4)
    module = student.keep(student.segmentation.context_module, 3, dilations)
    module(torch.zeros(1, 3, 12, 15))  # lazily built layers get their shapes here
    module = student.probes.as_dtype(module, "float64")
    state = student.probes.state(module)
    shapes = sorted(tuple(value.shape) for value in state.values())
    if shapes != [(3,)] * 4 + [(3, 3, 3, 3)] * 4:
        raise CheckFailure(
            "the context module does not have the parameters that its layers need",
            expected="four weights of the shape (3, 3, 3, 3), and four biases",
            actual=", ".join(map(str, shapes)) or "none",
        )
    # All layers get the same weights, so that their names do not matter.
    weight = torch.randn(3, 3, 3, 3, generator=torch_rng).double() / 3
    bias = torch.rand(3, generator=torch_rng).double() - 0.3
    values = {key: weight if value.dim() > 1 else bias for key, value in state.items()}
    student.probes.load_state(module, values)
    x = torch.randn(2, 3, 12, 15, generator=torch_rng).double()
    found = module(x)
    for dilation in dilations:
        x = functional.conv2d(x, weight, bias, padding=dilation, dilation=dilation).relu()
    assert_array(found, x, name="context_module(3, (1, 3, 2, 4))(x)", **EXACT)


def painted(digits, classes, places, size, threshold):
    """The same canvas pixel by pixel."""
    image = np.zeros(size, dtype=np.float64)
    target = np.zeros(size, dtype=np.int64)
    for digit, label, (top, left) in zip(digits, classes, places, strict=True):
        for (i, j), value in np.ndenumerate(digit):
            row, column = top + i, left + j
            if 0 <= row < size[0] and 0 <= column < size[1]:
                image[row, column] = max(image[row, column], value)
                if value >= threshold:
                    target[row, column] = label
    return torch.from_numpy(image)[None], torch.from_numpy(target)


@pytest.mark.task("canvases", weight=1)
def test_digits_apart(student, torch_rng):
    """Several digits that do not touch; by default, brightness 0.5 belongs to them."""
    digits = (torch.rand(3, 4, 6, generator=torch_rng).double() * 4).round() / 4
    assert_canvas(student, digits, [2, 5, 1], [[0, 0], [5, 8], [10, 1]], (14, 17), None)


@pytest.mark.task("canvases", weight=2)
def test_overlap(student, torch_rng):
    """Where digits overlap, the brighter value is shown, and the last digit has the label."""
    digits = torch.rand(4, 5, 4, generator=torch_rng).double()
    places = [[1, 1], [3, 2], [2, 4], [4, 3]]
    assert_canvas(student, digits, [4, 1, 3, 2], places, (10, 9), 0.35)


@pytest.mark.task("canvases", weight=2)
def test_digits_that_stick_out(student, torch_rng):
    """What lies beyond the border is cut off, on all sides; a digit may lie outside altogether."""
    digits = torch.rand(6, 5, 4, generator=torch_rng).double()
    places = [[-2, 1], [4, -3], [6, 5], [2, 7], [-9, 2], [30, 40]]
    assert_canvas(student, digits, [1, 2, 3, 4, 5, 6], places, (8, 9), 0.45)


def assert_canvas(student, digits, classes, places, size, threshold):
    arguments = [digits, torch.tensor(classes), torch.tensor(places), size]
    given = [value.clone() if isinstance(value, torch.Tensor) else value for value in arguments]
    extra = [] if threshold is None else [threshold]
    result, after = student.observe(student.segmentation.make_canvas, *given, *extra)
    image, target = unpack(result, 2, name="make_canvas(...)")
    shown, labels = painted(digits.numpy(), classes, places, size, threshold or 0.5)
    assert_array(image, shown, name="the image", rtol=0, atol=1e-9)
    assert_array(target, labels, name="the label map", rtol=0, atol=0)
    assert_array(after[0], digits, name="the digits after the call", rtol=0, atol=0)


@pytest.mark.task("mean_iou", weight=2)
def test_iou_of_random_maps(student, torch_rng):
    """The mean IoU of random label maps agrees with an exact count; images are counted together."""
    for classes, used in ((4, (0, 1, 2, 3)), (6, (0, 2, 5)), (3, (1, 2))):
        used = torch.tensor(used)
        draws = torch.rand(2, 3, 5, 7, generator=torch_rng) ** 2 * len(used)
        prediction, target = used[draws.long()]
        target = torch.where(torch.rand(3, 5, 7, generator=torch_rng) < 0.5, prediction, target)
        target[0] = used[0]  # the first image has one class alone
        found = student.segmentation.mean_iou(prediction, target, classes)
        found = as_number(found, name="mean_iou(...)")
        right, others = counts(prediction, target, classes)
        for what, other in others.items():
            if math.isclose(found, other, rel_tol=1e-4) and not math.isclose(right, other):
                raise CheckFailure(
                    f"what came is {what}",
                    expected="the mean over the classes that occur, of all images together",
                    actual=what,
                )
        assert_array(found, right, name="the mean IoU", rtol=1e-5, atol=1e-6)


def both_and_either(prediction, target, classes):
    """For each class, how many pixels have it in both maps, and how many in one or both."""
    table = torch.zeros(classes, classes, dtype=torch.float64)
    pairs = prediction.flatten(), target.flatten()
    table.index_put_(pairs, torch.ones(target.numel(), dtype=torch.float64), accumulate=True)
    both = table.diagonal()
    return both, table.sum(dim=0) + table.sum(dim=1) - both


def counts(prediction, target, classes):
    """The mean IoU by a table of pairs of classes, and what is taken for it."""
    both, either = both_and_either(prediction, target, classes)
    there = either > 0
    shares = both[there] / either[there]
    images = [both_and_either(*maps, classes) for maps in zip(prediction, target, strict=True)]
    single = torch.stack([(b[e > 0] / e[e > 0]).mean() for b, e in images])
    digits = there & (torch.arange(classes) > 0)
    others = {
        "the mean IoU with 0 for classes that occur in neither": shares.sum() / classes,
        "the mean IoU with 1 for classes that occur in neither": (shares.sum() + (~there).sum())
        / classes,
        "the mean over images of the mean IoU of each": single.mean(),
        "the share of pixels that are right": both.sum() / target.numel(),
        "the intersections of all classes over their unions": both.sum() / either.sum(),
        "the mean IoU without the background": (both[digits] / either[digits]).mean(),
        "Dice's coefficient, 2 |A and B| / (|A| + |B|)": (2 * shares / (1 + shares)).mean(),
    }
    return shares.mean().item(), {what: value.item() for what, value in others.items()}


@pytest.mark.task("mean_iou", weight=1)
def test_iou_where_one_lacks_a_class(student, torch_rng):
    """A class that only the prediction has, or only the truth, counts with 0."""
    for prediction, target in (((0, 2), (0, 0)), ((0, 0), (0, 2))):
        maps = [torch.tensor(pair)[:, None, None].expand(2, 3, 4) for pair in (prediction, target)]
        found = student.segmentation.mean_iou(*(m.contiguous() for m in maps), 4)
        found = as_number(found, name="mean_iou(...)")
        assert_array(found, 0.25, name="the mean IoU", rtol=1e-5, atol=1e-6)


@pytest.mark.task("segmentation_figure", weight=1)
def test_figure_shows_images(student, torch_rng, artifact):
    """The first column shows the images, in one grey scale from 0 to 1."""
    images = 0.2 + 0.5 * torch.rand(3, 1, 6, 7, generator=torch_rng)
    images[1] *= 0.5
    description, grid = drawing(student, images, torch_rng)
    artifact("segmentation_figure.png", figure_picture(description))
    assert_no_smoothing(description)
    for row, image in zip(grid, images, strict=True):
        shown = row[0]["images"][-1]
        if shown["ramp"] is None:
            raise CheckFailure("an image is not shown in greys", expected="a grey colour map")
        low, high = limits(shown)
        brightness = (shown_pixels(shown) - low) / ((high - low) or 1)
        if shown["ramp"][0] > shown["ramp"][-1]:
            brightness = 1 - brightness
        if brightness.shape != (6, 7) or not np.allclose(brightness, image[0], rtol=0, atol=PIXEL):
            raise CheckFailure(
                "the first column does not show the images from 0 (black) to 1 (white)",
                expected="each image in its row, with limits 0 and 1",
                actual=f"limits {low:.3g} and {high:.3g}",
            )


def drawing(student, images, generator, classes=5):
    """A figure of the student's and its axes; the label maps differ in which classes they have."""
    target, prediction = label_maps(len(images), classes)
    draw = student.segmentation.segmentation_figure
    figure = student.keep(draw, images, target, prediction, classes)
    description = student.probes.describe_figure(figure)
    return description, assert_grid(description, len(images), 3)


def label_maps(count, classes):
    """Truth and prediction (count, 6, 7), in which not every map has every class."""
    place = torch.arange(6 * 7).reshape(6, 7)
    target = torch.stack([place // (3 + i) % (classes - i) for i in range(count)])
    prediction = torch.stack([place // (5 - i) % (i + 2) for i in range(count)])
    return target, prediction


@pytest.mark.task("segmentation_figure", weight=2)
def test_figure_shows_label_maps(student, torch_rng):
    """Truth and prediction stand in their columns, and a class has one colour everywhere."""
    images = torch.rand(3, 1, 6, 7, generator=torch_rng)
    _, grid = drawing(student, images, torch_rng)
    colours = {}
    for column, maps in enumerate(label_maps(3, 5), start=1):
        for row, labels in zip(grid, maps.tolist(), strict=True):
            shown = keys(row[column]["images"][-1])
            if (len(shown), len(shown[0])) != (6, 7):
                raise CheckFailure("a label map has another size than its image")
            for line, wanted in zip(shown, labels, strict=True):
                for key, label in zip(line, wanted, strict=True):
                    colours.setdefault(label, set()).add(key)
    several = [label for label, found in colours.items() if len(found) > 1]
    if several:
        raise CheckFailure(
            f"a class has several colours in the label maps: {several[0]}",
            expected="truth in the second column, prediction in the third, one colour for a class",
            actual=f"{len(colours[several[0]])} colours",
            hint="imshow fits the colours to the classes that a map happens to have, unless told.",
        )
    if len(set.union(*colours.values())) != len(colours):
        raise CheckFailure("two classes have the same colour", expected="a colour for each class")


def keys(image):
    """What tells colours apart: the place in a colour map, or red, green and blue."""
    data = image["data"]
    if data.ndim == 3:
        turned = data[::-1] if image["upside_down"] else data
        turned = turned[:, ::-1] if image["mirrored"] else turned
        return [[tuple(np.round(pixel[:3], 3)) for pixel in line] for line in turned]
    low, high = limits(image)
    places = ((shown_pixels(image) - low) / ((high - low) or 1)).round(4)
    masked = np.where(np.isnan(places), "masked", places.astype(str))
    return [[(image["cmap"], image["norm"], place) for place in line] for line in masked.tolist()]


def limits(image):
    """The values at both ends of the colour map."""
    if image["vmin"] is None or image["vmax"] is None:
        raise CheckFailure("an image shows nothing", expected="numbers", actual="no number at all")
    return image["vmin"], image["vmax"]
