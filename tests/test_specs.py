"""Which checks a run has: what a mark may say, what is refused, what is needed, in which order."""

from pathlib import Path

import preloaded  # noqa: F401  # for pytester
import pytest
import tiny

from grader.judge.specs import Spec, blockers, check_specs, in_order, needed
from grader.manifest import load_manifest
from grader.scores import read_score

pytest_plugins = ["pytester"]

MANIFEST = """
id = "three"
title = "Three tasks"
[[units]]
module = "a.py"
title = "A"
tasks = [
  { id = "first", title = "First", points = 1 },
  { id = "second", title = "Second", points = 2, depends = ["first"] },
  { id = "third", title = "Third", points = 3 },
]
"""


def spec(name, *, gate=False, depends=(), file="checks/public/test_a.py", line=1):
    """A check by its id, such as ``first.shape``."""
    return Spec(
        id=name,
        task=name.partition(".")[0],
        title=name,
        visibility="hidden" if "hidden" in file else "public",
        weight=1,
        gate=gate,
        depends=tuple(depends),
        hint=None,
        nodeid=f"{file}::test_{name.partition('.')[2]}",
        line=line,
    )


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "assignment.toml").write_text(MANIFEST)
    return load_manifest(tmp_path)


@pytest.fixture
def usage_error(pytester):
    """What pytest says of a check that cannot be scored."""

    def usage_error(check, *, where="checks/public/test_new.py", **files):
        folder = tiny.write(pytester.path / "ridge", **{where: f"import pytest\n{check}", **files})
        done = pytester.runpytest_inprocess(folder)
        said = "\n".join([*done.outlines, *done.errlines])
        assert done.ret == pytest.ExitCode.USAGE_ERROR, said
        assert "INTERNALERROR" not in said
        assert "Traceback" not in said
        assert not (pytester.path / "scores.json").exists()
        return said

    return usage_error


MARKS = {
    "()": "needs exactly one task id",
    '("solve", "predict")': "needs exactly one task id",
    '("solve", wait=3, color=1)': "unknown option 'color'",
    '("Solve")': "there is no task 'Solve'; the tasks are solve, predict",
    "(7)": "there is no task 7",
    '("solve", depends=["guess"])': "there is no task 'guess'",
    '("solve", depends="predict")': "depends='predict' must be a list of task ids",
    '("solve", weight=-2)': "weight=-2 must be a number above 0",
    '("solve", weight=True)': "weight=True must be",
    '("solve", weight="2")': "weight='2' must be",
    '("solve", weight=float("nan"))': "weight=nan must be",
    '("solve", weight=float("inf"))': "weight=inf must be",
    '("solve", hint=5)': "hint=5 must be text",
}


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_that_says_something_else_is_refused_with_file_line_and_value(usage_error, mark):
    said = usage_error(f'@pytest.mark.task{mark}\ndef test_new():\n    """New."""\n')
    assert MARKS[mark] in said
    assert "checks/public/test_new.py:2: check test_new" in said


@pytest.mark.parametrize("docstring", ["", '    """   """\n', "    # none\n"])
def test_a_check_without_a_title_is_refused(usage_error, docstring):
    said = usage_error(f'@pytest.mark.task("solve")\ndef test_new():\n{docstring}    pass\n')
    assert "test_new.py:2: check test_new: has no docstring" in said


def test_a_mark_on_the_class_and_one_on_the_check_are_two(usage_error):
    said = usage_error(
        '@pytest.mark.task("solve")\nclass TestNew:\n'
        '    @pytest.mark.task("predict")\n    def test_new(self):\n        """New."""\n'
    )
    assert "check test_new: belongs to more than one task" in said


def test_a_gate_that_depends_on_a_gate_that_depends_on_it_is_refused(usage_error):
    said = usage_error(
        '@pytest.mark.task("predict", gate=True)\ndef test_first():\n    """One."""\n\n\n'
        '@pytest.mark.task("solve", gate=True, depends=["predict"])\n'
        'def test_second():\n    """Two."""\n'
    )
    assert "gate checks depend on each other in a circle: " in said
    assert "predict.first -> solve.second -> predict.first" in said or (
        "solve.second -> predict.first -> solve.second" in said
    )


def test_a_dependency_in_the_manifest_needs_a_gate(usage_error):
    said = usage_error(
        "", **{"checks/public/test_ridge.py": tiny.PUBLIC.replace("gate=True, ", "")}
    )
    assert "depends on task 'solve', of which no check is a gate" in said
    assert '@pytest.mark.task("solve", gate=True)' in said


def test_a_dependency_on_the_own_task_is_refused(usage_error):
    said = usage_error(
        '@pytest.mark.task("solve", depends=["solve"])\ndef test_new():\n    """New."""\n'
    )
    assert "test_new.py::test_new depends on its own task 'solve'" in said


def test_one_id_for_two_checks_names_both(manifest):
    twins = [spec("first.same"), spec("first.same", file="checks/hidden/test_b.py")]
    with pytest.raises(pytest.UsageError, match=r"test_a.py::test_same and checks/hidden/test_b"):
        check_specs(twins, Path("root"), manifest)


def test_a_run_of_some_tasks_needs_their_checks_and_the_gates_below_them():
    specs = [
        spec("first.gate", gate=True),
        spec("first.more"),
        spec("second.gate", gate=True, depends=["first"]),
        spec("second.more", depends=["first"]),
        spec("third.one", depends=["second"]),
    ]
    assert needed(specs, ["third"]) == {"third.one", "second.gate", "first.gate"}
    assert needed(specs, ["second"]) == {"second.gate", "second.more", "first.gate"}
    assert needed(specs, ["first"]) == {"first.gate", "first.more"}
    assert needed(specs, ["first", "third"]) == {s.id for s in specs} - {"second.more"}
    assert [gate.id for gate in blockers(specs[4], specs)] == ["second.gate"]


def test_checks_stand_in_the_manifests_order_gates_first_then_public_then_by_line(manifest):
    hidden = "checks/hidden/test_a.py"
    specs = [
        spec("third.only"),
        spec("second.b", depends=["first"], line=9),
        spec("second.a", depends=["first"], line=20),
        spec("second.h", depends=["first"], file=hidden, line=1),
        spec("first.gate", gate=True, file=hidden, line=7),
        spec("first.plain", line=2),
    ]
    expected = ["first.gate", "first.plain", "second.b", "second.a", "second.h", "third.only"]
    assert [s.id for s in in_order(specs, manifest)] == expected
    assert [s.id for s in in_order(specs[::-1], manifest)] == expected


def test_a_check_stands_after_a_gate_of_a_later_task(manifest):
    specs = [
        spec("first.early", depends=["third"], line=1),
        spec("first.free", line=2),
        spec("third.gate", gate=True),
    ]
    ordered = [s.id for s in in_order(specs, manifest)]
    assert ordered == ["first.free", "third.gate", "first.early"]


def test_a_title_is_the_first_paragraph_of_the_docstring_without_its_full_stop(pytester):
    checks = '''import pytest


@pytest.mark.task("solve", weight=0.5)
@pytest.mark.parametrize("size", [3, 8])
def test_sizes(size):
    """Any number of columns
    is right.

    Not part of the title.
    """
'''
    folder = tiny.write(pytester.path / "ridge", **{"checks/public/test_new.py": checks})
    done = pytester.runpytest_inprocess(folder, "--task=solve", "-p", "no:randomly")
    assert done.ret == 0, done.outlines
    text = (pytester.path / "scores.json").read_text()
    assert text.count('"title": "Any number of columns is right",') == 2
    assert '"id": "solve.sizes[3]"' in text
    assert '"id": "solve.sizes[8]"' in text
    assert text.count('"weight": 0.5,') == 2


OFF = """
[[units]]
module = "lasso.py"
title = "Lasso"
enabled = false
tasks = [{ id = "shrink", title = "Shrink", points = 5 }]
"""
SHRINK = '''
import pytest


@pytest.mark.task("shrink")
def test_shrink(student):
    """It shrinks."""
    student.lasso.shrink()
'''


def test_checks_of_a_unit_that_is_off_are_neither_run_nor_missed(pytester):
    folder = tiny.write(
        pytester.path / "ridge",
        **{"assignment.toml": tiny.MANIFEST + OFF, "checks/public/test_lasso.py": SHRINK},
    )
    done = pytester.runpytest_inprocess(folder, "--scores=scores.json")
    assert done.ret == 0
    score = read_score(pytester.path / "scores.json")
    assert (score.score, score.max_score) == (10, 10)
    assert [task.id for task in score.tasks] == ["solve", "predict"]


def test_a_task_of_a_unit_that_is_off_is_refused_with_the_way_to_it(pytester, usage_error):
    manifest = {"assignment.toml": tiny.MANIFEST + OFF}
    said = usage_error(SHRINK.replace('"shrink"', '"solve", depends=["shrink"]'), **manifest)
    assert "task 'shrink' belongs to lasso.py, which is switched off" in said
    assert "enabled = true" in said
    folder = tiny.write(pytester.path / "other", **manifest)
    done = pytester.runpytest_inprocess(folder, "--task=shrink")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    assert "belongs to lasso.py" in "\n".join([*done.outlines, *done.errlines])
