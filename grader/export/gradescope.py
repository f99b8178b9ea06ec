"""Gradescope's ``results.json`` (https://gradescope-autograders.readthedocs.io/en/latest/specs/)."""

from typing import Any, Literal

import msgspec

from grader.export.outcomes import outcomes, remarks
from grader.export.records import ExportError, Graded

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]


class Leaderboard(msgspec.Struct, frozen=True, kw_only=True):
    """Which metric of which task is ranked, and in which order."""

    task: str
    metric: str
    order: Literal["asc", "desc"] = "asc"

    @classmethod
    def parse(cls, text: str) -> "Leaderboard":
        """Read ``TASK.METRIC`` or ``TASK.METRIC:desc``; ExportError for anything else."""
        name, _, order = text.partition(":")
        task, dot, metric = name.partition(".")
        if not (task and dot and metric) or order not in ("", "asc", "desc"):
            raise ExportError(
                f"a leaderboard is TASK.METRIC or TASK.METRIC:desc, such as "
                f"train.validation_mse:asc, not {text!r}"
            )
        return cls(task=task, metric=metric, order="desc" if order == "desc" else "asc")


def results(
    graded: Graded,
    *,
    hidden: Visibility = "after_published",
    leaderboard: Leaderboard | None = None,
) -> dict[str, Any]:
    """The results of one submission with settled points.

    ``score`` is what counts and overrides the sum of the tests, which is the score before penalty
    and adjustments; both are said in ``output``.
    """
    score = graded.score
    document: dict[str, Any] = {
        "score": graded.points,
        "execution_time": round(score.duration_s, 2),
        "output": "\n".join(remarks(graded)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "number": outcome.number,
                "name": f"{outcome.task.title}: {outcome.title}",
                "score": outcome.points,
                "max_score": outcome.max_points,
                "status": "passed" if outcome.status == "passed" else "failed",
                "output": outcome.text,
                "tags": [outcome.task.unit, outcome.task.id],
                "visibility": "visible" if outcome.visibility == "public" else hidden,
                "extra_data": {"id": outcome.id, "status": outcome.status},
            }
            for outcome in outcomes(score)
        ],
        "extra_data": {
            "assignment": score.assignment,
            "submission": score.submission,
            "max_score": score.max_score,
            "before_penalty": score.score,
            "seed": score.environment.seed,
            "isolation": score.environment.isolation,
        },
    }
    if leaderboard is not None:
        document["leaderboard"] = _leaderboard(graded, leaderboard)
    return document


def _leaderboard(graded: Graded, wanted: Leaderboard) -> list[dict[str, Any]]:
    task = next((task for task in graded.score.tasks if task.id == wanted.task), None)
    value = task.metrics.get(wanted.metric) if task else None
    name = f"{task.title if task else wanted.task}: {wanted.metric}"
    return [{"name": name, "value": "-" if value is None else value, "order": wanted.order}]
