"""Which top-level code of a notebook is taken along: definitions, imports and simple values.

A simple value is cheap and has no effect besides its name: literals, arithmetic, constructors of
the standard library, of arrays, devices and layers. Training, plotting, reading of files and calls
of the student's own functions are not: a cell is never run for its own sake. Simple values are
computed where the rest of the submission runs, in the sandbox and within its limits.
"""

import ast
import re
from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BUILTINS: Final = _words(
    "abs bool bytes complex dict divmod enumerate float frozenset int isinstance len list max min "
    "object pow range reversed round set slice sorted str sum tuple type zip"
)
_PURE: Final = re.compile(
    r"(?:math|cmath|functools|itertools|collections|typing|typing_extensions|types|dataclasses"
    r"|enum|operator|string|fractions|decimal|numbers|datetime)\.[\w.]+"
    r"|pathlib\.(?:Pure\w*)?Path(?:\.cwd|\.home)?|re\.compile|random\.Random|logging\.getLogger"
    r"|os\.(?:getcwd|cpu_count|environ\.get|getenv|path\.\w+)"
    r"|torch\.(?:device|Size|Generator|tensor|as_tensor|zeros|ones|full|eye|arange|linspace"
    r"|logspace|finfo|iinfo|get_default_dtype|sqrt|exp|log|stack|cat)"
    r"|torch\.(?:backends\.)?(?:cuda|mps|xpu|mkl|cudnn)\.(?:is_available|device_count)"
    r"|torch\.accelerator\.(?:is_available|current_accelerator|device_count)"
    r"|torch\.nn\.(?:parameter\.)?[A-Z]\w*"
    r"|torchvision\.transforms\.(?:v2\.)?[A-Z]\w*"
    r"|numpy\.(?:array|asarray|zeros|ones|full|eye|arange|linspace|logspace|dtype|finfo|iinfo"
    r"|sqrt|exp|log|float\d+|int\d+|uint\d+|bool_|random\.(?:default_rng|RandomState|Generator))"
)
_METHODS: Final = _words(
    "absolute as_posix astype casefold clone copy count double encode endswith expanduser float "
    "format get half index int item items join joinpath keys long lower lstrip replace reshape "
    "resolve rstrip split splitlines startswith strip title to tolist union unsqueeze upper values "
    "view with_name with_suffix"
)
_EXPRESSIONS: Final = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Tuple,
    ast.List, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.JoinedStr, ast.FormattedValue, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.NamedExpr, ast.Call, ast.Lambda,
    ast.comprehension, ast.keyword, ast.expr_context, ast.operator, ast.unaryop, ast.boolop,
    ast.cmpop,
)  # fmt: skip
DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS: Final = (ast.Import, ast.ImportFrom)


def imported(statement: ast.stmt) -> dict[str, str]:
    """What names an import makes, and what they stand for, such as ``torch.nn`` for ``nn``."""
    if isinstance(statement, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
            for alias in statement.names
        }
    if isinstance(statement, ast.ImportFrom) and not statement.level:
        return {
            alias.asname or alias.name: f"{statement.module}.{alias.name}"
            for alias in statement.names
        }
    return {}


def is_record(statement: ast.stmt) -> bool:
    """Whether a class only holds values: a data class, a named tuple, an enumeration."""
    if not isinstance(statement, ast.ClassDef):
        return False
    words = [*statement.decorator_list, *statement.bases]
    names = {_last(word.func if isinstance(word, ast.Call) else word) for word in words}
    plain = not any(isinstance(n, DEFINITIONS) and "init" in n.name for n in statement.body)
    return plain and bool(names & {"dataclass", "NamedTuple", "Enum", "IntEnum", "StrEnum"})


def is_simple(statement: ast.stmt, known: Mapping[str, str]) -> bool:
    """Whether a statement only defines, imports, or gives names to simple values.

    Parameters
    ----------
    statement
        At the top level of a cell.
    known
        What imported names stand for; a record class of the student's own stands for ``types.X``.
    """
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return all(map(_is_target, targets)) and _is_cheap(value, known)
        case ast.AnnAssign(target=target, value=value):
            return _is_target(target) and (value is None or _is_cheap(value, known))
        case ast.AugAssign(target=ast.Name(), value=value):
            return _is_cheap(value, known)
        case ast.If(test=test, body=body, orelse=orelse):
            inner = [*body, *orelse]
            return _is_cheap(test, known) and all(is_simple(part, known) for part in inner)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            inner = [*body, *orelse, *final, *(part for h in handlers for part in h.body)]
            return all(is_simple(part, known) for part in inner)
    return type(statement).__name__ == "TypeAlias"  # Python 3.12


def _is_target(node: ast.expr) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(map(_is_target, parts))
        case ast.Attribute(value=ast.Name()) | ast.Subscript(value=ast.Name()):
            return True
    return False


def _is_cheap(expression: ast.expr, known: Mapping[str, str]) -> bool:
    waiting: list[ast.AST] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            waiting += [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
            continue  # its body runs later, if ever
        if not isinstance(node, _EXPRESSIONS):
            return False
        if isinstance(node, ast.Call) and not _is_cheap_call(node.func, known):
            return False
        waiting += ast.iter_child_nodes(node)
    return True


def _is_cheap_call(function: ast.expr, known: Mapping[str, str]) -> bool:
    if isinstance(function, ast.Name) and function.id not in known:
        return function.id in _BUILTINS
    dotted = _dotted(function)
    root, _, rest = dotted.partition(".") if dotted else ("", "", "")
    if root in known:
        full = f"{known[root]}.{rest}" if rest else known[root]
        if _PURE.fullmatch(full):
            return True
        if not rest or rest.partition(".")[0] not in _METHODS:
            return False
    return isinstance(function, ast.Attribute) and function.attr in _METHODS


def _dotted(node: ast.expr) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
