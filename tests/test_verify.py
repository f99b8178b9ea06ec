"""What ``grader verify`` says of graders that are right, wrong and weak."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.manifest import load_manifest
from grader.new import make
from grader.scores import Check, Digest, Environment, Score, Task
from grader.variants import load_catalogue
from grader.verify import run
from grader.verify.cases import (
    Case,
    dependants,
    reference_case,
    stub_case,
    trivial_cases,
    variant_cases,
)
from grader.verify.findings import examine
from grader.verify.progress import VerifyProgress
from grader.verify.running import Outcome
from grader.verify.table import render

TASKS = ("solve", "predict")


@pytest.fixture(scope="module")
def solution(tmp_path_factory):
    place = tmp_path_factory.mktemp("new") / "solution"
    make("ridge", place)
    return place


@pytest.fixture(scope="module")
def manifest(solution):
    return load_manifest(solution)


def invoke(*arguments):
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def check(name, status="passed", **more):
    defaults = {"title": name, "visibility": "public", "weight": 1.0}
    return Check(id=name, status=status, **defaults | more)


def outcome(case, *checks, seed=0):
    by_task = {}
    for item in checks:
        by_task.setdefault(item.id.partition(".")[0], []).append(item)
    tasks = []
    for name, own in by_task.items():
        passed = sum(item.status == "passed" for item in own)
        status = "passed" if passed == len(own) else "partial" if passed else "failed"
        tasks.append(
            Task(
                id=name, title=name, unit="ridge", status=status, score=passed,
                max_score=len(own), checks=own,
            )
        )  # fmt: skip
    score = Score(
        assignment="ridge", submission="1", status="graded", score=0, max_score=1, tasks=tasks,
        environment=Environment(
            grader="0", python="3", torch=None, numpy=None, device="cpu", threads=1, seed=seed,
            isolation=[],
        ),
        started_at="", duration_s=0, digest=Digest(submission="", solution=""),
    )  # fmt: skip
    return Outcome(case=case, seed=seed, score=score)


def case(kind, name, task=None, variants=()):
    return Case(kind=kind, name=name, tasks=TASKS, modules={}, task=task, variants=variants)


REFERENCE = case("reference", "the reference")
WRONG = case("misconception", "solve.strength_forgotten", "solve")


def test_the_cases_are_what_the_solution_holds(solution, manifest):
    catalogue = load_catalogue(solution, manifest)
    reference = reference_case(solution, manifest, ["solve"])
    assert reference.modules == {"ridge.py": (solution / "ridge.py").read_bytes()}
    assert b'NotImplementedError("TODO solve")' in stub_case(solution, manifest, TASKS).modules[
        "ridge.py"
    ]  # fmt: skip
    variants = variant_cases(solution, manifest, catalogue, TASKS)
    assert [(c.kind, c.name, c.tasks) for c in variants] == [
        ("alternative", "solve.least_squares", ("solve", "predict")),
        ("misconception", "solve.intercept_added", ("solve",)),
        ("misconception", "solve.strength_forgotten", ("solve",)),
        ("misconception", "predict.summed_over_samples", ("predict",)),
    ]
    assert variant_cases(solution, manifest, catalogue, ["predict"]) == variants[3:]
    assert dependants(manifest, "predict") == ("predict",)


def test_trivial_answers_take_the_place_of_the_solution_only(solution, manifest):
    cases = trivial_cases(solution, manifest, ["predict"])
    assert [c.name.partition(": ")[2] for c in cases] == ["the input", "zeros", "0.0", "nothing"]
    for made, statement in zip(
        cases, ("return x\n", "return x * 0\n", "return 0.0\n", "return None\n"), strict=True
    ):
        text = made.modules["ridge.py"].decode()
        assert f"    {statement}" in text
        assert "return x @ weights" not in text
        assert "np.linalg.solve(x.T @ x" in text
        assert "BEGIN SOLUTION predict" not in text


def test_a_network_whose_layers_are_the_work_has_no_trivial_answer():
    real = Path(__file__).parents[1] / "solution"
    tasks = ["encoder", "train_epoch"]
    cases = trivial_cases(real, load_manifest(real), tasks)
    assert {c.task for c in cases} == {"train_epoch"}


def test_graders_that_do_what_they_must_have_no_problems(manifest):
    found = examine(
        [
            outcome(REFERENCE, check("solve.a"), check("predict.b")),
            outcome(case("stub", "the stubs"), check("solve.a", "todo")),
            outcome(case("alternative", "solve.other", "solve"), check("solve.a")),
            outcome(WRONG, check("solve.a", "failed", misconception=WRONG.name)),
        ],
        manifest,
    )
    assert found.problems == []
    line = found.tasks[0]
    assert (line.reference, line.references, line.stub, line.alternatives_ok) == (1, 1, "0", 1)
    assert (line.caught, line.named, line.misnamed, line.misconceptions) == (1, 1, 0, 1)
    text = render(found)
    assert re.search(r"solve +1/1 +0 +1/1 +1/1 +1/1 +1\n", text)
    assert "Nothing is wrong with these graders." in text


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (
            outcome(REFERENCE, check("solve.a", "failed", message="off by one\nmore"), seed=7),
            "the reference fails solve.a (seed 7): failed: off by one",
        ),
        (
            outcome(case("alternative", "solve.other", "solve"), check("solve.a", "crashed")),
            "alternative solve.other fails solve.a (seed 0): crashed",
        ),
        (
            outcome(case("stub", "the stubs"), check("solve.a")),
            "the stub passes solve.a (seed 0)",
        ),
        (
            outcome(case("stub", "the stubs"), check("solve.a", "grader_error", message="broken")),
            "the stub: solve.a (seed 0): grader_error: broken",
        ),
        (
            outcome(WRONG, check("solve.a")),
            "misconception solve.strength_forgotten passes every check of its task (seed 0)",
        ),
        (
            outcome(WRONG, check("solve.a", "grader_error", message="broken")),
            "misconception solve.strength_forgotten: solve.a (seed 0): grader_error: broken",
        ),
        (
            outcome(WRONG, check("solve.a", "failed", misconception="solve.other")),
            "misconception solve.strength_forgotten is taken for solve.other by solve.a (seed 0)",
        ),
        (
            outcome(WRONG, check("solve.a", "failed")),
            "0 of 1 misconceptions are named, fewer than 90%: solve.strength_forgotten",
        ),
    ],
)
def test_what_is_wrong_is_said_with_check_and_seed(manifest, made, problem):
    found = examine([made], manifest)
    assert problem in found.problems
    assert problem in " ".join(render(found).split())


def test_a_check_that_no_misconception_fails_is_weak(manifest):
    failed = check("solve.a", "failed", misconception=WRONG.name)
    found = examine([outcome(WRONG, failed, check("solve.b"))], manifest)
    assert found.weak == ["check solve.b: no misconception fails it"]


def test_a_task_without_misconceptions_is_weak(manifest):
    tried = outcome(WRONG, check("solve.a", "failed", misconception=WRONG.name))
    found = examine([outcome(REFERENCE, check("predict.a")), tried], manifest)
    assert found.weak == ["task predict has no misconceptions"]


def test_a_task_that_an_answer_without_work_earns_is_weak(manifest):
    trivial = case("trivial", "solve: zeros", "solve")
    found = examine([outcome(trivial, check("solve.a"), check("solve.b"))], manifest)
    assert "task solve: an answer without work (zeros) earns 2 of 2 points" in found.weak
    half = examine([outcome(trivial, check("solve.a"), check("solve.b", "failed"))], manifest)
    assert not any("without work" in said for said in half.weak)


def test_a_check_whose_outcome_depends_on_the_seed_is_a_flake(manifest):
    failed = check("solve.a", "failed", misconception=WRONG.name)
    found = examine([outcome(WRONG, failed), outcome(WRONG, check("solve.a"), seed=5)], manifest)
    assert found.tasks[0].flakes == 1
    assert found.tasks[0].seeds == 2
    (said,) = [line for line in found.weak if "depends on the seed" in line]
    assert "solve.a" in said
    assert "failed with seed 0, passed with seed 5" in said


@pytest.mark.parametrize(("hint", "leaks"), [("It must be 0.12345.", True), ("Twice 28?", False)])
def test_a_hidden_check_that_shows_what_it_expects_is_weak(manifest, hint, leaks):
    hidden = check("solve.a", "failed", visibility="hidden", expected="0.12345 at [2]", hint=hint)
    found = examine([outcome(WRONG, hidden)], manifest)
    assert ("hidden check solve.a shows students what it expects" in found.weak) is leaks
    public = msgspec.structs.replace(hidden, visibility="public")
    assert not any("shows" in said for said in examine([outcome(WRONG, public)], manifest).weak)


LOOSE = '''"""You returned what came in.

Hint: Did you do anything?
"""


def predict(x, weights):
    return x @ weights + 0
'''
FUSSY = '''"""Single precision."""

import numpy as np


def solve(x, y, strength):
    x = x.astype(np.float32)
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)
'''


def test_the_command_ends_with_1_and_names_each_failing_pair(tmp_path):
    place = tmp_path / "solution"
    make("ridge", place)
    (place / "misconceptions/predict/right_after_all.py").write_text(LOOSE)
    (place / "alternatives/solve/single_precision.py").write_text(FUSSY)
    record = tmp_path / "found.json"
    result = invoke("--solution", place, "--sandbox", "none", "--jobs", 2, "--json", record)
    assert result.exit_code == 1
    problems = json.loads(record.read_text())["problems"]
    assert len(problems) == 2
    assert problems[0].startswith("alternative solve.single_precision fails solve.gradient_is_zero")
    assert "misconception predict.right_after_all passes every check" in " ".join(problems)
    assert "Problems:" in result.stdout
    assert "solve.single_precision" in result.stdout


def test_the_reference_alone_is_graded_with_as_many_seeds_as_asked(solution, tmp_path):
    record = tmp_path / "found.json"
    result = invoke(
        "--solution", solution, "--sandbox", "none", "--reference", "--repeat", 5, "--json", record
    )
    assert result.exit_code == 0, result.output
    found = json.loads(record.read_text())
    assert [(line["reference"], line["seeds"]) for line in found["tasks"]] == [(5, 5), (5, 5)]
    assert {line["misconceptions"] for line in found["tasks"]} == {0}
    assert found["weak"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--task", "solved"],
            "--task solved: there is no such task; the tasks are solve, predict",
        ),
        (["--calibrate"], "names no threshold to calibrate"),
        (["--pairs", "--reference"], "--pairs grades misconceptions, and --reference none"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_message(solution, arguments, message):
    result = invoke("--solution", solution, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_broken_catalogue_ends_with_2_and_names_the_file(tmp_path):
    place = tmp_path / "solution"
    make("ridge", place)
    (place / "misconceptions/solve/broken.py").write_text("def solve(:")
    result = invoke("--solution", place)
    assert result.exit_code == 2
    assert "broken.py:1: does not parse" in result.stderr


@pytest.mark.parametrize(("jobs", "threads", "at_a_time"), [(4, 1, 4), (4, 2, 2), (2, 4, 1)])
def test_with_more_threads_fewer_are_graded_at_a_time(
    solution, monkeypatch, jobs, threads, at_a_time
):
    made = []
    monkeypatch.setattr(run, "Bench", lambda options, jobs: made.append((options, jobs)))
    wanted = run.Wanted(solution=solution, jobs=jobs, threads=threads, sandbox="none")
    run.Verification(wanted, VerifyProgress())._bench()
    ((options, found),) = made
    assert (options.bounds.threads, found) == (threads, at_a_time)


def test_mistakes_are_named_only_where_names_are_asked_for(solution, manifest):
    catalogue = load_catalogue(solution, manifest)
    wrong = next(c for c in variant_cases(solution, manifest, catalogue, TASKS) if c.diagnosed)
    trivial = msgspec.structs.replace(wrong, kind="trivial")
    wanted = run.Wanted(solution=solution, sandbox="none")
    with run.Verification(wanted, VerifyProgress())._bench() as bench:
        found = list(bench.grade([(wrong, 0), (trivial, 0)]))
    names = {
        made.case.kind: {c.misconception for task in made.score.tasks for c in task.checks} - {None}
        for made in found
    }
    assert names == {"misconception": {wrong.name}, "trivial": set()}
