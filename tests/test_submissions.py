"""The sample submissions, graded with every check: what each must lose, and no more.

The points asserted here follow from the checks' weights: a sample loses the checks that look at its
mistakes (named in the first line of its files), and the others it keeps.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.worker.layers import in_force, survey

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "submissions"
CLASS = {p.name: p for p in SAMPLES.iterdir() if p.is_dir() and p.name != "hanging"} | {
    "right": ROOT / "solution",
    "untouched": ROOT / "assignment",
}
TASKS = 18
RIGHT = ("right", "other_style")
SHORT = "((64, 2, 2e-4), (128, 2, 1e-3))"
SEED = "--seed=3"
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
DROPOUT = ("dropout_forward.", "dropout_backward.")


def make_course(folder, places, *, check_s=20, schedule=None):
    """The course with submissions by name; with another time limit for a check or training run."""
    shutil.copytree(ROOT / "solution", folder / "solution")
    (folder / "data").symlink_to(ROOT / "data")
    manifest = folder / "solution" / "assignment.toml"
    text = manifest.read_text()
    # Naming mistakes has tests of its own; here it would take longer than all else.
    for limit, value in (("check_s", check_s), ("diagnosis_s", 0)):
        text, count = re.subn(rf"(?m)^{limit} = \d+", f"{limit} = {value}", text)
        assert count == 1
    manifest.write_text(text)
    if schedule:
        shared = folder / "solution" / "checks" / "conftest.py"
        text, count = re.subn(r"(?m)^SCHEDULE = .*$", f"SCHEDULE = {schedule}", shared.read_text())
        assert count == 1
        shared.write_text(text)
    for name, place in places.items():
        (folder / "class" / name).mkdir(parents=True)
        for module in sorted((ROOT / "assignment").glob("*.py")):
            if (place / module.name).exists():
                shutil.copy(place / module.name, folder / "class" / name)
    return folder


def grade_alone(course, name, *arguments):
    """The score of a sample graded in one process, and what was printed."""
    path = course / f"{name}.json"
    command = ["pytest", "solution", f"--submission=class/{name}", f"--scores={path}"]
    done = subprocess.run(
        [sys.executable, "-m", *command, SEED, *arguments],
        cwd=course,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(path.read_text()), done.stdout


def grade_split(course, *arguments):
    """The scores of all samples, each graded in a process of its own."""
    if "namespaces" not in in_force(survey()):
        pytest.skip("this machine has no bubblewrap")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "class", SEED, "--jobs=1", *arguments],
        cwd=course,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {
        path.parent.name: json.loads(path.read_text())
        for path in (course / "results").glob("*/score.json")
    }


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """By sample. What is wrong trains as wrongly in 12 steps as in 288."""
    right = {name: place for name, place in CLASS.items() if name in RIGHT}
    wrong = {name: place for name, place in CLASS.items() if name not in RIGHT}
    real = make_course(tmp_path_factory.mktemp("real"), right)
    short = make_course(tmp_path_factory.mktemp("short"), wrong, schedule=SHORT)
    return {name: real if name in RIGHT else short for name in CLASS}


@pytest.fixture(scope="module")
def graded(courses):
    """``graded(name)``: the score of a sample in-process, graded once, and what was printed."""
    return functools.cache(lambda name: grade_alone(courses[name], name))


@pytest.fixture(scope="module")
def split(courses):
    """``split(name)``: the score of a sample, each of a course in a process of its own."""
    grade = functools.cache(grade_split)
    return lambda name: grade(courses[name])[name]


@pytest.mark.parametrize("name", sorted(CLASS.keys() - set(RIGHT)))
def test_both_forms_of_grading_give_the_same_score(graded, split, name):
    assert_same(graded(name)[0], split(name))


@pytest.mark.proof  # which trains for as long as students' work does
@pytest.mark.parametrize("name", RIGHT)
def test_both_forms_of_grading_give_right_work_the_same_score(graded, split, name):
    assert_same(graded(name)[0], split(name))


def assert_same(score, other):
    assert (score["score"], score["status"]) == (other["score"], other["status"])
    for task, same in zip(score["tasks"], other["tasks"], strict=True):
        assert (task["status"], task["score"]) == (same["status"], same["score"])
        # Losses are those of the same computations on one thread.
        assert task["metrics"] == pytest.approx(same["metrics"], rel=1e-6)
        # The folder of artifacts is named after the file of the score.
        here, there = ([Path(a).name for a in t["artifacts"]] for t in (task, same))
        assert here == there
        for check, twin in zip(task["checks"], same["checks"], strict=True):
            assert comparable(check) == comparable(twin)


def comparable(check):
    """A check without its time, and without figures that are another draw each time."""
    texts = {key: check[key] for key in ("message", "actual")}
    if check["id"].startswith(DROPOUT):  # without a seed each draw is another
        texts = {key: re.sub(r"\d+", "#", text or "") for key, text in texts.items()}
    return {**check, **texts, "duration_s": 0}


def by_task(score):
    return {task["id"]: task for task in score["tasks"]}


def checks(score, status):
    return {c["id"]: c for task in score["tasks"] for c in task["checks"] if c["status"] == status}


@pytest.mark.proof
def test_right_work_in_another_style_scores_100(graded):
    score, _ = graded("other_style")
    assert checks(score, "passed").keys() == {c["id"] for t in score["tasks"] for c in t["checks"]}
    assert score["score"] == 100


def test_every_task_has_a_half_right_sample_that_gets_part_of_its_points(graded):
    partial = set()
    for name in ("half_right", "layers_only"):
        score, _ = graded(name)
        partial |= {task["id"] for task in score["tasks"] if 0 < task["score"] < task["max_score"]}
        assert score["status"] == "graded"
    assert len(partial) == TASKS, partial


def test_the_half_finished_sample_tells_begun_from_not_begun(graded):
    score, text = graded("half_finished")
    tasks = by_task(score)
    todo = {name for name, task in tasks.items() if task["status"] == "todo"}
    assert todo == {
        "autoencoder", "train", "mixture_grid", "dropout_backward", "network", "comparison",
    }  # fmt: skip
    assert tasks["encoder"]["status"] == "passed"
    shape = checks(score, "failed")["decoder.image_shape"]
    assert "(3, 1, 28, 28)" in shape["expected"]
    assert "(3, 1, 25, 25)" in shape["actual"]
    assert "output_padding" in shape["hint"]
    keep = checks(score, "failed")["dropout_forward.dropout_rate"]
    assert "probability to keep" in keep["hint"]
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_syntax_error_costs_its_own_unit_and_names_the_line(graded):
    score, _ = graded("syntax_error")
    crashed = checks(score, "crashed")
    assert {name.partition(".")[0] for name in crashed} == {"train_epoch", "validate", "train"}
    assert not checks(score, "failed")
    message = crashed["train_epoch.epoch_returns_a_number"]["message"]
    assert "SyntaxError" in message
    assert "training.py, line " in message
    assert "return total /" in message


def test_a_missing_package_costs_its_own_unit_and_is_named(graded):
    score, _ = graded("missing_package")
    crashed = checks(score, "crashed")
    assert {name.partition(".")[0] for name in crashed} == {"class_means", "mixtures"}
    assert not checks(score, "failed")
    message = crashed["class_means.one_mean_a_digit"]["message"]
    assert "No module named 'umap_of_my_own'" in message
    assert "latent.py, line " in message


def test_crashes_quote_the_students_own_lines_only(graded):
    score, _ = graded("crashing")
    crashed = checks(score, "crashed")
    message = crashed["batchnorm_forward.columns_are_normalised"]["message"]
    assert "sqroot" in message
    assert "layers.py, line " in message
    for check in crashed.values():
        assert "executor" not in check["message"]
        assert str(ROOT) not in check["message"]
    tasks = by_task(score)
    assert tasks["autoencoder"]["status"] == "skipped"
    assert "encoder" in tasks["autoencoder"]["checks"][0]["message"]
    assert tasks["decoder"]["status"] == "passed"


def test_a_function_that_never_returns_costs_its_own_task_in_both_forms(tmp_path):
    course = make_course(tmp_path, {"hanging": SAMPLES / "hanging"}, check_s=2)
    arguments = ("--task=class_means", "--task=mixtures")
    score, _ = grade_alone(course, "hanging", *arguments)
    tasks = by_task(score)
    assert tasks["class_means"]["status"] == "timed_out"
    assert "2 s" in tasks["class_means"]["checks"][0]["message"]
    assert tasks["mixtures"]["status"] == "passed"
    assert_same(score, grade_split(course, *arguments)["hanging"])


def test_swapped_sizes_are_seen_although_32_and_32_hide_them(graded):
    score, _ = graded("sizes_swapped")
    assert checks(score, "failed").keys() == {
        "encoder.encoder_layers",
        "autoencoder.sizes_are_passed_on",
    }


def test_training_on_labels_and_on_validation_data_is_seen(graded):
    score, _ = graded("trains_on_labels")
    assert {
        "train_epoch.steps_are_right",
        "train.validation_data_is_not_trained_on",
        "train.history_is_true",
    } <= checks(score, "failed").keys()
