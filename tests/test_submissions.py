"""The sample submissions, graded with every check: what each must lose, and no more.

The points asserted here follow from the checks' weights: a sample loses the checks that look at its
mistakes (named in the first line of its files), and the others it keeps.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "submissions"
TASKS = 18
WITHOUT_TRAINING = "-k=not learns_digits and not bottleneck"


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """``graded(name, *arguments)``: the score of a sample, graded once."""
    folder = tmp_path_factory.mktemp("scores")
    known = {}

    def grade(name, *arguments):
        if (name, arguments) not in known:
            path = folder / f"{name}{len(known)}.json"
            command = ["pytest", "solution", f"--submission={SAMPLES / name}", f"--scores={path}"]
            done = subprocess.run(
                [sys.executable, "-m", *command, *arguments],
                cwd=ROOT,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            known[name, arguments] = json.loads(path.read_text()), done.stdout
        return known[name, arguments]

    return grade


def by_task(score):
    return {task["id"]: task for task in score["tasks"]}


def checks(score, status):
    return {c["id"]: c for task in score["tasks"] for c in task["checks"] if c["status"] == status}


def test_right_work_in_another_style_scores_100(graded):
    score, _ = graded("other_style")
    assert checks(score, "passed").keys() == {c["id"] for t in score["tasks"] for c in t["checks"]}
    assert score["score"] == 100


def test_every_task_has_a_half_right_sample_that_gets_part_of_its_points(graded):
    partial = set()
    for name in ("half_right", "layers_only"):
        score, _ = graded(name, WITHOUT_TRAINING)
        partial |= {task["id"] for task in score["tasks"] if 0 < task["score"] < task["max_score"]}
        assert score["status"] == "graded"
    assert len(partial) == TASKS, partial


def test_the_half_finished_sample_tells_begun_from_not_begun(graded):
    score, text = graded("half_finished", WITHOUT_TRAINING)
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
    score, _ = graded("syntax_error", WITHOUT_TRAINING)
    crashed = checks(score, "crashed")
    assert {name.partition(".")[0] for name in crashed} == {"train_epoch", "validate", "train"}
    assert not checks(score, "failed")
    message = crashed["train_epoch.epoch_returns_a_number"]["message"]
    assert "SyntaxError" in message
    assert "training.py, line " in message
    assert "return total /" in message


def test_a_missing_package_costs_its_own_unit_and_is_named(graded):
    score, _ = graded("missing_package", WITHOUT_TRAINING)
    crashed = checks(score, "crashed")
    assert {name.partition(".")[0] for name in crashed} == {"class_means", "mixtures"}
    assert not checks(score, "failed")
    message = crashed["class_means.one_mean_a_digit"]["message"]
    assert "No module named 'umap_of_my_own'" in message
    assert "latent.py, line " in message


def test_crashes_quote_the_students_own_lines_only(graded):
    score, _ = graded("crashing", WITHOUT_TRAINING)
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


def test_a_function_that_never_returns_costs_its_own_task(graded):
    score, _ = graded("hanging", "--task=class_means", "--task=mixtures", "--timeout=2")
    tasks = by_task(score)
    assert tasks["class_means"]["status"] == "timed_out"
    assert "2 s" in tasks["class_means"]["checks"][0]["message"]
    assert tasks["mixtures"]["status"] == "passed"


def test_swapped_sizes_are_seen_although_32_and_32_hide_them(graded):
    score, _ = graded("sizes_swapped", "--task=encoder", "--task=autoencoder")
    assert checks(score, "failed").keys() == {
        "encoder.encoder_layers",
        "autoencoder.sizes_are_passed_on",
    }


def test_training_on_labels_and_on_validation_data_is_seen(graded):
    score, _ = graded("trains_on_labels", "--task=train_epoch", "--task=train", WITHOUT_TRAINING)
    assert {
        "train_epoch.steps_are_right",
        "train.validation_data_is_not_trained_on",
        "train.history_is_true",
    } <= checks(score, "failed").keys()
