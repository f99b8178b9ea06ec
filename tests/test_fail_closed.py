"""Whatever goes wrong between a check and its points, nothing of it becomes a pass.

What a worker can do wrong is in test_replies.py, test_frames.py and, end to end, in the families
`protocol` and `ends_early` of test_attacks.py; missing results are in test_scoring.py, judges
that fail in test_pool.py.
"""

import json
import subprocess
import sys

import pytest
import tiny

from grader.judge.outcome import Result
from grader.judge.scoring import score_tasks, settle
from grader.judge.session import Session
from grader.judge.specs import Spec
from grader.manifest import load_manifest

IDS = ("solve.shape", "solve.against_reference", "predict.product")


def spec(name):
    task, _, check = name.partition(".")
    return Spec(
        id=name,
        task=task,
        title=name,
        visibility="public",
        weight=1,
        gate=False,
        depends=(),
        hint=None,
        nodeid=f"checks/public/test_ridge.py::test_{check}",
    )


@pytest.fixture
def session(tmp_path):
    root = tiny.write(tmp_path / "course")
    return Session(
        root=root,
        manifest=load_manifest(root),
        folder=root,
        data=None,
        scores_path=tmp_path / "mine.json",
        seed=1,
        tasks=["solve", "predict"],
        specs=[spec(name) for name in IDS],
    )


def test_a_result_that_nobody_expects_gives_no_points(session):
    found = {name: Result(id=name, status="failed") for name in IDS}
    found |= {n: Result(id=n, status="passed") for n in ("solve.mine", "predict.mine", "more.mine")}
    settled = settle(session.specs, found, session.manifest)
    assert settled.keys() == set(IDS)
    tasks = score_tasks(session.manifest, session.specs, settled, session.tasks)
    assert [task.score for task in tasks] == [0, 0]
    assert [task.max_score for task in tasks] == [6, 4]


def test_a_result_for_another_check_does_not_stand_in_for_a_missing_one(session):
    session.record(Result(id="solve.shape", status="passed"))
    session.record(Result(id="predict.product", status="passed"))
    session.record(Result(id="predict.against_reference", status="passed"))
    score = session.score()
    assert score.status == "needs_review"
    assert "solve.against_reference" in (score.reason or "")
    assert score.score == 3 + 4
    assert score.max_score == 10


@pytest.mark.parametrize("status", ["failed", "crashed", "timed_out", "grader_error", "skipped"])
def test_of_two_results_for_one_check_the_one_that_is_no_pass_stands(session, status):
    for name in IDS:
        session.record(Result(id=name, status="passed"))
    session.record(Result(id="solve.shape", status=status))
    session.record(Result(id="solve.shape", status="passed"))
    assert session.results["solve.shape"].status == status
    assert session.score().score < 10


TWICE = """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=None)
    item.again = True
    runtestprotocol(item, nextitem=nextitem)
    return True
"""
MOODY = """
import pytest

@pytest.mark.task("solve", weight=1)
def test_moody(student, request):
    '''Fails the first time.'''
    assert getattr(request.node, "again", False)
"""


def test_a_check_that_runs_twice_and_passes_once_has_not_passed(tmp_path):
    extra = {"conftest.py": TWICE, "checks/public/test_moody.py": MOODY}
    folder = tiny.write(tmp_path / "ridge", **extra)
    path = tmp_path / "score.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(folder), f"--scores={path}", "-p", "no:randomly"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = {
        check["id"]: check["status"]
        for task in json.loads(path.read_text())["tasks"]
        for check in task["checks"]
    }
    assert found["solve.moody"] == "failed", done.stdout
    assert found["solve.shape"] == "passed"
