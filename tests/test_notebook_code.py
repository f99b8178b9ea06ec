"""Whose notebook a page shows: that of the same student, or none."""

import notebook_samples as samples
import pytest
from intake_samples import put, zipped
from notebook_samples import IMPORT, MODULES, PREDICT, SOLVE, cell, notebook
from sample_scores import make_score

from grader.batch.intake import collect
from grader.batch.records import Entry
from grader.report.code import find_submissions
from grader.report.records import Record
from grader.scores import Digest


def work(name):
    """The same code for all, with a text of one's own."""
    return notebook([IMPORT, SOLVE, PREDICT, cell(name, kind="markdown")])


def find(tmp_path, path, *, rename=""):
    """What is found for the submissions at a path, as a report looks for it."""
    outlines = samples.outlines(tmp_path / "solution")
    taken = collect([path], modules=MODULES, workdir=tmp_path / "work", outlines=outlines)
    records = [
        Record(
            entry=Entry(id=s.id + rename, source=str(s.source), layout=s.layout),
            score=make_score(s.id + rename, digest=Digest(submission=s.digest, solution="x")),
            final=None, adjustments=(), comments=(), folder=tmp_path, attention=(),
        )
        for s in taken
    ]  # fmt: skip
    assert len({record.score.digest.submission for record in records}) == 1
    (tmp_path / "place").mkdir()
    return find_submissions(records, MODULES, tmp_path / "place", outlines)


FILES = {
    "folders": {"kim/hw.ipynb": work("kim"), "lee/hw.ipynb": work("lee")},
    "files": {"kim.ipynb": work("kim"), "lee.ipynb": work("lee")},
    "canvas": {"kim_1_7_hw.ipynb": work("kim"), "lee_2_8_hw.ipynb": work("lee")},
    "moodle": {"kim_1_assignsubmission_file_/hw.ipynb": work("kim"),
               "lee_2_assignsubmission_file_/hw.ipynb": work("lee")},
}  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "packed"),
    [*((layout, False) for layout in FILES), ("canvas", True), ("moodle", True)],
)
def test_each_student_has_their_own_notebook(tmp_path, layout, packed):
    path = put(tmp_path / "class", FILES[layout])
    if packed:
        path = tmp_path / "class.zip"
        path.write_bytes(zipped(FILES[layout]))
    found = find(tmp_path, path)
    assert len(found) == 2
    for name, submission in found.items():
        (kept,) = submission.notebooks
        assert kept.read_bytes() == work(name[:3])


def test_without_certainty_there_is_the_code_and_no_notebook(tmp_path):
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(FILES["canvas"]))
    found = find(tmp_path, path, rename="-x")
    assert sorted(found) == ["kim-1-x", "lee-2-x"]
    assert all(s.files is not None and s.notebooks == () for s in found.values())
