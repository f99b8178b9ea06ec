import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks import CheckFailure, assert_number, shorten
from grader.checks.failure import MESSAGE_LIMIT, TEXT_LIMIT, quote


def test_the_text_shows_message_expected_actual_and_hint():
    failure = CheckFailure("too small", expected="3", actual="2", hint="count from one")
    assert str(failure) == "too small\n  expected: 3\n  actual: 2\n  hint: count from one"


def test_parts_that_are_not_given_do_not_appear():
    failure = CheckFailure("too small")
    assert (failure.message, failure.expected, failure.actual, failure.hint) == (
        "too small",
        None,
        None,
        None,
    )
    assert str(failure) == "too small"


def test_expected_and_actual_are_shortened():
    failure = CheckFailure("long", expected="a" * 1000, actual="b\n" * 1000)
    assert len(failure.expected) < TEXT_LIMIT
    assert len(failure.actual) < TEXT_LIMIT
    assert " ... " in failure.expected
    assert "\n" not in failure.actual


def test_a_failure_is_an_assertion_error_and_survives_pickling():
    failure = CheckFailure("too small", expected="3", actual="2", hint="count")
    assert isinstance(failure, AssertionError)
    assert str(pickle.loads(pickle.dumps(failure))) == str(failure)


def test_details_are_keyword_only():
    with pytest.raises(TypeError):
        CheckFailure("too small", "3")  # type: ignore[misc]


@given(st.text(max_size=90), st.integers(12, 60))
def test_shortened_text_is_one_printable_line_below_the_limit(text, limit):
    line = shorten(text, limit)
    assert len(line) < limit
    assert line.isprintable()


def test_short_text_stays_as_it_is():
    assert shorten("exactly so", 11) == "exactly so"
    assert shorten("exactly so long a text", 22) != "exactly so long a text"


def test_control_characters_cannot_reach_a_terminal():
    assert shorten("a\x1b[31mb") == "a?[31mb"
    assert "\x1b" not in quote("a\x1b[31mb")


def test_a_message_is_printable_and_bounded_whatever_names_stand_in_it():
    failure = CheckFailure("weights of:\n- \x1b[2Jw\u202e\udcff\n" + "name " * 10_000)
    assert failure.message.startswith("weights of:\n- ?[2Jw??\nname")
    assert len(failure.message) == MESSAGE_LIMIT
    assert str(failure) == failure.message


def test_a_text_of_megabytes_is_shortened_at_once():
    assert len(shorten("word " * 10**6)) < TEXT_LIMIT
    assert len(quote("\n" * 10**7)) < TEXT_LIMIT


def test_pytest_tracebacks_end_in_the_line_of_the_check():
    with pytest.raises(CheckFailure) as caught:
        assert_number(2.5, 3.5, name="x", rtol=0, atol=0)
    shown = caught.traceback.filter(caught)
    assert [entry.name for entry in shown] == [
        "test_pytest_tracebacks_end_in_the_line_of_the_check"
    ]


def test_a_fault_of_ours_keeps_its_traceback():
    with pytest.raises(ValueError, match="rtol") as caught:
        assert_number(2.5, 3.5, name="x", rtol=-1, atol=0)
    assert len(caught.traceback.filter(caught)) > 1
