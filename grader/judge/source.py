"""What can be read off a submission's files without running them."""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

_IGNORED = {"__pycache__", ".pytest_cache", ".git", ".venv", ".ipynb_checkpoints"}


def untouched_tasks(folder: Path, modules: Iterable[str]) -> frozenset[str]:
    """Tasks of which a TODO still stands in the source as the stub left it.

    Parameters
    ----------
    folder
        The submission.
    modules
        File names to look into; a missing file or one that is not Python has no TODO.
    """
    found: set[str] = set()
    for name in modules:
        try:
            tree = ast.parse((folder / name).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Call)
                and isinstance(node.exc.func, ast.Name)
                and node.exc.func.id == "NotImplementedError"
                and len(node.exc.args) == 1
                and isinstance(node.exc.args[0], ast.Constant)
                and isinstance(text := node.exc.args[0].value, str)
                and text.startswith("TODO ")
            ):
                found.add(text.removeprefix("TODO ").split()[0] if text.split()[1:] else "")
    return frozenset(found)


def digest(folder: Path, patterns: Iterable[str]) -> str:
    """SHA-256 over the relative names and bytes of a folder's files, in sorted order."""
    files = {
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_file() and not _IGNORED & set(path.relative_to(folder).parts)
    }
    total = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
