"""Our own formats: ``csv``, a row a student and a column a task; ``jsonl``, a score a line."""

from collections.abc import Sequence

import msgspec

from grader.export.records import Graded
from grader.export.tables import cell, decimal, write_csv


def as_csv(graded: Sequence[Graded]) -> bytes:
    """One row a submission. Points that are open are empty cells, never a zero."""
    tasks: dict[str, float] = {}
    for item in graded:
        for task in item.score.tasks:
            tasks.setdefault(task.id, task.max_score)
    header = ["submission", "name", "user_id", "email", "login", "sis_id", "status", "reason"]
    header += ["points", "max_points", "penalty", "adjusted", "late", *tasks]
    return write_csv([header, *([*_start(i), *_points(i), *_tasks(i, tasks)] for i in graded)])


def _start(item: Graded) -> list[str]:
    who = item.entry
    known = (who.name, who.user_id, who.email, who.login, who.sis_id)
    return [item.id, *map(cell, known), item.score.status, cell(item.score.reason)]


def _points(item: Graded) -> list[str]:
    penalty = item.score.penalty
    return [
        "" if item.open else decimal(item.points),
        decimal(item.score.max_score),
        decimal(penalty.points) if penalty else "",
        "yes" if item.adjustments else "",
        "yes" if item.entry.late else "",
    ]


def _tasks(item: Graded, tasks: dict[str, float]) -> list[str]:
    if item.open:
        return [""] * len(tasks)
    scores = {task.id: decimal(task.score) for task in item.score.tasks}
    return [scores.get(name, "") for name in tasks]


def as_jsonl(graded: Sequence[Graded]) -> bytes:
    """One JSON object a line: who, the points that count, and the score as `score.json` has it."""
    encoder = msgspec.json.Encoder(order="deterministic")
    lines = []
    for item in graded:
        who = item.entry
        line = {
            "submission": item.id,
            "student": {
                "name": who.name,
                "user_id": who.user_id,
                "email": who.email,
                "login": who.login,
                "sis_id": who.sis_id,
                "identifiers": item.identifiers,
            },
            "late": who.late,
            "points": None if item.open else item.points,
            "max_points": item.score.max_score,
            "adjustments": item.adjustments,
            "comments": item.comments,
            "score": item.score,
        }
        lines.append(encoder.encode(line))
    return b"".join(line + b"\n" for line in lines)
