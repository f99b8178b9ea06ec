"""Hidden checks of fully_connected.py: pixels, networks, and the floor of the loss.

Networks are told by what they compute, whatever their layers are called.
"""

import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    assert_array,
    assert_gradient_flow,
    assert_rate,
    assert_tensor,
    assert_unchanged,
    rate_limits,
)

MEAN, STD = 0.1307, 0.3081
FALSE_ALARM = 1e-7
# Sums of at most 100 products in float64 in another order: 1e-14 relative.
EXACT = {"rtol": 1e-9, "atol": 1e-11}


@pytest.mark.task("normalised_pixels", weight=1)
def test_all_pixels_are_normalised(student, torch_rng):
    """Every pixel of every image is normalised, in its place, and images stay as they are."""
    images = torch.rand(4, 1, 6, 5, generator=torch_rng, dtype=torch.float64) ** 3
    rows, (after,) = student.observe(student.fully_connected.normalise, images)
    assert_tensor(rows, name="normalise(images)", shape=(4, 30), dtype=torch.float64)
    others = {
        "divided by the variance instead of the standard deviation": (
            (images.flatten(1) - MEAN) / STD**2
        ),
        "normalised with the mean and spread of the batch itself": (
            (images.flatten(1) - images.mean()) / images.std()
        ),
        "in the order of columns": (images.mT.flatten(1) - MEAN) / STD,
    }
    for what, other in others.items():
        if torch.allclose(rows, other, rtol=1e-6, atol=1e-9):
            raise CheckFailure(f"pixels are {what}", expected="(pixel - MEAN) / STD, row by row")
    assert_array(rows, (images.flatten(1) - MEAN) / STD, name="the rows", **EXACT)
    assert_unchanged(images, after, name="the argument")


@pytest.mark.task("normalised_pixels", weight=1)
def test_denormalise_undoes_it(student, torch_rng):
    """Pixel * STD + MEAN, in rows of images of any size, with nothing cut off."""
    rows = 3 * torch.randn(4, 30, generator=torch_rng, dtype=torch.float64)
    images = student.fully_connected.denormalise(rows, 6, 5)
    expected = (rows * STD + MEAN).reshape(4, 1, 6, 5)
    hint = "Values beyond [0, 1] stay; height comes first."
    assert_array(images, expected, name="denormalise(rows, 6, 5)", hint=hint, **EXACT)


def float64(student, function, *args):
    """A network of the student's in float64 and evaluation mode."""
    model = student.probes.as_dtype(student.keep(function, *args), "float64")
    student.probes.set_training(model, False)
    return model


@pytest.mark.task("shallow", weight=2)
def test_shallow_computes(student, torch_rng):
    """The encoder is a linear layer and ReLU, the decoder a linear layer and Tanh."""
    for hidden, pixels in ((6, 35), (40, 21)):
        model = float64(student, student.fully_connected.Shallow, hidden, pixels)
        # Of the size that trained weights have, so that Tanh bends and ReLU cuts.
        state = {
            key: torch.randn(p.shape, generator=torch_rng, dtype=torch.float64) / 2
            for key, p in student.probes.state(model).items()
        }
        shapes = {tuple(p.shape): p for p in state.values()}
        wanted = {(hidden, pixels), (hidden,), (pixels, hidden), (pixels,)}
        if set(shapes) != wanted or len(state) != 4:
            raise CheckFailure(
                f"Shallow({hidden}, {pixels}) does not have the parameters of two linear layers",
                expected=", ".join(map(str, sorted(wanted))),
                actual=", ".join(str(tuple(p.shape)) for p in state.values()) or "none",
            )
        student.probes.load_state(model, state)
        x = torch.randn(8, pixels, generator=torch_rng, dtype=torch.float64)
        z = torch.randn(8, hidden, generator=torch_rng, dtype=torch.float64)
        codes = torch.relu(x @ shapes[hidden, pixels].T + shapes[hidden,])
        hint = "ReLU follows the first linear layer, and nothing else."
        assert_array(model.encoder(x), codes, name="model.encoder(x)", hint=hint, **EXACT)
        rows = torch.tanh(z @ shapes[pixels, hidden].T + shapes[pixels,])
        hint = "Tanh follows the second linear layer, and nothing else."
        assert_array(model.decoder(z), rows, name="model.decoder(z)", hint=hint, **EXACT)
        both = torch.tanh(codes @ shapes[pixels, hidden].T + shapes[pixels,])
        assert_array(model(x), both, name="model(x)", **EXACT)


DEEP, P = (8, 40, 41, 30), 0.25
DEEP_WEIGHTS = [(40, 8), (41, 40), (30, 41), (41, 30), (40, 41), (8, 40)]


def deep(student, dropout=P):
    return float64(student, student.fully_connected.Deep, DEEP, dropout)


def assert_deep_weights(student, model):
    """The network has the weights of its linear layers, whatever their names."""
    found = student.probes.parameters(model)
    weights = sorted(tuple(p.shape) for p in found.values() if p.dim() > 1)
    if weights != sorted(DEEP_WEIGHTS):
        raise CheckFailure(
            "Deep((8, 40, 41, 30)) does not have the weights of its linear layers",
            expected=f"weights of shapes {', '.join(map(str, sorted(DEEP_WEIGHTS)))}",
            actual=f"weights of shapes {', '.join(map(str, weights)) or 'none'}",
            hint="The decoder's sizes are the encoder's, backwards.",
        )


@pytest.mark.task("deep_fc", weight=1)
def test_deep_layers(student, torch_rng):
    """Six linear layers, and halves that make up the whole."""
    model = deep(student)
    assert_deep_weights(student, model)
    x = torch.randn(5, 8, generator=torch_rng, dtype=torch.float64)
    whole = model.decoder(model.encoder(x))
    assert_array(model(x), whole, name="model(x)", **EXACT)


@pytest.mark.task("deep_fc", weight=1)
def test_deep_ends(student, torch_rng):
    """Codes come out of a ReLU; the output is linear, with a bias, and may have any values."""
    model = deep(student)
    x = 2 * torch.randn(50, 8, generator=torch_rng, dtype=torch.float64)
    codes = model.encoder(x)
    if codes.min() < 0 or not (codes == 0).any():
        raise CheckFailure(
            "codes do not come out of a ReLU",
            expected="no code below 0, and some that are 0",
            actual=f"codes from {codes.min():.3g} to {codes.max():.3g}",
            hint="The block to the code ends like the others.",
        )
    assert_deep_weights(student, model)
    state = student.probes.state(model)
    key = next(k for k, p in state.items() if tuple(p.shape) == DEEP_WEIGHTS[-1])
    outputs = []
    for factor in (0.0, 50.0, 100.0):
        student.probes.load_state(model, state | {key: state[key] * factor})
        outputs.append(model(x))
    hint = "Nothing follows the last linear layer: no block, no Tanh."
    name = "the output with its weight doubled, less that without weight,"
    change = outputs[2] - outputs[0]
    assert_array(change, 2 * (outputs[1] - outputs[0]), name=name, hint=hint, rtol=1e-7, atol=1e-8)
    if not outputs[0].abs().max() > 0:
        raise CheckFailure("the last linear layer has no bias", expected="a bias", actual="none")


@pytest.mark.task("deep_fc", weight=1)
def test_deep_normalises(student, torch_rng):
    """Batch normalisation follows each linear layer but the last.

    Multiply the weights of each output by a factor of its own: in training mode nothing changes.
    Without normalisation, values change by a tenth or more.
    """
    model = deep(student, 0.0)
    student.probes.set_training(model, True)
    state = student.probes.state(model)
    x = torch.randn(9, 8, generator=torch_rng, dtype=torch.float64)
    for key, p in state.items():
        if p.dim() < 2 or tuple(p.shape) == DEEP_WEIGHTS[-1]:
            continue
        factors = 1 + 2 * torch.rand(len(p), 1, generator=torch_rng, dtype=torch.float64)
        results = []
        for scaled in (p * 1e3, p * 1e3 * factors):
            student.probes.load_state(model, state | {key: scaled})
            results.append(model(x))
        assert_array(
            results[1],
            results[0],
            name=f"the output, the rows of weight {tuple(p.shape)} scaled,",
            rtol=1e-4,
            atol=1e-5,
            hint="Does BatchNorm1d follow each linear layer, before the ReLU?",
        )


def lit(student, model, dark=()):
    """Let every block put out one number above 0 where nothing was dropped before it.

    All samples are alike, so batch normalisation gives 0 and the shift decides. A weight is the
    identity; where it is cut out by its shape, its block knows nothing of what was dropped before.
    """
    state = student.probes.state(model)
    own = student.probes.parameters(model)
    values = {}
    for key, p in own.items():
        if p.dim() > 1:
            cut = tuple(p.shape) in dark
            values[key] = torch.zeros_like(p) if cut else torch.eye(*p.shape, dtype=p.dtype)
        else:
            values[key] = p + 1
    student.probes.load_state(model, state | values)
    student.probes.set_training(model, True)


@pytest.mark.task("deep_fc", weight=2)
def test_dropout_follows_each_block(student):
    """Each hidden layer drops its numbers with the probability given, each by itself.

    False alarms: 6 tests at 1e-7.
    """
    model = deep(student)
    rows = torch.ones(600, 8, dtype=torch.float64)
    lit(student, model, dark=[DEEP_WEIGHTS[2]])
    own = drops(model.encoder(rows), [0.0, P], "after the code")
    lit(student, model)
    through = 1 - (1 - P) ** (2 + (own > 0))
    drops(model.encoder(rows), [through], "on the way to the code")
    codes = torch.ones(600, 30, dtype=torch.float64)
    for dark, layers in ((DEEP_WEIGHTS[4:5], 1), ([], 2)):
        lit(student, model, dark=dark)
        rows = model.decoder(codes)
        where = ("in front of the last layer", "in both hidden layers of the decoder")[layers - 1]
        drops(rows - rows.amin(dim=0), [1 - (1 - P) ** layers], where)


def drops(values, rates, where):
    """Find which of the rates the share of zeros agrees with; each value is dropped by itself."""
    zeros = values.abs() < 1e-6
    draws, count = zeros.numel(), int(zeros.sum())
    for rate in rates:
        low, high = rate_limits(draws, rate, false_alarm=FALSE_ALARM) if rate else (0, 0)
        if low <= count <= high:
            break
    else:
        choice = " or ".join(f"{rate:.3g}" for rate in rates)
        keep = " Dropout takes the probability to drop, not to keep."
        raise CheckFailure(
            f"another share of numbers than expected is dropped {where}",
            expected=f"{choice} with dropout {P}",
            actual=f"{count / draws:.3g}",
            hint="Dropout comes last in each block." + (keep if count / draws > 0.6 else ""),
        )
    if rate:
        pairs = zeros[:, 0::2][:, : zeros.shape[1] // 2] & zeros[:, 1::2]
        assert_rate(
            int(pairs.sum()),
            pairs.numel(),
            rate**2,
            name=f"the share of neighbours dropped together {where}",
            false_alarm=FALSE_ALARM,
            hint="nn.Dropout decides for each number by itself.",
        )
    return rate


@pytest.mark.task("deep_fc", weight=1)
def test_gradients_reach_everything(student, torch_rng):
    """In training mode, gradients reach every parameter; biases in front of batch norm aside."""
    model = deep(student)
    student.probes.set_training(model, True)
    x = torch.randn(40, 8, generator=torch_rng, dtype=torch.float64)
    found = student.probes.gradients(
        model, x, torch.randn(40, 8, generator=torch_rng, dtype=torch.float64)
    )
    own = student.probes.parameters(model)
    weights = {k: g for k, g in found["parameters"].items() if own[k].dim() > 1}
    assert_gradient_flow(weights, name="Deep")


SHAPES = (((5, 7), 1.5), ((3, 2, 4, 3), 3.0), ((40,), 0.8))
"""Shapes and spreads of random numbers, some of which Tanh reaches."""


@pytest.mark.task("loss_floor", weight=1)
def test_nearest_of_random_numbers(student, torch_rng):
    """The nearest numbers on both sides, for any shape; the argument stays as it is."""
    for shape, scale in SHAPES:
        x = scale * torch.randn(shape, generator=torch_rng, dtype=torch.float64)
        found, (after,) = student.observe(student.fully_connected.nearest_reachable, x)
        name = "nearest_reachable(x)"
        assert_array(found, x.clamp(-1, 1), name=name, rtol=0, atol=1e-9)
        assert_unchanged(x, after, name="the argument of nearest_reachable")


@pytest.mark.task("loss_floor", weight=1)
def test_floor_of_random_numbers(student, torch_rng):
    """On both sides, for any shape; 0 where Tanh reaches everything."""
    for shape, scale in SHAPES:
        x = scale * torch.randn(shape, generator=torch_rng, dtype=torch.float64)
        floor = as_number(student.fully_connected.loss_floor(x), name="loss_floor(x)")
        beyond = (x.abs() - 1).clamp(min=0)
        others = {
            "of the numbers above 1 alone": ((x - 1).clamp(min=0) ** 2).mean().item(),
            "averaged over the numbers that are out of reach": (
                (beyond**2).sum() / (beyond > 0).sum()
            ).item(),
            "of the largest number alone": (x.max().item() - 1) ** 2,
            "the mean distance, not squared": beyond.mean().item(),
            "the root of the mean square": (beyond**2).mean().sqrt().item(),
            "the sum over all numbers": (beyond**2).sum().item(),
        }
        expected = (beyond**2).mean().item()
        for what, other in others.items():
            if abs(other - expected) > 1e-3 * expected and abs(floor - other) < 1e-5 * other:
                raise CheckFailure(
                    f"the floor is {what}", expected="the mean squared error over all numbers"
                )
        # float32 inside would round sums of this size by 1e-6.
        assert_array(floor, expected, name="loss_floor(x)", rtol=1e-5, atol=1e-9)
    inside = torch.rand(6, 5, generator=torch_rng) * 2 - 1
    floor = as_number(student.fully_connected.loss_floor(inside), name="loss_floor(x)")
    assert_array(floor, 0.0, name="the floor where Tanh reaches everything", rtol=0, atol=1e-9)


@pytest.mark.task("loss_floor", weight=1)
def test_floor_of_digits(student, digits, metric, seed):
    """Of normalised digits, the floor is what the data say."""
    images, _ = digits.tensors(200, start=seed % 600)
    rows = (images.flatten(1) - MEAN) / STD
    floor = as_number(student.fully_connected.loss_floor(rows), name="loss_floor(rows)")
    metric("loss_floor", floor)
    expected = ((rows.double().abs() - 1).clamp(min=0) ** 2).mean().item()
    # A sum of 156,800 float32 numbers in any order is right to 1e-5.
    assert_array(floor, expected, name="the floor of 200 digits", rtol=1e-4, atol=0)
