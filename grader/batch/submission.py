"""What intake hands on: submissions, whose they are, and the error for wrong usage."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from grader.batch.ipynb.origin import Origin

Layout = Literal[
    "folder", "zip", "tar", "py", "ipynb", "file", "canvas", "moodle", "gradescope", "classroom"
]
"""How a submission lay there; ``file`` is one that cannot be graded, such as a .rar archive."""


class IntakeError(Exception):
    """What was asked for cannot be taken in at all; the message names the path and the fix."""


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """Whose submission it is, as far as the layout says; None where it does not."""

    name: str | None = None
    """As written there; Canvas runs last and first name together, in lower case."""
    user_id: str | None = None
    """The platform's number of the user (Canvas)."""
    email: str | None = None
    login: str | None = None
    sis_id: str | None = None
    """The institution's student number (Gradescope ``sid``)."""
    identifiers: dict[str, str] = {}
    """Others, by name: ``moodle_participant``, ``canvas_anonymous``, ``gradescope_submission``."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One student's files at one time, laid out for grading, or the reason why they are not."""

    id: str
    """Safe as a folder name on every system, unique in a run, the same from run to run."""
    source: Path
    """Where it came from: its folder or file, or the download that holds it."""
    files: Path | None
    """The folder of cleaned files; None where there is a problem."""
    student: Student
    partners: tuple[Student, ...] = ()
    """The other members of a group that handed in together."""
    late: bool = False
    """Whether the layout says it was late; False also where it does not say."""
    late_seconds: float | None = None
    submitted_at: datetime | None = None
    """With a time zone; None where the layout does not say."""
    attempt: int | None = None
    """Counted from 1; None where the layout does not say."""
    layout: Layout
    problem: str | None = None
    """Why this submission cannot be graded; the others can."""
    notes: tuple[str, ...] = ()
    """What was handled on the way, for staff and student."""
    origin: Origin = Origin()
    """Where modules came from that were made of notebooks."""
    notebooks: tuple[Path, ...] = ()
    """Copies of these notebooks, where :func:`collect` was asked to keep them."""
    digest: str
    """SHA-256 over the names and bytes of the cleaned files, or over the problem."""
