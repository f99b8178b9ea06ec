"""The pages of a whole report, read back without a browser."""

from datetime import UTC, datetime

import pytest
from report_class import HOSTILE, write
from report_html import Page

from grader.batch.gradebook import Gradebook
from grader.batch.records import Entry
from grader.manifest import load_manifest
from grader.report import ReportError, write_report
from grader.report.text import one_line
from grader.texts import number

NOW = datetime(2031, 3, 6, tzinfo=UTC)
SIZE = 2 * len(HOSTILE)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    results = write(folder, SIZE)
    with Gradebook(results / "gradebook.db") as book:
        book.register([Entry(id="waiting", name="Wendy")])
    written = write_report(results, folder / "solution", now=NOW)
    return results, written


@pytest.fixture(scope="module")
def index(made):
    return Page((made[0] / "report" / "index.html").read_text())


def page(made, number):
    path = made[0] / "report" / "submissions" / f"student-{number:04}.html"
    return Page(path.read_text())


def squeezed(text):
    return " ".join(text.split())


def test_a_report_has_a_page_for_each_submission_and_feedback_in_three_forms(made):
    results, written = made
    assert written.submissions == SIZE
    assert written.without_code == 0
    assert len(list((results / "report" / "submissions").iterdir())) == SIZE
    for form in ("html", "md", "txt"):
        assert len(list(results.glob(f"*/feedback.{form}"))) == SIZE
    assert not list(results.glob(".grader-work-*"))


def test_whatever_students_write_is_text_on_every_page(made, index):
    index.refuse_foreign(scripts=1)
    for place in range(SIZE):
        found = page(made, place)
        found.refuse_foreign(scripts=0)
        hostile = one_line(HOSTILE[place % len(HOSTILE)])
        assert hostile in squeezed(found.text)
        if place % 3 == 0:
            assert hostile in squeezed(index.text)


def test_who_needs_a_person_comes_first(made, index):
    written = made[1]
    text = squeezed(index.text)
    assert written.needs_person == 1
    assert text.index("Who needs you: 1") < text.index("What the class did not understand")
    assert text.index("What the class did not understand") < text.index("Median")
    assert "the grader failed: " + one_line(HOSTILE[3]) in text
    assert "1 taken in but not graded yet" in text
    assert "Wendy" in text
    rows = [attributes for tag, attributes in index.elements if "data-lost" in attributes]
    assert rows[0]["data-id"] == "student-0003"
    assert "person" in rows[0]["data-marks"]


def test_charts_name_their_axes(index, made):
    for words in ("points", "submissions"):
        assert words in index.pieces
    own = page(made, 5)
    for words in ("training steps", "mean squared error", "a horizontal line, 0.09"):
        assert words in own.pieces


def test_every_check_is_on_the_submissions_page_with_what_staff_may_see(made):
    found = page(made, 1)
    text = squeezed(found.text)
    with Gradebook(made[0] / "gradebook.db", read_only=True) as book:
        score = book.latest("student-0001")
    for check in (check for task in score.tasks for check in task.checks):
        assert squeezed(check.title) in text
        for said in (check.expected, check.hint) if check.status != "passed" else ():
            assert said is None or said in text
        about = f"{check.visibility}, weight {number(check.weight)}, {check.duration_s:.2f} s"
        assert f"{squeezed(check.title)} {about}" in text
    assert "residual" in text
    assert "What the student is shown" in text


def test_the_line_a_check_stopped_at_is_marked(made):
    pages = [made[0] / "report" / "submissions" / f"student-{n:04}.html" for n in range(SIZE)]
    crashed = [n for n, path in enumerate(pages) if 'class="stop"' in path.read_text()]
    assert crashed
    text = squeezed(page(made, crashed[0]).text)
    assert "checks stopped at line 3 return x / 0" in text


def test_remarks_are_on_the_page_and_in_the_table(made, index):
    text = squeezed(page(made, 1).text)
    assert one_line(HOSTILE[0]) in text
    assert one_line(HOSTILE[8]) in text
    assert "Added by ada" in text
    (row,) = [a for _, a in index.elements if a.get("data-id") == "student-0001"]
    assert "adjusted" in row["data-marks"]
    assert "+1.5" in index.pieces


def test_the_best_and_the_most_typical_pictures_stand_side_by_side(made, index):
    with Gradebook(made[0] / "gradebook.db", read_only=True) as book:
        scores = [history[-1].score for history in book.each_history()]
    values = sorted((score.tasks[0].metrics["residual"], score.submission) for score in scores)
    middle = (values[SIZE // 2 - 1][0] + values[SIZE // 2][0]) / 2
    typical = sorted(values, key=lambda item: (abs(item[0] - middle), item[1]))
    assert len(index.all("img")) == 6
    text = squeezed(index.text)
    shown = text[text.index("The best") : text.index("Name or id")]
    for value, _ in [*values[:3], *typical[:3]]:
        assert f"residual {value:.4g}" in shown


def test_a_second_report_replaces_the_first(tmp_path):
    results = write(tmp_path, 2)
    write_report(results, tmp_path / "solution", now=NOW)
    stale = results / "report" / "submissions" / "gone.html"
    stale.write_text("old")
    with Gradebook(results / "gradebook.db") as book:
        book.remarks.comment("student-0000", "Well argued.", author="ada")
    write_report(results, tmp_path / "solution", now=NOW)
    assert not stale.exists()
    assert "Well argued." in (results / "student-0000" / "feedback.txt").read_text()


def test_scores_of_another_assignment_are_refused(tmp_path):
    results = write(tmp_path, 2)
    manifest = tmp_path / "solution" / "assignment.toml"
    manifest.write_text(manifest.read_text().replace("straight-lines", "crooked-lines"))
    assert load_manifest(manifest).id == "crooked-lines"
    with pytest.raises(ReportError, match=r"'straight-lines'.*'crooked-lines'.*--solution"):
        write_report(results, tmp_path / "solution")


def test_missing_pictures_and_code_are_said_and_do_not_stop_the_report(tmp_path):
    results = write(tmp_path, 2)
    (results / "student-0000" / "artifacts" / "own_fit.png").unlink()
    (tmp_path / "handed_in").rename(tmp_path / "moved")
    written = write_report(results, tmp_path / "solution", now=NOW)
    assert written.without_code == 2
    text = squeezed(page((results,), 0).text)
    assert "own_fit.png is not shown: its file is missing" in text
    assert "no longer where they were graded from" in text
