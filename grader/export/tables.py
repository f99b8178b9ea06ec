"""CSV as spreadsheets read it: UTF-8, quoted where needed, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.export.records import ExportError
from grader.texts import one_line

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str | None) -> str:
    """A text from outside that a spreadsheet shows instead of computing it.

    A leading ``=``, ``+``, ``-`` or ``@`` gets an apostrophe before it, as OWASP advises ("CSV
    injection"); control characters become escapes.
    """
    shown = one_line(text or "")
    return f"'{shown}" if shown.lstrip(" ").startswith(_FORMULA) else shown


def write_csv(
    rows: Iterable[Sequence[object]], *, bom: bool = False, newline: str = "\r\n"
) -> bytes:
    """Rows as UTF-8 CSV (RFC 4180)."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=newline).writerows(rows)
    return buffer.getvalue().encode("utf-8-sig" if bom else "utf-8")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A table that a platform gave, with what is needed to write it back as it was."""

    path: Path
    header: list[str]
    rows: list[list[str]]
    delimiter: str
    bom: bool

    def column(self, *names: str) -> int | None:
        """The place of the first column with one of these names, whatever their case."""
        lowered = [name.strip().casefold() for name in self.header]
        return next((lowered.index(n.casefold()) for n in names if n.casefold() in lowered), None)

    def encode(self, rows: Iterable[Sequence[str]]) -> bytes:
        """The same table with other rows."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows(rows)
        return buffer.getvalue().encode("utf-8-sig" if self.bom else "utf-8")


def read_sheet(path: Path) -> Sheet:
    """Read a table with commas, semicolons or tabs between its cells, with or without a BOM.

    Raises
    ------
    ExportError
        It cannot be read, is no UTF-8, has no header, or rows of another length.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{path}: is not UTF-8 ({error.reason} at byte {error.start}); download it again, and "
            "do not save it from a spreadsheet program in between"
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        raise ExportError(f"{path}: is empty; download it again")
    header, *body = rows
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise ExportError(
                f"{path}: row {number} has {len(row)} cells and the header {len(header)}; download "
                "the file again"
            )
    bom = content.startswith(b"\xef\xbb\xbf")
    return Sheet(path=path, header=header, rows=body, delimiter=delimiter, bom=bom)


def decimal(points: float, *, comma: bool = False) -> str:
    """Points with at most two decimals."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text
