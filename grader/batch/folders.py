"""Views a folder on disk as a tree, without following links."""

import functools
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Final

from grader.batch.names import shown
from grader.batch.submission import IntakeError
from grader.batch.tree import (
    LINK,
    MAX_ENTRIES,
    MAX_LISTED,
    SPECIAL,
    File,
    LeftOut,
    Tree,
    UnreadableError,
)

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe that takes a file's place must not hold us up
    | getattr(os, "O_BINARY", 0)
)


def read_file(path: Path | str, most: int) -> bytes:
    """Read a regular file of at most that many bytes.

    Raises
    ------
    UnreadableError
        It is not there, a link, no regular file, too large, or not readable.
    """
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnreadableError(f"it is {SPECIAL}")
            content = file.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"it cannot be read ({error.strerror})") from error
    if len(content) > most:
        raise UnreadableError(f"it has more than {most:,} bytes")
    return content


def walk(root: Path) -> Tree:
    """List a folder. A part of it with far too many entries is not listed to its end.

    Raises
    ------
    IntakeError
        The folder itself cannot be listed, or holds more than a class does.
    """
    tree = Tree()
    seen: Counter[str] = Counter()
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        part = "/".join(folder.split("/")[:2])  # a submission, or a folder in a submission
        try:
            with os.scandir(root / folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise IntakeError(
                    f"{shown(str(root))}: cannot be listed ({error.strerror})"
                ) from error
            tree.left_out.append(LeftOut(folder, f"cannot be listed ({error.strerror})"))
            continue
        for entry in entries:
            if _enter(tree, folder, entry):
                waiting.append(f"{folder}/{entry.name}" if folder else entry.name)
        seen[part] += len(entries)
        if folder and seen[part] > MAX_ENTRIES:
            waiting = [name for name in waiting if not (name + "/").startswith(part + "/")]
        if seen.total() > MAX_LISTED:
            raise IntakeError(
                f"{root}: holds more than {MAX_LISTED:,} files; name the right folder"
            )
    return tree


def _enter(tree: Tree, folder: str, entry: "os.DirEntry[str]") -> bool:
    """Note one entry; whether it is a folder to look into."""
    raw = f"{folder}/{entry.name}" if folder else entry.name
    name = tree.admit(raw)
    if name is None:
        return False
    if entry.is_symlink():
        tree.left_out.append(LeftOut(name, LINK))
    elif entry.is_dir(follow_symlinks=False):
        tree.add_folder(name)
        return True
    elif entry.is_file(follow_symlinks=False):
        try:
            size = entry.stat(follow_symlinks=False).st_size
        except OSError:
            size = 0  # gone since; reading it will say so
        tree.add(File(name, size, functools.partial(read_file, entry.path)))
    else:
        tree.left_out.append(LeftOut(name, SPECIAL))
    return False
