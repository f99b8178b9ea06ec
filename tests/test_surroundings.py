"""What a submission does to streams and folder stays within a check, however pytest captures."""

import json
import os
import subprocess
import sys

import pytest
import tiny

UNRULY = """
import os, sys

def solve(x, y, strength):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    sys.stdout.close()
    os.close(sys.stderr.fileno())
    os.chdir("/")
    raise ValueError("done")

def predict(x, weights):
    print("seen:", sys.stdout.closed, os.getcwd())
    return x @ weights
"""
LOOSE = tiny.PUBLIC.replace(", gate=True", "")


def run(tmp_path, *arguments):
    manifest = tiny.MANIFEST.replace(', depends = ["solve"]', "")
    files = {"assignment.toml": manifest, "ridge.py": UNRULY, "checks/public/test_ridge.py": LOOSE}
    files["checks/hidden/test_ridge_hidden.py"] = ""
    tiny.write(tmp_path / "ridge", **files)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "ridge", "-p", "no:randomly", *arguments],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    score = json.loads((tmp_path / "scores.json").read_bytes())
    return done, {c["id"]: c["status"] for task in score["tasks"] for c in task["checks"]}


@pytest.mark.parametrize("capture", ["fd", "no"])
def test_streams_and_folder_are_whole_again_for_the_next_check(tmp_path, capture):
    done, statuses = run(tmp_path, f"--capture={capture}")
    assert statuses == {
        "solve.shape": "crashed",
        "predict.product": "passed",
    }
    shown = f"seen: False {tmp_path}" in done.stdout
    assert shown == (capture == "no")
    assert ("to stderr" in done.stderr) == (capture == "no")
    assert "Total 4 / 10" in done.stdout
    assert "Score: scores.json" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_what_a_failing_check_printed_is_shown_with_its_traceback(tmp_path):
    done, _ = run(tmp_path, "--tb=short")
    assert "ridge.py:10: in solve" in done.stdout
    assert "E   ValueError: done" in done.stdout
    assert "to stdout" in done.stdout
    assert "to stderr" in done.stdout
    assert "seen:" not in done.stdout
