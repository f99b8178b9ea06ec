"""Runs over several processes of pytest-xdist: the same score, and a worker that dies."""

import json
import os
import subprocess
import sys

import tiny

WRONG = tiny.SOLUTION.replace("return x @ weights", "return x @ weights + 1")
DYING = "import os\n" + tiny.SOLUTION.replace("return x @ weights", "os._exit(0)")


def run(tmp_path, code, *arguments):
    tiny.write(tmp_path / "ridge")
    (tmp_path / "mine").mkdir(exist_ok=True)
    (tmp_path / "mine" / "ridge.py").write_text(code)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "ridge", "--submission", "mine", *arguments],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads((tmp_path / "scores.json").read_bytes())


def without_times(score):
    """A score without what differs between two runs."""
    for name in ("started_at", "duration_s"):
        del score[name]
    for task in score["tasks"]:
        for check in task["checks"]:
            del check["duration_s"]
    return score


def test_two_workers_report_the_same_score_as_one_process(tmp_path):
    serial, expected = run(tmp_path, WRONG, "--seed=11", "-p", "no:randomly")
    parallel, score = run(tmp_path, WRONG, "--seed=11", "-n", "2")
    assert without_times(score) == without_times(expected)
    assert score["score"] == 6
    assert score["environment"]["seed"] == 11
    assert score["tasks"][1]["metrics"] == {"size": 15}
    assert (tmp_path / score["tasks"][1]["artifacts"][0]).read_bytes() == b"picture"
    assert serial.returncode == parallel.returncode == 1
    table = parallel.stdout.index("\nUnit ")
    assert parallel.stdout[table:] == serial.stdout[serial.stdout.index("\nUnit ") :]


def test_a_drawn_seed_is_one_for_all_workers_and_a_dead_worker_costs_its_check(tmp_path):
    done, score = run(tmp_path, DYING, "-n", "2")
    checks = {c["id"]: c for task in score["tasks"] for c in task["checks"]}
    assert checks["solve.shape"]["status"] == "passed", done.stdout
    assert checks["solve.against_reference"]["status"] == "passed"
    assert checks["predict.product"]["status"] == "crashed"
    assert "ended the whole Python process" in checks["predict.product"]["message"]
    assert (score["status"], score["score"]) == ("graded", 6)
    assert f"Seed: {score['environment']['seed']}" in done.stdout
    assert done.returncode == 1
