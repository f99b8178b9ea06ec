import numpy as np
import pytest
import torch

from grader.checks import CheckFailure, assert_decreasing, assert_history, assert_loss_below

CONTEXT = "always answering with the mean image reaches 0.067"


def test_a_low_loss_passes_and_comes_back():
    loss = assert_loss_below(torch.tensor(0.03125), 0.04, name="the loss", context=CONTEXT)
    assert loss == 0.03125


@pytest.mark.parametrize("loss", [0.04, 0.05, np.float32(0.06)])
def test_a_loss_at_or_above_the_threshold_fails_and_says_what_else_reaches_it(loss):
    with pytest.raises(CheckFailure) as caught:
        assert_loss_below(loss, 0.04, name="the loss", context=CONTEXT, hint="train longer")
    failure = caught.value
    assert CONTEXT in failure.message
    assert failure.expected == "below 0.04"
    assert failure.actual == f"{float(loss):.6g}"
    assert failure.hint == "train longer"


@pytest.mark.parametrize("loss", [float("nan"), -np.inf, None, True, [0.01]])
def test_a_loss_that_is_no_finite_number_fails(loss):
    with pytest.raises(CheckFailure, match="the loss is"):
        assert_loss_below(loss, 0.04, name="the loss", context=CONTEXT)


@pytest.mark.parametrize("threshold", [float("nan"), np.inf])
def test_a_threshold_that_means_nothing_is_an_error_of_the_check(threshold):
    with pytest.raises(ValueError, match="threshold"):
        assert_loss_below(0.01, threshold, name="the loss", context=CONTEXT)


NEAR = {"name": "history['train_loss']", "rtol": 1e-3, "atol": 0}


@pytest.mark.parametrize("reported", [[0.5, 0.25], (0.5, 0.25), np.array([0.5, 0.25])])
def test_an_honest_history_passes(reported):
    assert_history(reported, [0.5001, 0.24999], **NEAR)


def test_the_first_wrong_epoch_is_named():
    with pytest.raises(CheckFailure, match=r"history\['train_loss'\] is wrong in 1 of 3") as caught:
        assert_history([0.5, 0.25, 0.3], [0.5, 0.25, 0.2], hint="weigh by samples", **NEAR)
    assert caught.value.expected == "0.2 at [2]"
    assert caught.value.actual == "0.3 at [2]"
    assert caught.value.hint == "weigh by samples"


def test_a_history_of_another_length_fails():
    with pytest.raises(CheckFailure, match="wrong length") as caught:
        assert_history([0.5], [0.5, 0.25], **NEAR)
    assert (caught.value.expected, caught.value.actual) == ("2 numbers", "1 numbers")


def test_a_falling_series_passes_though_single_steps_rise():
    assert_decreasing([0.9, 1.0, 0.6], name="the loss", least_drop=0.25)


@pytest.mark.parametrize("values", [[0.9, 0.1, 0.8], [0.1, 0.9], [0.5, 0.5]])
def test_a_series_that_ends_too_high_fails(values):
    with pytest.raises(CheckFailure, match="the loss does not fall enough") as caught:
        assert_decreasing(values, name="the loss", least_drop=0.25, hint="zero the gradients")
    assert caught.value.expected == "a drop of at least 0.25"
    assert caught.value.actual == f"from {values[0]:g} to {values[-1]:g}"
    assert caught.value.hint == "zero the gradients"


@pytest.mark.parametrize("values", [[], [0.5]])
def test_a_series_of_fewer_than_two_values_cannot_fall(values):
    with pytest.raises(CheckFailure, match="too short"):
        assert_decreasing(values, name="the loss", least_drop=0.25)


@pytest.mark.parametrize("least_drop", [0, -1, float("nan")])
def test_a_least_drop_that_means_nothing_is_an_error_of_the_check(least_drop):
    with pytest.raises(ValueError, match="least_drop"):
        assert_decreasing([2, 1], name="x", least_drop=least_drop)
