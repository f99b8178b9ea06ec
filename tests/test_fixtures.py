"""What checks may ask for, and what happens where they ask for what is not there."""

import json

import preloaded  # noqa: F401  # for pytester
import pytest
import tiny

from grader.judge.fixtures import derive_seed

pytest_plugins = ["pytester"]

CHECKS = '''
import random
import numpy as np
import pytest
import torch
from grader.checks import CheckFailure


@pytest.mark.task("solve", gate=True)
def test_draws(rng, torch_rng, seed, session_seed, metric):
    """Every generator is the check's own."""
    metric("rng", rng.random())
    metric("torch", torch.rand(1, generator=torch_rng, dtype=torch.float64))
    metric("seed", seed % 2**50)
    metric("session", session_seed % 2**50)


@pytest.mark.task("predict")
def test_student_draws(student, metric):
    """What the student's code draws globally is seeded."""
    metric("drawn", student.ridge.drawn())
    metric("unset", random.random())


@pytest.mark.task("predict")
def test_data(data, metric):
    """The data folder is the one named."""
    metric("files", len(list(data.iterdir())))


@pytest.mark.task("predict")
def test_reference(student, reference):
    """Modules of the same name do not mix."""
    x, w = np.ones((2, 3)), np.array([1.0, 2.0, 5.0])
    assert reference.ridge.predict(x, w).tolist() == [8.0, 8.0]
    if student.ridge.predict(x, w) != "mine":
        raise CheckFailure("the reference was called")
'''
MINE = """
import random
import numpy as np
import torch

def drawn():
    return random.random() + np.random.random() + torch.rand(1).item()

def predict(x, weights):
    return "mine"
"""


@pytest.fixture
def run(pytester):
    """``run(checks, *arguments)``: the score of a submission."""
    (pytester.path / "mine").mkdir()
    (pytester.path / "mine" / "ridge.py").write_text(MINE)

    def run(checks, *arguments, manifest=tiny.MANIFEST):
        files = {"checks/public/test_ridge.py": checks, "checks/hidden/test_ridge_hidden.py": ""}
        folder = tiny.write(pytester.path / "ridge", **files, **{"assignment.toml": manifest})
        done = pytester.runpytest_inprocess(
            folder, "--submission", "mine", "-p", "no:randomly", *arguments
        )
        score = json.loads(next(pytester.path.glob("*.json")).read_bytes())
        return done, {c["id"]: c for task in score["tasks"] for c in task["checks"]}, score

    return run


def test_seeds_and_generators_follow_the_runs_seed(run, pytester):
    (pytester.path / "full").mkdir()
    (pytester.path / "full" / "digits").touch()
    metrics = []
    for seed in (6, 6, 7):
        _, checks, score = run(CHECKS, f"--seed={seed}", "--data=full")
        assert {check["status"] for check in checks.values()} == {"passed"}, checks
        metrics.append(score["tasks"][0]["metrics"] | score["tasks"][1]["metrics"])
    assert metrics[0] == metrics[1]
    assert metrics[0]["files"] == 1
    for name in ("rng", "torch", "seed", "session", "drawn"):
        assert metrics[0][name] != metrics[2][name]
    assert metrics[0]["seed"] == derive_seed(6, "test_draws") % 2**50


def test_a_derived_seed_depends_on_both_and_fits_everywhere():
    seeds = [derive_seed(seed, name) for seed in (0, 1, 2**63 - 1) for name in ("a", "b", "1a")]
    assert len(set(seeds)) == 9
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert derive_seed(1, "1a") != derive_seed(11, "a")


def test_data_that_nobody_named_is_a_fault_of_ours_that_names_the_manifest(run):
    _, checks, score = run(CHECKS)
    assert checks["predict.data"]["status"] == "grader_error"
    assert "assignment.toml: names no data folder" in checks["predict.data"]["message"]
    assert "--data" in checks["predict.data"]["message"]
    assert checks["predict.student_draws"]["status"] == "passed"
    assert score["status"] == "needs_review"


def test_the_manifests_data_folder_is_relative_to_it(run, pytester):
    (pytester.path / "digits").mkdir()
    (pytester.path / "digits" / "one").touch()
    (pytester.path / "digits" / "two").touch()
    manifest = tiny.MANIFEST.replace("[limits]", 'data = "../digits"\n[limits]')
    _, _, score = run(CHECKS, manifest=manifest)
    assert score["tasks"][1]["metrics"]["files"] == 2


BAD = '''
import pytest


@pytest.mark.task("solve", gate=True)
def test_good(artifact, metric):
    """Good."""
    artifact("a b.svg", b"<svg/>")
    artifact("a b.svg", b"<svg></svg>")
    metric("size", 3)


@pytest.mark.task("predict")
@pytest.mark.parametrize("name", ["../out.png", "sub/a.png", "", ".", "..", 5])
def test_name(artifact, name):
    """A name."""
    artifact(name, b"")


@pytest.mark.task("predict")
def test_content(artifact):
    """A text is no content."""
    artifact("a.png", "text")


@pytest.mark.task("predict")
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_metric(metric, value):
    """A number that JSON has not."""
    metric("loss", value)
'''


def test_artifacts_land_beside_the_score_and_only_there(run, pytester):
    _, checks, score = run(BAD, "--scores=mine.json", "--task=solve", "--task=predict")
    assert score["tasks"][0]["artifacts"] == ["mine_artifacts/a b.svg"]
    assert (pytester.path / "mine_artifacts" / "a b.svg").read_bytes() == b"<svg></svg>"
    assert [p.name for p in (pytester.path / "mine_artifacts").iterdir()] == ["a b.svg"]
    assert not (pytester.path / "out.png").exists()
    metrics = {name: c["status"] for name, c in checks.items() if "metric" in name}
    assert metrics == {"predict.metric[nan]": "passed", "predict.metric[inf]": "passed"}
    assert score["tasks"][1]["metrics"] == {}
    others = [c for name, c in checks.items() if "name" in name or "content" in name]
    assert len(others) == 7
    for check in others:
        assert check["status"] == "grader_error"
        assert "give a plain file name and its bytes" in check["message"]
