"""Parts that many pages share are made once, and still say what each page has to say."""

import msgspec
import pytest

from grader.report.feedback import Feedback, TaskFeedback
from grader.report.rendering import render
from grader.scores import Check

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


def feedback_page(check):
    task = TaskFeedback(
        id="solve", title="Solve", status="not right yet", good=False, points=None, checks=(check,)
    )
    said = Feedback(assignment="Ridge", name="Ada", headline="Half", opening=(), tasks=(task,))
    return render("feedback.html.j2", feedback=said).decode()


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


def test_what_a_student_wrote_is_no_markup_in_a_check_and_shows_what_is_invisible():
    page = feedback_page(msgspec.structs.replace(CHECK, actual="<b>\u202e</b>", title="<i>\0"))
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "\\u202e" in page
    assert "\\x00" in page
    assert "\0" not in page
