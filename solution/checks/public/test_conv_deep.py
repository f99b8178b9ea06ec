"""Public checks of conv_deep.py."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from grader.checks import CheckFailure, as_numbers, assert_loss_below, assert_tensor, unpack

CHANNELS = (5, 7, 11)
WIDTHS = (4, 6, 9)
LATENT = 5
# The lecture's network, without what is free: biases of convolutions, and batch normalisation at
# the very end. Weights of convolutions 4 * (3 * 32 + 32 * 64 + ... + 1024 * 1024) = 6,988,160 in
# each half; batch normalisation 2 * 3,040 in the encoder and 2 * 2,016 in the decoder; the linear
# layers 1,024 * 64 + 64 and 64 * 1,024 + 1,024.
ENCODER = 6_988_160 + 6_080 + 65_600
DECODER = 6_988_160 + 4_032 + 66_560
ENCODER_FREE = 3_040  # biases of convolutions
DECODER_FREE = 2_019 + 2 * 3  # the same, and batch normalisation of three channels

SIZES = ((16, 32, 64, 64), 16, 3)
"""Widths, length of a code and channels of the training run: the network scaled down to 16 x 16."""
TRAINING, UNSEEN, BATCH = 1600, 400, 32
EPOCHS, LR = 4, 3e-3
THRESHOLD = 0.035
"""Mean squared error on unseen digits after 200 steps, between what right networks reach and what
wrong ones do; the distributions are in solution/calibration/deep.json."""


def images(generator, count, side=28, channels=1):
    return torch.rand(count, channels, side, side, generator=generator)


def assert_count(student, module, least, free, name):
    """The number of parameters, give or take those that are free."""
    shapes = [tuple(p.shape) for p in student.probes.parameters(module).values()]
    count = sum(torch.Size(shape).numel() for shape in shapes)
    if not least <= count <= least + free:
        raise CheckFailure(
            f"{name} has {count:,} parameters",
            expected=f"{least:,} to {least + free:,}, depending on your choice of biases",
            actual=f"{count:,}",
            hint="Work out the parameters of each layer, and compare with those of your network.",
        )


@pytest.mark.task(
    "strided_autoencoder",
    weight=1,
    gate=True,
    hint="Follow the sizes: 28 -> 14 -> 7 -> 1 and back. The 7 x 7 kernels have no padding.",
)
def test_strided_shapes(student, torch_rng):
    """Lecture 002's network turns (3, 1, 28, 28) into codes (3, c3, 1, 1) and into images."""
    model = student.keep(student.conv_deep.StridedAutoEncoder, CHANNELS)
    x = images(torch_rng, 3)
    codes = model.encoder(x)
    assert_tensor(codes, name="model.encoder(x)", shape=(3, 11, 1, 1), dtype=torch.float32)
    assert_tensor(model.decoder(codes), name="model.decoder(code)", shape=(3, 1, 28, 28))
    assert_tensor(model(x), name="StridedAutoEncoder((5, 7, 11))(x)", shape=(3, 1, 28, 28))


@pytest.mark.task("strided_autoencoder", weight=1, hint="A Sigmoid is the last layer.")
def test_strided_pixels(student, torch_rng):
    """Whatever the code, the output lies between 0 and 1; batches of 1 and 33 work."""
    model = student.keep(student.conv_deep.StridedAutoEncoder)
    for size in (1, 33):
        codes = 30 * torch.randn(size, 64, 1, 1, generator=torch_rng)
        name = f"the output for a batch of {size}"
        assert_tensor(model.decoder(codes), name=name, shape=(size, 1, 28, 28), low=0.0, high=1.0)


@pytest.mark.task("pooling_autoencoder", weight=1, gate=True)
def test_pooling_shapes(student, torch_rng):
    """The network with pooling gives codes, the indices of both poolings, and images."""
    model = student.keep(student.conv_deep.PoolingAutoEncoder, CHANNELS)
    x = images(torch_rng, 3)
    code, indices = unpack(model.encode(x), 2, name="model.encode(x)")
    assert_tensor(code, name="the code", shape=(3, 11, 1, 1), dtype=torch.float32)
    first, second = unpack(indices, 2, name="the indices of model.encode(x)")
    hint = "nn.MaxPool2d(2, return_indices=True) gives the pooled map and the indices."
    for name, found, shape in (
        ("first", first, (3, 5, 14, 14)),
        ("second", second, (3, 7, 7, 7)),
    ):
        name = f"the indices of the {name} pooling"
        assert_tensor(found, name=name, shape=shape, dtype=torch.int64, hint=hint)
    assert_tensor(
        model.decode(code, [first, second]),
        name="model.decode(code, indices)",
        shape=(3, 1, 28, 28),
        low=0.0,
        high=1.0,
    )


@pytest.mark.task(
    "deep_encoder",
    weight=2,
    gate=True,
    hint="Each step halves the size. Where widths has three numbers, there are three steps.",
)
def test_deep_code_shape(student, torch_rng):
    """The deep encoder turns (2, 2, 8, 8) into (2, latent) with three widths."""
    encoder = student.keep(student.conv_deep.DeepEncoder, WIDTHS, LATENT, 2)
    codes = encoder(images(torch_rng, 2, side=8, channels=2))
    assert_tensor(codes, name="DeepEncoder((4, 6, 9), 5, 2)(x)", shape=(2, 5), dtype=torch.float32)


@pytest.mark.task("deep_encoder", weight=1)
def test_full_size_encoder(student, torch_rng):
    """The lecture's encoder turns 128 x 128 pixels into 64 numbers, and has 7.06 M parameters."""
    encoder = student.keep(student.conv_deep.DeepEncoder)
    student.probes.set_training(encoder, False)
    codes = encoder(images(torch_rng, 1, side=128, channels=3))
    assert_tensor(codes, name="DeepEncoder()(x)", shape=(1, 64))
    assert_count(student, encoder, ENCODER, ENCODER_FREE, "DeepEncoder()")


@pytest.mark.task(
    "deep_decoder",
    weight=2,
    gate=True,
    hint="After the linear layer there is a map of 1 x 1 pixel; each step doubles the size.",
)
def test_deep_image_shape(student, torch_rng):
    """The deep decoder turns (3, latent) into (3, 2, 8, 8) with three widths."""
    decoder = student.keep(student.conv_deep.DeepDecoder, WIDTHS, LATENT, 2)
    found = decoder(torch.randn(3, LATENT, generator=torch_rng))
    name = "DeepDecoder((4, 6, 9), 5, 2)(z)"
    assert_tensor(found, name=name, shape=(3, 2, 8, 8), dtype=torch.float32, low=0.0, high=1.0)


@pytest.mark.task("deep_decoder", weight=1)
def test_full_size_decoder(student, torch_rng):
    """The lecture's decoder turns 64 numbers into 128 x 128 pixels, and has 7.06 M parameters."""
    decoder = student.keep(student.conv_deep.DeepDecoder)
    student.probes.set_training(decoder, False)
    found = decoder(torch.randn(1, 64, generator=torch_rng))
    assert_tensor(found, name="DeepDecoder()(z)", shape=(1, 3, 128, 128), low=0.0, high=1.0)
    assert_count(student, decoder, DECODER, DECODER_FREE, "DeepDecoder()")


@pytest.mark.task("train_deep", weight=1, gate=True)
def test_deep_losses(student, torch_rng):
    """train_deep trains the network, and returns one loss for each epoch."""
    model = student.probes.stand_in(6, 4, batchnorm=True)
    before = student.probes.state(model)
    labels = torch.randint(10, (77,), generator=torch_rng)
    loader = student.probes.loader(images(torch_rng, 77, side=6), labels, 32)
    losses = student.conv_deep.train_deep(model, loader, epochs=3, lr=4e-3)
    as_numbers(losses, name="train_deep(...)", length=3, hint="Collect loss.item(), a number.")
    after = student.probes.state(model)
    if any(torch.equal(before[key], after[key]) for key in before if key.endswith("weight")):
        raise CheckFailure(
            "a weight has not changed",
            expected="weights that move in each step",
            actual="the weights of before",
            hint="Each batch needs loss.backward() and optimizer.step().",
        )


def coloured(digits, generator, quarters):
    """Digits (N, 28, 28) as (N, 3, 16, 16) in [0, 1], turned, in one random colour on another."""
    grey = torch.from_numpy(digits.astype(np.float32) / 255)[:, None]
    grey = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(grey, (2, 2, 2, 2)), 2)
    grey = torch.rot90(grey, quarters, (2, 3))
    ink, paper = torch.rand(2, len(grey), 3, 1, 1, generator=generator)
    return ink * grey + paper * (1 - grey)


def run_deep(student, digits, seed):
    """Train the student's network with the student's loop; unseen images and what it makes of them.

    Codes come from one copy of the process. Another, which has the parameters and has never seen
    an image, decodes them.
    """
    generator = torch.Generator().manual_seed(seed)
    quarters = 1 + 2 * (seed % 2)  # to either side: a network that comes trained knows them upright
    training = coloured(digits.train_images[:TRAINING], generator, quarters)
    labels = torch.from_numpy(digits.train_labels[:TRAINING])
    unseen = coloured(digits.images[:UNSEEN], generator, quarters)
    loader = student.probes.loader(training, labels, BATCH, shuffle=True)
    model = student.keep(student.conv_deep.DeepAutoEncoder, *SIZES)
    student.conv_deep.train_deep(model, loader, epochs=EPOCHS, lr=LR)
    state = student.probes.state(model)
    with student.snapshot() as copy:
        codes = copy.probes.evaluate(model.encoder, unseen)
    codes = assert_tensor(codes, name="the codes", shape=(UNSEEN, SIZES[1]))
    with student.anew() as other:
        twin = other.keep(other.conv_deep.DeepAutoEncoder, *SIZES)
        other.keep(twin, unseen[:2])  # lazily built layers get their shapes here
        other.probes.load_state(twin, state)
        outputs = other.probes.evaluate(twin.decoder, codes)
    return unseen, assert_tensor(outputs, name="the decoded images", shape=tuple(unseen.shape))


def picture(unseen, outputs, count=12):
    """Digits above and what the student's network makes of them below, as PNG."""
    rows = torch.stack([unseen[:count], outputs[:count]]).nan_to_num(0).clip(0, 1)
    pixels = (rows * 255).round().byte().permute(0, 3, 1, 4, 2).reshape(32, 16 * count, 3)
    content = io.BytesIO()
    Image.fromarray(pixels.numpy()).save(content, "png")
    return content.getvalue()


@pytest.mark.timeout(60)  # 200 steps: 10 s where the reference takes 2
@pytest.mark.task("train_deep", weight=2, depends=["deep_encoder", "deep_decoder"])
def test_deep_network_learns(student, digits, seed, metric, artifact):
    """A short run of a small deep network brings the loss on unseen digits below the mean image.

    Digits are encoded in one process and decoded in another, to which only codes and parameters go.
    """
    unseen, outputs = run_deep(student, digits, seed)
    loss = torch.mean((outputs - unseen) ** 2, dtype=torch.float64).item()
    metric("deep_mse", loss)
    artifact("deep_reconstructions.png", picture(unseen, outputs))
    assert_loss_below(
        loss,
        THRESHOLD,
        name="the loss on 400 unseen digits",
        context="predicting the mean image for every digit gives 0.078",
        hint="Is the network in training mode while it learns, and in evaluation mode afterwards?",
    )
