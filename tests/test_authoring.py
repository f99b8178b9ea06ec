"""docs/authoring.md, command by command: what it says works, from nothing to a graded class."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.new import NewError, make

PAGE = Path(__file__).parents[1] / "docs" / "authoring.md"
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>sh|python)\n(?P<text>.*?)```\n", re.DOTALL
)


@pytest.mark.proof
def test_every_command_of_the_page_works(tmp_path):
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert sum(block["kind"] == "sh" for block in blocks) >= 5
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    said = ""
    for block in blocks:
        if block["kind"] == "python":
            (tmp_path / block["file"]).write_text(block["text"])
            continue
        done = subprocess.run(
            ["bash", "-ec", block["text"]],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block['text']}\n{done.stdout}{done.stderr}"
        said += done.stdout
    assert said.count("Nothing is wrong with these graders.") == 2
    assert "To look at" not in said
    shown = re.search(r"```\n(Task .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown[1] in said
    assert re.search(r"solve +20/20 +0 +2/2 +3/3 +3/3 +20\n", said)
    assert not (tmp_path / "ridge-regression/assignment/misconceptions").exists()
    report = (tmp_path / "results/report/index.html").read_text()
    assert "You took the mean of the squared errors" in report


@pytest.mark.parametrize("name", ["", "Ridge", "ridge_regression", "ridge-", "../ridge", "x" * 61])
def test_a_name_that_is_no_id_is_refused(tmp_path, name):
    with pytest.raises(NewError, match="cannot be the id of an assignment"):
        make(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(NewError, match="is there and not empty; name another folder with --out"):
        make("ridge", tmp_path)
    with pytest.raises(NewError, match="is there and not empty"):
        make("ridge", tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NewError, match="file/new: cannot be written"):
        make("ridge", tmp_path / "file" / "new")
