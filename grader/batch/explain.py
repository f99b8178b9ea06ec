"""``grader grade --explain``: why submissions are graded again, in a few lines."""

from collections.abc import Iterator, Sequence
from typing import Final

from grader.batch.regrade import Why

_NAMED: Final = 3
_REASONS: Final = 4
_GROUPS: Final = 20


class Explanation:
    """Gathers the reasons; submissions that share them are counted together."""

    def __init__(self, tasks: Sequence[str]) -> None:
        self._tasks = tuple(tasks)
        self._groups: dict[Why, tuple[int, tuple[str, ...]]] = {}
        self._kept = 0

    def add(self, submission: str, why: Why) -> None:
        """A submission, and for each task to be graded the reasons."""
        if not why:
            self._kept += 1
            return
        count, names = self._groups.get(why, (0, ()))
        self._groups[why] = (count + 1, (*names, submission)[:_NAMED])

    def lines(self) -> Iterator[str]:
        """The text, the reason of most submissions first."""
        if self._kept:
            yield f"Nothing to grade: {_many(self._kept)}"
        groups = sorted(self._groups.items(), key=lambda group: (-group[1][0], group[1][1]))
        for why, (count, names) in groups[:_GROUPS]:
            more = f" and {count - len(names)} more" if count > len(names) else ""
            yield f"To grade: {_many(count)} ({', '.join(names)}{more})"
            tasks: dict[tuple[str, ...], list[str]] = {}
            for task, reasons in why:
                tasks.setdefault(reasons, []).append(task)
            for reasons, listed in tasks.items():
                whole = tuple(listed) == self._tasks
                yield f"  {'every task' if whole else ', '.join(listed)}: {_said(reasons)}"
        if len(groups) > _GROUPS:
            rest = sum(count for _, (count, _) in groups[_GROUPS:])
            yield f"To grade: {_many(rest)} for other reasons"


def _many(count: int) -> str:
    return f"{count} submission{'' if count == 1 else 's'}"


def _said(reasons: Sequence[str]) -> str:
    more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
    return "; ".join(reasons[:_REASONS]) + more
