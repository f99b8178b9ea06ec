"""What ``grader grade`` makes of kill -9, bad disks and bad files: with real processes."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import family
import pytest
import tiny
from family import until
from tiny_disks import fill, make_read_only, tiny_disk

from grader.batch.judge_process import JudgeError
from grader.batch.pool import Pool
from grader.judge.messages import Job, Options
from grader.worker.bounds import Bounds
from grader.worker.layers import in_force, survey

RIGHT = tiny.SOLUTION
PREDICT, SOLVE = "return x @ weights", "return np.linalg.solve("
VARIANTS = [
    (RIGHT, 10),
    (RIGHT.replace(PREDICT, "return x @ weights + 1"), 6),
    (tiny.STUB, 0),
    (RIGHT.replace(SOLVE, "return 2 * np.linalg.solve("), 6),
    (RIGHT.replace(PREDICT, "return nothing"), 6),
    (RIGHT.replace(SOLVE, "return np.outer(y, y) + np.linalg.solve("), 0),
    ("import os\n" + RIGHT.replace(PREDICT, "os._exit(3)"), 6),
]

pytestmark = pytest.mark.skipif(
    "namespaces" not in in_force(survey()), reason="this machine has no bubblewrap"
)


class Course:
    """An assignment, a class, and the command that grades it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder / "results"
        self.temporary = folder / "temporary"
        self.temporary.mkdir(exist_ok=True)
        if not (folder / "solution").exists():
            tiny.write(folder / "solution")

    def submit(self, student: str, code: str) -> None:
        folder = self.folder / "class" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ridge.py").write_text(code)

    def submit_class(self, size: int) -> dict[str, int]:
        """So many submissions of all kinds; the points each deserves."""
        points = {}
        for number in range(size):
            code, deserved = VARIANTS[number % len(VARIANTS)]
            points[f"s{number:03}"] = deserved
            self.submit(f"s{number:03}", f"{code}\n# {number}\n")
        return points

    @contextlib.contextmanager
    def start(self, *arguments: str):
        """The command as a process; its messages are a pipe."""
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "grade", "class", "--seed=31", "--jobs=1", *arguments],
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def grade(self, *arguments: str) -> tuple[int, str]:
        """Run the command to its end: its exit status, and what it said."""
        with self.start(*arguments) as process:
            _, said = process.communicate()
        assert "Traceback" not in said, said
        return process.returncode, said

    def scores(self, results: str = "results") -> dict[str, dict]:
        found = (self.folder / results).glob("*/score.json")
        return {path.parent.name: timeless(json.loads(path.read_text())) for path in found}

    def points(self) -> dict[str, float]:
        return {name: score["score"] for name, score in self.scores().items()}

    def attempts(self) -> Counter[str]:
        """How often each submission was graded, as the gradebook has it."""
        with contextlib.closing(sqlite3.connect(self.results / "gradebook.db")) as book:
            return Counter(name for (name,) in book.execute("SELECT submission FROM attempts"))

    def strays(self) -> list[str]:
        """What should not be there once nothing runs."""
        own = {*self.scores(), "gradebook.db", "summary.json", ".lock"}
        paths = [path for path in self.results.iterdir() if path.name not in own]
        for student in self.scores():
            inside = (self.results / student).iterdir()
            paths += [path for path in inside if path.name not in ("score.json", "artifacts")]
        paths += self.temporary.iterdir()
        # A cache of torch's, which all its programs share.
        return [str(path) for path in paths if not path.name.startswith("torchinductor_")]


def timeless(value):
    """A score without the times in it."""
    if isinstance(value, dict):
        times = ("started_at", "duration_s")
        return {key: timeless(item) for key, item in value.items() if key not in times}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def wait_for_line(process, start: str) -> str:
    said = ""
    for line in process.stderr:
        said += line
        if line.startswith(start):
            return said
    raise AssertionError(f"no line begins with {start}: {said}")


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.fixture(scope="module")
def once_graded(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("graded"))
    course.submit_class(4)
    assert course.grade()[0] == 0
    return course


@pytest.fixture
def graded(once_graded, tmp_path):
    """A course of which everything is graded."""
    shutil.copytree(once_graded.folder, tmp_path / "course")
    return Course(tmp_path / "course")


# Processes that are killed


class Killer:
    """Kills processes of a run at random moments, none of which hit one submission twice.

    A judge that lost something is spared until it has started six more processes. Up to five may be
    one that waited for a submission in a sandbox that died, a new sandbox (twice if that dies too),
    the second try of what was hit, and one that waits meanwhile; with the sixth that try is over.
    """

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.begun: dict[int, set[int]] = {}
        """By judge: what it has started since it was started itself, or hit."""
        self.before: dict[int, set[int]] = {}
        """By judge: the forks it had when it was hit."""
        self.seen: set[int] = set()
        """Every process there ever was, as far as we looked."""

    def hit(self, role: str, run: subprocess.Popen) -> bool:
        """Kill one; False if the run ended first."""
        wait = self.draw.randrange(6, 9)
        while run.poll() is None:
            self.seen |= {run.pid, *family.descendants(run.pid)}
            for judge in family.judges(run.pid):
                begun = self.begun.setdefault(judge.pid, set())
                begun |= set(judge.forks) - self.before.get(judge.pid, set())
                victims = {
                    "coordinator": [run.pid],
                    "judge": [judge.pid],
                    "fork": judge.forks,
                    "zygote": judge.zygote,
                    "worker": judge.workers,
                }[role]
                if len(begun) < wait or not victims:
                    continue
                if family.kill(self.draw.choice(victims)):
                    self.before[judge.pid] = self.before.get(judge.pid, set()) | begun
                    self.before[judge.pid] |= set(judge.forks)
                    self.begun[judge.pid] = set()
                    return True
            time.sleep(0.004)  # the run needs the core, too
        return False


@pytest.mark.proof
def test_two_hundred_submissions_survive_twenty_kills(course):
    points = course.submit_class(200)
    seed = int(os.environ.get("GRADER_FAULTS_SEED", random.randrange(2**31)))
    print(f"GRADER_FAULTS_SEED={seed} draws the same victims")  # shown when the test fails
    draw = random.Random(seed)
    victims = ["coordinator"] * 2 + ["judge"] * 3 + ["zygote"] * 3 + ["fork", "worker"] * 6
    draw.shuffle(victims)
    undisturbed = threading.Thread(target=course.grade, args=["--out=undisturbed"])
    undisturbed.start()
    try:
        killer, hits, starts = Killer(draw), 0, 0
        while True:
            with course.start() as run:
                starts += 1
                reader = threading.Thread(target=lambda pipe: print(pipe.read()), args=[run.stderr])
                reader.start()
                while hits < len(victims) and killer.hit(victims[hits], run):
                    hits += 1
                run.wait()
                reader.join()
            if run.returncode != -signal.SIGKILL:
                break
    finally:
        undisturbed.join()
    assert run.returncode == 0
    assert (hits, starts) == (20, 3)
    assert course.points() == points
    assert course.scores() == course.scores("undisturbed")
    assert course.attempts() == dict.fromkeys(points, 1)
    until(lambda: all(family.is_gone(pid) for pid in killer.seen))
    assert course.strays() == []
    for student in ("s000", "s196"):
        assert (course.results / student / "artifacts/note.png").read_bytes() == b"picture"


SLOW = """
import ctypes
import time
import numpy as np


def mark(name):
    ctypes.CDLL(None).prctl(15, name)  # the name that the process has from now on
    time.sleep(0.7)


def solve(x, y, strength):
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)


def predict(x, weights):
    mark(b"ID-two" if x.shape == (4, 2) else b"ID-one")
    return x @ weights
"""
MORE = '''
import numpy as np


@pytest.mark.task("predict", weight=3)
def test_small(student):
    """Predictions of a small matrix."""
    two = np.full(4, 2.0)
    assert_array(student.ridge.predict(np.ones((4, 2)), np.ones(2)), two, name="p", rtol=0, atol=0)
'''


def test_who_is_to_blame_is_settled_by_a_second_try(course):
    """A process killed once costs nothing, twice in one check that check, else asks a person."""
    (course.folder / "solution/checks/public/test_ridge.py").write_text(tiny.PUBLIC + MORE)
    for student in "abcdef":
        course.submit(student, SLOW.replace("ID", student))
    victims = ["a-one", *["b-one"] * 2, "c-one", "c-two", "c-one", *["d-one"] * 2, "e-two"]
    with course.start() as run:
        for victim in victims:
            struck = until(
                lambda: [
                    (judge, worker)
                    for judge in family.judges(run.pid)
                    for worker in judge.workers
                    if family.name(worker) == victim and not family.is_gone(worker)  # noqa: B023
                ]
            )
            judge, worker = struck[0]
            wanted = {"d": judge.zygote[-1], "e": judge.pid}.get(victim[0], worker)
            family.kill(wanted)
            until(lambda: family.is_gone(worker))  # noqa: B023  # used before it changes
        _, said = run.communicate()
    assert run.returncode == 1, said
    found = course.scores()
    assert {name: score["score"] for name, score in found.items() if name not in "cd"} == {
        **dict.fromkeys("aef", 10),
        "b": 6 + 3,
    }
    costly, later = found["b"]["tasks"][1]["checks"]
    assert (costly["status"], later["status"]) == ("crashed", "passed")
    assert "your code's process was killed by signal 9" in costly["message"]
    assert {name for name in found if found[name]["status"] == "needs_review"} == {"c", "d"}
    assert "something outside killed the student's process in test_product" in found["c"]["reason"]
    assert "the sandbox died" in found["d"]["reason"]
    assert course.attempts() == dict.fromkeys("abcdef", 1)
    status, said = course.grade()
    assert status == 0
    assert "6 submissions, 4 of them graded before" in said
    assert course.points() == {**dict.fromkeys("acdef", 10), "b": 9}
    assert course.strays() == []


def test_a_template_or_zygote_killed_while_it_starts_is_started_again(course):
    points = course.submit_class(1)
    with course.start() as run:
        (killed,) = until(lambda: family.templates(run.pid))
        family.kill(killed)
        (second,) = until(lambda: [pid for pid in family.templates(run.pid) if pid != killed])
        family.kill(until(lambda: family.zygotes(second))[0])
        _, said = run.communicate()
    assert run.returncode == 0, said
    assert course.points() == points


def test_a_judge_killed_as_it_is_forked_is_forked_again_from_the_same_template(course):
    points = course.submit_class(1)
    with course.start() as run:
        killed = until(lambda: [j for j in family.judges(run.pid) if j.zygote])[0].pid
        template = family.templates(run.pid)
        family.kill(killed)
        until(lambda: [j for j in family.judges(run.pid) if j.pid != killed])
        assert family.templates(run.pid) == template
        _, said = run.communicate()
    assert run.returncode == 0, said
    assert course.points() == points


def test_judges_share_the_zygote_of_their_template_and_survive_its_end(course):
    for student in "abcd":
        course.submit(student, SLOW.replace("ID", student))
    with course.start("--jobs=2") as run:
        both = until(lambda: [found for found in [[*family.judges(run.pid)]] if len(found) == 2])[0]
        assert both[0].zygote == both[1].zygote
        assert len(family.templates(run.pid)) == 1
        until(lambda: len([w for w in workers(run) if family.name(w)[1:] == "-one"]) == 2)
        family.kill(both[0].zygote[-1])
        _, said = run.communicate()
    assert run.returncode == 0, said
    assert course.points() == dict.fromkeys("abcd", 10)
    assert course.attempts() == dict.fromkeys("abcd", 1)


def workers(run):
    return {worker for judge in family.judges(run.pid) for worker in judge.workers}


def killed_by(role):
    return {
        "template": lambda run: family.templates(run.pid),
        # before there is a zygote, what looks like a judge is about to become one
        "judge": lambda run: [judge.pid for judge in family.judges(run.pid) if judge.zygote],
    }[role]


@pytest.mark.parametrize("role", ["template", "judge"])
def test_what_is_killed_whenever_it_is_there_ends_the_run_with_advice(course, role):
    course.submit_class(1)
    with course.start() as run:
        while run.poll() is None:
            for pid in killed_by(role)(run):
                family.kill(pid)
        _, said = run.communicate()
    assert "Traceback" not in said
    if role == "judge" and run.returncode == 1:  # it was struck when it had just begun to grade
        (score,) = course.scores().values()
        assert score["status"] == "needs_review"
        assert "the grader failed twice on this submission: the judge" in score["reason"]
        return
    assert run.returncode == 2
    how = {"template": "was killed by signal 9", "judge": "was killed"}[role]
    assert f"{how} while it started, 2 times" in said
    assert "use fewer --jobs" in said


def test_a_judge_that_the_system_refuses_to_start_is_an_error_with_advice(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    bounds = Bounds(
        memory_mb=9, processes=9, files_mb=9, output_mb=9, cpu_s=9, wall_s=9, namespaces=True
    )
    options = Options(
        solution="", tasks=[], data=None, layers=[], isolate=True, isolation=[], bounds=bounds
    )
    job = Job(id="ada", folder="", seed=3, artifacts="")
    said = r"cannot be started: .*python.*same command again"
    with contextlib.closing(Pool(options, 1)) as pool, pytest.raises(JudgeError, match=said):
        list(pool.grade([job]))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_stopped_before_its_judges_are_warm_leaves_no_process(course, how):
    course.submit_class(3)
    with course.start("--jobs=2") as run:
        until(lambda: family.templates(run.pid))
        started = [run.pid, *family.descendants(run.pid)]
        run.send_signal(how)
        _, said = run.communicate()
    assert run.returncode == (130 if how == signal.SIGINT else -how), said
    until(lambda: all(family.is_gone(pid) for pid in started))
    assert course.scores() == {}


def test_a_run_stopped_while_it_tries_the_sandbox_says_so(course):
    course.submit_class(1)
    with course.start("--sandbox=require") as run:
        until(lambda: family.children(run.pid))
        run.send_signal(signal.SIGINT)
        _, said = run.communicate()
    assert run.returncode == 130, said
    assert "Stopped." in said
    assert "Aborted" not in said


# Disks


def test_a_full_disk_stops_the_run_and_loses_nothing(course):
    points = course.submit_class(9)
    with tiny_disk(course.results, 4000) as disk:
        with course.start() as run:
            wait_for_line(run, "3/")
            filler = fill(disk)
            _, said = run.communicate()
        assert run.returncode == 2
        assert "make room" in said
        assert "run the same command again" in said
        assert "Traceback" not in said
        kept = course.points()
        assert len(kept) >= 3
        status, said = course.grade()  # which finds the disk full already
        assert (status, "make room" in said) == (2, True)
        assert course.points() == kept
        filler.unlink()
        status, said = course.grade()
        assert status == 0
        assert f"9 submissions, {len(kept)} of them graded before" in said
        assert course.points() == points
        assert course.attempts() == dict.fromkeys(points, 1)
        assert course.strays() == []


def test_a_read_only_results_folder_is_refused_and_left_alone(graded):
    kept = graded.scores()
    saved = graded.results.rename(graded.folder / "saved")
    with tiny_disk(graded.results, 4000) as disk:
        shutil.copytree(saved, disk, dirs_exist_ok=True)
        make_read_only(disk)
        status, said = graded.grade("--fresh")
        assert status == 2
        assert "name a folder that can be written with --out" in said
        assert graded.scores() == kept
        assert sorted(p.name for p in disk.iterdir()) == sorted(p.name for p in saved.iterdir())


# Files


def garbage(book: Path) -> None:
    book.write_bytes(b"not a database, but long enough to look like one\n" * 300)


def truncated(book: Path) -> None:
    os.truncate(book, book.stat().st_size * 2 // 3)


def newer(book: Path) -> None:
    with contextlib.closing(sqlite3.connect(book)) as connection:
        connection.execute("PRAGMA user_version = 1000")


@pytest.mark.parametrize("spoil", [garbage, truncated, newer])
def test_a_gradebook_that_cannot_be_used_is_rebuilt_once_it_is_moved_away(graded, spoil):
    kept = graded.scores()
    book = graded.results / "gradebook.db"
    spoil(book)
    spoiled = book.read_bytes()
    status, said = graded.grade()
    assert status == 2
    assert f"{Path('results/gradebook.db')}: " in said
    assert "move it away" in said
    assert "grade again: it is rebuilt" in said
    assert (graded.scores(), book.read_bytes()) == (kept, spoiled)
    book.rename(graded.folder / "spoiled.db")
    status, said = graded.grade()
    assert status == 0
    assert "4 submissions, 4 of them graded before" in said
    assert graded.scores() == kept
    assert graded.attempts() == dict.fromkeys(kept, 1)
    assert graded.strays() == []


def test_of_two_runs_on_one_folder_the_second_refuses_and_the_first_goes_on(course):
    points = course.submit_class(9)
    with course.start() as first:
        wait_for_line(first, "2/")
        first.send_signal(signal.SIGSTOP)  # so that it cannot end meanwhile
        status, said = course.grade()
        first.send_signal(signal.SIGCONT)
        assert status == 2
        assert f"another run (process {first.pid} on" in said
        assert "name another folder with --out" in said
        first.communicate()
    assert first.returncode == 0
    assert course.points() == points
    assert course.attempts() == dict.fromkeys(points, 1)
    assert course.strays() == []
