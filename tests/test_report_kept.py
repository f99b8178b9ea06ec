"""A report makes only those pages again that would say something else."""

from datetime import UTC, datetime

import pytest
from report_class import write

from grader.batch.gradebook import Gradebook
from grader.report import write_report

NOW = datetime(2031, 3, 6, 12, tzinfo=UTC)
BEFORE = datetime(2031, 3, 4, 11, tzinfo=UTC)
NAMES = [f"student-{number:04}" for number in range(4)]


@pytest.fixture
def made(tmp_path):
    """A folder of results with a report."""
    results = write(tmp_path, 4)
    write_report(results, tmp_path / "solution", now=NOW)
    return results


def again(results, now=NOW):
    """The submissions whose page or feedback a second report makes again."""
    places = {
        name: [
            results / "report" / "submissions" / f"{name}.html",
            *(results / name / f"feedback.{kind}" for kind in ("html", "md", "txt")),
        ]
        for name in NAMES
    }
    before = {
        name: [path.stat().st_ino if path.exists() else None for path in paths]
        for name, paths in places.items()
    }
    content = {path: path.read_bytes() for paths in places.values() for path in paths[:1]}
    write_report(results, results.parent / "solution", now=now)
    kept = [n for n in NAMES if before[n] == [path.stat().st_ino for path in places[n]]]
    for name in kept:
        assert places[name][0].read_bytes() == content[places[name][0]]
    return [name for name in NAMES if name not in kept]


def test_nothing_is_made_again_where_nothing_changed(made):
    assert again(made) == []
    assert again(made) == []


def test_a_remark_makes_one_page_again(made):
    with Gradebook(made / "gradebook.db") as book:
        book.remarks.comment("student-0002", "Neat.", author="kim")
    assert again(made) == ["student-0002"]
    assert "Neat." in (made / "student-0002" / "feedback.txt").read_text()


def test_another_score_or_picture_makes_its_page_again(made):
    with Gradebook(made / "gradebook.db") as book:
        score = book.latest("student-0001")
        score.tasks[0].score = 0.0
        book.record(None, score)
    (made / "student-0000" / "artifacts" / "own_fit.png").write_bytes(b"no picture")
    assert again(made) == ["student-0000", "student-0001"]


def test_a_new_neighbour_or_name_changes_the_links_beside_it(made):
    with Gradebook(made / "gradebook.db") as book:
        (entry,) = (entry for name, entry in book.entries().items() if name == "student-0003")
        book.register([type(entry)(id=entry.id, name="Someone Else", source=entry.source)])
    assert again(made) == ["student-0002", "student-0003"]


def test_files_that_are_gone_are_made_again(made):
    (made / "student-0001" / "feedback.md").unlink()
    page = made / "report" / "submissions" / "student-0003.html"
    page.unlink()
    write_report(made, made.parent / "solution", now=NOW)
    assert page.is_file()
    assert (made / "student-0001" / "feedback.md").is_file()


@pytest.mark.parametrize("content", [b"", b"{", b'{"student-0000": 3}', b"\xff"])
def test_a_list_of_pages_that_cannot_be_read_makes_all_again(made, content):
    (made / "report" / "pages.json").write_bytes(content)
    assert again(made) == NAMES


def test_other_titles_and_a_deadline_that_passed_make_all_again(made):
    assert again(made, now=BEFORE) == NAMES
    manifest = made.parent / "solution" / "assignment.toml"
    manifest.write_text(manifest.read_text().replace("Fit the slope", "Fit a slope"))
    assert again(made, now=BEFORE) == NAMES


def test_code_that_is_back_is_shown(made):
    place = made.parent / "handed_in" / "student-0002"
    place.rename(made.parent / "elsewhere")
    assert again(made) == []  # what is shown is what was graded
    (made / "report" / "pages.json").unlink()
    assert again(made) == NAMES
    (made.parent / "elsewhere").rename(place)
    assert again(made) == ["student-0002"]
