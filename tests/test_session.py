"""One grading as an object: what its score says, and how it turns to the next submission."""

import dataclasses
import json
import platform
from importlib.metadata import version

import jsonschema
import pytest
import tiny

from grader.judge.outcome import Result
from grader.judge.session import Session
from grader.judge.specs import Spec
from grader.manifest import load_manifest
from grader.scores import encode_score, json_schema

IDS = ("solve.shape", "solve.against_reference", "predict.product")


def spec(name):
    task, _, check = name.partition(".")
    return Spec(
        id=name,
        task=task,
        title=name,
        visibility="public",
        weight=2 if check == "against_reference" else 1,
        gate=check == "shape",
        depends=("solve",) if task == "predict" else (),
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
        seed=41,
        tasks=["solve", "predict"],
        isolation=["landlock"],
        specs=[spec(name) for name in IDS],
    )


def end(session, *statuses):
    session.results = {n: Result(id=n, status=s) for n, s in zip(IDS, statuses, strict=True)}


def test_a_score_adds_up_and_follows_the_schema(session):
    end(session, "passed", "failed", "passed")
    score = session.score()
    jsonschema.validate(json.loads(encode_score(score)), json_schema(strict=True))
    assert (score.status, score.reason, score.score, score.max_score) == ("graded", None, 6, 10)
    assert (score.assignment, score.submission) == ("ridge", "course")
    environment = score.environment
    assert (environment.seed, environment.isolation) == (41, ["landlock"])
    assert environment.python == platform.python_version()
    assert environment.torch == version("torch")
    assert environment.numpy == version("numpy")
    assert environment.device == "cpu"
    assert environment.threads >= 1
    assert score.started_at.endswith("+00:00")
    assert 0 <= score.duration_s < 3600


def test_a_fault_of_ours_asks_for_a_person_and_names_the_checks(session):
    end(session, "passed", "grader_error", "grader_error")
    score = session.score()
    assert score.status == "needs_review"
    assert score.reason.endswith("solve.against_reference, predict.product")
    assert score.score == 2


def test_without_hidden_checks_the_score_says_so(session):
    end(session, "passed", "passed", "passed")
    for path in (session.root / "checks" / "hidden").iterdir():
        path.unlink()
    (session.root / "checks" / "hidden").rmdir()
    assert session.public_only
    assert session.score().reason == "public checks only; hidden checks settle the points"


def test_the_next_submission_starts_with_nothing_of_the_last(session, tmp_path):
    end(session, "passed", "passed", "passed")
    before = session.score()
    other = tmp_path / "other student"
    other.mkdir()
    (other / "ridge.py").write_text(tiny.STUB)
    session.begin(other, seed=42, artifacts=tmp_path / "kept")
    assert session.results == {}
    assert session.artifacts == tmp_path / "kept"
    end(session, "skipped", "skipped", "skipped")
    after = session.score()
    assert (after.submission, after.score, after.environment.seed) == ("other student", 0, 42)
    assert {task.status for task in after.tasks} == {"todo"}
    assert after.digest.submission != before.digest.submission
    assert after.digest.solution == before.digest.solution


def test_the_digest_of_the_solution_follows_its_checks_and_not_its_notes(session):
    end(session, "passed", "passed", "passed")
    before = session.score().digest.solution
    (session.root / "README.md").write_text("notes")
    assert session.score().digest.solution == before
    path = session.root / "checks" / "hidden" / "test_ridge_hidden.py"
    path.write_text(path.read_text() + "\n")
    assert session.score().digest.solution == before  # of what was loaded when it began
    assert dataclasses.replace(session).score().digest.solution != before


def test_pictures_lie_beside_the_score_under_its_name(session, tmp_path):
    assert session.artifacts == tmp_path / "mine_artifacts"
