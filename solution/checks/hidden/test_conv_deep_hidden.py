"""Hidden checks of conv_deep.py.

Networks are told by what they compute, whatever their layers are called. Of the two small ones the
judge computes the output itself, with the student's weights, which their shapes tell apart. Of the
deep ones it sees single layers through gradients: that of a weight is the layer's input times what
comes back from above.
"""

import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d, max_pool2d, max_unpool2d, mse_loss

from grader.checks import (
    CheckFailure,
    as_numbers,
    assert_array,
    assert_gradient_flow,
    assert_history,
    unpack,
)
from grader.worker.standins import stand_in

CHANNELS = (5, 7, 11)
STRIDED = [(5, 1, 3, 3), (7, 5, 3, 3), (11, 7, 7, 7)]  # of either half
WIDTHS, LATENT, COLOURS = (4, 6, 9), 5, 2
DOWN = [(4, 2, 2, 2), (6, 4, 2, 2), (9, 6, 2, 2)]  # convolutions of the deep encoder
UP = [(9, 6, 2, 2), (6, 4, 2, 2), (4, 2, 2, 2)]  # transposed convolutions of the deep decoder
# In float64, sums of some hundred products agree to about 1e-14, whatever their order; what is
# looked for (a layer more or less, another activation) changes values by more than 1e-3.
EXACT = {"rtol": 1e-7, "atol": 1e-9}
# In float32 they differ by about sqrt(343) * 2^-24 of the largest term, 1e-6.
SAME = {"rtol": 1e-4, "atol": 1e-5}
LAYERS_HINT = (
    "Compare kernel sizes and channels with the table. Layers must be attributes of the module, "
    "or in an nn.Sequential or nn.ModuleList, to be found."
)


def images(generator, count, side=28, channels=1):
    return torch.rand(count, channels, side, side, generator=generator)


def assert_weights(student, module, shapes, name):
    """Its parameters; weights of more than one dimension have exactly these shapes."""
    found = student.probes.parameters(module)
    weights = sorted(tuple(p.shape) for p in found.values() if p.dim() > 1)
    if weights != sorted(shapes):
        raise CheckFailure(
            f"{name} does not have the weights that its layers need",
            expected=f"weights of shapes {', '.join(map(str, sorted(shapes)))}",
            actual=f"weights of shapes {', '.join(map(str, weights)) or 'none'}",
            hint=LAYERS_HINT,
        )
    return found


def assert_convolutions(student, module, x, wanted, name):
    """Convolutions, where they are to be seen, are those of the table, in order.

    Parameters
    ----------
    wanted
        For each: shape of the weight, whether it is transposed, stride, padding, output padding.
    """
    seen = student.probes.convolutions(module, x)
    if seen and len(seen) != len(wanted):
        raise CheckFailure(
            f"{name} has the wrong number of convolutions",
            expected=f"{len(wanted)}",
            actual=f"{len(seen)}",
        )
    for number, (call, expected) in enumerate(zip(seen, wanted, strict=False), start=1):
        weight, transposed, *numbers = expected
        pairs = zip(("stride", "padding", "output_padding"), numbers, strict=True)
        table = {"transposed": transposed, "weight": list(weight)}
        table |= {key: [value, value] for key, value in pairs}
        for key, value in table.items():
            if call[key] != value:
                raise CheckFailure(
                    f"convolution {number} of {name} has the wrong {key.replace('_', ' ')}",
                    expected=f"{key} {value}",
                    actual=f"{key} {call[key]}",
                )


def awaken(student, model, generator):
    """Give weights a size at which about half of all ReLUs let something through.

    Networks this small, as they are initialised, may by chance have a layer that gives only zeros.
    """
    fresh = {}
    for key, p in student.probes.parameters(model).items():
        if p.dim() > 1:
            inputs = p.numel() / max(p.shape[:2])
            drawn = torch.randn(p.shape, generator=generator) * (2 / inputs) ** 0.5
            fresh[key] = drawn.to(p.dtype)
    student.probes.load_state(model, student.probes.state(model) | fresh)


def by_shape(parameters, name):
    """Parameters in float64 by shape, each shape once; for a bias that is missing, None."""
    found = {}
    for parameter in parameters:
        shape = tuple(parameter.shape)
        if shape in found:
            raise CheckFailure(
                f"{name} has more parameters than the layers of the table",
                expected="a weight for each layer, and a bias if you like",
                actual=f"several parameters of shape {shape}",
                hint="Is a layer there twice, or one that the table does not name?",
            )
        found[shape] = parameter.double()
    return found


def strided_code(p, x):
    """What lecture 002's encoder makes of images, with parameters by shape."""
    x = conv2d(x, p[STRIDED[0]], p.get((5,)), stride=2, padding=1).relu()
    x = conv2d(x, p[STRIDED[1]], p.get((7,)), stride=2, padding=1).relu()
    return conv2d(x, p[STRIDED[2]], p.get((11,)))


def strided_image(p, z):
    """What lecture 002's decoder makes of codes."""
    twice = {"stride": 2, "padding": 1, "output_padding": 1}
    x = conv_transpose2d(z, p[STRIDED[2]], p.get((7,))).relu()
    x = conv_transpose2d(x, p[STRIDED[1]], p.get((5,)), **twice).relu()
    return conv_transpose2d(x, p[STRIDED[0]], p.get((1,)), **twice).sigmoid()


@pytest.mark.task("strided_autoencoder", weight=1)
def test_strided_layers(student, torch_rng):
    """Strides, paddings and kernels are those of the table."""
    model = student.keep(student.conv_deep.StridedAutoEncoder, CHANNELS)
    model(images(torch_rng, 2))  # lazily built layers get their shapes here
    assert_weights(student, model, STRIDED * 2, "StridedAutoEncoder((5, 7, 11))")
    down = [(shape, False, 2, 1, 0) for shape in STRIDED[:2]] + [(STRIDED[2], False, 1, 0, 0)]
    up = [(shape, True, 2, 1, 1) for shape in reversed(STRIDED[:2])]
    wanted = [*down, (STRIDED[2], True, 1, 0, 0), *up]
    assert_convolutions(student, model, images(torch_rng, 2), wanted, "the network")


@pytest.mark.task("strided_autoencoder", weight=2)
def test_strided_encoder(student, torch_rng):
    """Codes are those of the table's layers: ReLU after the first two, none at the end."""
    model = student.keep(student.conv_deep.StridedAutoEncoder, CHANNELS)
    model(images(torch_rng, 2))
    model = student.probes.as_dtype(model, "float64")
    assert_weights(student, model, STRIDED * 2, "StridedAutoEncoder((5, 7, 11))")
    awaken(student, model, torch_rng)
    found = assert_weights(student, model.encoder, STRIDED, "the encoder")
    x = torch.randn(4, 1, 28, 28, generator=torch_rng).double()
    expected = strided_code(by_shape(found.values(), "the encoder"), x)
    hint = "A ReLU follows each convolution but the last: a code may be negative."
    assert_array(model.encoder(x), expected, name="model.encoder(x)", hint=hint, **EXACT)


@pytest.mark.task("strided_autoencoder", weight=2)
def test_strided_decoder(student, torch_rng):
    """Images are those of the table's layers, with a Sigmoid at the end."""
    model = student.keep(student.conv_deep.StridedAutoEncoder, CHANNELS)
    model(images(torch_rng, 2))
    model = student.probes.as_dtype(model, "float64")
    assert_weights(student, model, STRIDED * 2, "StridedAutoEncoder((5, 7, 11))")
    awaken(student, model, torch_rng)
    found = assert_weights(student, model.decoder, STRIDED, "the decoder")
    z = torch.randn(4, CHANNELS[2], 1, 1, generator=torch_rng).double()
    expected = strided_image(by_shape(found.values(), "the decoder"), z)
    hint = "A ReLU follows each transposed convolution but the last, and that one a Sigmoid alone."
    assert_array(model.decoder(z), expected, name="model.decoder(code)", hint=hint, **EXACT)


@pytest.mark.task("strided_autoencoder", weight=1)
def test_strided_cascade(student, torch_rng):
    """The network is its decoder after its encoder, gradients reach everything, it can be saved."""
    build = student.conv_deep.StridedAutoEncoder
    model, twin = student.keep(build, CHANNELS), student.keep(build, CHANNELS)
    x = torch.randn(3, 1, 28, 28, generator=torch_rng)
    model(x), twin(x)
    awaken(student, model, torch_rng)
    assert_array(model(x), model.decoder(model.encoder(x)), name="model(x)", **SAME)
    assert_whole(student, model, twin, x, "StridedAutoEncoder", torch_rng)


def assert_whole(student, model, twin, x, name, generator):
    """Gradients reach all parameters, and a state_dict holds all that a network has learned."""
    cotangent = torch.randn(model(x).shape, generator=generator)
    found = student.probes.gradients(model, x, cotangent)
    hint = "Look for .detach(), .data, no_grad or NumPy, and for layers that are not used."
    flow = {"the input": found["input"], **found["parameters"]}
    assert_gradient_flow(flow, name=name, hint=hint)
    student.probes.load_state(twin, student.probes.state(model))
    hint = "Layers must be attributes of the module (or in an nn.ModuleList) to be registered."
    assert_array(twin(x), model(x), name=f"{name} with a loaded state_dict", hint=hint, **SAME)


def halves(student, model, x):
    """Parameters by shape, first those on which codes depend, then the others."""
    state = student.probes.state(model)
    before, _ = unpack(model.encode(x), 2, name="model.encode(x)")
    first, second = [], []
    for key, value in student.probes.parameters(model).items():
        student.probes.load_state(model, state | {key: value + 1})
        code, _ = unpack(model.encode(x), 2, name="model.encode(x)")
        (second if torch.equal(code, before) else first).append(value)
    student.probes.load_state(model, state)
    return by_shape(first, "encode"), by_shape(second, "decode")


def pooling_network(student, generator):
    """A network of the student's in float64, images, and its parameters by half and shape."""
    model = student.keep(student.conv_deep.PoolingAutoEncoder, CHANNELS)
    x = torch.randn(3, 1, 28, 28, generator=generator)
    model(x)
    model = student.probes.as_dtype(model, "float64")
    assert_weights(student, model, STRIDED * 2, "PoolingAutoEncoder((5, 7, 11))")
    awaken(student, model, generator)
    x = x.double()
    first, second = halves(student, model, x)
    for part, name in ((first, "encode"), (second, "decode")):
        missing = [shape for shape in STRIDED if shape not in part]
        if missing:
            raise CheckFailure(
                f"{name} does not use the layers of its half",
                expected=f"weights of shapes {', '.join(map(str, STRIDED))} in {name}",
                actual=f"none of shape {', '.join(map(str, missing))}",
            )
    return model, x, first, second


@pytest.mark.task("pooling_autoencoder", weight=1)
def test_pooled_codes(student, torch_rng):
    """Codes are those of the table's layers."""
    model, x, p, _ = pooling_network(student, torch_rng)
    code, _ = unpack(model.encode(x), 2, name="model.encode(x)")
    h = max_pool2d(conv2d(x, p[STRIDED[0]], p.get((5,)), padding=1).relu(), 2)
    h = max_pool2d(conv2d(h, p[STRIDED[1]], p.get((7,)), padding=1).relu(), 2)
    expected = conv2d(h, p[STRIDED[2]], p.get((11,)))
    hint = "Each of the first two convolutions is followed by ReLU and pooling, the third by none."
    assert_array(code, expected, name="the code", hint=hint, **EXACT)


@pytest.mark.task("pooling_autoencoder", weight=1)
def test_indices(student, torch_rng):
    """Indices say where the maximum of each window is, in the first pooling and in the second."""
    model, x, p, _ = pooling_network(student, torch_rng)
    _, indices = unpack(model.encode(x), 2, name="model.encode(x)")
    found = unpack(indices, 2, name="the indices of model.encode(x)")
    h = conv2d(x, p[STRIDED[0]], p.get((5,)), padding=1).relu()
    pooled, first = max_pool2d(h, 2, return_indices=True)
    h = conv2d(pooled, p[STRIDED[1]], p.get((7,)), padding=1).relu()
    deep, second = max_pool2d(h, 2, return_indices=True)
    for name, got, expected, values in (
        ("first", found[0], first, pooled),
        ("second", found[1], second, deep),
    ):
        name = f"the indices of the {name} pooling"
        assert_places(got, expected, name)
        # Where ReLU leaves only zeros in a window, any place in it will do.
        settled = torch.where(values > 0, got, expected)
        assert_array(settled, expected, name=name, rtol=0, atol=0)


def assert_places(got, expected, name):
    """Indices name one place in each window of 2 x 2."""
    assert_array(got * 0, expected * 0, name=name, rtol=0, atol=0)  # type, shape and dtype
    half = expected.shape[-1]
    window = got // (2 * half) // 2 * half + got % (2 * half) // 2
    wanted = torch.arange(half * half).reshape(half, half).expand(got.shape)
    assert_array(window, wanted, name=f"the windows of {name}", rtol=0, atol=0)


@pytest.mark.task("pooling_autoencoder", weight=2)
def test_unpooling(student, torch_rng):
    """Each unpooling puts values where its own indices say, and zeros elsewhere."""
    model, _, _, p = pooling_network(student, torch_rng)
    # Indices of random maps, not of an image: what decode draws must follow what it is given.
    _, first = max_pool2d(images(torch_rng, 3, 28, 5), 2, return_indices=True)
    _, second = max_pool2d(images(torch_rng, 3, 14, 7), 2, return_indices=True)
    code = torch.randn(3, CHANNELS[2], 1, 1, generator=torch_rng).double()
    h = conv_transpose2d(code, p[STRIDED[2]], p.get((7,))).relu()
    h = conv_transpose2d(max_unpool2d(h, second, 2), p[STRIDED[1]], p.get((5,)), padding=1).relu()
    h = conv_transpose2d(max_unpool2d(h, first, 2), p[STRIDED[0]], p.get((1,)), padding=1)
    hint = "The second pooling is undone first. nn.MaxUnpool2d takes the map and the indices."
    found = model.decode(code, [first, second])
    assert_array(found, h.sigmoid(), name="model.decode(code, indices)", hint=hint, **EXACT)


@pytest.mark.task("pooling_autoencoder", weight=1)
def test_pooling_network_is_whole(student, torch_rng):
    """Gradients reach every layer through the pooling, and the network can be saved."""
    build = student.conv_deep.PoolingAutoEncoder
    model, twin = student.keep(build, CHANNELS), student.keep(build, CHANNELS)
    x = torch.randn(7, 1, 28, 28, generator=torch_rng)
    model(x), twin(x)
    awaken(student, model, torch_rng)
    assert_whole(student, model, twin, x, "PoolingAutoEncoder", torch_rng)


def codes(generator, count):
    return torch.randn(count, LATENT, generator=generator)


def deep(student, part, generator, widths=WIDTHS):
    """A deep half in float64 that has seen a few batches, and what makes inputs for it."""
    module = student.keep(getattr(student.conv_deep, part), widths, LATENT, COLOURS)

    def make(count):
        if part == "DeepDecoder":
            return codes(generator, count).double()
        return images(generator, count, 2 ** len(widths), COLOURS).double()

    module(make(2).float())  # lazily built layers get their shapes here
    module = student.probes.as_dtype(module, "float64")
    student.probes.set_training(module, True)
    for _ in range(3):
        module(make(6))
    return module, make


def only(found, shape, name):
    """The one parameter of this shape: its name and the value."""
    fitting = [(key, p) for key, p in found.items() if tuple(p.shape) == tuple(shape)]
    if len(fitting) != 1:
        raise CheckFailure(
            f"{name} does not have the weights that its layers need",
            expected=f"one weight of shape {tuple(shape)}",
            actual=f"{len(fitting)} of them",
            hint=LAYERS_HINT,
        )
    return fitting[0]


def assert_rectified(values, where):
    """What a layer gets has gone through a ReLU: of one sign up to a factor, and 0 in places.

    Parameters
    ----------
    values
        (samples, inputs): for each sample the layer's input times an unknown number.
    """
    largest = values.abs().amax(dim=1, keepdim=True)
    seen = values[largest[:, 0] > 0] / largest[largest[:, 0] > 0]
    # A ReLU leaves exact zeros; gradients through zeros are exact, too. Without one, half of all
    # values have the other sign; and of 24 values or more, batch normalisation leaves about half
    # below zero, so that no zero at all is improbable (2^-24 a sample).
    mixed = ((seen > 1e-12).any(dim=1) & (seen < -1e-12).any(dim=1)).any()
    if len(seen) == 0 or mixed or not (seen.abs() <= 1e-12).any():
        raise CheckFailure(
            f"what {where} gets has not gone through a ReLU",
            expected="numbers that are 0 or positive",
            actual="numbers of both signs" if mixed else "no zeros among them, or nothing else",
            hint="The order is convolution, batch normalisation, ReLU, in every step.",
        )


def weight_gradients(student, module, shape, x, cotangent, name):
    """For each sample alone, the gradient of the one weight of this shape."""
    key, _ = only(student.probes.parameters(module), shape, name)
    found = []
    for sample in x:
        gradients = student.probes.gradients(module, sample[None], cotangent)["parameters"]
        if gradients[key] is None:
            raise CheckFailure(f"no gradient reaches {key} of {name}")
        found.append(gradients[key])
    return torch.stack(found)


def loudest(gradients, axis):
    """Of each sample's gradient, the part along one output of the layer, the largest."""
    parts = gradients.movedim(axis, 1).flatten(2)
    best = parts.norm(dim=2).argmax(dim=1)
    return parts[torch.arange(len(parts)), best]


@pytest.mark.task("deep_encoder", weight=1)
def test_deep_encoder_layers(student, torch_rng):
    """The encoder has a 2 x 2 convolution with stride 2 for each width, and a linear layer."""
    encoder, make = deep(student, "DeepEncoder", torch_rng)
    assert_weights(student, encoder, [*DOWN, (LATENT, WIDTHS[-1])], "DeepEncoder((4, 6, 9), 5, 2)")
    wanted = [(shape, False, 2, 0, 0) for shape in DOWN]
    assert_convolutions(student, encoder, make(2), wanted, "the encoder")


@pytest.mark.task("deep_encoder", weight=2)
def test_deep_encoder_activations(student, torch_rng):
    """A ReLU ends each step of the encoder, and none follows the linear layer."""
    name = "the deep encoder"
    for widths, shape in ((WIDTHS[:2], DOWN[1]), (WIDTHS, DOWN[2])):
        encoder, make = deep(student, "DeepEncoder", torch_rng, widths)
        student.probes.set_training(encoder, False)
        cotangent, x = torch.randn(1, LATENT, generator=torch_rng).double(), make(8)
        # The last convolution has one place: its weight's gradient is its input, times a number
        # for each output channel.
        found = weight_gradients(student, encoder, shape, x, cotangent, name)
        assert_rectified(loudest(found, 1), f"convolution {len(widths)}")
        linear = (LATENT, widths[-1])
        found = weight_gradients(student, encoder, linear, x, cotangent, name)
        assert_rectified(found[:, 0], "the linear layer")
        features = found[:, 0] / cotangent[0, 0]
        _, weight = only(student.probes.parameters(encoder), linear, name)
        rest = encoder(x) - features @ weight.T  # the bias, the same for all samples
        hint = "The linear layer is the encoder's last step: a code may have any values."
        expected = rest[:1].expand_as(rest).clone()
        assert_array(rest, expected, name="the code minus weight times input", hint=hint, **EXACT)


def assert_normalises(student, module, x, shapes, axis, name, generator):
    """After each convolution, batch normalisation takes out the scale of every channel.

    In training mode: multiply the weights of each output channel by a factor of its own, and
    nothing changes. Between weights times 1e3 and times up to 3e3 (so that eps and a bias no longer
    matter) values differ by less than 1e-6; without normalisation by a tenth or more.
    """
    student.probes.set_training(module, True)
    state = student.probes.state(module)
    for number, shape in enumerate(shapes, start=1):
        key, weight = only(student.probes.parameters(module), shape, name)
        factors = 1 + 2 * torch.rand(weight.shape[axis], generator=generator).double()
        factors = factors.reshape([-1 if d == axis else 1 for d in range(4)])
        results = []
        for scaled in (weight * 1e3, weight * 1e3 * factors):
            student.probes.load_state(module, state | {key: scaled})
            results.append(module(x))
        student.probes.load_state(module, state)
        assert_array(
            results[1],
            results[0],
            name=f"{name} in training mode, weights of convolution {number} scaled by channel,",
            hint=f"Does batch normalisation follow convolution {number}, before the ReLU?",
            rtol=1e-4,
            atol=1e-5,
        )


def assert_over_the_batch(student, module, x, other, name):
    """Statistics are those of the batch in training mode, and running ones in evaluation mode."""
    student.probes.set_training(module, True)
    mixed = torch.cat([x[:1], other[1:]])
    if (module(x)[0] - module(mixed)[0]).abs().max().item() < 1e-6:
        raise CheckFailure(
            f"in training mode, {name} treats a sample without regard to the rest of its batch",
            expected="batch normalisation with the statistics of the batch",
            actual="the same result beside other samples",
        )
    student.probes.set_training(module, False)
    hint = "Keep nothing on self in forward, and leave the running averages of BatchNorm2d on."
    first = module(x)
    assert_array(module(x), first, name=f"{name} in evaluation mode, again", hint=hint, **EXACT)
    alone = torch.cat([module(sample[None]) for sample in x])
    wanted = f"{name} in evaluation mode, sample by sample"
    assert_array(alone, first, name=wanted, hint=hint, **EXACT)
    student.probes.set_training(module, True)
    module(other * 3 + 1)
    student.probes.set_training(module, False)
    if (module(x) - first).abs().max().item() < 1e-9:
        raise CheckFailure(
            f"training leaves what {name} does in evaluation mode as it was",
            expected="running averages that follow the batches",
            actual="the same result before and after a batch of other values",
        )


@pytest.mark.task("deep_encoder", weight=2)
def test_deep_encoder_normalises(student, torch_rng):
    """Batch normalisation follows each convolution, with running averages for evaluation."""
    encoder, make = deep(student, "DeepEncoder", torch_rng)
    x, other = make(7), make(7)
    name = "the deep encoder"
    assert_normalises(student, encoder, x, DOWN, 0, name, torch_rng)
    assert_over_the_batch(student, encoder, x, other, name)


@pytest.mark.task("deep_encoder", weight=1)
def test_deep_encoder_is_whole(student, torch_rng):
    """Gradients reach every parameter of the encoder, and a state_dict holds all of it."""
    encoder, make = deep(student, "DeepEncoder", torch_rng)
    twin, _ = deep(student, "DeepEncoder", torch_rng)
    # In evaluation mode: in training mode, the gradient of a bias before normalisation is 0.
    student.probes.set_training(encoder, False)
    student.probes.set_training(twin, False)
    assert_whole(student, encoder, twin, make(9), "DeepEncoder", torch_rng)


@pytest.mark.task("deep_decoder", weight=1)
def test_deep_decoder_layers(student, torch_rng):
    """The decoder has a linear layer, and a transposed convolution for each step back."""
    decoder, make = deep(student, "DeepDecoder", torch_rng)
    assert_weights(student, decoder, [*UP, (WIDTHS[-1], LATENT)], "DeepDecoder((4, 6, 9), 5, 2)")
    wanted = [(shape, True, 2, 0, 0) for shape in UP]
    assert_convolutions(student, decoder, make(2), wanted, "the decoder")


@pytest.mark.task("deep_decoder", weight=2)
def test_deep_decoder_activations(student, torch_rng):
    """A ReLU ends each step of the decoder but the last, which ends in a Sigmoid."""
    name = "the deep decoder"
    for widths, shapes in ((WIDTHS[:2], UP[1:]), (WIDTHS, UP)):
        decoder, make = deep(student, "DeepDecoder", torch_rng, widths)
        student.probes.set_training(decoder, False)
        side, z = 2 ** len(widths), make(8)
        # Weights of 2 x 2 with stride 2 do not overlap: four pixels come from one place.
        cotangent = torch.zeros(1, COLOURS, side, side, dtype=torch.float64)
        cotangent[:, 0, 2:4, :2] = 1
        last = weight_gradients(student, decoder, shapes[-1], z, cotangent, name)
        assert_rectified(loudest(last, 2), "the last transposed convolution")
        pixels = decoder(z)[:, 0, 2:4, :2]
        assert_sigmoid(last[:, :, 0], pixels)
        first = weight_gradients(student, decoder, shapes[0], z, cotangent, name)
        values = loudest(first, 2).unflatten(1, (widths[-1], 4)).sum(dim=2)
        # Of numbers without an activation, about half are negative: 2^-(8 * 5) for none.
        if not ((values > 0).any(dim=1) & (values < 0).any(dim=1)).any():
            raise CheckFailure(
                "an activation follows the decoder's linear layer",
                expected="the numbers of the linear layer as they are",
                actual="numbers of one sign",
                hint="The first ReLU comes after the first transposed convolution.",
            )


def assert_sigmoid(gradients, pixels):
    """The slope at each pixel is that of a sigmoid: y (1 - y), up to a factor of the channel.

    Parameters
    ----------
    gradients
        (samples, inputs, 2, 2) of the weight that leads to the pixels (samples, 2, 2).
    """
    strongest = gradients.flatten(2).norm(dim=2).argmax(dim=1)
    slopes = gradients[torch.arange(len(gradients)), strongest].flatten(1)
    alive = slopes.norm(dim=1) > 0  # the ReLU before may give nothing but zeros for a sample
    slopes, y = slopes[alive], pixels.flatten(1)[alive]
    ratio = slopes / slopes.norm(dim=1, keepdim=True)
    wanted = y * (1 - y) / (y * (1 - y)).norm(dim=1, keepdim=True)
    ratio = ratio * torch.sign((ratio * wanted).sum(dim=1, keepdim=True))
    # In float64; a clamp has slopes of 1 or 0.
    if len(y) == 0 or not torch.allclose(ratio, wanted, rtol=1e-6, atol=1e-9):
        raise CheckFailure(
            "the decoder's output is not that of a Sigmoid",
            expected="a Sigmoid of what the last transposed convolution, normalised or not, gives",
            actual="pixels that answer in another way to a change of the last weights",
            hint="Sigmoid alone ends the decoder; no ReLU before it, no clamp.",
        )


@pytest.mark.task("deep_decoder", weight=2)
def test_deep_decoder_normalises(student, torch_rng):
    """Batch normalisation follows each transposed convolution but, if you like, the last."""
    decoder, make = deep(student, "DeepDecoder", torch_rng)
    z, other = make(7), make(7)
    name = "the deep decoder"
    assert_normalises(student, decoder, z, UP[:-1], 1, name, torch_rng)
    assert_over_the_batch(student, decoder, z, other, name)


@pytest.mark.task("deep_decoder", weight=1)
def test_deep_decoder_is_whole(student, torch_rng):
    """Gradients reach every parameter of the decoder, and a state_dict holds all of it."""
    decoder, make = deep(student, "DeepDecoder", torch_rng)
    twin, _ = deep(student, "DeepDecoder", torch_rng)
    student.probes.set_training(decoder, False)
    student.probes.set_training(twin, False)
    assert_whole(student, decoder, twin, make(9), "DeepDecoder", torch_rng)


class Setting:
    """A small network of the grader's beside the student's code, and the same one here."""

    def __init__(self, student, generator):
        self.pixels = images(generator, 77, 6)
        # Unlike faces: the last images are much brighter, so that a smaller last batch counts.
        self.pixels[-13:] = 0.9 + 0.1 * self.pixels[-13:]
        labels = torch.randint(10, (77,), generator=generator)
        self.remote = student.probes.stand_in(6, 4, batchnorm=True)
        self.state = student.probes.state(self.remote)
        self.loader = student.probes.loader(self.pixels, labels, 32)

    def train(self, epochs, lr):
        """Network and losses after training as the exercise describes it."""
        model = stand_in(6, 4, {k: v.clone() for k, v in self.state.items()}, batchnorm=True)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for _ in range(epochs):
            total = 0.0
            for batch in self.pixels.split(32):
                optimizer.zero_grad()
                loss = mse_loss(model(batch), batch)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            losses.append(total / len(self.pixels))
        return model, losses


# Adam divides by the root of the squared gradient, which amplifies the rounding of small gradients;
# fused or foreach versions of Adam agree to about 1e-5 after nine steps.
HISTORY = {"rtol": 1e-3, "atol": 1e-6}


@pytest.mark.task("train_deep", weight=2)
def test_deep_losses_are_true(student, torch_rng):
    """Losses are the means over the samples of each epoch, of Adam on the reconstruction error."""
    setting = Setting(student, torch_rng)
    found = student.conv_deep.train_deep(setting.remote, setting.loader, epochs=3, lr=4e-3)
    _, expected = setting.train(3, 4e-3)
    hint = "One optimizer for all epochs; each batch's loss counts by its number of samples."
    numbers = as_numbers(found, name="train_deep(...)", length=3)
    assert_history(numbers, expected, name="train_deep(...)", hint=hint, **HISTORY)


@pytest.mark.task("train_deep", weight=1)
def test_deep_training_modes(student, torch_rng):
    """Training runs in training mode whatever mode the network comes in, and ends in evaluation."""
    setting = Setting(student, torch_rng)
    student.probes.set_training(setting.remote, False)
    student.conv_deep.train_deep(setting.remote, setting.loader, epochs=2, lr=4e-3)
    expected = setting.train(2, 4e-3)[0].state_dict()
    for key, value in student.probes.state(setting.remote).items():
        if "running" in key:
            name = f"{key}, a running average of batch normalisation,"
            hint = "Call model.train() before the loop: only then do the averages move."
            assert_array(value, expected[key], name=name, rtol=1e-2, atol=1e-4, hint=hint)
    if student.probes.is_training(setting.remote):
        raise CheckFailure(
            "after training, the network is still in training mode",
            expected="evaluation mode",
            actual="training mode",
            hint="Images that are looked at one by one need the running averages: model.eval().",
        )
