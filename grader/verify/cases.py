"""What ``grader verify`` grades: the reference, stubs, trivial answers, and every variant."""

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.manifest import Manifest, Task, Unit
from grader.release.stub import Region, cut
from grader.variants import Catalogue, Variant, apply

CaseKind = Literal[
    "reference", "stub", "trivial", "alternative", "misconception", "missing", "pair", "several"
]

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

    @property
    def diagnosed(self) -> bool:
        """Whether mistakes in it are to be named."""
        return self.kind in ("misconception", "pair", "several")


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


def missing_cases(solution: Path, manifest: Manifest, tasks: Sequence[str]) -> list[Case]:
    """For each task, the reference without it, on all of them."""
    reference = apply(solution, manifest, ())
    cases = []
    for unit, task in manifest.tasks:
        if task.id in tasks:
            lines, regions = _regions(reference[unit.module], unit, task)
            for region in regions:
                _put(lines, region, "raise NotImplementedError")
            cases.append(
                Case(
                    kind="missing",
                    name=f"without {task.id}",
                    task=task.id,
                    tasks=tuple(tasks),
                    modules=reference | {unit.module: _joined(lines)},
                )
            )
    return cases


def _trivial(source: bytes, unit: Unit, task: Task, statement: str) -> bytes | None:
    """A module whose functions of a task answer without work; None where that cannot be written."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    lines, regions = _regions(source, unit, task)
    changed = False
    for region in regions:
        function = _around(functions, region)
        if function is None:
            continue
        if function.name == "__init__":
            return None
        names = [argument.arg for argument in function.args.args if argument.arg != "self"]
        if not names and "{first}" in statement:
            return None
        _put(lines, region, statement.format(first=names[0] if names else ""))
        changed = True
    return _joined(lines) if changed else None


def _regions(source: bytes, unit: Unit, task: Task) -> tuple[list[str], list[Region]]:
    """The lines of a module, and the regions of a task, the last first."""
    stub = cut(unit.module, source, [task.id for task in unit.tasks])
    own = [region for region in stub.regions if region.task == task.id]
    return source.decode().splitlines(), sorted(own, key=lambda region: -region.first)


def _put(lines: list[str], region: Region, statement: str) -> None:
    """A statement in place of a region."""
    begin = lines[region.first - 1]
    indent = begin[: len(begin) - len(begin.lstrip())]
    lines[region.first - 1 : region.last] = [indent + statement]


def _joined(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _around(functions: Sequence[ast.FunctionDef], region: Region) -> ast.FunctionDef | None:
    """The innermost function that a region stands in."""
    holding = [f for f in functions if f.lineno < region.first <= (f.end_lineno or 0)]
    return max(holding, key=lambda function: function.lineno, default=None)
