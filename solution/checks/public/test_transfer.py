"""Public checks of transfer.py."""

import numpy as np
import pytest
import torch

from grader.checks import CheckFailure, as_numbers, assert_array, assert_tensor

SIZES, DROPOUT = (196, 128, 96, 64, 48, 20), 0.0
"""The networks of the study: on digits of 14 x 14 pixels, without dropout so that runs are short,
and deeper than the lecture's, since pre-training helps deep networks most."""
UNLABELLED, EACH, UNSEEN = 2500, 20, 600
"""Digits without labels; digits of each class with labels; held back."""
PRETRAINING, EPOCHS, LR = 12, 10, 3e-3
"""An epoch of the classifiers is one step: all labelled digits are one batch."""
GAIN = 0.2
"""What pre-training adds to the share of held-back digits that are told right, at least:
solution/calibration/transfer.json."""
LONGER = 40
"""Epochs of a longer training of the classifiers, in which those that begin anew catch up."""
LEARNT = 0.5
"""After it, both tell at least this share right; same record."""
WORSE = 1.45
"""After it, digits that the pre-trained one misreads for each that the other misreads, at most;
same record. Pre-trained after that training, an encoder no longer fits its classifier."""


@pytest.mark.task("augment", weight=1, gate=True)
def test_transformed_image(student, digits):
    """A transformed image has the shape, the dtype and the range of an image."""
    images, _ = digits.tensors(3)
    for image in images:
        found, (after,) = student.observe(student.transfer.random_transform, image)
        name = "random_transform(image)"
        # Interpolation in float32 may overshoot by a few rounding errors.
        assert_tensor(found, name=name, shape=(1, 28, 28), dtype=torch.float32)
        low, high = found.min().item(), found.max().item()
        if low < -1e-5 or high > 1 + 1e-5:
            raise CheckFailure(
                f"{name} leaves [0, 1]", expected="0 to 1", actual=f"{low:.3g} to {high:.3g}"
            )
        assert_array(after, image, name="the argument", rtol=0, atol=0)


@pytest.mark.task("augment", weight=1)
def test_transform_is_random(student, digits):
    """Two calls give different images."""
    images, _ = digits.tensors(20)
    differ = sum(
        not torch.equal(*(student.transfer.random_transform(image) for _ in range(2)))
        for image in images
    )
    if differ < 5:
        raise CheckFailure(
            "the transform does the same in each call",
            expected="other images in each call",
            actual=f"{20 - differ} of 20 images twice the same",
            hint="Draw the angle, the shift or the noise inside the function.",
        )


def pairs(student, generator, count=7):
    """Images (1, 6, 6) of numbers that are all different, labels, and their data set."""
    images = 0.1 + 0.4 * torch.rand(count, 1, 6, 6, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    return images, labels, student.probes.dataset(images, labels)


def dropping(student, p=0.5):
    """A transform of the grader's own: it sets pixels to 0 at random, and doubles the others."""
    return student.item(student.probes.stand_in(6, 4, dropout=p).encoder.layers, 4)


@pytest.mark.task("online", weight=1, gate=True)
def test_online_form(student, torch_rng):
    """The augmented data set has as many pairs as the data set, with the same labels."""
    images, labels, dataset = pairs(student, torch_rng)
    online = student.keep(student.transfer.OnlineAugmented, dataset, dropping(student))
    if student.probes.length(online) != len(images):
        raise CheckFailure(
            "the augmented data set has another length",
            expected=str(len(images)),
            actual=str(student.probes.length(online)),
        )
    for index, (image, label) in enumerate(student.probes.samples(online, range_of(images))):
        assert_tensor(image, name=f"image {index}", shape=(1, 6, 6))
        if int(label) != int(labels[index]):
            raise CheckFailure(f"the label of image {index} has changed")


def range_of(images):
    return list(range(len(images)))


@pytest.mark.task("offline", weight=1, gate=True)
def test_offline_form(student, torch_rng):
    """With three copies of each, the larger data set has four times as many pairs."""
    images, _, dataset = pairs(student, torch_rng)
    larger = student.keep(student.transfer.offline_augmented, dataset, dropping(student), 3)
    if student.probes.length(larger) != 4 * len(images):
        raise CheckFailure(
            "the larger data set has another length",
            expected=f"{len(images)} * (1 + 3) = {4 * len(images)}",
            actual=str(student.probes.length(larger)),
        )
    for image, _ in student.probes.samples(larger, [0, 4 * len(images) - 1]):
        assert_tensor(image, name="an image", shape=(1, 6, 6))


@pytest.mark.timeout(60)  # the first optimizer of a process loads a good part of torch
@pytest.mark.task("pretrain", weight=1, gate=True)
def test_pretraining_moves_both_halves(student, torch_rng):
    """Pre-training moves the weights of encoder and decoder, and reports each epoch."""
    model = student.probes.stand_in(6, 4)
    before = student.probes.parameters(model)
    images = torch.rand(37, 1, 6, 6, generator=torch_rng)
    losses = student.transfer.pretrain(
        model.encoder, model.decoder, images, epochs=3, batch_size=16, lr=1e-2
    )
    as_numbers(losses, name="pretrain(...)", length=3)
    after = student.probes.parameters(model)
    still = [key for key, p in before.items() if torch.equal(p, after[key])]
    if still:
        raise CheckFailure(
            "pre-training does not reach every parameter",
            expected="parameters that have all changed",
            actual=f"unchanged: {', '.join(still)}",
            hint="One optimizer needs the parameters of both halves.",
        )


@pytest.mark.task("classifier", weight=1, gate=True)
def test_scores(student, torch_rng):
    """Images become one score for each class."""
    encoder = student.probes.stand_in(6, 4).encoder
    model = student.keep(student.transfer.Classifier, encoder, 4, 7)
    scores = model(torch.rand(5, 1, 6, 6, generator=torch_rng))
    assert_tensor(scores, name="Classifier(encoder, 4, 7)(x)", shape=(5, 7))


@pytest.mark.timeout(60)  # the first optimizer of a process loads a good part of torch
@pytest.mark.task("train_classifier", weight=1, gate=True)
def test_classifier_training_moves_everything(student, torch_rng):
    """Training moves every parameter, and reports each epoch."""
    model = student.probes.stand_in(6, 10).encoder  # ten codes serve as ten scores
    before = student.probes.parameters(model)
    images = torch.rand(37, 1, 6, 6, generator=torch_rng)
    loader = student.probes.loader(images, torch.randint(10, (37,), generator=torch_rng), 16)
    losses = student.transfer.train_classifier(model, loader, epochs=3, lr=1e-2)
    as_numbers(losses, name="train_classifier(...)", length=3)
    after = student.probes.parameters(model)
    if any(torch.equal(p, after[key]) for key, p in before.items()):
        raise CheckFailure("training does not reach every parameter")


def small(images, order):
    """Digits as (N, 1, 14, 14), their pixels in another order, the same for all.

    To a fully-connected network every order is as good. One that comes trained knows another.
    """
    grey = torch.from_numpy(images.astype(np.float32) / 255)[:, None]
    grey = torch.nn.functional.avg_pool2d(grey, 2).flatten(1)
    return grey[:, order].reshape(-1, 1, 14, 14)


def run_study(student, digits, seed, epochs=EPOCHS):
    """Share of held-back digits that either classifier tells right.

    The labels of these stay with the judge, and of the unlabelled digits only images are handed
    over.
    """
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(196, generator=generator)
    labels = torch.from_numpy(digits.train_labels)
    unlabelled = small(digits.train_images[:UNLABELLED], order)
    rest = torch.arange(UNLABELLED, len(labels))
    few = torch.cat([rest[labels[rest] == digit][:EACH] for digit in range(10)])
    few = few[torch.randperm(len(few), generator=generator)]
    pictures = small(digits.train_images[few.numpy()], order)
    loader = student.probes.loader(pictures, labels[few], len(few), shuffle=True)
    models = student.keep(
        student.transfer.with_and_without,
        unlabelled,
        loader,
        SIZES,
        DROPOUT,
        pretraining_epochs=PRETRAINING,
        epochs=epochs,
        lr=LR,
    )
    unseen = small(digits.images[:UNSEEN], order)
    truth = torch.from_numpy(digits.labels[:UNSEEN])
    found = []
    for place in (0, 1):
        model = student.item(models, place)
        with student.snapshot() as copy:
            scores = copy.probes.evaluate(model, unseen)
        scores = assert_tensor(scores, name="the scores", shape=(UNSEEN, 10))
        found.append((scores.argmax(dim=1) == truth).double().mean().item())
    return found


def misread_ratio(accuracies):
    """Digits that the first classifier misreads for each that the second one misreads."""
    first, second = accuracies
    return (1 - first) / max(1 - second, 1 / UNSEEN)


@pytest.mark.timeout(60)  # the first optimizer of a process loads a good part of torch
@pytest.mark.task("transfer", weight=1, gate=True)
def test_two_classifiers(student, torch_rng):
    """Two different classifiers come back, whose encoders have the sizes asked for."""
    images = torch.rand(40, 1, 4, 4, generator=torch_rng)
    labels = torch.arange(40) % 10
    loader = student.probes.loader(images[:20], labels[:20], 10)
    models = student.keep(
        student.transfer.with_and_without,
        images,
        loader,
        (16, 9, 7),
        0.1,
        pretraining_epochs=1,
        epochs=1,
    )
    scores = []
    for place in (0, 1):
        model = student.item(models, place)
        student.probes.set_training(model, False)
        codes = model.encoder(images[:3])
        assert_tensor(codes, name=f"the codes of classifier {place + 1}", shape=(3, 7))
        scores.append(model(images[:3]))
        assert_tensor(scores[-1], name=f"the scores of classifier {place + 1}", shape=(3, 10))
    if torch.equal(*scores):
        raise CheckFailure("both classifiers are the same one", expected="two networks")


@pytest.mark.timeout(60)  # 490 steps: 15 s on a slow machine where the reference takes 2
@pytest.mark.task("transfer", weight=2)
def test_pretraining_helps(student, digits, seed, metric):
    """In ten steps on 200 labelled digits, the pre-trained classifier learns far more.

    Both are measured on 600 digits that none of your code has seen.
    """
    pretrained, from_scratch = run_study(student, digits, seed)
    metric("accuracy_pretrained", pretrained)
    metric("accuracy_from_scratch", from_scratch)
    if not pretrained - from_scratch > GAIN:
        raise CheckFailure(
            "pre-training does not help as it should",
            expected=f"at least {GAIN:.0%} more of 600 unseen digits told right",
            actual=f"{pretrained:.0%} with pre-training, {from_scratch:.0%} without",
            hint="Is it the pre-trained encoder itself that the first classifier begins with?",
        )


@pytest.mark.timeout(60)  # 480 steps and two times 40: 15 s on a slow machine
@pytest.mark.task("transfer", weight=2)
def test_both_are_trained_alike(student, digits, seed, metric):
    """In 40 steps both classifiers learn the digits, the pre-trained one no worse than the other.

    Measured on 600 digits that none of your code has seen.
    """
    found = run_study(student, digits, seed, LONGER)
    metric("accuracy_least", min(found))
    metric("misread_ratio", misread_ratio(found))
    for name, share in zip(("the first", "the second"), found, strict=True):
        if not share > LEARNT:
            raise CheckFailure(
                f"{name} classifier has not learnt the digits",
                expected=f"more than {LEARNT:.0%} of 600 unseen digits told right in 40 steps",
                actual=f"{share:.0%}",
                hint="Both are trained with train_classifier, with the same epochs and lr.",
            )
    if not misread_ratio(found) < WORSE:
        raise CheckFailure(
            "what pre-training gave is lost again",
            expected=f"at most {WORSE} misread digits for each that the second one misreads",
            actual=f"the first tells {found[0]:.0%} of the digits right, the second {found[1]:.0%}",
            hint="In which order are the encoder and the classifier trained?",
        )
