import pytest

from grader.checks import CheckFailure, entry, unpack


def test_tuples_and_lists_are_unpacked():
    assert unpack((1, 2), 2, name="x") == (1, 2)
    assert unpack([3], 1, name="x") == (3,)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "no tuple"),
        (5, "no tuple"),
        ("ab", "no tuple"),
        ((1, 2, 3), "wrong number"),
        ([], "wrong number"),
        (type("Pair", (tuple,), {})((1, 2)), "no tuple"),
    ],
)
def test_anything_else_is_a_failure(value, text):
    with pytest.raises(CheckFailure, match=text):
        unpack(value, 2, name="the result")


def test_an_entry_is_had_by_its_key():
    assert entry({"a": 1}, "a", name="d") == 1


@pytest.mark.parametrize(("value", "text"), [({}, "has no 'a'"), ([1], "is no dict")])
def test_a_missing_entry_is_a_failure(value, text):
    with pytest.raises(CheckFailure, match=text) as caught:
        entry(value, "a", name="bn_param", hint="keep it")
    assert caught.value.hint == "keep it"
