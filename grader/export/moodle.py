"""Moodle: the offline grading worksheet, filled in, and the CSV of the gradebook's import.

Source: https://docs.moodle.org/en/Assignment_settings and https://docs.moodle.org/en/Grade_import.
The worksheet's headers are in the site's language, so columns are found by what they hold.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from grader.export.outcomes import comment
from grader.export.people import duplicates, each_student, fold, match
from grader.export.records import ExportError, Graded
from grader.export.tables import Sheet, cell, decimal, read_sheet, write_csv
from grader.texts import printable

Key = Literal["email", "idnumber"]
_IDENTIFIER: Final = re.compile(r"^\D*(\d+)$")
_GRADE: Final = (
    "Grade", "Bewertung", "Note", "Calificación", "Valutazione", "Nota", "Beoordeling", "Cijfer",
    "Ocena", "Оценка", "評点", "成绩", "Karakter", "Betyg", "Arvosana",
)  # fmt: skip
_FEEDBACK: Final = (
    "Feedback comments", "Feedback als Kommentar", "Feedback par commentaires",
    "Comentarios de retroalimentación", "Commenti di feedback", "Feedbackopmerkingen",
)  # fmt: skip
_COMMA: Final = re.compile(r"^\d+,\d+$")
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+$")


def worksheet(
    graded: Sequence[Graded],
    path: Path,
    *,
    grade_column: str | None = None,
    feedback_column: str | None = None,
    feedback: bool = True,
) -> tuple[bytes, list[str]]:
    """The worksheet with grades and feedback filled in, and who is not in it.

    Rows of students who handed in nothing stay as they are, and so do all other columns. Points
    have a decimal comma where other numbers of the sheet have one, or semicolons part its cells.

    Raises
    ------
    ExportError
        The file is no grading worksheet, or its columns cannot be told; the message names options.
    """
    sheet = read_sheet(path)
    identifier = _identifier_column(sheet)
    grade = _named(sheet, grade_column, _GRADE, "--grade-column")
    if grade is None:
        raise _unclear(sheet, "--grade-column")
    told = _named(sheet, feedback_column, _FEEDBACK, "--feedback-column")
    email = _email_column(sheet)
    rows = []
    for row in sheet.rows:
        number = _IDENTIFIER.match(row[identifier].strip())
        rows.append(
            {
                "participant": number[1] if number else "",
                "email": row[email].strip() if email is not None else "",
                "name": fold(row[identifier + 1]) if identifier + 1 != grade else "",
            }
        )
    keys = [
        ("participant", lambda item: item.identifiers.get("moodle_participant")),
        ("email", lambda item: item.entry.email),
        ("name", lambda item: fold(item.entry.name or "")),
    ]
    matched = match([item for item in each_student(graded) if not item.open], rows, keys, path.name)
    filled = [list(row) for row in sheet.rows]
    if identifier + 1 != grade:
        for row in filled:  # Moodle goes by the identifier
            row[identifier + 1] = cell(row[identifier + 1])
    comma = sheet.delimiter == ";" or any(_COMMA.match(c) for row in sheet.rows for c in row)
    for place, item in matched.found.items():
        filled[place][grade] = decimal(item.points, comma=comma)
        if told is not None and feedback:
            filled[place][told] = "<br>".join(_html(line) for line in comment(item).split("\n"))
    return sheet.encode(filled), matched.problems


def gradebook(graded: Sequence[Graded], title: str, key: Key) -> tuple[bytes, list[str]]:
    """A CSV that the gradebook imports, keyed by e-mail address or ID number."""
    column = {"email": "email", "idnumber": "idnumber"}[key]
    found: list[tuple[str, Graded]] = []
    problems = []
    for item in each_student(graded):
        if item.open:
            continue
        value = item.entry.email if key == "email" else item.entry.sis_id
        if value:
            found.append((value, item))
        else:
            what = "e-mail address" if key == "email" else "ID number"
            problems.append(f"{item.id}: its student's {what} is not known; left out")
    twice = set(duplicates(value for value, _ in found))
    problems += [
        f"{item.id}: shares {value!r} with another submission; left out"
        for value, item in found
        if value in twice
    ]
    if not {value for value, _ in found} - twice:
        raise ExportError(
            f"no submission has settled points and a known {column} of its student; the CSV would "
            "be empty. Try the other --key, or --worksheet"
        )
    table = [[column, cell(title), "feedback"]]
    table += [
        [cell(value), decimal(item.points), cell(comment(item).replace("\n", " "))]
        for value, item in found
        if value not in twice
    ]
    return write_csv(table, newline="\n"), problems


def _identifier_column(sheet: Sheet) -> int:
    """The first column whose every cell is a word and a number, such as ``Participant 123``."""
    for place in range(len(sheet.header)):
        cells = [row[place].strip() for row in sheet.rows]
        if cells and all(_IDENTIFIER.match(c) for c in cells) and len({*cells}) == len(cells):
            return place
    raise ExportError(
        f"{sheet.path}: no column holds `Participant 123` in every row, so this is no grading "
        "worksheet; download it in the assignment: View all submissions, Download grading worksheet"
    )


def _named(sheet: Sheet, name: str | None, known: Sequence[str], option: str) -> int | None:
    place = sheet.column(*([name] if name is not None else known))
    if place is None and name is not None:
        raise _unclear(sheet, option)
    return place


def _unclear(sheet: Sheet, option: str) -> ExportError:
    return ExportError(
        f"{sheet.path}: which column to fill is not clear; name it with {option}. The columns are: "
        + "; ".join(printable(name) for name in sheet.header)
    )


def _email_column(sheet: Sheet) -> int | None:
    for place in range(len(sheet.header)):
        cells = [row[place].strip() for row in sheet.rows]
        if any(cells) and all(_EMAIL.match(c) for c in cells if c):
            return place
    return None


def _html(text: str) -> str:
    """Moodle takes feedback as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
