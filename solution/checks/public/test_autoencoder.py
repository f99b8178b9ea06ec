"""Public checks of autoencoder.py."""

import pytest
import torch

from grader.checks import assert_tensor


@pytest.mark.task(
    "encoder",
    weight=2,
    gate=True,
    hint="Follow the sizes: 28 -> 14 -> 7, then flatten q2 * 7 * 7 numbers into the linear layer.",
)
def test_code_shape(student, torch_rng):
    """The encoder turns (3, 1, 28, 28) into (3, k)."""
    encoder = student.keep(student.autoencoder.Encoder, 6, 9, 5)
    codes = encoder(torch.rand(3, 1, 28, 28, generator=torch_rng))
    assert_tensor(codes, name="Encoder(6, 9, 5)(x)", shape=(3, 5), dtype=torch.float32)


@pytest.mark.task("encoder", weight=1, hint="No size of the batch may be written into the network.")
def test_batch_sizes(student, torch_rng):
    """The encoder of the lecture (32, 32, 10) takes batches of 1, 2 and 33."""
    encoder = student.keep(student.autoencoder.Encoder, 32, 32, 10)
    for size in (1, 2, 33):
        codes = encoder(torch.rand(size, 1, 28, 28, generator=torch_rng))
        assert_tensor(codes, name=f"the codes of {size} images", shape=(size, 10))


@pytest.mark.task(
    "decoder",
    weight=2,
    gate=True,
    hint="A transposed convolution with stride 2 gives odd sizes unless output_padding=1.",
)
def test_image_shape(student, torch_rng):
    """The decoder turns (3, k) into (3, 1, 28, 28)."""
    decoder = student.keep(student.autoencoder.Decoder, 6, 9, 5)
    images = decoder(torch.randn(3, 5, generator=torch_rng))
    assert_tensor(images, name="Decoder(6, 9, 5)(z)", shape=(3, 1, 28, 28), dtype=torch.float32)


@pytest.mark.task("decoder", weight=1)
def test_values_are_pixels(student, torch_rng):
    """Whatever the code, the decoder's output lies between 0 and 1, for any batch size."""
    decoder = student.keep(student.autoencoder.Decoder, 32, 32, 10)
    for size in (1, 2, 33):
        images = decoder(30 * torch.randn(size, 10, generator=torch_rng))
        name = f"the output for a batch of {size}"
        assert_tensor(images, name=name, shape=(size, 1, 28, 28))
        hint = "Something after the last layer must bound the output."
        assert_tensor(images, name=name, low=0.0, high=1.0, hint=hint)


@pytest.mark.task("autoencoder", weight=1, gate=True)
def test_output(student, torch_rng):
    """The auto-encoder gives an image of the input's size, with values from 0 to 1."""
    model = student.keep(student.autoencoder.AutoEncoder, 32, 32, 10)
    images = model(torch.rand(7, 1, 28, 28, generator=torch_rng))
    assert_tensor(
        images, name="AutoEncoder(32, 32, 10)(x)", shape=(7, 1, 28, 28), low=0.0, high=1.0
    )


@pytest.mark.task(
    "autoencoder", weight=1, hint="Keep the parts as self.encoder and self.decoder, in that order."
)
def test_parts(student, torch_rng):
    """The parts can be used alone: .encoder gives codes, .decoder gives images."""
    model = student.keep(student.autoencoder.AutoEncoder, 6, 9, 5)
    codes = model.encoder(torch.rand(4, 1, 28, 28, generator=torch_rng))
    assert_tensor(codes, name="model.encoder(x)", shape=(4, 5))
    assert_tensor(model.decoder(codes), name="model.decoder(z)", shape=(4, 1, 28, 28))
