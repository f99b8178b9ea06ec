"""Which tasks of a submission have to be graded again, and how the rest of its score is kept.

A task's results are kept where its key (:mod:`grader.batch.keys`) is what it was, and used exactly
as they are. Titles, points and penalties are no results: they are brought up to date.
"""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.batch.keys import Basis, TaskKey, changes
from grader.batch.records import Kept, Key, to_json
from grader.batch.results import SCORE
from grader.batch.sight import read_submitted
from grader.batch.submission import Submission
from grader.judge.points import WALL, errors, reason, retitled, task_points, total
from grader.manifest import Manifest
from grader.scores import Digest, Environment, Score, ScoreError, Task, read_score

Why = tuple[tuple[str, tuple[str, ...]], ...]
"""For each task to be graded, the reasons."""


class Plan(NamedTuple):
    """What is to be done about a submission."""

    why: Why
    """Empty: nothing is graded."""
    seed: int | None
    """With which the kept results were made; None where none are kept."""
    packed: bytes
    """`seen`, compressed: the same few digests for every task, of every submission of a class."""

    @property
    def seen(self) -> str:
        """The submission's side of the keys, as JSON."""
        return zlib.decompress(self.packed).decode()

    @property
    def tasks(self) -> list[str]:
        """Ids of the tasks to grade, in the order of the manifest."""
        return [task for task, _ in self.why]


class Regrading:
    """Compares what is kept of submissions with what a run would grade."""

    def __init__(
        self,
        manifest: Manifest,
        basis: Basis,
        *,
        tasks: Sequence[str],
        seed: int | None,
        environment: Environment,
        solution_digest: str,
        public_only: bool,
    ) -> None:
        """What a run grades.

        Parameters
        ----------
        manifest, basis
            The solution.
        tasks
            Ids of the tasks of the run.
        seed
            The seed that is asked for; None: any will do.
        environment
            What would be graded on now.
        solution_digest
            As a score has it.
        public_only
            Whether the solution has no hidden checks.
        """
        self.manifest, self.basis = manifest, basis
        self.tasks = [task for task in manifest.task_ids() if task in tasks]
        self.seed, self.environment = seed, environment
        self.solution_digest, self.public_only = solution_digest, public_only
        self._of_all: dict[str, Why] = {}

    def plan(self, submission: Submission, kept: Kept | None, folder: Path, *, fresh: bool) -> Plan:
        """What is to be done about a submission whose files can be graded.

        Parameters
        ----------
        submission
            It has files.
        kept
            Its last grading.
        folder
            Its folder of results.
        fresh
            Whether to grade everything, whatever is kept.
        """
        if submission.files is None:
            raise ValueError(f"{submission.id}: there are no files to grade")
        own = self.basis.seen(read_submitted(submission.files), self.tasks)
        why = self._all("--fresh") if fresh else self._why(submission, own, kept, folder)
        whole = len(why) == len(self.tasks)
        seed = None if whole or kept is None else kept.score.environment.seed
        return Plan(why, seed, _packed(own))

    def _all(self, why: str) -> Why:
        """The same for every task; held once, however many submissions it is said of."""
        if why not in self._of_all:
            self._of_all[why] = tuple((task, (why,)) for task in self.tasks)
        return self._of_all[why]

    def _why(
        self, submission: Submission, own: Mapping[str, TaskKey], kept: Kept | None, folder: Path
    ) -> Why:
        if kept is None:
            return self._all("not graded before")
        score, keys = kept
        lost = self._lost(score, folder)
        if lost:
            return self._all(lost)
        if self.seed not in (None, score.environment.seed):
            return self._all(f"seed {score.environment.seed} -> {self.seed}")
        if not score.tasks:
            return self._all("could not be graded before")
        if keys is None:
            if not self._is_same(submission, score):
                return self._all("graded by an earlier version, or what it was graded with is lost")
            keys = {task: self.basis.keys[task] | own[task] for task in own}
        found = {task.id: task for task in score.tasks}
        wrong = {task.id for task in score.tasks if task.status == "error"}
        why = []
        for name in self.tasks:
            new = self.basis.keys[name] | own[name]
            reasons = self._of_task(name, found.get(name), keys.get(name), new, wrong, folder)
            if reasons:
                why.append((name, reasons))
        stopped = any(c.message == WALL for task in score.tasks for c in task.checks)
        known = dict(why)
        if why and stopped:
            said = ("it had run out of the time of the submission",)
            return tuple((task, known.get(task, said)) for task in self.tasks)
        known |= self._told_together(found, own, set(known))
        return tuple((task, known[task]) for task in self.tasks if task in known)

    def _told_together(
        self, found: Mapping[str, Task], own: Mapping[str, TaskKey], again: set[str]
    ) -> dict[str, tuple[str, ...]]:
        """Failed tasks whose misconceptions are told with regard to those of tasks graded again.

        What a student confused in one task may be why another one fails that calls its code.
        """
        catalogued = self.basis.catalogued & own.keys()
        failed = {
            name
            for name in catalogued & found.keys()
            if any(check.status in ("failed", "crashed") for check in found[name].checks)
        }
        waiting, added = again & catalogued, dict[str, tuple[str, ...]]()
        while waiting:
            name = waiting.pop()
            for other in sorted(failed - again - added.keys()):
                if self.basis.sees(own[other], name) or self.basis.sees(own[name], other):
                    added[other] = (f"its misconceptions are told together with those of {name}",)
                    waiting.add(other)
        return added

    def _lost(self, score: Score, folder: Path) -> str | None:
        """Why the files of a score cannot be kept; None where they can."""
        try:
            there = read_score(folder / SCORE)
        except ScoreError:
            return "score.json is gone, or cannot be read"
        return None if there == score else "score.json is not the one that was recorded"

    def _of_task(
        self,
        name: str,
        task: Task | None,
        old: TaskKey | None,
        new: TaskKey,
        wrong: set[str],
        folder: Path,
    ) -> tuple[str, ...]:
        """Why a task has to be graded again; empty: its results are kept."""
        if task is None or old is None:
            return ("not graded before",)
        changed = changes(old, new)
        if changed:
            return changed
        if name in wrong:
            return ("a check had failed through no fault of the student",)
        for other in sorted(self.basis.blockers[name] & wrong):
            return (f"a check of {other} had failed through no fault of the student",)
        return tuple(f"{a} is gone" for a in task.artifacts if not (folder / a).is_file())

    def _is_same(self, submission: Submission, score: Score) -> bool:
        """Whether a score of which no keys are known says itself that nothing has changed."""
        key = Key(
            submission=submission.digest,
            solution=self.solution_digest,
            tasks=frozenset(self.tasks),
            seed=self.seed,
        )
        now = msgspec.structs.replace(
            self.environment, seed=score.environment.seed, threads=score.environment.threads
        )
        return key.matches(score) and score.environment == now

    def merged(self, new: Score, kept: Score | None, digest: str) -> Score:
        """A score of new results and of those that are kept.

        Parameters
        ----------
        new
            Of the tasks that were graded.
        kept
            Has the others; None: there are no others.
        digest
            The submission's.
        """
        graded = {task.id: task for task in new.tasks}
        others = {task.id: task for task in kept.tasks} if kept else {}
        return self._settled(new, {**others, **graded}, digest)

    def refreshed(self, kept: Score, digest: str) -> Score:
        """The same results with the titles and points that hold now."""
        return self._settled(kept, {task.id: task for task in kept.tasks}, digest)

    def _settled(self, score: Score, found: Mapping[str, Task], digest: str) -> Score:
        tasks = [self._titled(found[name]) for name in self.tasks if name in found]
        wrong = errors(tasks)
        return msgspec.structs.replace(
            score,
            status="needs_review" if wrong else "graded",
            reason=reason(wrong, public_only=self.public_only),
            score=total(tasks),
            max_score=sum(task.max_score for task in tasks),
            tasks=tasks,
            digest=Digest(submission=digest, solution=self.solution_digest),
        )

    def _titled(self, task: Task) -> Task:
        unit, now = next((u, t) for u, t in self.manifest.tasks if t.id == task.id)
        return msgspec.structs.replace(
            task,
            title=now.title,
            unit=unit.id,
            score=task_points(now.points, task.checks),
            max_score=now.points,
            checks=[
                msgspec.structs.replace(check, message=retitled(check.message, self.manifest))
                for check in task.checks
            ],
        )


def _packed(own: Mapping[str, TaskKey]) -> bytes:
    """Keys as compressed JSON, of which each is encoded once that several tasks share."""
    shared = {id(key): key for key in own.values()}
    parts = {name: msgspec.Raw(to_json(key).encode()) for name, key in shared.items()}
    whole = msgspec.json.encode({task: parts[id(key)] for task, key in own.items()})
    return zlib.compress(whole, level=1)
