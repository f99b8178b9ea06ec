"""One run of ``grader verify``."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from grader.batch.device import Device
from grader.batch.isolation import layers
from grader.batch.options import judge_options
from grader.manifest import Manifest, load_manifest
from grader.variants import Catalogue, load_catalogue
from grader.verify.calibrate import (
    measure,
    measured_by_script,
    measuring_cases,
    run_script,
    write_record,
)
from grader.verify.cases import (
    Case,
    missing_cases,
    reference_case,
    stub_case,
    trivial_cases,
    variant_cases,
)
from grader.verify.findings import Findings, examine
from grader.verify.pairs import Meetings, pair_cases, several_cases
from grader.verify.running import Bench, Outcome, VerifyError
from grader.verify.thresholds import (
    FILE,
    Record,
    Threshold,
    check_thresholds,
    load_thresholds,
    require_known,
)
from grader.verify.tolerances import (
    THREADS,
    Tolerances,
    measured,
    read_tolerances,
    tight,
    write_tolerances,
)

SLOW_S: Final = 0.5
"""Tasks on which the reference takes longer are repeated a tenth as often, and have fewer pairs."""
SELDOM: Final = 10
MOST_ALTERNATIVES: Final = 20
MOST_MISCONCEPTIONS: Final = 5
"""Seeds for one alternative and for one misconception, whatever ``--repeat`` says."""
TOLERANCE_SEEDS: Final = 20
"""The least that tolerances are measured with."""


class Progress(Protocol):
    """Told how a run goes on; see :class:`grader.verify.progress.VerifyProgress`."""

    def begin(self, what: str, total: int) -> None:
        """So many gradings come now."""

    def advance(self) -> None:
        """One more is done."""

    def say(self, line: str) -> None:
        """Something worth a line."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    solution: Path
    tasks: tuple[str, ...] = ()
    """Ids; none means all."""
    repeat: int = 1
    jobs: int = 1
    """Gradings at a time, of one thread each."""
    seed: int = 0
    """The first; the others follow it."""
    sandbox: str = "auto"
    pairs: bool = False
    reference_only: bool = False
    """Grade no stubs, trivial answers and variants."""
    threads: int = 1
    """Those that submissions compute with."""


class Verification:
    """The gradings of a verification, and what they say."""

    def __init__(self, wanted: Wanted, progress: Progress) -> None:
        """Read the solution.

        Raises
        ------
        ManifestError, VariantError, ThresholdError
            It cannot be read; the message names the file.
        VerifyError
            There is no such task.
        """
        self.wanted = wanted
        self.progress = progress
        self.solution = wanted.solution
        self.manifest: Manifest = load_manifest(wanted.solution)
        self.catalogue: Catalogue = load_catalogue(wanted.solution, self.manifest)
        known = self.manifest.task_ids()
        for name in wanted.tasks:
            if name not in known:
                raise VerifyError(
                    f"--task {name}: there is no such task; the tasks are {', '.join(known)}"
                )
        self.tasks = [name for name in known if name in (wanted.tasks or known)]
        off = self.manifest.switched_off
        self.thresholds = [t for t in load_thresholds(wanted.solution) if t.task not in off]
        require_known(
            self.thresholds,
            tasks=known,
            alternatives={variant.id: variant for variant in self.catalogue.alternatives},
            misconceptions={variant.id: variant for variant in self.catalogue.misconceptions},
            origin=wanted.solution / FILE,
        )

    def verify(self) -> Findings:
        """Grade everything, and say what it means."""
        place, seed = (self.solution, self.manifest), self.wanted.seed
        cases: list[Case] = []
        if not self.wanted.reference_only:
            cases = [
                stub_case(*place, self.tasks),
                *trivial_cases(*place, self.tasks),
                *variant_cases(*place, self.catalogue, self.tasks),
            ]
        first = [(reference_case(*place, [task]), seed) for task in self.tasks]
        runs = [(case, seed + n) for case in cases for n in range(self._seeds(case))]
        with self._bench() as bench:
            outcomes = self._grade(bench, "the reference", first)
            runs += self._repeats(outcomes)
            if self.wanted.pairs:
                runs += [(case, seed) for case in self._pairs(bench, _slow(outcomes))]
            outcomes += self._grade(bench, "everything else", runs)
        only = self.wanted.reference_only
        findings = examine(outcomes, self.manifest, reference_only=only)
        findings.problems += [
            said
            for said in check_thresholds(self.solution)
            if not self.wanted.tasks or any(t.task in self.tasks for t in self.thresholds)
        ]
        recorded = read_tolerances(self.solution)
        graded = [c.id for o in outcomes for task in o.score.tasks for c in task.checks]
        findings.weak += tight(recorded, graded) if recorded else []
        return findings

    def calibrate(self) -> list[tuple[Threshold, Record]]:
        """Measure every threshold and keep the records."""
        chosen = [t for t in self.thresholds if t.task in self.tasks]
        if not chosen:
            raise VerifyError(f"{self.solution / FILE}: names no threshold to calibrate")
        records = []
        scripts = dict.fromkeys(t.script for t in chosen if t.script)
        if scripts:
            self.progress.begin("scripts", len(scripts))
        for script in scripts:
            run_script(self.solution, script)
            self.progress.advance()
        for threshold in chosen:
            if threshold.script:
                records.append((threshold, measured_by_script(self.solution, threshold)))
                continue
            runs = measuring_cases(self.solution, self.manifest, self.catalogue, threshold)
            self.progress.begin(threshold.name, len(runs))
            with self._bench() as bench:
                found = measure(threshold, bench.grade(runs, self.progress.advance))
            records.append((threshold, write_record(self.solution, threshold, *found)))
        return records

    def tolerances(self) -> Tolerances:
        """Measure how much of its tolerances right work uses, and keep the record."""
        place, seed = (self.solution, self.manifest), self.wanted.seed
        seeds = max(self.wanted.repeat, TOLERANCE_SEEDS)
        variants = variant_cases(*place, self.catalogue, self.tasks)
        cases = [reference_case(*place, [task]) for task in self.tasks]
        cases += [case for case in variants if case.kind == "alternative"]
        found: list[tuple[int, Outcome]] = []
        for threads in THREADS:
            with self._bench(threads=threads, tolerances=True) as bench:
                first = self._grade(bench, f"threads: {threads}", [(case, seed) for case in cases])
                more = [
                    (o.case, seed + number)
                    for o in first
                    for number in range(
                        1, seeds if o.score.duration_s <= SLOW_S else math.ceil(seeds / SELDOM)
                    )
                ]
                rest = self._grade(bench, f"threads: {threads}, further seeds", more)
            found += [(threads, outcome) for outcome in (*first, *rest)]
        record = measured(found, seeds)
        write_tolerances(self.solution, record)
        return record

    def _pairs(self, bench: Bench, slow: set[str]) -> list[Case]:
        """Submissions with more than one misconception."""
        place, seed = (self.solution, self.manifest), self.wanted.seed
        missing = [(case, seed) for case in missing_cases(*place, self.tasks)]
        meetings = Meetings(self._grade(bench, "which tasks meet", missing))
        chosen = [v for v in self.catalogue.misconceptions if v.task in self.tasks]
        return [
            *pair_cases(*place, chosen, meetings, slow),
            *several_cases(*place, chosen, meetings, slow),
        ]

    def _seeds(self, case: Case) -> int:
        most = {"alternative": MOST_ALTERNATIVES, "misconception": MOST_MISCONCEPTIONS}
        return min(self.wanted.repeat, most.get(case.kind, 1))

    def _repeats(self, outcomes: Sequence[Outcome]) -> list[tuple[Case, int]]:
        """The reference with further seeds: quick tasks every time, slow ones now and then."""
        slow = _slow(outcomes)
        quick = [task for task in self.tasks if task not in slow]
        every, now = self.wanted.repeat, math.ceil(self.wanted.repeat / SELDOM)
        place, seed = (self.solution, self.manifest), self.wanted.seed
        runs = []
        if quick:
            case = reference_case(*place, quick)
            runs = [(case, seed + number) for number in range(1, every)]
        for task in sorted(slow):
            case = reference_case(*place, [task])
            runs += [(case, seed + number) for number in range(1, now)]
        return runs

    def _grade(self, bench: Bench, what: str, runs: Sequence[tuple[Case, int]]) -> list[Outcome]:
        self.progress.begin(what, len(runs))
        return list(bench.grade(runs, self.progress.advance))

    def _bench(self, *, threads: int | None = None, tolerances: bool = False) -> Bench:
        sandbox, threads = self.wanted.sandbox, threads or self.wanted.threads
        options = judge_options(
            self.solution,
            self.manifest,
            tasks=self.manifest.task_ids(),
            layers=layers(sandbox, _nothing),  # what is missing matters little for code of ours
            sandbox=sandbox,
            device=Device(),
            threads=threads,
            tolerances=tolerances,
        )
        return Bench(options, max(1, self.wanted.jobs // threads))  # threads wait for each other


def _slow(outcomes: Iterable[Outcome]) -> set[str]:
    """The slow tasks, of gradings of the reference on one each."""
    return {o.case.tasks[0] for o in outcomes if o.score.duration_s > SLOW_S}


def _nothing(line: str) -> None:
    """Say nothing."""
