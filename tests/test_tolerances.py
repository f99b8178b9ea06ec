"""How much of their tolerances right solutions use, and what ``grader verify`` makes of it."""

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from grader.checks import CheckFailure, assert_array, assert_number
from grader.checks.comparing import tolerance_used
from grader.cli import main
from grader.new import make
from grader.scores import Digest, Environment, Score, Task
from grader.verify.cases import Case
from grader.verify.running import Outcome
from grader.verify.thresholds import ThresholdError
from grader.verify.tolerances import (
    FILE,
    measured,
    read_tolerances,
    tight,
    write_tolerances,
)

NEAR = {"name": "out", "rtol": 0, "atol": 0.5}


def outcome(name, **shares):
    metrics = {f"tolerance.solve.{check}": value for check, value in shares.items()} | {"mse": 2.0}
    task = Task(
        id="solve", title="S", unit="ridge", status="passed", score=1, max_score=1, checks=[],
        metrics=metrics,
    )  # fmt: skip
    score = Score(
        assignment="ridge", submission="1", status="graded", score=1, max_score=1, tasks=[task],
        environment=Environment(
            grader="0", python="3", torch=None, numpy=None, device="cpu", threads=1, seed=0,
            isolation=[],
        ),
        started_at="", duration_s=0, digest=Digest(submission="", solution=""),
    )  # fmt: skip
    case = Case(kind="alternative", name=name, tasks=("solve",), modules={})
    return Outcome(case=case, seed=0, score=score)


def test_each_comparison_tells_its_greatest_difference_as_a_share_of_what_is_allowed():
    with tolerance_used() as shares:
        assert_array(np.array([1.0, 2.25]), np.array([1.0, 2.0]), **NEAR)
        assert_array(torch.tensor([3.0]), torch.tensor([3.0]), **NEAR)
        assert_number(1.125, 1.0, **NEAR)
        assert_array(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), **NEAR)
        with pytest.raises(CheckFailure):
            assert_array(np.array([2.0]), np.array([1.0]), **NEAR)
    assert shares == [0.5, 0.0, 0.25, 0.0, 2.0]
    assert_number(1.25, 1.0, **NEAR)
    assert len(shares) == 5


def test_where_nothing_is_allowed_equal_values_use_nothing():
    with tolerance_used() as shares:
        assert_array(np.arange(3), np.arange(3), name="out", rtol=0, atol=0)
    assert shares == [0.0]


def test_a_measurement_inside_another_keeps_to_its_own_comparisons():
    with tolerance_used() as outer:
        with tolerance_used() as inner:
            assert_number(1.5, 1.0, **NEAR)
        assert_number(1.0, 1.0, **NEAR)
    assert (inner, outer) == ([1.0], [0.0])


def test_the_worst_of_all_gradings_counts_and_is_somebodys():
    found = measured([(1, outcome("a", x=0.01)), (2, outcome("b", x=0.2, y=0.0))], seeds=20)
    assert (found.threads, found.solutions, found.seeds) == ((1, 2), 2, 20)
    assert found.checks.keys() == {"solve.x", "solve.y"}
    assert (found.checks["solve.x"].worst, found.checks["solve.x"].by) == (0.2, "b")
    assert found.checks["solve.x"].gradings == 2


def test_a_check_near_its_tolerance_is_told_from_one_that_is_far_away():
    runs = [
        (1, outcome("a", near=near, far=far, none=0.0))
        for near, far in ((0.1, 1e-6), (0.3, 3e-6), (0.9, 2e-6))
    ]
    found = measured(runs, seeds=3)
    (said,) = tight(found)
    assert said.startswith("check solve.near: a used 90% of a tolerance; of right work 0.")
    assert tight(found, ["solve.far"]) == []


def test_what_was_measured_is_kept_and_read_again(tmp_path):
    assert read_tolerances(tmp_path) is None
    found = measured([(1, outcome("a", x=0.01))], seeds=1)
    write_tolerances(tmp_path, found)
    assert read_tolerances(tmp_path) == found
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(ThresholdError, match="is no record of tolerances"):
        read_tolerances(tmp_path)


@pytest.mark.proof
def test_the_command_measures_on_one_thread_and_on_two_and_verify_says_what_is_tight(tmp_path):
    place = tmp_path / "solution"
    make("ridge", place)
    checks = place / "checks/hidden/test_ridge_hidden.py"
    checks.write_text(checks.read_text().replace("atol=1e-9", "atol=2e-14"))
    arguments = ["verify", "--solution", str(place), "--sandbox=none", "--jobs=2"]
    done = CliRunner().invoke(main, [*arguments, "--tolerances"])
    assert done.exit_code == 0, done.output
    assert "solve.gradient_is_zero" in done.stdout
    assert "2 right solutions, up to 20 seeds, on 1 and 2 threads" in " ".join(done.stdout.split())
    record = json.loads((place / FILE).read_text())
    assert record["threads"] == [1, 2]
    assert record["checks"]["solve.gradient_is_zero"]["gradings"] == 80
    said = CliRunner().invoke(main, [*arguments, "--task=solve", "--threads=2"]).stdout
    assert "check solve.gradient_is_zero: " in " ".join(said.split())
