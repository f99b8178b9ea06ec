"""One run of ``grader grade``: take in, grade what is new or changed, keep it, and sum up."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, nullcontext
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader import scores
from grader.batch.device import at_a_time, choose
from grader.batch.entries import entry
from grader.batch.gradebook import Gradebook
from grader.batch.intake import collect
from grader.batch.ipynb import read_outlines
from grader.batch.isolation import layers
from grader.batch.keeping import Keeping
from grader.batch.keys import DISTRIBUTION, Basis, Setting, Version, installed
from grader.batch.options import judge_options
from grader.batch.parties import Graders, Progress
from grader.batch.pool import Pool
from grader.batch.rebuild import open_gradebook
from grader.batch.regrade import Plan, Regrading
from grader.batch.results import Results, ResultsError
from grader.batch.settling import open_questions, penalty_of, settle
from grader.batch.submission import Submission
from grader.batch.summary import Summary, write_summary
from grader.batch.table import Row
from grader.batch.tally import Tally
from grader.judge.environment import SOLUTION_FILES, environment
from grader.judge.messages import Job, Options, Verdict
from grader.judge.source import digest
from grader.manifest import load_manifest
from grader.worker.layers import Layer, survey

if TYPE_CHECKING:  # loads Dask only where --cluster asks for it
    from grader.batch.cluster.connection import Cluster


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
    explain: bool = False
    """Whether to say why submissions are graded again."""
    cluster: str | None = None
    """Address of a Dask scheduler; None grades on this machine, `jobs` at a time."""
    device: str = "cpu"
    """auto, cpu or cuda."""
    command: tuple[str, ...] = ()


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

    def __init__(
        self,
        request: Request,
        progress: Progress,
        *,
        graders: Callable[[Options, int], Graders] | None = None,
        version: Version = installed,
        found: Callable[[], Sequence[Layer]] = survey,
    ) -> None:
        """Prepare a run.

        Parameters
        ----------
        request
            What is asked for.
        progress
            Told how it goes on.
        graders
            Makes what grades, from its options and how many jobs there are; None: judges on this
            machine, or on the cluster that is asked for.
        version
            Where versions of installed packages come from.
        found
            Gives the layers of isolation of this machine.

        Raises
        ------
        RunError, ManifestError, IsolationError, ClusterError, DeviceError
            It cannot be started as asked.
        """
        self.request = request
        self.progress = progress
        self._graders, self._version = graders, version
        self._early: Graders | None = None
        self.manifest = load_manifest(request.solution)
        self.tasks = list(request.tasks) or self.manifest.task_ids()
        for name in self.tasks:
            if name not in self.manifest.task_ids():
                known = ", ".join(self.manifest.task_ids())
                raise RunError(f"--task {name}: there is no such task; the tasks are {known}")
        self.seed = secrets.randbits(31) if request.seed is None else request.seed
        self.solution_digest = digest(request.solution, SOLUTION_FILES)
        self._cluster = self._connect()
        self.layers = (
            self._cluster.layers
            if self._cluster
            else layers(request.sandbox, progress.say, found=found)
        )
        self.device = (
            self._cluster.device if self._cluster else choose(request.device, progress.say)
        )

    def execute(self) -> Outcome:
        """Grade; what is graded is kept at once, so a run may be stopped and started again."""
        with (
            closing(self._cluster) if self._cluster else nullcontext(),
            Results(self.request.out) as results,
            self._gradebook() as gradebook,
            results.work() as workdir,
            ExitStack() as ending,
        ):
            if self.request.fresh or not gradebook.begun():
                self._start_early(ending, Path(workdir))
            modules = [unit.module for unit in self.manifest.units]
            submissions = collect(
                self.request.paths,
                modules=modules,
                workdir=Path(workdir),
                outlines=read_outlines(self.request.solution, modules),
            )
            gradebook.register(entry(submission) for submission in submissions)
            number = gradebook.start_run(
                command=self.request.command,
                environment=msgspec.to_builtins(
                    environment(self.seed, self.layers, self.device.kind)
                ),
                seed=self.seed,
            )
            basis = gradebook.basis(self._basis.keys)
            tally = Tally(gradebook.remarks.all().adjustments)
            with Keeping(results, gradebook, run=number, basis=basis) as kept:
                self._bring_up_to_date(submissions, kept, tally, Path(workdir))
            gradebook.finish_run(number)
            summary = tally.summary()
            write_summary(self.request.out / "summary.json", summary)
            questions = open_questions(submissions, self.manifest.late)
            return Outcome(rows=tally.rows(), summary=summary, questions=questions)

    def _bring_up_to_date(
        self, submissions: Sequence[Submission], kept: Keeping, tally: Tally, workdir: Path
    ) -> None:
        """Have a score of every submission that holds now."""
        plans = settle(
            submissions,
            self._regrading,
            kept,
            tally,
            fresh=self.request.fresh,
            explain=self.progress.say if self.request.explain else None,
        )
        self.progress.begin(len(submissions), len(submissions) - len(plans))
        waiting = [submission for submission in submissions if submission.id in plans]
        for submission, score, artifacts in self._grade(waiting, plans, kept, workdir):
            score.penalty = penalty_of(submission, score, self.manifest.late)
            tally.add(submission, score)
            for each in kept.keep(score, artifacts, plans[submission.id]):
                self.progress.graded(each.submission, each)
        for each in kept.flush():
            self.progress.graded(each.submission, each)

    def _connect(self) -> "Cluster | None":
        if self.request.cluster is None:
            return None
        from grader.batch.cluster.connection import Cluster

        return Cluster(
            self.request.cluster,
            sandbox=self.request.sandbox,
            device=self.request.device,
            say=self.progress.say,
        )

    def _start_early(self, ending: ExitStack, workdir: Path) -> None:
        """Where all will be graded, have judges load torch while submissions are taken in."""
        if self._graders is not None:
            return
        if self._cluster is not None:
            self._early = ending.enter_context(closing(self._cluster.dispatch(self._options)))
            return
        pool = ending.enter_context(closing(self._pool(workdir)))
        pool.start()
        self._early = pool

    def _made(self, jobs: int, workdir: Path) -> Graders:
        """What grades."""
        if self._graders is not None:
            return self._graders(self._options, jobs)
        if self._early is not None:
            return self._early
        if self._cluster is not None:
            return self._cluster.dispatch(self._options)
        return self._pool(workdir)

    def _pool(self, workdir: Path) -> Pool:
        memory = workdir / ".memory"
        memory.mkdir()
        options = msgspec.structs.replace(self._options, memory=str(memory))
        memory_mb = self.manifest.limits.memory_mb
        return Pool(options, at_a_time(self.request.jobs, self.device, memory_mb))

    def _gradebook(self) -> Gradebook:
        gradebook, problems = open_gradebook(self.request.out)
        for problem in problems:
            self.progress.say(problem)
        return gradebook

    @cached_property
    def _options(self) -> Options:
        return judge_options(
            self.request.solution,
            self.manifest,
            tasks=self.tasks,
            layers=self.layers,
            sandbox=self.request.sandbox,
            device=self.device,
        )

    @cached_property
    def _basis(self) -> Basis:
        options = self._options
        setting = Setting(
            device=self.device.kind,
            layers=tuple(self.layers),
            sandbox=self.request.sandbox != "none",
            preload=tuple(options.preload),
        )
        data = Path(options.data) if options.data else None
        return Basis(
            self.request.solution, self.manifest, setting, data=data, version=self._version
        )

    @cached_property
    def _regrading(self) -> Regrading:
        return Regrading(
            self.manifest,
            self._basis,
            tasks=self.tasks,
            seed=self.request.seed,
            environment=msgspec.structs.replace(
                environment(self.seed, self.layers, self.device.kind),
                grader=self._version(DISTRIBUTION) or "",
                torch=self._version("torch"),
                numpy=self._version("numpy"),
            ),
            solution_digest=self.solution_digest,
            public_only=not (self.request.solution / "checks" / "hidden").is_dir(),
        )

    def _grade(
        self,
        submissions: Sequence[Submission],
        plans: Mapping[str, Plan | None],
        kept: Keeping,
        workdir: Path,
    ) -> Iterator[tuple[Submission, scores.Score, Path | None]]:
        """Scores and folders of artifacts as they come; first those that cannot be graded."""
        by_id = {submission.id: submission for submission in submissions}
        for submission in submissions:
            if submission.files is None:
                yield submission, self._review(submission, submission.problem or "no files"), None
        jobs = [self._job(s, plan, workdir) for s in submissions if (plan := plans[s.id])]
        if not jobs:
            return
        with closing(self._made(len(jobs), workdir)) as pool:
            for job, verdict in pool.grade(jobs):
                submission = by_id[job.id]
                artifacts = Path(job.artifacts)
                yield submission, self._score(submission, job, verdict, kept), artifacts
                shutil.rmtree(artifacts.parent, ignore_errors=True)

    def _score(
        self, submission: Submission, job: Job, verdict: Verdict, kept: Keeping
    ) -> scores.Score:
        """The whole score: what was graded now, and what is kept."""
        if verdict.score is None:
            fault = f"the grader failed twice on this submission: {verdict.fault}"
            return self._review(submission, fault)
        score = scores.decode_score(verdict.score, origin=submission.id)
        submission.origin.relabel(score)
        last = kept.last(submission.id) if job.tasks is not None else None
        score = self._regrading.merged(score, last.score if last else None, submission.digest)
        kept.bring(score, Path(job.artifacts))
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
            environment=environment(self.seed, self.layers, self.device.kind),
            started_at=datetime.now(UTC).isoformat(),
            duration_s=0,
            digest=scores.Digest(submission=submission.digest, solution=self.solution_digest),
        )

    def _job(self, submission: Submission, plan: Plan, workdir: Path) -> Job:
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
            seed=self.seed if plan.seed is None else plan.seed,
            artifacts=str(artifacts),
            tasks=None if plan.seed is None else plan.tasks,
        )
