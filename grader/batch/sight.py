"""Which files of a submission a task can see.

Its unit's module, the modules that its checks mention, what these mention in turn, and every file
that is no Python. Words are looked for in the text, comments included: that takes a fraction of a
millisecond a submission, and finds rather too much than too little. A module that could get at
others without naming them sees all.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from grader.batch.reach import Reach

_WORD: Final = re.compile(r"\w+")
_CODING: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)
_ANYTHING: Final = frozenset(
    {"__builtins__", "__file__", "__import__", "__loader__", "__path__", "__spec__", "builtins"}
    | {"codecs", "ctypes", "find_spec", "fromfile", "genfromtxt"}
    | {"getsource", "glob", "globals", "imp", "import_module", "importlib", "inspect", "io"}
    | {"linecache", "listdir", "loadtxt", "memmap", "modules", "os", "pathlib", "pkgutil"}
    | {"read_bytes", "read_text", "runpy", "subprocess", "sys", "tokenize", "zipimport"}
)
"""Words of a module that could read or import files without naming them."""
_CALLED: Final = (b"compile", b"eval", b"exec", b"open")
_NAMED: Final = re.compile(rb"(?<!\.)\b(?:" + b"|".join(_CALLED) + rb")\b")
"""Likewise, but not where they are attributes: networks have a method ``eval``."""


class Submitted(NamedTuple):
    """The files of a submission."""

    digests: Mapping[str, str]
    """By path, with ``/``."""
    modules: Mapping[str, frozenset[str]]
    """What each module, or package, mentions or could otherwise get at: modules, itself included,
    and what these mention in turn."""
    files: Mapping[str, tuple[str, ...]]
    """The Python files of each module."""
    others: frozenset[str]
    """Files that are no Python."""
    todo: Mapping[str, frozenset[str]]
    """The words of files in which a TODO may still stand."""


def read_submitted(folder: Path) -> Submitted:
    """Read the files of a submission."""
    digests: dict[str, str] = {}
    words: dict[str, set[str]] = {}
    files: dict[str, tuple[str, ...]] = {}
    todo: dict[str, frozenset[str]] = {}
    opaque = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        digests[name] = hashlib.sha256(content).hexdigest()
        if name.endswith(".py"):
            module = name.partition("/")[0].removesuffix(".py")
            found, clear = _words(content)
            words.setdefault(module, set()).update(found)
            files[module] = (*files.get(module, ()), name)
            opaque |= set() if clear else {module}
            if "TODO" in found:
                todo[name] = found
    mentioned = {
        module: set(files) if module in opaque else {m for m in files if m in words[module]}
        for module in files
    }
    others = frozenset(name for name in digests if not name.endswith(".py"))
    return Submitted(digests, {m: _closure(m, mentioned) for m in files}, files, others, todo)


def _closure(module: str, mentioned: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= mentioned[name] - found
    return frozenset(found)


def _words(content: bytes) -> tuple[frozenset[str], bool]:
    """The words of a file, and whether they say all that it can get at."""
    if content.isascii():
        plain, clear = content, True
        found = frozenset(plain.translate(_SPACES).decode("ascii").split())  # fast
    else:
        text = content.decode("utf-8-sig", "replace")
        clear = "\ufffd" not in text
        text = unicodedata.normalize("NFKC", text)  # as Python does with names
        plain, found = text.encode(), frozenset(_WORD.findall(text))
    clear = clear and not _CODING.search(content[:500])
    if any(name in plain for name in _CALLED):  # which is found out fast, and is seldom so
        clear = clear and not _NAMED.search(plain)
    return found, clear and _ANYTHING.isdisjoint(found)


def seen(submitted: Submitted, task: str, unit: str, reach: Reach) -> frozenset[str]:
    """Paths of the files that a task can see.

    Parameters
    ----------
    submitted
        The submission.
    task, unit
        The id of the task, and of the unit that it belongs to.
    reach
        What its checks mention.
    """
    modules: set[str] = set()
    for module, closure in submitted.modules.items():
        # A module that hides one of Python's may be imported by anything.
        named = module == unit or module in reach.words or module in _HIDDEN_BY
        if named or reach.computed:
            modules |= closure
    visible = {name for module in modules for name in submitted.files[module]}
    visible |= submitted.others
    # Where a TODO of the task still stands decides between skipped and not begun.
    visible |= {name for name, words in submitted.todo.items() if task in words}
    return frozenset(visible)


_SPACES: Final = bytes(n if chr(n).isalnum() or chr(n) == "_" else 32 for n in range(128)) + bytes(
    range(128, 256)
)
_HIDDEN_BY: Final = sys.stdlib_module_names | {"numpy", "torch", "torchvision", "matplotlib"}
