"""What checks come to in points, and what is said where one waits for another.

Plain arithmetic and sentences on finished results; loads neither torch nor pytest, so that a score
whose titles or points changed can be brought up to date without grading anything.
"""

import re
from collections.abc import Sequence
from typing import Final

from grader import scores
from grader.manifest import Manifest

PLACES: Final = 2
"""Decimals that points are rounded to, task by task."""
WALL: Final = "your submission took longer than it may in all, and was stopped"
"""Said of the checks that no time was left for."""
SKIP_START: Final = "needs task "
_BLOCKED: Final = re.compile(
    rf'{SKIP_START}(?P<task>\w+) \(.*\), whose check "(?P<check>.*)" has not passed', re.DOTALL
)


def task_points(points: float, checks: Sequence[scores.Check]) -> float:
    """A task's points, shared out by the weights of its checks."""
    earned = sum(check.weight for check in checks if check.status == "passed")
    return round(points * earned / sum(check.weight for check in checks), PLACES)


def total(tasks: Sequence[scores.Task]) -> float:
    """What the tasks of a score add up to."""
    return round(sum(task.score for task in tasks), PLACES)


def errors(tasks: Sequence[scores.Task]) -> list[str]:
    """Ids of the checks that failed through no fault of the student."""
    return [c.id for task in tasks for c in task.checks if c.status == "grader_error"]


def reason(wrong: Sequence[str], *, public_only: bool) -> str | None:
    """Why a score needs a person, or what it leaves open."""
    if wrong:
        return f"these checks failed through no fault of the student: {', '.join(wrong)}"
    if public_only:
        return "public checks only; hidden checks settle the points"
    return None


def blocked_message(task_title: str, task: str, check_title: str) -> str:
    """Why a check was skipped, naming its blocker."""
    return f'{SKIP_START}{task} ({task_title}), whose check "{check_title}" has not passed'


def retitled(message: str | None, manifest: Manifest) -> str | None:
    """The same message with the title that its blocker's task has now."""
    found = _BLOCKED.fullmatch(message or "")
    if found is None or found["task"] not in manifest.task_ids():
        return message
    task = manifest.task(found["task"])
    return blocked_message(task.title, task.id, found["check"])
