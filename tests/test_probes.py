"""Trusted functions that measure a student's objects beside their code."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # the name everyone uses
from torch import nn

from grader.worker.probes import PROBES
from grader.worker.values import export


def some(*shape, seed=41):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 3 - 1


def filled(module, seed=42):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return module


class Mixed(nn.Module):
    """A frozen, an unused, a normalising and a random part."""

    def __init__(self):
        super().__init__()
        self.used = nn.Linear(4, 3)
        self.unused = nn.Linear(2, 2)
        self.frozen = nn.Linear(3, 3).requires_grad_(False)
        self.norm = nn.BatchNorm1d(3)
        self.drop = nn.Dropout(0.3)
        self.seen = []

    def forward(self, x):
        self.seen.append((self.training, torch.is_grad_enabled(), len(x)))
        return self.drop(self.norm(self.frozen(self.used(x))))


@pytest.fixture
def mixed():
    return filled(Mixed())


def test_every_probe_has_the_name_of_its_function():
    assert all(name == function.__name__ for name, function in PROBES.items())
    assert len(PROBES) == 20


def test_parameters_are_the_trainable_ones(mixed):
    found = PROBES["parameters"](mixed)
    assert set(found) == {
        f"{part}.{name}" for part in ("used", "unused", "norm") for name in ("weight", "bias")
    }
    assert found["used.weight"] is mixed.used.weight


def test_state_holds_frozen_parameters_and_buffers_too(mixed):
    found = PROBES["state"](mixed)
    assert {"frozen.weight", "norm.running_mean", "norm.num_batches_tracked"} <= set(found)
    assert type(found) is dict
    exported = export(found, lambda value: pytest.fail(f"{value} stays behind"))
    assert torch.equal(exported["frozen.bias"], mixed.frozen.bias)


def test_a_state_can_be_set_and_must_fit(mixed):
    other = filled(Mixed(), seed=43)
    PROBES["load_state"](mixed, PROBES["state"](other))
    assert torch.equal(mixed.used.weight, other.used.weight)
    with pytest.raises(RuntimeError, match=r"Missing key.*unused"):
        PROBES["load_state"](mixed, {"used.weight": some(3, 4)})
    with pytest.raises(RuntimeError, match="size mismatch"):
        PROBES["load_state"](nn.Linear(3, 2), {"weight": some(2, 4), "bias": some(2)})


def test_modes_are_set_and_read(mixed):
    assert PROBES["is_training"](mixed) is True
    PROBES["set_training"](mixed, False)
    assert PROBES["is_training"](mixed) is False
    assert not mixed.norm.training
    PROBES["set_training"](mixed, True)
    assert mixed.norm.training


def test_a_module_takes_another_dtype(mixed):
    found = PROBES["as_dtype"](mixed, "float64")
    assert found(some(5, 4).double()).dtype == torch.float64
    assert found.norm.running_mean.dtype == torch.float64
    with pytest.raises(AttributeError):
        PROBES["as_dtype"](mixed, "float63")


def test_gradients_are_those_of_the_weighted_sum():
    module = filled(nn.Linear(4, 3)).double()
    x, cotangent = some(5, 4).double(), some(5, 3, seed=44).double()
    found = PROBES["gradients"](module, x, cotangent)
    # float64 products of at most five terms of size 3: 1e-15 each
    close = {"rtol": 1e-12, "atol": 1e-12}
    torch.testing.assert_close(found["input"], cotangent @ module.weight.detach(), **close)
    torch.testing.assert_close(found["parameters"]["weight"], cotangent.T @ x, **close)
    torch.testing.assert_close(found["parameters"]["bias"], cotangent.sum(0), **close)
    assert module.weight.grad is None
    assert not x.requires_grad


def test_what_no_gradient_reaches_is_none(mixed):
    found = PROBES["gradients"](mixed, some(5, 4), some(5, 3))
    assert found["parameters"]["unused.weight"] is None
    assert found["parameters"]["used.weight"].abs().max() > 0
    assert "frozen.weight" not in found["parameters"]
    assert found["input"].shape == (5, 4)

    class Cut(nn.Linear):
        def forward(self, x):
            return super().forward(x).detach()

    cut = PROBES["gradients"](Cut(4, 3), some(5, 4), some(5, 3))
    assert cut == {"input": None, "parameters": {"weight": None, "bias": None}}


def test_stored_gradients_are_read_as_they_lie(mixed):
    assert set(PROBES["stored_gradients"](mixed).values()) == {None}
    mixed(some(5, 4)).square().sum().backward()
    found = PROBES["stored_gradients"](mixed)
    assert found["used.weight"] is mixed.used.weight.grad
    assert found["unused.bias"] is None
    assert found["frozen.weight"] is None


def test_evaluation_is_in_batches_without_graph_and_keeps_modes(mixed):
    mixed.drop.eval()
    x = some(7, 4)
    found = PROBES["evaluate"](mixed, x, 3)
    assert mixed.seen == [(False, False, 3), (False, False, 3), (False, False, 1)]
    assert not found.requires_grad
    assert (mixed.training, mixed.norm.training, mixed.drop.training) == (True, True, False)
    # the same float32 sums of at most four terms, in batches of another size
    torch.testing.assert_close(found, mixed.eval()(x).detach(), rtol=1e-5, atol=1e-5)
    mixed.seen.clear()
    assert PROBES["evaluate"](mixed, some(101, 4)).shape == (101, 3)
    assert [count for _, _, count in mixed.seen] == [100, 1]


@pytest.mark.parametrize("probe", ["evaluate", "convolutions"])
def test_modes_are_kept_also_when_a_module_fails(mixed, probe):
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        PROBES[probe](mixed, some(5, 3))
    assert mixed.training
    assert mixed.norm.training
    assert torch.is_grad_enabled()


class Functional(nn.Module):
    """The same layers as Layered, written with functions."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first.weight, second.weight

    def forward(self, x):
        x = F.relu(F.conv2d(x, self.first, stride=2, padding=(1, 2)))
        return F.conv_transpose2d(x, self.second, stride=2, padding=1, output_padding=1)


def test_convolutions_are_seen_however_they_are_written():
    first = nn.Conv2d(2, 5, 3, stride=2, padding=(1, 2), bias=False)
    second = nn.ConvTranspose2d(5, 2, 3, stride=2, padding=1, output_padding=1, bias=False)
    x = some(4, 2, 9, 7)
    expected = [
        {
            "input": [4, 2, 9, 7],
            "weight": [5, 2, 3, 3],
            "stride": [2, 2],
            "padding": [1, 2],
            "dilation": [1, 1],
            "output_padding": [0, 0],
            "transposed": False,
        },
        {
            "input": [4, 5, 5, 5],
            "weight": [5, 2, 3, 3],
            "stride": [2, 2],
            "padding": [1, 1],
            "dilation": [1, 1],
            "output_padding": [1, 1],
            "transposed": True,
        },
    ]
    for module in (nn.Sequential(first, nn.ReLU(), second), Functional(first, second)):
        assert PROBES["convolutions"](module, x) == expected
    assert PROBES["convolutions"](filled(nn.Linear(4, 3)), some(5, 4)) == []


def test_convolutions_of_one_dimension_and_same_padding_are_seen():
    found = PROBES["convolutions"](nn.Conv1d(2, 3, 5, padding="same"), some(4, 2, 11))
    assert [(call["weight"], call["padding"]) for call in found] == [([3, 2, 5], [2])]


def test_looking_for_convolutions_changes_no_statistics():
    module = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    PROBES["convolutions"](module, some(4, 1, 6, 5))
    assert module[1].num_batches_tracked == 0
    assert module[1].training


def test_a_loader_gives_all_samples_once_the_last_batch_smaller():
    images, labels = some(7, 1, 2, 3), torch.arange(7)
    loader = PROBES["loader"](images, labels, 3)
    found = PROBES["batches"](loader, 9)
    assert all(type(batch) is tuple for batch in found)
    assert [len(x) for x, _ in found] == [3, 3, 1]
    assert torch.equal(torch.cat([x for x, _ in found]), images)
    assert torch.equal(torch.cat([y for _, y in found]), labels)
    assert len(PROBES["batches"](loader, 2)) == 2
    assert PROBES["batches"](loader, 0) == []
    assert PROBES["length"](loader) == 3


def test_a_shuffling_loader_keeps_pairs_together():
    images, labels = torch.arange(20.0).reshape(20, 1), torch.arange(20)
    with torch.random.fork_rng():
        torch.manual_seed(6)
        found = PROBES["batches"](PROBES["loader"](images, labels, 6, shuffle=True), 9)
    order = torch.cat([y for _, y in found])
    assert not torch.equal(order, labels)
    assert torch.equal(order.sort().values, labels)
    assert torch.equal(torch.cat([x for x, _ in found]).squeeze(1).long(), order)


def test_a_dataset_gives_samples_by_index():
    images, labels = some(5, 1, 2, 3), torch.tensor([4, 3, 2, 1, 0])
    dataset = PROBES["dataset"](images, labels)
    assert PROBES["length"](dataset) == 5
    (x, y), (_, last) = PROBES["samples"](dataset, [1, 4])
    assert torch.equal(x, images[1])
    assert (y, last) == (3, 0)
    assert PROBES["samples"](dataset, []) == []
    with pytest.raises(IndexError):
        PROBES["samples"](dataset, [5])


def test_a_mapping_is_updated_in_place():
    weights = {"w1": np.ones(3), "b1": np.zeros(2)}
    held = weights
    assert PROBES["update"](weights, {"w1": np.full(3, 5.0), "new": 4}) is None
    assert held["w1"].tolist() == [5, 5, 5]
    assert (held["new"], held["b1"].tolist()) == (4, [0, 0])


def test_figures_and_stand_ins_are_reached_by_name():
    model = PROBES["stand_in"](4, 2)
    PROBES["recording_sgd"](model, 0.5).step()
    assert PROBES["events"](model) == [{"event": "step"}]
    assert callable(PROBES["describe_figure"])
