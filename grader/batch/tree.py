"""One view of what a folder or an archive holds, so that nothing is ever unpacked to look."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from grader.batch.names import UnsafeNameError, clean_path, clutter_in

MIB: Final = 2**20
MAX_ENTRIES: Final = 5_000
"""Files and folders one submission may have, clutter aside."""
MAX_LISTED: Final = 200_000
"""Files and folders one archive or path may list, clutter and all."""
MAX_BYTES: Final = 200 * MIB
"""What one submission may unpack to; for files that are left out by size, nothing is unpacked."""
MAX_RATIO: Final = 200
"""How far an archive may shrink what it holds, once that is more than ``RATIO_FROM`` bytes."""
RATIO_FROM: Final = 10 * MIB
MAX_FILE_BYTES: Final = MIB
"""Of one file that is laid out for grading; larger ones are left out."""
MAX_ARCHIVE_BYTES: Final = MAX_BYTES
"""Of an archive inside a submission or download."""

CLUTTER: Final = "no part of a submission"
LINK: Final = "links are not followed"
SPECIAL: Final = "neither file nor folder"


class UnreadableError(Exception):
    """A file or archive cannot be read; the message says why, without naming it."""


@dataclass(frozen=True, slots=True)
class File:
    """A regular file in a folder or archive."""

    name: str
    """The path inside, with ``/``, in NFC; never leads out."""
    size: int
    """Bytes, as declared."""
    read: Callable[[int], bytes]
    """Read it, if it has at most that many bytes; raises :class:`UnreadableError`."""
    packed: int | None = None
    """Bytes it takes in the archive, where that is known."""

    @property
    def base(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The name of the folder it lies in; empty at the top."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is there and is not taken, with the reason."""

    name: str
    reason: str


@dataclass(slots=True)
class Tree:
    """Files and folders below one place. Names may repeat: archives can do that."""

    files: list[File] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)
    _clutter: set[str] = field(default_factory=set)

    def admit(self, raw: str) -> str | None:
        """Clean the path of an entry; note and refuse it if it is unsafe or clutter."""
        try:
            name = clean_path(raw)
        except UnsafeNameError as reason:
            self.left_out.append(LeftOut(raw, str(reason)))
            return None
        clutter = clutter_in(name)
        if clutter is not None:
            if clutter not in self._clutter:
                self._clutter.add(clutter)
                self.left_out.append(LeftOut(clutter, CLUTTER))
            return None
        return name

    def add(self, file: File) -> None:
        """Add a file, and the folders it lies in."""
        self.files.append(file)
        self.add_folder(file.folder)

    def add_folder(self, name: str) -> None:
        """Add a folder, and those it lies in; UnreadableError if that gets out of hand."""
        while name and name not in self.folders:
            self.folders.add(name)
            name = name.rpartition("/")[0]
        if len(self.folders) > MAX_LISTED:
            raise UnreadableError(f"it holds more than {MAX_LISTED:,} folders")

    def top_files(self) -> list[File]:
        """Files that lie directly at the top, by name."""
        return sorted((f for f in self.files if "/" not in f.name), key=lambda f: f.name)

    def top_folders(self) -> list[str]:
        """Names of folders directly at the top, sorted."""
        return sorted(name for name in self.folders if "/" not in name)

    def split(self) -> dict[str, "Tree"]:
        """What lies in each of the folders at the top, with names from there."""
        parts = {name: Tree() for name in self.top_folders()}
        for file in self.files:
            top, slash, name = file.name.partition("/")
            if slash:
                parts[top].files.append(File(name, file.size, file.read, file.packed))
        for folder in self.folders:
            top, slash, name = folder.partition("/")
            if slash:
                parts[top].folders.add(name)
        for item in self.left_out:
            top, slash, name = item.name.partition("/")
            if slash and top in parts:
                parts[top].left_out.append(LeftOut(name, item.reason))
        return parts

    def graft(self, folder: str, other: "Tree") -> None:
        """Add everything of another tree below a folder."""
        for file in other.files:
            self.add(File(f"{folder}/{file.name}", file.size, file.read, file.packed))
        for name in other.folders:
            self.add_folder(f"{folder}/{name}")
        self.left_out += [LeftOut(f"{folder}/{x.name}", x.reason) for x in other.left_out]

    def excess(self) -> str | None:
        """Which limit the tree is beyond, as a sentence; None if none."""
        if len(self.files) + len(self.folders) > MAX_ENTRIES:
            return f"it holds more than {MAX_ENTRIES:,} files and folders; hand in your work alone"
        size = sum(file.size for file in self.files)
        packed = [(file.size, file.packed) for file in self.files if file.packed is not None]
        unpacked, taken = sum(s for s, _ in packed), sum(p for _, p in packed)
        if unpacked > RATIO_FROM and unpacked > MAX_RATIO * taken:
            return (
                f"it unpacks to {unpacked / MIB:,.0f} MiB, more than {MAX_RATIO} times its size, "
                "as archives made to do harm do"
            )
        size = sum(file.size for file in self.files if file.size <= MAX_FILE_BYTES)
        if size > MAX_BYTES:
            return f"it holds {size / MIB:,.0f} MiB of files; {MAX_BYTES // MIB} MiB are allowed"
        return None
