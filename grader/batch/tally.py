"""What a run comes to, gathered score by score, so that no more than one is held at a time."""

from collections.abc import Iterable

from grader.batch.remarks import Adjustment, final_points
from grader.batch.submission import Submission
from grader.batch.summary import Summary, Summing
from grader.batch.table import Row, table_row
from grader.scores import Score


class Tally:
    """The rows of the class table and the summary, of the scores that were added."""

    def __init__(self, adjustments: Iterable[Adjustment]) -> None:
        self._adjustments: dict[str, list[Adjustment]] = {}
        for item in adjustments:
            self._adjustments.setdefault(item.submission, []).append(item)
        self._rows: dict[str, Row] = {}
        self._summing = Summing()

    def add(self, submission: Submission, score: Score) -> None:
        """Take in a submission's final score."""
        self._summing.add(score)
        final = final_points(score, self._adjustments.get(submission.id, ()))
        self._rows[submission.id] = table_row(
            score, name=submission.student.name, late=submission.late, points=final.points
        )

    def rows(self) -> list[Row]:
        """One line a submission, by id."""
        return [self._rows[name] for name in sorted(self._rows)]

    def summary(self) -> Summary:
        """What the scores say together; raises ValueError as :func:`summarize` does."""
        return self._summing.summary()
