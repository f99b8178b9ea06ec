import numpy as np
import pytest
import torch

from grader.checks import CheckFailure, as_number, as_numbers, assert_number


class FriendlyFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    "value",
    [
        2.5,
        np.float16(2.5),
        np.float64(2.5),
        np.longdouble(2.5),
        np.array(2.5),
        np.array([[2.5]]),
        torch.tensor(2.5),
        torch.tensor([2.5], dtype=torch.bfloat16),
    ],
)
def test_every_kind_of_real_number_is_taken(value):
    number = as_number(value, name="x")
    assert type(number) is float
    assert number == 2.5


@pytest.mark.parametrize("value", [7, np.int8(7), np.uint64(7), np.array([7]), torch.tensor(7)])
def test_integers_are_taken(value):
    assert as_number(value, name="x") == 7


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.bool_(True),
        torch.tensor(True),
        np.array([False]),
        1j,
        np.complex64(1),
        torch.tensor(1j),
        "1",
        None,
        [1.0],
        np.ones(2),
        torch.ones(0),
        FriendlyFloat(1.0),
        np.array(["1"]),
    ],
)
def test_everything_else_is_no_number(value):
    with pytest.raises(CheckFailure) as caught:
        as_number(value, name="the loss", hint="return a float")
    assert caught.value.message.startswith("the loss is ")
    assert caught.value.hint == "return a float"


@pytest.mark.parametrize(
    "value", [float("nan"), -np.inf, np.float32("nan"), torch.tensor(np.inf), 10**400]
)
def test_nan_infinity_and_too_large_numbers_are_refused(value):
    with pytest.raises(CheckFailure, match=r"the loss is (nan|-?inf)") as caught:
        as_number(value, name="the loss")
    assert caught.value.expected == "a finite number"


def test_a_close_number_passes_and_comes_back():
    assert assert_number(np.float32(0.25), 0.2501, name="x", rtol=0.001, atol=0) == 0.25


def test_a_number_too_far_off_is_reported_with_difference_and_tolerance():
    with pytest.raises(CheckFailure) as caught:
        assert_number(0.75, 0.25, name="the loss", rtol=0, atol=0.125, hint="mean, not sum")
    failure = caught.value
    assert failure.message.splitlines() == [
        "the loss is wrong",
        "greatest absolute difference: 0.5",
        "greatest relative difference: 2",
        "allowed difference: 0.125 + 0 * |expected|",
    ]
    assert (failure.expected, failure.actual, failure.hint) == ("0.25", "0.75", "mean, not sum")


def test_a_number_outside_its_range_is_named():
    with pytest.raises(CheckFailure) as caught:
        assert_number(1.5, 1.5, name="the share", rtol=0, atol=0, low=0, high=1)
    assert caught.value.message == "the share is out of range"
    assert (caught.value.expected, caught.value.actual) == ("a value from 0 to 1", "1.5")


@pytest.mark.parametrize("expected", [float("nan"), np.inf])
def test_an_expected_number_that_is_not_finite_is_an_error_of_the_check(expected):
    with pytest.raises(ValueError, match="finite"):
        assert_number(1.0, expected, name="x", rtol=0, atol=0)


@pytest.mark.parametrize(
    "value",
    [
        [1.5, 2, 3.0],
        (np.float32(1.5), torch.tensor(2), 3),
        np.array([1.5, 2, 3]),
        torch.tensor([1.5, 2, 3]),
    ],
)
def test_lists_tuples_and_flat_arrays_become_lists_of_floats(value):
    numbers = as_numbers(value, name="losses", length=3)
    assert numbers == [1.5, 2.0, 3.0]
    assert {type(number) for number in numbers} == {float}


def test_an_empty_list_is_a_list_of_numbers():
    assert as_numbers([], name="losses") == []
    assert as_numbers(np.zeros(0), name="losses", length=0) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1}, "losses is a dict of 1, not a list of numbers"),
        (range(3), "not a list of numbers"),
        ("123", "not a list of numbers"),
        (np.ones((3, 1)), "losses has 2 dimensions, not one"),
        (torch.tensor(1.0), "losses has 0 dimensions, not one"),
        ([1.0, 2.0], "losses has the wrong length"),
        ([1.0, None, 2.0], r"losses\[1\] is None, not a number"),
        ([1.0, 2.0, float("nan")], r"losses\[2\] is nan"),
        (np.array([True, False, True]), r"losses\[0\] is .* not a number"),
        (type("Listy", (list,), {})([1, 2, 3]), "Listy, not a list of numbers"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(value, message):
    with pytest.raises(CheckFailure, match=message):
        as_numbers(value, name="losses", length=3)


@pytest.mark.parametrize(
    "value",
    [[0.5] * 100_001, np.zeros(100_001), torch.zeros(100_001)],
    ids=["list", "array", "tensor"],
)
def test_a_list_far_too_long_is_refused_before_it_is_taken_apart(value):
    with pytest.raises(CheckFailure, match="x is far too long"):
        as_numbers(value, name="x")
    with pytest.raises(CheckFailure, match="x has the wrong length"):
        as_numbers(value, name="x", length=3)
