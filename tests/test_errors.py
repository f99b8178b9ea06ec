"""Exceptions of students, and what is said of them."""

import pytest

from grader.judge.errors import Frame, StudentError, describe_error, is_refusal, todo_task
from grader.judge.remote import ViolationError


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")


class TodoError(NotImplementedError):
    pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("too few rows"), "ValueError: too few rows"),
        (ValueError(), "ValueError"),
        (KeyError("w1"), "KeyError: 'w1'"),
        (SystemExit(3), "SystemExit: 3"),
        (MuteError(), "MuteError: (its text cannot be had: RuntimeError)"),
        (RuntimeError("first\nsecond"), "RuntimeError: first\nsecond"),
        (StudentError("ValueError", "too few rows"), "ValueError: too few rows"),
        (StudentError("ValueError", ""), "ValueError"),
        (ValueError("y" * 2001), f"ValueError: {'y' * 2000} ..."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_exception_is_described_by_type_and_text(error, said):
    assert describe_error(error) == said


def test_both_forms_of_an_exception_read_the_same():
    here = IndexError("index 7 is out of bounds")
    assert describe_error(here) == describe_error(StudentError("IndexError", str(here)))


def test_an_exception_from_another_process_keeps_what_it_was():
    frames = [
        Frame("ridge.py", 7, "solve", "return inner(x)"),
        Frame("ridge.py", 3, "inner", "x.y"),
    ]
    error = StudentError("AttributeError", "no y", frames)
    assert (error.kind, error.text) == ("AttributeError", "no y")
    assert error.frames == tuple(frames)
    assert str(error) == "AttributeError: no y"
    assert StudentError("ValueError", "no").frames == ()


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("TODO encoder", "encoder"),
        ("TODO conv2_forward: write the loop", "conv2_forward"),
        ("TODO solve\nmore", "solve"),
        ("TODO", None),
        ("TODO ", None),
        ("TODO Encoder", None),
        ("TODO 2nd", None),
        ("todo encoder", None),
        ("later: TODO encoder", None),
        ("", None),
    ],
)
def test_a_todo_names_its_task_in_both_forms(text, task):
    assert todo_task(NotImplementedError(text)) == task
    assert todo_task(StudentError("NotImplementedError", text)) == task


@pytest.mark.parametrize(
    "error",
    [
        ValueError("TODO encoder"),
        TodoError("TODO encoder"),
        NotImplementedError(),
        StudentError("RuntimeError", "TODO encoder"),
        StudentError("", "TODO encoder"),
        SystemExit("TODO encoder"),
    ],
    ids=repr,
)
def test_only_a_plain_not_implemented_error_is_a_todo(error):
    assert todo_task(error) is None


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        NotImplementedError("not for one sample"),
        AssertionError("x must be finite"),
        StudentError("ValueError", "no"),
        StudentError("NotImplementedError", "not for one sample"),
    ],
    ids=repr,
)
def test_an_ordinary_exception_is_a_refusal(error):
    assert is_refusal(error)


@pytest.mark.parametrize(
    "error",
    [
        NotImplementedError("TODO encoder"),
        StudentError("NotImplementedError", "TODO encoder"),
        SystemExit(1),
        KeyboardInterrupt(),
        StudentError("SystemExit", "1"),
        StudentError("KeyboardInterrupt", ""),
        StudentError("ProcessEnded", "killed by signal 11"),
        ViolationError("bytes out of turn"),
    ],
    ids=repr,
)
def test_a_todo_or_an_end_is_no_refusal(error):
    assert not is_refusal(error)
