"""Classroom 50's ``result.json``, schema ``classroom50/result/v1``.

Source: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding. Its runner says in
environment variables which submission it grades, and stamps owner and assignment type itself.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from grader.export.outcomes import Outcome, apportion, outcomes
from grader.export.records import ExportError, Graded

VARIABLES: Final = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}
"""Which field is taken from which environment variable of the runner."""


def result(graded: Graded, environment: Mapping[str, str]) -> dict[str, Any]:
    """The result of one submission with settled points.

    The platform takes whole points. Totals are rounded, halves up, and shared out among the checks.
    The points of these add up to the total, unless a person gave more than they earned.

    Raises
    ------
    ExportError
        A variable of the runner is missing.
    """
    missing = [name for name in VARIABLES.values() if not environment.get(name)]
    if missing:
        raise ExportError(
            f"Classroom 50's runner sets {', '.join(missing)}; run this in its autograder, or set "
            "them yourself"
        )
    found = outcomes(graded.score)
    maxima, earned = _whole_points(graded, found)
    stamp = datetime.fromisoformat(graded.score.started_at).astimezone(UTC)
    return {
        "schema": "classroom50/result/v1",
        **{field: environment[name] for field, name in VARIABLES.items()},
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": _whole(graded.points),
        "max-score": _whole(graded.score.max_score),
        "tests": [
            {
                "test-name": f"{outcome.task.id}: {outcome.title}",
                "passed": outcome.status == "passed",
                "score": points,
                "max-score": most,
            }
            for outcome, points, most in zip(found, earned, maxima, strict=True)
        ],
    }


def _whole_points(graded: Graded, found: Sequence[Outcome]) -> tuple[list[int], list[int]]:
    """The most and the earned points of each test, of which none has more than its most."""
    passed = [outcome.points for outcome in found]
    others = [o.max_points - o.points for o in found]
    base, most = _whole(graded.score.score), _whole(graded.score.max_score)
    full = apportion(base, passed) if any(passed) else [0] * len(found)
    missed = apportion(most - base, others) if any(others) else [0] * len(found)
    total = min(_whole(graded.points), sum(full))
    earned = apportion(total, full) if any(full) else full
    return [a + b for a, b in zip(full, missed, strict=True)], earned


def _whole(points: float) -> int:
    return int(points + 0.5)
