"""The table a student reads: 80 columns, nothing that steers a terminal, readable in ASCII."""

import io
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader import scores
from grader.judge.session import Session
from grader.judge.table import render
from grader.manifest import load_manifest

MANIFEST = """
id = "wide"
title = "Wide"
[[units]]
module = "a.py"
title = "A"
tasks = [{ id = "only", title = "Only", points = 3 }]
"""
LONG = "Konvolution und Pooling, " * 9
WIDE = "畳み込みニューラルネットワーク" * 9
WORD = "unbroken" * 30
STEERING = "\x1b[2J\x1b]0;title\x07\r\x08\x00\x9b31m\u202e\u2028[bold red]:smile:[/]"


def check(status="failed", **texts):
    texts = {"title": "A check", "visibility": "public", "weight": 1, **texts}
    return scores.Check(id="only.one", status=status, **texts)


def task(*checks, status="failed", title="Only", name="only", unit="a", points=0.0):
    return scores.Task(
        id=name,
        title=title,
        unit=unit,
        status=status,
        score=points,
        max_score=3,
        checks=list(checks) or [check("passed")],
    )


@pytest.fixture
def text(tmp_path):
    """``text(*tasks)``: the table of a score that has them."""
    (tmp_path / "assignment.toml").write_text(MANIFEST)
    (tmp_path / "checks" / "hidden").mkdir(parents=True)

    def text(*tasks, color=False, status="graded", reason=None):
        session = Session(
            root=tmp_path,
            manifest=load_manifest(tmp_path),
            folder=tmp_path,
            data=None,
            scores_path=Path("scores.json").resolve(),
            seed=12,
            tasks=[],
        )
        score = session.score()
        score.tasks, score.status, score.reason = list(tasks), status, reason
        score.score = sum(task.score for task in tasks)
        score.max_score = sum(task.max_score for task in tasks)
        return render(score, session, color=color)

    return text


def widths(text):
    return [cell_len(line) for line in text.splitlines()]


def test_units_tasks_points_and_status_stand_in_columns(text):
    lines = text(
        task(status="passed", points=3.0),
        task(status="partial", points=0.67, name="second", title="Another"),
        task(status="timed_out", name="third", unit="b"),
    ).splitlines()
    rows = [line.split() for line in lines if line]
    assert rows[0] == ["Unit", "Task", "Points", "Status"]
    assert rows[1] == ["a", "only", "Only", "3", "/", "3", "passed"]
    assert rows[2] == ["second", "Another", "0.67", "/", "3", "partial"]
    assert rows[3] == ["b", "third", "Only", "0", "/", "3", "timed", "out"]
    assert "Total 3.67 / 9" in lines
    assert "Score: scores.json   Seed: 12" in lines


def test_a_failed_check_says_what_was_expected_what_came_and_a_hint(text):
    said = text(task(check(message="wrong", expected="(3,)", actual="(4,)", hint="Count.")))
    for line in (
        "only  Only",
        "  failed: A check",
        "             wrong",
        "    expected (3,)",
        "    got      (4,)",
        "    hint     Count.",
    ):
        assert line in [row.rstrip() for row in said.splitlines()]


def test_passed_and_todo_checks_are_not_explained(text):
    said = text(task(check("passed", title="Fine"), check("todo", title="Open"), status="partial"))
    assert "Fine" not in said
    assert "Open" not in said


def test_one_blocker_is_named_once_for_a_task_and_two_twice(text):
    skipped = [check("skipped", message=m, title=t) for m, t in zip("aab", "xyz", strict=True)]
    said = text(task(*skipped, status="skipped"))
    assert said.count("skipped: ") == 2


def test_a_hidden_check_is_called_hidden(text):
    assert "failed: A check  (hidden)" in text(task(check(visibility="hidden")))
    assert "(hidden)" not in text(task(check()))


@pytest.mark.parametrize("filler", [LONG, WIDE, WORD, WIDE + WORD])
def test_no_line_is_wider_than_80_columns(text, filler):
    failed = check(title=filler, message=filler, expected=filler, actual=filler, hint=filler)
    said = text(
        task(failed, title=filler, status="failed"),
        task(name="x" * 60, unit="y" * 60, status="error", points=1234567.25),
        status="needs_review",
        reason=filler,
    )
    assert max(widths(said)) <= 80
    assert len(said.splitlines()) > 12
    together = "".join(said.split())
    assert together.count("".join(filler.split())[:20]) >= 2


def test_a_column_never_grows_so_wide_that_another_is_lost(text):
    said = text(task(name="x" * 60, unit="y" * 60, title=LONG, points=1.5))
    assert "1.5 / 3" in said
    assert "failed" in said
    assert "x" * 10 in said


def test_nothing_a_student_says_steers_the_terminal(text):
    failed = check(title=STEERING, message=STEERING, expected=STEERING, actual=STEERING)
    failed.hint = STEERING
    said = text(task(failed, title=STEERING), status="needs_review", reason=STEERING)
    assert [c for c in said if not c.isprintable() and c != "\n"] == []
    assert "\\x1b[2J" in said
    assert "[bold red]:smile:[/]" in said


def test_colour_is_only_for_a_terminal(text):
    failed = task(check(message="wrong"))
    assert "\x1b[" not in text(failed)
    assert "\x1b[" in text(failed, color=True)


def test_a_terminal_without_unicode_gets_question_marks(text, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    said = text(task(check(message="größer als 漢字", title="Prüfung")))
    assert said.isascii()
    assert "Pr?fung" in said
    assert "gr??er als ??" in said


def test_a_task_that_was_left_out_has_no_row(text):
    left_out = check("skipped", message="not run: left out on the command line")
    said = text(task(left_out, name="absent", status="skipped"), task(name="present"))
    assert "present" in said
    assert "absent" not in said


def test_the_total_says_when_a_person_or_hidden_checks_are_still_to_come(text, tmp_path):
    said = text(task(check("grader_error")), status="needs_review", reason="it broke")
    assert "Needs a person: it broke" in said
    (tmp_path / "checks" / "hidden").rmdir()
    assert "Total 0 / 3 on the public checks; hidden checks settle" in text(task())
