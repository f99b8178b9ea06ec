"""One run of ``grader grade``: take in, grade what is new or changed, keep it, and sum up."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

from grader import scores
from grader.batch.gradebook import Gradebook
from grader.batch.intake import collect
from grader.batch.isolation import layers
from grader.batch.late import open_question, penalty
from grader.batch.pool import Pool
from grader.batch.rebuild import open_gradebook
from grader.batch.records import Entry, Key
from grader.batch.results import ARTIFACTS, Results, ResultsError, is_whole
from grader.batch.submission import Submission
from grader.batch.summary import Summary, summarize, write_summary
from grader.batch.table import Row, table_row
from grader.judge.environment import SOLUTION_FILES, environment
from grader.judge.messages import Job, Options, Verdict
from grader.judge.source import digest
from grader.manifest import load_manifest
from grader.worker.bounds import Bounds


class RunError(Exception):
    """A run cannot be started as asked; the message names the value and the fix."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    paths: tuple[Path, ...]
    solution: Path
    out: Path
    jobs: int
    tasks: tuple[str, ...] = ()
    """Ids of the tasks to grade; none means all."""
    seed: int | None = None
    sandbox: str = "auto"
    """auto, require or none."""
    fresh: bool = False
    command: tuple[str, ...] = ()


class Progress(Protocol):
    """Told how a run goes on; see :class:`grader.batch.progress.RunProgress`."""

    def begin(self, total: int, reused: int) -> None:
        """Submissions were taken in, some of which need no grading."""

    def graded(self, submission: str, score: scores.Score) -> None:
        """One more has its score."""

    def say(self, line: str) -> None:
        """Something worth a line."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to."""

    rows: list[Row]
    """One line a submission, by id."""
    summary: Summary
    questions: dict[str, str]
    """What a person has to settle about a submission's lateness, by its id."""

    @property
    def needs_review(self) -> int:
        """How many submissions need a person."""
        return len(self.summary.needs_review)


class Run:
    """A run, from taking in submissions to the summary."""

    def __init__(self, request: Request, progress: Progress) -> None:
        self.request = request
        self.progress = progress
        self.manifest = load_manifest(request.solution)
        self.tasks = list(request.tasks) or self.manifest.task_ids()
        for name in self.tasks:
            if name not in self.manifest.task_ids():
                known = ", ".join(self.manifest.task_ids())
                raise RunError(f"--task {name}: there is no such task; the tasks are {known}")
        self.seed = secrets.randbits(31) if request.seed is None else request.seed
        self.layers = layers(request.sandbox, progress.say)
        self.solution_digest = digest(request.solution, SOLUTION_FILES)

    def execute(self) -> Outcome:
        """Grade; what is graded is kept at once, so a run may be stopped and started again."""
        with (
            Results(self.request.out) as results,
            self._gradebook() as gradebook,
            results.work() as workdir,
        ):
            modules = [unit.module for unit in self.manifest.units]
            submissions = collect(self.request.paths, modules=modules, workdir=Path(workdir))
            gradebook.register(_entry(submission) for submission in submissions)
            number = gradebook.start_run(
                command=self.request.command,
                environment=msgspec.to_builtins(environment(self.seed, self.layers)),
                seed=self.seed,
            )
            done, open_ = self._split(submissions, gradebook)
            self.progress.begin(len(submissions), len(done))
            for submission in submissions:
                if submission.id in done:
                    self._settle(submission, done[submission.id], results, gradebook, number)
            for submission, score, artifacts in self._grade(open_, Path(workdir)):
                score.penalty = self._penalty(submission, score)
                results.write(score, artifacts)
                gradebook.record(number, score)
                self.progress.graded(submission.id, score)
                done[submission.id] = score
            gradebook.finish_run(number)
            summary = summarize(done.values())
            write_summary(self.request.out / "summary.json", summary)
            rows = [
                self._row(submission, done[submission.id], gradebook) for submission in submissions
            ]
            return Outcome(rows=rows, summary=summary, questions=self._questions(submissions))

    def _settle(
        self,
        submission: Submission,
        score: scores.Score,
        results: Results,
        gradebook: Gradebook,
        run: int,
    ) -> None:
        """Bring the penalty of a reused score up to date, such as after an extension."""
        penalty = self._penalty(submission, score)
        if penalty != score.penalty:
            score.penalty = penalty
            results.write(score, results.of(submission.id) / ARTIFACTS)
            gradebook.record(run, score)

    def _penalty(self, submission: Submission, score: scores.Score) -> scores.Penalty | None:
        return penalty(
            score.score,
            late_seconds=submission.late_seconds,
            submitted_at=submission.submitted_at,
            policy=self.manifest.late,
        )

    def _questions(self, submissions: Sequence[Submission]) -> dict[str, str]:
        found = {
            submission.id: open_question(
                late=submission.late,
                late_seconds=submission.late_seconds,
                submitted_at=submission.submitted_at,
                policy=self.manifest.late,
            )
            for submission in submissions
        }
        return {name: question for name, question in found.items() if question}

    def _row(self, submission: Submission, score: scores.Score, gradebook: Gradebook) -> Row:
        final = gradebook.final(submission.id)
        return table_row(
            score,
            name=submission.student.name,
            late=submission.late,
            points=final.points if final else None,
        )

    def _gradebook(self) -> Gradebook:
        gradebook, problems = open_gradebook(self.request.out)
        for problem in problems:
            self.progress.say(problem)
        return gradebook

    def _split(
        self, submissions: Sequence[Submission], gradebook: Gradebook
    ) -> tuple[dict[str, scores.Score], list[Submission]]:
        """Scores that can be reused, and submissions that must be graded."""
        done: dict[str, scores.Score] = {}
        open_ = []
        for submission in submissions:
            key = Key(
                submission=submission.digest,
                solution=self.solution_digest,
                tasks=frozenset(self.tasks),
                seed=self.request.seed,
            )
            score = None if self.request.fresh else gradebook.graded(submission.id, key)
            there = is_whole(self.request.out / submission.id)
            if score is not None and there and score.environment.isolation == self.layers:
                done[submission.id] = score
            else:
                open_.append(submission)
        return done, open_

    def _grade(
        self, submissions: Sequence[Submission], workdir: Path
    ) -> Iterator[tuple[Submission, scores.Score, Path | None]]:
        """Scores and folders of artifacts as they come; first those that cannot be graded."""
        by_id = {submission.id: submission for submission in submissions}
        for submission in submissions:
            if submission.files is None:
                yield submission, self._review(submission, submission.problem or "no files"), None
        jobs = [self._job(s, workdir) for s in submissions if s.files is not None]
        if not jobs:
            return
        with closing(Pool(self._options(), min(self.request.jobs, len(jobs)))) as pool:
            for job, verdict in pool.grade(jobs):
                submission = by_id[job.id]
                yield submission, self._score(submission, verdict), Path(job.artifacts)

    def _score(self, submission: Submission, verdict: Verdict) -> scores.Score:
        if verdict.score is None:
            fault = f"the grader failed twice on this submission: {verdict.fault}"
            return self._review(submission, fault)
        score = scores.decode_score(verdict.score, origin=submission.id)
        score.digest.submission = submission.digest
        score.digest.solution = self.solution_digest
        return score

    def _review(self, submission: Submission, reason: str) -> scores.Score:
        """The score of a submission that no check could be run on."""
        wanted = [task for _, task in self.manifest.tasks if task.id in self.tasks]
        return scores.Score(
            assignment=self.manifest.id,
            submission=submission.id,
            status="needs_review",
            reason=reason,
            score=0,
            max_score=sum(task.points for task in wanted),
            tasks=[],
            environment=environment(self.seed, self.layers),
            started_at=datetime.now(UTC).isoformat(),
            duration_s=0,
            digest=scores.Digest(submission=submission.digest, solution=self.solution_digest),
        )

    def _job(self, submission: Submission, workdir: Path) -> Job:
        artifacts = workdir / ".artifacts" / submission.id / "artifacts"
        try:
            artifacts.mkdir(parents=True)
        except OSError as error:
            raise ResultsError(
                f"{artifacts}: {error.strerror}; make room and run the same command again"
            ) from error
        return Job(
            id=submission.id,
            folder=str(submission.files),
            seed=self.seed,
            artifacts=str(artifacts),
        )

    def _options(self) -> Options:
        limits = self.manifest.limits
        data = (
            (self.request.solution / self.manifest.data).resolve() if self.manifest.data else None
        )
        return Options(
            solution=str(self.request.solution.resolve()),
            tasks=self.tasks,
            data=str(data) if data else None,
            isolate="bubblewrap" in self.layers,
            layers=[] if self.request.sandbox == "none" else self.layers,
            preload=[*(["torch"] if self._uses_torch() else []), *self.manifest.worker.preload],
            isolation=self.layers,
            bounds=Bounds(
                memory_mb=limits.memory_mb,
                processes=limits.processes,
                files_mb=limits.disk_mb,
                output_mb=limits.output_mb,
                cpu_s=limits.cpu_s,
                wall_s=limits.submission_s,
                namespaces="namespaces" in self.layers,
            ),
        )

    def _uses_torch(self) -> bool:
        """Whether a module of the solution imports torch, so that students' modules will."""
        sources = (self.request.solution / unit.module for unit in self.manifest.units)
        return any(_IMPORTS_TORCH.search(source.read_bytes()) for source in sources)


_IMPORTS_TORCH: Final = re.compile(rb"^\s*(import|from)\s+torch\b", re.MULTILINE)


def _entry(submission: Submission) -> Entry:
    student = submission.student
    return Entry(
        id=submission.id,
        name=student.name,
        user_id=student.user_id,
        email=student.email,
        login=student.login,
        sis_id=student.sis_id,
        more={
            "identifiers": student.identifiers,
            "partners": [msgspec.to_builtins(partner) for partner in submission.partners],
            "notes": list(submission.notes),
        },
        source=str(submission.source),
        layout=submission.layout,
        late=submission.late,
        late_seconds=submission.late_seconds,
        submitted_at=submission.submitted_at,
        digest=submission.digest,
        problem=submission.problem,
    )
