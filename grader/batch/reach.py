"""Which parts of a solution decide a task's results: its checks and all that these can reach.

Found without running anything, and rather too much than too little. A check reaches what it
mentions by any name: functions, constants and fixtures of its file and of the ``conftest.py`` above
it, what these mention in turn, what they import from the solution, and the modules of the
reference. Not seen are values that one check leaves in memory for another.
"""

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from grader.batch.statements import Import, Source, Statement, read_source
from grader.manifest import Manifest
from grader.variants import FOLDERS

_CONFIGURATION: Final = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_IGNORED: Final = frozenset({"__pycache__", ".pytest_cache", ".git", ".venv"})
_PLACES: Final = frozenset({"__file__", "rootpath", "rootdir", "invocation_params", "getcwd"})
"""Words of checks that look for files beside them."""

Piece = tuple[str, int]
"""A statement: its file and its number in it."""


class Marks(NamedTuple):
    """What the marks of a test say, as far as they are written out; None: anything."""

    tasks: frozenset[str] | None
    depends: frozenset[str] | None
    gate: bool


class Reach(NamedTuple):
    """What decides the results of a task, on the side of the solution."""

    components: dict[str, str]
    """Digests by the names of files and of statements in them."""
    words: frozenset[str]
    """What its checks mention: among these are the modules of students."""
    computed: bool
    """Whether a module may be asked for by a name that is not written out."""
    packages: frozenset[str]
    """Installed packages that they import."""


class Checks:
    """The checks of a solution, and what they reach."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self._root = root
        self._manifest = manifest
        self._files = {
            path.relative_to(root).as_posix(): path
            for path in sorted(root.rglob("*.py"))
            if not _IGNORED & set(path.relative_to(root).parts)
        }
        self._sources: dict[str, Source] = {}
        self._definers: dict[str, dict[str, set[Piece]]] = {}
        self._reached: dict[Piece, frozenset[Piece]] = {}
        self._digests: dict[bool, dict[str, str]] = {}

    def of_task(self, task: str) -> Reach:
        """What decides the results of a task, the gate checks that it depends on included."""
        own = [test for test, marks in self._tests.items() if _may_be(task, marks.tasks)]
        gates = self._gates(task, own)
        starts = {*own, *gates, *self._everywhere}
        if not own:  # nothing is known of it
            starts |= {piece for name in self._check_files for piece in self._whole(name)}
        pieces = self._closure(starts)
        words = frozenset(w for piece in pieces for w in self._statement(piece).words)
        computed = any(self._computes(piece) for piece in pieces)
        modules: set[Piece] = set()
        catalogue = (self._root / FOLDERS["misconception"]).is_dir()
        if "reference" in words or catalogue:  # results are compared with theirs
            wanted = words | {unit.id for unit, each in self._manifest.tasks if each.id == task}
            for name in self._files:
                stem = PurePosixPath(name).parts[0].removesuffix(".py")
                package = "/" not in name or f"{stem}/__init__.py" in self._files
                if package and (computed or stem in wanted):
                    modules |= set(self._whole(name))
            modules = self._closure(modules)
        components = self._components(pieces, "") | self._components(modules - pieces, "reference ")
        components |= self._beside(everything=bool(_PLACES & words))
        return Reach(components, words, computed, self._packages(pieces | modules))

    # Tests, tasks and gates

    @cached_property
    def _check_files(self) -> list[str]:
        configured = any(
            b"python_files" in (self._root / name).read_bytes()
            for name in _CONFIGURATION
            if (self._root / name).is_file()
        )
        return [name for name in self._files if configured or _is_check_file(name)]

    @cached_property
    def _tests(self) -> Mapping[Piece, Marks]:
        """Every test, with what its marks say."""
        found = {}
        for name in self._check_files:
            for number, statement in enumerate(self._source(name).statements):
                if statement.test or "task" in statement.words:
                    marked = [self._statement(p) for p in self._closure({(name, number)})]
                    others = [s for s in marked if s is statement or not s.test]
                    marks = _marks(s.node for s in others if "task" in s.words)
                    if statement.test or marks.tasks is None or marks.tasks:
                        found[name, number] = marks
        return found

    def _gates(self, task: str, own: Sequence[Piece]) -> set[Piece]:
        """The gate checks that must pass before the task's own say anything."""
        found: set[Piece] = set()
        waiting = [(task, list(own))]
        seen: set[str] = set()
        while waiting:
            name, tests = waiting.pop()
            depends: set[str] | None = set(self._manifest.task(name).depends)
            for test in tests:
                more = self._tests[test].depends
                depends = None if depends is None or more is None else depends | more
            for other in self._manifest.task_ids():
                if other != name and other not in seen and (depends is None or other in depends):
                    seen.add(other)
                    gates = [
                        test
                        for test, marks in self._tests.items()
                        if marks.gate and _may_be(other, marks.tasks)
                    ]
                    found |= set(gates)
                    waiting.append((other, gates))
        return found

    def blockers(self, task: str) -> set[str]:
        """Ids of the tasks whose gate checks can keep this one from being checked."""
        found: set[str] = set()
        waiting = {task}
        while waiting:
            name = waiting.pop()
            for test, marks in self._tests.items():
                if _may_be(name, marks.tasks):
                    depends = self._tests[test].depends
                    more = set(self._manifest.task_ids() if depends is None else depends)
                    waiting |= more - found
                    found |= more
            more = set(self._manifest.task(name).depends)
            waiting |= more - found
            found |= more
        return found - {task}

    # From one statement to others

    @cached_property
    def _everywhere(self) -> set[Piece]:
        """Statements that do something as soon as pytest has loaded the checks."""
        found: set[Piece] = set()
        waiting = {*self._check_files, *self._conftests}
        loaded: set[str] = set()
        while waiting:
            name = waiting.pop()
            loaded.add(name)
            for number, statement in enumerate(self._source(name).statements):
                hook = name in self._conftests and statement.label.startswith("pytest_")
                if statement.everywhere or hook:
                    found.add((name, number))
                imported = (self._imported(wanted) for wanted in statement.imports)
                waiting |= {file for pieces in imported for file, _ in pieces} - loaded
        return found

    @cached_property
    def _conftests(self) -> list[str]:
        return [name for name in self._files if PurePosixPath(name).name == "conftest.py"]

    def _closure(self, starts: Iterable[Piece]) -> set[Piece]:
        found: set[Piece] = set()
        waiting = set(starts)
        while waiting:
            piece = waiting.pop()
            found.add(piece)
            waiting |= self._next(piece) - found
        return found

    def _next(self, piece: Piece) -> frozenset[Piece]:
        """What a statement mentions."""
        if piece not in self._reached:
            name, _ = piece
            statement = self._statement(piece)
            found = set(self._named(name, statement.words))
            for conftest in self._conftests:
                if name.startswith(conftest.removesuffix("conftest.py")):
                    found |= self._named(conftest, statement.words)
            for each in statement.imports:
                found |= self._imported(each)
            self._reached[piece] = frozenset(found)
        return self._reached[piece]

    def _named(self, name: str, words: frozenset[str]) -> set[Piece]:
        """Statements of a file that define one of some names, and those that always matter."""
        if name not in self._definers:
            self._definers[name] = _definers(self._source(name))
        definers = self._definers[name]
        found = set(definers[""])
        for word in definers.keys() & words:
            found |= definers[word]
        return found

    def _imported(self, wanted: Import) -> set[Piece]:
        """What of the solution an import may bring in."""
        found: set[Piece] = set()
        parts = wanted.module.split(".") if wanted.module else []
        for end in range(1, len(parts) + 1):  # a.b.c runs a/__init__.py and a/b/__init__.py, too
            for name in self._called(".".join(parts[:end])):
                if end == len(parts) and wanted.names is not None:
                    found |= self._named(name, frozenset(wanted.names))
                else:
                    found |= set(self._whole(name))
        for name in wanted.names or ():
            for file in self._called(".".join([*parts, name])):
                found |= set(self._whole(file))
        return found

    def _called(self, module: str) -> list[str]:
        """Files that may be a module, from whichever folder it is imported."""
        return self._by_module.get(module, [])

    @cached_property
    def _by_module(self) -> dict[str, list[str]]:
        """Files by the dotted names that they have from each folder above them."""
        found: dict[str, list[str]] = {}
        for name in self._files:
            parts = name.removesuffix(".py").split("/")
            if parts[-1] == "__init__":
                parts.pop()
            for start in range(len(parts)):
                found.setdefault(".".join(parts[start:]), []).append(name)
        return found

    # Reading

    def _source(self, name: str) -> Source:
        if name not in self._sources:
            self._sources[name] = read_source(self._files[name], name)
        return self._sources[name]

    def _statement(self, piece: Piece) -> Statement:
        return self._source(piece[0]).statements[piece[1]]

    def _whole(self, name: str) -> Iterator[Piece]:
        return ((name, number) for number in range(len(self._source(name).statements)))

    def _computes(self, piece: Piece) -> bool:
        """Whether it asks for an attribute by a computed name, other than of a module's."""
        if "getattr" not in self._statement(piece).words:
            return False
        units = {unit.id for unit in self._manifest.units}
        for node in ast.walk(self._statement(piece).node):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "getattr"
                and not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant))
            ):
                of = node.args[0] if node.args else None
                if not (isinstance(of, ast.Attribute) and of.attr in units):
                    return True
        return False

    def _packages(self, pieces: Iterable[Piece]) -> frozenset[str]:
        found = {
            wanted.module.partition(".")[0]
            for piece in pieces
            for wanted in self._statement(piece).imports
        }
        stems = {PurePosixPath(name).stem for name in self._files}
        return frozenset(found - stems - sys.stdlib_module_names - {"", "grader"})

    # What it comes to

    def _components(self, pieces: Iterable[Piece], prefix: str) -> dict[str, str]:
        by_file: dict[str, list[int]] = {}
        for name, number in sorted(pieces):
            by_file.setdefault(name, []).append(number)
        components: dict[str, str] = {}
        for name, numbers in by_file.items():
            statements = self._source(name).statements
            if self._source(name).opaque or prefix:
                components[prefix + name] = _digest(statements[n].digest for n in numbers)
                continue
            labels = []
            for number in numbers:
                label = f"{name}::{statements[number].label}"
                labels.append(label)
                before = components.get(label, "")
                components[label] = _digest([before, statements[number].digest])
            components[f"the order in {name}"] = _digest(labels)
        return components

    def _beside(self, *, everything: bool) -> dict[str, str]:
        """Digests of what checks may read: pytest's configuration, and files that are no code."""
        if everything not in self._digests:
            self._digests[everything] = self._digested(everything=everything)
        return self._digests[everything]

    def _digested(self, *, everything: bool) -> dict[str, str]:
        places = [self._root / name for name in _CONFIGURATION]
        places += sorted((self._root if everything else self._root / "checks").rglob("*"))
        places += sorted((self._root / FOLDERS["misconception"]).rglob("*.py"))
        found = {}
        if not any((self._root / name).is_file() for name in _CONFIGURATION):
            places += self._above()
        for path in places:
            if not path.is_relative_to(self._root):
                found[f"{path.name} above"] = hashlib.sha256(path.read_bytes()).hexdigest()
                continue
            inside = path.relative_to(self._root)
            if path.is_file() and not _IGNORED & set(inside.parts):
                name = inside.as_posix()
                known = inside.parts[0] == "checks" and path.suffix in (".py", ".pyc")
                if everything or not known:
                    with path.open("rb") as stream:
                        found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        return found

    def _above(self) -> list[Path]:
        """What pytest takes its configuration from where the solution has none of its own."""
        names = (*_CONFIGURATION, "conftest.py")
        places = [folder / name for folder in self._root.resolve().parents for name in names]
        return [path for path in places if path.is_file()]


def _is_check_file(name: str) -> bool:
    stem = PurePosixPath(name).stem
    return stem.startswith("test_") or stem.endswith("_test")


def _definers(source: Source) -> dict[str, set[Piece]]:
    """Statements of a file by what they define; those that always matter under no name."""
    found: dict[str, set[Piece]] = {"": set()}
    for number, statement in enumerate(source.statements):
        free = statement.always or source.opaque
        for name in ("",) if free else statement.names:
            found.setdefault(name, set()).add((source.name, number))
    return found


def _may_be(task: str, tasks: frozenset[str] | None) -> bool:
    return tasks is None or not tasks or task in tasks


def _marks(nodes: Iterable[ast.AST]) -> Marks:
    """What calls of ``pytest.mark.task`` say together."""
    tasks: set[str] | None = set()
    depends: set[str] | None = set()
    gate = False
    for call in (part for node in nodes for part in ast.walk(node)):
        if not isinstance(call, ast.Call) or _called_name(call) != "task":
            continue
        first = call.args[0] if call.args else None
        tasks = _with(tasks, [first] if first is not None else None)
        for keyword in call.keywords:
            match keyword:
                case ast.keyword(arg="depends", value=ast.List(elts=names) | ast.Tuple(elts=names)):
                    depends = _with(depends, names)
                case ast.keyword(arg="depends"):
                    depends = None
                case ast.keyword(arg="gate", value=ast.Constant(value=value)):
                    gate = gate or bool(value)
                case ast.keyword(arg="gate"):
                    gate = True
                case ast.keyword(arg=None):
                    depends, gate = None, True
    return Marks(_frozen(tasks), _frozen(depends), gate)


def _with(names: set[str] | None, nodes: Sequence[ast.expr] | None) -> set[str] | None:
    """Names and the constants of some nodes; None where one is computed."""
    if names is None or nodes is None:
        return None
    values = [node.value if isinstance(node, ast.Constant) else None for node in nodes]
    return names | {v for v in values if isinstance(v, str)} if None not in values else None


def _frozen(names: set[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


def _called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
