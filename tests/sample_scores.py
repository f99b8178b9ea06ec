"""Scores for the tests of what is done with scores."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from grader.batch.gradebook import Gradebook
from grader.batch.records import Entry
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


def make_checked_task(name: str, points: float, of: float, *statuses: str) -> Task:
    """A task with one check a status; every second one is hidden and says what nobody may read."""
    checks = [
        Check(
            id=f"{name}.check_{index}",
            title=f"Rule {index} <b>holds</b>, 100 %",
            visibility="hidden" if index % 2 == 0 else "public",
            weight=index,
            status=status,  # type: ignore[arg-type]  # a literal, written out by the caller
            message=None
            if status == "passed"
            else f"{name}.py, line 3: SECRET, more: 5 % off"
            if index % 2 == 0
            else f"lines.py, line 7, in {name}\n    off by 5 %, far too much",
            expected="SECRET 41" if index % 2 == 0 else None,
            hint="Look at the sign.",
            duration_s=0.125,
        )
        for index, status in enumerate(statuses, start=1)
    ]
    return Task(
        id=name,
        title=name.title(),
        unit="lines",
        status="passed" if points == of else "partial",
        score=points,
        max_score=of,
        checks=checks,
        metrics={"loss": 0.25},
    )


def write_class(folder: Path) -> Path:
    """A folder of results with students that are awkward to export."""
    full = [make_checked_task("slope", 4.0, 4.0, "passed", "passed", "passed")]
    full.append(make_checked_task("spread", 7.0, 7.0, "passed", "passed"))
    part = [make_checked_task("slope", 2.67, 4.0, "passed", "failed", "passed")]
    part.append(make_checked_task("spread", 2.33, 7.0, "passed", "crashed", "todo"))
    none = [make_checked_task("slope", 0.0, 4.0, "todo", "skipped", "timed_out")]
    none.append(make_checked_task("spread", 0.0, 7.0, "failed", "crashed"))
    at = datetime(2031, 3, 4, 10, tzinfo=UTC)
    people = [
        ("ada", "Ada Lovelace", "11", "Ada@example.org", "S-1", "501", {}),
        ("bjorn", "=Bjørn Ødegård", "12", "bjorn@example.org", "S-2", "502", {}),
        ("chen", "陈 明", "13", "chen@example.org", "S-3", "503", {"partners": [DINA]}),
        ("eve", "@Eve", "15", "eve@example.org", "S-5", "505", {}),
        ("fox", None, None, None, None, None, {}),
    ]
    scores = {
        "ada": make_score("ada", tasks=full, penalty=1.5),
        "bjorn": make_score("bjorn", tasks=part),
        "chen": make_score("chen", tasks=part, penalty=0.5),
        "eve": make_score("eve", tasks=none, status="needs_review", reason="the judge died"),
        "fox": make_score("fox", tasks=none),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with Gradebook(folder / "gradebook.db") as book:
        for name, who, user, email, sis, moodle, more in people:
            identifiers = {"moodle_participant": moodle} if moodle else {}
            entry = Entry(
                id=name,
                name=who,
                user_id=user,
                email=email,
                sis_id=sis,
                login=email and email.partition("@")[0].lower(),
                more={"identifiers": identifiers, **more},
                submitted_at=at,
            )
            book.register([entry])
            book.record(None, scores[name])
        book.remarks.adjust("bjorn", kind="add", points=1.25, author="kim", comment="typo", at=at)
        book.remarks.adjust("chen", kind="set", points=3, author="kim", task="slope", at=at)
        book.remarks.comment("chen", "Well\ndone.", author="kim", at=at)
    return folder


DINA = {
    "name": "-Dina Kaya",
    "user_id": "14",
    "email": "dina@example.org",
    "login": "dina",
    "sis_id": "S-4",
    "identifiers": {"moodle_participant": "504"},
}
FINAL = {"ada": 9.5, "bjorn": 6.25, "chen": 4.83, "fox": 0.0}
"""What counts in the end; eve needs a person."""
