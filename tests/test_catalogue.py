"""The catalogue of the core: misconceptions lose points, alternatives get all of them.

Every variant is graded as a submission, with the checks of its task. Where right work is judged in
full, a network is trained on digits; wrong work has to be found out without that.
"""

import ast
import contextlib
import itertools
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from grader.batch.pool import Pool
from grader.judge.messages import Job, Options
from grader.manifest import load_manifest
from grader.variants import apply, load_catalogue, write_modules
from grader.worker.bounds import Bounds

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "solution"
CORE = ("mnist.py", "autoencoder.py", "training.py", "figures.py", "latent.py", "layers.py")
MANIFEST = load_manifest(SOLUTION)
TASKS = [task.id for unit, task in MANIFEST.tasks if unit.module in CORE]
CATALOGUE = load_catalogue(SOLUTION, MANIFEST)
WRONG = [variant for variant in CATALOGUE.misconceptions if variant.task in TASKS]
RIGHT = [variant for variant in CATALOGUE.alternatives if variant.task in TASKS]
LONG = ("datasets", "encoder", "decoder", "autoencoder", "train", "comparison", "network")
LONG += ("reconstructions", "mixture_grid")
TRAINED = ("train.learns_digits", "train.bottleneck")
BY_TASK = [pytest.param(t, marks=pytest.mark.catalogue) if t in LONG else t for t in TASKS]


def problems(variants, says):
    """What is wrong with each variant, by its id; those without a problem are left out."""
    found = {variant.id: says(variant) for variant in variants}
    return {name: problem for name, problem in found.items() if problem}


def test_the_core_has_its_share_of_the_catalogue():
    assert len(WRONG) >= 70
    assert len(RIGHT) >= 45
    for task in TASKS:
        assert len(CATALOGUE.of_task(task)) >= 7, task
        assert len(CATALOGUE.of_task(task, "alternative")) >= 3, task


def test_every_misconception_speaks_to_the_student_and_leads_on():
    def says(variant):
        if not re.match(r"You(r| |'re)", variant.sentence):
            return "does not address the student"
        if (
            not re.search(r"\.\Z", variant.sentence)
            or len(re.findall(r"\.( |\Z)", variant.sentence)) > 2
        ):
            return "is not one or two sentences"
        if not re.search(r"[.?]\Z", variant.hint):
            return "has an unfinished hint"
        if "!" in variant.sentence + variant.hint:
            return "shouts"
        if len(variant.sentence) > 240 or len(variant.hint) > 200:
            return "is too long"
        if variant.source and not re.search(r"https?://\S+\Z", variant.source):
            return "has a source that nobody can look up"
        return None

    assert problems(WRONG, says) == {}


def test_every_alternative_says_what_is_different():
    def says(variant):
        return None if re.search(r"\.\Z", variant.sentence) else "is not a sentence"

    assert problems(RIGHT, says) == {}


def test_no_two_misconceptions_of_a_task_say_the_same():
    for what in ("sentence", "hint"):
        for one, other in itertools.combinations(CATALOGUE.misconceptions, 2):
            if one.task == other.task:
                assert getattr(one, what) != getattr(other, what), (one.id, other.id)


def code_of(module, names):
    """Definitions of a module by name, as they are but for docstrings, comments and annotations."""
    found = {}
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
            for part in ast.walk(node):
                if isinstance(part, ast.FunctionDef):
                    part.returns = None
                if isinstance(part, ast.arg):
                    part.annotation = None
                if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part):
                    part.body = part.body[1:]
            found[node.name] = ast.dump(node)
    return found


@pytest.mark.parametrize("task", TASKS)
def test_no_variant_of_a_task_is_another_one_or_the_reference(task):
    seen = {}
    for variant in (v for v in (*WRONG, *RIGHT) if v.task == task):
        names = variant.replaces
        reference = code_of((SOLUTION / variant.unit).read_text(), names)
        found = code_of(variant.text, names)
        assert found != reference, variant.id
        key = json.dumps({**found, "": sorted(variant.adds) and variant.text})
        assert key not in seen, (variant.id, seen.get(key))
        seen[key] = variant.id


def test_nothing_of_the_catalogue_is_handed_out():
    released = [p for p in (ROOT / "assignment").rglob("*") if p.is_file()]
    assert not [p for p in released if {"misconceptions", "alternatives"} & {*p.parts}]
    texts = [
        p.read_text(errors="replace") for p in released if p.suffix in (".py", ".md", ".ipynb")
    ]
    handed_out = " ".join(" ".join(text.split()) for text in texts)
    sheet = " ".join((SOLUTION / "README.md").read_text().split())
    for variant in (*WRONG, *RIGHT):
        assert variant.sentence not in handed_out, variant.id
        assert not variant.hint or variant.hint not in handed_out, variant.id
    for variant in RIGHT:
        open_lines = stub_lines(variant.unit)
        for line in map(str.strip, variant.text.splitlines()):
            if len(line) > 45 and line not in open_lines and line not in sheet:
                assert line not in handed_out, f"{variant.id}: {line}"


def stub_lines(module):
    return {line.strip() for line in (ROOT / "assignment" / module).read_text().splitlines()}


def course(folder, *, train):
    """The course; where wrong work is judged, without the run that trains on digits."""
    shutil.copytree(
        SOLUTION,
        folder / "solution",
        ignore=shutil.ignore_patterns("misconceptions", "alternatives", "__pycache__"),
    )
    (folder / "data").symlink_to(ROOT / "data")
    manifest = folder / "solution" / "assignment.toml"
    manifest.write_text(re.sub(r"(?m)^check_s = \d+", "check_s = 200", manifest.read_text()))
    if not train:
        shared = folder / "solution" / "checks" / "conftest.py"
        text, count = re.subn(
            r'(?m)^def run_training\(.*\):\n(    """(?:.|\n)*?"""\n)',
            r"\g<0>    raise CheckFailure('left out')\n",
            shared.read_text(),
        )
        assert count == 1
        shared.write_text(text)
    return folder


@contextlib.contextmanager
def judges(folder, *, train):
    """A function that grades jobs, given as id, variant and tasks; it yields ids and scores."""
    course(folder, train=train)
    bounds = Bounds(
        memory_mb=2048,
        processes=64,
        files_mb=64,
        output_mb=5,
        cpu_s=600,
        wall_s=600,
        namespaces=False,
    )
    options = Options(
        solution=str(folder / "solution"),
        tasks=TASKS,
        data=str(folder / "data"),
        isolate=False,
        layers=[],
        preload=["torch", *MANIFEST.worker.preload],
        isolation=[],
        bounds=bounds,
    )

    def grade(wanted):
        jobs = []
        for variant, tasks in wanted:
            place = folder / "class" / variant.id
            write_modules(place, apply(SOLUTION, MANIFEST, [variant]))
            artifacts = folder / "artifacts" / variant.id
            artifacts.mkdir(parents=True)
            job = Job(
                id=variant.id, folder=str(place), seed=11, artifacts=str(artifacts), tasks=tasks
            )
            jobs.append(job)
        scores = {}
        for job, verdict in pool.grade(jobs):
            assert verdict.fault is None, (job.id, verdict.fault)
            tasks = json.loads(verdict.score)["tasks"]
            scores[job.id] = {c["id"]: c["status"] for task in tasks for c in task["checks"]}
            shutil.rmtree(folder / "artifacts" / job.id)
        return scores

    with contextlib.closing(Pool(options, os.cpu_count() or 1)) as pool:
        yield grade


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    with judges(tmp_path_factory.mktemp("untrained"), train=False) as grade:
        yield grade


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    with judges(tmp_path_factory.mktemp("trained"), train=True) as grade:
        yield grade


@pytest.mark.parametrize("task", BY_TASK)
def test_every_misconception_loses_points_in_its_task(task, untrained):
    wrong = CATALOGUE.of_task(task)
    scores = untrained((variant, [task]) for variant in wrong)
    assert scores.keys() == {variant.id for variant in wrong}
    for name, checks in scores.items():
        checks = {check: status for check, status in checks.items() if check not in TRAINED}
        assert {*checks.values()} & {"failed", "crashed"}, f"{name} is not found out"
        assert {*checks.values()} <= {"passed", "failed", "crashed"}, (name, checks)


@pytest.mark.parametrize("task", BY_TASK)
def test_every_alternative_gets_full_marks_in_its_task(task, untrained):
    right = CATALOGUE.of_task(task, "alternative")
    scores = untrained((variant, [task]) for variant in right)
    assert scores.keys() == {variant.id for variant in right}
    for name, checks in scores.items():
        lost = {check: status for check, status in checks.items() if status != "passed"}
        assert {*lost} <= {*TRAINED}, (name, lost)


def dependants(task):
    """A task, and those that a mistake in it would reach: the others of its unit, and training."""
    unit = next(unit for unit, own in MANIFEST.tasks if own.id == task)
    reached = {own.id for own in unit.tasks}
    if unit.module in ("autoencoder.py", "training.py"):
        reached.add("train")
    return [name for name in TASKS if name in reached]


@pytest.mark.catalogue
@pytest.mark.parametrize("task", TASKS)
def test_every_alternative_gets_full_marks_in_all_that_depends_on_it(task, trained):
    right = CATALOGUE.of_task(task, "alternative")
    for name, checks in trained((v, dependants(task)) for v in right).items():
        lost = {check: status for check, status in checks.items() if status != "passed"}
        assert lost == {}, name
