"""Score objects of LTI Advantage's Assignment and Grade Services 2.0.

Source: https://www.imsglobal.org/spec/lti-ags/v2p0. A platform knows students by the ``sub`` of
their launches, which no download of submissions has. It is taken from what the platform's Names
and Roles service answers, or from a field of ours that the caller says is the same.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from grader.export.outcomes import comment
from grader.export.people import duplicates, each_student, fold, match
from grader.export.records import ExportError, Graded

MEDIA_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"

UserField = Literal["user_id", "login", "sis_id", "email"]


class Members(msgspec.Struct, frozen=True):
    """Who is in a course, from the platform's Names and Roles service, or a field of ours."""

    rows: tuple[dict[str, str], ...] = ()
    where: str = ""
    field: UserField | None = None


def read_members(path: Path) -> Members:
    """Read the answer of the Names and Roles service (a membership container, JSON).

    Raises
    ------
    ExportError
        It cannot be read, or holds no members with ids.
    """
    try:
        document = msgspec.json.decode(path.read_bytes())
        members = document["members"]
        rows = tuple(_member(member) for member in members if member.get("status") != "Deleted")
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeError, TypeError, KeyError, AttributeError) as error:
        raise ExportError(
            f"{path}: is no membership container of Names and Roles (JSON with `members`, each "
            "with a `user_id`)"
        ) from error
    return Members(rows, path.name)


def _member(member: dict[str, Any]) -> dict[str, str]:
    return {
        "user_id": str(member["user_id"]),
        "sis_id": str(member.get("lis_person_sourcedid") or ""),
        "email": str(member.get("email") or ""),
        "name": fold(str(member.get("name") or "")),
    }


def score_objects(
    graded: Sequence[Graded], members: Members, at: datetime
) -> tuple[list[dict[str, Any]], list[str]]:
    """One object a student, and a line for each who has none.

    Parameters
    ----------
    graded
        Submissions. Points that need a person are sent as ``PendingManual`` without a score.
    members
        Where the platform's ids come from.
    at
        The time stamp, with a time zone.
    """
    found, problems = users(graded, members)
    return [score_object(item, user, stamp(at)) for user, item in found.items()], problems


def users(graded: Sequence[Graded], members: Members) -> tuple[dict[str, Graded], list[str]]:
    """Submissions by the platform's id of their student, and a line for each left out."""
    items = each_student(graded)
    pairs, problems = (
        _by_field(items, members.field) if members.field else _by_members(items, members)
    )
    return dict(pairs), problems


def later_than(last: str | None, at: datetime) -> str:
    """A time stamp of `at` that is later than the last one, as platforms demand."""
    if last is not None:
        at = max(at, datetime.fromisoformat(last) + timedelta(microseconds=1))
    return stamp(at)


def stamp(at: datetime) -> str:
    """A time in UTC with microseconds, as platforms compare it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_lines(objects: Sequence[dict[str, Any]]) -> bytes:
    """One JSON object a line."""
    return b"".join(msgspec.json.encode(item) + b"\n" for item in objects)


def _by_members(
    items: Sequence[Graded], members: Members
) -> tuple[list[tuple[str, Graded]], list[str]]:
    matched = match(
        items,
        members.rows,
        (
            ("user_id", lambda item: item.identifiers.get("lti")),
            ("sis_id", lambda item: item.entry.sis_id),
            ("email", lambda item: item.entry.email),
            ("name", lambda item: fold(item.entry.name or "")),
        ),
        members.where,
    )
    pairs = [(members.rows[row]["user_id"], item) for row, item in matched.found.items()]
    return pairs, matched.problems


def _by_field(
    items: Sequence[Graded], field: UserField
) -> tuple[list[tuple[str, Graded]], list[str]]:
    values = [(getattr(item.entry, field), item) for item in items]
    twice = set(duplicates(value for value, _ in values if value))
    problems = [f"{item.id}: has no {field}; left out" for value, item in values if not value]
    problems += [
        f"{item.id}: shares {field} {value!r} with another submission; left out"
        for value, item in values
        if value in twice
    ]
    return [(str(v), item) for v, item in values if v and v not in twice], problems


def score_object(item: Graded, user: str, timestamp: str) -> dict[str, Any]:
    """The score of one student; without points where a person has to settle them."""
    found: dict[str, Any] = {
        "userId": user,
        "timestamp": timestamp,
        "activityProgress": "Submitted" if item.open else "Completed",
        "gradingProgress": "PendingManual" if item.open else "FullyGraded",
        "comment": comment(item),
    }
    if not item.open:
        found["scoreGiven"] = item.points
        found["scoreMaximum"] = item.score.max_score
    if item.entry.submitted_at is not None:
        found["submission"] = {"submittedAt": stamp(item.entry.submitted_at)}
    return found
