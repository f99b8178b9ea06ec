"""Views zip and tar archives as trees. They are hostile: nothing is ever unpacked to disk.

Zips are listed, and only the files that are needed are read, each up to a bound. Tars have to be
read through, so their unpacked size is bounded as a whole. What an entry is called decides nothing
about where anything is written.
"""

import bz2
import contextlib
import functools
import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, BinaryIO, Final, Literal, Protocol, Self, cast

from grader.batch.tree import (
    LINK,
    MAX_ARCHIVE_BYTES,
    MAX_BYTES,
    MAX_FILE_BYTES,
    MAX_LISTED,
    MIB,
    SPECIAL,
    File,
    LeftOut,
    Tree,
    UnreadableError,
)

FOREIGN: Final = (".rar", ".7z", ".tar.xz", ".txz", ".xz", ".tar.zst", ".gz", ".bz2")
"""Archives that are not opened."""
_TARS: Final = (".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz2")
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ENTRY: Final = b"PK\x01\x02"
_CHUNK: Final = 2**20
_DESCRIBING: Final = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
"""Members of a tar that only describe others."""
_MOST_DESCRIBED: Final = 64 * 1024
"""Bytes of one of these; a path has 4 KiB at most."""
_MOST_WORK: Final = 2**31
"""Squares of their sizes, added up: Python before 3.11.10 takes that many steps to read them where
they are made to be read slowly. Five thousand of 650 bytes are allowed."""


def archive_kind(name: str) -> Literal["zip", "tar"] | None:
    """Which kind of archive a file is by its name; None if it is none that we open."""
    name = name.lower()
    return "zip" if name.endswith(".zip") else "tar" if name.endswith(_TARS) else None


def archive_stem(name: str) -> str:
    """The name of an archive without its suffixes: ``ada`` of ``ada.tar.gz``."""
    for suffix in (".zip", *_TARS):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name


def open_archive(name: str, handle: BinaryIO, stack: ExitStack) -> Tree:
    """List an archive.

    Parameters
    ----------
    name
        Its file name, which decides how it is read.
    handle
        Its bytes; must stay open as long as files of the tree are read.
    stack
        Closes what was opened here.

    Raises
    ------
    UnreadableError
        It is damaged, of another kind, lists too much or unpacks to too much.
    """
    opener = _open_zip if archive_kind(name) == "zip" else _open_tar
    try:
        return opener(name, handle, stack)
    except UnreadableError:
        raise
    except Exception as error:  # a hostile archive can make the libraries raise anything
        raise UnreadableError(
            f"it cannot be opened as the archive its name says it is ({_said(error)}); "
            "make a new zip of your files"
        ) from error


def open_nested(file: File, stack: ExitStack) -> Tree:
    """List an archive that lies in a tree; raises :class:`UnreadableError`."""
    return open_archive(file.base, io.BytesIO(file.read(MAX_ARCHIVE_BYTES)), stack)


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _open_zip(_name: str, handle: BinaryIO, stack: ExitStack) -> Tree:
    if _count(handle, _ENTRY) > MAX_LISTED:  # before zipfile makes an object of each
        raise UnreadableError(f"it lists more than {MAX_LISTED:,} files")
    archive = stack.enter_context(zipfile.ZipFile(handle))
    tree = Tree()
    for info in archive.infolist():
        name = tree.admit(_zip_name(info))
        if name is None:
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or info.filename.endswith("\\") or stat.S_ISDIR(kind):
            tree.add_folder(name)
        elif stat.S_ISLNK(kind):
            tree.left_out.append(LeftOut(name, LINK))
        elif kind and not stat.S_ISREG(kind):
            tree.left_out.append(LeftOut(name, SPECIAL))
        else:
            reader = functools.partial(_read_zipped, archive, info)
            tree.add(File(name, info.file_size, reader, info.compress_size))
    return tree


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: macOS writes UTF-8 without saying so, Windows backslashes."""
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        with contextlib.suppress(UnicodeError):  # or it was the old code page indeed
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _count(handle: BinaryIO, mark: bytes) -> int:
    """How often ``mark`` occurs; at least as often as a zip has entries."""
    handle.seek(0)
    found, tail = 0, b""
    while chunk := handle.read(_CHUNK):
        found += (tail + chunk).count(mark)
        tail = chunk[-len(mark) + 1 :]
    handle.seek(0)
    return found


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 0x1:
        raise UnreadableError("it is encrypted; hand it in without a password")
    if info.compress_type not in _METHODS:
        raise UnreadableError("it is compressed in an unusual way; make a new, ordinary zip")
    try:
        with archive.open(info) as packed:
            content = packed.read(most + 1)
    except Exception as error:  # a hostile archive can make the library raise anything
        raise UnreadableError(f"it is damaged in the archive ({_said(error)})") from error
    if len(content) > most:
        raise UnreadableError(f"it has more than {most:,} bytes")
    return content


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Bounded:
    """A stream that ends in an error once it has given more than a submission may hold."""

    def __init__(self, stream: _Readable) -> None:
        self._stream = stream
        self._left = MAX_BYTES

    def read(self, size: int) -> bytes:
        content = self._stream.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise _too_much()
        return content


def _too_much() -> UnreadableError:
    return UnreadableError(f"it unpacks to more than {MAX_BYTES // MIB} MiB")


class _Member(tarfile.TarInfo):
    """A member of a tar whose header was looked at before the library acts on it.

    The library would skip contents of any size, step by step, also behind the end of the archive.
    """

    work = 0

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a header; each archive has a subclass of its own, which counts."""
        member = super().frombuf(buf, encoding, errors)
        _require_size(member.size)
        if member.type in _DESCRIBING:
            cls.work += member.size**2
            if member.size > _MOST_DESCRIBED or cls.work > _MOST_WORK:
                raise UnreadableError("the names or records in it are far too long")
        return member


def _require_size(size: int) -> None:
    if size < 0:
        raise UnreadableError("it is damaged: a file of a negative size")
    if size > MAX_BYTES:
        raise _too_much()


def _open_tar(name: str, handle: BinaryIO, stack: ExitStack) -> Tree:
    stream: _Readable = handle
    if name.lower().endswith("gz"):
        stream = stack.enter_context(gzip.GzipFile(fileobj=handle, mode="rb"))
    elif name.lower().endswith("bz2"):
        stream = stack.enter_context(bz2.BZ2File(handle))
    tree = Tree()
    bounded = cast("IO[bytes]", _Bounded(stream))  # tarfile only reads, where it streams
    counted = type("_Counted", (_Member,), {})
    with tarfile.open(fileobj=bounded, mode="r|", tarinfo=counted) as archive:
        for member in _members(archive):
            _add_member(tree, archive, member)
    return tree


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for number, member in enumerate(archive, 1):
        if number > MAX_LISTED:
            raise UnreadableError(f"it lists more than {MAX_LISTED:,} files")
        if "size" in member.pax_headers or not member.issparse():  # a hole takes no room
            _require_size(member.size)
        yield member


def _add_member(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    name = None if member.name in (".", "./") else tree.admit(member.name)
    if name is None:
        return
    if member.isdir():
        tree.add_folder(name)
    elif member.issym() or member.islnk():
        tree.left_out.append(LeftOut(name, LINK))
    elif not member.isreg() or member.issparse():
        tree.left_out.append(LeftOut(name, SPECIAL))
    else:
        kept = MAX_ARCHIVE_BYTES if archive_kind(name) else MAX_FILE_BYTES
        content = None
        if member.size <= kept and (unpacked := archive.extractfile(member)) is not None:
            content = unpacked.read()
        tree.add(File(name, member.size, functools.partial(_read_kept, content)))


def _read_kept(content: bytes | None, most: int) -> bytes:
    if content is None or len(content) > most:
        raise UnreadableError(f"it has more than {most:,} bytes")
    return content
