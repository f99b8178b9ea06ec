"""Finding a submission's student in a platform's list; nobody is guessed at."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from grader.export.records import Graded

_OF_PARTNERS: Final = ("name", "user_id", "email", "login", "sis_id")


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """What became of matching: who was found, and a line for each who was not."""

    found: dict[int, Graded]
    """By the row of the platform's list."""
    problems: list[str]


def match(
    graded: Sequence[Graded],
    rows: Sequence[Mapping[str, str]],
    keys: Sequence[tuple[str, Callable[[Graded], str | None]]],
    where: str,
) -> Match:
    """Match submissions to rows by the first key that both have.

    Parameters
    ----------
    graded
        Submissions.
    rows
        One mapping of key to value for each row of the list; values may be empty.
    keys
        Names of keys, the surest first, and what a submission has for each.
    where
        What to call the list in messages.
    """
    found: dict[int, Graded] = {}
    problems = []
    for item in graded:
        places = next((p for name, of in keys if (p := _places(rows, name, of(item)))), [])
        who = f"{item.id} ({item.entry.name})" if item.entry.name else item.id
        if not places:
            problems.append(f"{who}: not in {where}; left out")
        elif len(places) > 1:
            numbers = ", ".join(str(place + 1) for place in places)
            problems.append(f"{who}: fits the students {numbers} of {where}; left out")
        elif places[0] in found:
            other = found[places[0]].id
            problems.append(
                f"{who}: is the same student of {where} as {other}, which counts; left out"
            )
        else:
            found[places[0]] = item
    return Match(found=found, problems=problems)


def each_student(graded: Sequence[Graded]) -> list[Graded]:
    """One for each student: a group's submission comes once for each of its members."""
    found = []
    for item in graded:
        found.append(item)
        partners = item.entry.more.get("partners")
        for partner in partners if isinstance(partners, list) else []:
            known = {name: partner.get(name) for name in _OF_PARTNERS}
            more = {"identifiers": partner.get("identifiers") or {}}
            entry = msgspec.structs.replace(item.entry, more=more, **known)
            found.append(msgspec.structs.replace(item, entry=entry))
    return found


def fold(text: str) -> str:
    """A name without case, accents, punctuation and order of its words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(letters.split()))


def together(text: str) -> str:
    """A name as Canvas writes it into file names: last and first name run together."""
    return "".join(c for c in text.casefold() if c.isalnum())


def duplicates(values: Iterable[str]) -> list[str]:
    """Values that occur more than once, in order."""
    seen: dict[str, int] = {}
    for value in values:
        if value:
            seen[value] = seen.get(value, 0) + 1
    return [value for value, count in seen.items() if count > 1]


def _places(rows: Sequence[Mapping[str, str]], name: str, value: str | None) -> list[int]:
    if not value:
        return []
    return [place for place, row in enumerate(rows) if row.get(name) == value]
