"""The top-level statements of a notebook: what each gives a name to, and what it needs.

Names are read off compiled code, which knows what is local and what is not; nothing is executed.
"""

import __future__

import ast
import dis
import inspect
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType
from typing import Final

from grader.batch.ipynb.magics import Code, to_python
from grader.batch.ipynb.read import Cell, Notebook, NotebookError
from grader.batch.ipynb.simple import DEFINITIONS, IMPORTS, imported, is_record, is_simple

MAX_STATEMENTS: Final = 10_000
"""At the top level of all cells."""
_LOADS: Final = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
_STORES: Final = ("STORE_NAME", "STORE_GLOBAL")
_AT_ONCE: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_OURS: Final = ("setup", "check")
"""Roles of cells whose magics belong to the assignment."""
_DEFINES: Final = re.compile(r"^(?:async\s+)?(?:def|class)\s+([A-Za-z_]\w*)", re.MULTILINE)


@dataclass(eq=False)
class Statement:
    """One statement, or several that share a line."""

    cell: Cell
    lines: list[str]
    """The comments before it, and the statement."""
    first: int
    """The number of the first of these lines in the cell."""
    simple: bool
    """Whether it is a definition, an import or a simple value, which grading takes."""
    is_import: bool = False
    star: bool = False
    """Whether it imports ``*``."""
    sources: frozenset[str] = frozenset()
    """Modules it imports from, by the first part of their names."""
    binds: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    """Names it needs when it is executed."""
    later: set[str] = field(default_factory=set)
    """Names that its functions need when they are called."""
    soft: set[str] = field(default_factory=set)
    """Names it may leave as they were, as a branch does."""
    touches: set[str] = field(default_factory=set)
    """Names whose attributes or items it sets."""


@dataclass(frozen=True)
class Broken:
    """A cell that is no Python, and what it would have defined."""

    cell: Cell
    line: int
    message: str
    names: tuple[str, ...]


@dataclass
class Listing:
    """All statements of a notebook in order, and what could not be read."""

    statements: list[Statement] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    magic: list[Cell] = field(default_factory=list)
    """Cells with magics and shell lines, which were skipped."""
    writes: list[Cell] = field(default_factory=list)
    """Cells that would write a file."""
    lost: dict[str, Cell] = field(default_factory=dict)
    """Names that a skipped line would have made."""
    future: set[str] = field(default_factory=set)
    """Names imported from ``__future__``."""


def list_statements(notebook: Notebook) -> Listing:
    """Take a notebook's code cells apart.

    Raises
    ------
    NotebookError
        There are far too many statements.
    """
    listing = Listing()
    parts: list[tuple[Cell, Code]] = []
    known: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        if cell.too_long:
            listing.broken.append(Broken(cell, 1, "the cell is too long to be read", ()))
            continue
        code = to_python(cell.source)
        if code.skipped and cell.role not in _OURS:
            listing.magic.append(cell)
            listing.lost |= dict.fromkeys(code.lost, cell)
            if re.match(r"%%(writefile|file)\b", code.skipped[0]):
                listing.writes.append(cell)
        if code.error is not None:
            names = tuple(dict.fromkeys(_DEFINES.findall(cell.source)))
            listing.broken.append(Broken(cell, code.error_line, code.error, names))
            continue
        parts.append((cell, code))
        for node in code.tree.body:
            known |= imported(node)
            if isinstance(node, ast.ClassDef) and is_record(node):
                known[node.name] = f"types.{node.name}"
    if sum(len(code.tree.body) for _, code in parts) > MAX_STATEMENTS:
        raise NotebookError(f"it has more than {MAX_STATEMENTS:,} statements outside of functions")
    for cell, code in parts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                listing.statements += _of_cell(cell, code, known, listing)
        except SyntaxError as error:  # such as a break outside a loop
            names = tuple(dict.fromkeys(_DEFINES.findall(cell.source)))
            message = error.msg or "invalid syntax"
            listing.broken.append(Broken(cell, error.lineno or 1, message, names))
        except (RecursionError, MemoryError, ValueError):
            names = tuple(dict.fromkeys(_DEFINES.findall(cell.source)))
            listing.broken.append(Broken(cell, 1, "it is nested too deeply", names))
    listing.broken.sort(key=lambda broken: broken.cell.number)
    return listing


def _of_cell(cell: Cell, code: Code, known: dict[str, str], listing: Listing) -> list[Statement]:
    end = 0
    found: list[Statement] = []
    for nodes in _sharing_lines(code.tree.body):
        first, last = _start(nodes[0]), nodes[-1].end_lineno or nodes[-1].lineno
        future = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
        names = {alias.name for node in future for alias in node.names}
        if not names <= set(__future__.all_feature_names):
            raise SyntaxError("there is no such feature in the future", ("", first, 0, ""))
        listing.future |= names
        if not future:
            statement = _statement(nodes, known, cell)
            statement.first = end + 1
            statement.lines = code.lines[end:last]
            found.append(statement)
        end = max(last, first)
    return found


def _sharing_lines(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    group: list[ast.stmt] = []
    for node in body:
        if group and _start(node) > (group[-1].end_lineno or group[-1].lineno):
            yield group
            group = []
        group.append(node)
    if group:
        yield group


def _start(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _statement(nodes: list[ast.stmt], known: dict[str, str], cell: Cell) -> Statement:
    statement = Statement(
        cell=cell,
        lines=[],
        first=1,
        simple=all(is_simple(node, known) for node in nodes),
        is_import=all(isinstance(node, IMPORTS) for node in nodes),
    )
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(ast.Module(nodes, []), "<cell>", "exec", flags, dont_inherit=True)
    _read_names(code, statement)
    sources = set()
    for node in nodes:
        if isinstance(node, ast.If | ast.Try):
            statement.soft |= statement.binds
        if isinstance(node, ast.Assign | ast.AnnAssign):
            statement.touches |= _touched(node)
        if isinstance(node, ast.Import):
            sources |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            sources.add((node.module or "").partition(".")[0])
            statement.star |= any(alias.name == "*" for alias in node.names)
    statement.sources = frozenset(sources)
    return statement


def _touched(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {
        target.value.id
        for target in targets
        if isinstance(target, ast.Attribute | ast.Subscript) and isinstance(target.value, ast.Name)
    }


def _read_names(code: CodeType, statement: Statement) -> None:
    waiting = [(code, False)]
    while waiting:
        part, deferred = waiting.pop()
        loads, stores = global_names(part)
        if part is code:
            statement.binds |= stores - {"__doc__", "__annotations__"}
        elif not part.co_flags & inspect.CO_OPTIMIZED:
            loads -= stores  # names of a class body's own
        (statement.later if deferred else statement.now).update(loads)
        for constant in part.co_consts:
            if isinstance(constant, CodeType):
                at_once = constant.co_name in _AT_ONCE or not (
                    constant.co_flags & inspect.CO_OPTIMIZED
                )
                waiting.append((constant, deferred or not at_once))


_NAMED: Final = {
    dis.opmap[name]: (name in _LOADS, 1 if name == "LOAD_GLOBAL" else 0)
    for name in (*_LOADS, *_STORES)
    if name in dis.opmap
}
"""By operation: whether it loads, and by how many bits its argument is shifted."""


def global_names(code: CodeType) -> tuple[set[str], set[str]]:
    """Names that are not local and that code itself loads and stores.

    The same as from :func:`dis.get_instructions`, in a tenth of its time.
    """
    loads, stores = set[str](), set[str]()
    content, names = code.co_code, code.co_names
    extended = 0
    for operation, low in zip(content[::2], content[1::2], strict=True):
        if operation == dis.EXTENDED_ARG:
            extended = (extended | low) << 8
            continue
        if operation in _NAMED:
            is_load, shift = _NAMED[operation]
            (loads if is_load else stores).add(names[(extended | low) >> shift])
        extended = 0
    return loads, stores
