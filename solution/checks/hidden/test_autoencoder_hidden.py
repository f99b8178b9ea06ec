"""Hidden checks of autoencoder.py.

Free are the activation, the way the output is bounded, the use of Sequential or of functions, and
the initialisation; so what is checked is what every right network does, whatever it looks like.
"""

import pytest
import torch

from grader.checks import (
    CheckFailure,
    assert_array,
    assert_gradient_flow,
    assert_tensor,
    gradcheck_remote,
)

Q1, Q2, K = 6, 9, 5
CODE_WEIGHTS = [(Q1, 1, 5, 5), (Q2, Q1, 5, 5), (K, Q2 * 49)]
IMAGE_WEIGHTS = [(Q2 * 49, K), (Q2, Q1, 5, 5), (Q1, 1, 5, 5)]
# The same sums in another order (batch of 1 against batch of 7, or another instance) differ by
# about sqrt(441) * 2^-24 of the largest term, 1e-6 here; ten times that leaves room for other
# kernels, and the mistakes looked for change values by more than 1e-2.
SAME = {"rtol": 1e-5, "atol": 1e-5}


def images(generator, count=7):
    return torch.rand(count, 1, 28, 28, generator=generator)


def codes(generator, count=7):
    return torch.randn(count, K, generator=generator)


PARTS = {"Encoder": images, "Decoder": codes}


def assert_weights(student, module, shapes, name):
    """Weights of the given shapes are among the parameters, each in its own tensor."""
    found = [tuple(p.shape) for p in student.probes.parameters(module).values()]
    for shape in shapes:
        if found.count(shape) < shapes.count(shape):
            raise CheckFailure(
                f"{name} has no weight of a shape that its layers need",
                expected=f"weights of shapes {', '.join(map(str, shapes))}",
                actual=f"parameters of shapes {', '.join(map(str, found)) or 'none'}",
                hint="Are the sizes q1, q2 and k used where they belong?",
            )


def assert_convolutions(student, module, x, name, *, transposed, weights):
    """Where convolutions are to be seen, they have stride 2 and padding 2 (and output padding)."""
    seen = student.probes.convolutions(module, x)
    if not transposed:
        # Zeros may be put around the images by a layer of its own, before the convolution.
        for call, side in zip(seen, (28, 14), strict=False):
            call["padding"] = [p + (call["input"][-1] - side) // 2 for p in call["padding"]]
    for call in seen:
        for key, value in (
            ("transposed", transposed),
            ("stride", [2, 2]),
            ("padding", [2, 2]),
            ("dilation", [1, 1]),
            ("output_padding", [1, 1] if transposed else [0, 0]),
        ):
            if call[key] != value:
                raise CheckFailure(
                    f"a convolution of {name} has the wrong {key.replace('_', ' ')}",
                    expected=f"{key}={value}",
                    actual=f"{key}={call[key]} at a weight of shape {tuple(call['weight'])}",
                )
    if seen and [tuple(call["weight"]) for call in seen] != weights:
        raise CheckFailure(
            f"{name} does not have the two convolutions of the exercise, in their order",
            expected=f"weights {weights}",
            actual=f"weights {[tuple(call['weight']) for call in seen]}",
        )


def assert_pure(student, module, make, generator, name):
    """In evaluation mode each sample is treated alone and the same every time."""
    student.probes.set_training(module, False)
    x, other = make(generator), make(generator)
    first = module(x)
    module(other)
    hint = "Does forward keep something on self, or use statistics of the batch?"
    assert_array(module(x), first, name=f"{name}, called again", hint=hint, **SAME)
    alone = torch.cat([module(sample[None]) for sample in x])
    assert_array(alone, first, name=f"{name}, sample by sample", hint=hint, **SAME)


def assert_round_trip(student, module, twin, x, name):
    """All that a network has learned lies in its state_dict."""
    for part in (module, twin):
        student.probes.set_training(part, False)
    student.probes.load_state(twin, student.probes.state(module))
    hint = "Layers must be attributes of the module (or in an nn.ModuleList) to be registered."
    assert_array(twin(x), module(x), name=f"{name} with a loaded state_dict", hint=hint, **SAME)


@pytest.mark.task("encoder", weight=2)
def test_encoder_layers(student, torch_rng):
    """The encoder has two 5x5 convolutions with stride 2 and padding 2, then a linear layer."""
    encoder = student.keep(student.autoencoder.Encoder, Q1, Q2, K)
    encoder(images(torch_rng))  # lazily built layers get their shapes here
    assert_weights(student, encoder, CODE_WEIGHTS, "Encoder(6, 9, 5)")
    assert_convolutions(
        student,
        encoder,
        images(torch_rng),
        "the encoder",
        transposed=False,
        weights=CODE_WEIGHTS[:2],
    )


@pytest.mark.task("encoder", weight=2)
def test_encoder_gradients(student, torch_rng):
    """Gradients reach the input and every parameter of the encoder, and are right."""
    assert_differentiable(student, "Encoder", images, torch_rng)


@pytest.mark.task("encoder", weight=1)
def test_encoder_is_well_behaved(student, torch_rng):
    """The encoder keeps nothing between calls, follows float64, and can be saved and loaded."""
    assert_well_behaved(student, "Encoder", images, torch_rng)


@pytest.mark.task("decoder", weight=2)
def test_decoder_layers(student, torch_rng):
    """The decoder has a linear layer, then two transposed convolutions that double the size."""
    decoder = student.keep(student.autoencoder.Decoder, Q1, Q2, K)
    decoder(codes(torch_rng))
    assert_weights(student, decoder, IMAGE_WEIGHTS, "Decoder(6, 9, 5)")
    assert_convolutions(
        student,
        decoder,
        codes(torch_rng),
        "the decoder",
        transposed=True,
        weights=IMAGE_WEIGHTS[1:],
    )


@pytest.mark.task("decoder", weight=1)
def test_decoder_gradients(student, torch_rng):
    """Gradients reach the code and every parameter of the decoder, and are right."""
    assert_differentiable(student, "Decoder", codes, torch_rng)


@pytest.mark.task("decoder", weight=1)
def test_decoder_is_well_behaved(student, torch_rng):
    """The decoder keeps nothing between calls, follows float64, and can be saved and loaded."""
    assert_well_behaved(student, "Decoder", codes, torch_rng)


def assert_differentiable(student, part, make, generator):
    module = student.keep(getattr(student.autoencoder, part), Q1, Q2, K)
    x = make(generator)
    weights = torch.randn(module(x).shape, generator=generator)
    found = student.probes.gradients(module, x, weights)
    flow = {"the input": found["input"], **found["parameters"]}
    hint = "Look for .detach(), .data, .item(), no_grad or NumPy in forward, and unused layers."
    assert_gradient_flow(flow, name=part, hint=hint)
    exact = student.probes.as_dtype(module, "float64")
    student.probes.set_training(exact, False)
    gradcheck_remote(
        exact,
        lambda x, cotangent: student.probes.gradients(exact, x, cotangent)["input"],
        make(generator, 2).double(),
        name=f"the gradient of {part} with respect to its input",
        seed=int(torch.randint(2**31, (), generator=generator)),
    )


def assert_well_behaved(student, part, make, generator):
    build = getattr(student.autoencoder, part)
    module, twin = student.keep(build, Q1, Q2, K), student.keep(build, Q1, Q2, K)
    x = make(generator)
    module(x), twin(x)
    assert_pure(student, module, make, generator, part)
    assert_round_trip(student, module, twin, x, part)
    _, (after,) = student.observe(module, x)
    assert_array(after, x, name=f"the input of {part} after the call", rtol=0, atol=0)
    exact = student.probes.as_dtype(module, "float64")
    hint = "Create new tensors like the input: same dtype, same device."
    assert_tensor(exact(x.double()), name=f"{part} in float64", dtype=torch.float64, hint=hint)


@pytest.mark.task("autoencoder", weight=2)
def test_cascade(student, torch_rng):
    """The auto-encoder is its decoder applied to its encoder's code."""
    model = student.keep(student.autoencoder.AutoEncoder, Q1, Q2, K)
    student.probes.set_training(model, False)
    x = images(torch_rng)
    assert_array(model(x), model.decoder(model.encoder(x)), name="model(x)", **SAME)
    if not (model(x) - model(images(torch_rng))).abs().max().item() > 1e-6:
        raise CheckFailure("different images have the same reconstruction before any training")


@pytest.mark.task("autoencoder", weight=2)
def test_sizes_are_passed_on(student, torch_rng):
    """q1, q2 and k reach both parts, and all parameters are the auto-encoder's own."""
    model = student.keep(student.autoencoder.AutoEncoder, Q1, Q2, K)
    x = images(torch_rng)
    weights = torch.randn(model(x).shape, generator=torch_rng)
    assert_weights(student, model, CODE_WEIGHTS + IMAGE_WEIGHTS, "AutoEncoder(6, 9, 5)")
    found = student.probes.gradients(model, x, weights)
    assert_gradient_flow(found["parameters"], name="AutoEncoder")
    twin = student.keep(student.autoencoder.AutoEncoder, Q1, Q2, K)
    twin(x)
    assert_round_trip(student, model, twin, x, "AutoEncoder")
