"""Only the tasks whose results may be others are graded again, and the rest is kept as it is."""

import json
import shutil
import sqlite3
import subprocess
import sys

import pytest
import tiny
from unsandboxed import run

from grader.batch.gradebook import Gradebook
from grader.batch.keys import installed
from grader.scores import encode_score
from grader.worker.layers import in_force, survey

RIGHT = tiny.SOLUTION
WRONG = RIGHT.replace("return x @ weights", "return x @ weights + 1")
BAD_SHAPE = RIGHT.replace("x.T @ y)", "x.T @ y)[:, None]")
MORE = '''
import numpy as np
import pytest
from helpers import expect_zero


@pytest.mark.task("predict", weight=3)
def test_zero(student):
    """Nothing comes of nothing."""
    expect_zero(student.ridge.predict(np.zeros((2, 3)), np.zeros(3)))
'''
HELPERS = """
from grader.checks import CheckFailure


def expect_zero(found):
    if abs(found).max() > 1e-9:
        raise CheckFailure("something came of nothing")


def unused():
    return 1
"""
HIDDEN = "solution/checks/hidden/test_ridge_hidden.py"
PUBLIC = "solution/checks/public/test_ridge.py"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course of which a small class was graded with seed 5."""
    place = tmp_path_factory.mktemp("graded")
    manifest = tiny.MANIFEST.lstrip().replace("check_s = 10", "check_s = 60")
    tiny.write(
        place / "solution",
        **{
            "assignment.toml": 'data = "../data"\n' + manifest,
            "checks/public/test_more.py": MORE,
            "checks/public/helpers.py": HELPERS,
        },
    )
    (place / "data").mkdir()
    (place / "data/points.txt").write_text("1 2 3")
    classes = {"right": RIGHT, "wrong": WRONG, "shape": BAD_SHAPE}
    for name, code in (classes | {"stub": tiny.STUB}).items():
        folder = place / "class" / name
        folder.mkdir(parents=True)
        (folder / "ridge.py").write_text(code)
    run(place, seed=5)
    return place


@pytest.fixture
def course(graded, tmp_path):
    """A copy of one's own of the course and its results."""
    return shutil.copytree(graded, tmp_path / "course")


def scores(course, out="results"):
    return {
        path.parent.name: json.loads(path.read_text())
        for path in sorted((course / out).glob("*/score.json"))
    }


def without_times(found):
    """Scores without what differs between any two gradings."""
    plain = json.loads(json.dumps(found))
    for score in plain.values():
        score.pop("started_at")
        score.pop("duration_s")
        for task in score["tasks"]:
            for check in task["checks"]:
                check.pop("duration_s")
    return plain


def task(score, name):
    return next(task for task in score["tasks"] if task["id"] == name)


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def add(path, text):
    path.write_text(path.read_text() + text)


def mend_the_hidden_check(course):
    replace(course / HIDDEN, "y, 0.3), expected", "y, 0.3) * 1, expected")


def change_what_is_only_shown(course):
    manifest = course / "solution/assignment.toml"
    replace(manifest, '"Solve for the weights"', '"Weights"')
    replace(manifest, "points = 6", "points = 12")
    first, second = (x for x in manifest.read_text().splitlines() if x.startswith("  { id"))
    replace(manifest, f"{first}\n{second}", f"{second}\n{first}")
    add(manifest, "[late]\npercent_per_day = 10\n[feedback]\nafter_deadline = 'all'\n")
    replace(course / HIDDEN, "import numpy", "# by hand\nimport numpy")
    replace(course / "solution/checks/public/helpers.py", "return 1", "return 2")


def change_the_helper(course):
    replace(course / "solution/checks/public/helpers.py", "> 1e-9", "> 1e-8")


def change_the_reference(course):
    replace(course / "solution/ridge.py", "np.linalg.solve(x.T", "np.linalg.solve(x.transpose()")


def change_the_data(course):
    (course / "data/points.txt").write_text("1 2 4")


def change_a_limit(course):
    replace(course / "solution/assignment.toml", "check_s = 60", "check_s = 61")


def hand_in_something_new_and_something_else(course):
    shutil.copytree(course / "class/right", course / "class/late")
    (course / "class/wrong/ridge.py").write_text(RIGHT)


def change_the_gate(course):
    replace(course / PUBLIC, "size=9), 0.3)", "size=9), 0.4)")


SOLVE, PREDICT = {"solve"}, {"predict"}
BOTH = SOLVE | PREDICT
SCENARIOS = {
    mend_the_hidden_check: (SOLVE, 4),
    change_what_is_only_shown: (set(), 0),
    change_the_helper: (PREDICT, 4),
    change_the_reference: (SOLVE, 4),
    change_the_data: (BOTH, 4),
    change_a_limit: (BOTH, 4),
    hand_in_something_new_and_something_else: (BOTH, 2),
    change_the_gate: (BOTH, 4),
}


@pytest.mark.parametrize("change", SCENARIOS, ids=lambda change: change.__name__)
def test_after_any_change_the_scores_are_those_of_a_fresh_run(course, change):
    tasks, count = SCENARIOS[change]
    before = scores(course)
    change(course)
    _, progress = run(course, seed=5, explain=True)
    after = scores(course)
    run(course, out="anew", seed=5)
    assert without_times(after) == without_times(scores(course, "anew"))
    assert len(progress.graded_ones) == count, progress.said
    for name in progress.graded_ones:
        if name not in before:
            continue
        for one in before[name]["tasks"]:
            if one["id"] not in tasks:
                assert one == task(after[name], one["id"]), name  # durations, too
    for name in before.keys() - set(progress.graded_ones):
        assert before[name]["started_at"] == after[name]["started_at"]
    _, progress = run(course, seed=5)
    assert progress.graded_ones == []
    assert scores(course) == after


def test_what_is_kept_keeps_its_pictures(course):
    kept = course / "results/right/artifacts/note.png"
    kept.write_bytes(b"as it was made then")
    mend_the_hidden_check(course)
    run(course, seed=5)
    assert kept.read_bytes() == b"as it was made then"
    replace(course / PUBLIC, 'b"picture"', 'b"another"')
    run(course, seed=5)
    assert kept.read_bytes() == b"another"
    kept.unlink()
    _, progress = run(course, explain=True)
    assert progress.graded_ones == ["right"]
    assert kept.read_bytes() == b"another"
    assert "  predict: artifacts/note.png is gone" in progress.said


def test_another_version_of_torch_grades_everything_again_and_says_so(course):
    _, progress = run(
        course, explain=True, version=lambda name: "9.9" if name == "torch" else installed(name)
    )
    assert len(progress.graded_ones) == 4
    assert "To grade: 4 submissions (right, shape, stub and 1 more)" in progress.said
    (line,) = [line for line in progress.said if "every task: torch" in line]
    assert line.endswith(" -> 9.9")


def test_fresh_grades_everything_and_the_history_keeps_both(course):
    mend_the_hidden_check(course)
    run(course)
    _, progress = run(course, fresh=True, seed=5)
    assert len(progress.graded_ones) == 4
    with Gradebook(course / "results/gradebook.db") as book:
        history = book.history("right")
    assert [(attempt.number, attempt.run) for attempt in history] == [(1, 1), (2, 2), (3, 3)]
    first, second, _ = (attempt.score for attempt in history)
    assert second.tasks[1] == first.tasks[1]
    assert second.tasks[0] != first.tasks[0]  # in its durations
    assert second.environment.seed == 5  # that of what is kept


def test_a_check_that_was_broken_is_graded_again_when_it_is_mended_with_all_that_waited(course):
    replace(course / PUBLIC, "assert_ndarray(weights", "nothing(weights")
    run(course, seed=5)
    assert {s["status"] for s in scores(course).values()} == {"needs_review", "graded"}
    _, progress = run(course, seed=5)  # needs a person: tried again
    assert len(progress.graded_ones) == 3  # not the stub
    replace(course / PUBLIC, "nothing(weights", "assert_ndarray(weights")
    run(course, seed=5)
    run(course, out="anew", seed=5)
    assert without_times(scores(course)) == without_times(scores(course, "anew"))


def test_another_seed_grades_everything_and_none_keeps_what_there_is(course):
    _, progress = run(course)
    assert progress.graded_ones == []
    _, progress = run(course, seed=6, explain=True)
    assert len(progress.graded_ones) == 4
    assert "  every task: seed 5 -> 6" in progress.said


def test_single_tasks_are_taken_from_whole_scores_and_added_to_them(course):
    whole = scores(course)
    _, progress = run(course, tasks=("solve",))
    assert progress.graded_ones == []
    part = scores(course)["right"]
    assert part["tasks"] == [task(whole["right"], "solve")]
    assert (part["score"], part["max_score"]) == (6, 6)
    _, progress = run(course)
    assert len(progress.graded_ones) == 4
    again = scores(course)
    assert task(again["right"], "solve") == task(whole["right"], "solve")
    assert without_times(again) == without_times(whole)


def test_a_submission_that_ran_out_of_time_is_graded_whole_or_not_at_all(course):
    with Gradebook(course / "results/gradebook.db") as book:
        score = book.latest("wrong")
        kept = book.kept("wrong")
        score.tasks[1].checks[0].status = "timed_out"
        score.tasks[1].checks[
            0
        ].message = "your submission took longer than it may in all, and was stopped"
        (course / "results/wrong/score.json").write_bytes(encode_score(score))
        basis = book.basis(kept.keys)
        book.record(None, score, basis=basis, seen='{"solve": {}, "predict": {}}')
    mend_the_hidden_check(course)
    _, progress = run(course, seed=5, explain=True)
    assert "To grade: 1 submission (wrong)" in progress.said
    assert "  predict: it had run out of the time of the submission" in progress.said
    assert task(scores(course)["wrong"], "predict")["checks"][0]["status"] == "failed"


@pytest.mark.skipif("namespaces" not in in_force(survey()), reason="no bubblewrap here")
def test_the_command_grades_single_tasks_in_the_sandbox_and_explains_it(course):
    shutil.rmtree(course / "results")
    command = [sys.executable, "-m", "grader", "grade", "class", "--jobs=1", "--explain"]
    said = []
    for change in (lambda course: None, mend_the_hidden_check):
        change(course)
        done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=True)
        said.append(done.stderr)
    assert "  every task: not graded before" in said[0]
    name = f"{HIDDEN.removeprefix('solution/')}::test_against_reference"
    assert f"  solve: {name} changed" in said[1]
    assert "predict:" not in said[1]
    with Gradebook(course / "results/gradebook.db") as book:
        first, second = (attempt.score for attempt in book.history("wrong"))
    assert second.tasks[1] == first.tasks[1]
    assert second.tasks[0].checks[1].duration_s != first.tasks[0].checks[1].duration_s
    assert second.environment == first.environment
    assert (course / "results/right/artifacts/note.png").read_bytes() == b"picture"


FORGETS = """
\"\"\"Forgets {what}.

Hint: Look at it again.
\"\"\"


def {head}:
    return {value}
"""


def test_failed_tasks_whose_misconceptions_hang_together_are_graded_together(course):
    for name, head, value in (
        ("solve", "solve(x, y, strength)", "np.linalg.solve(x.T @ x, x.T @ y)"),
        ("predict", "predict(x, weights)", "x @ weights + 1"),
    ):
        place = course / "solution/misconceptions" / name / "forgets.py"
        place.parent.mkdir(parents=True)
        place.write_text(FORGETS.format(what="something", head=head, value=value).lstrip())
    run(course, seed=5)
    mend_the_hidden_check(course)
    _, progress = run(course, seed=5, explain=True)
    together = "  predict: its misconceptions are told together with those of solve"
    place = progress.said.index("To grade: 1 submission (wrong)")
    assert together in progress.said[place:]  # of the others, predict has not failed
    assert progress.said.count(together) == 1
    run(course, out="anew", seed=5)
    assert without_times(scores(course)) == without_times(scores(course, "anew"))


# Gradebooks of earlier versions


def downgrade(path):
    """Make a gradebook one of version 1, as the first release wrote it."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "ALTER TABLE attempts DROP COLUMN seen; ALTER TABLE attempts DROP COLUMN basis;"
        "DROP TABLE bases; PRAGMA user_version = 1;"
    )
    connection.close()


def test_an_older_gradebook_is_read_and_what_says_itself_that_nothing_changed_is_kept(course):
    before = scores(course)
    downgrade(course / "results/gradebook.db")
    with Gradebook(course / "results/gradebook.db", read_only=True) as book:
        assert book.latest("right").score == 10
    _, progress = run(course)
    assert progress.graded_ones == []
    assert scores(course) == before
    mend_the_hidden_check(course)  # its keys are known from now on
    _, progress = run(course, explain=True)
    assert [line for line in progress.said if "solve:" in line]
    assert not [line for line in progress.said if "predict" in line]


def test_scores_of_which_no_key_is_known_are_graded_again_where_anything_differs(course):
    downgrade(course / "results/gradebook.db")
    replace(course / HIDDEN, "import numpy", "# by hand\nimport numpy")
    _, progress = run(course, explain=True)
    assert len(progress.graded_ones) == 4
    (line,) = [line for line in progress.said if "every task:" in line]
    assert "graded by an earlier version" in line


def test_a_lost_gradebook_is_rebuilt_and_scores_are_kept(course):
    (course / "results/gradebook.db").unlink()
    _, progress = run(course)
    assert progress.graded_ones == []
    (course / "results/gradebook.db").unlink()
    _, progress = run(course, version=lambda name: "9.9" if name == "numpy" else installed(name))
    assert len(progress.graded_ones) == 4


def test_the_explanation_of_a_class_is_short(course):
    for number in range(8):
        shutil.copytree(course / "class/right", course / f"class/more{number}")
    _, progress = run(course, explain=True)
    assert progress.said[-3:] == [
        "Nothing to grade: 4 submissions",
        "To grade: 8 submissions (more0, more1, more2 and 5 more)",
        "  every task: not graded before",
    ]
    (course / "class/more3/ridge.py").write_text(WRONG)
    mend_the_hidden_check(course)
    _, progress = run(course, explain=True)
    hidden = f"{HIDDEN.removeprefix('solution/')}::test_against_reference changed"
    assert progress.said == [
        progress.said[0],
        "To grade: 11 submissions (more0, more1, more2 and 8 more)",
        f"  solve: {hidden}",
        "To grade: 1 submission (more3)",
        f"  solve: {hidden}; submission: ridge.py changed",
        "  predict: submission: ridge.py changed",
    ]
