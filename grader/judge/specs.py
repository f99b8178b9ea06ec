"""Which checks there are, which task each belongs to, and which of them a run needs.

The set is fixed when pytest has collected, before any student code runs.
"""

import inspect
import math
from collections.abc import Iterable, Sequence
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec
import pytest

from grader.manifest import MANIFEST_NAME, Manifest, find_cycle
from grader.scores import Visibility

MARKER = "task"
MARKER_HELP = (
    "task(id, *, weight=1, gate=False, depends=(), hint=None): the task that this check belongs "
    "to; its share of the task's points; whether tasks that depend on this one need it to pass; "
    "further tasks it needs; what to try when it fails."
)


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One check, as its marker, docstring and place describe it."""

    id: str
    task: str
    title: str
    visibility: Visibility
    weight: float
    gate: bool
    depends: tuple[str, ...]
    hint: str | None
    nodeid: str
    line: int = 0


def is_switched_off(item: pytest.Item, manifest: Manifest) -> bool:
    """Whether a check belongs to a task of a unit that this course does not use."""
    names = [name for mark in item.iter_markers(MARKER) for name in mark.args[:1]]
    off = manifest.switched_off
    return bool(names) and all(isinstance(name, str) and name in off for name in names)


def read_spec(item: pytest.Item, root: Path, manifest: Manifest) -> Spec:
    """The spec of a collected check.

    Raises
    ------
    pytest.UsageError
        The check has no task, an unknown one, a bad weight, or no docstring; the message names
        file, line and value.
    """
    where = _where(item, root)
    markers = list(item.iter_markers(MARKER))
    if len(markers) != 1:
        problem = "belongs to no task" if not markers else "belongs to more than one task"
        raise pytest.UsageError(f'{where}: {problem}; mark it with @pytest.mark.task("ID")')
    mark = markers[0]
    allowed = {"weight", "gate", "depends", "hint"}
    unknown = sorted(set(mark.kwargs) - allowed)
    if unknown or len(mark.args) != 1:
        problem = f"unknown option {unknown[0]!r}" if unknown else "needs exactly one task id"
        raise pytest.UsageError(f"{where}: @pytest.mark.task: {problem}; it takes {MARKER_HELP}")
    task, weight = mark.args[0], mark.kwargs.get("weight", 1)
    depends, hint = mark.kwargs.get("depends", ()), mark.kwargs.get("hint")
    if not isinstance(depends, list | tuple):
        raise pytest.UsageError(f"{where}: depends={depends!r} must be a list of task ids")
    if not isinstance(hint, str | None):
        raise pytest.UsageError(f"{where}: hint={hint!r} must be text")
    for name in (task, *depends):
        if name not in manifest.task_ids():
            raise pytest.UsageError(f"{where}: {unknown_task(name, manifest)}")
    number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not (number and 0 < weight < math.inf):
        raise pytest.UsageError(f"{where}: weight={weight!r} must be a number above 0")
    title = _title(item)
    if not title:
        raise pytest.UsageError(f"{where}: has no docstring; its first line is what students read")
    hidden = "hidden" in item.path.relative_to(root).parts
    return Spec(
        id=f"{task}.{item.name.removeprefix('test_')}",
        task=task,
        title=title,
        visibility="hidden" if hidden else "public",
        weight=float(weight),
        gate=bool(mark.kwargs.get("gate", False)),
        depends=(*manifest.task(task).depends, *depends),
        hint=hint,
        nodeid=item.nodeid,
        line=item.location[1] or 0,
    )


def check_specs(specs: Sequence[Spec], root: Path, manifest: Manifest) -> None:
    """Refuse a set of checks that cannot be scored.

    Raises
    ------
    pytest.UsageError
        Two checks share an id, a task has no check, a dependency has no gate check, or checks and
        tasks depend on each other in a circle.
    """
    seen: dict[str, Spec] = {}
    for spec in specs:
        if spec.id in seen:
            raise pytest.UsageError(
                f"{root}: {seen[spec.id].nodeid} and {spec.nodeid} are both check {spec.id!r}; "
                "rename one"
            )
        seen[spec.id] = spec
    covered = {spec.task for spec in specs}
    for task_id in manifest.task_ids():
        if task_id not in covered:
            raise pytest.UsageError(
                f"{root / 'assignment.toml'}: task {task_id!r} has no check; mark one with "
                f'@pytest.mark.task("{task_id}")'
            )
    gated = {spec.task for spec in specs if spec.gate}
    for spec in specs:
        for name in spec.depends:
            if name not in gated:
                raise pytest.UsageError(
                    f"{root}: {spec.nodeid} depends on task {name!r}, of which no check is a gate; "
                    f'mark one with @pytest.mark.task("{name}", gate=True)'
                )
            if name == spec.task:
                raise pytest.UsageError(f"{root}: {spec.nodeid} depends on its own task {name!r}")
    circle = _circle(specs)
    if circle:
        raise pytest.UsageError(f"{root}: gate checks depend on each other in a circle: {circle}")


def unknown_task(name: object, manifest: Manifest) -> str:
    """The sentence about a task id that the manifest does not have, or has switched off."""
    unit = manifest.switched_off.get(name) if isinstance(name, str) else None
    if unit is not None:
        return (
            f"task {name!r} belongs to {unit.module}, which is switched off; set enabled = true "
            f"for it in {MANIFEST_NAME}"
        )
    return f"there is no task {name!r}; the tasks are {', '.join(manifest.task_ids())}"


def needed(specs: Iterable[Spec], tasks: Sequence[str]) -> set[str]:
    """Ids of the checks a run of some tasks needs: theirs, and the gates they depend on."""
    specs = list(specs)
    chosen = {spec.id for spec in specs if spec.task in tasks}
    while True:
        wanted = {name for spec in specs if spec.id in chosen for name in spec.depends}
        more = {spec.id for spec in specs if spec.gate and spec.task in wanted}
        if more <= chosen:
            return chosen
        chosen |= more


def blockers(spec: Spec, specs: Iterable[Spec]) -> list[Spec]:
    """The gate checks that must pass before a check can say anything."""
    return [other for other in specs if other.gate and other.task in spec.depends]


def in_order(specs: Sequence[Spec], manifest: Manifest) -> list[Spec]:
    """Checks in the order of the manifest's tasks, each after the gates it depends on."""
    rank = {task: index for index, task in enumerate(manifest.task_ids())}
    listed = sorted(
        specs,
        key=lambda spec: (
            rank[spec.task],
            not spec.gate,
            spec.visibility == "hidden",
            spec.nodeid.partition("::")[0],
            spec.line,
        ),
    )
    place = {spec.id: index for index, spec in enumerate(listed)}
    graph = TopologicalSorter(
        {spec.id: [gate.id for gate in blockers(spec, specs)] for spec in listed}
    )
    graph.prepare()
    ordered: list[str] = []
    ready: set[str] = set()
    while graph.is_active():
        ready |= set(graph.get_ready())
        first = min(ready, key=place.__getitem__)
        ready.remove(first)
        graph.done(first)
        ordered.append(first)
    by_id = {spec.id: spec for spec in specs}
    return [by_id[name] for name in ordered]


def _circle(specs: Sequence[Spec]) -> str | None:
    return find_cycle(
        {spec.id: tuple(gate.id for gate in blockers(spec, specs)) for spec in specs if spec.gate}
    )


def _where(item: pytest.Item, root: Path) -> str:
    path, line, _ = item.reportinfo()
    number = f":{line + 1}" if line is not None else ""
    return f"{Path(path)}{number}: check {item.name}"


def _title(item: pytest.Item) -> str:
    docstring = inspect.getdoc(getattr(item, "obj", None)) or ""
    return docstring.strip().partition("\n\n")[0].replace("\n", " ").rstrip(".")
