"""Adds checks up to tasks and tasks to a score; plain functions of the specs and results."""

from collections.abc import Iterable, Mapping, Sequence

from grader import scores
from grader.judge.outcome import TODO_MESSAGE, Result
from grader.judge.points import blocked_message, task_points
from grader.judge.specs import Spec, blockers
from grader.manifest import Manifest

NOT_RUN = "not run"


def settle(
    specs: Sequence[Spec],
    results: Mapping[str, Result],
    manifest: Manifest,
    *,
    untouched: frozenset[str] = frozenset(),
    stopped: str | None = None,
) -> dict[str, Result]:
    """One result for each expected check, whatever was reported.

    Parameters
    ----------
    specs
        The checks of this run, fixed before student code ran.
    results
        What was reported, by check id.
    untouched
        Tasks whose TODO still stands in the source: where such a check would be skipped for a
        blocker, it is `todo`.
    stopped
        Why checks may be missing although nothing went wrong (``-x``, ``-k``, Ctrl-C); None makes a
        missing result a grader error.
    """
    settled: dict[str, Result] = {}
    for spec in specs:
        result = results.get(spec.id)
        if result is None and stopped:
            result = Result(id=spec.id, status="skipped", message=f"{NOT_RUN}: {stopped}")
        elif result is None:
            result = Result(
                id=spec.id,
                status="grader_error",
                message="no result arrived for this check; please tell your course staff",
            )
        settled[spec.id] = result
    for spec in specs:
        gate = _own_gate_not_passed(spec, specs, settled)
        if gate and settled[spec.id].status == "grader_error" and spec.id in results:
            settled[spec.id] = Result(
                id=spec.id,
                status="failed",
                message=f'what came could not be checked; see "{gate.title}"',
                duration_s=settled[spec.id].duration_s,
            )
    for spec in specs:
        result = settled[spec.id]
        if was_left_out(result.message):
            continue
        blocker = first_blocker(spec, specs, settled)
        if blocker and result.status not in ("todo", "grader_error"):
            settled[spec.id] = Result(
                id=spec.id,
                status="skipped",
                message=_blocked_by(blocker, manifest),
                duration_s=result.duration_s,
            )
        if settled[spec.id].status == "skipped" and spec.task in untouched:
            settled[spec.id].status = "todo"
            settled[spec.id].message = TODO_MESSAGE
    return settled


def _own_gate_not_passed(
    spec: Spec, specs: Iterable[Spec], results: Mapping[str, Result]
) -> Spec | None:
    """A gate check of the same task that has not passed.

    Then what the student's code returns may have any form, and a check that stumbles over it is not
    at fault.
    """
    for gate in specs:
        if gate.gate and gate.task == spec.task and gate.id != spec.id:
            status = results[gate.id].status
            if status in ("failed", "crashed", "timed_out"):
                return gate
    return None


def was_left_out(message: str | None) -> bool:
    """Whether a result's message says that its check never ran, by the user's own choice."""
    return (message or "").startswith(NOT_RUN)


def first_blocker(spec: Spec, specs: Iterable[Spec], results: Mapping[str, Result]) -> Spec | None:
    """The first gate check a check depends on that is known not to have passed."""
    for gate in blockers(spec, specs):
        result = results.get(gate.id)
        if result is None or was_left_out(result.message):
            continue
        if result.status != "passed":
            return gate
    return None


def _blocked_by(gate: Spec, manifest: Manifest) -> str:
    return blocked_message(manifest.task(gate.task).title, gate.task, gate.title)


def score_tasks(
    manifest: Manifest,
    specs: Sequence[Spec],
    settled: Mapping[str, Result],
    tasks: Iterable[str],
) -> list[scores.Task]:
    """The tasks of a run with their points, in the order of the manifest."""
    wanted = set(tasks)
    scored = []
    for unit, task in manifest.tasks:
        if task.id not in wanted:
            continue
        own = [spec for spec in specs if spec.task == task.id]
        checks = [_check(spec, settled[spec.id]) for spec in own]
        metrics: dict[str, float] = {}
        artifacts: list[str] = []
        for spec in own:
            metrics |= settled[spec.id].metrics
            artifacts += settled[spec.id].artifacts
        scored.append(
            scores.Task(
                id=task.id,
                title=task.title,
                unit=unit.id,
                status=task_status([check.status for check in checks]),
                score=task_points(task.points, checks),
                max_score=task.points,
                checks=checks,
                metrics=metrics,
                artifacts=artifacts,
            )
        )
    return scored


def _check(spec: Spec, result: Result) -> scores.Check:
    failed = result.status in ("failed", "crashed", "timed_out")
    return scores.Check(
        id=spec.id,
        title=spec.title,
        visibility=spec.visibility,
        weight=spec.weight,
        status=result.status,
        message=result.message,
        expected=result.expected,
        actual=result.actual,
        hint=(result.hint or spec.hint) if failed else None,
        misconception=result.misconception if failed else None,
        duration_s=round(result.duration_s, 4),
    )


def task_status(statuses: Sequence[scores.CheckStatus]) -> scores.TaskStatus:
    """What a task's checks say of the task together."""
    if "grader_error" in statuses:
        return "error"
    if all(status == "passed" for status in statuses):
        return "passed"
    if "passed" in statuses:
        return "partial"
    for status in ("crashed", "failed"):
        if status in statuses:
            return "failed"
    if "timed_out" in statuses:
        return "timed_out"
    return "todo" if "todo" in statuses else "skipped"
