"""Ctrl-C stops a run and keeps what was found; an exception of that name in student code does not.

How a KeyboardInterrupt raised by a submission ends is tested with all other ends in
test_endings.py.
"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import tiny

WAITING = tiny.SOLUTION.replace(
    "return x @ weights",
    "open('waiting', 'w').close(); import time; time.sleep(60)",
)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send to one process")
def test_ctrl_c_stops_the_run_and_the_score_says_what_was_not_run(tmp_path):
    manifest = tiny.MANIFEST.replace(', depends = ["solve"]', "") + (
        '[[units]]\nmodule = "other.py"\ntitle = "Other"\n'
        'tasks = [{ id = "other", title = "Never reached", points = 3 }]\n'
    )
    other = '@pytest.mark.task("other")\ndef test_other(student):\n    """Other."""\n'
    files = {
        "assignment.toml": manifest,
        "ridge.py": WAITING,
        "checks/public/test_other.py": f"import pytest\n\n\n{other}",
    }
    tiny.write(tmp_path / "ridge", **files)
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "ridge", "-p", "no:randomly"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "waiting").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    score = json.loads((tmp_path / "scores.json").read_bytes())
    checks = {c["id"]: c for task in score["tasks"] for c in task["checks"]}
    assert checks["solve.shape"]["status"] == "passed"
    for name in ("predict.product", "other.other"):
        assert checks[name]["status"] == "skipped"
        assert checks[name]["message"].startswith("not run: pytest stopped")
    assert (score["status"], score["score"], score["max_score"]) == ("graded", 6, 13)
    assert "Total 6 / 13" in said
