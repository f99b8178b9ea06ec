"""Parts that many pages share are made once, and still say what each page has to say."""

import msgspec
import pytest

from grader.report import rendering
from grader.report.feedback import Feedback, TaskFeedback
from grader.report.pictures import Curve, Series
from grader.report.pictures import Shown as Artifacts
from grader.report.plain import feedback_markdown, feedback_text
from grader.report.rendering import render
from grader.scores import Check, Task

CHECK = Check(
    id="solve.shape",
    title="One weight for each feature",
    status="failed",
    visibility="public",
    weight=1.0,
    message="the shape is wrong",
    expected="(3,)",
    actual="(4,)",
    hint="One weight for each column of x.",
    misconception="solve.intercept_added",
)


TASK = TaskFeedback(
    id="solve", title="Solve", status="not right yet", good=False, points=None, checks=(CHECK,)
)
STAFF_TASK = Task(
    id="solve", title="Solve", unit="ridge", status="partial", score=2, max_score=6, checks=[]
)
CURVE = Curve(title="Loss", x="step", y="loss", series=(Series(name="you", x=(0, 1), y=(2, 1)),))


def feedback_of(task):
    return Feedback(assignment="Ridge", name="Ada", headline="Half", opening=(), tasks=(task,))


def task_page(task):
    return render("feedback.html.j2", feedback=feedback_of(task)).decode()


def feedback_page(check):
    return task_page(msgspec.structs.replace(TASK, checks=(check,)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another title"),
        ("status", "crashed"),
        ("status", "passed"),
        ("message", "another message"),
        ("expected", "(5,)"),
        ("actual", "(6,)"),
        ("hint", "Another hint."),
        ("misconception", "solve.another"),
    ],
)
def test_checks_that_differ_in_one_text_are_shown_as_they_are(field, value):
    first = feedback_page(CHECK)
    other = feedback_page(msgspec.structs.replace(CHECK, **{field: value}))
    assert other != first
    assert feedback_page(CHECK) == first


@pytest.mark.parametrize("field", ["title", "status", "message", "expected", "hint"])
@pytest.mark.parametrize("write", [feedback_markdown, feedback_text])
def test_checks_that_differ_in_one_text_are_told_as_they_are(write, field):
    value = "crashed" if field == "status" else "something else"
    other = msgspec.structs.replace(
        TASK, checks=(msgspec.structs.replace(CHECK, **{field: value}),)
    )
    first = write(feedback_of(TASK))
    assert write(feedback_of(other)) != first
    assert write(feedback_of(TASK)) == first


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Another"), ("status", "done"), ("good", True), ("points", "2 of 6")],
)
def test_tasks_that_differ_in_one_thing_are_shown_as_they_are(field, value):
    first = task_page(TASK)
    assert task_page(msgspec.structs.replace(TASK, **{field: value})) != first
    assert task_page(TASK) == first


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Another"),
        ("status", "failed"),
        ("unit", "other"),
        ("id", "fit"),
        ("score", 3),
        ("max_score", 7),
    ],
)
def test_tasks_that_differ_in_one_thing_are_shown_to_staff_as_they_are(field, value):
    first = rendering._staff_head(STAFF_TASK)
    assert rendering._staff_head(msgspec.structs.replace(STAFF_TASK, **{field: value})) != first
    assert rendering._staff_head(STAFF_TASK) == first


def test_curves_that_differ_are_drawn_as_they_are():
    def page(curve):
        return task_page(msgspec.structs.replace(TASK, artifacts=Artifacts(curves=(curve,))))

    higher = msgspec.structs.replace(CURVE.series[0], y=(2, 1.5))
    first = page(CURVE)
    assert "Loss" in first
    assert page(msgspec.structs.replace(CURVE, series=(higher,))) != first
    assert page(CURVE) == first


def test_a_task_without_pictures_metrics_or_curves_says_nothing_of_them():
    page = task_page(TASK)
    assert "<figure" not in page
    assert "pictures" not in page.partition("<body>")[2]


def test_what_a_student_wrote_is_no_markup_in_a_check_and_shows_what_is_invisible():
    page = feedback_page(msgspec.structs.replace(CHECK, actual="<b>\u202e</b>", title="<i>\0"))
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "\\u202e" in page
    assert "\\x00" in page
    assert "\0" not in page
