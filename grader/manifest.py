"""The manifest of an assignment: units, tasks, points, dependencies and limits.

``assignment.toml`` is the one place that says what an assignment consists of. It holds nothing
hidden, so the same file stands in the solution and in what students get.
"""

import math
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

MANIFEST_NAME = "assignment.toml"

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", max_length=60)]
ModuleFile = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\.py\Z", max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Positive = Annotated[float, Meta(gt=0)]
PositiveInt = Annotated[int, Meta(gt=0)]
NonNegative = Annotated[float, Meta(ge=0)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Shown = Literal["nothing", "public", "all"]


class ManifestError(Exception):
    """``assignment.toml`` is missing or wrong; the message names the file and the value."""


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What carries points: one or a few functions of a unit."""

    id: Identifier
    title: Title
    points: Positive
    depends: tuple[Identifier, ...] = ()
    """Tasks whose gate checks must pass before any check of this task can say anything."""


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One module of the assignment, such as ``autoencoder.py``."""

    module: ModuleFile
    title: Title
    tasks: Annotated[tuple[Task, ...], Meta(min_length=1)]
    enabled: bool = True
    """Whether this course uses it; what is switched off is neither released nor graded."""

    @property
    def id(self) -> str:
        """The module's import name."""
        return self.module.removesuffix(".py")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Bounds on what student code may use; all but the first hold in the sandbox only."""

    check_s: Positive = 60.0
    """Wall-clock seconds one check may take, its set-up included."""
    submission_s: Positive = 600.0
    """Wall-clock seconds a submission may take in all, however many processes it uses up."""
    cpu_s: PositiveInt = 600
    """CPU seconds of one process."""
    memory_mb: PositiveInt = 2048
    """Address space beyond what Python and torch map themselves."""
    processes: PositiveInt = 64
    """Processes and threads at a time."""
    disk_mb: PositiveInt = 64
    """Files in the submission's private /tmp, which is in memory."""
    output_mb: PositiveInt = 5
    """What it may print before it is stopped."""
    diagnosis_s: NonNegative = 30.0
    """Processor seconds for finding the misconceptions behind failed checks; 0 looks for none."""


class Worker(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a worker holds before any submission's code runs."""

    preload: tuple[str, ...] = ()
    """Modules that submissions import, loaded once for all of them."""


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What lateness costs; the rule itself is :func:`grader.batch.late.penalty`."""

    percent_per_day: Percent
    """Of the points earned, for each day that has started."""
    due: Annotated[datetime, Meta(tz=True)] | None = None
    """When submissions were due; used for those of which no platform says how late they are."""
    grace_minutes: NonNegative = 0.0
    """How long after that a submission is still on time; days late are counted from there."""
    floor_percent: Percent = 0.0
    """The share of the points earned that remains however many days it took."""
    cutoff_days: Positive | None = None
    """Later than this, nothing remains, whatever the floor is."""


class Feedback(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much of a score its student is shown, and when.

    ``nothing``: that it was graded. ``public``: the public checks in full. ``all``: also points,
    penalty, remarks, pictures, and of hidden checks the task and a hint.
    """

    before_deadline: Shown = "all"
    after_deadline: Shown = "all"
    deadline: Annotated[datetime, Meta(tz=True)] | None = None
    """From then on `after_deadline` holds; None: from ``due`` in ``[late]``."""


class Gallery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture that the class report shows of several students side by side."""

    artifact: Annotated[str, Meta(pattern=r"^[^/]+\Z", max_length=100)]
    """The name under which a check keeps it."""
    title: Title
    metric: str
    """Of the same task: by it, pictures are the best or typical ones."""
    best: Literal["least", "most"]


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the class report shows of this assignment in particular."""

    gallery: tuple[Gallery, ...] = ()


class Notebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How units are released as Jupyter notebooks, too; an empty table says that they are."""

    install: Annotated[str, Meta(pattern=r"^[\w./\[\],<>=!~:@+ -]+\Z", max_length=200)] = "."
    """What pip installs on hosts without the grader, in the folder of the unpacked student zip."""


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the student zip holds beside the assignment folder, relative to the repository."""

    include: tuple[str, ...] = ()
    readme: str | None = None
    """The zip's top-level README, if it is not the exercise sheet."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An assignment as ``assignment.toml`` describes it."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z", max_length=60)]
    title: Title
    declared: Annotated[tuple[Unit, ...], Meta(min_length=1)] = msgspec.field(name="units")
    """Every unit, also those that are switched off."""
    data: str | None = None
    """Folder of the data that student code may read, relative to the manifest."""
    limits: Limits = Limits()
    worker: Worker = Worker()
    late: Late | None = None
    """None: lateness costs nothing."""
    feedback: Feedback = Feedback()
    report: Report = Report()
    release: Release = Release()
    notebook: Notebook | None = None
    """None: units are released as modules only."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that this course uses."""
        return tuple(unit for unit in self.declared if unit.enabled)

    @property
    def switched_off(self) -> dict[str, Unit]:
        """By id, the tasks of units that this course does not use."""
        return {task.id: unit for unit in self.declared if not unit.enabled for task in unit.tasks}

    @property
    def tasks(self) -> Iterator[tuple[Unit, Task]]:
        """Every task with its unit, in the order of the manifest."""
        return ((unit, task) for unit in self.units for task in unit.tasks)

    @property
    def deadline(self) -> datetime | None:
        """When feedback changes from before to after; None where no time is named."""
        return self.feedback.deadline or (self.late.due if self.late else None)

    @property
    def max_score(self) -> float:
        """The sum of the points of all tasks."""
        return sum(task.points for _, task in self.tasks)

    def task_ids(self) -> list[str]:
        """The ids of all tasks, in the order of the manifest."""
        return [task.id for _, task in self.tasks]

    def task(self, task_id: str) -> Task:
        """The task of that id; KeyError where there is none."""
        return next((t for _, t in self.tasks if t.id == task_id), None) or _missing(task_id)


def _missing(task_id: str) -> Task:
    raise KeyError(task_id)


def load_manifest(path: Path) -> Manifest:
    """Read and check ``assignment.toml``.

    Parameters
    ----------
    path
        The file, or the folder that holds it.

    Raises
    ------
    ManifestError
        The file is missing, is not TOML, has an unknown or ill-typed value, repeats an id, has
        every unit switched off, or its tasks depend on each other in a circle, or on a task that
        is not there or is switched off.
    """
    if path.is_dir():
        path = path / MANIFEST_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(
            f"{path}: there is no manifest here; an assignment folder holds {MANIFEST_NAME}"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        manifest = msgspec.convert(content, Manifest)
    except msgspec.ValidationError as error:
        raise ManifestError(f"{path}: {_with_value(error, content)}") from error
    _refuse_duplicates(path, "module", [unit.module for unit in manifest.declared])
    _refuse_duplicates(path, "task id", [*manifest.task_ids(), *_off(manifest)])
    if not manifest.units:
        raise ManifestError(f"{path}: every unit is switched off; set enabled = true for one")
    _refuse_bad_dependencies(path, manifest)
    _refuse_not_finite(path, manifest)
    _refuse_no_deadline(path, manifest)
    return manifest


def _off(manifest: Manifest) -> list[str]:
    return [task.id for unit in manifest.declared if not unit.enabled for task in unit.tasks]


def _refuse_duplicates(path: Path, what: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ManifestError(f"{path}: {what} {repeated[0]!r} stands there more than once")


def _refuse_bad_dependencies(path: Path, manifest: Manifest) -> None:
    known, off = set(manifest.task_ids()), manifest.switched_off
    for unit, task in manifest.tasks:
        for name in task.depends:
            if name in off:
                raise ManifestError(
                    f"{path}: task {task.id!r} of {unit.module} depends on {name!r} of "
                    f"{off[name].module}, which is switched off; set enabled = true for "
                    f"{off[name].module}, or enabled = false for {unit.module}"
                )
            if name not in known:
                raise ManifestError(
                    f"{path}: task {task.id!r} depends on {name!r}, which is no task; "
                    f"the tasks are {', '.join(manifest.task_ids())}"
                )
    graph = {task.id: task.depends for _, task in manifest.tasks}
    cycle = find_cycle(graph)
    if cycle:
        raise ManifestError(f"{path}: tasks depend on each other in a circle: {cycle}")


def _refuse_not_finite(path: Path, manifest: Manifest) -> None:
    """TOML has nan and inf, and some of them pass for positive."""
    tables: dict[str, msgspec.Struct | None] = {
        "[limits]": manifest.limits,
        "[late]": manifest.late,
    }
    tables |= {f"task {task.id!r}:": task for _, task in manifest.tasks}
    for where, table in tables.items():
        for name, value in (msgspec.structs.asdict(table) if table else {}).items():
            if isinstance(value, float) and not math.isfinite(value):
                raise ManifestError(
                    f"{path}: {where} {name} is {value}; it must be a finite number"
                )


def _refuse_no_deadline(path: Path, manifest: Manifest) -> None:
    before, after = manifest.feedback.before_deadline, manifest.feedback.after_deadline
    if before != after and manifest.deadline is None:
        raise ManifestError(
            f"{path}: [feedback] shows {before!r} before the deadline and {after!r} after it, but "
            "no deadline is named; add deadline there, or due in [late]"
        )


def _with_value(error: msgspec.ValidationError, content: dict[str, Any]) -> str:
    """What an error says, and the value that stands at the place it names."""
    value: Any = content
    place = re.search(r" - at `\$(.*)`$", str(error))
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", place[1] if place else ""):
        value = value[key] if key else value[int(index)]
    return str(error) if isinstance(value, dict | list) else f"{error}; it is {value!r}"


def find_cycle(graph: dict[str, tuple[str, ...]]) -> str | None:
    """A circle in a dependency graph as ``a -> b -> a``, or None where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(reversed(error.args[1]))
    return None
