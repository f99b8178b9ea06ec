"""Measures the metrics behind thresholds: ``grader verify --calibrate``."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from grader.manifest import Manifest
from grader.scores import write_whole
from grader.variants import Catalogue, Variant, apply
from grader.verify.cases import Case, trivial_cases
from grader.verify.running import Outcome, VerifyError
from grader.verify.thresholds import (
    FILE,
    Record,
    Threshold,
    propose,
    rates,
    read_record,
    record_path,
    value_of,
)

REFERENCE = "reference"


def measuring_cases(
    solution: Path, manifest: Manifest, catalogue: Catalogue, threshold: Threshold
) -> list[tuple[Case, int]]:
    """What is graded for a threshold, with seeds: all that it names, and answers without work."""
    named = {
        variant.id: variant for variant in (*catalogue.alternatives, *catalogue.misconceptions)
    }
    cases = [_case(solution, manifest, threshold, REFERENCE, ())]
    for name in (*threshold.right, *threshold.wrong):
        cases.append(_case(solution, manifest, threshold, name, (named[name],)))
    runs = [(case, seed) for case in cases for seed in range(threshold.seeds)]
    return runs + [(case, 0) for case in trivial_cases(solution, manifest, [threshold.task])]


def _case(
    solution: Path,
    manifest: Manifest,
    threshold: Threshold,
    name: str,
    variants: Sequence[Variant],
) -> Case:
    return Case(
        kind="alternative" if name in threshold.right else "misconception",
        name=name,
        task=threshold.task,
        tasks=(threshold.task,),
        modules=apply(solution, manifest, variants),
        variants=tuple(variants),
    )


def measure(
    threshold: Threshold, outcomes: Iterable[Outcome]
) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, float]]:
    """Values of the metric of right and of wrong solutions, and of answers without work.

    A grading that never came to the point where the metric is taken gives no value.
    """
    right: dict[str, list[float]] = {}
    wrong: dict[str, list[float]] = {}
    constants: dict[str, float] = {}
    for outcome in outcomes:
        values = [t.metrics.get(threshold.metric) for t in outcome.score.tasks]
        for value in (v for v in values if v is not None):
            if outcome.case.kind == "trivial":
                constants[outcome.case.name] = value
            else:
                good = outcome.case.name not in threshold.wrong
                (right if good else wrong).setdefault(outcome.case.name, []).append(value)
    order = {name: sorted(values) for name, values in sorted(right.items())}
    return order, {name: sorted(v) for name, v in sorted(wrong.items())}, constants


def write_record(
    solution: Path,
    threshold: Threshold,
    right: dict[str, list[float]],
    wrong: dict[str, list[float]],
    constants: dict[str, float],
) -> Record:
    """Keep what was measured as JSON and as a picture beside it."""
    value = value_of(solution, threshold)
    record = Record(threshold=value, right=right, wrong=wrong, constants=constants)
    _judge(threshold, record)
    path = record_path(solution, threshold)
    write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
    draw(path.with_suffix(".png"), threshold, record)
    return record


def run_script(solution: Path, script: str) -> None:
    """Let a script of the course measure; VerifyError where it fails, with what it said last."""
    path = solution / script
    if not path.is_file():
        raise VerifyError(f"{solution / FILE}: there is no script {path}")
    done = subprocess.run([sys.executable, str(path)], capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise VerifyError(f"{path}: ended with {done.returncode}: {''.join(said)}")


def measured_by_script(solution: Path, threshold: Threshold) -> Record:
    """What a script recorded, with a proposal and rates, and as a picture."""
    record = read_record(solution, threshold)
    record.threshold = value_of(solution, threshold)
    _judge(threshold, record)
    draw(record_path(solution, threshold).with_name(f"{threshold.name}.png"), threshold, record)
    return record


def _judge(threshold: Threshold, record: Record) -> None:
    record.proposed = propose(threshold, record)
    record.false_fail, record.false_pass = rates(threshold, record.threshold, record)


def draw(path: Path, threshold: Threshold, record: Record) -> None:
    """The distributions, with the threshold between them."""
    from matplotlib.figure import Figure

    rows = [*record.right.items(), *record.wrong.items()]
    rows += [(name, [value]) for name, value in record.constants.items()]
    figure = Figure(figsize=(7, 1.5 + 0.28 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for row, (name, values) in enumerate(rows):
        color = "tab:green" if name in record.right else "tab:red"
        axes.plot(values, [row] * len(values), "|", color=color, markersize=12)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.axvline(record.threshold, color="black", label=f"threshold {record.threshold:g}")
    if record.proposed is not None:
        label = f"proposed {record.proposed:g}"
        axes.axvline(record.proposed, color="gray", linestyle="--", label=label)
    axes.set_xlabel(f"{threshold.task}: {threshold.metric.replace('_', ' ')}")
    if min((v for _, values in rows for v in values), default=0) > 0:
        axes.set_xscale("log")
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=120)
