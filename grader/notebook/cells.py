"""Cuts a stub into what becomes the code cells of its notebook.

One after the other, the pieces are the stub again: no line is lost, none is said twice.
"""

import ast
import io
import tokenize
from collections.abc import Callable
from dataclasses import dataclass

from grader.release.stub import Stub


@dataclass(frozen=True)
class Piece:
    """Consecutive statements of a module, with the comments above them.

    ``tasks`` holds the ids of the tasks whose TODO stands in it; where there is none, the code is
    given. ``names`` are those that it binds.
    """

    source: str
    tasks: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def docstring(self) -> str | None:
        """The text of a piece that is nothing but a module's docstring."""
        body = ast.parse(self.source).body
        return ast.get_docstring(ast.parse(self.source)) if len(body) == 1 else None


@dataclass
class _Span:
    first: int
    last: int
    tasks: tuple[str, ...]
    names: tuple[str, ...]


def pieces(stub: Stub) -> list[Piece]:
    """Cut a stub: each statement with a TODO is a piece, and so is all given code between two."""
    text = _text(stub.content)
    lines = text.split("\n")
    spans = sorted(_statements(text) + _regions(stub), key=lambda span: (span.first, span.last))
    whole = _merged(spans, lambda before, span: span.first <= before.last)
    merged = _merged(whole, lambda before, span: not before.tasks and not span.tasks)
    found = []
    done = 0
    for index, span in enumerate(merged):
        last = len(lines) if index == len(merged) - 1 else span.last
        source = "\n".join(lines[done:last]).strip("\n")
        found.append(Piece(source, span.tasks, span.names))
        done = last
    return found


def _merged(spans: list[_Span], together: Callable[[_Span, _Span], bool]) -> list[_Span]:
    """Spans in order, each made one with the one before it where they belong together."""
    found: list[_Span] = []
    for span in spans:
        if found and together(found[-1], span):
            before = found[-1]
            before.last = max(before.last, span.last)
            before.tasks = tuple(dict.fromkeys(before.tasks + span.tasks))
            before.names = tuple(dict.fromkeys(before.names + span.names))
        else:
            found.append(span)
    return found


def _text(content: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding).replace("\r\n", "\n")


def _statements(text: str) -> list[_Span]:
    spans = []
    for node in ast.parse(text).body:
        decorators = [item.lineno for item in getattr(node, "decorator_list", [])]
        first = min([node.lineno, *decorators])
        spans.append(_Span(first, node.end_lineno or first, (), tuple(_names(node))))
    return spans


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    stores = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return [n.id for n in stores if isinstance(n.ctx, ast.Store)]


def _regions(stub: Stub) -> list[_Span]:
    spans = []
    for region in stub.regions:
        inside = [
            line
            for line, origin in enumerate(stub.origin, start=1)
            if region.first <= origin <= region.last
        ]
        spans.append(_Span(inside[0], inside[-1], (region.task,), ()))
    return spans
