"""Canvas's gradebook CSV.

Canvas makes a new assignment of a column whose title it does not know, so the column's name, with
the assignment's number, is taken from a download of the gradebook or must be given.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from grader.export.people import duplicates, each_student, match, together
from grader.export.records import ExportError, Graded
from grader.export.tables import Sheet, cell, decimal, read_sheet, write_csv
from grader.texts import printable

_ID: Final = re.compile(r"\((\d+)\)\s*$")
_PEOPLE: Final[tuple[str, ...]] = (
    "Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section",
)  # fmt: skip
_KEYS: Final[tuple[tuple[str, Callable[[Graded], str | None]], ...]] = (
    ("ID", lambda item: item.entry.user_id),
    ("SIS User ID", lambda item: item.entry.sis_id),
    ("SIS Login ID", lambda item: item.entry.login or item.entry.email),
)


def from_roster(
    graded: Sequence[Graded], roster: Path, assignment: str | None
) -> tuple[bytes, list[str]]:
    """The gradebook with this assignment's column filled in, and who is not in it.

    Students who handed in nothing keep what their cell has; the other columns are left out, so that
    nothing else can change.

    Raises
    ------
    ExportError
        The file is no gradebook of Canvas, or does not have exactly one such column.
    """
    sheet = read_sheet(roster)
    column = _column(sheet, assignment)
    places = {name: sheet.header.index(name) for name in _PEOPLE if name in sheet.header}
    if "ID" not in places:
        raise ExportError(
            f"{roster}: has no column ID, so it is no download of Canvas's gradebook (Grades, "
            "Export); give that"
        )
    rows = [{name: row[place].strip() for name, place in places.items()} for row in sheet.rows]
    for row in rows:
        row["together"] = together(row.get("Student", ""))
    keys = [*_KEYS, ("together", lambda item: together(item.entry.name or ""))]
    settled = [item for item in each_student(graded) if not item.open]
    matched = match(settled, rows, keys, roster.name)
    kept = [*places.values(), column]
    table = [[sheet.header[place] for place in kept]]
    for number, line in enumerate(sheet.rows):
        cells = [line[place] for place in kept]
        if "Student" in places:
            cells[kept.index(places["Student"])] = cell(line[places["Student"]])
        if number in matched.found:
            cells[-1] = decimal(matched.found[number].points)
        elif not rows[number]["ID"] and number > 0:
            continue  # such as the test student's line without an ID
        table.append(cells)
    return write_csv(table), matched.problems


def without_roster(graded: Sequence[Graded], title: str, number: str) -> tuple[bytes, list[str]]:
    """A gradebook of those whose Canvas number the download of their submissions told.

    Raises
    ------
    ExportError
        The number is none.
    """
    if not number.isdigit():
        raise ExportError(
            f"an assignment's number in Canvas is digits, the last part of its address, not "
            f"{number!r}"
        )
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{title} ({number})"]
    table: list[list[str]] = [header]
    problems = []
    settled = [item for item in each_student(graded) if not item.open]
    twice = duplicates(item.entry.user_id or "" for item in settled)
    for item in settled:
        who = item.entry
        if not who.user_id:
            problems.append(
                f"{item.id}: Canvas's number of the student is not known; give --roster, a "
                "download of the gradebook"
            )
            continue
        if who.user_id in twice:
            problems.append(f"{item.id}: another submission is of the same student; left out")
            continue
        cells = [cell(who.name), who.user_id, cell(who.sis_id), cell(who.login), ""]
        table.append([*cells, decimal(item.points)])
    return write_csv(table), problems


def _column(sheet: Sheet, assignment: str | None) -> int:
    """The column of the assignment with this number or title."""
    columns = {place: name for place, name in enumerate(sheet.header) if _ID.search(name)}
    if assignment is not None:
        wanted = assignment.strip()
        found = [
            place
            for place, name in columns.items()
            if (number := _ID.search(name))
            and wanted in (number[1], name.strip(), name[: number.start()].strip())
        ]
        if len(found) == 1:
            return found[0]
    names = "; ".join(printable(name) for name in columns.values()) or "none"
    raise ExportError(
        f"{sheet.path}: say with --assignment-id which column is this assignment's"
        + (f", since {assignment!r} fits {len(found)}" if assignment is not None else "")
        + f". Its columns: {names}"
    )
