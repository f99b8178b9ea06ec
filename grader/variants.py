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
from typing import Final, Literal

import msgspec

from grader.manifest import Manifest, Unit

Kind = Literal["misconception", "alternative"]

FOLDERS: Final[dict[Kind, str]] = {
    "misconception": "misconceptions",
    "alternative": "alternatives",
}
_STEM: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_IMPORTS: Final = (ast.Import, ast.ImportFrom)


class VariantError(Exception):
    """A file of the catalogue cannot be used; the message names file, line and fix."""


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

    @property
    def id(self) -> str:
        """``TASK.NAME``."""
        return f"{self.task}.{self.name}"

    def fits_with(self, other: "Variant") -> bool:
        """Whether both can be put into one solution: they define nothing twice."""
        if self.unit != other.unit:
            return True
        return not (self.replaces | self.adds) & (other.replaces | other.adds)


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
    modules: dict[str, frozenset[str]] = {}
    found: dict[Kind, list[Variant]] = {}
    for kind, name in FOLDERS.items():
        found[kind] = []
        for task, unit, path in _files(solution / name, manifest):
            if unit.module not in modules:
                modules[unit.module] = _names(solution / unit.module)
            found[kind].append(_read(path, kind, task, unit.module, modules[unit.module]))
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
        None gives the reference itself; of several, none may define what another defines.

    Returns
    -------
    dict
        Content by file name, one for each unit.

    Raises
    ------
    VariantError
        Two variants define the same name, or a module cannot be read.
    """
    for number, variant in enumerate(variants):
        for other in variants[:number]:
            if not variant.fits_with(other):
                raise VariantError(
                    f"{variant.path}: defines what {other.path} defines, so they cannot be combined"
                )
    modules = {unit.module: _text(solution / unit.module) for unit in manifest.units}
    for variant in variants:
        modules[variant.unit] = splice(modules[variant.unit], variant.text, str(variant.path))
    return {name: text.encode() for name, text in modules.items()}


def write_modules(folder: Path, modules: Mapping[str, bytes]) -> None:
    """Write a submission's modules into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in modules.items():
        (folder / name).write_bytes(content)


def splice(module: str, variant: str, origin: str) -> str:
    """A module's text with the definitions of a variant in place of its own.

    Parameters
    ----------
    module
        The module's text.
    variant
        The variant's text.
    origin
        The variant's name in errors.

    Raises
    ------
    VariantError
        One of them does not parse, or the variant replaces nothing.
    """
    places = _definitions(_parse(module, "the reference module"))
    lines = variant.splitlines()
    added: list[str] = []
    replaced: dict[str, str] = {}
    for node in _parse(variant, origin).body:
        text = "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
        name = _name_of(node)
        if name in places:
            replaced[name] = text
        elif name is not None or isinstance(node, _IMPORTS):
            added.append(text)
    if not replaced:
        raise VariantError(f"{origin}:1: replaces nothing of the reference module")
    result = module.splitlines()
    spans = sorted(((*places[name], text) for name, text in replaced.items()), reverse=True)
    for first, last, text in spans:
        result[first - 1 : last] = text.split("\n")
    at = spans[-1][0] - 1
    for text in reversed(added):
        result[at:at] = text.split("\n")
    return "\n".join(result) + "\n"


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


def _read(path: Path, kind: Kind, task: str, unit: str, names: frozenset[str]) -> Variant:
    text = _text(path)
    tree = _parse(text, str(path))
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
    defined = frozenset(_definitions(tree))
    if not defined & names:
        named = ", ".join(sorted(defined)) or "nothing"
        raise VariantError(
            f"{path}:1: replaces nothing: it defines {named}, and {unit} has no such name"
        )
    return Variant(
        kind=kind,
        task=task,
        name=path.stem,
        path=path,
        unit=unit,
        sentence=paragraphs[0],
        hint=hint,
        source=_labelled(paragraphs, "Source:"),
        replaces=defined & names,
        adds=defined - names,
        text=text,
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


def _parse(text: str, origin: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise VariantError(
            f"{origin}:{line}: does not parse: {getattr(error, 'msg', None) or error}"
        ) from error


def _names(path: Path) -> frozenset[str]:
    return frozenset(_definitions(_parse(_text(path), str(path))))


def _definitions(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """First and last line of each top-level definition, decorators included."""
    return {
        name: (_first_line(node), node.end_lineno or node.lineno)
        for node in tree.body
        if (name := _name_of(node)) is not None
    }


def _name_of(node: ast.stmt) -> str | None:
    """What a top-level statement defines, if it defines exactly one name."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    target = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    return target.id if isinstance(target, ast.Name) else None


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
