"""Names of files: which are safe, which are clutter, how they are shown, and ids made of them."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

MAX_PART_BYTES: Final = 255
"""What common file systems allow for one name."""
MAX_PATH_BYTES: Final = 1000
MAX_ID: Final = 60
MAX_SHOWN: Final = 160
"""Characters of a name, or of a path, that a message shows."""

_CLUTTER: Final = frozenset(
    {
        "__macosx",
        "__pycache__",
        "desktop.ini",
        "node_modules",
        "site-packages",
        "thumbs.db",
        "venv",
    }
)
_SHOWN_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WINDOWS: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


class UnsafeNameError(ValueError):
    """A path inside a folder or archive leads out of it; the message is the reason."""


def shown(name: str) -> str:
    """Quote a name for a message: cut if long, control characters and direction marks escaped."""
    text = "".join(
        c.encode("unicode_escape").decode("ascii")
        if unicodedata.category(c) in _SHOWN_ESCAPED
        else c
        for c in name[:MAX_SHOWN]
    )
    return f"'{text}{'…' if len(name) > MAX_SHOWN else ''}'"


def listed(names: Iterable[str], most: int = 4) -> str:
    """Show names in a sentence, the first few of them: ``'a', 'b' and 7 more``."""
    every = list(names)
    text = ", ".join(shown(name) for name in every[:most])
    return f"{text} and {len(every) - most} more" if len(every) > most else text


def clean_path(raw: str) -> str:
    """Bring a path inside an archive or folder to one form: parts joined by ``/``, in NFC.

    Raises
    ------
    UnsafeNameError
        It is absolute, names a drive, climbs with ``..``, is empty or far too long.
    """
    if len(raw) > MAX_PATH_BYTES:
        raise UnsafeNameError("a name that is too long")
    path = unicodedata.normalize("NFC", raw)
    if path.startswith("/") or re.match(r"[A-Za-z]:/", path):
        raise UnsafeNameError("an absolute path, which would lead out of the submission")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise UnsafeNameError("a path with '..', which would lead out of the submission")
    if not parts:
        raise UnsafeNameError("an empty name")
    return "/".join(parts)


def is_clutter(part: str) -> bool:
    """Whether tools or systems leave such files and folders behind: hidden, caches, packages."""
    name = part.casefold()
    return name.startswith(".") or name in _CLUTTER or name.endswith((".pyc", ".egg-info"))


def clutter_in(path: str) -> str | None:
    """The part of a path that is clutter, as the path up to there; None if none is."""
    parts = path.split("/")
    for end, part in enumerate(parts, 1):
        if is_clutter(part):
            return "/".join(parts[:end])
    return None


def why_unwritable(path: str) -> str | None:
    """Why a file of that path is not laid out for grading; None if it can be."""
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _BIDI for c in path):
        return "control characters, direction marks or broken characters in the name"
    encoded = path.encode()
    if len(encoded) > MAX_PATH_BYTES or any(
        len(part) > MAX_PART_BYTES for part in encoded.split(b"/")
    ):
        return "a name that is too long"
    return None


def slug(text: str) -> str:
    """Make an id of a name: lower-case ASCII, digits, ``-`` and ``_``, at most 60 characters.

    Where letters get lost (other scripts, or a long name), a hash of the whole name is added, so
    that two such names do not become the same.
    """
    whole = unicodedata.normalize("NFC", text)
    plain = unicodedata.normalize("NFKD", whole)
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    lost = any(ord(c) > 127 and c.isalnum() for c in ascii_only)
    words = re.sub(r"[^a-z0-9_]+", "-", ascii_only.lower()).strip("-_")
    if len(words) > MAX_ID or lost or not words or _WINDOWS.fullmatch(words):
        return with_hash(words or "submission", whole)
    return words


def with_hash(words: str, key: str) -> str:
    """Add eight hexadecimal digits of the hash of ``key``, within the length of an id."""
    digits = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{words[: MAX_ID - 9].rstrip('-_')}-{digits}"
