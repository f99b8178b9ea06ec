"""What a run works with, whoever it is: what is told of its progress, and what grades for it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from grader.judge.messages import Job, Verdict
from grader.scores import Score


class Progress(Protocol):
    """Told how a run goes on; see :class:`grader.batch.progress.RunProgress`."""

    def begin(self, total: int, reused: int) -> None:
        """Submissions were taken in, some of which need no grading."""

    def graded(self, submission: str, score: Score) -> None:
        """One more has its score."""

    def say(self, line: str) -> None:
        """Something worth a line."""


class Graders(Protocol):
    """What grades jobs; see :class:`grader.batch.pool.Pool`."""

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        """Grade jobs and give verdicts as they come."""

    def close(self) -> None:
        """Stop."""
