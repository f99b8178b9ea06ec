"""Pages of an earlier report that would be the same again.

Beside the pages lies ``pages.json``: for each submission a digest of all that its page and feedback
were made from. Where that is the same, and the files are there, nothing is made again.
"""

import functools
import hashlib
import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from grader.manifest import Manifest
from grader.report.feedback import level_at
from grader.report.records import Outline

REPORT: Final = "report"
PAGES: Final = "submissions"
_INDEX: Final = "pages.json"
FEEDBACK_PAGES: Final = ("feedback.html", "feedback.md", "feedback.txt")


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page was made from."""

    digest: str
    with_code: bool
    """Whether it shows the code; one that does not is made again, should the code be back."""


class KeptPages:
    """The pages of the last report of a results folder."""

    def __init__(
        self, results: Path, records: Sequence[Outline], manifest: Manifest, now: datetime
    ) -> None:
        """Look at what is there.

        Parameters
        ----------
        results
            The folder; its report may be missing.
        records
            Outlines of all submissions, in the order of the pages.
        manifest, now
            Of which feedback depends.
        """
        self._results = results
        self._before = _read(results / REPORT / _INDEX)
        self._shared = _digest(
            _source_digest(),
            msgspec.json.encode(manifest),
            level_at(manifest, now).encode(),
            str(manifest.deadline is not None and now >= manifest.deadline).encode(),
        ).encode()
        self._digests = {
            record.id: self._digest(
                record,
                records[place - 1] if place else None,
                records[place + 1] if place + 1 < len(records) else None,
            )
            for place, record in enumerate(records)
        }
        self._pages: dict[str, _Page] = {}
        for record in records:
            known = self._before.get(record.id)
            if known and known.digest == self._digests[record.id] and self._is_there(record):
                self._pages[record.id] = known
        self._made: set[str] = set()

    def has(self, record: Outline) -> bool:
        """Whether the page and the feedback of a submission can stay as they are."""
        known = self._pages.get(record.id)
        if known is None or record.id in self._made:
            return False
        return known.with_code or bool(record.entry.problem)

    def with_code(self, record: Outline) -> bool:
        """Whether the page of a submission shows its code."""
        known = self._pages.get(record.id)
        return known is not None and known.with_code

    def bring(self, record: Outline, report: Path) -> None:
        """Put the page of a submission into a new report."""
        old, new = (
            place / PAGES / f"{record.id}.html" for place in (self._results / REPORT, report)
        )
        try:
            os.link(old, new)
        except OSError:  # such as on a file system without hard links
            shutil.copyfile(old, new)

    def note(self, record: Outline, *, with_code: bool) -> None:
        """A page was made anew."""
        self._made.add(record.id)
        self._pages[record.id] = _Page(digest=self._digests[record.id], with_code=with_code)

    def write(self, report: Path) -> None:
        """Write down for the next time what the pages were made from."""
        (report / _INDEX).write_bytes(msgspec.json.encode(self._pages))

    def _is_there(self, record: Outline) -> bool:
        page = self._results / REPORT / PAGES / f"{record.id}.html"
        files = [page, *(record.folder / name for name in FEEDBACK_PAGES)]
        return all(file.is_file() for file in files)

    def _digest(self, record: Outline, before: Outline | None, after: Outline | None) -> str:
        around = [(each.id, each.name) if each else None for each in (before, after)]
        return _digest(self._shared, record.digest.encode(), msgspec.json.encode(around))


def _read(path: Path) -> dict[str, _Page]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, _Page])
    except (OSError, msgspec.DecodeError, UnicodeError):
        return {}


@functools.cache
def _source_digest() -> bytes:
    """Of the code and templates that make pages."""
    report = Path(__file__).parent
    places = [*report.rglob("*"), *(report.parent / "notebook").glob("*.py")]
    places += report.parent.glob("*.py")
    files = sorted(path for path in places if path.suffix in (".py", ".j2", ".css", ".js"))
    return _digest(*(path.read_bytes() for path in files)).encode()


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
