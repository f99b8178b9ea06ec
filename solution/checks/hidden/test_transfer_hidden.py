"""Hidden checks of transfer.py: augmentation, training, and what pre-training gains."""

import numpy as np
import pytest
import torch
from torch.nn.functional import (
    affine_grid,
    avg_pool2d,
    cross_entropy,
    grid_sample,
    mse_loss,
    normalize,
    one_hot,
)

from grader.checks import (
    CheckFailure,
    as_numbers,
    assert_array,
    assert_gradient_flow,
)
from grader.worker.standins import stand_in

READ = 300
MISREAD = 0.17
"""The share of transformed digits that the grader's own reader may misread; it misreads 4 % of
digits as they are. Distributions are in solution/calibration/transfer.json."""
# Twelve steps of Adam in float64. It divides by roots of squared gradients, which amplifies
# rounding of small ones to 1e-9 or so; the mistakes looked for are beyond 1e-4.
STEPS = {"rtol": 1e-6, "atol": 1e-7}


def registered(images):
    """Digits (N, 1, 28, 28) with their centre of mass in the middle, blurred, as unit vectors."""
    count, _, height, width = images.shape
    mass = images.sum(dim=(1, 2, 3)).clamp(min=1e-6)
    across = torch.linspace(-1, 1, width) * (width - 1) / width
    down = torch.linspace(-1, 1, height) * (height - 1) / height
    matrix = torch.eye(2, 3).repeat(count, 1, 1)
    matrix[:, 0, 2] = (images.sum(dim=(1, 2)) * across).sum(dim=1) / mass
    matrix[:, 1, 2] = (images.sum(dim=(1, 3)) * down).sum(dim=1) / mass
    grid = affine_grid(matrix, list(images.shape), align_corners=False)
    rows = avg_pool2d(grid_sample(images, grid, align_corners=False), 3, 1, 1).flatten(1)
    return normalize(rows - rows.mean(dim=1, keepdim=True), dim=1)


def misread(digits, images, labels):
    """The share of digits that the grader's reader, the vote of five neighbours, gets wrong."""
    known = torch.from_numpy(digits.train_images.astype(np.float32) / 255)[:, None]
    near = (registered(images) @ registered(known).T).topk(5, dim=1).indices
    votes = one_hot(torch.from_numpy(digits.train_labels)[near], 10).sum(dim=1)
    return (votes.argmax(dim=1) != labels).double().mean().item()


@pytest.mark.task("augment", weight=2)
def test_labels_stay_right(student, digits, metric):
    """Transformed digits can be read as well as digits, or nearly so; most are changed."""
    images, labels = digits.tensors(READ)
    found = torch.stack([student.transfer.random_transform(image) for image in images])
    share = misread(digits, found.float(), labels)
    metric("misread", share)
    changed = sum(not torch.equal(a, b) for a, b in zip(found, images, strict=True))
    if changed < READ // 3:
        raise CheckFailure(
            "the transform leaves most images as they are",
            expected="most of them changed",
            actual=f"{changed} of {READ}",
        )
    if not share < MISREAD:
        raise CheckFailure(
            "after the transform, digits cannot be read any more, or are read as others",
            expected=f"at most {MISREAD:.0%} misread by the grader's reader",
            actual=f"{share:.0%} misread; of digits as they are, 4 %",
            hint="Look at twenty transformed digits. Can you tell which they were?",
        )


def pairs(student, generator, count=7):
    """Images (1, 6, 6) of numbers that are all different, labels, and their data set."""
    images = 0.1 + 0.4 * torch.rand(count, 1, 6, 6, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    return images, labels, student.probes.dataset(images, labels)


def dropping(student, p=0.5):
    """A transform of the grader's own: it sets pixels to 0 at random, and doubles the others."""
    return student.item(student.probes.stand_in(6, 4, dropout=p).encoder.layers, 4)


def is_dropped(found, image):
    """Whether pixels are those of an image, doubled, or 0."""
    return bool(((found == 0) | torch.isclose(found, 2 * image)).all()) and bool((found > 0).any())


@pytest.mark.task("online", weight=2)
def test_each_draw_is_fresh(student, torch_rng):
    """Each draw transforms the original image once, afresh, and the data set stays as it is."""
    images, labels, dataset = pairs(student, torch_rng)
    online = student.keep(student.transfer.OnlineAugmented, dataset, dropping(student))
    indices = [4, 2, 4, 4, 0, 2]
    drawn = student.probes.samples(online, indices)
    for index, (image, label) in zip(indices, drawn, strict=True):
        if torch.equal(image, images[index]):
            raise CheckFailure(f"image {index} was not transformed")
        if not is_dropped(image, images[index]):
            raise CheckFailure(
                f"image {index} was not transformed once, from the original",
                expected="transform(image)",
                actual="another image, or one transformed several times",
                hint="Keep the data set as it is; transform in __getitem__.",
            )
        if int(label) != int(labels[index]):
            raise CheckFailure(f"the label of image {index} has changed")
    # 36 pixels fall alike twice with a probability of 2^-36.
    for a, b in ((0, 2), (2, 3), (1, 5)):
        if torch.equal(drawn[a][0], drawn[b][0]):
            raise CheckFailure(
                "two draws of one image give the same",
                expected="a fresh transform in each draw",
                actual="the same image",
                hint="When does your code call the transform?",
            )
    before = student.probes.samples(dataset, [0, 2, 4])
    if not all(torch.equal(a[0], images[i]) for a, i in zip(before, (0, 2, 4), strict=True)):
        raise CheckFailure("the data set itself was changed")


@pytest.mark.task("offline", weight=2)
def test_larger_set_is_fixed(student, torch_rng):
    """Each image and its transformed versions, each another one, with its label, for good."""
    images, labels, dataset = pairs(student, torch_rng)
    larger = student.keep(student.transfer.offline_augmented, dataset, dropping(student), 3)
    every = list(range(4 * len(images)))
    drawn = student.probes.samples(larger, every)
    again = student.probes.samples(larger, every)
    if not all(torch.equal(a[0], b[0]) for a, b in zip(drawn, again, strict=True)):
        raise CheckFailure(
            "an index gives another image when it is asked again",
            expected="a fixed data set",
            hint="Transform while the data set is made, not while it is read.",
        )
    for number, (image, label) in enumerate(zip(images, labels, strict=True), start=1):
        own = [(x, y) for x, y in drawn if is_dropped(x, image)]
        same = [(x, y) for x, y in drawn if torch.equal(x, image)]
        if len(same) != 1 or len(own) != 3:
            raise CheckFailure(
                f"image {number} is not there as often as it should be",
                expected="once as it is, and 3 times transformed from the original",
                actual=f"{len(same)} times as it is, {len(own)} times transformed",
            )
        if any(int(y) != int(label) for _, y in own + same):
            raise CheckFailure(f"a version of image {number} has another label than the image")
        if any(torch.equal(own[a][0], own[b][0]) for a, b in ((0, 1), (1, 2), (0, 2))):
            raise CheckFailure(
                f"the versions of image {number} are all the same",
                expected="one call of the transform for each version",
                hint="How often is the transform called for one image?",
            )


def double(student, side, k, **options):
    """A network in float64, beside the student's code and here."""
    remote = student.probes.as_dtype(student.probes.stand_in(side, k, **options), "float64")
    state = {key: value.clone() for key, value in student.probes.state(remote).items()}
    twin = stand_in(side, k, **options).double()
    twin.load_state_dict(state)
    return remote, twin


def uneven(generator, count=37, side=5):
    """Images of which the last are much brighter, so that a smaller last batch counts."""
    images = torch.rand(count, 1, side, side, generator=generator, dtype=torch.float64)
    images[-5:] = 0.8 + 0.2 * images[-5:]
    return images


@pytest.mark.task("pretrain", weight=2)
def test_pretraining_steps_are_right(student, torch_rng):
    """With all images in one batch, the parameters are those of Adam on the mean squared error."""
    remote, twin = double(student, 5, 4, batchnorm=True)
    images = uneven(torch_rng)
    student.probes.set_training(remote.encoder, False)
    student.transfer.pretrain(
        remote.encoder, remote.decoder, images, epochs=6, batch_size=37, lr=4e-3
    )
    adam = torch.optim.Adam(twin.parameters(), lr=4e-3)
    twin.train()
    for _ in range(6):
        adam.zero_grad()
        mse_loss(twin(images), images).backward()
        adam.step()
    hint = "One Adam for both halves; training mode; the mean squared error to the images."
    after = student.probes.state(remote)
    for key, value in twin.state_dict().items():
        name = f"{key} after six steps"
        assert_array(after[key].double(), value.double(), name=name, hint=hint, **STEPS)
    if student.probes.is_training(remote.encoder) or student.probes.is_training(remote.decoder):
        raise CheckFailure("pre-training ends in training mode", expected="evaluation mode")


@pytest.mark.task("pretrain", weight=1)
def test_pretraining_takes_every_image(student, torch_rng):
    """Each epoch takes each image once, in a random order, and reports the mean over images.

    With learning rate 0 the network stays as it is, and the loss of each image with it.
    """
    remote, twin = double(student, 5, 4)
    images = uneven(torch_rng)
    pretrain = student.transfer.pretrain
    found = pretrain(remote.encoder, remote.decoder, images, epochs=3, batch_size=16, lr=0.0)
    with torch.no_grad():
        expected = mse_loss(twin(images), images).item()
    found = torch.tensor(as_numbers(found, name="pretrain(...)", length=3), dtype=torch.float64)
    hint = "A smaller last batch counts by its number of images; no image comes twice."
    # float32 sums inside; a mean of batch means is off by 1e-2.
    name = "the losses with learning rate 0"
    assert_array(found, expected + 0 * found, name=name, rtol=1e-5, atol=0, hint=hint)
    results = []
    for seed in (1, 2):
        student.probes.load_state(remote, dict(twin.state_dict()))
        student.seed(seed)
        pretrain(remote.encoder, remote.decoder, images, epochs=2, batch_size=16, lr=1e-2)
        results.append(student.probes.state(remote))
    if all(torch.equal(value, results[1][key]) for key, value in results[0].items()):
        raise CheckFailure(
            "images come in the same order with every seed",
            expected="a new random order in each epoch",
            hint="DataLoader(images, batch_size, shuffle=True), or torch.randperm.",
        )


@pytest.mark.task("classifier", weight=2)
def test_encoder_is_used(student, torch_rng):
    """The encoder given is part of the classifier: changed, it changes scores; gradients reach it.

    Scores are a linear layer's.
    """
    encoder = student.probes.as_dtype(student.probes.stand_in(6, 4).encoder, "float64")
    model = student.keep(student.transfer.Classifier, encoder, 4, 7)
    model = student.probes.as_dtype(model, "float64")
    student.probes.set_training(model, False)
    x = torch.rand(5, 1, 6, 6, generator=torch_rng, dtype=torch.float64)
    before = model(x)
    cotangent = torch.randn(5, 7, generator=torch_rng, dtype=torch.float64)
    found = student.probes.gradients(model, x, cotangent)["parameters"]
    assert_gradient_flow(found, name="Classifier", hint="The encoder is trained along: no detach.")
    own = student.probes.state(encoder)
    whole = student.probes.state(model)
    student.probes.load_state(encoder, {key: -3 * value for key, value in own.items()})
    if torch.equal(model(x), before):
        raise CheckFailure(
            "the classifier does not use the encoder that it was given",
            expected="scores that change with the encoder",
            actual="the same scores",
            hint="Keep the object itself, not a copy or a new one.",
        )
    student.probes.load_state(model, whole)
    head = {tuple(p.shape): p for p in whole.values()}
    if not {(7, 4), (7,)} <= set(head):
        raise CheckFailure(
            "the head is not one linear layer",
            expected="a weight (7, 4) and a bias (7,) for Classifier(encoder, 4, 7)",
            actual=", ".join(map(str, head)),
        )
    scores = encoder(x) @ head[7, 4].T + head[7,]
    hint = "Nothing follows the linear layer; cross_entropy has the softmax inside."
    # Sums of four products in float64.
    assert_array(model(x), scores, name="the scores", rtol=1e-9, atol=1e-11, hint=hint)


@pytest.mark.task("train_classifier", weight=2)
def test_classifier_steps_are_right(student, torch_rng):
    """Each batch takes one step of Adam on the cross-entropy, in training mode."""
    remote, twin = double(student, 5, 10, batchnorm=True)
    images = uneven(torch_rng)
    labels = torch.randint(10, (37,), generator=torch_rng)
    loader = student.probes.loader(images, labels, 16)
    student.probes.set_training(remote, False)
    student.transfer.train_classifier(remote.encoder, loader, epochs=4, lr=4e-3)
    model = twin.encoder
    adam = torch.optim.Adam(model.parameters(), lr=4e-3)
    model.train()
    for _ in range(4):
        for x, y in zip(images.split(16), labels.split(16), strict=True):
            loss = cross_entropy(model(x), y)
            adam.zero_grad()
            loss.backward()
            adam.step()
    after = student.probes.state(remote.encoder)
    for key, value in model.state_dict().items():
        name = f"{key} after four epochs"
        hint = "Scores and labels go into cross_entropy as they are."
        assert_array(after[key].double(), value.double(), name=name, hint=hint, **STEPS)
    if student.probes.is_training(remote.encoder):
        raise CheckFailure("training ends in training mode", expected="evaluation mode")


@pytest.mark.task("train_classifier", weight=1)
def test_classifier_losses_are_true(student, torch_rng):
    """The losses reported are means over all images.

    With learning rate 0 the network stays as it is, and the loss of each image with it.
    """
    remote, twin = double(student, 5, 10)
    images = uneven(torch_rng)
    with torch.no_grad():
        # The last images get the labels that the network thinks of least: a loss of their own.
        labels = twin.encoder(images).argmax(dim=1)
        labels[-5:] = twin.encoder(images[-5:]).argmin(dim=1)
        expected = cross_entropy(twin.encoder(images), labels).item()
    loader = student.probes.loader(images, labels, 16)
    found = student.transfer.train_classifier(remote.encoder, loader, epochs=2, lr=0.0)
    found = torch.tensor(as_numbers(found, name="the losses", length=2), dtype=torch.float64)
    hint = "A smaller last batch counts by its number of images."
    name = "the losses with learning rate 0"
    assert_array(found, expected + 0 * found, name=name, rtol=1e-5, atol=0, hint=hint)
