"""Texts of Python modules put together: definitions that take the place of others.

Where several variants change one definition, their changes are merged line by line, as version
control does, if no two of them touch the same lines.
"""

import ast
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

_IMPORTS: Final = (ast.Import, ast.ImportFrom)
_KEPT: Final = 256
"""Texts of which it is remembered what they define."""


class VariantError(Exception):
    """A file of the catalogue cannot be used; the message names file, line and fix."""


class Source(NamedTuple):
    """A text, and its name in errors."""

    text: str
    origin: str


def splice(module: str, *variants: Source) -> str:
    """A module's text with the definitions of variants in place of its own.

    Parameters
    ----------
    module
        The module's text.
    variants
        What each does not find in the module (helpers, imports) is put before the first
        definition that is replaced.

    Raises
    ------
    VariantError
        A text does not parse, a variant replaces nothing, or two of them change the same lines.
    """
    places = definitions(parse(module, "the reference module"))
    result = module.splitlines()
    pieces: dict[str, str] = {}
    for variant in variants:
        own = _pieces(*variant)
        if not own.keys() & places.keys():
            raise VariantError(f"{variant.origin}:1: replaces nothing of the reference module")
        for name, text in own.items():
            base = _lines(result, places[name]) if name in places else None
            both = _joined(base, pieces.get(name, text), text)
            if both is None:
                raise VariantError(
                    f"{variant.origin}: changes lines of {name} that another variant changes as "
                    "well, so they cannot be combined"
                )
            pieces[name] = both
    spans = sorted((places[name], text) for name, text in pieces.items() if name in places)
    added = [text for name, text in pieces.items() if name not in places]
    for (first, last), text in reversed(spans):
        result[first - 1 : last] = text.split("\n")
    at = spans[0][0][0] - 1 if spans else 0
    result[at:at] = [line for text in added for line in text.split("\n")]
    return "\n".join(result) + "\n"


def merge(base: str, one: str, other: str) -> str | None:
    """Both of two changes to a text, by lines; None where they touch the same ones."""
    before = base.splitlines()
    changes = sorted({*_changes(before, one), *_changes(before, other)})
    for (begin, end, _), (next_begin, next_end, _) in pairwise(changes):
        if next_begin < end or (begin, end) == (next_begin, next_end):
            return None
    for begin, end, lines in reversed(changes):
        before[begin:end] = lines
    return "\n".join(before)


def _joined(base: str | None, before: str, text: str) -> str | None:
    """A definition that one variant has made another, changed by a further one as well."""
    if before == text:
        return text
    both = merge(base, before, text) if base is not None else None
    return both if both is not None and _parses(both) else None


def _changes(before: Sequence[str], after: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """Which lines became which: first, end, and the new ones."""
    lines = after.splitlines()
    matcher = SequenceMatcher(None, before, lines, autojunk=False)
    return [
        (begin, end, tuple(lines[first:last]))
        for tag, begin, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    ]


def definitions(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """First and last line of each top-level definition, decorators included."""
    return {
        name: (_first_line(node), node.end_lineno or node.lineno)
        for node in tree.body
        if (name := _name_of(node)) is not None
    }


def parse(text: str, origin: str) -> ast.Module:
    """A module's tree; VariantError, with the line, where it has none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise VariantError(
            f"{origin}:{line}: does not parse: {getattr(error, 'msg', None) or error}"
        ) from error


@lru_cache(_KEPT)
def _pieces(text: str, origin: str) -> dict[str, str]:
    """The texts of definitions by name, and of imports by themselves."""
    lines = text.splitlines()
    found = {}
    for node in parse(text, origin).body:
        piece = _lines(lines, (_first_line(node), node.end_lineno or node.lineno))
        name = _name_of(node)
        if name is not None or isinstance(node, _IMPORTS):
            found[name or piece] = piece
    return found


def _lines(lines: Sequence[str], span: tuple[int, int]) -> str:
    return "\n".join(lines[span[0] - 1 : span[1]])


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


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
