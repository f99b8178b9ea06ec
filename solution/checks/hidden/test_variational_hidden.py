"""Hidden checks of variational.py.

Networks are told by what they compute, whatever their layers are called. Randomness is judged over
many draws; false-alarm rates are of all tests of one check together, at most 1e-6.
"""

import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from grader.checks import (
    CheckFailure,
    as_number,
    as_numbers,
    assert_array,
    assert_gradient_flow,
    assert_grey_scale_shared,
    assert_images,
    assert_mean,
    assert_no_smoothing,
    assert_rate,
    assert_tensor,
    figure_picture,
    unpack,
)
from grader.worker.standins import stand_in

WIDTHS, LATENT, CHANNELS = (4, 6, 9), 5, 2
DOWN = [(4, 2, 2, 2), (6, 4, 2, 2), (9, 6, 2, 2)]
UP = [(9, 6, 2, 2), (6, 4, 2, 2), (4, 2, 2, 2)]
LINEAR = [(LATENT, 9), (LATENT, 9), (9, LATENT)]
DRAWS = 20_000
FALSE_ALARM = 1e-7  # of each of at most ten tests in one check
PIXEL = 1 / 255
"""What an 8-bit version of a pixel may differ by, and no more."""
# float32 sums of some 400 numbers in another order: sqrt(400) * 2^-24 of the total, 1.2e-6; the
# mistakes looked for are factors.
SUMS = {"rtol": 1e-4, "atol": 1e-5}


def images(generator, count, side=8):
    return torch.rand(count, CHANNELS, side, side, generator=generator)


def assert_standard_normal(eps, name, hint):
    """Columns of (draws, k >= 2) are independent standard normal numbers, in rows and in columns.

    Seven tests: mean, square (standard deviation sqrt(2) for a normal number), products of
    neighbours in a row and of successive rows (1 each), fourth power (sqrt(96)), the share within
    one sigma, and that of both neighbours on one side.
    """
    eps = eps.double()
    # Rounding of mu + sigma * eps in float32 is at most 1e-5 of sigma here.
    for axis, what in ((0, "samples have"), (1, "numbers of a sample have")):
        first, second = eps.select(axis, 0), eps.select(axis, 1)
        if torch.allclose(first, second, rtol=0, atol=1e-4):
            raise CheckFailure(
                f"all {what} the same {name}",
                expected="a random number for each element by itself",
                actual="the same one several times",
                hint=hint,
            )
    options = {"false_alarm": FALSE_ALARM, "hint": hint}
    assert_mean(eps, 0.0, std=1.0, name=f"the mean of {name}", **options)
    assert_mean(eps**2, 1.0, std=math.sqrt(2), name=f"the mean square of {name}", **options)
    pairs = eps[:, 0] * eps[:, 1]
    assert_mean(pairs, 0.0, std=1.0, name=f"the correlation within {name} of a sample", **options)
    rows = eps[:-1:2] * eps[1::2]
    text = f"the correlation between {name} of two samples"
    assert_mean(rows, 0.0, std=1.0, name=text, **options)
    assert_mean(eps**4, 3.0, std=math.sqrt(96), name=f"the fourth moment of {name}", **options)
    inside = int((eps[:, 0].abs() < 1).sum())
    share = math.erf(1 / math.sqrt(2))
    assert_rate(inside, len(eps), share, name=f"the share of {name} within one sigma", **options)
    same = int(((eps[:, 0] > 0) == (eps[:, 1] > 0)).sum())
    text = f"the share of samples with both {name} on one side"
    assert_rate(same, len(eps), 0.5, name=text, **options)


@pytest.mark.task("reparameterise", weight=2)
def test_statistics_of_codes(student, torch_rng):
    """Over many draws, codes have the mean mu and the variance exp(logvar), element by element.

    False alarms: 7 tests at 1e-7.
    """
    mu = 3 * torch.randn(1, 4, generator=torch_rng)
    logvar = torch.tensor([[-2.0, -0.7, 0.9, 1.8]])
    z = student.variational.reparameterise(mu.expand(DRAWS, 4), logvar.expand(DRAWS, 4))
    z = assert_tensor(z, name="reparameterise(mu, logvar)", shape=(DRAWS, 4))
    eps = (z - mu) / torch.exp(logvar / 2)
    spread = eps.double().std(dim=0)
    known = {
        "exp(logvar)": torch.exp(logvar / 2)[0],
        "logvar": (logvar / torch.exp(logvar / 2))[0].abs(),
        "exp(2 * logvar)": torch.exp(1.5 * logvar)[0],
    }
    for name, wrong in known.items():
        if torch.allclose(spread, wrong.double(), rtol=0.1):
            raise CheckFailure(
                f"the noise is multiplied by {name}",
                expected="the standard deviation, exp(logvar / 2)",
                actual=f"{name}, which is not the standard deviation",
                hint="logvar is the logarithm of the variance, and the variance is sigma squared.",
            )
    hint = "eps is drawn for each element by itself, from torch.randn_like."
    assert_standard_normal(eps, "(z - mu) / sigma", hint)


@pytest.mark.task(
    "reparameterise", weight=1, hint="mu + sigma * eps; no .data, .item() or no_grad."
)
def test_gradients_of_codes(student, torch_rng):
    """The gradient of z is 1 with respect to mu, and (z - mu) / 2 with respect to logvar."""
    mu = student.put(torch.randn(6, 3, generator=torch_rng).double())
    logvar = student.put(torch.randn(6, 3, generator=torch_rng).double())
    for leaf in (mu, logvar):
        student.keep(leaf.requires_grad_, True)
    weights = torch.randn(6, 3, generator=torch_rng).double()
    z = student.keep(student.variational.reparameterise, mu, logvar)
    drawn = student.value(z)
    backward(student, student.keep(student.keep(z.mul, weights).sum))
    grads = {"mu": student.value(mu.grad), "logvar": student.value(logvar.grad)}
    assert_gradient_flow(grads, name="reparameterise")
    half = weights * (drawn - student.value(mu)) / 2
    # One product each in float64.
    tolerance = {"rtol": 1e-9, "atol": 1e-12}
    assert_array(grads["mu"], weights, name="the gradient with respect to mu", **tolerance)
    assert_array(grads["logvar"], half, name="the gradient with respect to logvar", **tolerance)


def backward(student, total):
    """Follow a graph that stays beside the student's code; a cut one is the student's mistake."""
    if not student.value(total.requires_grad):
        raise CheckFailure(
            "no gradients reach the arguments",
            expected="a result on which gradients hang",
            actual="a result without a graph",
            hint="Look for .detach(), .data, .item(), no_grad or NumPy.",
        )
    total.backward()


def build(student, generator):
    """A network of the student's in float64 and evaluation mode that has seen a few batches."""
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    model(images(generator, 2))  # lazily built layers get their shapes here
    model = student.probes.as_dtype(model, "float64")
    student.probes.set_training(model, True)
    for _ in range(3):
        model(images(generator, 6).double())
    student.probes.set_training(model, False)
    return model


@pytest.mark.task("vae_network", weight=1)
def test_vae_layers(student, torch_rng):
    """Convolutions and transposed convolutions are 2 x 2 with stride 2; three linear layers."""
    model = build(student, torch_rng)
    found = student.probes.parameters(model)
    weights = sorted(tuple(p.shape) for p in found.values() if p.dim() > 1)
    if weights != sorted(DOWN + UP + LINEAR):
        raise CheckFailure(
            "ConvVAE((4, 6, 9), 5, 2) does not have the weights that its layers need",
            expected=f"weights of shapes {', '.join(map(str, sorted(DOWN + UP + LINEAR)))}",
            actual=f"weights of shapes {', '.join(map(str, weights)) or 'none'}",
            hint="fc1 and fc2 both start from the features; fc3 leads back from the code.",
        )
    seen = student.probes.convolutions(model, images(torch_rng, 2).double())
    wanted = [*((shape, False) for shape in DOWN), *((shape, True) for shape in UP)]
    for call, (shape, transposed) in zip(seen, wanted, strict=False):
        found = (tuple(call["weight"]), call["transposed"], call["stride"], call["padding"])
        if found != (shape, transposed, [2, 2], [0, 0]):
            raise CheckFailure(
                "the convolutions are not those of the table",
                expected=f"weight {shape}, transposed {transposed}, stride 2, padding 0",
                actual=f"weight {found[0]}, transposed {found[1]}, stride {found[2]}, "
                f"padding {found[3]}",
            )


@pytest.mark.task("vae_network", weight=1)
def test_heads_are_unbounded(student, torch_rng):
    """Two linear layers of the same features give mu and logvar, with nothing behind them."""
    model = build(student, torch_rng)
    x = images(torch_rng, 12).double()
    state = student.probes.state(model)
    values = []
    for head in (0, 1):
        plain = torch.stack(unpack(model.encode(x), 2, name="model.encode(x)"))
        for key, p in own_of_head(student, model, x, head, state).items():
            student.probes.load_state(model, state | {key: p * 50})
            scaled = torch.stack(unpack(model.encode(x), 2, name="model.encode(x)"))[head]
            if p.dim() > 1:
                values.append(scaled)
                # Linear in its weight: times 50 moves it by 49 times its product with the features.
                student.probes.load_state(model, state | {key: p * 99})
                far = torch.stack(unpack(model.encode(x), 2, name="model.encode(x)"))[head]
                name = ("mu", "logvar")[head]
                assert_array(
                    far - plain[head],
                    2 * (scaled - plain[head]),
                    name=f"the change of {name} with twice the change of its weight",
                    rtol=1e-7,
                    atol=1e-7,
                    hint=f"Nothing follows the linear layer of {name}; it may have any values.",
                )
        student.probes.load_state(model, state)
    if len(values) != 2:
        raise CheckFailure(
            "mu and logvar do not have a weight of their own each",
            expected="one weight that moves mu alone, and one that moves logvar alone",
            actual=f"{len(values)} such weights",
            hint="Two linear layers side by side, called in one order everywhere.",
        )


def own_of_head(student, model, x, head, state):
    """Parameters that move one of mu (0) and logvar (1), and not the other."""
    before = unpack(model.encode(x), 2, name="model.encode(x)")
    own = {}
    for key, p in student.probes.parameters(model).items():
        student.probes.load_state(model, state | {key: p + 1})
        after = unpack(model.encode(x), 2, name="model.encode(x)")
        moved = [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]
        if moved[head] and not moved[1 - head]:
            own[key] = p
    student.probes.load_state(model, state)
    return own


def with_logvar(student, model, x, value):
    """Set the head of logvar to one constant value."""
    state = student.probes.state(model)
    own = own_of_head(student, model, x, 1, state)
    biases = [key for key, p in own.items() if p.dim() == 1]
    weights = [key for key, p in own.items() if p.dim() > 1]
    if len(biases) != 1 or len(weights) != 1:
        raise CheckFailure(
            "logvar does not come from one linear layer of its own",
            expected="a weight and a bias that move logvar alone",
            actual=f"{', '.join(own) or 'none'}",
        )
    changed = {weights[0]: torch.zeros_like(own[weights[0]])}
    changed[biases[0]] = torch.full_like(own[biases[0]], value)
    student.probes.load_state(model, state | changed)


@pytest.mark.task("vae_network", weight=2)
def test_reconstruction_is_a_drawn_code_decoded(student, torch_rng):
    """Forward decodes mu + sigma * eps, also in evaluation mode.

    With a tiny sigma, the decoder is straight, and the squared change of an image is the sum of
    (sigma * slope)^2 over the codes. Of 4,000 draws its mean is off by 2.2 % at most (standard
    deviation, for a single code number); 20 % are nine times that: a false alarm in 1e18 runs.
    """
    model = build(student, torch_rng)
    x = images(torch_rng, 1).double()
    with_logvar(student, model, x, -60.0)
    found, mu, _ = unpack(model(x), 3, name="model(x)")
    centre = model.decoder(mu)
    hint = "forward encodes, draws a code with reparameterise, and decodes that code."
    # sigma is 1e-13.
    name = "the reconstruction where logvar is -60"
    assert_array(found, centre, name=name, rtol=1e-6, atol=1e-9, hint=hint)
    sigma = 1e-3
    with_logvar(student, model, x, 2 * math.log(sigma))
    many = x.expand(4000, *x.shape[1:]).contiguous()
    drawn, _, _ = unpack(model(many), 3, name="model(x)")
    square = ((drawn - centre) ** 2).flatten(1).sum(dim=1).mean().item()
    steps = sigma * torch.eye(LATENT, dtype=torch.float64)
    slopes = (model.decoder(mu + steps) - model.decoder(mu - steps)) / 2
    expected = (slopes**2).sum().item()
    if not 0.8 < square / expected < 1.25:
        raise CheckFailure(
            "in evaluation mode, reconstructions vary by another amount than sigma says",
            expected="codes drawn with the standard deviation exp(logvar / 2)",
            actual=f"{math.sqrt(square / expected):.3g} times that",
            hint=hint,
        )


@pytest.mark.task("vae_network", weight=1)
def test_gradients_reach_both_heads(student, torch_rng):
    """The reconstruction sends gradients to every parameter, through mu and through logvar."""
    model = build(student, torch_rng)
    out = student.keep(model, images(torch_rng, 9).double())
    found = student.item(out, 0)
    weights = torch.randn(9, CHANNELS, 8, 8, generator=torch_rng).double()
    backward(student, student.keep(student.keep(found.mul, weights).sum))
    grads = {
        key: value
        for key, value in student.probes.stored_gradients(model).items()
        if key in student.probes.parameters(model)
    }
    assert_gradient_flow(
        grads, name="ConvVAE", hint="z = mu + sigma * eps, with gradients of both."
    )


@pytest.mark.task("vae_network", weight=1)
def test_vae_normalises(student, torch_rng):
    """Batch normalisation follows each convolution, and each transposed one but the last.

    Multiply the weights of each output channel by a factor of its own: in training mode nothing
    changes. Without normalisation values change by a tenth or more.
    """
    model = build(student, torch_rng)
    student.probes.set_training(model, True)
    state = student.probes.state(model)
    named = student.probes.parameters(model)
    x, z = images(torch_rng, 7).double(), torch.randn(7, LATENT, generator=torch_rng).double()

    def codes():
        return torch.stack(unpack(model.encode(x), 2, name="model.encode(x)"))

    def decoded():
        return model.decoder(z)

    before = codes(), decoded()
    for key, p in named.items():
        if p.dim() != 4:
            continue
        student.probes.load_state(model, state | {key: p + 1})
        half = 0 if not torch.equal(codes(), before[0]) else 1
        if half == 1 and tuple(p.shape) == UP[-1]:
            continue
        factors = 1 + 2 * torch.rand(p.shape[half], generator=torch_rng).double()
        factors = factors.reshape([-1 if axis == half else 1 for axis in range(4)])
        results = []
        for scaled in (p * 1e3, p * 1e3 * factors):
            student.probes.load_state(model, state | {key: scaled})
            results.append((codes, decoded)[half]())
        assert_array(
            results[1],
            results[0],
            name=f"{('encode', 'decoder')[half]}, the channels of weight {tuple(p.shape)} scaled,",
            rtol=1e-4,
            atol=1e-5,
            hint="Does batch normalisation follow each convolution, before the ReLU?",
        )
    student.probes.load_state(model, state)


def sample_of_loss(generator):
    """Images and codes whose sizes are all different, with means and variances of all kinds."""
    x, y = torch.rand(2, 3, CHANNELS, 6, 6, generator=generator)
    mu = torch.randn(3, LATENT, generator=generator)
    return y, x, mu, torch.randn(3, LATENT, generator=generator) - 0.4


@pytest.mark.task("vae_loss", weight=1)
def test_squared_error(student, torch_rng):
    """The squared error is summed over all pixels of all images."""
    y, x, mu, logvar = sample_of_loss(torch_rng)
    _, error, _ = unpack(student.variational.vae_loss(y, x, mu, logvar), 3, name="vae_loss(...)")
    error = as_number(error, name="the squared error")
    total = ((y - x) ** 2).sum().item()
    others = {
        "the mean over all pixels": total / y.numel(),
        "the sum over an image, averaged over images": total / len(y),
        "half the sum": total / 2,
        "the sum of absolute differences": (y - x).abs().sum().item(),
        "the root of the sum": math.sqrt(total),
        "the binary cross-entropy": torch.nn.functional.binary_cross_entropy(
            y, x, reduction="sum"
        ).item(),
    }
    tell(error, others, "the squared error", "the sum over all pixels of all images")
    assert_array(error, total, name="the squared error", **SUMS)


def tell(value, others, name, wanted, hint=None):
    """Name what was computed instead, where it is known."""
    for what, other in others.items():
        if math.isclose(value, other, rel_tol=1e-4, abs_tol=1e-6):
            raise CheckFailure(f"{name} is {what}", expected=wanted, actual=what, hint=hint)


@pytest.mark.task("vae_loss", weight=2)
def test_divergence(student, torch_rng):
    """The divergence from the standard normal distribution is averaged over all elements."""
    y, x, mu, logvar = sample_of_loss(torch_rng)
    found = unpack(student.variational.vae_loss(y, x, mu, logvar), 3, name="vae_loss(...)")[2]
    found = as_number(found, name="the divergence")
    std = torch.exp(logvar / 2)
    each = kl_divergence(Normal(mu, std), Normal(0.0, 1.0))
    wanted = "the mean over all elements, as lecture 004 programs it"
    paper = "the paper's convention (Kingma and Welling, 2014); lecture 004 takes the mean"
    summed = {
        f"summed over all elements: {paper}": each.sum().item(),
        f"summed over the latent numbers and averaged over images: {paper}": each.sum(1)
        .mean()
        .item(),
    }
    tell(found, summed, "the divergence", wanted, hint="torch.mean instead of torch.sum.")
    slide = (torch.exp(logvar) - (1 + logvar) + mu**2).mean().item()
    others = {
        "twice what it should be, as on the slide that leaves out the 1/2": slide,
        "the paper's sum without the 1/2": 2 * each.sum().item(),
        "negative: its sign is turned": -each.mean().item(),
        "minus the sum over all elements": -each.sum().item(),
        "computed as if logvar were log(sigma)": (
            -0.5 * (1 + 2 * logvar - mu**2 - torch.exp(2 * logvar)).mean().item()
        ),
        "computed as if logvar were the variance itself": (
            -0.5 * (1 + logvar.abs().log() - mu**2 - logvar).mean().item()
        ),
        "without the squares of mu": -0.5 * (1 + logvar - torch.exp(logvar)).mean().item(),
        "with mu instead of its square": -0.5 * (1 + logvar - mu - torch.exp(logvar)).mean().item(),
    }
    tell(found, others, "the divergence", wanted)
    assert_array(found, each.mean().item(), name="the divergence", **SUMS)


@pytest.mark.task("vae_loss", weight=1)
def test_loss_is_differentiable(student, torch_rng):
    """Gradients of the loss reach the reconstruction, mu and logvar, and the divergence is >= 0."""
    y, x, mu, logvar = (value.double() for value in sample_of_loss(torch_rng))
    leaves = {name: student.put(v) for name, v in (("y", y), ("mu", mu), ("logvar", logvar))}
    for leaf in leaves.values():
        student.keep(leaf.requires_grad_, True)
    out = student.keep(student.variational.vae_loss, leaves["y"], x, leaves["mu"], leaves["logvar"])
    backward(student, student.item(out, 0))
    count = mu.numel()
    expected = {
        "y": 2 * (y - x),
        "mu": mu / count,
        "logvar": (torch.exp(logvar) - 1) / (2 * count),
    }
    for name, gradient in expected.items():
        found = student.value(leaves[name].grad)
        assert_gradient_flow({name: found}, name="vae_loss")
        label = (
            f"the gradient of the loss with respect to {'reconstruction' if name == 'y' else name}"
        )
        hint = None if name == "y" else "The divergence is averaged, not summed."
        assert_array(found, gradient, name=label, rtol=1e-7, atol=1e-10, hint=hint)
    # At mu = 0 and logvar = 0 it is 0; around it positive, to both sides.
    for shift in (-0.3, 0.3, 2.0):
        for pair in ((0 * mu + shift, 0 * logvar), (0 * mu, 0 * logvar + shift)):
            kl = unpack(student.variational.vae_loss(x, x, *pair), 3, name="vae_loss(...)")[2]
            if not as_number(kl, name="the divergence") > 0:
                raise CheckFailure(
                    "the divergence is not positive away from the standard normal distribution",
                    expected="above 0",
                    actual=f"{as_number(kl, name='the divergence'):.6g}",
                )


@pytest.mark.task("train_vae", weight=1)
def test_reported_errors_are_true(student, torch_rng):
    """The errors reported are the summed squared errors of the epoch, divided by its images.

    With learning rate 0 the weights stay as they are, and in training mode so does what a batch
    gives, but for the codes drawn. Sixteen passes of the judge's tell its mean and spread; eight
    standard deviations of their spread are allowed (a false alarm in 1e6 runs or fewer: Student's t
    with 15 degrees of freedom).
    """
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    x = images(torch_rng, 37)
    x[-5:] = 0.97 * x[-5:].round()  # much harder than the others, so that a smaller batch counts
    loader = student.probes.loader(x, torch.zeros(37, dtype=torch.int64), 16)
    errors = student.variational.train_vae(model, loader, epochs=2, lr=0.0)
    errors = as_numbers(errors, name="train_vae(...)", length=2)
    student.probes.set_training(model, True)
    passes = []
    for _ in range(16):
        parts = [unpack(model(part), 3, name="model(x)")[0] for part in x.split(16)]
        passes.append(((torch.cat(parts) - x) ** 2).sum().item() / len(x))
    passes = torch.tensor(passes, dtype=torch.float64)
    centre, spread = passes.mean().item(), passes.std().item() + 1e-5 * passes.mean().item()
    others = {
        "averaged over pixels": centre / x[0].numel(),
        "the sum over the whole epoch": centre * len(x),
        "divided by the number of batches": centre * len(x) / 3,
    }
    for error in errors:
        for what, other in others.items():
            if abs(error - other) < 0.05 * other:
                raise CheckFailure(
                    f"the errors reported are {what}",
                    expected="the squared error of an image, summed over its pixels",
                    actual=what,
                )
        assert_array(error, centre, name="the error of an epoch", rtol=0, atol=8 * spread)


@pytest.mark.task("train_vae", weight=1)
def test_vae_training_modes(student, torch_rng):
    """Training runs in training mode whatever mode the network comes in, and ends in evaluation."""
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    x = images(torch_rng, 37)
    model(x[:2])  # lazily built layers get their shapes here
    student.probes.set_training(model, False)
    before = student.probes.state(model)
    loader = student.probes.loader(x, torch.zeros(37, dtype=torch.int64), 16)
    student.variational.train_vae(model, loader, epochs=1, lr=1e-3)
    own = student.probes.parameters(model)
    buffers = {k: v for k, v in student.probes.state(model).items() if k not in own}
    moved = [k for k, v in buffers.items() if not torch.equal(v, before[k])]
    if buffers and not moved:
        raise CheckFailure(
            "no running average has moved",
            expected="training mode: model.train() before the loop",
            actual="the averages of before",
        )
    if student.probes.is_training(model):
        raise CheckFailure(
            "after training, the network is still in training mode",
            expected="evaluation mode",
            actual="training mode",
            hint="Images that are looked at one by one need the running averages: model.eval().",
        )


@pytest.mark.task("train_vae", weight=1)
def test_both_terms_are_learnt(student, torch_rng):
    """The steps follow the squared error and the divergence.

    Where the weight of fc3 is 0, no code has a say in the image, and what moves mu and logvar in
    the first step is the divergence alone.
    """
    model = student.keep(student.variational.ConvVAE, WIDTHS, LATENT, CHANNELS)
    x = images(torch_rng, 16)
    model(x)  # lazily built layers get their shapes here
    own = student.probes.parameters(model)
    shut = {key: 0 * p for key, p in own.items() if tuple(p.shape) == LINEAR[2]}
    student.probes.load_state(model, student.probes.state(model) | shut)
    loader = student.probes.loader(x, torch.zeros(16, dtype=torch.int64), 16)
    student.variational.train_vae(model, loader, epochs=1, lr=1e-2)
    after = student.probes.parameters(model)
    heads = [key for key, p in own.items() if tuple(p.shape) == LINEAR[0]]
    still = [key for key in heads if torch.equal(own[key], after[key])]
    if still:
        raise CheckFailure(
            "the divergence has no say in the steps",
            expected="steps that follow the loss, the sum of both terms",
            actual=f"unchanged where only the divergence could change it: {', '.join(still)}",
            hint="Which of the three numbers of vae_loss do you call backward() on?",
        )
    if all(torch.equal(p, after[key]) for key, p in own.items() if p.dim() == 4):
        raise CheckFailure(
            "the squared error has no say in the steps",
            expected="steps that follow the loss, the sum of both terms",
            actual="convolutions that stay as they are",
        )


def decoder_of_ours(student):
    """A decoder beside the student's code, the same one here, and how to get codes from images."""
    remote = student.probes.stand_in(6, 4)
    state = student.probes.state(remote)
    twin = stand_in(6, 4, {k: v.clone() for k, v in state.items()}).decoder.eval()
    weight = state["decoder.layers.0.weight"].double()
    bias = state["decoder.layers.0.bias"].double()

    def codes(images):
        logits = torch.logit(images.double().flatten(1)) - bias
        return torch.linalg.lstsq(weight, logits.T).solution.T

    return remote, twin, codes


@pytest.mark.task("vae_pictures", weight=1)
def test_samples_come_from_the_prior(student, torch_rng):
    """Codes of samples are drawn from the standard normal distribution, and no graph is kept.

    False alarms: 7 tests at 1e-7.
    """
    remote, _, codes = decoder_of_ours(student)
    student.probes.set_training(remote, True)
    found = student.keep(student.variational.sample_images, remote.decoder, 4, 5000)
    if student.value(found.requires_grad):
        raise CheckFailure("the samples drag a graph for gradients along", hint="torch.no_grad()")
    found = assert_tensor(student.value(found), name="sample_images(...)", shape=(5000, 1, 6, 6))
    hint = "torch.randn gives standard normal numbers, torch.rand numbers between 0 and 1."
    assert_standard_normal(codes(found), "the codes", hint)
    if not student.probes.is_training(remote.decoder):
        raise CheckFailure("sampling left the decoder in evaluation mode", expected="training mode")


@pytest.mark.task("vae_pictures", weight=2)
def test_interpolation(student, torch_rng, artifact):
    """Images stand on the straight line from start to end, both included, in one grey scale."""
    remote, twin, _ = decoder_of_ours(student)
    student.probes.set_training(remote, True)
    starts, ends = 6 * torch.randn(2, 3, 4, generator=torch_rng)
    draw = student.variational.interpolation_figure
    description = student.probes.describe_figure(
        student.keep(draw, remote.decoder, starts, ends, 7)
    )
    artifact("interpolation_figure.png", figure_picture(description))
    weights = torch.arange(7)[:, None] / 6
    with torch.no_grad():
        images = twin((starts[:, None] + weights * (ends - starts)[:, None]).flatten(0, 1))
    expected = images.reshape(3, 7, 6, 6).numpy()
    hint = "Mix the codes, then decode; the first column is the start, the last the end."
    assert_images(description, expected, name="the interpolation", atol=PIXEL, hint=hint)
    assert_grey_scale_shared(description)
    assert_no_smoothing(description)
    if not student.probes.is_training(remote.decoder):
        raise CheckFailure("drawing left the decoder in evaluation mode", expected="training mode")
