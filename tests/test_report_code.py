from pathlib import Path

import pytest
from report_class import CODE, write
from sample_scores import make_score, make_task

from grader.batch.intake import collect
from grader.batch.rebuild import open_gradebook
from grader.manifest import load_manifest
from grader.report import side_by_side
from grader.report.code import find_code, read_code, stopping_lines
from grader.report.records import read_class


def score_with(message, status="crashed"):
    task = make_task("slope", 0.0, 4.0)
    task.checks[0].status, task.checks[0].message = status, message
    return make_score(tasks=[task])


def test_lines_are_found_where_a_message_names_them():
    score = score_with("ZeroDivisionError: by zero\nlines.py, line 3, in fit\n    return x / 0")
    assert stopping_lines(score) == {"lines.py": {3: ("It does",)}}
    assert stopping_lines(score_with("lines.py, line 3, in fit", "passed")) == {}
    assert stopping_lines(score_with(None)) == {}
    assert stopping_lines(score_with("no line 3, at all")) == {}


def test_files_with_such_a_line_come_first_and_every_byte_can_be_read(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x = 1\r\ny = '\xff'\n")
    (tmp_path / "lines.py").write_text(CODE)
    (tmp_path / "notes.txt").write_text("no code")
    files = read_code(tmp_path, score_with("lines.py, line 3, in fit\nlines.py, line 999, in x"))
    assert [file.name for file in files] == ["lines.py", "a.py"]
    assert [line.number for line in files[0].lines if line.stopped] == [3]
    assert files[0].lines[2].text == "    return x / 0"
    assert [line.text for line in files[1].lines] == ["x = 1", "y = '\\xff'"]


def test_a_very_long_file_is_cut(tmp_path):
    (tmp_path / "lines.py").write_text("#" * 300_000)
    (file,) = read_code(tmp_path, make_score())
    assert file.cut
    assert len(file.lines[0].text) == 200_000


@pytest.fixture
def records(tmp_path):
    results = write(tmp_path, 3)
    book, _ = open_gradebook(results)
    with book:
        return read_class(book, results, load_manifest(tmp_path / "solution"))


def find(records, tmp_path):
    (tmp_path / "place").mkdir()
    return find_code(records, ["lines.py"], tmp_path / "place")


def test_the_code_that_was_graded_is_found_where_it_came_from(records, tmp_path):
    found = find(records, tmp_path)
    assert sorted(found) == [record.id for record in records]
    assert (found["student-0001"] / "lines.py").read_text().startswith(CODE)


def test_the_code_of_a_large_class_is_found_on_all_cores(records, tmp_path, monkeypatch):
    monkeypatch.setattr(side_by_side, "LEAST", 1)
    monkeypatch.setattr(side_by_side, "cores", lambda: 3)
    seen = []
    monkeypatch.setattr(
        "grader.report.code.collect", lambda *a, **k: seen.append(a) or collect(*a, **k)
    )
    found = find(records, tmp_path)
    assert {name: (files / "lines.py").read_bytes() for name, files in found.items()} == {
        record.id: (Path(record.entry.source) / "lines.py").read_bytes() for record in records
    }
    assert not seen  # in this process


def test_code_that_has_changed_since_is_not_taken_for_what_was_graded(records, tmp_path):
    changed = Path(records[1].entry.source) / "lines.py"
    changed.write_text(changed.read_text() + "# later\n")
    (Path(records[2].entry.source) / "lines.py").unlink()
    assert list(find(records, tmp_path)) == ["student-0000"]


def test_files_of_a_download_that_lie_side_by_side_are_found(tmp_path):
    from grader.batch.records import Entry
    from grader.report.records import Record
    from grader.scores import Digest

    folder = tmp_path / "canvas"
    folder.mkdir()
    for name in ("kim_1001_90001_lines.py", "kim_1001_90002_other.py", "lee_1002_9_lines.py"):
        (folder / name).write_text(f"# {name}\n")
    (tmp_path / "work").mkdir()
    modules = ["lines.py", "other.py"]
    taken = collect([folder], modules=modules, workdir=tmp_path / "work")
    records = []
    for submission in taken:
        digest = Digest(submission=submission.digest, solution="x")
        entry = Entry(id=submission.id, source=str(submission.source), layout=submission.layout)
        records.append(
            Record(
                entry=entry,
                score=make_score(submission.id, digest=digest),
                final=None,
                adjustments=(),
                comments=(),
                folder=tmp_path,
                attention=(),
            )
        )
    (tmp_path / "place").mkdir()
    found = find_code(records, modules, tmp_path / "place")
    assert sorted(found) == sorted(record.id for record in records)
