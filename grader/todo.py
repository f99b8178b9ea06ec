"""Which TODOs of a stub still stand in a student's module."""

import ast
import warnings


def unfinished(source: str | bytes) -> set[str]:
    """Tasks of which a TODO still stands in a module's source; none where it is not Python.

    A TODO that names no task gives an empty name.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # of the student's text, not of ours
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Raise(
                exc=ast.Call(
                    func=ast.Name(id="NotImplementedError"),
                    args=[ast.Constant(value=str(said))],
                    keywords=[],
                )
            ) if said.startswith("TODO "):
                found.add(said.split()[1] if said.split()[1:] else "")
    return found
