"""Names for things that stay beside a student's code; this module loads nothing heavy."""

from collections.abc import Callable
from typing import Any


class Handle:
    """Names an object that stays beside the student's code."""

    __slots__ = ("id", "kind")

    def __init__(self, id: int, kind: str) -> None:
        self.id = id
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Target:
    """Something to act on: a module by name or an object by handle, then attributes of it."""

    __slots__ = ("path", "root")

    def __init__(self, root: str | int, path: tuple[str, ...] = ()) -> None:
        self.root = root
        self.path = path

    def __repr__(self) -> str:
        return ".".join((str(self.root), *self.path))


def replace_handles(value: Any, new: Callable[[Handle], Any]) -> Any:
    """Plain data with another thing for each handle in it."""
    kind = type(value)
    if kind is Handle:
        return new(value)
    if kind is list or kind is tuple:
        return kind(replace_handles(item, new) for item in value)
    if kind is dict:
        return {key: replace_handles(item, new) for key, item in value.items()}
    return value
