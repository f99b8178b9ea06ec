"""Public checks of segmentation.py."""

import itertools

import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_axes_off,
    assert_grid,
    assert_tensor,
)


def linear_layer(student, side, outputs):
    """A linear layer beside the student's code, from side * side features, and its parameters."""
    layer = student.item(student.probes.stand_in(side, outputs).encoder.layers, 1)
    return layer, student.value(layer.weight), student.value(layer.bias)


@pytest.mark.task(
    "convolutionalise",
    weight=1,
    gate=True,
    hint="The weight of a convolution has the shape (outputs, channels, rows, columns).",
)
def test_linear_layer_of_one_pixel(student, torch_rng):
    """With kernel size 1, the convolution of a map of one pixel is what the linear layer gives."""
    layer, weight, bias = linear_layer(student, 6, 5)
    conv = student.keep(student.segmentation.linear_to_conv, layer)
    x = torch.randn(3, 36, generator=torch_rng)
    found = conv(x[:, :, None, None])
    assert_tensor(found, name="linear_to_conv(linear)(x)", shape=(3, 5, 1, 1), dtype=torch.float32)
    # Sums of 36 products in float32: 36 * 2^-24 is 2e-6.
    expected = (x @ weight.T + bias)[:, :, None, None]
    assert_array(found, expected, name="linear_to_conv(linear)(x)", rtol=1e-4, atol=1e-4)


@pytest.mark.task("convolutionalise", weight=1)
def test_dense_scores_are_a_map(student, torch_rng):
    """A layer for 4 channels of 3 x 3 pixels turns maps of 5 x 8 pixels into 3 x 6 scores."""
    layer, _, _ = linear_layer(student, 6, 5)
    features = torch.randn(2, 4, 5, 8, generator=torch_rng)
    found = student.segmentation.dense_scores(layer, features)
    assert_tensor(found, name="dense_scores(linear, features)", shape=(2, 5, 3, 6))


@pytest.mark.task("receptive_field", weight=1, gate=True)
def test_field_of_known_stacks(student):
    """Two convolutions of 3 x 3 see 5 x 5 pixels; those of Yu and Koltun see 67 x 67."""
    field = student.segmentation.receptive_field
    for layers, expected in (
        ([(3, 1, 1)], 3),
        ([(3, 1, 1), (3, 1, 1)], 5),
        ([(3, 1, d) for d in (1, 1, 2, 4, 8, 16, 1)], 67),
    ):
        found = as_number(field(layers), name=f"receptive_field({layers})")
        assert_array(found, expected, name=f"receptive_field({layers})", rtol=0, atol=0)


@pytest.mark.task("receptive_field", weight=1)
def test_context_keeps_the_size(student, torch_rng):
    """The context module keeps channels, rows and columns."""
    module = student.keep(student.segmentation.context_module, 3, (1, 2, 4))
    found = module(torch.randn(2, 3, 11, 14, generator=torch_rng))
    assert_tensor(found, name="context_module(3, (1, 2, 4))(x)", shape=(2, 3, 11, 14), low=0.0)


@pytest.mark.task("canvases", weight=1, gate=True)
def test_one_digit_on_a_canvas(student, torch_rng):
    """A digit stands where it should, and its pixels have its class."""
    digit = torch.rand(1, 4, 5, generator=torch_rng)
    image, target = two(
        student.segmentation.make_canvas(
            digit, torch.tensor([3]), torch.tensor([[2, 6]]), (9, 13), 0.4
        )
    )
    assert_tensor(image, name="the image", shape=(1, 9, 13), dtype=torch.float32)
    assert_tensor(target, name="the label map", shape=(9, 13), dtype=torch.int64)
    shown, labels = torch.zeros(1, 9, 13), torch.zeros(9, 13, dtype=torch.int64)
    shown[0, 2:6, 6:11] = digit[0]
    labels[2:6, 6:11] = 3 * (digit[0] >= 0.4)
    assert_array(image, shown, name="the image", rtol=0, atol=1e-6)
    assert_array(target, labels, name="the label map", rtol=0, atol=0)


def two(result):
    """The image and the labels of a canvas."""
    if type(result) not in (tuple, list) or len(result) != 2:
        raise CheckFailure("make_canvas does not give two results", expected="image, target")
    return result


@pytest.mark.task("unet", weight=1, gate=True)
def test_unet_shapes(student, torch_rng):
    """Scores have the size of the image, with both ways of enlarging, and after odd sizes."""
    for bilinear in (False, True):
        model = student.keep(student.segmentation.UNet, 2, 5, (4, 8, 16), bilinear)
        for rows, columns in ((8, 12), (9, 15)):
            found = model(torch.rand(2, 2, rows, columns, generator=torch_rng))
            assert_tensor(
                found,
                name=f"UNet(2, 5, (4, 8, 16), {bilinear})(x)",
                shape=(2, 5, rows, columns),
                dtype=torch.float32,
            )


@pytest.mark.task("unet", weight=1, hint="Follow the channels through the table, from the top.")
def test_unet_counts(student):
    """The network has as many weights as the tables say, biases left out."""
    for widths in ((4, 8), (6, 12, 24)):
        model = student.keep(student.segmentation.UNet, 2, 5, widths)
        model(torch.zeros(2, 2, 8, 8))  # lazily built layers get their shapes here
        found = sum(p.numel() for p in student.probes.parameters(model).values() if p.dim() > 1)
        expected = 9 * (2 * widths[0] + widths[0] ** 2) + 5 * widths[0]
        for upper, lower in itertools.pairwise(widths):
            expected += 9 * (upper * lower + lower**2)  # the way down
            expected += 4 * lower * upper + 9 * (2 * upper * upper + upper**2)  # the way up
        assert_array(found, expected, name=f"weights of UNet(2, 5, {widths})", rtol=0, atol=0)


@pytest.mark.task("mean_iou", weight=1, gate=True)
def test_iou_of_an_example(student):
    """Of 1, 1, 0, 0 for 1, 0, 0, 0 the shares are 2/3 and 1/2."""
    prediction = torch.tensor([[[1, 1], [0, 0]]])
    target = torch.tensor([[[1, 0], [0, 0]]])
    found = student.segmentation.mean_iou(prediction, target, 2)
    found = as_number(found, name="mean_iou(...)")
    assert_array(found, (2 / 3 + 1 / 2) / 2, name="mean_iou(...)", rtol=1e-5, atol=0)


@pytest.mark.task("mean_iou", weight=1)
def test_iou_of_the_truth(student, torch_rng):
    """The truth itself has a mean IoU of 1, also where a class does not occur."""
    target = torch.randint(3, (2, 5, 4), generator=torch_rng)
    found = as_number(student.segmentation.mean_iou(target, target, 7), name="mean_iou(y, y, 7)")
    assert_array(found, 1.0, name="mean_iou(y, y, 7)", rtol=1e-6, atol=0)


@pytest.mark.task("train_unet", weight=1, gate=True)
def test_unet_training_moves_everything(student, torch_rng):
    """Training moves every weight and reports each epoch; segment gives label maps."""
    model = student.keep(student.segmentation.UNet, 1, 3, (4, 8))
    images = torch.rand(7, 1, 6, 6, generator=torch_rng)
    targets = torch.randint(3, (7, 6, 6), generator=torch_rng)
    model(images)  # lazily built layers get their shapes here
    before = student.probes.parameters(model)
    loader = student.probes.loader(images, targets, 3)
    losses = student.segmentation.train_unet(model, loader, epochs=3, lr=1e-2)
    as_numbers(losses, name="train_unet(...)", length=3)
    after = student.probes.parameters(model)
    still = [key for key, p in before.items() if p.dim() > 1 and torch.equal(p, after[key])]
    if still:
        raise CheckFailure(
            "training does not reach every weight",
            expected="weights that have all changed",
            actual=f"unchanged: {', '.join(still)}",
        )
    found = student.segmentation.segment(model, images)
    assert_tensor(found, name="segment(...)", shape=(7, 6, 6), dtype=torch.int64, low=0, high=2)


@pytest.mark.task("segmentation_figure", weight=1, gate=True)
def test_segmentation_figure_is_presentable(student, torch_rng):
    """The figure has a row for each image, three columns with titles, and no frames."""
    images = torch.rand(2, 1, 6, 7, generator=torch_rng)
    maps = torch.randint(4, (2, 2, 6, 7), generator=torch_rng)
    figure = student.keep(student.segmentation.segmentation_figure, images, *maps, 4)
    grid = assert_grid(student.probes.describe_figure(figure), 2, 3)
    assert_axes_off(student.probes.describe_figure(figure))
    for axes, word in zip(grid[0], ("image", "truth", "prediction"), strict=True):
        if word not in axes["title"].lower():
            raise CheckFailure(
                "a column has no title that says what it shows",
                expected=f"a title with the word {word}",
                actual=axes["title"] or "no title",
            )
