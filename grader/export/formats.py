"""The formats by name: which files an export consists of."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from grader.export import (
    canvas,
    classroom50,
    github,
    gradescope,
    junit,
    lti,
    moodle,
    plain,
    prairielearn,
)
from grader.export.records import ExportError, Graded, refuse_open

EACH: Final = ("gradescope", "prairielearn", "classroom50", "github")
"""Formats of which every submission has its own file."""
TOGETHER: Final = ("canvas", "moodle", "lti", "junit", "csv", "jsonl")
FORMATS: Final = (*EACH, *TOGETHER)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller says beside the format; each format takes what is its own."""

    results: Path
    at: datetime
    environment: Mapping[str, str]
    hidden: gradescope.Visibility = "after_published"
    leaderboard: gradescope.Leaderboard | None = None
    prefix: str = ""
    roster: Path | None = None
    assignment_id: str | None = None
    title: str | None = None
    """None: the assignment's id."""
    worksheet: Path | None = None
    grade_column: str | None = None
    feedback_column: str | None = None
    feedback: bool = True
    key: moodle.Key | None = None
    members: Path | None = None
    user_field: lti.UserField | None = None


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What an export consists of."""

    files: dict[str, bytes]
    """By the id of the submission; by an empty name where there is one file of all."""
    suffix: str
    problems: list[str]
    """A line for each submission that is left out, with the reason."""


def export(name: str, graded: Sequence[Graded], options: Options) -> Export:
    """Make an export, in memory.

    Raises
    ------
    ExportError
        Something that the format needs is missing or wrong, or no submission has settled points.
    """
    if name in EACH:
        return _each(name, graded, options)
    content, problems = _together(name, graded, options)
    suffix = {"lti": ".jsonl", "junit": ".xml", "jsonl": ".jsonl"}.get(name, ".csv")
    if name in ("canvas", "moodle"):
        refuse_open(graded)
        problems += [_needs_person(item) for item in graded if item.open]
    return Export(files={"": content}, suffix=suffix, problems=problems)


def members_of(members: Path | None, field: lti.UserField | None) -> lti.Members:
    """Where the platform's ids of students come from; ExportError where nothing says."""
    if members is not None:
        return lti.read_members(members)
    if field is None:
        raise ExportError(
            "a platform knows students by an id of its own: give --members, what its Names and "
            "Roles service answers, or say with --user-field which field of ours is that id"
        )
    return lti.Members(field=field)


def _each(name: str, graded: Sequence[Graded], options: Options) -> Export:
    make = _MAKERS[name]
    takes_open = name in ("prairielearn", "github")
    if not takes_open:
        refuse_open(graded)
    files = {item.id: make(item, options) for item in graded if takes_open or not item.open}
    problems = [_needs_person(item) for item in graded if item.id not in files]
    suffix = ".txt" if name == "github" else ".json"
    return Export(files=files, suffix=suffix, problems=problems)


def _needs_person(item: Graded) -> str:
    return f"{item.id}: needs a person first ({item.score.reason or 'no reason given'}); left out"


def _json(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


_MAKERS: Final[dict[str, Callable[[Graded, Options], bytes]]] = {
    "gradescope": lambda item, options: _json(
        gradescope.results(item, hidden=options.hidden, leaderboard=options.leaderboard)
    ),
    "prairielearn": lambda item, options: msgspec.json.encode(
        prairielearn.results(item, options.results / item.id)
    ),
    "classroom50": lambda item, options: _json(classroom50.result(item, options.environment)),
    "github": lambda item, options: github.annotations(item, prefix=options.prefix).encode(),
}


def _together(name: str, graded: Sequence[Graded], options: Options) -> tuple[bytes, list[str]]:
    title = options.title or graded[0].score.assignment
    if name == "canvas":
        if options.roster is not None:
            return canvas.from_roster(graded, options.roster, options.assignment_id)
        if options.assignment_id is None:
            raise ExportError(
                "Canvas makes a new assignment of a column that it does not know: give "
                "--assignment-id, or --roster, a download of the gradebook"
            )
        return canvas.without_roster(graded, title, options.assignment_id)
    if name == "moodle":
        if (options.worksheet is None) == (options.key is None):
            raise ExportError(
                "give either --worksheet, the grading worksheet that Moodle made, or --key email "
                "or --key idnumber for a CSV that its gradebook imports"
            )
        if options.worksheet is not None:
            return moodle.worksheet(
                graded,
                options.worksheet,
                grade_column=options.grade_column,
                feedback_column=options.feedback_column,
                feedback=options.feedback,
            )
        assert options.key is not None
        return moodle.gradebook(graded, title, options.key)
    if name == "lti":
        objects, problems = lti.score_objects(
            graded, members_of(options.members, options.user_field), options.at
        )
        return lti.as_lines(objects), problems
    return {"junit": junit.document, "csv": plain.as_csv, "jsonl": plain.as_jsonl}[name](graded), []
