"""Names for things that stay beside a student's code; this module loads nothing heavy."""


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
