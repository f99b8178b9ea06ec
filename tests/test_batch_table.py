import io

import pytest
from rich.cells import cell_len
from sample_scores import make_score, make_task

from grader.batch.summary import summarize
from grader.batch.table import render, table_row
from grader.scores import Score


def show(*scores: Score, name: str | None = "Ada Lovelace", **options: object) -> str:
    return render([table_row(s, name=name) for s in scores], summarize(scores), **options)  # type: ignore[arg-type]  # any options


def test_a_line_has_the_points_after_the_penalty_and_the_weakest_task() -> None:
    line = show(make_score("ada", penalty=2.25)).splitlines()[1]
    assert line.split("  ")[0].strip().startswith("ada")
    assert "Ada Lovelace" in line
    assert "6.25 / 11" in line
    assert "-2.25" in line
    assert "graded" in line
    assert line.endswith("slope: partial")


def test_totals_stand_below() -> None:
    scores = [
        make_score("ada"),
        make_score("bo", slope=1.0, penalty=1.5),
        make_score("cy", status="needs_review", reason="the disk was full"),
    ]
    text = show(*scores)
    assert "3 submissions: 2 graded, 1 needs a person, 1 lost points for lateness" in text
    assert "Points of 11: mean 6.75, median 6.75, middle half 5.88 to 7.62" in text
    assert "the disk was full" in text


def test_who_needs_a_person_is_listed_with_the_whole_reason() -> None:
    reason = "these checks failed through no fault of the student: " + "slope.one, " * 9
    scores = [make_score(f"s{n}", status="needs_review", reason=reason) for n in range(10, 33)]
    lines = show(*scores).splitlines()
    start = lines.index("Need a person:")
    assert " ".join(line.strip() for line in lines[start + 1 : start + 4]).count("slope.one") == 9
    assert lines[start + 1].startswith("  s10: these checks failed")
    assert lines[-1] == "  and 3 more, in summary.json"


def test_points_given_by_a_person_are_shown_instead() -> None:
    assert table_row(make_score(), points=9.75).points == "9.75 / 11"


def test_a_late_submission_that_lost_nothing_is_marked() -> None:
    assert table_row(make_score(), late=True).late == "late"
    assert table_row(make_score(penalty=1.5), late=True).late == "-1.5"
    assert table_row(make_score()).late == ""


def test_the_note_names_the_task_that_lost_the_largest_share() -> None:
    assert table_row(make_score(slope=4.0)).note == "spread: partial"
    tasks = [make_task("slope", 3.0, 4.0), make_task("spread", 0.0, 7.0, "timed_out")]
    assert table_row(make_score(tasks=tasks)).note == "spread: timed out"
    assert table_row(make_score(slope=4.0, spread=7.0)).note == ""
    assert table_row(make_score(status="needs_review")).note == "needs a person"


def test_no_line_is_wider_than_the_terminal_whatever_the_names() -> None:
    score = make_score("n" * 78, status="needs_review", reason="long " * 60)
    for name in ("Ada " * 30, "漢字" * 30):
        for width in (80, 60):
            lines = show(score, make_score("bo"), name=name, width=width).splitlines()
            assert max(cell_len(line) for line in lines) <= width
            assert len(lines) >= 8
    assert "6.25 / 11" in show(make_score("x" * 70, penalty=2.25), name="Ada " * 30)


def test_nothing_in_a_name_can_steer_the_terminal() -> None:
    text = show(make_score(status="needs_review", reason="\x9b2J\r"), name="\x1b[2J\u202e\nx")
    assert not {c for c in text if not c.isprintable()} - {"\n"}
    assert "\\x1b[2J\\u202e" in text
    assert text.splitlines()[-1] == "  ada: \\x9b2J\\r"


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert "[red]x :smile:" in show(make_score(), name="[red]x :smile:")


def test_colour_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[32m" in show(make_score(), color=True)
    assert "\x1b" not in show(make_score())


def test_letters_the_stream_lacks_become_question_marks() -> None:
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert "Zo?" in show(make_score(), name="Zoë", stream=ascii_only)


def test_without_names_there_is_no_such_column() -> None:
    assert "Name" not in show(make_score(), name=None)
    assert "Name" in show(make_score())


def test_no_submissions_give_totals_only() -> None:
    assert show() == "0 submissions: 0 graded\n"
