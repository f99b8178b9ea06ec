"""``grader grade`` from the command line, on a tiny assignment, with real processes."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import jsonschema
import pytest
import tiny
from unsandboxed import Graders, Progress

from grader.batch import run
from grader.batch.run import Request, Run
from grader.batch.submission import IntakeError
from grader.scores import json_schema
from grader.worker.layers import REQUIRED, in_force, survey

RIGHT = tiny.SOLUTION
WRONG = RIGHT.replace("return x @ weights", "return x @ weights + 1")
COMMAND = [sys.executable, "-m", "grader", "grade"]

pytestmark = pytest.mark.skipif(
    "namespaces" not in in_force(survey()), reason="this machine has no bubblewrap"
)


@pytest.fixture
def course(tmp_path):
    tiny.write(tmp_path / "solution")
    for name, code in {
        "right": RIGHT,
        "wrong": WRONG,
        "stub": tiny.STUB,
        "crash": RIGHT.replace("return x @ weights", "return nothing"),
        "leave": "import os\n" + RIGHT.replace("return x @ weights", "os._exit(0)"),
    }.items():
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "ridge.py").write_text(code)
    return tmp_path


def grade(course, *arguments, paths=("class",)):
    done = subprocess.run(
        [*COMMAND, *paths, "--jobs=1", *arguments],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        path.parent.name: json.loads(path.read_text())
        for path in (course / "results").glob("*/score.json")
    }
    return done, found


def points(found):
    return {name: score["score"] for name, score in found.items()}


EXPECTED = {"right": 10, "wrong": 6, "stub": 0, "crash": 6, "leave": 6}


def test_a_class_is_graded_and_kept(course):
    done, found = grade(course, "--jobs=2")
    assert done.returncode == 0, done.stderr
    assert points(found) == EXPECTED
    for score in found.values():
        jsonschema.validate(score, json_schema(strict=True))
        assert score["environment"]["isolation"] == [*REQUIRED, "rlimits"]
    assert (course / "results/right/artifacts/note.png").read_bytes() == b"picture"
    crash = found["crash"]["tasks"][1]["checks"][0]
    assert crash["status"] == "crashed"
    assert "NameError" in crash["message"]
    assert "ridge.py, line " in crash["message"]
    leave = found["leave"]["tasks"][1]["checks"][0]
    assert "ended the Python process" in leave["message"]
    summary = json.loads((course / "results/summary.json").read_text())
    assert summary["submissions"] == 5
    assert "5 submissions" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout + done.stderr


def test_only_what_is_new_or_changed_is_graded_again(course):
    _, first = grade(course)
    done, second = grade(course)
    assert "5 submissions, 5 of them graded before" in done.stderr
    assert second == first
    (course / "class/wrong/ridge.py").write_text(RIGHT)
    late = course / "class" / "new"
    late.mkdir()
    (late / "ridge.py").write_text(WRONG)
    done, third = grade(course)
    assert "6 submissions, 4 of them graded before" in done.stderr
    assert points(third) == {**EXPECTED, "wrong": 10, "new": 6}
    assert third["right"] == first["right"]
    done, fourth = grade(course, "--fresh")
    assert "6 submissions, 0 of them" in done.stderr
    assert points(fourth) == points(third)


ASKS_FOR_TORCH = '''
import pytest


@pytest.mark.task("solve")
def test_all_is_loaded(student):
    """Nothing is left to load at the first optimizer."""
    assert student.ridge.loaded()
'''


def test_where_the_solution_makes_an_optimizer_no_student_waits_for_what_it_loads(course):
    asking = "import sys\n\nimport torch\n\nMAKE = torch.optim.SGD\n" + RIGHT
    asking += "\n\ndef loaded():\n    return 'torch._dynamo' in sys.modules\n"
    (course / "solution/ridge.py").write_text(asking)
    (course / "solution/checks/public/test_more.py").write_text(ASKS_FOR_TORCH)
    for name in EXPECTED:
        (course / "class" / name / "ridge.py").write_text(asking)
    _, found = grade(course)
    assert points(found) == dict.fromkeys(EXPECTED, 10)


LATE = """
[late]
due = 2031-03-04T12:00:00Z
percent_per_day = 10
"""
METADATA = """
submission_1:
  :submitters:
  - :name: Kim Lee
    :email: kim@example.org
  :created_at: 2031-03-{day} 12:00:01 Z
"""


def test_lateness_that_changes_changes_the_penalty_without_grading_again(course):
    (course / "solution/assignment.toml").write_text(tiny.MANIFEST + LATE)
    download = course / "download"
    (download / "submission_1").mkdir(parents=True)
    (download / "submission_1/ridge.py").write_text(RIGHT)
    scores = []
    for day in ("05", "06", "06", "04"):
        (download / "submission_metadata.yml").write_text(METADATA.format(day=day))
        done, found = grade(course, "download", paths=())
        (score,) = found.values()
        scores.append(score)
        assert (course / "results" / score["submission"] / "artifacts/note.png").is_file()
    assert [score["penalty"] and score["penalty"]["points"] for score in scores] == [2, 3, 3, 1]
    assert len({score["started_at"] for score in scores}) == 1
    assert "1 of them graded before" in done.stderr
    assert "-1" in done.stdout


def test_a_submission_marked_late_without_a_number_is_put_to_a_person(course):
    (course / "solution/assignment.toml").write_text(tiny.MANIFEST + LATE)
    download = course / "download"
    download.mkdir()
    (download / "leekim_LATE_1906_90003_ridge-2.py").write_text(RIGHT)
    (download / "hopper_1907_90004_ridge.py").write_text(RIGHT)
    done, found = grade(course, "download", paths=())
    assert [score["penalty"] for score in found.values()] == [None, None]
    assert "Lateness to settle:" in done.stdout
    assert "marked as late, but not by how much" in done.stdout
    assert done.returncode == 0


def test_a_score_that_was_deleted_is_made_again(course):
    _, first = grade(course, "--seed=5")
    (course / "results/wrong/score.json").unlink()
    (course / "results/crash/score.json").write_text("{")
    done, second = grade(course, "--seed=5")
    assert "5 submissions, 3 of them graded before" in done.stderr
    assert points(second) == points(first)


def test_what_cannot_be_graded_needs_a_person_and_stops_nobody(course):
    with zipfile.ZipFile(course / "class" / "zipped.zip", "w") as archive:
        archive.writestr("deep/ridge.py", RIGHT.replace("\n", "\r\n"))
    (course / "class" / "broken.zip").write_bytes(b"PK not really")
    (course / "class" / "empty").mkdir()
    (course / "class" / "empty" / "notes.txt").write_text("sorry")
    done, found = grade(course)
    assert done.returncode == 1
    assert found["zipped"]["score"] == 10
    assert {n for n, s in found.items() if s["status"] == "needs_review"} == {"broken", "empty"}
    assert found["right"]["score"] == 10
    assert "Needs a person: 2" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--task=sovle"], "--task sovle"),
        (["--solution=elsewhere"], "elsewhere"),
        (["nowhere"], "nowhere"),
        (["--jobs=0"], "--jobs"),
        (["--sandbox=maybe"], "--sandbox"),
    ],
)
def test_wrong_usage_names_the_value(course, arguments, said):
    done, _ = grade(course, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_judge_that_cannot_start_says_why(course):
    (course / "solution/checks/public/test_ridge.py").write_text("def test_x():\n    '''X.'''\n")
    done, found = grade(course)
    assert done.returncode == 2
    assert "belongs to no task" in done.stderr
    assert found == {}


def children(pid):
    found = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.split()
    pairs = list(zip(found[::2], found[1::2], strict=True))
    mine = [int(child) for child, parent in pairs if int(parent) == pid]
    return mine + [grandchild for child in mine for grandchild in children(child)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_no_process_and_goes_on_where_it_was(course, how):
    for number in range(40):
        folder = course / "class" / f"more{number}"
        folder.mkdir()
        (folder / "ridge.py").write_text(RIGHT)
    process = subprocess.Popen(
        [*COMMAND, "class", "--jobs=1"], cwd=course, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("3/"):
            break
    family = children(process.pid)
    process.send_signal(how)
    process.communicate()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
    done, found = grade(course)
    before = int(done.stderr.split(" of them graded before")[0].split()[-1])
    assert before >= 3
    assert points(found) == {**EXPECTED, **{f"more{n}": 10 for n in range(40)}}


def test_a_judge_that_is_killed_is_replaced(course):
    for number in range(40):
        folder = course / "class" / f"more{number}"
        folder.mkdir()
        (folder / "ridge.py").write_text(RIGHT)
    process = subprocess.Popen(
        [*COMMAND, "class", "--jobs=1"], cwd=course, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("2/"):
            os.kill(children(process.pid)[0], signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == 0
    _, found = grade(course)
    assert points(found) == {**EXPECTED, **{f"more{n}": 10 for n in range(40)}}


def test_a_judge_loads_torch_while_submissions_are_taken_in_where_all_will_be_graded(
    course, monkeypatch
):
    happened = []

    class Judges(Graders):
        def start(self):
            happened.append("judge")

    def collect(*paths, **more):
        happened.append("submissions")
        return taken_in(*paths, **more)

    def graded(**more):
        happened.clear()
        request = Request(
            paths=(course / "class" / "right", course / "class" / "wrong"),
            solution=course / "solution",
            out=course / "out",
            jobs=1,
            sandbox="none",
            **more,
        )
        outcome = Run(request, Progress()).execute()
        assert [row.submission for row in outcome.rows] == ["right", "wrong"]
        return happened

    taken_in = run.collect
    monkeypatch.setattr(run, "collect", collect)
    monkeypatch.setattr(run, "Pool", Judges)
    assert graded() == ["judge", "submissions"]
    assert graded() == ["submissions"]
    assert graded(fresh=True) == ["judge", "submissions"]


def test_a_judge_is_not_left_behind_where_no_submissions_are_found(course, monkeypatch):
    happened = []

    class Judges(Graders):
        def start(self):
            happened.append("started")

        def close(self):
            happened.append("closed")

    monkeypatch.setattr(run, "Pool", Judges)
    (course / "empty").mkdir()
    request = Request(
        paths=(course / "empty",),
        solution=course / "solution",
        out=course / "out",
        jobs=1,
        sandbox="none",
    )
    with pytest.raises(IntakeError, match="holds no submissions"):
        Run(request, Progress()).execute()
    assert happened == ["started", "closed"]
