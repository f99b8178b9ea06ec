"""The core assignment itself: the reference, the stubs, the release, the thresholds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
# The check that trains a network on real digits, and the one that reuses its result, take most of
# the time of a run; their seeds are those of solution/calibration.
LONG = ("learns_digits", "bottleneck")
# Figures take most of the rest. Five seeds draw other images; where they are drawn is no chance.
FIGURES = "test_figures"


def grade(tmp_path, *arguments):
    """Run pytest as a user does; its exit status and the score it wrote."""
    scores = tmp_path / "scores.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, f"--scores={scores}"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(scores.read_text())


def unexpected(score, status):
    return [
        (check["id"], check["status"], check["message"])
        for task in score["tasks"]
        for check in task["checks"]
        if check["status"] != status
    ]


def test_the_reference_scores_100_with_every_check(tmp_path):
    done, score = grade(tmp_path, "solution")
    assert unexpected(score, "passed") == []
    assert (score["score"], score["max_score"], score["status"]) == (100, 100, "graded")
    assert done.returncode == 0
    assert "Total 100 / 100" in done.stdout


SEVERAL = """
import sys
import pytest
folder, left, *seeds = sys.argv[1:]
for seed in seeds:
    pytest.main(["solution", f"--seed={seed}", f"--scores={folder}/{seed}.json", f"-k={left}"])
"""


@pytest.mark.proof
@pytest.mark.parametrize("start", [0, 5, 10, 15])
def test_the_reference_passes_on_20_seeds(tmp_path, start):
    seeds = range(start, start + 5)  # in one process, which loads torch once
    left = " and ".join(f"not {name}" for name in (*LONG, *([FIGURES] if start else [])))
    subprocess.run(
        [sys.executable, "-c", SEVERAL, str(tmp_path), left, *map(str, seeds)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
    )
    for seed in seeds:
        score = json.loads((tmp_path / f"{seed}.json").read_text())
        assert score["environment"]["seed"] == seed
        others = {check: message for check, _, message in unexpected(score, "passed")}
        failed = {check for check, message in others.items() if "left out" not in message}
        assert failed == set(), f"seed {seed}"
        tasks = {check.partition(".")[0] for check in others}
        assert tasks == {"train", *(["reconstructions", "mixture_grid"] if start else [])}
        assert sum(check.startswith("train.") for check in others) == len(LONG)


def test_untouched_stubs_score_0_and_every_task_is_todo(tmp_path):
    done, score = grade(tmp_path, "assignment")
    assert (score["score"], score["max_score"]) == (0, 100)
    assert {task["status"] for task in score["tasks"]} == {"todo"}
    assert unexpected(score, "todo") == []
    assert done.returncode == 1
    _, score = grade(tmp_path, "solution", "--submission=assignment")
    assert (score["score"], score["max_score"]) == (0, 100)
    assert {task["status"] for task in score["tasks"]} == {"todo"}


def test_the_assignment_is_what_the_solution_releases():
    done = subprocess.run(
        [sys.executable, "-m", "grader", "release", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_hidden_is_in_the_released_folder():
    files = [path for path in (ROOT / "assignment").rglob("*") if path.is_file()]
    text = b"\n".join(path.read_bytes() for path in files if "__pycache__" not in path.parts)
    hidden = [*(ROOT / "solution/checks/hidden").glob("*.py")]
    assert len(hidden) >= 20
    for path in hidden:
        assert path.name.encode() not in text
        for line in path.read_bytes().splitlines():
            if line.startswith(b"def test_"):
                assert line.partition(b"(")[0] not in text
    bodies = 0
    for path in (ROOT / "solution").glob("*.py"):
        inside = False
        for line in path.read_bytes().splitlines():
            if b"END SOLUTION" in line:
                inside = False
            if inside and len(line.strip()) > 45 and path.name != "make_pictures.py":
                assert line.strip() not in text, f"{path.name}: {line}"
                bodies += 1
            inside = inside or b"BEGIN SOLUTION" in line
    assert bodies > 40
    for name in ("misconceptions", "calibration", "BEGIN SOLUTION", "END SOLUTION"):
        assert not (ROOT / "assignment" / name).exists()
        assert name.encode() not in text.replace(b"solution/calibration", b"")


@pytest.fixture(scope="module")
def recorded():
    return json.loads((ROOT / "solution/calibration/learning.json").read_text())


def threshold_of(name):
    """The constant THRESHOLD as a check file has it."""
    for line in (ROOT / "solution/checks" / name).read_text().splitlines():
        if line.startswith("THRESHOLD = "):
            return float(line.split()[2])
    raise AssertionError(f"{name} has no THRESHOLD")


def test_the_threshold_is_the_same_wherever_it_stands(recorded):
    places = ("conftest.py", "public/test_training.py", "hidden/test_training_hidden.py")
    assert {threshold_of(place) for place in places} == {recorded["threshold"]}


def test_the_threshold_separates_right_from_wrong_with_room_on_both_sides(recorded):
    assert len(recorded["right"]["reference"]) >= 20
    worst = max(max(losses) for losses in recorded["right"].values())
    best_wrong = min(min(losses) for losses in recorded["wrong"].values())
    assert worst < 0.8 * recorded["threshold"]
    assert recorded["threshold"] < 0.8 * best_wrong


def test_no_constant_image_reaches_the_threshold(recorded):
    raw = ROOT / "data/MNIST/raw/t10k-images-idx3-ubyte"
    images = np.frombuffer(raw.read_bytes(), np.uint8, offset=16).reshape(-1, 784) / 255
    # The mean minimises the squared error among images that do not depend on the input.
    best = ((images - images.mean(axis=0)) ** 2).mean()
    assert best == pytest.approx(recorded["constants"]["best constant image"], abs=1e-4)
    unseen = images[200:]
    assert recorded["threshold"] < ((unseen - unseen.mean(axis=0)) ** 2).mean()
