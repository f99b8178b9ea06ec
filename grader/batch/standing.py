"""Where each submission stands: its last score, what people added, and the points that count."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from grader.batch.gradebook import Gradebook
from grader.batch.records import Attempt, Entry
from grader.batch.remarks import Adjustment, Comment, Final, final_points
from grader.scores import Score

_Remark = TypeVar("_Remark", Adjustment, Comment)


class Standing(NamedTuple):
    """One submission."""

    entry: Entry
    history: tuple[Attempt, ...]
    """All attempts, the first one first; at least one."""
    final: Final
    adjustments: tuple[Adjustment, ...]
    """Those that were not withdrawn."""
    comments: tuple[Comment, ...]
    """Those that were not withdrawn."""

    @property
    def score(self) -> Score:
        """Of the last attempt."""
        return self.history[-1].score


def each_standing(book: Gradebook) -> Iterator[Standing]:
    """Every graded submission, in the order of ids, one at a time.

    Raises
    ------
    GradebookError
        The gradebook is damaged.
    """
    entries, remarks = book.entries(), book.remarks.all()
    adjustments, comments = _by_submission(remarks.adjustments), _by_submission(remarks.comments)
    for history in book.each_history():
        score = history[-1].score
        name = score.submission
        own = tuple(adjustments[name])
        yield Standing(
            entry=entries.get(name) or Entry(id=name),
            history=tuple(history),
            final=final_points(score, own),
            adjustments=own,
            comments=tuple(comments[name]),
        )


def _by_submission(items: Iterable[_Remark]) -> defaultdict[str, list[_Remark]]:
    found: defaultdict[str, list[_Remark]] = defaultdict(list)
    for item in items:
        if not item.withdrawn_at:
            found[item.submission].append(item)
    return found
