import math
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sample_scores import make_score, make_task
from tiny_disks import fill, make_read_only, tiny_disk

from grader.batch import gradebook_file
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook_file import GradebookError
from grader.batch.rebuild import open_gradebook
from grader.batch.records import Entry, Key, NewAttempt
from grader.batch.remarks import MIRROR, RemarkError, read_remarks
from grader.batch.results import Results
from grader.scores import Digest, ScoreError, read_score

AT = datetime(2031, 3, 5, 9, 30, tzinfo=UTC)
LATER = "2031-03-06T10:20:30+00:00"
REBUILT = r"move it away, .*begin with gradebook\.db, and grade again: it is rebuilt"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gradebook.db"


def latest_scores(book: Gradebook) -> dict:
    return {h[-1].score.submission: h[-1].score for h in book.each_history()}


def sql(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def corrupt(path: Path, page: int = 3) -> None:
    """Overwrite a page, as a bad disk or a careless copy would."""
    content = bytearray(path.read_bytes())
    content[page * 4096 : (page + 1) * 4096] = random.Random(5).randbytes(4096)
    path.write_bytes(content)


# Opening


def test_a_missing_gradebook_is_made_and_opens_again(path: Path) -> None:
    Gradebook(path).close()
    with Gradebook(path) as book:
        assert latest_scores(book) == {}
    assert [item.name for item in path.parent.iterdir()] == ["gradebook.db"]


def test_an_empty_file_becomes_a_gradebook(path: Path) -> None:
    path.touch()
    with Gradebook(path) as book:
        assert book.record(None, make_score()) == 1


def test_a_name_with_odd_characters_is_the_file_s_name(tmp_path: Path) -> None:
    path = tmp_path / "50% of #1?mode=ro.db"
    with Gradebook(path) as book:
        book.record(None, make_score())
    assert path.stat().st_size > 0


def test_a_file_that_is_no_database_says_how_to_rebuild(path: Path) -> None:
    path.write_bytes(b"points: 12\n" * 500)
    with pytest.raises(GradebookError, match=rf"gradebook\.db: is damaged .*{REBUILT}"):
        Gradebook(path)
    assert path.read_bytes() == b"points: 12\n" * 500


@pytest.mark.parametrize("page", [3, 4, 14])  # of some SQLite raises, of others it returns text
def test_a_damaged_page_says_how_to_rebuild(path: Path, page: int) -> None:
    with Gradebook(path) as book:
        for number in range(40):
            book.record(None, make_score(f"s{number}"))
    corrupt(path, page)
    with pytest.raises(GradebookError, match=rf"gradebook\.db: is damaged .*{REBUILT}"):
        Gradebook(path)


def test_a_cut_off_file_says_how_to_rebuild(path: Path) -> None:
    with Gradebook(path) as book:
        for number in range(40):
            book.record(None, make_score(f"s{number}"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(GradebookError, match=REBUILT):
        Gradebook(path)


def test_a_gradebook_of_a_newer_grader_is_left_alone(path: Path) -> None:
    Gradebook(path).close()
    sql(path, "PRAGMA user_version = 4")
    before = path.read_bytes()
    with pytest.raises(GradebookError, match=r"version 4, this grader knows 2\); use that version"):
        Gradebook(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    sql(path, "CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(GradebookError, match=r"is not a gradebook"):
        Gradebook(path)
    assert path.read_bytes() == before


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(GradebookError, match=r"gradebook\.db: cannot be opened"):
        Gradebook(path)


def test_a_missing_one_is_not_made_for_reading(path: Path) -> None:
    with pytest.raises(GradebookError, match=r"there is no such file"):
        Gradebook(path, read_only=True)
    assert not path.exists()


def test_a_reader_needs_no_writable_folder_and_cannot_write(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", kib=400) as disk:
        with Gradebook(disk / "gradebook.db") as book:
            book.record(None, make_score())
        make_read_only(disk)
        with Gradebook(disk / "gradebook.db", read_only=True) as book:
            assert book.latest("ada") == make_score()
            with pytest.raises(GradebookError, match="cannot be opened for this"):
                book.record(None, make_score())
        with pytest.raises(GradebookError, match="cannot be opened for this"):
            Gradebook(disk / "gradebook.db")


def test_a_program_that_holds_the_file_is_reported(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradebook_file, "BUSY_S", 0.05)
    with Gradebook(path) as book:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match="another program has it open"):
            book.record(None, make_score())
        other.execute("ROLLBACK")
        other.close()
        assert book.record(None, make_score()) == 1


def test_an_unreadable_record_names_its_submission(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score())
        book.register([Entry(id="bo")])
        sql(path, "UPDATE attempts SET score = '{}'")
        with pytest.raises(GradebookError, match=rf"damaged \(record of ada: .*{REBUILT}"):
            book.latest("ada")
        sql(path, "UPDATE submissions SET more = 'x'")
        with pytest.raises(GradebookError, match=r"damaged \(record: JSON is malformed"):
            book.entries()
        sql(path, "DROP TABLE attempts")
        with pytest.raises(GradebookError, match="no such table"):
            book.latest("ada")


# Runs, submissions, attempts


def test_a_run_is_kept_with_its_command_and_end(path: Path) -> None:
    with Gradebook(path) as book:
        first = book.start_run(["grader", "grade", "x y"], seed=2**62, environment={"jobs": 3})
        second = book.start_run(["grader"], seed=None, environment={}, at=AT)
        book.finish_run(second, AT)
        one, two = book.runs()
    assert (one.id, one.command, one.seed) == (first, ("grader", "grade", "x y"), 2**62)
    assert (one.finished, one.environment) == (None, {"jobs": 3})
    assert (two.id, two.started, two.finished) == (second, AT.isoformat(), AT.isoformat())


def test_a_run_that_is_not_there_is_refused(path: Path) -> None:
    with Gradebook(path) as book:
        with pytest.raises(GradebookError, match="there is no run 9"):
            book.record(9, make_score())
        with pytest.raises(GradebookError, match="there is no run 9"):
            book.finish_run(9)
        assert book.latest("ada") is None


def test_a_time_without_a_zone_is_refused(path: Path) -> None:
    with Gradebook(path) as book, pytest.raises(ValueError, match="needs a time zone"):
        book.start_run([], seed=1, environment={}, at=datetime(2031, 3, 5))


def test_what_is_known_of_a_submission_is_kept_and_replaced(path: Path) -> None:
    entry = Entry(
        id="ada",
        name="Ada Lovelace",
        user_id="1815",
        email="ada@example.org",
        login="ada",
        sis_id="S-42",
        more={"partners": [{"name": "Bo"}], "moodle_participant": "7"},
        source="downloads/ada.zip",
        layout="canvas",
        late=True,
        late_seconds=912.5,
        submitted_at=AT,
        digest="3f",
    )
    with Gradebook(path) as book:
        book.register([entry, Entry(id="bo", problem="no module")])
        book.record(None, make_score())
        assert book.entries() == {"ada": entry, "bo": Entry(id="bo", problem="no module")}
        book.register([Entry(id="ada", name="Ada King")])
        assert book.entries()["ada"] == Entry(id="ada", name="Ada King")
        assert book.latest("ada") == make_score()


def test_names_that_are_no_text_are_kept_escaped(path: Path) -> None:
    odd = os.fsdecode(b"ada\xff.zip")
    with Gradebook(path) as book:
        book.register([Entry(id="ada", source=odd, more={odd: [odd]})])
        entry = book.entries()["ada"]
    assert entry.source == "ada\\udcff.zip"
    assert entry.more == {"ada\\udcff.zip": ["ada\\udcff.zip"]}


def test_attempts_are_counted_and_the_last_one_counts(path: Path) -> None:
    with Gradebook(path) as book:
        run = book.start_run([], seed=5, environment={})
        assert book.record(run, make_score("ada", slope=1.0)) == 1
        assert book.record(run, make_score("bo")) == 1
        assert book.record(None, make_score("ada", slope=2.5)) == 2
        assert book.latest("ada") == make_score("ada", slope=2.5)
        assert [(a.number, a.run, a.score.score) for a in book.history("ada")] == [
            (1, run, 6.5),
            (2, None, 8.0),
        ]
        scores = latest_scores(book)
        assert list(scores) == ["ada", "bo"]
        assert scores["ada"].score == 8.0
        assert book.latest("cy") is None
        assert book.history("cy") == []


def test_a_score_that_must_not_be_written_leaves_nothing(path: Path) -> None:
    with Gradebook(path) as book:
        with pytest.raises(ScoreError, match="not a finite number"):
            book.record(None, make_score(score=math.inf))
        assert book.entries() == {}


KEY = Key(submission="of-ada", solution="of-checks", tasks=frozenset({"slope", "spread"}), seed=77)


def test_what_is_graded_with_the_same_key_need_not_be_graded_again(path: Path) -> None:
    with Gradebook(path) as book:
        assert book.kept("ada") is None
        book.record(None, make_score())
        assert book.kept("ada") == (make_score(), None)
        assert KEY.matches(make_score())
        assert msgspec.structs.replace(KEY, seed=None).matches(make_score())


@pytest.mark.parametrize(
    "change",
    [
        {"submission": "other"},
        {"solution": "other"},
        {"tasks": frozenset({"slope"})},
        {"seed": 78},
    ],
)
def test_what_changed_is_graded_again(change: dict[str, object]) -> None:
    assert not msgspec.structs.replace(KEY, **change).matches(make_score())


def test_what_needs_a_person_is_graded_again() -> None:
    assert not KEY.matches(make_score(status="needs_review", reason="a judge died twice"))


KEYS = {"slope": {"torch": "2.13.0", "lines.py": "3f"}, "spread": {"torch": "2.13.0"}}
SEEN = '{"slope": {"submission: lines.py": "5a"}, "spread": {}}'


def test_what_results_depend_on_is_kept_with_them(path: Path) -> None:
    with Gradebook(path) as book:
        basis = book.basis(KEYS)
        assert book.basis(KEYS) == basis
        assert book.basis({"slope": {}}) != basis
        book.record(None, make_score(), basis=basis, seen=SEEN)
        kept = book.kept("ada")
        assert kept is not None
        assert kept.keys is not None
        assert kept.keys["slope"] == KEYS["slope"] | {"submission: lines.py": "5a"}
        book.record(None, make_score(slope=1.0))
        assert book.kept("ada") == (make_score(slope=1.0), None)
        book.note_keys("ada", basis=basis, seen=SEEN)
        assert book.kept("ada") == (make_score(slope=1.0), kept.keys)
        sql(path, "DELETE FROM bases")
    with Gradebook(path) as book, pytest.raises(GradebookError, match=r"is damaged"):
        book.kept("ada")


def test_gradings_are_recorded_together_or_not_at_all(path: Path) -> None:
    made = [NewAttempt(make_score(name), b"{}", None, None) for name in ("ada", "bo")]
    broken = NewAttempt(make_score("cy"), b"\xff", None, None)
    with Gradebook(path) as book:
        with pytest.raises(UnicodeDecodeError):
            book.record_all(None, [*made, broken])
        assert book.entries() == {}
        assert book.record_all(None, made) == [1, 1]


def test_a_gradebook_of_version_1_is_brought_up_to_date(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score())
    sql(path, "ALTER TABLE attempts DROP COLUMN seen")
    sql(path, "ALTER TABLE attempts DROP COLUMN basis")
    sql(path, "DROP TABLE bases")
    sql(path, "PRAGMA user_version = 1")
    with Gradebook(path, read_only=True) as book:
        assert book.latest("ada") == make_score()
    with Gradebook(path) as book:
        assert book.kept("ada") == (make_score(), None)
        book.record(None, make_score(), basis=book.basis(KEYS), seen=SEEN)


# Adjustments and comments


def test_adjustments_survive_regrading(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score(slope=1.0))
        made = book.remarks.adjust("ada", kind="add", points=1.25, author="tutor", task="slope")
        book.record(None, make_score(slope=2.0))
        assert book.remarks.adjustments("ada") == [made]
        final = book.final("ada")
        assert final is not None
        assert (final.points, final.max_points, final.adjusted) == (8.75, 11.0, True)
        assert book.final("bo") is None


def test_adjustments_apply_to_tasks_then_the_penalty_then_the_whole(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score(slope=1.0, spread=5.5, penalty=2.0))
        adjust = book.remarks.adjust
        adjust("ada", kind="set", points=4.0, author="tutor", task="slope")
        assert book.final("ada").points == 7.5  # type: ignore[union-attr]  # recorded above
        adjust("ada", kind="add", points=-20.0, author="tutor", task="spread")
        assert book.final("ada").points == 2.0  # type: ignore[union-attr]  # 4 + 0 - 2
        adjust("ada", kind="add", points=0.5, author="tutor")
        assert book.final("ada").points == 2.5  # type: ignore[union-attr]
        whole = adjust("ada", kind="set", points=12.5, author="tutor", comment="bonus")
        assert book.final("ada").points == 12.5  # type: ignore[union-attr]  # the penalty too
        book.remarks.withdraw("adjustments", whole.id, author="head", at=AT)
        assert book.final("ada").points == 2.5  # type: ignore[union-attr]
        adjust("ada", kind="add", points=-90.0, author="tutor")
        assert book.final("ada").points == 0.0  # type: ignore[union-attr]


def test_an_adjustment_to_a_task_that_is_not_scored_is_named(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score(tasks=[make_task("spread", 2.5, 7.0)]))
        made = book.remarks.adjust("ada", kind="set", points=4.0, author="tutor", task="slope")
        final = book.final("ada")
        assert final is not None
        assert (final.points, final.adjusted, final.unapplied) == (2.5, False, (made,))


def test_what_is_withdrawn_stays_on_record(path: Path) -> None:
    with Gradebook(path) as book:
        book.register([Entry(id="ada"), Entry(id="bo")])
        made = book.remarks.adjust("ada", kind="add", points=2, author="tutor", at=AT)
        said = book.remarks.comment("ada", "Well explained.", author="tutor", at=AT)
        book.remarks.comment("bo", "Please come and see me.", author="tutor")
        book.remarks.withdraw("adjustments", made.id, author="head", at=AT)
        book.remarks.withdraw("comments", said.id, author="tutor", at=AT)
        (adjustment,) = book.remarks.adjustments("ada")
        assert (adjustment.withdrawn_by, adjustment.withdrawn_at) == ("head", AT.isoformat())
        (comment,) = book.remarks.comments("ada")
        assert (comment.text, comment.withdrawn_by) == ("Well explained.", "tutor")
        assert len(book.remarks.comments("bo")) == 1
        with pytest.raises(RemarkError, match="no number 1 stands among the adjustments"):
            book.remarks.withdraw("adjustments", made.id, author="head")


def test_bad_remarks_are_refused_and_leave_nothing(path: Path) -> None:
    with Gradebook(path) as book:
        book.register([Entry(id="ada")])
        adjust, remarks = book.remarks.adjust, book.remarks
        with pytest.raises(RemarkError, match="finite number of points, not nan"):
            adjust("ada", kind="add", points=math.nan, author="tutor")
        with pytest.raises(RemarkError, match=r"cannot be set to -0\.5"):
            adjust("ada", kind="set", points=-0.5, author="tutor")
        with pytest.raises(RemarkError, match="'double' is neither"):
            adjust("ada", kind="double", points=2.0, author="tutor")  # type: ignore[arg-type]  # bad
        with pytest.raises(RemarkError, match="the author is empty"):
            adjust("ada", kind="add", points=2.0, author=" ")
        with pytest.raises(RemarkError, match="there is no submission 'bo'"):
            adjust("bo", kind="add", points=2.0, author="tutor")
        with pytest.raises(RemarkError, match="there is no submission 'bo'"):
            remarks.comment("bo", "Hm.", author="tutor")
        with pytest.raises(RemarkError, match="'runs': adjustments and comments"):
            remarks.withdraw("runs", 1, author="tutor")  # type: ignore[arg-type]  # bad
        assert remarks.all().adjustments == ()
        assert not path.with_name(MIRROR).exists()


def test_remarks_are_mirrored_and_the_mirror_is_kept_up(path: Path) -> None:
    mirror = path.with_name(MIRROR)
    with Gradebook(path) as book:
        book.register([Entry(id="ada")])
        book.remarks.adjust("ada", kind="add", points=1.5, author="tutor")
        assert read_remarks(mirror) == book.remarks.all()
        book.remarks.withdraw("adjustments", 1, author="tutor")
        assert read_remarks(mirror) == book.remarks.all()
        whole = mirror.read_bytes()
    mirror.write_text("{}")  # as a run killed in between would leave it: behind
    Gradebook(path).close()
    assert mirror.read_bytes() == whole


def test_a_mirror_that_cannot_be_written_takes_the_adjustment_back(path: Path) -> None:
    with Gradebook(path) as book:
        book.register([Entry(id="ada")])
        path.with_name(MIRROR).mkdir()
        with pytest.raises(GradebookError, match=r"adjustments\.json: cannot be written"):
            book.remarks.adjust("ada", kind="add", points=1.5, author="tutor")
        assert book.remarks.adjustments("ada") == []


# Rebuilding


def fill_results(folder: Path) -> None:
    with Results(folder) as results:
        book, problems = open_gradebook(folder)
        with book:
            assert problems == []
            for score in (make_score("ada"), make_score("bo", slope=1.0, penalty=1.5)):
                results.write(score)
                book.record(None, score)
            book.remarks.adjust("bo", kind="add", points=2.25, author="tutor")
            book.remarks.comment("ada", "Neat.", author="tutor")


def test_a_gradebook_moved_away_is_rebuilt_with_scores_and_adjustments(tmp_path: Path) -> None:
    fill_results(tmp_path)
    with Gradebook(tmp_path / "gradebook.db") as book:
        before = (latest_scores(book), book.remarks.all(), book.final("bo"))
    corrupt(tmp_path / "gradebook.db")
    with pytest.raises(GradebookError, match=REBUILT):
        open_gradebook(tmp_path)
    (tmp_path / "gradebook.db").rename(tmp_path / "gradebook.damaged")
    book, problems = open_gradebook(tmp_path)
    with book:
        assert (latest_scores(book), book.remarks.all(), book.final("bo")) == before
        assert KEY.matches(book.latest("ada"))
        assert problems == []


def test_a_score_that_was_written_but_not_recorded_is_taken_over_once(tmp_path: Path) -> None:
    fill_results(tmp_path)
    newer = make_score("ada", slope=4.0, started_at=LATER)
    with Results(tmp_path) as results:
        results.write(newer)
    for _ in range(2):
        book, _ = open_gradebook(tmp_path)
        with book:
            assert [attempt.score.score for attempt in book.history("ada")] == [8.5, 9.5]


def test_an_older_score_or_one_without_a_readable_time_is_not_taken_over(tmp_path: Path) -> None:
    fill_results(tmp_path)
    with Results(tmp_path) as results:
        results.write(make_score("ada", slope=0.5, started_at="2031-03-04T10:20:29"))
        results.write(make_score("bo", slope=0.5, started_at="yesterday"))
    book, _ = open_gradebook(tmp_path)
    with book:
        assert [score.score for score in latest_scores(book).values()] == [8.5, 6.5]


def test_scores_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    fill_results(tmp_path)
    (tmp_path / "gradebook.db").unlink()
    (tmp_path / "ada" / "score.json").write_text("{")
    (tmp_path / "bo").rename(tmp_path / "cy")
    book, problems = open_gradebook(tmp_path)
    with book:
        assert latest_scores(book) == {}
    assert re.search(r"ada/score\.json: not a score of schema version 1", problems[0])
    assert re.search(r"cy/score\.json: is the score of 'bo', in the wrong folder", problems[1])


@pytest.mark.parametrize(
    "content", [b"{", b'{"adjustments": 3}', '{"comments": [{"text": "Zo\xeb"}]}'.encode("latin-1")]
)
def test_adjustments_that_cannot_be_read_are_not_passed_over(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / MIRROR).write_bytes(content)
    with pytest.raises(GradebookError, match=r"adjustments\.json: the adjustments cannot be read"):
        open_gradebook(tmp_path)
    (tmp_path / MIRROR).unlink()
    open_gradebook(tmp_path)[0].close()


def test_adjustments_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    fill_results(tmp_path)
    (tmp_path / "gradebook.db").unlink()
    remarks = read_remarks(tmp_path / MIRROR)
    doubled = msgspec.structs.replace(remarks, comments=remarks.comments * 2)
    (tmp_path / MIRROR).write_bytes(msgspec.json.encode(doubled))
    with pytest.raises(GradebookError, match=r"adjustments\.json: comments number 1 cannot be"):
        open_gradebook(tmp_path)


# Faults

RECORD = """
import sys
from pathlib import Path
from grader.batch.gradebook import Gradebook
from sample_scores import make_score
long = "reason " * 3000
with Gradebook(Path(sys.argv[1])) as book:
    print("ready", flush=True)
    for number in range(10_000):
        book.record(None, make_score(f"s{number % 7}", slope=number % 4, reason=long))
        print(number, flush=True)
"""


def test_a_killed_run_leaves_whole_records_and_loses_none(path: Path) -> None:
    source = random.Random(23)
    known = 0
    for _ in range(8):
        recorder = subprocess.Popen(
            [sys.executable, "-c", RECORD, str(path)],
            cwd=Path(__file__).parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert recorder.stdout is not None
        assert recorder.stdout.readline() == "ready\n"
        time.sleep(source.uniform(0.005, 0.08))
        recorder.send_signal(signal.SIGKILL)
        said = len(re.findall(r"^\d+\n", recorder.communicate()[0], re.MULTILINE))
        with Gradebook(path) as book:  # checks the whole file
            histories = [book.history(name) for name in latest_scores(book)]
        for history in histories:
            assert [attempt.number for attempt in history] == list(range(1, len(history) + 1))
            assert {len(attempt.score.reason or "") for attempt in history} == {21_000}
        recorded = sum(map(len, histories))
        assert known + said <= recorded <= known + said + 1
        known = recorded
    assert known > 0


def test_a_full_disk_loses_only_what_was_not_recorded(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", kib=400) as disk, Gradebook(disk / "gradebook.db") as book:
        book.record(None, make_score())
        filler = fill(disk)
        with pytest.raises(GradebookError, match="make room on its disk and run the same command"):
            book.record(None, make_score(reason="long " * 30_000))
        assert book.latest("ada") == make_score()
        filler.unlink()
        assert book.record(None, make_score(slope=1.0)) == 2
        book.close()
        with Gradebook(disk / "gradebook.db") as again:
            assert len(again.history("ada")) == 2


LIMITED = """
import resource, sys
from pathlib import Path
from grader.batch.gradebook import Gradebook
from grader.batch.gradebook_file import GradebookError
from sample_scores import make_score
with Gradebook(Path(sys.argv[1])) as book:
    book.record(None, make_score())
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    try:
        book.record(None, make_score(reason="long " * 30_000))
    except GradebookError as error:
        print(error)
"""


def test_a_file_size_limit_is_explained_and_leaves_whole_records(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "make room on its disk" in done.stdout
    with Gradebook(path) as book:
        assert [attempt.score for attempt in book.history("ada")] == [make_score()]


def test_a_journal_left_beside_a_moved_gradebook_does_no_harm(path: Path) -> None:
    with Gradebook(path) as book:
        book.record(None, make_score())
    journal = path.with_name("gradebook.db-journal")
    journal.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(600))
    path.rename(path.with_name("away"))
    with Gradebook(path) as book:
        assert latest_scores(book) == {}
        book.record(None, make_score("bo"))
    with Gradebook(path) as book:
        assert list(latest_scores(book)) == ["bo"]


def test_importing_the_gradebook_loads_neither_torch_nor_pytest() -> None:
    program = (
        "import sys, grader.batch.rebuild, grader.batch.summary, grader.batch.table; "
        "sys.exit(bool({'torch', 'numpy', 'pytest', 'grader.judge'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_files_of_a_results_folder_can_be_read_without_the_gradebook(tmp_path: Path) -> None:
    fill_results(tmp_path)
    assert read_score(tmp_path / "bo" / "score.json").digest == Digest(
        submission="of-bo", solution="of-checks"
    )
