"""What the results of a task depend on: two gradings with the same key have the same results.

A key is a mapping from names of components to their values: short ones, such as a version, as they
are, files and code as SHA-256. It has two sides. What all submissions share (the checks and what
they reach, the reference, data, limits, versions) is worked out once a run; which of its files a
task can see differs from submission to submission.
"""

import functools
import hashlib
import platform
import sysconfig
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

import grader
from grader.batch.reach import Checks, Reach
from grader.batch.sight import Submitted, seen
from grader.judge import environment
from grader.manifest import Manifest
from grader.variants import FOLDERS

TaskKey = dict[str, str]
"""Components of one task's key, by name."""

DISTRIBUTION: Final = "autoencoder-grader"
_TITLES: Final = frozenset(
    {"id", "title", "units", "data", "late", "feedback", "report", "release", "notebook"}
)
"""Of the manifest: what no check sees, and what is looked at more closely below."""
_UNSEEN: Final = frozenset({"title", "points", "depends", "tasks"})
"""Of a unit or task, likewise."""
_DECIDING: Final = ("checks", "worker", "judge")
_DECIDING_FILES: Final = (
    *("closing.py", "machine.py", "manifest.py", "scores.py", "splicing.py", "texts.py"),
    *("todo.py", "torchvision_cpu.py", "variants.py"),
)
"""Of the grader's own source: what decides how a check ends. Its command line does not."""
_ALIASES: Final = {"PIL": "pillow", "skimage": "scikit-image", "sklearn": "scikit-learn"}
"""Packages that are imported by another name than they are installed by."""
_SUBMISSION: Final = "submission: "

Version = Callable[[str], str | None]
"""The installed version of a distribution; None where it is not installed."""


def installed(name: str) -> str | None:
    """The installed version of a distribution; None where it is not installed."""
    try:
        return environment.version(name)
    except ModuleNotFoundError:
        return None


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a run grades with, beside the solution."""

    device: str
    layers: tuple[str, ...]
    sandbox: bool
    """False: submissions are not isolated at all."""
    preload: tuple[str, ...]


class Basis:
    """What all submissions of a run share of their tasks' keys."""

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        setting: Setting,
        *,
        data: Path | None,
        version: Version = installed,
    ) -> None:
        """Work out the keys of all tasks; nothing of the solution is run.

        Parameters
        ----------
        root, manifest
            The solution.
        setting
            What the run grades with.
        data
            The folder that students' code may read.
        version
            Where versions come from.
        """
        checks = Checks(root, manifest)
        common = _common(manifest, setting, data=data, version=version)
        self.units = {task.id: unit.id for unit, task in manifest.tasks}
        catalogue = root / FOLDERS["misconception"]
        self.catalogued = {task for task in self.units if any((catalogue / task).glob("*.py"))}
        """Tasks of which misconceptions are known."""
        self.reach: dict[str, Reach] = {}
        self.keys: dict[str, TaskKey] = {}
        self.blockers: dict[str, set[str]] = {}
        """Tasks whose gate checks can keep a task from being checked."""
        for task in manifest.task_ids():
            reach = checks.of_task(task)
            self.reach[task] = reach
            self.blockers[task] = checks.blockers(task)
            self.keys[task] = (
                common
                | _of_task(manifest, task)
                | _versions(reach.packages, version)
                | reach.components
            )

    def sees(self, key: TaskKey, other: str) -> bool:
        """Whether a task of this key, of a submission, can see the module of another task."""
        unit = self.units[other]
        start = f"{_SUBMISSION}{unit}"
        return f"{start}.py" in key or any(name.startswith(f"{start}/") for name in key)

    def seen(self, submitted: Submitted, tasks: Iterable[str]) -> dict[str, TaskKey]:
        """The submission's side of the keys of some tasks; those that see the same share one."""
        made: dict[frozenset[str], TaskKey] = {}
        own = {}
        for task in tasks:
            names = seen(submitted, task, self.units[task], self.reach[task])
            if names not in made:
                made[names] = {f"{_SUBMISSION}{n}": submitted.digests[n] for n in sorted(names)}
            own[task] = made[names]
        return own


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between two keys, in words, in the order of the names."""
    if old == new:  # most keys of most runs
        return ()
    return tuple(
        _change(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def _change(name: str, old: str | None, new: str | None) -> str:
    if old is None:
        return f"{name} is new"
    if new is None:
        return f"{name} is gone"
    if max(len(old), len(new)) < 40:
        return f"{name} {old} -> {new}"
    return f"{name} changed"


def _common(
    manifest: Manifest, setting: Setting, *, data: Path | None, version: Version
) -> TaskKey:
    common = {
        "python": platform.python_version(),
        "grader": _grader(version),
        "device": setting.device,
        "sandbox": ", ".join(setting.layers) if setting.sandbox else "none",
        "preload": ", ".join(setting.preload),
    }
    preloaded = {name.partition(".")[0] for name in setting.preload}
    common |= _versions({"torch", "numpy", "pytest", *preloaded}, version)
    if data is not None:
        common["data"] = folder_digest(data)
    fields: dict[str, Any] = msgspec.to_builtins(manifest)
    for name, value in fields.items():
        if name in _TITLES:
            continue
        for inner, content in value.items() if isinstance(value, dict) else [("", value)]:
            common[f"assignment.toml: {name}{'.' if inner else ''}{inner}"] = _text(content)
    return common


def _of_task(manifest: Manifest, task: str) -> TaskKey:
    """What the manifest says of a task and of those it depends on, titles and points aside."""
    key: TaskKey = {}
    waiting = [task]
    while waiting:
        name = waiting.pop()
        if f"assignment.toml: {name} depends" in key:
            continue
        unit, found = next((u, t) for u, t in manifest.tasks if t.id == name)
        key[f"assignment.toml: {name} depends"] = _text(sorted(found.depends))
        for struct in (unit, found):
            for field, value in msgspec.to_builtins(struct).items():
                if field not in _UNSEEN:
                    key[f"assignment.toml: {name} {field}"] = _text(value)
        waiting += found.depends
    return key


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _versions(packages: Iterable[str], version: Version) -> TaskKey:
    found = {name: version(_ALIASES.get(name, name)) for name in packages}
    return {name: number or "not installed" for name, number in found.items()}


def _grader(version: Version) -> str:
    """The grader's version, and its source where that can change without it: in a checkout."""
    number = version(DISTRIBUTION) or "unknown"
    package = Path(grader.__file__).parent
    places = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    if any(package.is_relative_to(place) for place in places):
        return number
    return f"{number}, source {_source_digest(package)[:12]}"


@functools.cache
def _source_digest(package: Path) -> str:
    files = [package / name for name in _DECIDING_FILES]
    files += sorted(path for name in _DECIDING for path in (package / name).rglob("*.py"))
    return _digest(package, [path for path in files if path.is_file()])


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files below a folder."""
    return _digest(folder, sorted(path for path in folder.rglob("*") if path.is_file()))


def _digest(folder: Path, files: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + content)
    return whole.hexdigest()
