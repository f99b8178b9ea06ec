"""One grading: what is graded, with what, and what has been found so far."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from grader import scores
from grader.judge.environment import SOLUTION_FILES, environment
from grader.judge.outcome import Result
from grader.judge.scoring import score_tasks, settle
from grader.judge.source import digest, untouched_tasks
from grader.judge.specs import Spec
from grader.judge.student import Backend
from grader.manifest import Manifest


@dataclass
class Session:
    """The grading of one submission."""

    root: Path
    """The folder of ``assignment.toml`` and the checks."""
    manifest: Manifest
    folder: Path
    """The submission."""
    data: Path | None
    scores_path: Path
    seed: int
    tasks: Sequence[str]
    """Ids of the tasks to score."""
    isolation: Sequence[str] = ()
    open_backend: Callable[[], Backend] | None = None
    """Gives the backend that runs the submission; None runs it in this process."""
    artifacts_path: Path | None = None
    specs: list[Spec] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)
    stopped: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)

    @property
    def artifacts(self) -> Path:
        """The folder for pictures that checks keep."""
        return self.artifacts_path or self.scores_path.with_name(
            f"{self.scores_path.stem}_artifacts"
        )

    def begin(self, folder: Path, *, seed: int, artifacts: Path) -> None:
        """Turn to another submission, before any of its code has run."""
        self.folder = folder
        self.seed = seed
        self.artifacts_path = artifacts
        self.results = {}
        self.started_at = datetime.now(UTC)
        self.clock = time.monotonic()

    def record(self, result: Result) -> None:
        """Take in how a check ended; of two results for one check, one that is no pass stands."""
        before = self.results.get(result.id)
        if before is None or before.status == "passed" or result.status != "passed":
            self.results[result.id] = result

    def settled(self) -> Mapping[str, Result]:
        """One result for each expected check; see :func:`grader.judge.scoring.settle`."""
        untouched = untouched_tasks(self.folder, [unit.module for unit in self.manifest.units])
        return settle(
            self.specs, self.results, self.manifest, untouched=untouched, stopped=self.stopped
        )

    def score(self) -> scores.Score:
        """The score of what has been found."""
        tasks = score_tasks(self.manifest, self.specs, self.settled(), self.tasks)
        errors = [c.id for t in tasks for c in t.checks if c.status == "grader_error"]
        return scores.Score(
            assignment=self.manifest.id,
            submission=self.folder.resolve().name,
            status="needs_review" if errors else "graded",
            reason=self._reason(errors, tasks),
            score=round(sum(task.score for task in tasks), 2),
            max_score=sum(task.max_score for task in tasks),
            tasks=tasks,
            environment=environment(self.seed, self.isolation),
            started_at=self.started_at.isoformat(),
            duration_s=round(time.monotonic() - self.clock, 3),
            digest=scores.Digest(
                submission=digest(self.folder, [unit.module for unit in self.manifest.units]),
                solution=digest(self.root, SOLUTION_FILES),
            ),
        )

    def _reason(self, errors: Sequence[str], tasks: Sequence[scores.Task]) -> str | None:
        if errors:
            return f"these checks failed through no fault of the student: {', '.join(errors)}"
        if self.public_only:
            return "public checks only; hidden checks settle the points"
        return None

    @property
    def public_only(self) -> bool:
        """Whether this folder holds no hidden checks, as what students have."""
        return not (self.root / "checks" / "hidden").is_dir()
