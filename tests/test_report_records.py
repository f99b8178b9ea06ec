"""Of a large class the report holds outlines, which say of it what whole records would."""

import tracemalloc

import msgspec
import pytest
from report_class import write

from grader.batch.rebuild import open_gradebook
from grader.manifest import load_manifest
from grader.report.overview import Rows, overview
from grader.report.records import WRONG, ReportError, read_class, read_record
from grader.report.rendering import render, render_into


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    write(folder, 40)
    return folder


@pytest.fixture
def read(place):
    manifest = load_manifest(place / "solution")
    book, _ = open_gradebook(place / "results")
    with book:
        outlines = read_class(book, place / "results", manifest)
        yield manifest, outlines, [read_record(book, outline) for outline in outlines]


def test_the_first_page_is_the_same_of_outlines_and_of_whole_records(read):
    manifest, outlines, whole = read
    made = [overview(records, (), manifest, "now") for records in (outlines, whole)]
    tables = [list(each.rows) for each in made]
    assert tables[0] == tables[1]
    first, second = (msgspec.structs.replace(each, rows=()) for each in made)
    assert first == second
    assert first.confusions
    assert tables[0][0].attempts


def test_a_record_is_whole(place, read):
    _, outlines, whole = read
    for outline, record in zip(outlines, whole, strict=True):
        stored = (place / "results" / record.id / "score.json").read_bytes()
        assert msgspec.json.decode(stored) == msgspec.to_builtins(record.score)
        assert len(record.history) == outline.attempts == 1


def test_after_another_grading_the_last_score_counts_and_both_attempts_are_known(tmp_path):
    write(tmp_path, 3)
    manifest = load_manifest(tmp_path / "solution")
    book, _ = open_gradebook(tmp_path / "results")
    with book:
        (first, *_) = read_class(book, tmp_path / "results", manifest)
        again = msgspec.structs.replace(book.latest(first.id), score=0.5, reason="again")
        book.record(None, again)
        (outline, *_) = read_class(book, tmp_path / "results", manifest)
        record = read_record(book, outline)
    assert (outline.attempts, outline.digest != first.digest) == (2, True)
    assert outline.score.reason == record.score.reason == "again"
    assert [attempt.score.reason for attempt in record.history] == [first.score.reason, "again"]


def test_an_outline_leaves_out_what_only_the_page_of_a_submission_shows(read):
    _, outlines, _ = read
    checks = [check for o in outlines for task in o.score.tasks for check in task.checks]
    assert not any(check.expected or check.actual or check.duration_s for check in checks)
    assert all(len((check.message or "").split("\n")) <= 3 for check in checks)
    shown = [check for check in checks if check.status not in WRONG]
    assert shown
    assert not any(check.message or check.hint for check in shown)


def test_outlines_hold_what_is_the_same_once(read):
    _, outlines, _ = read
    checks = [check for o in outlines for task in o.score.tasks for check in task.checks]
    kinds = {msgspec.json.encode(check) for check in checks}
    assert len({id(check) for check in checks}) == len(kinds) < len(checks) / 4
    assert len({id(o.score.environment) for o in outlines}) == 1


def test_the_digest_tells_whatever_a_page_is_made_from(place, read):
    manifest, outlines, _ = read
    results = place / "results"

    def digests():
        book, _ = open_gradebook(results)
        with book:
            return {o.id: o.digest for o in read_class(book, results, manifest)}

    before = digests()
    assert before == {o.id: o.digest for o in outlines}
    picture = results / outlines[3].id / "artifacts" / "own_fit.png"
    content = picture.read_bytes()
    try:
        picture.write_bytes(content + b"more")
        after = digests()
    finally:
        picture.write_bytes(content)
    assert {name for name in after if after[name] != before[name]} == {outlines[3].id}


def test_scores_of_another_assignment_are_refused(place, read):
    manifest, _, _ = read
    book, _ = open_gradebook(place / "results")
    with book, pytest.raises(ReportError, match="name the right folder with --solution"):
        read_class(book, place / "results", msgspec.structs.replace(manifest, id="another"))


def test_a_long_first_page_is_written_in_pieces_as_it_would_be_made_in_one(place, read, tmp_path):
    manifest, outlines, _ = read
    shown = overview(outlines * 60, (), manifest, "now")
    whole = render("index.html.j2", script="table.js", o=shown)
    tracemalloc.start()
    try:
        render_into(tmp_path / "index.html", "index.html.j2", script="table.js", o=shown)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "index.html").read_bytes() == whole
    assert len(whole) > 1e6
    assert peak < len(whole)


def test_lines_of_the_table_are_those_that_need_a_person_first_and_then_by_name(read):
    _, outlines, _ = read
    marked = [
        msgspec.structs.replace(outline, attention=("look",) if place in (7, 30) else ())
        for place, outline in enumerate(outlines)
    ]
    rows = Rows(marked)
    assert len(rows) == len(outlines)
    assert {row.id for row in rows[:2]} == {outlines[7].id, outlines[30].id}
    for part in (rows[:2], rows[2:]):
        names = [row.name.casefold() for row in part]
        assert names == sorted(names)
    assert rows[-1] == list(rows)[-1]
