"""From results to points: which result counts for a check, and what a task's checks add up to."""

import pytest

from grader.judge.outcome import Result
from grader.judge.scoring import first_blocker, score_tasks, settle, task_status, was_left_out
from grader.judge.specs import Spec
from grader.manifest import load_manifest

MANIFEST = """
id = "two"
title = "Two tasks"
[[units]]
module = "a.py"
title = "A"
tasks = [
  { id = "base", title = "The base", points = 10 },
  { id = "top", title = "The top", points = 4, depends = ["base"] },
]
"""


@pytest.fixture
def manifest(tmp_path):
    (tmp_path / "assignment.toml").write_text(MANIFEST)
    return load_manifest(tmp_path)


def spec(name, *, weight=1.0, gate=False, hint=None, visibility="public"):
    task = name.partition(".")[0]
    return Spec(
        id=name,
        task=task,
        title=f"Title of {name}",
        visibility=visibility,
        weight=weight,
        gate=gate,
        depends=("base",) if task == "top" else (),
        hint=hint,
        nodeid=f"checks/public/test_a.py::test_{name}",
    )


SPECS = [
    spec("base.gate", gate=True, weight=2, hint="Look at the gate."),
    spec("base.more", weight=1),
    spec("top.one", weight=3, visibility="hidden"),
]
IDS = [s.id for s in SPECS]


def results(**statuses):
    """Results by status, such as ``base_gate="passed"``."""
    found = {}
    for name, status in statuses.items():
        check = name.replace("_", ".", 1)
        message = None if status == "passed" else f"message of {check}"
        found[check] = Result(id=check, status=status, message=message, duration_s=0.25)
    return found


def statuses(settled):
    return [settled[name].status for name in IDS]


def test_results_stand_where_nothing_blocks(manifest):
    found = results(base_gate="passed", base_more="failed", top_one="crashed")
    assert settle(SPECS, found, manifest) == found


@pytest.mark.parametrize("end", ["failed", "crashed", "timed_out", "grader_error"])
def test_a_gate_that_has_not_passed_skips_what_depends_on_it_even_if_that_passed(manifest, end):
    found = results(base_gate=end, base_more="passed", top_one="passed")
    settled = settle(SPECS, found, manifest)
    assert statuses(settled) == [end, "passed", "skipped"]
    assert settled["top.one"].message == (
        'needs task base (The base), whose check "Title of base.gate" has not passed'
    )
    assert settled["top.one"].duration_s == 0.25


def test_a_fault_of_ours_and_a_todo_are_not_hidden_by_a_blocker(manifest):
    for status in ("grader_error", "todo"):
        found = results(base_gate="failed", base_more="passed", top_one=status)
        assert statuses(settle(SPECS, found, manifest)) == ["failed", "passed", status]


def test_a_check_that_stumbles_over_what_a_failed_gate_refused_is_no_fault_of_ours(manifest):
    found = results(base_gate="failed", base_more="grader_error", top_one="skipped")
    settled = settle(SPECS, found, manifest)
    assert settled["base.more"].status == "failed"
    assert "Title of base.gate" in settled["base.more"].message
    for gate in ("passed", "todo", "grader_error", "skipped"):
        found = results(base_gate=gate, base_more="grader_error", top_one="skipped")
        assert settle(SPECS, found, manifest)["base.more"].status == "grader_error"


def test_a_missing_result_is_a_fault_of_ours_also_where_the_gate_failed(manifest):
    settled = settle(SPECS, results(base_gate="failed", top_one="passed"), manifest)
    assert statuses(settled) == ["failed", "grader_error", "skipped"]
    assert "no result arrived" in settled["base.more"].message


def test_what_a_stopped_run_did_not_reach_is_not_run_and_blocks_nothing(manifest):
    settled = settle(SPECS, results(top_one="passed"), manifest, stopped="-x")
    assert statuses(settled) == ["skipped", "skipped", "passed"]
    assert settled["base.gate"].message == "not run: -x"
    assert was_left_out(settled["base.gate"].message)
    assert not was_left_out(settled["top.one"].message)


def test_a_skipped_check_of_an_untouched_task_is_todo(manifest):
    found = results(base_gate="failed", base_more="failed", top_one="skipped")
    settled = settle(SPECS, found, manifest, untouched=frozenset({"top", "base"}))
    assert statuses(settled) == ["failed", "failed", "todo"]
    assert "TODO" in settled["top.one"].message
    assert statuses(settle(SPECS, found, manifest))[2] == "skipped"


def test_the_first_blocker_is_one_that_is_known_not_to_have_passed():
    top = SPECS[2]
    assert first_blocker(top, SPECS, {}) is None
    assert first_blocker(top, SPECS, results(base_gate="passed", base_more="failed")) is None
    assert first_blocker(top, SPECS, results(base_gate="todo")) is SPECS[0]
    assert first_blocker(SPECS[1], SPECS, results(base_gate="failed")) is None


def test_weights_share_out_the_points_rounded_to_two_decimals(manifest):
    found = results(base_gate="passed", base_more="failed", top_one="passed")
    found["base.gate"].metrics = {"size": 3.0}
    found["base.more"].metrics = {"loss": 0.25}
    found["base.more"].artifacts = ["scores_artifacts/a.png"]
    base, top = score_tasks(manifest, SPECS, found, ["top", "base"])
    assert (base.score, base.max_score, base.status) == (6.67, 10, "partial")
    assert (top.score, top.max_score, top.status) == (4, 4, "passed")
    assert base.metrics == {"size": 3.0, "loss": 0.25}
    assert base.artifacts == ["scores_artifacts/a.png"]
    assert (base.unit, base.title) == ("a", "The base")


def test_only_the_tasks_asked_for_are_scored(manifest):
    found = results(base_gate="passed", base_more="passed", top_one="passed")
    assert [task.id for task in score_tasks(manifest, SPECS, found, ["top"])] == ["top"]


def test_a_hint_is_the_failures_own_or_else_the_marks_and_only_where_it_helps(manifest):
    for status, hint, expected in (
        ("failed", "Own hint.", "Own hint."),
        ("failed", None, "Look at the gate."),
        ("crashed", None, "Look at the gate."),
        ("timed_out", None, "Look at the gate."),
        ("passed", None, None),
        ("todo", None, None),
        ("grader_error", None, None),
        ("skipped", None, None),
    ):
        found = results(base_gate=status, base_more="passed", top_one="passed")
        found["base.gate"].hint = hint
        (base, _) = score_tasks(manifest, SPECS, found, ["base", "top"])
        assert base.checks[0].hint == expected


def test_a_check_in_the_score_says_what_its_spec_says(manifest):
    found = results(base_gate="passed", base_more="passed", top_one="failed")
    check = score_tasks(manifest, SPECS, found, ["top"])[0].checks[0]
    assert (check.id, check.title, check.visibility, check.weight) == (
        "top.one",
        "Title of top.one",
        "hidden",
        3,
    )
    assert (check.status, check.message, check.duration_s) == ("failed", "message of top.one", 0.25)


@pytest.mark.parametrize(
    ("checks", "task"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "failed"], "partial"),
        (["passed", "todo"], "partial"),
        (["passed", "grader_error"], "error"),
        (["failed", "grader_error"], "error"),
        (["timed_out", "failed", "todo"], "failed"),
        (["crashed", "timed_out"], "failed"),
        (["skipped", "timed_out", "todo"], "timed_out"),
        (["todo", "skipped"], "todo"),
        (["skipped", "skipped"], "skipped"),
    ],
)
def test_a_task_is_called_by_its_checks_together(checks, task):
    assert task_status(checks) == task
    assert task_status(checks[::-1]) == task
