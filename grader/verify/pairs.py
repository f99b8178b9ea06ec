"""Submissions with several mistakes at once, to see that none of them is taken for a third."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Literal

from grader.manifest import Manifest
from grader.variants import Variant, apply, fit_together
from grader.verify.cases import Case
from grader.verify.running import Outcome


class Meetings:
    """Which tasks meet: a check of one runs what a student wrote for the other.

    Parameters
    ----------
    outcomes
        Of :func:`grader.verify.cases.missing_cases`: what a task meets fails without it.
    """

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._needs = {
            (outcome.case.task, task.id)
            for outcome in outcomes
            for task in outcome.score.tasks
            if task.status != "passed"
        }

    def meet(self, one: str, other: str) -> bool:
        """Whether two tasks meet, or are one."""
        return one == other or not self._needs.isdisjoint({(one, other), (other, one)})


def pair_cases(
    solution: Path,
    manifest: Manifest,
    chosen: Sequence[Variant],
    meetings: Meetings,
    slow: Collection[str] = (),
) -> Iterator[Case]:
    """Misconceptions of one task or of tasks that meet, two that fit into one solution at a time.

    Every two of them; but of tasks that are slow, each misconception in one pair at least. Two that
    make the code of a single one are no pair.
    """
    single = {frozenset(apply(solution, manifest, [v]).items()) for v in chosen}
    waiting = {variant for variant in chosen if variant.task in slow}
    pairs = list(combinations(chosen, 2))
    if waiting:
        Random(0).shuffle(pairs)  # so that they do not all meet the same one
    for pair in pairs:
        wanted = not waiting.isdisjoint(pair) or not any(v.task in slow for v in pair)
        if wanted and meetings.meet(*(v.task for v in pair)) and fit_together(pair):
            case = _case("pair", solution, manifest, pair)
            if frozenset(case.modules.items()) not in single:
                waiting.difference_update(pair)
                yield case


def several_cases(
    solution: Path,
    manifest: Manifest,
    chosen: Sequence[Variant],
    meetings: Meetings,
    slow: Collection[str] = (),
) -> Iterator[Case]:
    """Misconceptions of tasks that do not meet, as many at once as there are such tasks.

    Each of them is in one submission with others at least, in one only if its task is slow. What is
    found of such tasks should not depend on each other, so not every two have to be tried.
    """
    waiting = list(chosen)
    quick = [variant for variant in chosen if variant.task not in slow]
    start = 0
    while waiting:
        group = waiting[:1]
        for variant in (*waiting[1:], *quick[start:], *quick[:start]):
            apart = not any(meetings.meet(variant.task, other.task) for other in group)
            if apart and fit_together((*group, variant)):
                group.append(variant)
        waiting = [variant for variant in waiting if variant not in group]
        start = (start + len(group)) % max(1, len(quick))
        if len(group) > 1:
            yield _case("several", solution, manifest, group)


def _case(
    kind: Literal["pair", "several"],
    solution: Path,
    manifest: Manifest,
    variants: Sequence[Variant],
) -> Case:
    tasks = {variant.task for variant in variants}
    return Case(
        kind=kind,
        name=" + ".join(variant.id for variant in variants),
        tasks=tuple(task for task in manifest.task_ids() if task in tasks),
        modules=apply(solution, manifest, variants),
        variants=tuple(variants),
    )
