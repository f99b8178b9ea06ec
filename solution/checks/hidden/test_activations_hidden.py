"""Hidden checks of autoencoder.py: what stands after each layer, told from inputs and outputs.

Any activation is right, so none is looked for by name. A network is made whose layers, all but one,
stay within a nearly straight piece of their activation; if the whole then is an affine map, that
one layer has no activation after it.
"""

import pytest
import torch

from grader.checks import CheckFailure, assert_tensor

Q1, Q2, K = 6, 9, 5
# Shapes of weights and biases in the order of the layers; no shape occurs twice in a network.
ENCODER = [(Q1, 1, 5, 5), (Q1,), (Q2, Q1, 5, 5), (Q2,), (K, Q2 * 49), (K,)]
DECODER = [(Q2 * 49, K), (Q2 * 49,), (Q2, Q1, 5, 5), (Q1,), (Q1, 1, 5, 5), (1,)]
FAN_IN = {ENCODER[0]: 25, (Q2, Q1, 5, 5): 150, ENCODER[4]: 441, DECODER[0]: K, DECODER[4]: 38}
QUIET = 1e-5
"""Size of a layer's variation around LEVEL on a straight piece: an activation with curvature c
bends it by c * 1e-5, far below BENT; float64 rounding, 1e-16 / 1e-5, lies farther below."""
LEVEL = 0.7
"""Where nothing in use has a kink: ReLU, ELU and tanh at 0, Softshrink at 1/2, Hardtanh at 1."""
LOUD = 5.0
"""Size of a layer's variation around 0 that shows what follows it."""
BENT = 1e-3
"""Least share of the output that counts as bent. Of a nearly straight activation such as
LeakyReLU(0.9) it is 3e-2, of all others more; of no activation about 1e-5."""


def images(generator, count=7):
    return torch.rand(count, 1, 28, 28, generator=generator)


def codes(generator, count=7):
    return torch.randn(count, K, generator=generator)


def build(student, part, make, generator):
    """A network of the student's in float64 and evaluation mode."""
    module = student.keep(getattr(student.autoencoder, part), Q1, Q2, K)
    module(make(generator))  # lazily built layers get their shapes here
    module = student.probes.as_dtype(module, "float64")
    student.probes.set_training(module, False)
    return module


def bend(module, make, generator):
    """The share of a network's output that no affine map of the input explains."""
    a, b = make(generator).double() * 2 - 1, make(generator).double() * 2 - 1
    zero, both = module(torch.zeros_like(a)), module(a + b)
    size = (both - zero).abs().max().item()
    return (module(a) + module(b) - zero - both).abs().max().item() / size if size else 1.0


def names_by_layer(student, module, shapes):
    """Names of weights and biases in the order of the layers; None if it has others as well."""
    found = {name: tuple(p.shape) for name, p in student.probes.parameters(module).items()}
    if sorted(found.values()) != sorted(shapes):
        return None
    by_shape = {shape: name for name, shape in found.items()}
    return [by_shape[shape] for shape in shapes]


def weights(shape, generator, inputs):
    """Random weights; over the dimension `inputs` they add up to 0, so that LEVEL cancels."""
    weight = torch.randn(shape, generator=generator, dtype=torch.float64) / FAN_IN[shape] ** 0.5
    return weight if inputs is None else weight - weight.mean(dim=inputs, keepdim=True)


def loudest(student, module, shapes, layer, generator):
    """Let only this layer, counted from 0, leave the straight piece; whether that can be done."""
    names = names_by_layer(student, module, shapes)
    if names is None:
        return False
    state = student.probes.state(module)
    size = 1.0  # of the variation that comes in
    transposed = shapes is DECODER
    for number in range(3):
        weight, bias = shapes[2 * number], shapes[2 * number + 1]
        wanted = LOUD if number == layer else QUIET
        inputs = 0 if transposed and len(weight) == 4 else 1
        after_quiet = number > 0 and number - 1 != layer
        value = weights(weight, generator, inputs if after_quiet else None)
        state[names[2 * number]] = value * (wanted / size)
        level = LEVEL if number < 2 and number != layer else 0.0
        state[names[2 * number + 1]] = torch.full(bias, level, dtype=torch.float64)
        size = wanted
    student.probes.load_state(module, state)
    return True


@pytest.mark.task("encoder", weight=1)
def test_encoder_is_nonlinear(student, torch_rng):
    """There is an activation after each of the encoder's convolutions."""
    encoder = build(student, "Encoder", images, torch_rng)
    # An affine map leaves rounding, 1e-14; an activation anywhere about 1e-2.
    if bend(encoder, images, torch_rng) < 1e-9:
        raise CheckFailure(
            "the encoder is an affine map of its input",
            expected="activations between the layers",
            actual="code(a + b) = code(a) + code(b) - code(0)",
        )
    for layer, name in enumerate(("first", "second")):
        known = loudest(student, encoder, ENCODER, layer, torch_rng)
        if known and bend(encoder, images, torch_rng) < BENT:
            raise CheckFailure(
                f"no activation follows the {name} convolution",
                expected="an activation after each convolution",
                actual=f"the {name} convolution's output goes on as it is",
            )


@pytest.mark.task("encoder", weight=1, hint="The linear layer is the encoder's last step.")
def test_codes_are_unbounded(student, torch_rng):
    """Codes can be negative and large: no activation follows the last linear layer."""
    # An activation with one sign gives one sign in every network; with a linear last layer each
    # of the 5 codes of 8 networks has its sign by chance of the initialisation.
    found = []
    for _ in range(8):
        encoder = student.keep(student.autoencoder.Encoder, Q1, Q2, K)
        encoder(images(torch_rng))
        state = student.probes.state(encoder)
        student.probes.load_state(
            encoder, {n: v * 20 if v.is_floating_point() else v for n, v in state.items()}
        )
        found.append(encoder(images(torch_rng)))
    values = torch.cat(found)
    if values.min().item() >= 0 or values.max().item() <= 0:
        raise CheckFailure(
            "codes have one sign only",
            expected="codes below and above 0",
            actual=f"codes from {values.min().item():.3g} to {values.max().item():.3g}",
        )
    # With all parameters times 20, a linear last layer gives codes far above 2; tanh stays at 1.
    if values.abs().max().item() <= 2:
        raise CheckFailure(
            "codes stay within a fixed range however large the weights are",
            expected="codes without a bound",
            actual=f"codes from {values.min().item():.3g} to {values.max().item():.3g}",
        )
    encoder = build(student, "Encoder", images, torch_rng)
    if loudest(student, encoder, ENCODER, 2, torch_rng) and bend(encoder, images, torch_rng) > BENT:
        raise CheckFailure(
            "an activation follows the last layer",
            expected="codes that are an affine map of what the linear layer gets",
            actual="codes that are bent",
        )


@pytest.mark.task("decoder", weight=1)
def test_decoder_is_nonlinear(student, torch_rng):
    """There is an activation after the decoder's linear layer, and one after the convolution."""
    decoder = build(student, "Decoder", codes, torch_rng)

    def logits(z):
        return torch.logit(decoder(z))  # undoes a sigmoid; (tanh + 1) / 2 is a sigmoid of 2x

    # In float64 an affine map leaves about 1e-14; a hidden ReLU leaves about 1e-2.
    if bend(logits, codes, torch_rng) < 1e-9:
        raise CheckFailure(
            "apart from the last bound, the decoder is an affine map of the code",
            expected="activations after the linear layer and after the first convolution",
            actual="no activation before the last one",
        )
    for layer, name in enumerate(("linear layer", "first transposed convolution")):
        known = loudest(student, decoder, DECODER, layer, torch_rng)
        if known and bend(decoder, codes, torch_rng) < BENT:
            raise CheckFailure(
                f"no activation follows the {name}",
                expected="activations after the linear layer and after the first convolution",
                actual=f"the output of the {name} goes on as it is",
            )


@pytest.mark.task("decoder", weight=2, hint="Compare what sigmoid and clamp do to gradients.")
def test_output_is_not_clamped(student, torch_rng):
    """The output is bounded by a smooth function of the last layer, which spans all greys."""
    decoder = student.keep(student.autoencoder.Decoder, Q1, Q2, K)
    # A sigmoid or tanh of untrained outputs (of size 1) never gives exactly 0 or 1 in float32; a
    # clamp or ReLU does for about half of them.
    assert_smooth(decoder(codes(torch_rng, 20)), "an untrained decoder")
    decoder = build(student, "Decoder", codes, torch_rng)
    z = codes(torch_rng, 20).double()
    state = student.probes.state(decoder)
    last = [name for name, value in state.items() if tuple(value.shape) == DECODER[4]]
    if len(last) != 1:
        return
    weight, factor = state[last[0]], 1.0
    # Strengthen the last layer until pixels span the greys; with an activation before the bound,
    # such as sigmoid(relu(x)), they never do. Strengthened four times more, a clamp to [0, 1] cuts
    # a tenth of them, whatever its slope. A sigmoid of outputs spread by about 3 cuts none: in
    # float64 it is exactly 1 from 37 on.
    while True:
        pixels = decoder(z)
        if pixels.min().item() < 0.2 and pixels.max().item() > 0.8:
            break
        if factor > 2**20:
            raise CheckFailure(
                "pixels cannot be both dark and bright, however strong the last layer",
                expected="values from near 0 to near 1",
                actual=f"values from {pixels.min().item():.2g} to {pixels.max().item():.2g}",
                hint="Only the bound follows the last layer: no other activation before it.",
            )
        factor *= 2
        student.probes.load_state(decoder, state | {last[0]: weight * factor})
    student.probes.load_state(decoder, state | {last[0]: weight * factor * 4})
    assert_smooth(decoder(z), "a decoder with a strong last layer")


def assert_smooth(pixels, name):
    assert_tensor(pixels, name=f"the output of {name}", low=0.0, high=1.0)
    cut = ((pixels == 0) | (pixels == 1)).double().mean().item()
    if cut > 0.01:
        raise CheckFailure(
            f"{name} gives pixels of exactly 0 or 1: its output is cut off, and where it is, no "
            "gradient flows",
            expected="pixels strictly between 0 and 1",
            actual=f"{cut:.0%} of them exactly 0 or 1",
        )
