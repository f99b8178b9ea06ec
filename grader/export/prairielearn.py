"""PrairieLearn's ``results.json`` of an external grader (https://docs.prairielearn.com/externalGrading/)."""

import base64
from pathlib import Path
from typing import Any, Final

import msgspec

from grader.export.outcomes import outcomes, remarks
from grader.export.records import Graded

LIMIT: Final = 1_000_000
"""Bytes that PrairieLearn takes of the whole file."""
_PENDING: Final = "A person of the course staff has to look at this submission."
_CUT: Final = "\n(cut: the platform takes 1 MB in all)"


def results(graded: Graded, folder: Path | None = None) -> dict[str, Any]:
    """The results of one submission; pictures are taken from its `folder` as long as they fit.

    ``score`` is a share of 1, so points above the maximum count as 1. A submission that needs a
    person is not gradable, which costs the student no attempt.
    """
    if graded.open:
        return {
            "gradable": False,
            "message": _PENDING,
            "format_errors": [_PENDING],
        }
    share = graded.points / graded.score.max_score if graded.score.max_score else 0.0
    document: dict[str, Any] = {
        "gradable": True,
        "score": min(1.0, share),
        "message": "\n".join(remarks(graded)),
        "output": "",
        "images": [],
        "tests": [
            {
                "name": f"{outcome.number} {outcome.title}",
                "description": outcome.task.title,
                "points": outcome.points,
                "max_points": outcome.max_points,
                "message": "",
                "output": outcome.text,
            }
            for outcome in outcomes(graded.score)
        ],
    }
    _shorten(document)
    for task in graded.score.tasks:
        for name in task.artifacts:
            _add_picture(document, task.title, folder / name if folder else None)
    return document


def _add_picture(document: dict[str, Any], title: str, path: Path | None) -> None:
    if path is None or path.suffix != ".png" or not path.is_file():
        return
    if path.stat().st_size > LIMIT:
        return
    data = base64.b64encode(path.read_bytes()).decode()
    document["images"].append({"label": title, "url": f"data:image/png;base64,{data}"})
    if _size(document) > LIMIT:
        document["images"].pop()


def _shorten(document: dict[str, Any]) -> None:
    """Cut the longest outputs until everything fits."""
    longest = max((len(test["output"]) for test in document["tests"]), default=0)
    while _size(document) > LIMIT and longest > 100:
        longest //= 2
        for test in document["tests"]:
            if len(test["output"]) > longest:
                test["output"] = test["output"][:longest] + _CUT


def _size(document: dict[str, Any]) -> int:
    return len(msgspec.json.encode(document))
