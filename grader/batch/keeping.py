"""Where the scores of a run go: the folder of results, then the gradebook.

Both are on the disk before a score counts as kept. That takes the time of several light gradings,
so scores that come fast are kept together: those of up to `TOGETHER_S`. Whoever kills a run loses
no more than these, and they are graded again.
"""

import contextlib
import time
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from grader.batch.gradebook import Gradebook
from grader.batch.gradebook_file import GradebookError
from grader.batch.records import Kept, NewAttempt
from grader.batch.regrade import Plan
from grader.batch.results import ARTIFACTS, SCORE, Results, ResultsError
from grader.scores import Score, ScoreError, encode_score

TOGETHER_S: Final = 0.25
"""Seconds after which scores are kept at the latest, when the next one comes."""
_MOST: Final = 200


class _Waiting(NamedTuple):
    attempt: NewAttempt
    staged: Path


class Keeping:
    """What is kept of submissions, and is to be kept; use it as a context manager."""

    def __init__(self, results: Results, gradebook: Gradebook, *, run: int, basis: int) -> None:
        """The places, and the numbers of the run and of its part of the keys in the gradebook."""
        self._results, self._gradebook = results, gradebook
        self._run, self._basis = run, basis
        self._waiting: list[_Waiting] = []
        self._flushed = 0.0

    def last(self, submission: str) -> Kept | None:
        """The last grading of a submission; None where there is none."""
        return self._gradebook.kept(submission)

    def folder(self, submission: str) -> Path:
        """Its folder of results; raises ResultsError as :meth:`Results.of`."""
        return self._results.of(submission)

    def keep(self, score: Score, artifacts: Path | None, plan: Plan | None) -> list[Score]:
        """Keep a score, at once or with the next ones.

        Parameters
        ----------
        score
            It is final.
        artifacts
            The folder of its artifacts, not needed any more afterwards; None where it has none.
        plan
            By which it was graded; None for a submission that could not be.

        Returns
        -------
        list of Score
            Those that are kept now; the run may be killed without losing them.

        Raises
        ------
        ResultsError, GradebookError
            They cannot be written.
        """
        try:
            content = encode_score(score)
        except ScoreError as error:
            raise ResultsError(f"{self.folder(score.submission) / SCORE}: {error}") from error
        staged = self._results.stage(score, content, artifacts)
        seen = (self._basis, plan.seen) if plan else (None, None)
        self._waiting.append(_Waiting(NewAttempt(score, content, *seen), staged))
        late = time.monotonic() - self._flushed > TOGETHER_S
        return self.flush() if late or len(self._waiting) >= _MOST else []

    def flush(self) -> list[Score]:
        """Keep what still waits; raises as :meth:`keep`."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._results.commit([each.staged for each in waiting])
            self._gradebook.record_all(self._run, [each.attempt for each in waiting])
            self._flushed = time.monotonic()
        return [each.attempt.score for each in waiting]

    def renew(self, score: Score, last: Kept, plan: Plan) -> None:
        """Keep a score of which nothing was graded anew, if it says something else than before."""
        if score != last.score:
            self.keep(score, self.folder(score.submission) / ARTIFACTS, plan)
        elif last.keys is None:
            self._gradebook.note_keys(score.submission, basis=self._basis, seen=plan.seen)

    def bring(self, score: Score, artifacts: Path) -> None:
        """Put the kept artifacts of a score beside those that were made now."""
        self._results.bring(score, artifacts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.flush()
        else:  # which is said; what waits is kept if that can be
            with contextlib.suppress(ResultsError, GradebookError):
                self.flush()
