"""Scores for the tests of what is done with scores."""

from typing import Any

import msgspec

from grader.scores import Check, Digest, Environment, Penalty, Score, Task, TaskStatus

ENVIRONMENT = Environment(
    grader="0.3.1",
    python="3.12.7",
    torch="2.13.0",
    numpy="2.1.2",
    device="cpu",
    threads=3,
    seed=77,
    isolation=["bubblewrap", "limits"],
)


def make_task(
    name: str, points: float, of: float, status: TaskStatus = "partial", **more: Any
) -> Task:
    check = Check(
        id=f"{name}.one",
        title="It does",
        visibility="public",
        weight=1.5,
        status="passed" if points == of else "failed",
        misconception=more.pop("misconception", None),
    )
    return Task(
        id=name,
        title=name.title(),
        unit="lines",
        status=status,
        score=points,
        max_score=of,
        checks=[check],
        **more,
    )


def make_score(
    submission: str = "ada",
    *,
    slope: float = 3.0,
    spread: float = 5.5,
    penalty: float | None = None,
    seed: int = 77,
    started_at: str = "2031-03-04T10:20:30+00:00",
    tasks: list[Task] | None = None,
    **more: Any,
) -> Score:
    """A score of the tasks `slope` (4 points) and `spread` (7 points)."""
    if tasks is None:
        tasks = [make_task("slope", slope, 4.0), make_task("spread", spread, 7.0)]
    values: dict[str, Any] = {
        "assignment": "straight-lines",
        "submission": submission,
        "status": "graded",
        "score": round(sum(task.score for task in tasks), 2),
        "max_score": sum(task.max_score for task in tasks),
        "tasks": tasks,
        "environment": msgspec.structs.replace(ENVIRONMENT, seed=seed),
        "started_at": started_at,
        "duration_s": 1.25,
        "digest": Digest(submission=f"of-{submission}", solution="of-checks"),
    }
    if penalty is not None:
        values["penalty"] = Penalty(reason="2 days late", points=penalty)
    return Score(**(values | more))
