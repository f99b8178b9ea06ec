"""Annotations of GitHub Actions: workflow commands on standard output.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

import re
from typing import Final

from grader.export.outcomes import Outcome, outcomes, remarks
from grader.export.records import Graded
from grader.texts import number, printable

_PLACE: Final = re.compile(r"\b(\w+\.py), line (\d+)")
_LEVELS: Final = {"todo": "notice", "skipped": "notice"}


def annotations(graded: Graded, *, prefix: str = "") -> str:
    """One command a check that did not pass, at the line its message names, and a last one of all.

    Parameters
    ----------
    graded
        One submission.
    prefix
        Folder of the modules in the repository, such as ``assignment/``.
    """
    lines = [
        _command(_LEVELS.get(outcome.status, "error"), outcome, graded, prefix)
        for outcome in outcomes(graded.score)
        if outcome.status != "passed"
    ]
    if graded.open:
        total = "A person of the course staff has to look at this submission."
        level = "warning"
    else:
        total = f"{number(graded.points)} of {number(graded.score.max_score)} points"
        level = "notice"
    text = printable("\n".join([total, *remarks(graded)]))
    lines.append(f"::{level} title={_property(graded.score.assignment)}::{_data(text)}")
    return "\n".join(lines) + "\n"


def _command(level: str, outcome: Outcome, graded: Graded, prefix: str) -> str:
    place = _PLACE.search(outcome.text)
    file, line = (place[1], place[2]) if place else (f"{outcome.task.unit}.py", None)
    where = f"file={_property(prefix + file)}" + (f",line={line}" if line else "")
    title = _property(f"{outcome.task.title}: {outcome.title}")
    return f"::{level} {where},title={title}::{_data(outcome.text or outcome.status)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
