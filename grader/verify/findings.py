"""What gradings of our own cases say of an assignment: what is wrong, and what is weak."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from grader.manifest import Manifest
from grader.scores import Check, Score, student_view
from grader.verify.cases import Case
from grader.verify.running import Outcome

WRONG: Final = ("failed", "crashed", "timed_out")
NAMED: Final = 0.9
"""Share of the misconceptions that feedback has to name."""
CHEAP: Final = 0.5
"""Share of a task's points that a trivial answer may earn."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class TaskLine(msgspec.Struct, kw_only=True):
    """One task in the table."""

    id: str
    reference: int = 0
    """Gradings of the reference that gave full marks."""
    references: int = 0
    stub: str = ""
    """What the stub came to: ``0``, or the points it earned."""
    alternatives_ok: int = 0
    alternatives: int = 0
    caught: int = 0
    named: int = 0
    misnamed: int = 0
    misconceptions: int = 0
    seeds: int = 0
    """Different seeds that any case was graded with."""
    flakes: int = 0
    """Checks whose outcome depended on the seed."""


class Findings(msgspec.Struct, kw_only=True):
    """The result of a verification."""

    tasks: list[TaskLine]
    problems: list[str] = []
    """What has to be mended: graders that fail right work, pass wrong work, or name it wrongly."""
    weak: list[str] = []
    """What deserves a look."""
    unnamed: list[str] = []
    """Misconceptions that are caught, but not named."""
    gradings: int = 0
    pairs: int = 0
    pairs_named: int = 0
    """Pairs of which at least one is named."""
    several: int = 0
    """Submissions with misconceptions of tasks that do not meet."""
    company: int = 0
    company_named: int = 0
    """The misconceptions in these."""


def examine(
    outcomes: Iterable[Outcome], manifest: Manifest, *, reference_only: bool = False
) -> Findings:
    """What outcomes say together; of the reference alone, nothing of what was not graded."""
    ordered = list(outcomes)
    lines = {task.id: TaskLine(id=task.id) for _, task in manifest.tasks}
    findings = Findings(tasks=[], gradings=len(ordered))
    by_case: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in ordered:
        by_case[f"{outcome.case.kind} {outcome.case.name}"].append(outcome)
    for group in by_case.values():
        group.sort(key=lambda outcome: outcome.seed)
        _add(findings, lines, group)
    for task, names in _flaky(by_case.values()).items():
        lines[task].flakes = len(names)
        findings.weak += sorted(names.values())
    _count_seeds(lines, ordered)
    findings.tasks = [line for line in lines.values() if line.seeds]
    if not reference_only:
        findings.weak += _useless(ordered)
    findings.weak += sorted(set(_leaks(ordered)))
    caught = sum(line.caught for line in findings.tasks)
    named = sum(line.named for line in findings.tasks)
    if named < NAMED * caught:
        findings.problems.append(
            f"{named} of {caught} misconceptions are named, fewer than {NAMED:.0%}: "
            f"{', '.join(findings.unnamed)}"
        )
    return findings


def _add(findings: Findings, lines: dict[str, TaskLine], group: Sequence[Outcome]) -> None:
    """Take in the gradings of one case."""
    case = group[0].case
    if case.kind == "reference":
        _add_reference(findings, lines, group)
    elif case.kind == "stub":
        _add_stub(findings, lines, group)
    elif case.kind == "trivial":
        findings.weak += _cheap(case, group)
    elif case.kind == "alternative":
        _add_alternative(findings, lines, group)
    elif case.kind == "misconception":
        _add_misconception(findings, lines, group)
    elif case.kind == "pair":
        _add_pair(findings, group)
    elif case.kind == "several":
        _add_several(findings, group)


def _add_reference(
    findings: Findings, lines: dict[str, TaskLine], group: Sequence[Outcome]
) -> None:
    for outcome in group:
        for task in outcome.score.tasks:
            lines[task.id].references += 1
            lines[task.id].reference += task.status == "passed"
        findings.problems += _not_passed(outcome, "the reference")


def _add_stub(findings: Findings, lines: dict[str, TaskLine], group: Sequence[Outcome]) -> None:
    for outcome in group:
        for task in outcome.score.tasks:
            lines[task.id].stub = f"{task.score:g}"
            for check in task.checks:
                if check.status == "passed":
                    findings.problems.append(f"the stub passes {check.id} (seed {outcome.seed})")
                elif check.status == "grader_error":
                    findings.problems.append(f"the stub: {_said(outcome, check)}")


def _add_alternative(
    findings: Findings, lines: dict[str, TaskLine], group: Sequence[Outcome]
) -> None:
    line = lines[_task(group[0].case)]
    line.alternatives += 1
    bad = [said for o in group for said in _not_passed(o, f"alternative {o.case.name}")]
    line.alternatives_ok += not bad
    findings.problems += bad


def _add_misconception(
    findings: Findings, lines: dict[str, TaskLine], group: Sequence[Outcome]
) -> None:
    case = group[0].case
    line = lines[_task(case)]
    line.misconceptions += 1
    caught = named = True
    wrong: dict[str, str] = {}
    for outcome in group:
        failed = [c for c in _checks(outcome.score) if c.status in WRONG]
        if not failed:
            caught = False
            findings.problems.append(
                f"misconception {case.name} passes every check of its task (seed {outcome.seed})"
            )
        names = {check.misconception for check in failed if check.misconception}
        named = named and case.name in names
        for check in failed:
            if check.misconception not in (None, case.name):
                wrong.setdefault(
                    check.id,
                    f"misconception {case.name} is taken for {check.misconception} by "
                    f"{check.id} (seed {outcome.seed})",
                )
        findings.problems += [
            f"misconception {case.name}: {_said(outcome, check)}"
            for check in _checks(outcome.score)
            if check.status == "grader_error"
        ]
    line.caught += caught
    line.named += named
    line.misnamed += bool(wrong)
    findings.problems += wrong.values()
    if caught and not named:
        findings.unnamed.append(case.name)


def _add_pair(findings: Findings, group: Sequence[Outcome]) -> None:
    case = group[0].case
    own = {variant.id for variant in case.variants}
    for outcome in group:
        findings.pairs += 1
        names = {c.misconception for c in _checks(outcome.score) if c.misconception}
        findings.pairs_named += bool(names)
        findings.problems += [
            f"{case.name} together are taken for {name} (seed {outcome.seed})"
            for name in sorted(names - own)
        ]


def _add_several(findings: Findings, group: Sequence[Outcome]) -> None:
    for outcome in group:
        findings.several += 1
        own = {variant.task: variant.id for variant in outcome.case.variants}
        for task in outcome.score.tasks:
            name = own[task.id]
            names = {check.misconception for check in task.checks if check.misconception}
            findings.company += 1
            findings.company_named += name in names
            if task.status == "passed":
                findings.problems.append(
                    f"misconception {name} passes every check of its task in company (seed "
                    f"{outcome.seed}): {outcome.case.name}"
                )
            findings.problems += [
                f"misconception {name} is taken for {wrong} in company (seed {outcome.seed}): "
                f"{outcome.case.name}"
                for wrong in sorted(names - {name})
            ]


def _not_passed(outcome: Outcome, name: str) -> list[str]:
    return [
        f"{name} fails {_said(outcome, check)}"
        for check in _checks(outcome.score)
        if check.status != "passed"
    ]


def _said(outcome: Outcome, check: Check) -> str:
    said = (check.message or "").split("\n")[0]
    return f"{check.id} (seed {outcome.seed}): {check.status}" + (f": {said}" if said else "")


def _cheap(case: Case, group: Sequence[Outcome]) -> list[str]:
    found = []
    for task in group[0].score.tasks:
        share = max(t.score for o in group for t in o.score.tasks if t.id == task.id)
        if share > CHEAP * task.max_score:
            found.append(
                f"task {task.id}: an answer without work ({case.name.partition(': ')[2]}) earns "
                f"{share:g} of {task.max_score:g} points"
            )
    return found


def _flaky(groups: Iterable[Sequence[Outcome]]) -> dict[str, dict[str, str]]:
    """Checks whose outcome for one case depended on the seed, by task."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for group in groups:
        seen: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for outcome in group:
            for task in outcome.score.tasks:
                for check in task.checks:
                    seen[f"{task.id} {check.id}"].setdefault(check.status, outcome.seed)
        for key, statuses in seen.items():
            if len(statuses) > 1:
                task_id, _, check_id = key.partition(" ")
                told = ", ".join(f"{word} with seed {seed}" for word, seed in statuses.items())
                found[task_id].setdefault(
                    check_id,
                    f"check {check_id} depends on the seed: for {group[0].case.name} it {told}",
                )
    return found


def _count_seeds(lines: dict[str, TaskLine], outcomes: Sequence[Outcome]) -> None:
    seeds: defaultdict[str, set[int]] = defaultdict(set)
    for outcome in outcomes:
        for task in outcome.score.tasks:
            seeds[task.id].add(outcome.seed)
    for task_id, tried in seeds.items():
        lines[task_id].seeds = len(tried)


def _useless(outcomes: Sequence[Outcome]) -> list[str]:
    """Checks that no misconception fails, and tasks that have none."""
    known: dict[str, bool] = {}
    for outcome in outcomes:
        if outcome.case.kind == "misconception":
            for task in outcome.score.tasks:
                for check in task.checks if task.id == outcome.case.task else ():
                    known[check.id] = known.get(check.id, False) or check.status in WRONG
    found = [f"check {name}: no misconception fails it" for name, bad in known.items() if not bad]
    tried = {outcome.case.task for outcome in outcomes if outcome.case.kind == "misconception"}
    asked = {name: None for o in outcomes if o.case.kind == "reference" for name in o.case.tasks}
    return found + [f"task {name} has no misconceptions" for name in asked if name not in tried]


def _leaks(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Hidden checks of which a student is shown a number that was expected."""
    for outcome in outcomes:
        view = student_view(outcome.score)
        for task, shown in zip(outcome.score.tasks, view.tasks, strict=True):
            for check, seen in zip(task.checks, shown.checks, strict=True):
                if check.visibility == "hidden" and check.expected:
                    text = f"{seen.message or ''} {seen.hint or ''}"
                    leaked = _figures(check.expected) & _figures(text)
                    if leaked or (len(check.expected) > 3 and check.expected in text):
                        yield f"hidden check {check.id} shows students what it expects"


def _figures(text: str) -> set[str]:
    """Numbers of at least three digits."""
    return {n for n in _NUMBER.findall(text) if sum(c.isdigit() for c in n) >= 3}


def _checks(score: Score) -> list[Check]:
    return [check for task in score.tasks for check in task.checks]


def _task(case: Case) -> str:
    if case.task is None:
        raise ValueError(f"{case.name} belongs to no task")
    return case.task
