"""What a student is shown of a score: the one model behind HTML, Markdown and plain text.

Nothing here reads more of the score than :func:`grader.scores.student_view` leaves of it.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from grader.manifest import Manifest, Shown
from grader.report.pictures import Shown as Artifacts
from grader.report.pictures import read_artifacts
from grader.report.records import Record
from grader.scores import Check, Score, Task, student_view
from grader.texts import number

WORDS: Final = {
    "passed": "passes",
    "failed": "not right yet",
    "crashed": "stops with an error",
    "timed_out": "takes too long",
    "todo": "not begun",
    "skipped": "waits for another task",
    "grader_error": "could not be checked",
}
TASK_WORDS: Final = {
    "passed": "done",
    "partial": "partly done",
    "failed": "not right yet",
    "todo": "not begun",
    "timed_out": "takes too long",
    "skipped": "waits for another task",
    "error": "could not be checked",
}
_STEPS: Final = 3
_HIDDEN: Final = "Hidden check of: "


class TaskFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """One task as its student sees it."""

    id: str
    title: str
    status: str
    """A word of `TASK_WORDS`, or how many public checks pass."""
    good: bool
    points: str | None
    """Such as ``3 of 4``; None where points are not shown."""
    checks: tuple[Check, ...]
    metrics: tuple[tuple[str, str], ...] = ()
    artifacts: Artifacts = Artifacts()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something to try next."""

    task: str
    text: str


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """One submission as its student sees it."""

    assignment: str
    name: str
    headline: str
    opening: tuple[str, ...]
    """Sentences before anything else."""
    sums: tuple[tuple[str, str], ...] = ()
    """How the points come about."""
    steps: tuple[Step, ...] = ()
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """How a notebook was read."""
    tasks: tuple[TaskFeedback, ...] = ()


def make_feedback(
    record: Record,
    manifest: Manifest,
    now: datetime,
    artifacts: Mapping[str, Artifacts] | None = None,
) -> Feedback:
    """What the student of a submission is shown at a time.

    Parameters
    ----------
    now
        With a time zone; decides between before and after the deadline.
    artifacts
        By task, where they have been read already.
    """
    level = level_at(manifest, now)
    view = student_view(record.score)
    begin = partial(Feedback, assignment=manifest.title, name=record.name, notes=_notes(record))
    if level == "nothing":
        return begin(headline="Your submission has arrived", opening=(_later(manifest),))
    if not view.tasks:
        return begin(headline="A person will look at this", opening=(_why(record),))
    if level == "public":
        tasks = tuple(_public_task(task) for task in view.tasks)
        opening = ("These are the public checks only.", *_announced(manifest, now))
        return begin(
            headline="How the public checks went",
            opening=opening,
            steps=_steps(_public_only(view)),
            tasks=tuple(task for task in tasks if task.checks),
        )
    return begin(
        headline=_headline(record),
        opening=_opening(record, view),
        sums=_sums(record),
        steps=_steps(view),
        comments=tuple(comment.text for comment in record.comments),
        tasks=tuple(_task(task, record, artifacts) for task in view.tasks),
    )


def _notes(record: Record) -> tuple[str, ...]:
    """How a submission's notebooks were read; none where it had none."""
    if not record.entry.more.get("notebooks"):
        return ()
    notes = record.entry.more.get("notes", ())
    return tuple(f"{str(note)[:1].upper()}{str(note)[1:]}." for note in notes)


def level_at(manifest: Manifest, now: datetime) -> Shown:
    """How much students are shown at a time."""
    if manifest.deadline is not None and now < manifest.deadline:
        return manifest.feedback.before_deadline
    return manifest.feedback.after_deadline


def _later(manifest: Manifest) -> str:
    if manifest.deadline is None:
        return "It has been graded. Your course staff will tell you what comes next."
    at = manifest.deadline.strftime("%d %B %Y, %H:%M %Z")
    return f"It has been graded. Feedback is made after the deadline, {at}."


def _announced(manifest: Manifest, now: datetime) -> tuple[str, ...]:
    if manifest.deadline is None or now >= manifest.deadline:
        return ()
    at = manifest.deadline.strftime("%d %B %Y, %H:%M %Z")
    return (f"The rest of the feedback is made after the deadline, {at}.",)


def _why(record: Record) -> str:
    if record.entry.problem:
        return f"Your submission could not be graded: {record.entry.problem}."
    return (
        "Your submission could not be graded, through no fault of yours. Your course staff sees "
        "this too and will settle it; you have lost no points by it."
    )


def _headline(record: Record) -> str:
    final = record.final
    if not record.settled:
        return f"{number(final.points)} of {number(final.max_points)} points, not settled yet"
    return f"{number(final.points)} of {number(final.max_points)} points"


def _opening(record: Record, view: Score) -> tuple[str, ...]:
    done = [task for task in view.tasks if task.status == "passed"]
    said = []
    if len(done) == len(view.tasks):
        said.append("All tasks are done. Well done.")
    elif done:
        said.append(f"{len(done)} of {len(view.tasks)} tasks are done.")
    else:
        said.append("No task is complete yet. The steps below are a good place to begin.")
    if not record.settled:
        said.append(
            "Something of the grader's own failed on your submission. Your course staff sees this "
            "too and will settle it; those points are open, not lost."
        )
    return tuple(said)


def _sums(record: Record) -> tuple[tuple[str, str], ...]:
    score, final = record.score, record.final
    rows = [("Tasks", number(score.score))]
    titles = {task.id: task.title for task in score.tasks}
    for item in record.adjustments:
        if item in final.unapplied:
            continue
        of = f" of {titles[item.task]}" if item.task in titles else ""
        because = f": {item.comment}" if item.comment else ""
        sign = "set to " if item.kind == "set" else "+" if item.points >= 0 else ""
        rows.append((f"Adjusted by your course staff{of}{because}", sign + number(item.points)))
    if score.penalty:
        rows.append((score.penalty.reason, f"-{number(score.penalty.points)}"))
    return (*rows, ("Together", f"{number(final.points)} of {number(final.max_points)}"))


def _task(task: Task, record: Record, artifacts: Mapping[str, Artifacts] | None) -> TaskFeedback:
    return TaskFeedback(
        id=task.id,
        title=task.title,
        status=TASK_WORDS[task.status],
        good=task.status == "passed",
        points=f"{number(task.score)} of {number(task.max_score)}",
        checks=tuple(task.checks),
        metrics=tuple((name, f"{value:.4g}") for name, value in sorted(task.metrics.items())),
        artifacts=artifacts[task.id] if artifacts else read_artifacts(task, record.folder),
    )


def _public_task(task: Task) -> TaskFeedback:
    checks = tuple(check for check in task.checks if check.visibility == "public")
    passed = sum(check.status == "passed" for check in checks)
    for check in checks:
        if check.message and _HIDDEN in check.message:  # blocked by a hidden one
            check.message = "needs another task first"
    return TaskFeedback(
        id=task.id,
        title=task.title,
        status=f"{passed} of {len(checks)} public checks pass",
        good=passed == len(checks),
        points=None,
        checks=checks,
    )


def _public_only(view: Score) -> list[Task]:
    tasks = []
    for task in view.tasks:
        checks = [check for check in task.checks if check.visibility == "public"]
        tasks.append(msgspec.structs.replace(task, checks=checks))
    return tasks


def _steps(view: Score | list[Task]) -> tuple[Step, ...]:
    """What to try next: what holds other tasks up, then what costs most, then what is not begun."""
    tasks = view.tasks if isinstance(view, Score) else view
    blocked: Counter[str] = Counter()
    for check in (check for task in tasks for check in task.checks):
        if check.status == "skipped" and (check.message or "").startswith("needs task "):
            blocked[(check.message or "").split()[2].rstrip(",")] += 1
    steps = []
    for place, task in enumerate(tasks):
        step = _step(task)
        if step:
            begun = not all(c.status in ("todo", "passed") for c in task.checks)
            lost = task.max_score - task.score
            steps.append(((-blocked[task.id], not begun, -lost, place), step))
    return tuple(step for _, step in sorted(steps, key=lambda item: item[0])[:_STEPS])


def _step(task: Task) -> Step | None:
    for status in ("crashed", "timed_out", "failed", "todo"):
        for check in task.checks:
            if check.status == status:
                return Step(task=task.title, text=_advice(check))
    return None


def _advice(check: Check) -> str:
    said = (check.message or "").split("\n")
    place = said[-1] if len(said) == 1 else next((x for x in said[1:] if ", line " in x), said[0])
    if check.status == "todo":
        return "It is not begun yet; take its TODO next."
    if check.status == "crashed" and check.visibility == "public":
        where = f", at {place}" if place and place != said[0] else ""
        return f"Your code stops with {said[0]}{where}. {check.hint or ''}".strip()
    if check.hint:
        return check.hint
    if check.visibility == "hidden":
        return f"A hidden check {WORDS[check.status]}; read the task's description once more."
    return f"{check.title}: {said[0]}" if said[0] else check.title
