"""One grading: what is graded, with what, and what has been found so far."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from grader import scores
from grader.judge.diagnosis_transcript import Log
from grader.judge.environment import SOLUTION_FILES, environment
from grader.judge.outcome import Result
from grader.judge.points import errors, reason, total
from grader.judge.scoring import score_tasks, settle
from grader.judge.source import digest, untouched_tasks
from grader.judge.specs import Spec, needed
from grader.judge.student import Backend
from grader.manifest import Manifest
from grader.variants import Catalogue


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
    device: str = "cpu"
    """Where checks may have student code compute: cpu or cuda."""
    tolerances: bool = False
    """Whether each check records how much of its tolerances the submission used, as the metric
    ``tolerance.`` and its id."""
    open_backend: Callable[[], Backend] | None = None
    """Gives the backend that runs the submission; None runs it in this process."""
    artifacts_path: Path | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)
    log: Log | None = None
    """Of what checks ask and get, for diagnosis; None where there is nothing to look for."""
    memory: Path | None = None
    """A folder for what diagnosis computes and other submissions need as well; None: for none."""
    backend: Backend | None = None
    """The one that runs the submission, once a check has asked for it."""
    states: dict[int, Any] = field(default_factory=dict)
    """Parameters of networks that failed checks made, by handle."""
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

    def begin(
        self, folder: Path, *, seed: int, artifacts: Path, tasks: Sequence[str] | None = None
    ) -> None:
        """Turn to another submission, before any of its code has run.

        `tasks` are those of it to score, with the gates they depend on; None means those of before.
        """
        if tasks is not None:
            chosen = needed(self.specs, tasks)
            self.tasks = tasks
            self.specs = [spec for spec in self.specs if spec.id in chosen]
        self.folder = folder
        self.seed = seed
        self.artifacts_path = artifacts
        self.results = {}
        self.log = Log() if self.log is not None else None
        self.backend, self.states = None, {}
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
        wrong = errors(tasks)
        return scores.Score(
            assignment=self.manifest.id,
            submission=self.folder.resolve().name,
            status="needs_review" if wrong else "graded",
            reason=reason(wrong, public_only=self.public_only),
            score=total(tasks),
            max_score=sum(task.max_score for task in tasks),
            tasks=tasks,
            environment=environment(self.seed, self.isolation, self.device),
            started_at=self.started_at.isoformat(),
            duration_s=round(time.monotonic() - self.clock, 3),
            digest=scores.Digest(
                submission=digest(self.folder, [unit.module for unit in self.manifest.units]),
                solution=self.solution_digest,
            ),
        )

    @cached_property
    def solution_digest(self) -> str:
        """Of all that decides what a submission deserves, as it was when first asked for."""
        return digest(self.root, SOLUTION_FILES)

    @property
    def public_only(self) -> bool:
        """Whether this folder holds no hidden checks, as what students have."""
        return not (self.root / "checks" / "hidden").is_dir()
