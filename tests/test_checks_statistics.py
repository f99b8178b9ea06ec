import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from grader.checks import CheckFailure, assert_mean, assert_rate, rate_limits, superiority


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5000), st.floats(0.001, 0.999), st.floats(-9, -1))
def test_limits_are_those_of_the_exact_binomial_distribution(draws, probability, exponent):
    false_alarm = 10.0**exponent
    low, high = rate_limits(draws, probability, false_alarm=false_alarm)
    binomial = stats.binom(draws, probability)
    half = false_alarm / 2
    # what lies outside is at most half on each side; one step further in would be more
    slack = 1 + 1e-6
    assert binomial.cdf(low - 1) <= half * slack
    assert binomial.sf(high) <= half * slack
    assert binomial.cdf(low) * slack > half
    assert binomial.sf(high - 1) * slack > half


@pytest.mark.parametrize("draws", [10**6, 10**9])
def test_limits_are_exact_for_many_draws(draws):
    low, high = rate_limits(draws, 0.25, false_alarm=1e-6)
    binomial = stats.binom(draws, 0.25)
    assert abs(low - binomial.ppf(5e-7)) <= 1
    assert abs(high - binomial.isf(5e-7)) <= 1


def test_every_count_inside_the_limits_passes_and_none_outside():
    low, high = rate_limits(400, 0.25, false_alarm=1e-4)
    for count in (low, 100, high):
        assert_rate(count, 400, 0.25, name="the share", false_alarm=1e-4)
    for count in (low - 1, high + 1):
        with pytest.raises(CheckFailure):
            assert_rate(count, 400, 0.25, name="the share", false_alarm=1e-4)


def test_the_failure_tells_the_rate_seen_the_interval_and_the_false_alarm():
    with pytest.raises(CheckFailure) as caught:
        assert_rate(300, 400, 0.25, name="the dropped share", false_alarm=1e-6, hint="p drops")
    failure = caught.value
    low, high = rate_limits(400, 0.25, false_alarm=1e-6)
    assert failure.message.splitlines() == [
        "the dropped share is 0.75 (300 of 400), not 0.25",
        "(chance alone does this to a right implementation once in 1,000,000 runs)",
    ]
    assert failure.expected == f"0.25; {low / 400:.4g} to {high / 400:.4g} is allowed"
    assert failure.actual == "0.75"
    assert failure.hint == "p drops"


@pytest.mark.parametrize(
    ("count", "draws", "probability", "false_alarm"),
    [
        (-1, 10, 0.25, 1e-3),
        (11, 10, 0.25, 1e-3),
        (0, 0, 0.25, 1e-3),
        (3, 10, 0.0, 1e-3),
        (3, 10, 1.0, 1e-3),
        (3, 10, 0.25, 0),
        (3, 10, 0.25, 1),
    ],
)
def test_impossible_arguments_are_an_error_of_the_check(count, draws, probability, false_alarm):
    with pytest.raises(ValueError, match="must lie between"):
        assert_rate(count, draws, probability, name="x", false_alarm=false_alarm)


def test_the_mean_is_judged_by_its_standard_error():
    margin = stats.norm.isf(5e-4) * 3 / 10  # of 100 values with standard deviation 3
    for sign in (-1, 1):
        inside = np.full((4, 25), 7 + sign * 0.999 * margin)
        assert_mean(inside, 7, std=3, name="the mean", false_alarm=1e-3)
        with pytest.raises(CheckFailure):
            assert_mean(inside + sign * 0.002 * margin, 7, std=3, name="m", false_alarm=1e-3)


def test_a_mean_too_far_off_is_reported_with_its_interval():
    with pytest.raises(CheckFailure) as caught:
        assert_mean(torch.ones(100), 0.25, std=1, name="the mean", false_alarm=1e-6, hint="scale")
    failure = caught.value
    assert failure.message.startswith("the mean is 1 over 100 values, not 0.25\n")
    assert "once in 1,000,000 runs" in failure.message
    assert failure.expected == "0.25; -0.239164 to 0.739164 is allowed"
    assert (failure.actual, failure.hint) == ("1", "scale")


def test_lists_and_tiny_false_alarm_rates_are_served():
    assert_mean([0.1, -0.1, 0.3], 0, std=1, name="the mean", false_alarm=1e-30)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([1.0, np.nan]), "contains NaN"),
        (torch.tensor([np.inf]), "contains infinity"),
        (np.array([1j]), "complex"),
        (np.zeros(0), "there are no values"),
        ("text", "not a list of numbers"),
        (None, "not a list of numbers"),
    ],
)
def test_values_without_a_mean_are_refused(values, message):
    with pytest.raises(CheckFailure, match=message):
        assert_mean(values, 0, std=1, name="the mean", false_alarm=1e-3)


@pytest.mark.parametrize(("std", "false_alarm"), [(0, 1e-3), (np.inf, 1e-3), (1, 0), (1, 2)])
def test_impossible_settings_of_the_mean_are_an_error_of_the_check(std, false_alarm):
    with pytest.raises(ValueError, match="must"):
        assert_mean([1.0], 0, std=std, name="x", false_alarm=false_alarm)


def test_superiority_is_the_share_of_pairs_in_which_the_first_is_greater():
    first, second = np.array([1.0, 2.0, 2.0, 5.0]), np.array([2.0, 0.0, 7.0])
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in first for b in second]
    assert superiority(first, second) == pytest.approx(np.mean(pairs), abs=1e-15)
    assert superiority(first, first) == 0.5
    assert superiority(first + 10, second) == 1
    assert superiority(first - 10, second) == 0
