import numpy as np
import pytest
import torch

from grader.checks import CheckFailure, assert_different, assert_unchanged


def state():
    return {
        "weight": torch.tensor([[1.5, float("nan")]]),
        "steps": [3, 2.5, None],
        "mode": "train",
        "pair": (np.arange(4), True),
    }


def test_equal_nested_values_count_as_unchanged():
    assert_unchanged(state(), state(), name="the state")
    assert_unchanged(float("nan"), float("nan"), name="x")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s["weight"].mul_(2), r"the state\['weight'\] was changed in 1 of 2 \(50 %\)"),
        (lambda s: s["steps"].append(1), r"the state\['steps'\] was changed"),
        (lambda s: s["steps"].__setitem__(0, 3.0), r"the state\['steps'\]\[0\] was changed"),
        (lambda s: s.update(mode="test"), r"the state\['mode'\] was changed"),
        (lambda s: s["pair"][0].__setitem__(2, 9), r"the state\['pair'\]\[0\] was changed in 1 of"),
        (lambda s: s.update(pair=list(s["pair"])), r"the state\['pair'\] was changed"),
        (lambda s: s.update(extra=1), "keys are not those it had"),
        (lambda s: s.pop("mode"), "keys are not those it had"),
        (lambda s: s.update(weight=s["weight"].double()), r"\['weight'\] was changed"),
        (lambda s: s.update(weight=[1]), r"\['weight'\] is a list of 1, not a torch.Tensor"),
    ],
)
def test_a_change_is_named_by_its_place(change, message):
    after = state()
    change(after)
    with pytest.raises(CheckFailure, match=message) as caught:
        assert_unchanged(state(), after, name="the state", hint="copy first")
    assert caught.value.hint == "copy first"


def test_a_changed_array_shows_the_first_place_before_and_after():
    with pytest.raises(CheckFailure) as caught:
        assert_unchanged(np.array([1.5, 2.5]), np.array([1.5, 4.5]), name="x")
    assert caught.value.expected == "2.5 at [1], as before"
    assert caught.value.actual == "4.5 at [1]"


def test_missing_and_added_keys_are_listed():
    with pytest.raises(CheckFailure) as caught:
        assert_unchanged({"a": 1}, {"b": 1, 3: 4}, name="d")
    assert caught.value.actual == "missing ['a'], added ['b']"


def test_another_type_in_place_of_a_dict_is_a_change():
    with pytest.raises(CheckFailure, match="d was changed"):
        assert_unchanged({"a": 1}, [("a", 1)], name="d")


def test_a_changed_shape_is_told_from_changed_values():
    with pytest.raises(CheckFailure) as caught:
        assert_unchanged(np.ones((2, 3)), np.ones((3, 2)), name="x")
    assert "shape (2, 3)" in caught.value.expected
    assert "shape (3, 2)" in caught.value.actual


def test_what_cannot_be_compared_is_an_error_of_the_check():
    with pytest.raises(TypeError, match="x cannot be compared"):
        assert_unchanged(object(), object(), name="x")


def test_results_that_differ_enough_pass():
    assert_different(np.array([1.0, 2]), np.array([1.0, 2.5]), name="two masks", least=0.5)
    assert_different(torch.ones(2), torch.zeros(2), name="two masks", least=0.25)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.ones(3), np.ones(3), "two masks must differ but are equal"),
        (np.ones(3), np.ones(3) + 1e-4, "two masks must differ but are nearly equal"),
        (np.ones(0), np.ones(0), "are equal"),
        (np.ones(3), np.ones(2), "different shapes"),
        (np.ones(3), torch.ones(3), r"two masks \(the second\) is a torch.Tensor"),
        ([1.0], np.ones(1), r"two masks \(the first\) is a list of 1"),
        (np.ones(1), np.array([np.nan]), r"two masks \(the second\) contains NaN"),
        (torch.tensor([np.inf]), torch.ones(1), r"two masks \(the first\) contains infinity"),
    ],
)
def test_results_that_do_not_differ_or_cannot_be_compared_fail(a, b, message):
    with pytest.raises(CheckFailure, match=message) as caught:
        assert_different(a, b, name="two masks", least=1e-3, hint="draw again")
    assert caught.value.hint == "draw again"


def test_the_greatest_difference_is_told():
    with pytest.raises(CheckFailure) as caught:
        assert_different(np.array([1, 5]), np.array([2, 8]), name="x", least=4)
    assert (caught.value.expected, caught.value.actual) == (
        "a difference of at least 4",
        "at most 3",
    )


@pytest.mark.parametrize("least", [0, -1.0, float("nan")])
def test_a_least_difference_that_means_nothing_is_an_error_of_the_check(least):
    with pytest.raises(ValueError, match="least"):
        assert_different(np.ones(1), np.ones(1), name="x", least=least)
