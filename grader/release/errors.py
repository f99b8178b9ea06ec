"""The one exception that making a release raises on purpose."""


class ReleaseError(Exception):
    """The solution cannot be released as it is; the message names the place and the fix."""


def at(path: str, line: int, message: str) -> ReleaseError:
    """Make the error for one line of a file, written as editors read it: ``file:line: ...``."""
    return ReleaseError(f"{path}:{line}: {message}")
