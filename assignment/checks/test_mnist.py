"""Public checks of mnist.py."""

import pytest
import torch

from grader.checks import (
    CheckFailure,
    assert_tensor,
    unpack,
)


def two(value, name):
    return unpack(value, 2, name=name, hint="Return both parts: (training, validation).")


@pytest.mark.task("datasets", weight=2, gate=True, hint="Return both parts: (train, validation).")
def test_sizes(student, data, digits):
    """The training and the validation set have all their digits."""
    train, validation = two(student.mnist.load_datasets(str(data)), "load_datasets")
    expected = (len(digits.train_images), len(digits.images))
    actual = (student.probes.length(train), student.probes.length(validation))
    if actual != expected:
        raise CheckFailure(
            "the sets have the wrong number of digits",
            expected=f"{expected[0]} for training and {expected[1]} for validation",
            actual=f"{actual[0]} and {actual[1]}",
            hint="MNIST(root, train=True) gives one part, train=False the other.",
        )


@pytest.mark.task("datasets", weight=1)
def test_images_are_tensors(student, data):
    """An image is a float32 tensor of shape (1, 28, 28) with values from 0 to 1."""
    train, _ = two(student.mnist.load_datasets(str(data)), "load_datasets")
    image, _ = unpack(student.probes.samples(train, [7])[0], 2, name="a sample")
    assert_tensor(
        image,
        name="an image of the training set",
        shape=(1, 28, 28),
        dtype=torch.float32,
        low=0.0,
        high=1.0,
        hint="The transform is ToTensor() and nothing else.",
    )


def small_sets(student, digits):
    """Two data sets of our own: 77 and 230 digits, sizes that no batch size divides."""
    part, labels = digits.tensors(77)
    rest, rest_labels = digits.tensors(230, start=77)
    return student.probes.dataset(part, labels), student.probes.dataset(rest, rest_labels)


@pytest.mark.task("loaders", weight=1, gate=True)
def test_batch_sizes(student, digits):
    """Training batches hold 32 digits, validation batches 100."""
    loaders = two(student.mnist.make_loaders(*small_sets(student, digits)), "make_loaders")
    for loader, name, size in zip(loaders, ("training", "validation"), (32, 100), strict=True):
        images, _ = unpack(student.probes.batches(loader, 1)[0], 2, name=f"a {name} batch")
        assert_tensor(images, name=f"the first {name} batch", shape=(size, 1, 28, 28))


@pytest.mark.task("loaders", weight=1, hint="Look at drop_last: no digit may be left out.")
def test_every_digit_comes_once(student, digits):
    """One pass over a loader gives every digit, the last smaller batch included."""
    loaders = two(student.mnist.make_loaders(*small_sets(student, digits)), "make_loaders")
    for loader, name, total in zip(loaders, ("training", "validation"), (77, 230), strict=True):
        batches = student.probes.batches(loader, 100)
        count = sum(len(unpack(batch, 2, name=f"a {name} batch")[0]) for batch in batches)
        if count != total:
            raise CheckFailure(
                f"one pass over the {name} loader gives the wrong number of digits",
                expected=f"{total} digits",
                actual=f"{count} digits",
            )
