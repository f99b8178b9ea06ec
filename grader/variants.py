"""Variants of a solution: misconceptions, which must fail, and alternatives, which must not.

``solution/misconceptions/TASK/NAME.py`` is a wrong implementation that a student would write,
``solution/alternatives/TASK/NAME.py`` another right one. Each is a small Python file: a docstring,
and definitions that take the place of those of the same name in the module of the task's unit.
What the module does not have (imports, helpers) is put before them. All else stays as it is.

The first paragraph of a misconception's docstring tells a student what they confused; a paragraph
that begins with ``Hint:`` says what to try, and one with ``Source:`` where it was seen.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec

from grader.manifest import Manifest, Unit
from grader.splicing import Source, VariantError, definitions, parse, splice

Kind = Literal["misconception", "alternative"]

FOLDERS: Final[dict[Kind, str]] = {
    "misconception": "misconceptions",
    "alternative": "alternatives",
}
_STEM: Final = re.compile(r"[a-z][a-z0-9_]*\Z")


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the catalogue."""

    kind: Kind
    task: str
    name: str
    path: Path
    unit: str
    """The file name of the module in which it replaces definitions."""
    sentence: str
    """The first paragraph of the docstring, in one line."""
    hint: str | None
    source: str | None
    replaces: frozenset[str]
    """Names of the module that it replaces."""
    adds: frozenset[str]
    """Names of its own helpers."""
    text: str
    module: str
    """The text of the reference module."""

    @property
    def id(self) -> str:
        """``TASK.NAME``."""
        return f"{self.task}.{self.name}"

    @property
    def source_text(self) -> Source:
        """Its text, and where it stands."""
        return Source(self.text, str(self.path))


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All variants of a solution, in the order of the manifest's tasks, then by name."""

    misconceptions: tuple[Variant, ...] = ()
    alternatives: tuple[Variant, ...] = ()

    def of_task(self, task: str, kind: Kind = "misconception") -> tuple[Variant, ...]:
        """The variants of one task."""
        every = self.misconceptions if kind == "misconception" else self.alternatives
        return tuple(variant for variant in every if variant.task == task)

    def by_id(self, name: str) -> Variant | None:
        """The misconception of that id, or None."""
        return next((item for item in self.misconceptions if item.id == name), None)


def load_catalogue(solution: Path, manifest: Manifest) -> Catalogue:
    """Read every variant of a solution; a solution may have none.

    Raises
    ------
    VariantError
        A file does not parse, has no docstring or hint, replaces nothing, lies in a folder that is
        no task, or a reference module cannot be read.
    """
    modules: dict[str, _Module] = {}
    found: dict[Kind, list[Variant]] = {}
    for kind, name in FOLDERS.items():
        found[kind] = []
        for task, unit, path in _files(solution / name, manifest):
            if unit.module not in modules:
                modules[unit.module] = _module(solution / unit.module)
            found[kind].append(_read(path, kind, task, modules[unit.module]))
    return Catalogue(
        misconceptions=tuple(found["misconception"]), alternatives=tuple(found["alternative"])
    )


def apply(solution: Path, manifest: Manifest, variants: Sequence[Variant]) -> dict[str, bytes]:
    """The modules of a submission: the reference's, with the definitions of variants in place.

    Parameters
    ----------
    solution, manifest
        The solution.
    variants
        None gives the reference itself; of several, none may change lines that another changes.

    Returns
    -------
    dict
        Content by file name, one for each unit.

    Raises
    ------
    VariantError
        Two variants change the same lines, or a module cannot be read.
    """
    modules = {unit.module: _text(solution / unit.module) for unit in manifest.units}
    for name in dict.fromkeys(variant.unit for variant in variants):
        own = [variant.source_text for variant in variants if variant.unit == name]
        modules[name] = splice(modules[name], *own)
    return {name: text.encode() for name, text in modules.items()}


def fit_together(variants: Iterable[Variant]) -> bool:
    """Whether variants can be put into one solution: no two of them change the same lines."""
    by_unit: dict[str, list[Variant]] = {}
    for variant in variants:
        by_unit.setdefault(variant.unit, []).append(variant)
    return all(_fit(group) for group in by_unit.values())


def _fit(variants: Sequence[Variant]) -> bool:
    """Whether variants of one module can be put into it."""
    names = [name for variant in variants for name in variant.replaces | variant.adds]
    if len(set(names)) == len(names):
        return True
    try:
        splice(variants[0].module, *(variant.source_text for variant in variants))
    except VariantError:
        return False
    return True


def write_modules(folder: Path, modules: Mapping[str, bytes]) -> None:
    """Write a submission's modules into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in modules.items():
        (folder / name).write_bytes(content)


def _files(folder: Path, manifest: Manifest) -> Iterable[tuple[str, Unit, Path]]:
    units = {task.id: unit for unit, task in manifest.tasks}
    if not folder.is_dir():
        return
    for place in sorted(folder.iterdir()):
        ours = place.is_dir() and not place.name.startswith((".", "__"))
        if ours and place.name not in units and place.name not in manifest.switched_off:
            raise VariantError(
                f"{place}: {place.name!r} is no task; the tasks are {', '.join(units)}"
            )
        if place.suffix == ".py":
            raise VariantError(f"{place}: must lie in a folder that is called after its task")
    for task, unit in units.items():
        for path in sorted((folder / task).glob("*.py")):
            if not _STEM.match(path.stem):
                raise VariantError(
                    f"{path}: its name must be lower-case letters, digits and underscores"
                )
            yield task, unit, path


class _Module(NamedTuple):
    """A module of the reference."""

    name: str
    text: str
    defines: frozenset[str]


def _module(path: Path) -> _Module:
    text = _text(path)
    return _Module(path.name, text, frozenset(definitions(parse(text, str(path)))))


def _read(path: Path, kind: Kind, task: str, module: _Module) -> Variant:
    text = _text(path)
    tree = parse(text, str(path))
    docstring = ast.get_docstring(tree)
    if not docstring:
        what = "what was confused" if kind == "misconception" else "what is different"
        raise VariantError(f"{path}:1: has no docstring; its first sentence says {what}")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", docstring)]
    hint = _labelled(paragraphs, "Hint:")
    if kind == "misconception" and not hint:
        raise VariantError(
            f"{path}:1: has no hint; add a paragraph to the docstring that begins with 'Hint:'"
        )
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            raise VariantError(
                f"{path}:{node.lineno}: takes nothing from __future__: it lands inside a module"
            )
    defined = frozenset(definitions(tree))
    if not defined & module.defines:
        named = ", ".join(sorted(defined)) or "nothing"
        raise VariantError(
            f"{path}:1: replaces nothing: it defines {named}, and {module.name} has no such name"
        )
    return Variant(
        kind=kind,
        task=task,
        name=path.stem,
        path=path,
        unit=module.name,
        sentence=paragraphs[0],
        hint=hint,
        source=_labelled(paragraphs, "Source:"),
        replaces=defined & module.defines,
        adds=defined - module.defines,
        text=text,
        module=module.text,
    )


def _labelled(paragraphs: Sequence[str], label: str) -> str | None:
    found = (p.removeprefix(label).strip() for p in paragraphs[1:] if p.startswith(label))
    return next(found, None) or None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise VariantError(f"{path}: cannot be read: {reason}") from error
