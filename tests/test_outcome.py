"""What the end of a check means, one exception at a time."""

import pytest
from pytest_timeout import PYTEST_FAILURE_MESSAGE

from grader.checks import CheckFailure
from grader.judge.errors import TIMED_OUT, StudentError
from grader.judge.outcome import Blocked, Result, judge_end, own_lines
from grader.judge.points import blocked_message
from grader.worker.crash import Frame
from grader.worker.executor import Executor
from grader.worker.handles import Target

FRAMES = [Frame("layers.py", line, "forward", f"line {line}") for line in range(1, 10)]


def ended(error, task="solve"):
    return judge_end(error, check=f"{task}.shape", task=task, folder=None, limit_s=2.5)


def raised(error):
    """The exception after it was raised here, so that it has a traceback."""
    try:
        raise error
    except BaseException as caught:
        return caught


def from_student(folder, code):
    """What comes out of a call of student code."""
    (folder / "mine.py").write_text(code)
    executor = Executor(folder, {})
    try:
        executor.call(Target("mine", ("run",)), [], {})
    except BaseException as error:
        return error
    finally:
        executor.close()
    raise AssertionError("the code should have raised")


def test_no_exception_is_a_pass():
    assert ended(None) == Result(id="solve.shape", status="passed")


def test_a_failed_comparison_keeps_its_four_texts():
    failure = CheckFailure("wrong shape", expected="(3,)", actual="(4,)", hint="Count columns.")
    assert ended(failure) == Result(
        id="solve.shape",
        status="failed",
        message="wrong shape",
        expected="(3,)",
        actual="(4,)",
        hint="Count columns.",
    )


@pytest.mark.parametrize(
    ("text", "task", "status"),
    [
        ("TODO solve (6 points)", "solve", "todo"),
        ("TODO solve", "solve", "todo"),
        ("TODO solve", "predict", "skipped"),
        ("todo solve", "solve", "crashed"),
        ("later", "solve", "crashed"),
    ],
)
def test_a_todo_is_that_of_the_task_or_a_blocker(text, task, status):
    result = ended(StudentError("NotImplementedError", text), task)
    assert result.status == status
    if status == "skipped":
        assert result.message == "needs task solve, whose TODO is still there"


def test_code_without_time_left_has_timed_out():
    result = ended(StudentError(TIMED_OUT, "your submission took longer than it may in all"))
    assert (result.status, result.message) == (
        "timed_out",
        "your submission took longer than it may in all",
    )
    assert result.hint


def test_a_todo_that_a_check_raises_itself_is_a_fault_of_ours():
    assert ended(raised(NotImplementedError("TODO solve"))).status == "grader_error"


def test_a_blocked_check_is_skipped_and_names_its_blocker():
    text = blocked_message("Solve for the weights", "solve", "There is one weight")
    result = ended(Blocked(text))
    assert result.status == "skipped"
    assert result.message == (
        'needs task solve (Solve for the weights), whose check "There is one weight" has not passed'
    )


def test_pytest_timeouts_failure_names_the_limit():
    result = ended(raised(pytest.fail.Exception(PYTEST_FAILURE_MESSAGE % 2.5)))
    assert result.status == "timed_out"
    assert result.message == "stopped after 2.5 s, the time limit of one check"
    assert "loop" in result.hint


def test_a_timeout_within_student_code_is_a_timeout_and_no_crash(tmp_path):
    code = f"import pytest\ndef run():\n    pytest.fail({PYTEST_FAILURE_MESSAGE % 2.5!r})\n"
    assert ended(from_student(tmp_path, code)).status == "timed_out"


def test_plain_assertions_of_a_check_are_failures():
    assert ended(raised(AssertionError("2 == 3"))).message == "2 == 3"
    assert ended(raised(AssertionError())).message == "the check did not hold"
    assert ended(raised(pytest.fail.Exception("no"))).status == "failed"


@pytest.mark.parametrize(
    "error", [ValueError("oops"), pytest.skip.Exception("oops"), SystemExit(3)]
)
def test_any_other_exception_of_a_check_is_a_fault_of_ours_that_names_the_place(error):
    result = ended(raised(error))
    assert result.status == "grader_error"
    assert "test_outcome.py:" in result.message
    assert "not your fault" in result.message


def test_a_crash_elsewhere_shows_at_most_six_lines_first_and_last():
    result = ended(StudentError("ValueError", "oops", FRAMES))
    assert result.status == "crashed"
    lines = result.message.splitlines()
    assert lines[0] == "ValueError: oops"
    shown = [int(line.split("line ")[1].split(",")[0]) for line in lines[1::2]]
    assert shown == [1, 2, 6, 7, 8, 9]
    assert lines[1:3] == ["layers.py, line 1, in forward", "    line 1"]


def test_a_crash_without_lines_of_the_students_is_its_exception():
    assert ended(StudentError("ProcessEnded", "it ended")).message == "ProcessEnded: it ended"


def test_own_lines_leave_out_the_checks_of_the_same_folder(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "helper.py").write_text("def twice(f):\n    return f() + f()\n")
    code = (
        "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'checks'))\n"
        "from helper import twice\n\n\ndef run():\n    return twice(lambda: {}['key'])\n"
    )
    error = from_student(tmp_path, code)
    assert [(f.file, f.line, f.function) for f in own_lines(error, tmp_path)] == [
        ("mine.py", 7, "run"),
        ("mine.py", 7, "<lambda>"),
    ]


def test_a_refusal_of_torch_in_student_code_is_the_students_crash(tmp_path):
    code = "import torch\ndef run():\n    return torch.ones(2, 3) @ torch.ones(2, 3)\n"
    error = from_student(tmp_path, code)
    result = judge_end(error, check="a.b", task="a", folder=tmp_path, limit_s=1)
    assert isinstance(error, RuntimeError)
    assert result.status == "crashed"
    assert result.message.splitlines()[1:] == [
        "mine.py, line 3, in run",
        "    return torch.ones(2, 3) @ torch.ones(2, 3)",
    ]
