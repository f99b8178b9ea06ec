"""What exports are made from does not stay in memory, and says so where there is no room for it."""

import contextlib
import errno
import gc
import os
import random
import resource
import tempfile
import tracemalloc
from pathlib import Path

import msgspec
import pytest
from sample_scores import make_score

from grader.batch.records import Entry
from grader.export.records import ExportError, Graded, Shelf


def test_scores_come_from_the_shelf_as_they_were_in_any_order():
    shelf = Shelf()
    scores = [make_score(f"s{n}", slope=n / 10, reason="é" * n) for n in range(20)]
    taken = [Graded.of(Entry(id=s.submission), s, s.score, shelf=shelf) for s in scores]
    for place in (3, 3, 19, 0, 7, 3, 18):
        assert taken[place].score == scores[place]
    late = Graded.of(Entry(id="late"), make_score("late"), 1.0, shelf=shelf)
    assert [item.score for item in (*taken, late)] == [*scores, make_score("late")]


def test_what_a_score_becomes_later_does_not_change_what_was_put_on_the_shelf():
    score = make_score("ada")
    item = Graded.of(Entry(id="ada"), score, 1.0)
    score.tasks.clear()
    assert item.score == make_score("ada")


def test_thousands_of_scores_take_a_small_part_of_their_size_in_memory():
    size = len(msgspec.json.encode(_large(0)))
    tracemalloc.start()
    try:
        shelf = Shelf()
        made = [Graded.of(Entry(id="s"), _large(n), 0.0, shelf=shelf) for n in range(200)]
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 200 * size / 10
    assert made[150].score == _large(150)


def _large(number):
    """A score that does not pack well."""
    return make_score("s", reason=random.Random(number).randbytes(10_000).hex())


def test_the_file_of_a_shelf_is_open_as_long_as_a_score_lies_on_it():
    gc.collect()
    before = _open_files()
    item = Graded.of(Entry(id="ada"), make_score("ada"), 1.0)
    gc.collect()
    assert _open_files() == before + 1
    assert item.score.submission == "ada"
    del item
    gc.collect()
    assert _open_files() == before


def _open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_without_a_place_for_temporary_files_the_error_names_the_fix(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ExportError, match=r"\(No such file .*make room .* TMPDIR"):
        Shelf()


def test_where_no_folder_takes_temporary_files_the_error_names_the_fix(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)  # looked for anew
    with (
        _files_of_at_most(0),
        pytest.raises(ExportError, match=r"\(No usable .*make room .* TMPDIR"),
    ):
        Shelf()


def test_on_a_full_disk_the_error_names_the_fix():
    shelf = Shelf()
    full = rf"\({os.strerror(errno.EFBIG)}\); make room"
    with _files_of_at_most(100), pytest.raises(ExportError, match=full):
        shelf.put(_large(0))


@contextlib.contextmanager
def _files_of_at_most(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
