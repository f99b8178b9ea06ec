"""Hidden checks of applications.train_restorer, with small networks of the grader's own."""

import pytest
import torch
from torch.nn.functional import mse_loss

from grader.checks import CheckFailure, as_numbers, assert_array, assert_history
from grader.worker.standins import stand_in

SAMPLES, BATCH, LR = 77, 32, 4e-3
# Adam divides by the root of the squared gradient, which amplifies the rounding of small gradients;
# fused or foreach versions of Adam agree to about 1e-5 after nine steps.
HISTORY = {"rtol": 1e-3, "atol": 1e-6}


def copy_of(state, k, **options):
    return stand_in(6, k, {key: value.clone() for key, value in state.items()}, **options)


class Setting:
    """A network and a damage of the grader's beside the student's code, and the same ones here.

    The damage is a network, too: it turns images into others, and logs what it gets.
    """

    def __init__(self, student, generator, *, batchnorm=False):
        self.options = {"batchnorm": batchnorm}
        self.pixels = torch.rand(SAMPLES, 1, 6, 6, generator=generator)
        # The last images are much brighter, so that a smaller last batch counts.
        self.pixels[-13:] = 0.9 + 0.1 * self.pixels[-13:]
        labels = torch.randint(10, (SAMPLES,), generator=generator)
        self.model = student.probes.stand_in(6, 4, **self.options)
        self.damage = student.probes.stand_in(6, 3)
        # As it comes, its output hardly depends on the image.
        changed = {k: 3 * v for k, v in student.probes.state(self.damage).items()}
        student.probes.load_state(self.damage, changed)
        self.states = [student.probes.state(remote) for remote in (self.model, self.damage)]
        self.loader = student.probes.loader(self.pixels, labels, BATCH)

    def run(self, student, epochs, lr=LR):
        return student.applications.train_restorer(
            self.model, self.loader, self.damage, epochs=epochs, lr=lr
        )

    def train(self, epochs, lr=LR, goes_in="damaged", target="clean"):
        """Network and losses after training on other inputs or targets, as asked for by default."""
        model = copy_of(self.states[0], 4, **self.options)
        damage = copy_of(self.states[1], 3)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for _ in range(epochs):
            total = 0.0
            for batch in self.pixels.split(BATCH):
                with torch.no_grad():
                    kinds = {"clean": batch, "damaged": damage(batch)}
                loss = mse_loss(model(kinds[goes_in]), kinds[target])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            losses.append(total / len(self.pixels))
        return model, losses


MIXED_UP = {
    ("clean", "clean"): "images went in as they are: the network never sees a damaged one",
    ("damaged", "damaged"): "the output is compared with the damaged images",
    ("clean", "damaged"): "it learns to damage: clean images go in, damaged ones are the target",
}


@pytest.mark.task("restore", weight=2)
def test_losses_are_those_of_restoring(student, torch_rng):
    """Losses are the means over the samples of each epoch: output against the clean images."""
    setting = Setting(student, torch_rng)
    found = as_numbers(setting.run(student, 3), name="train_restorer(...)", length=3)
    for (goes_in, target), what in MIXED_UP.items():
        other = setting.train(3, goes_in=goes_in, target=target)[1]
        if torch.allclose(torch.tensor(found), torch.tensor(other), rtol=1e-3):
            raise CheckFailure(
                what,
                expected="damaged images go in, and the images before the damage are the target",
                actual=what,
            )
    hint = "One optimizer for all epochs; each batch's loss counts by its number of samples."
    expected = setting.train(3)[1]
    assert_history(found, expected, name="train_restorer(...)", hint=hint, **HISTORY)


@pytest.mark.task("restore", weight=2)
def test_steps_lead_to_clean_images(student, torch_rng):
    """After two epochs of Adam, the parameters are those that the steps asked for lead to.

    Six steps move a parameter by up to 0.024; rounding changes that by less than a hundredth.
    """
    setting = Setting(student, torch_rng)
    setting.run(student, 2)
    expected = setting.train(2)[0].state_dict()
    found = student.probes.state(setting.model)
    for key, value in expected.items():
        assert_array(
            found[key],
            value,
            name=f"{key} after two epochs",
            rtol=0,
            atol=0.1 * LR,
            hint="Clear the gradients in each step; Adam with lr; the loss against clean images.",
        )


@pytest.mark.task("restore", weight=1)
def test_restoring_modes(student, torch_rng):
    """Training runs in training mode whatever mode the network comes in, and ends in evaluation."""
    setting = Setting(student, torch_rng, batchnorm=True)
    student.probes.set_training(setting.model, False)
    setting.run(student, 2)
    expected = setting.train(2)[0].state_dict()
    for key, value in student.probes.state(setting.model).items():
        if "running" in key:
            name = f"{key}, a running average of batch normalisation,"
            hint = "Call model.train() before the loop: only then do the averages move."
            assert_array(value, expected[key], name=name, rtol=1e-2, atol=1e-4, hint=hint)
    if student.probes.is_training(setting.model):
        raise CheckFailure(
            "after training, the network is still in training mode",
            expected="evaluation mode",
            actual="training mode",
            hint="Images that are looked at one by one need the running averages: model.eval().",
        )


@pytest.mark.task("restore", weight=1)
def test_damage_is_done_anew(student, torch_rng):
    """With a random damage, no two epochs get the same: their losses differ also at rate 0."""
    x = torch.rand(SAMPLES, 1, 6, 6, generator=torch_rng)
    model = student.probes.stand_in(6, 4)
    damage = student.probes.stand_in(6, 3, dropout=0.5)
    student.probes.set_training(damage, True)
    loader = student.probes.loader(x, torch.zeros(SAMPLES, dtype=torch.int64), BATCH)
    losses = student.applications.train_restorer(model, loader, damage, epochs=3, lr=0.0)
    first, second, third = as_numbers(losses, name="train_restorer(...)", length=3)
    if first == second or second == third:
        raise CheckFailure(
            "two epochs got the same damage",
            expected="new noise in each epoch",
            actual="equal losses of a network that does not change",
            hint="Call damage(images) for each batch, inside both loops.",
        )
