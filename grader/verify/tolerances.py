"""How much of their tolerances right solutions use: ``grader verify --tolerances``.

A check compares numbers with those of the reference, which computes with the very same operations.
What rounding does shows only where another right solution computes in another order, in another
precision, or on another number of threads: so the alternatives are measured beside the reference,
on one thread and on two. ``calibration/tolerances.json`` in the solution keeps what was found.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.scores import write_whole
from grader.verify.running import Outcome
from grader.verify.thresholds import ThresholdError, tail

FILE: Final = "calibration/tolerances.json"
METRIC: Final = "tolerance."
"""What a judge calls the metric, before the id of the check."""
RARE: Final = 1e-6
"""False fails that a check may be expected to have."""
THREADS: Final = (1, 2)


class Used(msgspec.Struct, kw_only=True):
    """How much of its tolerances one check saw used."""

    gradings: int
    worst: float
    """The greatest difference as a share of what is allowed; above 1 the check fails."""
    by: str
    """Whose it was."""
    false_fails: float
    """Expected share of right work that fails, by the worst of the solutions measured."""


class Tolerances(msgspec.Struct, kw_only=True):
    """What was measured."""

    threads: tuple[int, ...]
    solutions: int
    """The reference and alternatives."""
    seeds: int
    checks: dict[str, Used]


def measured(outcomes: Iterable[tuple[int, Outcome]], seeds: int) -> Tolerances:
    """What gradings on some numbers of threads say of each check that compares.

    In each solution, logarithms of the shares are taken as normal, as for thresholds; shares of 0
    say nothing of a distribution and are left out of it.
    """
    shares: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    names, threads = set(), set()
    for number, outcome in outcomes:
        names.add(outcome.case.name)
        threads.add(number)
        for task in outcome.score.tasks:
            for metric, value in task.metrics.items():
                if metric.startswith(METRIC):
                    shares[metric.removeprefix(METRIC)][outcome.case.name].append(value)
    return Tolerances(
        threads=tuple(sorted(threads)),
        solutions=len(names),
        seeds=seeds,
        checks={check: _used(by_name) for check, by_name in sorted(shares.items())},
    )


def _used(by_name: dict[str, list[float]]) -> Used:
    worst, by = max((max(values), name) for name, values in by_name.items())
    used = [[value for value in values if value > 0] for values in by_name.values()]
    return Used(
        gradings=sum(map(len, by_name.values())),
        worst=float(f"{worst:.2g}"),
        by=by,
        false_fails=float(f"{max(tail(values, 1, above=True) for values in used):.1g}"),
    )


def write_tolerances(solution: Path, found: Tolerances) -> None:
    """Keep what was measured."""
    (solution / FILE).parent.mkdir(exist_ok=True)
    write_whole(solution / FILE, msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def read_tolerances(solution: Path) -> Tolerances | None:
    """What was measured; None where nothing was.

    Raises
    ------
    ThresholdError
        The file is none of these.
    """
    try:
        return msgspec.json.decode((solution / FILE).read_bytes(), type=Tolerances)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ThresholdError(f"{solution / FILE}: is no record of tolerances: {error}") from error


def tight(found: Tolerances, checks: Sequence[str] | None = None) -> list[str]:
    """Checks that may be expected to fail right work more than once in a million times."""
    return [
        f"check {name}: {used.by} used {used.worst:.0%} of a tolerance; of right work "
        f"{used.false_fails:.0g} may be expected to fail"
        for name, used in found.checks.items()
        if used.false_fails > RARE and (checks is None or name in checks)
    ]
