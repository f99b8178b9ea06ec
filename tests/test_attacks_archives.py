"""Archives made to do harm: a message for their submission alone, and nothing outside it."""

import bz2
import gzip
import os
import struct
import tarfile
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from intake_samples import LAYERS, MNIST, laid_out, put, regular, take, tarred, zipped

from grader.batch.submission import Submission
from grader.batch.tree import MAX_BYTES, MAX_LISTED, MIB

HARMLESS = zipped({"mnist.py": MNIST})
MOST_CPU_S = 20.0
"""Seconds of the processor that one archive may take; the slowest takes a fifth of it."""
MOST_MEMORY = 3 * MAX_BYTES


def below(folder: Path) -> set[str]:
    """Everything below a folder, links not followed."""
    return {
        os.path.relpath(os.path.join(place, name), folder)  # noqa: PTH118 - names of any bytes
        for place, folders, files in os.walk(folder)
        for name in (*folders, *files)
    }


def hand_in(tmp_path: Path, name: str, content: bytes, *, trace: bool = False) -> Submission:
    """Take in a hostile archive beside an honest one; the hostile one's submission.

    `trace` looks at memory too, which takes five times as long.
    """
    put(tmp_path / "class", {name: content, "bob.zip": HARMLESS})
    before = below(tmp_path)
    start = time.process_time()
    if trace:
        tracemalloc.start()
    try:
        taken = take(tmp_path, tmp_path / "class")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert laid_out(taken.pop("bob")) == {"mnist.py": MNIST}
    (submission,) = taken.values()
    new = below(tmp_path) - before
    allowed = (f"work/{submission.id}", "work/bob")
    assert all(path == "work" or path.startswith(allowed) for path in new), new
    assert time.process_time() - start < MOST_CPU_S
    assert peak < MOST_MEMORY
    said = [*submission.notes, submission.problem or ""]
    assert all(line.isprintable() and len(line) < 2000 for line in said), said
    assert submission.problem is not None or submission.files is not None
    return submission


# zip ------------------------------------------------------------------------------------------


def entry(name: bytes, content: bytes, *, at: int = 0, method: int = 0, **other: int) -> bytes:
    """A central directory's entry for stored or packed content at an offset."""
    return struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, other.get("flags", 0), method, 0, 0,
        other.get("crc", zlib.crc32(content)), other.get("packed", len(content)),
        other.get("size", len(content)), len(name), 0, 0, 0, 0, other.get("mode", 0o100644) << 16,
        at,
    ) + name  # fmt: skip


def local(name: bytes, content: bytes, method: int = 0, size: int | None = None) -> bytes:
    """A file as it lies in a zip."""
    size = len(content) if size is None else size
    head = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 0, zlib.crc32(content), len(content), size,
        len(name), 0,
    )  # fmt: skip
    return head + name + content


def assembled(
    body: bytes, entries: list[bytes], *, count: int | None = None, at: int = -1
) -> bytes:
    """A zip of a body and the entries of its directory; `count` and `at` may lie."""
    directory = b"".join(entries)
    count = len(entries) if count is None else count
    start = len(body) if at < 0 else at
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    return body + directory + end


def packed(content: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(content) + deflate.flush()


MODULE = local(b"mnist.py", MNIST)


def overlapping() -> bytes:
    """A thousand names for one stretch of packed zeros, each of 900 kB: 900 MB in 20 kB."""
    content = packed(bytes(900_000))
    zeros = local(b"0.bin", content, 8, 900_000)
    crc = zlib.crc32(bytes(900_000))
    entries = [
        entry(b"%d.bin" % n, content, at=len(MODULE), method=8, size=900_000, crc=crc)
        for n in range(1000)
    ]
    return assembled(MODULE + zeros, [entry(b"mnist.py", MNIST), *entries])


def within_each_other() -> bytes:
    """Entries whose content holds the next one's header, so that all lie in all."""
    body, entries = MODULE, [entry(b"mnist.py", MNIST)]
    inner = b""
    for n in range(200, 0, -1):
        inner = local(b"%d.txt" % n, inner)
    for n in range(1, 201):
        at = inner.index(b"%d.txt" % n) - 30
        content = inner[at + 30 + len(b"%d.txt" % n) :]
        entries.append(entry(b"%d.txt" % n, content, at=len(body) + at))
    return assembled(body + inner, entries)


def quine() -> bytes:
    """A zip whose entries are all the same zip, some levels deep."""
    content = HARMLESS
    for _ in range(8):
        content = zipped({f"{n}.zip": content for n in range(8)})
    return content


ZIPS = {
    "overlapping entries": overlapping,
    "entries within each other": within_each_other,
    "zips in zips in zips": quine,
    "no end": lambda: HARMLESS[:-22],
    "an end and nothing else": lambda: HARMLESS[-22:],
    "a wrong checksum": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, crc=1)]),
    "another name inside": lambda: assembled(local(b"../../x", MNIST), [entry(b"mnist.py", MNIST)]),
    "a name that ends in the middle": lambda: assembled(
        local(b"mnist.py\0/../../x", MNIST), [entry(b"mnist.py\0/../../x", MNIST)]
    ),
    "a directory that lies elsewhere": lambda: assembled(
        MODULE, [entry(b"mnist.py", MNIST)], at=2**32 - 2
    ),
    "more entries than there are": lambda: assembled(
        MODULE, [entry(b"mnist.py", MNIST)], count=60_000
    ),
    "fewer entries than there are": lambda: assembled(
        MODULE, [entry(b"mnist.py", MNIST), entry(b"layers.py", MNIST)], count=1
    ),
    "an entry behind the end": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, at=2**31)]),
    "a size of four gigabytes": lambda: assembled(
        MODULE, [entry(b"mnist.py", MNIST, size=2**32 - 2, packed=2**32 - 2)]
    ),
    "sizes of 2^63": lambda: assembled(
        MODULE,
        [
            entry(b"mnist.py", MNIST, size=2**32 - 1, packed=2**32 - 1)[:30]
            + struct.pack("<H", 20)
            + entry(b"mnist.py", MNIST, size=2**32 - 1)[32:]
            + struct.pack("<2H2Q", 1, 16, 2**63, 2**63)
        ],
    ),
    "an extra field that ends early": lambda: assembled(
        MODULE,
        [
            entry(b"mnist.py", MNIST)[:30]
            + struct.pack("<H", 6)
            + entry(b"mnist.py", MNIST)[32:]
            + struct.pack("<2HH", 1, 9999, 0)
        ],
    ),
    "packed with itself": lambda: assembled(
        local(b"mnist.py", b"\xff" * 99, 8), [entry(b"mnist.py", b"\xff" * 99, method=8, size=9999)]
    ),
    "a program in front": lambda: b"MZ" + bytes(70_000) + HARMLESS,
    "a comment of 64 KiB that holds another end": lambda: with_comment(),
    "a socket for a module": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, mode=0o140777)]),
    "a device for a module": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, mode=0o060666)]),
    "set-user-id": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, mode=0o106777)]),
    "below a link": lambda: assembled(
        local(b"d", b"/etc") + local(b"d/mnist.py", MNIST),
        [
            entry(b"d", b"/etc", mode=0o120777),
            entry(b"d/mnist.py", MNIST, at=len(local(b"d", b"/etc"))),
        ],
    ),
    "encrypted": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, flags=0x41)]),
    "patched data": lambda: assembled(MODULE, [entry(b"mnist.py", MNIST, flags=0x20)]),
}


def with_comment() -> bytes:
    comment = HARMLESS[-22:] * 2900
    return HARMLESS[:-2] + struct.pack("<H", len(comment)) + comment


@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_harms_nobody(tmp_path: Path, name: str) -> None:
    submission = hand_in(tmp_path, "ada.zip", ZIPS[name]())
    if submission.problem is None:
        assert set(laid_out(submission)) <= {"mnist.py", *(f"{n}.txt" for n in range(201))}
        assert laid_out(submission)["mnist.py"] == MNIST


def test_a_hundred_thousand_files_are_told_of(tmp_path: Path) -> None:
    entries = [entry(b"%d.txt" % n, b"", at=0) for n in range(100_000)]
    content = assembled(MODULE, [entry(b"mnist.py", MNIST), *entries], count=0)
    submission = hand_in(tmp_path, "ada.zip", content)
    assert submission.problem == (
        "it holds more than 5,000 files and folders; hand in your work alone"
    )


def test_a_directory_of_a_zip_that_repeats_one_entry_is_refused(tmp_path: Path) -> None:
    content = assembled(MODULE, [entry(b"mnist.py", MNIST)] * (MAX_LISTED + 1), count=65_535)
    submission = hand_in(tmp_path, "ada.zip", content)
    assert submission.problem == f"'ada.zip': it lists more than {MAX_LISTED:,} files"


# tar ------------------------------------------------------------------------------------------


def member(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, **other: int) -> bytes:
    """A header of a tar, whose size may be anything."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mode = kind, 0, other.get("mode", 0o644)
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    field = size.to_bytes(12, "big", signed=True) if not 0 <= size < 8**11 else b"%011o\0" % size
    if size >= 8**11:
        field = bytes([0x80]) + field[1:]
    head[124:136] = field
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 512)


END = bytes(1024)
FILE = member("mnist.py", len(MNIST)) + padded(MNIST)


def pax(**records: str) -> bytes:
    """A header of further records for the next member."""
    content = b""
    for key, value in records.items():
        line = f" {key}={value}\n".encode("utf-8", "surrogateescape")
        size = len(line) + 1
        while size != len(line) + len(str(size)):
            size = len(line) + len(str(size))
        content += str(size).encode() + line
    return member("pax", len(content), tarfile.XHDTYPE) + padded(content)


def linked(name: str, target: str, kind: bytes) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info.tobuf(tarfile.GNU_FORMAT)


TARS = {
    "a negative size": lambda: member("x", -512) + FILE + END,
    "a size far below zero": lambda: FILE + member("x", -(2**62)) + END,
    "a size of 2^63": lambda: FILE + member("x", 2**63) + END,
    "a size of 2^90": lambda: FILE + member("x", 2**90) + END,
    "a long name that never ends": lambda: member("././@LongLink", 2**40, b"L") + FILE + END,
    "long names of long names": lambda: (member("././@LongLink", 5, b"L") + padded(b"mnist")) * 5000
    + FILE + END,
    "a name of a megabyte": lambda: member("././@LongLink", MIB, b"L") + b"a/" * (MIB // 2)
    + FILE + END,
    "records that lead out": lambda: pax(path="../../evil.py") + FILE + FILE + END,
    "records with a size": lambda: pax(size="9223372036854775808") + FILE + END,
    "records with a negative size": lambda: pax(size="-512") + FILE + END,
    "records that are no numbers": lambda: pax(size="x", mtime="nan", uid="1e999") + FILE + END,
    "records of a sparse file": lambda: pax(
        **{"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(2**60)}
    ) + FILE + END,
    "records of a sparse map": lambda: pax(
        **{"GNU.sparse.size": str(2**60), "GNU.sparse.map": "0,1,9223372036854775807,1"}
    ) + FILE + END,
    "records that end early": lambda: member("pax", 20, tarfile.XHDTYPE)
    + padded(b"9999999999 path=x\n") + FILE + END,
    "records of length zero": lambda: member("pax", 20, tarfile.XHDTYPE)
    + padded(b"0 path=x\n" * 2) + FILE + END,
    "many records": lambda: pax(**{f"k{n}": "v" for n in range(20_000)}) + FILE + END,
    "digits without end in records": lambda: member("pax", 2 * MIB, tarfile.XHDTYPE)
    + b"1" * 2 * MIB + FILE + END,
    "an old sparse file": lambda: old_sparse() + FILE + END,
    "a link to itself": lambda: linked("a", "a", tarfile.SYMTYPE) + FILE + END,
    "a module that is a link": lambda: linked("layers.py", "/etc/passwd", tarfile.SYMTYPE)
    + FILE + END,
    "a module that is a hard link": lambda: FILE + linked("layers.py", "mnist.py", tarfile.LNKTYPE)
    + END,
    "a folder that is a link": lambda: linked("hw", "..", tarfile.SYMTYPE)
    + member("hw/evil.py", 5) + padded(b"evil\n") + FILE + END,
    "devices and queues": lambda: b"".join(
        linked(f"n{n}", "", kind) for n, kind in enumerate((b"3", b"4", b"6", b"7", b"V", b"M"))
    ) + FILE + END,
    "rights of all kinds": lambda: member("mnist.py", len(MNIST), mode=0o7777) + padded(MNIST)
    + END,
    "no end": lambda: FILE,
    "an end in the middle": lambda: FILE + END + member("layers.py", 5) + padded(b"evil\n") + END,
    "a file that ends early": lambda: FILE + member("layers.py", 9999) + b"x" * 20,
    "noise": lambda: FILE + os.urandom(5000),
}  # fmt: skip


def old_sparse() -> bytes:
    head = bytearray(member("hole", 512, b"S"))
    head[386:398], head[398:410] = b"00000000000\0", b"00000001000\0"
    head[482], head[483:495] = 1, b"77777777777\0"
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + (b"\1" * 504 + b"\1" + bytes(7)) * 3 + bytes(512)


@pytest.mark.parametrize("name", TARS)
def test_a_hostile_tar_harms_nobody(tmp_path: Path, name: str) -> None:
    submission = hand_in(tmp_path, "ada.tar.gz", gzip.compress(TARS[name](), 1))
    if submission.problem is None:
        found = laid_out(submission)
        assert set(found) <= {"mnist.py", "hw/evil.py", "x", "n3", "n4", "n5"}
        assert all(found.get(name, b"") == b"" for name in ("x", "n3", "n4", "n5"))
        assert found["mnist.py"] in (MNIST, b"")


def repeated(content: bytes, times: int, finish: bytes = b"") -> bytes:
    """A gzip file of the same content many times over."""
    stream = zlib.compressobj(9, zlib.DEFLATED, 31)
    return (
        b"".join(stream.compress(content) for _ in range(times))
        + stream.compress(finish)
        + stream.flush()
    )


BOMBS = {
    "a file of zeros": lambda: repeated(
        member("zeros", 2 * MAX_BYTES) + bytes(MIB - 512), MAX_BYTES // MIB + 5
    ),
    "a name of zeros": lambda: (
        gzip.compress(member("././@LongLink", 2 * MAX_BYTES, b"L"), 1)
        + repeated(bytes(MIB), MAX_BYTES // MIB + 5)
    ),
    "records of zeros": lambda: (
        gzip.compress(member("pax", 2 * MAX_BYTES, tarfile.XHDTYPE), 1)
        + repeated(b"\0" * MIB, MAX_BYTES // MIB + 5)
    ),
    "files within the limit, too many": lambda: repeated(
        member("a.txt", MIB - 512) + bytes(MIB - 512), MAX_BYTES // MIB + 5
    ),
    "empty gzip files": lambda: gzip.compress(b"") * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_put_out_at_the_bound(tmp_path: Path, name: str) -> None:
    submission = hand_in(tmp_path, "ada.tar.gz", BOMBS[name](), trace=True)
    assert submission.problem is not None
    assert submission.problem.startswith("'ada.tar.gz': ")


def test_a_bomb_of_another_packing_is_put_out_too(tmp_path: Path) -> None:
    zeros = bz2.compress(bytes(MIB)) * (MAX_BYTES // MIB + 5)
    content = bz2.compress(member("zeros", MAX_BYTES)) + zeros
    submission = hand_in(tmp_path, "ada.tar.bz2", content)
    assert submission.problem == "'ada.tar.bz2': it unpacks to more than 200 MiB"


def test_a_hundred_thousand_members_are_told_of(tmp_path: Path) -> None:
    content = repeated(member("a/b.txt"), 100_000, END)
    submission = hand_in(tmp_path, "ada.tar.gz", content)
    assert submission.problem == (
        "it holds more than 5,000 files and folders; hand in your work alone"
    )


# names ----------------------------------------------------------------------------------------

NAMES = {
    "line ends": "mn\nist.py",
    "a line that is forged": "x.py\n12/12  kim  12 / 12",
    "escapes": "\x1b[2J\x1b]0;t\x07.py",
    "a right-to-left mark": "mnist\u202eyp.exe",
    "255 bytes": "n" * 252 + ".py",
    "256 bytes": "n" * 253 + ".py",
    "255 bytes of a folder": "d" * 255 + "/x.py",
    "255 characters, more bytes": "\u00fc" * 252 + ".py",
    "a path of 1001 characters": "/".join("dddd" for _ in range(200)) + "/x.py",
    "dots": ".../....py",
    "a dot at the end": "x.py.",
    "a space at the end": "x.py ",
    "a device of Windows": "con.py",
    "a stream of Windows": "mnist.py:stream",
    "a share of Windows": "\\\\server\\share\\evil.py",
    "a drive of Windows": "c:evil.py",
    "a home": "~/evil.py",
    "a variable": "$HOME/evil.py",
    "an option": "-rf",
    "wildcards": "*.py",
    "a shell's": "$(touch evil).py",
    "nothing visible": "\u200b\u2060.py",
    "a slash of another kind": "..\u2215..\u2215evil.py",
    "a full-width path": "\uff0e\uff0e\uff0fevil.py",
    "a half character": "\udcff.py",
    "no character": "\ufffe\U0010ffff.py",
    "stacked marks": "x" + "\u0301" * 100 + ".py",
    "parts of packages": "site-packages/../../evil.py",
    "a module that would be imported": "torch/__init__.py",
    "a file that pytest reads": "conftest.py",
}


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_in_its_submission(tmp_path: Path, name: str, kind: str) -> None:
    hostile = NAMES[name]
    if kind == "zip":
        raw = hostile.encode("utf-8", "surrogateescape")
        content = assembled(
            MODULE + local(raw, b"1\n"),
            [entry(b"mnist.py", MNIST), entry(raw, b"1\n", at=len(MODULE), flags=0)],
        )
    else:
        content = tarred([regular("mnist.py", MNIST), regular(hostile, b"1\n")])
    submission = hand_in(tmp_path, f"ada.{kind}", content)
    found = laid_out(submission)
    assert found.pop("mnist.py") == MNIST
    assert all(content == b"1\n" for content in found.values())
    for path in found:
        assert ".." not in path.split("/")
        assert "\n" not in path


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize(
    "names",
    [("mnist.py", "MNIST.PY"), ("mnist.py", "mnist\u200b.py"), ("mnist.py", "hw/../mnist.py")],
    ids=["case", "invisible", "path"],
)
def test_two_modules_that_look_alike_are_told_of(
    tmp_path: Path, names: tuple[str, str], kind: str
) -> None:
    members = [regular(names[0], MNIST), regular(names[1], LAYERS)]
    content = zipped(dict(zip(names, (MNIST, LAYERS), strict=True)))
    submission = hand_in(tmp_path, f"ada.{kind}", content if kind == "zip" else tarred(members))
    if submission.problem is None:
        assert laid_out(submission)["mnist.py"] == MNIST
    else:
        assert "two different files could be mnist.py" in submission.problem
