"""Thresholds of metrics: where they stand, what was measured, and whether they still separate.

``solution/calibration/thresholds.toml`` lists them::

    [[threshold]]
    name = "learning"                 # of the record: learning.json and learning.png beside it
    task = "train"                    # whose check records the metric
    metric = "validation_mse"
    passes = "below"                  # or "above"
    file = "checks/conftest.py"       # where the threshold is a constant, relative to the solution
    constant = "THRESHOLD"
    right = ["encoder.relu"]          # alternatives that are measured beside the reference
    wrong = ["train_epoch.no_zero_grad"]  # misconceptions that the threshold has to keep out

A record holds ``threshold``, ``right`` and ``wrong``: values by name; and ``constants``: what
answers without work reach, by name.

Where grading a whole task for each value would take too long, a script measures. It may write the
records of several thresholds into one file::

    script = "calibration/faces.py"   # relative to the solution
    record = "faces.json"             # instead of NAME.json
    part = "sweep"                    # its key in there; without one, the file is the record
"""

import ast
import math
import statistics
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

FILE: Final = "calibration/thresholds.toml"
_GRID: Final = 400
_LEAST: Final = 3
"""Values below which nothing is said of a distribution."""

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z")]


class ThresholdError(Exception):
    """A threshold or its record cannot be read; the message names the file and the fix."""


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One threshold of a metric."""

    name: Name
    task: str
    metric: str
    passes: Literal["below", "above"]
    file: str
    constant: str
    seeds: Annotated[int, Meta(ge=2)] = 20
    starts: Annotated[int, Meta(ge=1)] = 1
    """Runs that the check gives a submission, of which one has to pass; each value is of one."""
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    script: str | None = None
    record: str | None = None
    part: str | None = None


class Record(msgspec.Struct, kw_only=True):
    """What was measured."""

    threshold: float
    right: dict[str, list[float]]
    wrong: dict[str, list[float]]
    constants: dict[str, float] = {}
    proposed: float | None = None
    false_fail: float | None = None
    """Expected share of right solutions that fail at the threshold."""
    false_pass: float | None = None
    """Expected share of wrong ones that pass."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    threshold: tuple[Threshold, ...] = ()


def load_thresholds(solution: Path) -> tuple[Threshold, ...]:
    """The thresholds of a solution; none where the file is missing.

    Raises
    ------
    ThresholdError
        The file is no TOML, or has an unknown or ill-typed value.
    """
    path = solution / FILE
    if not path.is_file():
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(content, _File).threshold
    except (OSError, ValueError) as error:  # UnicodeDecodeError and msgspec's errors are these
        raise ThresholdError(f"{path}: cannot be read: {error}") from error


def value_of(solution: Path, threshold: Threshold) -> float:
    """The threshold as the checks have it; ThresholdError where there is no such constant."""
    path = solution / threshold.file
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise ThresholdError(f"{path}: cannot be read: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            number = isinstance(node.value, ast.Constant) and node.value.value
            if node.targets[0].id == threshold.constant and isinstance(number, float | int):
                return float(number)
    raise ThresholdError(
        f"{path}: has no constant {threshold.constant} that is a number; "
        f"mend the threshold {threshold.name!r} in {solution / FILE}"
    )


def read_record(solution: Path, threshold: Threshold) -> Record:
    """What was measured for a threshold.

    Raises
    ------
    ThresholdError
        There is no record, or it is none.
    """
    path = record_path(solution, threshold)
    try:
        content = msgspec.json.decode(path.read_bytes())
        if threshold.part is not None:
            content = msgspec.convert(content, dict[str, Any]).get(threshold.part)
        return msgspec.convert(content, Record)
    except FileNotFoundError:
        raise ThresholdError(f"{path}: was never measured; run grader verify --calibrate") from None
    except (OSError, ValueError) as error:
        part = "" if threshold.part is None else f", part {threshold.part!r}"
        raise ThresholdError(f"{path}{part}: is no record of a threshold: {error}") from error


def record_path(solution: Path, threshold: Threshold) -> Path:
    """Where a threshold's record lies."""
    return solution / "calibration" / (threshold.record or f"{threshold.name}.json")


def faults(threshold: Threshold, value: float, record: Record) -> list[str]:
    """Why a threshold does not separate what was measured; empty where it does."""
    below = threshold.passes == "below"
    found = []
    for name, values in record.right.items():
        bad = [v for v in values if (v >= value if below else v <= value)]
        if bad:
            found.append(
                f"threshold {threshold.name} ({value:g}): {name}, which is right, fails it in "
                f"{len(bad)} of {len(values)} runs, such as with {bad[0]:g}"
            )
    wrong = {**record.wrong, **{name: [v] for name, v in record.constants.items()}}
    for name, values in wrong.items():
        bad = [v for v in values if (v < value if below else v > value)]
        if bad:
            found.append(
                f"threshold {threshold.name} ({value:g}): {name}, which is wrong, passes it in "
                f"{len(bad)} of {len(values)} runs, such as with {bad[0]:g}"
            )
    return found


def rates(threshold: Threshold, value: float, record: Record) -> tuple[float, float]:
    """Expected shares of right solutions that fail and of wrong ones that pass.

    The worst of the groups counts. In each, logarithms of the values are taken as normal, or the
    values themselves where some are not positive, with the mean and deviation found and the
    uncertainty of the mean added; values that do not vary count as they are. It is an
    extrapolation: with 20 values a group, nothing below about 1e-3 is more than an order of
    magnitude.
    """
    below = threshold.passes == "below"
    wrong = {**record.wrong, **{name: [v] for name, v in record.constants.items()}}
    fail = max((tail(v, value, above=below) for v in record.right.values()), default=0.0)
    passed = max((tail(v, value, above=not below) for v in wrong.values()), default=0.0)
    return fail**threshold.starts, 1 - (1 - passed) ** threshold.starts


def propose(threshold: Threshold, record: Record) -> float | None:
    """The value at which the larger of both rates is least; None where nothing separates."""
    right = [v for values in record.right.values() for v in values]
    wrong = [v for values in record.wrong.values() for v in values] + [*record.constants.values()]
    below = threshold.passes == "below"
    if not right or not wrong:
        return None
    low, high = (max(right), min(wrong)) if below else (max(wrong), min(right))
    if not 0 < low < high:
        return None
    step = math.log(high / low) / _GRID
    grid = [low * math.exp(step * n) for n in range(1, _GRID)]
    best = min(grid, key=lambda value: max(rates(threshold, value, record)))
    return float(f"{best:.2g}") if low < float(f"{best:.2g}") < high else best


def tail(values: Sequence[float], value: float, *, above: bool) -> float:
    """The share of a distribution above or below a value; see :func:`rates`."""
    usable = [v for v in values if math.isfinite(v)]
    if value > 0 and min(usable, default=0) > 0:
        usable, at = [math.log(v) for v in usable], math.log(value)
    else:
        at = value
    if len(usable) < _LEAST or len(set(usable)) == 1:
        beyond = [v > value if above else v < value for v in values]
        return sum(beyond) / len(beyond) if beyond else 0.0
    spread = statistics.stdev(usable) * math.sqrt(1 + 1 / len(usable))
    share = statistics.NormalDist(statistics.fmean(usable), spread).cdf(at)
    return 1 - share if above else share


def check_thresholds(solution: Path) -> list[str]:
    """Why recorded thresholds do not hold; empty where all do."""
    found = []
    for threshold in load_thresholds(solution):
        try:
            record = read_record(solution, threshold)
            value = value_of(solution, threshold)
        except ThresholdError as error:
            found.append(str(error))
            continue
        found += faults(threshold, value, record)
    return found


def require_known(
    thresholds: Iterable[Threshold],
    *,
    tasks: Sequence[str],
    alternatives: Mapping[str, object],
    misconceptions: Mapping[str, object],
    origin: Path,
) -> None:
    """Raise ThresholdError for a threshold that names a task or variant that is not there."""
    for threshold in thresholds:
        if threshold.task not in tasks:
            raise ThresholdError(f"{origin}: {threshold.name}: there is no task {threshold.task!r}")
        for name in threshold.right:
            if name not in alternatives:
                raise ThresholdError(f"{origin}: {threshold.name}: no alternative {name!r}")
        for name in threshold.wrong:
            if name not in misconceptions:
                raise ThresholdError(f"{origin}: {threshold.name}: no misconception {name!r}")
