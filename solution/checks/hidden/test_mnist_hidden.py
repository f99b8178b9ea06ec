"""Hidden checks of mnist.py."""

import numpy as np
import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_number,
    assert_array,
    assert_tensor,
    unpack,
)


@pytest.mark.task("datasets", weight=3, hint="Are pixels changed by more than ToTensor()?")
def test_pixels_and_labels(student, data, digits, rng):
    """Pixels are those of the files divided by 255, labels belong to their images."""
    sets = unpack(student.mnist.load_datasets(str(data)), 2, name="load_datasets")
    files = (
        (digits.train_images, digits.train_labels, "training"),
        (digits.images, digits.labels, "validation"),
    )
    for dataset, (images, labels, name) in zip(sets, files, strict=True):
        chosen = sorted(int(i) for i in rng.choice(len(images), 20, replace=False))
        for index, sample in zip(chosen, student.probes.samples(dataset, chosen), strict=True):
            image, label = unpack(sample, 2, name="a sample")
            expected = torch.from_numpy(images[index].astype(np.float32) / 255)[None]
            # ToTensor divides by 255 in float32; other orders of the same division differ by at
            # most one unit in the last place, 6e-8 at values up to 1.
            assert_array(image, expected, name=f"a {name} image", rtol=0, atol=1e-6)
            if as_number(label, name="a label") != labels[index]:
                raise CheckFailure(
                    f"label {index} of the {name} set does not belong to its image",
                    expected=str(labels[index]),
                    actual=str(label),
                )


def marked_sets(student):
    """Data sets whose samples carry their own number, so that an order can be read off."""
    sets = []
    for count in (77, 230):
        images = (torch.arange(count, dtype=torch.float32) / count)[:, None, None, None]
        sets.append(student.probes.dataset(images.repeat(1, 1, 28, 28), torch.arange(count)))
    return sets


def orders(student, loader):
    """The order of samples in one pass over a loader."""
    batches = [unpack(b, 2, name="a batch") for b in student.probes.batches(loader, 100)]
    for _, labels in batches:
        assert_tensor(labels, name="the labels of a batch")
    return [int(n) for _, labels in batches for n in labels.flatten()]


@pytest.mark.task("loaders", weight=2, hint="The training loader takes shuffle=True.")
def test_training_is_shuffled(student):
    """Each epoch sees the training digits in a fresh random order, each of them once."""
    # Two fair shuffles of 77 samples agree with probability 1/77!, below 1e-100.
    made = student.mnist.make_loaders(*marked_sets(student))
    loader, _ = unpack(made, 2, name="make_loaders")
    first, second = orders(student, loader), orders(student, loader)
    for order in (first, second):
        if sorted(order) != list(range(77)):
            raise CheckFailure("an epoch does not give each training digit exactly once")
    if first == list(range(77)):
        raise CheckFailure("the training digits come in the order of the files")
    if first == second:
        raise CheckFailure("two epochs see the training digits in the same order")


@pytest.mark.task("loaders", weight=2, hint="The validation loader does not shuffle.")
def test_validation_is_in_order(student):
    """Validation digits come in the order of the data set."""
    made = student.mnist.make_loaders(*marked_sets(student))
    _, loader = unpack(made, 2, name="make_loaders")
    if orders(student, loader) != list(range(230)):
        raise CheckFailure("the validation digits do not come in the order of the data set")
