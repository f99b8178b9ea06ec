"""What ``grader verify`` grades: the reference, stubs, trivial answers, and every variant."""

import ast
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.manifest import Manifest, Task, Unit
from grader.release.stub import Region, cut
from grader.variants import Catalogue, Variant, apply

CaseKind = Literal["reference", "stub", "trivial", "alternative", "misconception", "pair"]

TRIVIAL: Final = {
    "the input": "return {first}",
    "zeros": "return {first} * 0",
    "0.0": "return 0.0",
    "nothing": "return None",
}
"""Answers that nobody has to think about, by what they are called."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One submission of ours, and what it is graded on."""

    kind: CaseKind
    name: str
    tasks: tuple[str, ...]
    modules: dict[str, bytes]
    variants: tuple[Variant, ...] = ()
    task: str | None = None
    """The task that a stub, a trivial answer or a variant is about."""


def reference_case(solution: Path, manifest: Manifest, tasks: Sequence[str]) -> Case:
    """The reference, on some tasks."""
    return Case(
        kind="reference",
        name="the reference",
        tasks=tuple(tasks),
        modules=apply(solution, manifest, ()),
    )


def stub_case(solution: Path, manifest: Manifest, tasks: Sequence[str]) -> Case:
    """The untouched stubs, on some tasks; ReleaseError where none can be cut."""
    stubs = {unit.module: _stub(solution, unit) for unit in manifest.units}
    return Case(kind="stub", name="the stubs", tasks=tuple(tasks), modules=stubs)


def trivial_cases(solution: Path, manifest: Manifest, tasks: Sequence[str]) -> list[Case]:
    """For each task, submissions that answer with their input, with zeros, and the like.

    A task of which a constructor is a part has none: its layers would still be the reference's.
    """
    reference = apply(solution, manifest, ())
    cases = []
    for unit, task in manifest.tasks:
        if task.id not in tasks:
            continue
        for name, statement in TRIVIAL.items():
            module = _trivial(reference[unit.module], unit, task, statement)
            if module is not None:
                cases.append(
                    Case(
                        kind="trivial",
                        name=f"{task.id}: {name}",
                        task=task.id,
                        tasks=(task.id,),
                        modules=reference | {unit.module: module},
                    )
                )
    return cases


def variant_cases(
    solution: Path, manifest: Manifest, catalogue: Catalogue, tasks: Sequence[str]
) -> list[Case]:
    """Every misconception on its own task; every alternative also on those that depend on it."""
    cases = []
    for variant in (*catalogue.alternatives, *catalogue.misconceptions):
        if variant.task not in tasks:
            continue
        alternative = variant.kind == "alternative"
        cases.append(
            Case(
                kind=variant.kind,
                name=variant.id,
                task=variant.task,
                tasks=dependants(manifest, variant.task) if alternative else (variant.task,),
                modules=apply(solution, manifest, (variant,)),
                variants=(variant,),
            )
        )
    return cases


def pair_cases(
    solution: Path, manifest: Manifest, catalogue: Catalogue, tasks: Sequence[str]
) -> Iterable[Case]:
    """Every two misconceptions that fit into one solution, on their tasks."""
    chosen = [variant for variant in catalogue.misconceptions if variant.task in tasks]
    for one, other in combinations(chosen, 2):
        if one.fits_with(other):
            yield Case(
                kind="pair",
                name=f"{one.id} + {other.id}",
                tasks=tuple(dict.fromkeys((one.task, other.task))),
                modules=apply(solution, manifest, (one, other)),
                variants=(one, other),
            )


def dependants(manifest: Manifest, task: str) -> tuple[str, ...]:
    """A task and those that depend on it, directly or through others."""
    found = {task}
    while True:
        more = {other.id for _, other in manifest.tasks if found & set(other.depends)}
        if more <= found:
            return tuple(name for name in manifest.task_ids() if name in found)
        found |= more


def _stub(solution: Path, unit: Unit) -> bytes:
    path = solution / unit.module
    return cut(str(path), path.read_bytes(), [task.id for task in unit.tasks]).content


def _trivial(source: bytes, unit: Unit, task: Task, statement: str) -> bytes | None:
    """A module whose functions of a task answer without work; None where that cannot be written."""
    stub = cut(unit.module, source, [task.id for task in unit.tasks])
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    lines = source.decode().splitlines()
    changed = False
    for region in sorted(stub.regions, key=lambda region: -region.first):
        function = _around(functions, region)
        if region.task != task.id or function is None:
            continue
        if function.name == "__init__":
            return None
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        if not names and "{first}" in statement:
            return None
        begin = lines[region.first - 1]
        indent = begin[: len(begin) - len(begin.lstrip())]
        lines[region.first - 1 : region.last] = [
            indent + statement.format(first=names[0] if names else "")
        ]
        changed = True
    return ("\n".join(lines) + "\n").encode() if changed else None


def _around(functions: Sequence[ast.FunctionDef], region: Region) -> ast.FunctionDef | None:
    """The innermost function that a region stands in."""
    holding = [f for f in functions if f.lineno < region.first <= (f.end_lineno or 0)]
    return max(holding, key=lambda function: function.lineno, default=None)
