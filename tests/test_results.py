import errno
import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sample_scores import make_score, make_task
from tiny_disks import fill, make_read_only, tiny_disk

from grader.batch.results import Results, ResultsError, graded_folders
from grader.scores import Score, read_score


def score_with(*artifacts: str, submission: str = "ada", slope: float = 3.0) -> Score:
    task = make_task("slope", slope, 4.0, artifacts=[f"artifacts/{name}" for name in artifacts])
    return make_score(submission, tasks=[task])


def made(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.png").write_text(content)
    return folder


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def run_python(program: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Preparing the folder


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    with Results(tmp_path / "far" / "results") as results:
        assert results.folder.is_dir()


def test_a_file_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("notes")
    with pytest.raises(ResultsError, match=r"results: .*move that away, or name another folder"):
        Results(tmp_path / "results")
    assert (tmp_path / "results").read_text() == "notes"


def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", kib=64) as disk:
        make_read_only(disk)
        with pytest.raises(ResultsError, match=r"Read-only.*can be written with --out"):
            Results(disk / "results")
        with pytest.raises(ResultsError, match=r"disk/\.lock: Read-only"):
            Results(disk)


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", kib=64) as disk:
        fill(disk)
        with pytest.raises(ResultsError, match="make room there and run the same command again"):
            Results(disk)


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / ".lock").symlink_to(tmp_path / "mine")
    with pytest.raises(ResultsError, match=r"\.lock"):
        Results(tmp_path / "results")
    assert (tmp_path / "mine").read_text() == "keep"


# One run at a time

HOLD = """
import sys, time
from pathlib import Path
from grader.batch.results import Results
with Results(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_which_process_has_the_folder(tmp_path: Path) -> None:
    holder = run_python(HOLD, tmp_path)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ResultsError) as caught:
            Results(tmp_path)
        message = str(caught.value)
        assert f"process {holder.pid} on " in message
        assert f"kill {holder.pid}" in message
        assert "--out" in message
    finally:
        holder.kill()
        holder.communicate()
    Results(tmp_path).close()  # kill -9 has freed it


def test_a_lock_without_a_readable_owner_still_holds(tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as stream:
        stream.write("not a process\x1b")
        stream.flush()
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(ResultsError, match="another run writes its results here"):
            Results(tmp_path)


def test_a_closed_folder_can_be_opened_again(tmp_path: Path) -> None:
    Results(tmp_path).close()
    with Results(tmp_path), pytest.raises(ResultsError, match=f"process {os.getpid()}"):
        Results(tmp_path)
    Results(tmp_path).close()


def test_a_program_started_meanwhile_does_not_keep_the_lock(tmp_path: Path) -> None:
    with Results(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        Results(tmp_path).close()
    finally:
        child.communicate(b"\n")


# Writing


def test_a_score_lies_in_the_folder_of_its_submission(tmp_path: Path) -> None:
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with())
    assert read_score(folder / "score.json") == score_with()
    assert listing(tmp_path / "results") == [".lock", "ada", "ada/score.json"]


def test_artifacts_are_replaced_as_a_whole(tmp_path: Path) -> None:
    first = made(tmp_path / "first", loss="old", grid="old")
    second = made(tmp_path / "second", loss="new", other="unnamed")
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with("loss.png", "grid.png"), first)
        assert listing(folder / "artifacts") == ["grid.png", "loss.png"]
        results.write(score_with("loss.png", slope=1.0), second)
        assert listing(folder) == ["artifacts", "artifacts/loss.png", "score.json"]
        assert (folder / "artifacts" / "loss.png").read_text() == "new"
        results.write(score_with())
        assert listing(folder) == ["score.json"]


def test_files_that_are_not_ours_stay(tmp_path: Path) -> None:
    others = [".grader-old-notes", "ada/feedback.html", "ada/.score.json.swp", "Zed/score.txt"]
    for name in others:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("theirs")
    with Results(tmp_path) as results:
        results.write(score_with())
    Results(tmp_path).close()
    assert {(tmp_path / name).read_text() for name in others} == {"theirs"}


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../ada", "a/b", "/etc", "Ada", ".lock", "-x", "a.b", "report", "zoë", "a\n"],
)
def test_an_unsafe_id_is_refused(tmp_path: Path, name: str) -> None:
    with Results(tmp_path / "results") as results:
        with pytest.raises(ResultsError, match="cannot name a submission's folder"):
            results.write(score_with(submission=name))
        with pytest.raises(ResultsError):
            results.of("x" * 81)
    assert listing(tmp_path) == ["results", "results/.lock"]


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "ada").symlink_to(tmp_path / "elsewhere")
    with Results(tmp_path / "results") as results:
        with pytest.raises(ResultsError, match="ada: is not a folder; move it away"):
            results.write(score_with())
        (tmp_path / "results" / "bo").write_text("x")
        with pytest.raises(ResultsError, match="bo: is not a folder; move it away"):
            results.write(score_with(submission="bo"))
    assert listing(tmp_path / "elsewhere") == []


@pytest.mark.parametrize("links", [True, False])
def test_artifacts_stay_when_those_they_were_made_of_go(tmp_path, monkeypatch, links) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "this file system has no hard links")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    new = made(tmp_path / "new", loss="picture")
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with("loss.png"), new)
        shutil.rmtree(new)
    assert (folder / "artifacts" / "loss.png").read_text() == "picture"


def test_a_link_in_place_of_the_artifacts_is_removed_not_followed(tmp_path: Path) -> None:
    made(tmp_path / "elsewhere", keep="mine")
    (tmp_path / "results" / "ada").mkdir(parents=True)
    (tmp_path / "results" / "ada" / "artifacts").symlink_to(tmp_path / "elsewhere")
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with("loss.png"), made(tmp_path / "new", loss="new"))
    assert listing(folder / "artifacts") == ["loss.png"]
    assert listing(tmp_path / "elsewhere") == ["keep.png"]


@pytest.mark.parametrize(
    "name", ["loss.png", "artifacts/../score.json", "artifacts/..", "/artifacts/x", "artifacts/a/b"]
)
def test_an_artifact_of_a_wrong_name_is_refused(tmp_path: Path, name: str) -> None:
    score = score_with()
    score.tasks[0].artifacts = [name]
    with (
        Results(tmp_path / "results") as results,
        pytest.raises(ResultsError, match="an artifact is named artifacts/NAME"),
    ):
        results.write(score, tmp_path)


def test_an_artifact_that_was_not_made_leaves_the_old_score(tmp_path: Path) -> None:
    source = made(tmp_path / "source", secret="x")
    (source / "link.png").symlink_to(source / "secret.png")
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with("secret.png"), source)
        before = listing(folder)
        for name, origin in (("grid.png", source), ("grid.png", None), ("link.png", source)):
            with pytest.raises(ResultsError, match=rf"{name}.*it was not made"):
                results.write(score_with(name, slope=1.0), origin)
        assert listing(folder) == before
        assert read_score(folder / "score.json") == score_with("secret.png")


def test_a_score_that_is_no_score_is_refused(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        with pytest.raises(ResultsError, match=r"ada/score\.json: .*not a finite number"):
            results.write(make_score(score=float("inf")))
        assert listing(tmp_path) == [".lock"]


def test_a_disk_that_fills_up_keeps_what_was_there(tmp_path: Path) -> None:
    old = made(tmp_path / "old", loss="old")
    large = made(tmp_path / "large", loss="x" * 120_000)
    with tiny_disk(tmp_path / "disk", kib=96) as disk, Results(disk) as results:
        folder = results.write(score_with("loss.png"), old)
        before = listing(folder)
        with pytest.raises(ResultsError, match=r"No space left.*make room there"):
            results.write(score_with("loss.png", slope=1.0), large)
        assert listing(folder) == before
        assert (folder / "artifacts" / "loss.png").read_text() == "old"
        filler = fill(disk)
        with pytest.raises(ResultsError, match="make room there"):
            results.write(score_with(submission="bo"))
        filler.unlink()
        results.write(score_with(slope=1.0))
        assert read_score(folder / "score.json").score == 1.0
        assert listing(folder) == ["score.json"]


def test_folders_with_a_score_are_listed_in_order(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        for name in ("cy", "ada", "bo"):
            results.write(score_with(submission=name))
    (tmp_path / "bo" / "score.json").unlink()
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "score.json").write_text("{}")
    assert [folder.name for folder in graded_folders(tmp_path)] == ["ada", "cy"]


# What a killed run leaves


def test_left_over_temporaries_are_removed(tmp_path: Path) -> None:
    (tmp_path / "ada" / ".grader-staged-a1b2c3_d").mkdir(parents=True)
    (tmp_path / "ada" / ".grader-staged-a1b2c3_d" / "score.json").write_text("{")
    (tmp_path / "ada" / ".grader-old-a1b2c3_d").mkdir()
    (tmp_path / ".summary.json.a1b2c3_d").write_text("{")
    (tmp_path / ".adjustments.json.a1b2c3_d").symlink_to(tmp_path / "gone")
    Results(tmp_path).close()
    assert listing(tmp_path) == [".lock", "ada"]


def test_the_folder_for_work_goes_with_the_run_or_with_the_next_one(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        with results.work() as work:
            (Path(work) / "ada").mkdir()
            assert Path(work).parent == tmp_path
        assert listing(tmp_path) == [".lock"]
        shutil.copytree(tmp_path, tmp_path / Path(work).name)  # as a killed run leaves it
    Results(tmp_path).close()
    assert listing(tmp_path) == [".lock"]


@pytest.mark.parametrize("moved", ["nothing", "the old artifacts", "the artifacts", "all"])
def test_a_write_that_was_decided_is_finished(tmp_path: Path, moved: str) -> None:
    with Results(tmp_path / "results") as results:
        folder = results.write(score_with("loss.png"), made(tmp_path / "a", loss="old"))
    new = folder / ".grader-new"
    new.mkdir()
    with Results(tmp_path / "other") as other:
        ready = other.write(score_with("grid.png", slope=1.0), made(tmp_path / "b", grid="new"))
    (ready / "score.json").rename(new / "score.json")
    (ready / "artifacts").rename(new / "artifacts")
    if moved != "nothing":
        (folder / ".grader-old-a1b2c3_d").mkdir()
        (folder / "artifacts").rename(folder / ".grader-old-a1b2c3_d" / "artifacts")
    if moved in ("the artifacts", "all"):
        (new / "artifacts").rename(folder / "artifacts")
    if moved == "all":
        (new / "score.json").replace(folder / "score.json")
    Results(tmp_path / "results").close()
    assert listing(folder) == ["artifacts", "artifacts/grid.png", "score.json"]
    assert read_score(folder / "score.json").score == 1.0


WRITE = """
import sys
from pathlib import Path
from grader.batch.results import Results
from test_results import made, score_with
root = Path(sys.argv[1])
made(root / "a", loss="a"); made(root / "b", loss="b", grid="b")
with Results(root / "results") as results:
    results.write(score_with("loss.png", slope=1.0), root / "a")
    print("ready", flush=True)
    while True:
        results.write(score_with("loss.png", slope=1.0), root / "a")
        results.write(score_with("loss.png", "grid.png", slope=2.0), root / "b")
"""


def test_a_killed_run_leaves_a_score_with_its_own_artifacts(tmp_path: Path) -> None:
    source = random.Random(11)
    seen = set()
    for _ in range(8):
        writer = run_python(WRITE, tmp_path)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(source.uniform(0.005, 0.06))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        Results(tmp_path / "results").close()
        folder = tmp_path / "results" / "ada"
        score = read_score(folder / "score.json")
        named = sorted(name for task in score.tasks for name in task.artifacts)
        assert listing(folder) == sorted(["artifacts", "score.json", *named])
        content = "a" if score.score == 1.0 else "b"
        assert {(folder / name).read_text() for name in named} == {content}
        seen.add(content)
    assert seen
