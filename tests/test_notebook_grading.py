"""Notebooks handed in, graded for real: each gets the score that its code deserves."""

import json
import subprocess
import sys

import notebook_samples as samples
import pytest
from notebook_samples import (
    CENTRED,
    FIT,
    IMPORT,
    PREDICT,
    SOLVE,
    STUB_SOLVE,
    cell,
    notebook,
    released,
    released_model,
)

from grader.worker.layers import in_force, survey

pytestmark = pytest.mark.skipif(
    "namespaces" not in in_force(survey()), reason="this machine has no bubblewrap"
)

DONE = released(solve=SOLVE, predict=PREDICT)
DONE_MODEL = released_model(fit=FIT)
WITH_CONSTANT = SOLVE.replace("np.eye(x.shape[1])", "IDENTITY * np.eye(x.shape[1])")
HUGE = {"output_type": "stream", "name": "stdout", "text": ["x" * 2**20] * 100}
RUNS = "import os\nos._exit(3)\nopen('left-behind', 'w')\nraise SystemExit('a cell was run')"


def v3(sources):
    """A notebook of format 3, as IPython made them until 2015."""
    cells = [
        {"cell_type": "code", "language": "python", "input": s, "outputs": []} for s in sources
    ]
    content = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
               "worksheets": [{"cells": cells}]}  # fmt: skip
    return json.dumps(content).encode()


def without_ids(content):
    found = json.loads(content)
    for one in found["cells"]:
        del one["id"]
    return json.dumps(found | {"nbformat_minor": 2}).encode()


BOTH = [IMPORT, CENTRED, SOLVE, PREDICT, FIT]
GRID = {
    # name: files, points of 15, a word of the notes or messages
    "reference": ({"ridge.ipynb": notebook(DONE, unit="ridge"),
                   "model.ipynb": notebook(DONE_MODEL, unit="model")}, 15, "read from"),
    "untouched": ({"ridge.ipynb": notebook(released(), unit="ridge"),
                   "model.ipynb": notebook(released_model(), unit="model")}, 0, "read from"),
    "one-for-all": ({"hw.ipynb": notebook([*DONE, *DONE_MODEL])}, 15, "read from"),
    "plain": ({"Untitled1.ipynb": notebook(BOTH)}, 15, "no marks"),
    "without-ids": ({"hw.ipynb": without_ids(notebook(BOTH))}, 15, ""),
    "old-format": ({"hw.ipynb": v3(BOTH)}, 15, "old format 3"),
    "among-modules": ({"ridge.py": samples.tiny.SOLUTION.encode(),
                       "model.ipynb": notebook(DONE_MODEL, unit="model")}, 15, ""),
    "beside-stubs": ({"ridge.py": samples.tiny.STUB.encode(),
                      "notebooks/ridge.ipynb": notebook(DONE, unit="ridge"),
                      "notebooks/model.ipynb": notebook(DONE_MODEL, unit="model")},
                     15, "was graded instead"),
    "deleted-check-cells": ({"ridge.ipynb": notebook(
        [c for c in DONE if c["metadata"]["grader"]["role"] != "check"])}, 10, ""),
    "deleted-task-cell": ({"ridge.ipynb": notebook(
        [c for c in DONE if c["id"] != "task-predict"])}, 6, "no cell defines 'predict'"),
    "deleted-imports": ({"ridge.ipynb": notebook(
        [c for c in DONE if c["id"] != "given-ridge"])}, 10, "was given out"),
    "split": ({"ridge.ipynb": notebook(
        [*DONE[:4], "RIDGE = 1.0", cell(WITH_CONSTANT.replace("IDENTITY", "RIDGE"), "task"),
         *DONE[5:]])}, 10, ""),
    "merged": ({"ridge.ipynb": notebook(
        ["\n\n".join([IMPORT, "%matplotlib inline", SOLVE, PREDICT, "%grade"])])}, 10, "magics"),
    "copied-below": ({"ridge.ipynb": notebook([*released(), SOLVE, PREDICT])}, 10, "last one"),
    "wrong-copy-last": ({"ridge.ipynb": notebook(
        [*DONE, PREDICT.replace("@", "+ 1 @")])}, 6, "last one"),
    "stub-pasted-last": ({"ridge.ipynb": notebook([*DONE, STUB_SOLVE])}, 0, "last one"),
    "out-of-order": ({"ridge.ipynb": notebook(
        [PREDICT, WITH_CONSTANT, "IDENTITY = 1.0", IMPORT])}, 10, ""),
    "syntax-error": ({"ridge.ipynb": notebook(
        [*DONE[:6], cell("def predict(x weights):\n    pass", "task"), *DONE[7:]])},
        6, "invalid syntax"),
    "training-cells": ({"ridge.ipynb": notebook([RUNS, *DONE, RUNS])}, 10, ""),
    "endless-cell": ({"ridge.ipynb": notebook([*DONE, "while True: pass"])}, 10, ""),
    "shell-lines": ({"ridge.ipynb": notebook(
        ["!touch left-behind; kill $$", "%%bash\ntouch left-behind", *DONE])}, 10, "skipped"),
    "needs-a-constant": ({"ridge.ipynb": notebook([IMPORT, "IDENTITY = 2 / 2", WITH_CONSTANT,
                                                   PREDICT])}, 10, ""),
    "needs-training": ({"ridge.ipynb": notebook(
        [IMPORT, "def train():\n    return 1.0", "IDENTITY = train()", WITH_CONSTANT, PREDICT])},
        0, "cell 4 (task solve) uses 'IDENTITY', which cell 3 makes by running code"),
    "missing-package": ({"ridge.ipynb": notebook(["import package_for_plots", *DONE])}, 10, ""),
    "other-language": ({"ridge.ipynb": notebook(
        DONE, metadata={"language_info": {"name": "R"}})}, 10, "written in 'r'"),
    "huge": ({"ridge.ipynb": notebook([cell("1", outputs=[HUGE]), *DONE])}, 10, ""),
    "nan": ({"ridge.ipynb": notebook(
        [cell("1", outputs=[{"data": float("nan")}]), *DONE])}, 10, ""),
    "renamed": ({"Copy of ridge (1).ipynb": notebook(DONE)}, 10, ""),
    "helpers-beside": ({"hw.ipynb": notebook(
        ["from tools import one\n" + IMPORT, WITH_CONSTANT.replace("IDENTITY", "one()"), PREDICT]),
        "tools.py": b"def one():\n    return 1.0\n"}, 10, ""),
    "twin-a": ({"ridge.ipynb": notebook([*DONE, cell("mine: A", kind="markdown")])}, 10, ""),
    "twin-b": ({"ridge.ipynb": notebook([*DONE, cell("mine: B", kind="markdown")])}, 10, ""),
    "crashing": ({"ridge.ipynb": notebook(
        [IMPORT, "# predictions\n\n" + SOLVE, "def predict(x, weights):\n    return x / nothing"])},
        6, "cell 3 (task predict), line 2, in predict"),
}  # fmt: skip
UNREADABLE = {
    "broken-json": ({"ridge.ipynb": notebook(DONE)[:-900]}, "it ends in the middle"),
    "empty": ({"hw.ipynb": b""}, "it ends in the middle"),
    "nothing-of-it": ({"hw.ipynb": notebook(["x = 1"])}, "nothing of it is defined"),
    "two": ({"ridge.ipynb": notebook(DONE), "old/ridge.ipynb": notebook(
        [IMPORT, SOLVE, PREDICT + " + 0"])}, "two different notebooks could be ridge"),
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Scores by name, and the folder."""
    folder = tmp_path_factory.mktemp("notebooks")
    samples.course(folder / "solution")
    for name, row in (GRID | UNREADABLE).items():
        for path, content in row[0].items():
            place = folder / "class" / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", "class", "--jobs=2", "--seed=3"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr  # some need a person
    found = folder.glob("results/*/score.json")
    return {path.parent.name: json.loads(path.read_text()) for path in found}, folder


def said(score, folder):
    """Notes and messages."""
    import sqlite3

    book = sqlite3.connect(folder / "results" / "gradebook.db")
    try:
        (row,) = book.execute(
            "SELECT more FROM submissions WHERE id = ?", (score["submission"],)
        ).fetchall()
    finally:
        book.close()
    checks = [check for task in score["tasks"] for check in task["checks"]]
    return "\n".join([*json.loads(row[0])["notes"], *(c["message"] or "" for c in checks)])


@pytest.mark.parametrize("name", GRID)
def test_a_notebook_gets_what_its_code_deserves(graded, name):
    scores, folder = graded
    score = scores[name]
    _, points, word = GRID[name]
    assert score["status"] == "graded", score["reason"]
    assert score["score"] == points, said(score, folder)
    assert word in said(score, folder)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_notebook_that_cannot_be_read_needs_a_person(graded, name):
    score = graded[0][name]
    assert score["status"] == "needs_review"
    assert UNREADABLE[name][1] in score["reason"]


def test_untouched_tasks_are_not_begun(graded):
    assert {task["status"] for task in graded[0]["untouched"]["tasks"]} == {"todo"}


def test_a_syntax_error_is_named_with_its_cell_in_the_check(graded):
    (predict,) = [t for t in graded[0]["syntax-error"]["tasks"] if t["id"] == "predict"]
    assert predict["checks"][0]["message"].startswith(
        "SyntaxError: cell 7 (task predict), line 1: invalid syntax"
    )


def test_a_missing_name_is_explained_in_the_check(graded):
    (solve,) = [t for t in graded[0]["needs-training"]["tasks"] if t["id"] == "solve"]
    first, why, place, *_ = solve["checks"][0]["message"].split("\n")
    assert first == "NameError: name 'IDENTITY' is not defined"
    assert why.startswith("cell 4 (task solve) uses 'IDENTITY', which cell 3 makes by running code")
    assert place == "cell 4 (task solve), line 2, in solve"


def test_no_cell_was_run(graded):
    assert not list(graded[1].rglob("left-behind"))


@pytest.fixture(scope="module")
def reported(graded):
    """The folder of results, with reports."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "report", "results"],
        cwd=graded[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "without the notebooks" not in done.stderr
    return graded[1] / "results"


def test_feedback_is_the_notebook_with_the_result_under_its_cell(reported):
    text = (reported / "crashing" / "feedback.html").read_text()
    place = 0
    for word in (
        "How your notebook was read", "Your notebook <code>ridge.ipynb", ">cell 2<",
        "Solve for the weights", ">cell 3<", "cell 3 (task predict), line 2, in predict",
    ):  # fmt: skip
        place = text.index(word, place)


def test_students_with_the_same_code_see_their_own_notebooks(reported):
    for mine, other in ("AB", "BA"):
        text = (reported / f"twin-{mine.lower()}" / "feedback.html").read_text()
        assert f"mine: {mine}" in text
        assert f"mine: {other}" not in text


def test_feedback_of_modules_stays_as_it_was(reported):
    assert "Your notebook" in (reported / "among-modules" / "feedback.html").read_text()
    text = (reported / "broken-json" / "feedback.html").read_text()
    assert "it ends in the middle" in text
    assert "Your notebook" not in text


def test_notes_are_in_every_form_of_feedback(reported):
    for name in ("feedback.html", "feedback.md", "feedback.txt"):
        text = " ".join((reported / "copied-below" / name).read_text().split())
        assert "the last one was graded" in text


def test_staff_see_the_lines_at_which_checks_stopped(reported):
    text = (reported / "report/submissions/crashing.html").read_text()
    assert "checks stopped here" in text


def test_nothing_but_modules_reaches_the_worker(tmp_path):
    from grader.batch.intake import collect

    (tmp_path / "hw.ipynb").write_bytes(notebook([*BOTH, cell("<script>", kind="markdown")]))
    outlines = samples.outlines(tmp_path / "solution")
    (taken,) = collect(
        [tmp_path / "hw.ipynb"], modules=samples.MODULES, workdir=tmp_path / "w", outlines=outlines
    )
    assert taken.layout == "ipynb"
    assert sorted(path.name for path in taken.files.iterdir()) == ["model.py", "ridge.py"]
    assert "<script>" not in (taken.files / "ridge.py").read_text()
