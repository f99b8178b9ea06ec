"""Grades cases with the judges that grade students, several at a time."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from grader.batch.pool import Pool
from grader.closing import Closing
from grader.judge.messages import Job, Options
from grader.scores import Score, decode_score
from grader.variants import write_modules
from grader.verify.cases import Case


class VerifyError(Exception):
    """A verification cannot be run, or a grading of it failed on our side."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A case graded with one seed."""

    case: Case
    seed: int
    score: Score


class Bench(Closing):
    """Judges that grade cases, kept warm from one call to the next.

    Use it as a context manager.

    Parameters
    ----------
    options
        What judges are started with.
    jobs
        Judges at a time.
    """

    def __init__(self, options: Options, jobs: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="grader-verify-")
        memory = Path(self._folder.name, "memory")
        memory.mkdir()
        self._pool = Pool(msgspec.structs.replace(options, memory=str(memory)), jobs)
        self._number = 0

    def grade(
        self, runs: Iterable[tuple[Case, int]], done: Callable[[], None] = lambda: None
    ) -> Iterator[Outcome]:
        """Grade cases, each with a seed, in any order; `done` is called after each.

        Raises
        ------
        VerifyError
            The judge failed on a case.
        JudgeError
            No judge can be started.
        """
        waiting = [(self._job(case, seed), case, seed) for case, seed in runs]
        by_id = {job.id: (case, seed) for job, case, seed in waiting}
        for job, verdict in self._pool.grade([job for job, _, _ in waiting]):
            case, seed = by_id[job.id]
            if verdict.score is None:
                raise VerifyError(f"{case.name}, seed {seed}: {verdict.fault}")
            done()
            yield Outcome(case=case, seed=seed, score=decode_score(verdict.score, origin=case.name))

    def _job(self, case: Case, seed: int) -> Job:
        self._number += 1
        place = Path(self._folder.name, str(self._number))
        write_modules(place / "files", case.modules)
        (place / "artifacts").mkdir()
        return Job(
            id=str(self._number),
            folder=str(place / "files"),
            seed=seed,
            artifacts=str(place / "artifacts"),
            tasks=list(case.tasks),
            diagnosed=case.diagnosed,
        )

    def close(self) -> None:
        """End the judges, and remove what they were given."""
        self._pool.close()
        self._folder.cleanup()
