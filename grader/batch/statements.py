"""A Python file of a solution as its top-level statements: what each defines and what it mentions.

Read off the syntax alone; nothing is imported. Where the syntax leaves a doubt, a statement counts
as one that everything may depend on.
"""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

_WORD: Final = re.compile(r"\w+")
_KNOWN_DECORATORS: Final = frozenset(
    {"pytest", "dataclass", "dataclasses", "functools", "cache", "lru_cache", "wraps"}
    | {"contextmanager", "contextlib", "hypothesis", "given", "settings"}
)
"""Those that keep no list of what they decorate, by the first part of their name."""
_PYTEST_NAMES: Final = re.compile(r"pytest_\w+|pytestmark|collect_ignore\w*|(setup|teardown)\w*")
"""What pytest finds by its name."""
_OPAQUE: Final = frozenset(
    {"__builtins__", "__import__", "__init_subclass__", "builtins", "importlib", "metaclass"}
    | {"runpy", "pytest_generate_tests", "pytest_collection_modifyitems"}
)
"""Where a file says one of these, what belongs together cannot be read off it."""
_OPAQUE_NAMES: Final = frozenset({"exec", "eval", "globals", "locals", "vars"})
"""Likewise, but not where they are attributes: networks have a method ``eval``."""
_DEFINITIONS: Final = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.Import,
    ast.ImportFrom,
)


class Import(NamedTuple):
    """An import, wherever in a statement it stands."""

    module: str
    """Dotted; of a relative import what stands after the dots."""
    names: tuple[str, ...] | None
    """What is taken from it; None: all of it."""


class Statement(NamedTuple):
    """A top-level statement."""

    label: str
    """What a person calls it, such as the name of a function."""
    names: frozenset[str]
    """What it defines."""
    words: frozenset[str]
    """Every name, attribute and word of a text in it, docstrings aside."""
    imports: tuple[Import, ...]
    digest: str
    always: bool
    """Whether it may matter to everything in its file, whether it is mentioned or not."""
    everywhere: bool
    """Whether it does something when it is imported, and so may matter to other files, too."""
    test: bool
    """Whether pytest may find a test in it."""
    node: ast.stmt


class Source(NamedTuple):
    """A file."""

    name: str
    """Relative to the solution, with ``/``."""
    statements: tuple[Statement, ...]
    opaque: bool
    """Whether every statement may depend on every other."""


def read_source(path: Path, name: str) -> Source:
    """Read a file; one that is no Python is a single statement that everything depends on."""
    content = path.read_bytes()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        whole = Statement(
            label="",
            names=frozenset(),
            words=frozenset(_WORD.findall(content.decode("utf-8", "replace"))),
            imports=(),
            digest=hashlib.sha256(content).hexdigest(),
            always=True,
            everywhere=True,
            test=True,
            node=ast.Pass(),
        )
        return Source(name, (whole,), opaque=True)
    marks = {name for node in tree.body if _is_mark(node) for name in _defined(node)[0]}
    statements = [_statement(part, marks) for node in tree.body for part in _parts(node)]
    mentioned = Counter(word for statement in statements for word in statement.words)
    settled = []
    for statement in statements:
        unused = isinstance(statement.node, ast.Assign | ast.Import | ast.ImportFrom) and not any(
            mentioned[name] > 1 for name in statement.names
        )
        acts = unused and any(isinstance(part, ast.Call) for part in ast.walk(statement.node))
        settled.append(
            statement._replace(
                always=statement.always or unused,
                everywhere=statement.everywhere or acts,
            )
        )
    named = (_OPAQUE_NAMES & statement.words for statement in statements)
    opaque = any(named) and not _OPAQUE_NAMES.isdisjoint(_names(tree))
    opaque |= any(not _OPAQUE.isdisjoint(statement.words) for statement in statements)
    return Source(name, tuple(settled), opaque)


def _statement(node: ast.stmt, marks: set[str]) -> Statement:
    """A statement; `marks` are names of the file that stand for decorators of pytest's."""
    parts = list(ast.walk(node))
    names, always, test = _defined(node)
    acts = not isinstance(node, _DEFINITIONS) or _is_odd(node)
    if not always:
        always = any(
            _first_name(decorator) not in _KNOWN_DECORATORS | marks or _is_autouse(decorator)
            for decorator in getattr(node, "decorator_list", ())
        )
    return Statement(
        label=next(iter(sorted(names)), type(node).__name__.lower()),
        names=names | _fixture_names(node) | _globals(parts),
        words=frozenset(_words(node)),
        imports=tuple(_imports(node, parts)),
        digest=hashlib.sha256(ast.dump(node).encode("utf-8", "surrogatepass")).hexdigest(),
        always=always,
        everywhere=acts,
        test=test,
        node=node,
    )


def _parts(node: ast.stmt) -> list[ast.stmt]:
    """What counts as statements of their own: each name of an import; a docstring is none."""
    if isinstance(node, ast.ImportFrom):
        return [ast.ImportFrom(node.module, [alias], node.level) for alias in node.names]
    if isinstance(node, ast.Import):
        return [ast.Import([alias]) for alias in node.names]
    return [] if _is_text(node) else [node]


def _is_mark(node: ast.stmt) -> bool:
    """Whether a statement gives a name to something of pytest's, such as a mark."""
    return isinstance(node, ast.Assign) and _first_name(node.value) == "pytest"


def _defined(node: ast.stmt) -> tuple[frozenset[str], bool, bool]:
    """The names that a statement defines, whether it always matters, and whether it is a test."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        test = node.name.startswith(("test", "Test")) or "TestCase" in _words(node)
        return frozenset({node.name}), bool(_PYTEST_NAMES.fullmatch(node.name)), test
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        return frozenset(names), "*" in names, False
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in ast.walk(target)]
        names = {part.id for part in parts if isinstance(part, ast.Name)}
        found = any(_PYTEST_NAMES.fullmatch(name) for name in names)
        # A function under another name may be a test: test_x = make_test(...).
        test = any(name.startswith(("test", "Test")) for name in names)
        return frozenset(names), found or _is_odd(node), test
    inside = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    inside |= {
        part.name
        for part in ast.walk(node)
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    return frozenset(inside), True, any(name.startswith(("test", "Test")) for name in inside)


def _is_odd(node: ast.stmt) -> bool:
    """Whether an assignment changes something else than a name of the file."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    plain = ast.Name | ast.Tuple | ast.List | ast.Starred | ast.Store
    return not all(isinstance(part, plain) for target in targets for part in ast.walk(target))


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _globals(parts: Iterable[ast.AST]) -> frozenset[str]:
    """Names of the file that a function in a statement of these parts may change."""
    found = (part.names for part in parts if isinstance(part, ast.Global))
    return frozenset(name for names in found for name in names)


def _first_name(node: ast.expr) -> str:
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            node = node.value
        else:
            return ""
    return node.id


def _is_autouse(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(
        keyword.arg in ("autouse", None) for keyword in decorator.keywords
    )


def _fixture_names(node: ast.stmt) -> frozenset[str]:
    """Names that decorators give: ``@pytest.fixture(name="digits")``."""
    found = set()
    for decorator in getattr(node, "decorator_list", ()):
        for part in ast.walk(decorator):
            if (
                isinstance(part, ast.keyword)
                and part.arg == "name"
                and isinstance(part.value, ast.Constant)
                and isinstance(part.value.value, str)
            ):
                found.add(part.value.value)
    return frozenset(found)


def _words(node: ast.AST) -> Iterator[str]:
    """Every name in a tree, and the words of its texts, but not of docstrings."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if _is_text(node):
            continue
        for _, value in ast.iter_fields(node):
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    waiting.append(item)
                elif isinstance(item, str):
                    yield from _WORD.findall(item)
                elif isinstance(item, bytes):
                    yield from _WORD.findall(item.decode("latin-1"))


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _imports(node: ast.stmt, parts: Iterable[ast.AST]) -> Iterator[Import]:
    for part in parts:
        if isinstance(part, ast.Import):
            yield from (Import(alias.name, None) for alias in part.names)
        elif isinstance(part, ast.ImportFrom):
            names = tuple(alias.name for alias in part.names)
            yield Import(part.module or "", None if "*" in names else names)
    targets = getattr(node, "targets", ())
    if any(isinstance(target, ast.Name) and target.id == "pytest_plugins" for target in targets):
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield Import(part.value, None)
