"""Hidden checks of segmentation.py's network.

Numbers are compared with a U-Net written down here as a function of weights. All layers of one
shape get the same weights, so that neither names nor the order of layers matter.
"""

import pytest
import torch
from torch.nn import functional

from grader.checks import CheckFailure, assert_array, assert_gradient_flow, assert_tensor

WIDTHS = (4, 8, 16)
CHANNELS, CLASSES = 2, 5
# float64 sums of some hundred products agree to about 1e-14; batch normalisation multiplies it.
CLOSE = {"rtol": 1e-7, "atol": 1e-9}


def build(student, bilinear, channels=CHANNELS, widths=WIDTHS):
    """A network of the student's in float64, in evaluation mode."""
    model = student.keep(student.segmentation.UNet, channels, CLASSES, widths, bilinear)
    model(torch.zeros(2, channels, 8, 8))  # lazily built layers get their shapes here
    model = student.probes.as_dtype(model, "float64")
    student.probes.set_training(model, False)
    return model


def halves(widths, bilinear):
    """Of each ``Up``, from the bottom: channels from below, after its convolutions, between."""
    factor = 2 if bilinear else 1
    below = widths[-1] // factor
    for level in range(len(widths) - 2, -1, -1):
        after = widths[level] // (factor if level else 1)
        yield below, after, widths[level] if bilinear else after
        below = after


def wanted_layers(channels, classes, widths, bilinear):
    """Weights of all convolutions in the order in which they are computed; True for transposed."""
    layers, before = [], channels
    for width in (*widths[:-1], widths[-1] // (2 if bilinear else 1)):
        layers += [((width, before, 3, 3), False), ((width, width, 3, 3), False)]
        before = width
    upper = reversed(widths[:-1])
    for width, (below, after, middle) in zip(upper, halves(widths, bilinear), strict=True):
        if not bilinear:
            layers.append(((below, below // 2, 2, 2), True))
        layers += [((middle, 2 * width, 3, 3), False), ((after, middle, 3, 3), False)]
    return [*layers, ((classes, widths[0], 1, 1), False)]


def assert_layers(student, model, x, wanted, name):
    calls = student.probes.convolutions(model, x)
    found = [(tuple(call["weight"]), call["transposed"]) for call in calls]
    for number, (seen, layer) in enumerate(zip(found, wanted, strict=False), start=1):
        if seen != layer:
            raise CheckFailure(
                f"convolution {number} of {name} is not that of the table",
                expected=f"a weight of the shape {layer[0]}{', transposed' if layer[1] else ''}",
                actual=f"a weight of the shape {seen[0]}{', transposed' if seen[1] else ''}",
                hint="Go through the table from the top, and note the channels.",
            )
    if len(found) != len(wanted):
        raise CheckFailure(
            f"{name} has the wrong number of convolutions",
            expected=f"{len(wanted)}",
            actual=f"{len(found)}",
        )
    return calls


def parameters_of(layers):
    """Parameters of these convolutions and what belongs to them, in total.

    A 3 x 3 convolution is followed by a scale and a shift for each channel; the others have biases.
    """
    count = sum(torch.Size(shape).numel() for shape, _ in layers)
    count += sum(2 * shape[0] for shape, _ in layers if shape[2] == 3)
    return count + sum(shape[transposed] for shape, transposed in layers if shape[2] < 3)


@pytest.mark.task("unet", weight=1)
def test_layers_of_the_table(student, torch_rng):
    """Convolutions have the channels, kernels, strides and paddings of the tables."""
    for bilinear in (False, True):
        model = build(student, bilinear)
        x = torch.rand(2, CHANNELS, 8, 12, generator=torch_rng).double()
        wanted = wanted_layers(CHANNELS, CLASSES, WIDTHS, bilinear)
        name = f"UNet({CHANNELS}, {CLASSES}, {WIDTHS}, {bilinear})"
        for call in assert_layers(student, model, x, wanted, name):
            kernel = call["weight"][2]
            stride = 2 if call["transposed"] else 1
            if call["stride"] != [stride] * 2 or call["dilation"] != [1, 1]:
                raise CheckFailure(
                    f"a convolution of {name} has another stride or dilation",
                    expected=f"stride {stride}, dilation 1 for the kernel {kernel} x {kernel}",
                    actual=f"stride {call['stride']}, dilation {call['dilation']}",
                )
        found = sum(p.numel() for p in student.probes.parameters(model).values())
        least = parameters_of(wanted)
        most = least + sum(shape[0] for shape, _ in wanted if shape[2] == 3)
        if not least <= found <= most:
            raise CheckFailure(
                f"{name} has the wrong number of parameters",
                expected=f"{least}, and {most} if all convolutions have biases",
                actual=f"{found}",
                hint="Are there layers that forward does not use, or biases missing elsewhere?",
            )


@pytest.mark.task("unet", weight=1)
def test_full_size(student):
    """The lecture's U-Net has 31.0 million parameters, and with bilinear upsampling 17.3."""
    for bilinear, total in ((False, 31_037_698), (True, 17_263_042)):
        model = student.keep(student.segmentation.UNet, 3, 2, bilinear=bilinear)
        wanted = wanted_layers(3, 2, (64, 128, 256, 512, 1024), bilinear)
        count = parameters_of(wanted)
        assert count == total  # what the docstring says
        assert_layers(student, model, torch.zeros(1, 3, 16, 16), wanted, "UNet(3, 2)")


def fill(student, model, generator):
    """Give all layers of one shape the same random weights; what they are, by shape and kind.

    Convolutions in front of batch normalisation may have biases or not, so all biases are 0. The
    variances are so large that the small number which batch normalisation adds to them, up to 1e-3,
    is 5e-11 of them at most.
    """
    state = student.probes.state(model)
    heads = [key[: -len("running_mean")] for key in state if key.endswith("running_mean")]
    if not heads:
        raise CheckFailure(
            "there is no batch normalisation in the network",
            expected="nn.BatchNorm2d after each 3 x 3 convolution",
            actual="no running averages",
        )
    chosen = {}
    for key, value in state.items():
        head, _, kind = key.rpartition(".")
        kind = kind if f"{head}." in heads or value.dim() > 1 else "bias of a convolution"
        if not value.is_floating_point():
            continue
        place = kind, tuple(value.shape)
        if place not in chosen:
            draw = torch.rand(value.shape, generator=generator).double()
            centred = 2 * draw - 1
            scale = (value.numel() / len(value)) ** -0.5 if value.dim() > 1 else 0.5
            chosen[place] = {
                "running_var": 1e8 * (0.2 + draw),
                "weight": 3 * scale * centred if value.dim() > 1 else 1e4 * (0.5 + draw),
                "bias of a convolution": 0 * draw,
            }.get(kind, scale * centred)
        state[key] = chosen[place]
    student.probes.load_state(model, state)
    return {("weight" if len(s) > 1 else kind, s): v for (kind, s), v in chosen.items()}


def twin(x, values, bilinear, *, swapped, corners):
    """What a U-Net with these weights computes; `swapped` puts skips second."""

    def double(x, middle, after):
        for channels in (middle, after):
            weight = values["weight", (channels, x.shape[1], 3, 3)]
            x = functional.conv2d(x, weight, padding=1)
            norm = (values[kind, (channels,)] for kind in ("running_mean", "running_var"))
            scale, shift = (values[kind, (channels,)] for kind in ("weight", "bias"))
            x = functional.batch_norm(x, *norm, scale, shift).relu()
        return x

    maps = []
    for width in (*WIDTHS[:-1], WIDTHS[-1] // (2 if bilinear else 1)):
        x = double(functional.max_pool2d(x, 2) if maps else x, width, width)
        maps.append(x)
    for skip, (below, after, middle) in zip(maps[-2::-1], halves(WIDTHS, bilinear), strict=True):
        if bilinear:
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=corners)
        else:
            weight = values["weight", (below, below // 2, 2, 2)]
            x = functional.conv_transpose2d(x, weight, stride=2)
        rows, columns = (a - b for a, b in zip(skip.shape[2:], x.shape[2:], strict=True))
        sides = columns // 2, columns - columns // 2, rows // 2, rows - rows // 2
        x = functional.pad(x, sides)
        x = double(torch.cat([x, skip] if swapped else [skip, x], dim=1), middle, after)
    return functional.conv2d(x, values["weight", (CLASSES, WIDTHS[0], 1, 1)])


def compare(student, torch_rng, bilinear, size):
    model = build(student, bilinear)
    x = torch.rand(2, CHANNELS, *size, generator=torch_rng).double()
    layers = wanted_layers(CHANNELS, CLASSES, WIDTHS, bilinear)
    assert_layers(student, model, x, layers, "the network")
    values = fill(student, model, torch_rng)
    shape = (2, CLASSES, *size)
    found = assert_tensor(model(x), name="the scores", shape=shape, dtype=torch.float64)
    # Which maps come first when they are put together, and how corners lie, is left open.
    readings = [
        twin(x, values, bilinear, swapped=swapped, corners=corners)
        for swapped in (False, True)
        for corners in ((False, True) if bilinear else (False,))
    ]
    expected = min(readings, key=lambda reading: (found - reading).abs().max().nan_to_num(9e9))
    name = f"the network's output with bilinear={bilinear} for {size[0]} x {size[1]} pixels"
    hint = "Convolution, normalisation, ReLU; pooling by the maximum; skip from the same level."
    assert_array(found, expected, name=name, hint=hint, **CLOSE)


@pytest.mark.task("unet", weight=2)
def test_numbers_of_the_network(student, torch_rng):
    """With weights that we choose, the network gives the numbers that the tables lead to."""
    compare(student, torch_rng, False, (8, 12))


@pytest.mark.task("unet", weight=1)
def test_numbers_with_bilinear_upsampling(student, torch_rng):
    """The same with bilinear upsampling."""
    compare(student, torch_rng, True, (12, 8))


@pytest.mark.task("unet", weight=1)
def test_numbers_of_odd_sizes(student, torch_rng):
    """Sizes that pooling rounds down come back through padding, below and right."""
    for bilinear in (False, True):
        compare(student, torch_rng, bilinear, (11, 7))


@pytest.mark.task("unet", weight=1)
def test_gradients_reach_every_layer(student, torch_rng):
    """Gradients of the scores reach every parameter, and batches move the running averages."""
    for bilinear in (False, True):
        model = build(student, bilinear)
        student.probes.set_training(model, True)
        before = student.probes.state(model)
        x = torch.rand(3, CHANNELS, 8, 8, generator=torch_rng).double()
        cotangent = torch.randn(3, CLASSES, 8, 8, generator=torch_rng).double()
        grads = student.probes.gradients(model, x, cotangent)["parameters"]
        # A bias in front of batch normalisation is subtracted again: its gradient is rounding only.
        weights = {key: grads[key] for key, p in before.items() if key in grads and p.dim() > 1}
        assert_gradient_flow(weights, name="UNet")
        after = student.probes.state(model)
        still = [k for k in before if "running" in k and torch.equal(before[k], after[k])]
        if still:
            raise CheckFailure(
                "a batch in training mode does not move every running average",
                expected="each layer used in each pass",
                actual=", ".join(still),
            )
