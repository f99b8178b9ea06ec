"""Hidden checks of faces.py: the sweep over codes, and faces learnt by heart."""

import importlib.util
import sys

import pytest
import torch

from grader.checks import (
    CheckFailure,
    as_numbers,
    assert_array,
    assert_loss_below,
    unpack,
)

LATENTS, WIDTHS = (2, 5, 3), (4, 6)
SEEN, EPOCHS, LR = 8, 120, 1e-2
"""Faces to be learnt by heart, steps, learning rate; the network and faces of 16 x 16 pixels."""
HEART_WIDTHS, HEART_LATENT, SIDE = (16, 32, 64, 64), 24, 16
HEART_THRESHOLD = 0.012
"""Mean squared error on the faces that were learnt by heart."""
GAP_THRESHOLD = 2.5
"""Error on faces that the judge never handed out, as a multiple of that on those learnt by heart.
Both lie between what right and wrong implementations reach: solution/calibration/faces.json."""


def drawn(data, count, seed, size):
    """Faces of the generator in the data folder, (count, 3, size, size)."""
    # With --data data/full, the generator lies above.
    path = next(p for p in (data / "faces.py", data.parent / "faces.py") if p.is_file())
    spec = importlib.util.spec_from_file_location("drawn_faces", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    images, _ = module.draw_faces(count, seed, size)
    return torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255


def swept(student, images, batch, epochs, lr):
    """What comes of a sweep over three lengths: networks, which stay where they are, and losses."""
    labels = torch.zeros(len(images), dtype=torch.int64)
    loader = student.probes.loader(images, labels, batch)
    result = student.keep(student.faces.train_latents, loader, LATENTS, WIDTHS, epochs, lr)
    networks, losses = student.item(result, 0), student.item(result, 1)
    return (
        {latent: student.item(networks, latent) for latent in LATENTS},
        {latent: student.value(student.item(losses, latent)) for latent in LATENTS},
    )


@pytest.mark.task("train_latents", weight=1)
def test_losses_of_the_sweep_are_true(student, torch_rng):
    """Losses are means over the images of an epoch, each counted once, in training mode.

    With learning rate 0 weights stay as they are, and in training mode so does what a batch gives.
    """
    images = torch.rand(11, 3, 4, 4, generator=torch_rng)
    images[-3:] = images[-3:].round()  # harder than the others, so that a smaller batch counts
    networks, losses = swept(student, images, 4, 2, 0.0)
    for latent, network in networks.items():
        student.probes.set_training(network, True)
        parts = images.split(4)
        errors = [(network(part) - part).square().mean().item() for part in parts]
        samples = [len(part) for part in parts]
        mean = sum(e * n for e, n in zip(errors, samples, strict=True)) / len(images)
        others = {
            "means of the batches' means": sum(errors) / len(errors),
            "those of the last batch": errors[-1],
            "sums over the batches": sum(errors),
            "sums over the images": mean * len(images),
            "sums over the pixels of an image": mean * 48,
        }
        for loss in as_numbers(losses[latent], name=f"losses[{latent}]", length=2):
            for what, other in others.items():
                if abs(loss - other) < 1e-5 * other < 0.1 * abs(other - mean):
                    raise CheckFailure(
                        f"the losses are {what}",
                        expected="the mean squared error of an epoch, each image counted once",
                        actual=what,
                    )
            # float32 means of 200 numbers: 1e-6; the smaller batch makes 1e-2.
            name = f"a loss of the network with latent {latent}"
            assert_array(loss, mean, name=name, rtol=1e-4, atol=1e-7)


@pytest.mark.task("train_latents", weight=1)
def test_networks_of_the_sweep_share_nothing(student, torch_rng):
    """Each network is its own: all its weights are trained, and to change one changes no other."""
    networks, _ = swept(student, torch.rand(9, 3, 4, 4, generator=torch_rng), 3, 2, 1e-2)
    before = {latent: student.probes.state(network) for latent, network in networks.items()}
    for latent, state in before.items():
        # Scales of batch normalisation begin at 1, and every one gets a gradient.
        still = [k for k, v in state.items() if k.endswith("1.weight") and torch.all(v == 1)]
        if still:
            raise CheckFailure(
                f"the network with latent {latent} was not trained",
                expected="scales of batch normalisation that have moved",
                actual="all of them at 1, where they begin",
                hint="For which parameters did you make the optimizer?",
            )
    first = LATENTS[0]
    zeros = {key: 0 * value for key, value in before[first].items()}
    student.probes.load_state(networks[first], zeros)
    for latent in LATENTS[1:]:
        after = student.probes.state(networks[latent])
        if any(not torch.equal(value, after[key]) for key, value in before[latent].items()):
            raise CheckFailure(
                "two networks share weights", expected="a new network for each length"
            )


@pytest.mark.task("train_latents", weight=1)
def test_modes_of_the_sweep(student, torch_rng):
    """Training runs in training mode for all epochs, and ends in evaluation mode."""
    networks, _ = swept(student, torch.rand(10, 3, 4, 4, generator=torch_rng), 4, 5, 1e-3)
    for latent, network in networks.items():
        state = student.probes.state(network)
        counts = {int(v) for k, v in state.items() if k.endswith("num_batches_tracked")}
        if counts != {15}:
            raise CheckFailure(
                f"the network with latent {latent} did not see each batch once in training mode",
                expected="15 batches in 5 epochs of 3",
                actual=f"{', '.join(map(str, sorted(counts)))} batches",
            )
        if student.probes.is_training(network):
            raise CheckFailure(
                f"the network with latent {latent} is left in training mode",
                expected="evaluation mode",
                hint="A single face needs the running averages: network.eval().",
            )


def learn_by_heart(student, data, seed):
    """Train on a few faces; what the student reports, and what the judge measures.

    Of three groups of faces the student's code gets two. All are measured afterwards.
    """
    faces = drawn(data, 5 * SEEN, seed % 2**31, SIDE)
    seen, unseen, held = faces.split([SEEN, SEEN, 3 * SEEN])
    model = student.keep(student.faces.FaceAutoEncoder, HEART_WIDTHS, HEART_LATENT)
    reported = student.faces.memorise(model, seen, unseen, EPOCHS, LR)
    found = [(student.probes.evaluate(model, group) - group) for group in (seen, unseen, held)]
    return reported, [torch.mean(d**2, dtype=torch.float64).item() for d in found]


@pytest.mark.timeout(60)  # 120 steps: 2 s for the reference
@pytest.mark.task("memorise", weight=2)
def test_learnt_by_heart(student, data, seed, metric):
    """Faces that were learnt are recovered, others are not, and the gap that is told is true."""
    reported, (seen, unseen, held) = learn_by_heart(student, data, seed)
    metric("seen_mse", seen)
    metric("held_back_mse", held)
    assert_loss_below(
        seen,
        HEART_THRESHOLD,
        name=f"the error on {SEEN} faces after {EPOCHS} steps with them",
        context="giving the mean of these faces for each has 0.019 or more",
    )
    if not held > GAP_THRESHOLD * seen:
        raise CheckFailure(
            "faces that were never shown are recovered about as well as those learnt by heart",
            expected=f"an error more than {GAP_THRESHOLD} times as large",
            actual=f"{held / seen:.1f} times as large",
            hint="On which faces are steps taken?",
        )
    lists = unpack(reported, 2, name="memorise(...)")
    for errors, truth, name in zip(lists, (seen, unseen), ("seen", "unseen"), strict=True):
        errors = as_numbers(errors, name=f"{name}_errors", length=EPOCHS)
        # float32 means of 6,000 numbers: 1e-6; one step changes them by 1e-2 and more.
        label = f"the last error on {name} faces"
        assert_array(errors[-1], truth, name=label, rtol=1e-4, atol=1e-7)


@pytest.mark.task("memorise", weight=2)
def test_unseen_faces_have_no_say(student, torch_rng):
    """Other unseen faces lead to the same network, and training sees each face once an epoch."""
    model = student.keep(student.faces.FaceAutoEncoder, WIDTHS, 3)
    seen, *others = torch.rand(3, 5, 3, 4, 4, generator=torch_rng)
    start = student.probes.state(model)
    states = []
    for unseen in others:
        student.probes.load_state(model, start)
        student.seed(1)
        student.faces.memorise(model, seen, unseen, 4, 1e-2)
        states.append(student.probes.state(model))
    changed = [key for key, v in states[0].items() if not torch.equal(v, states[1][key])]
    if changed:
        raise CheckFailure(
            "the network depends on the unseen faces",
            expected="the same network, whatever the unseen faces are",
            actual=f"other values in {len(changed)} of {len(states[0])} parameters and averages",
            hint="In training mode, whatever passes the network moves its running averages.",
        )
    # What the network holds before is kept in `start`, where its counts may stand.
    counts = {int(v - start[k]) for k, v in states[0].items() if k.endswith("num_batches_tracked")}
    if counts != {4}:
        raise CheckFailure(
            "training does not see the faces once an epoch",
            expected="4 batches in 4 epochs, in training mode",
            actual=f"{', '.join(map(str, sorted(counts)))} batches",
            hint="Measure errors in evaluation mode; after it, go back to training mode.",
        )
