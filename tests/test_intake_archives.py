import io
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from intake_samples import (
    LAYERS,
    MNIST,
    laid_out,
    problem,
    put,
    regular,
    take,
    take_one,
    tarred,
    zipped,
)

from grader.batch import archives, tree
from grader.batch.tree import MIB


def outside_is_untouched(tmp_path: Path) -> None:
    """Nothing but the submissions, their download and ids is anywhere below ``tmp_path``."""
    assert {path.name for path in tmp_path.iterdir()} <= {"work", "ada.zip", "ada.tar.gz"}
    assert {path.name for path in (tmp_path / "work").iterdir()} <= {"ada"}


def unix_entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "tgz", "tar.bz2"])
def test_an_archive_is_a_submission(tmp_path: Path, suffix: str) -> None:
    files = {"hw/mnist.py": MNIST, "hw/__MACOSX/mnist.py": b"x", "hw/big.bin": bytes(MIB + 1)}
    mode = {"tar": "w", "tar.bz2": "w:bz2"}.get(suffix, "w:gz")
    members = [regular(name, content) for name, content in files.items()]
    content = zipped(files) if suffix == "zip" else tarred(members, mode)
    put(tmp_path, {f"ada.{suffix}": content})
    submission = take_one(tmp_path, tmp_path / f"ada.{suffix}")
    assert (submission.id, submission.layout) == ("ada", "zip" if suffix == "zip" else "tar")
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert submission.notes == (
        "found in the folder 'hw'",
        "left out '__MACOSX': no part of a submission",
        "left out 'hw/big.bin': larger than 1 MiB",
    )


ESCAPES = ["../../evil.py", "/tmp/evil.py", "C:\\evil.py", "a\\..\\..\\evil.py", "hw/../../evil.py"]


@pytest.mark.parametrize("name", ESCAPES)
def test_a_zip_cannot_write_outside(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"ada.zip": zipped({name: b"evil\n", "mnist.py": MNIST})})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert "which would lead out of the submission" in submission.notes[0]
    outside_is_untouched(tmp_path)


@pytest.mark.parametrize("name", ["../../evil.py", "/tmp/evil.py", "hw/../../evil.py"])
def test_a_tar_cannot_write_outside(tmp_path: Path, name: str) -> None:
    put(tmp_path, {"ada.tar.gz": tarred([regular(name, b"evil\n"), regular("mnist.py", MNIST)])})
    submission = take_one(tmp_path, tmp_path / "ada.tar.gz")
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert "which would lead out of the submission" in submission.notes[0]
    outside_is_untouched(tmp_path)


def test_backslashes_in_a_zip_from_windows_part_folders(tmp_path: Path) -> None:
    put(tmp_path, {"ada.zip": zipped({"hw\\": b"", "hw\\mnist.py": MNIST, "hw\\p\\q.py": b"1\n"})})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    assert laid_out(submission) == {"mnist.py": MNIST, "p/q.py": b"1\n"}


def test_links_and_devices_in_a_zip_are_left_out(tmp_path: Path) -> None:
    buffer = io.BytesIO(zipped({"mnist.py": MNIST}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(unix_entry("layers.py", stat.S_IFLNK | 0o777), "/etc/passwd")
        archive.writestr(unix_entry("pipe", stat.S_IFIFO | 0o644), "")
        archive.writestr(unix_entry("data", stat.S_IFDIR | 0o755), "")
    put(tmp_path, {"ada.zip": buffer.getvalue()})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert submission.notes == (
        "left out 'layers.py': links are not followed",
        "left out 'pipe': neither file nor folder",
    )


def test_links_devices_and_holes_in_a_tar_are_left_out(tmp_path: Path) -> None:
    kinds = {
        "s": tarfile.SYMTYPE,
        "h": tarfile.LNKTYPE,
        "d": tarfile.CHRTYPE,
        "f": tarfile.FIFOTYPE,
    }
    members = [regular("./", b""), regular("mnist.py", MNIST)]
    members[0][0].type = tarfile.DIRTYPE
    for name, kind in kinds.items():
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        members.append((info, b""))
    through = tarfile.TarInfo("s/evil.py")  # below the link, as if that were a folder
    put(tmp_path, {"ada.tar.gz": tarred([*members, (through, b"evil\n")])})
    submission = take_one(tmp_path, tmp_path / "ada.tar.gz")
    assert laid_out(submission) == {"mnist.py": MNIST, "s/evil.py": b"evil\n"}
    assert submission.files is not None
    assert not (submission.files / "s").is_symlink()
    assert submission.notes == (
        "left out 'h', 's': links are not followed",
        "left out 'd', 'f': neither file nor folder",
    )


def test_an_encrypted_module_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path, {"ada.zip": flagged(zipped({"mnist.py": MNIST}), flags=0x1)})
    assert problem(take_one(tmp_path, tmp_path / "ada.zip")) == (
        "mnist.py cannot be taken: it is encrypted; hand it in without a password"
    )


def flagged(content: bytes, *, flags: int | None = None, method: int | None = None) -> bytes:
    """Set fields of the only entry of a zip, in its header and in the directory at the end."""
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.index(mark) + at
        if flags is not None:
            changed[start : start + 2] = flags.to_bytes(2, "little")
        if method is not None:
            changed[start + 2 : start + 4] = method.to_bytes(2, "little")
    return bytes(changed)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, 97])
def test_an_unusual_compression_is_a_problem(tmp_path: Path, method: int) -> None:
    put(tmp_path, {"ada.zip": flagged(zipped({"mnist.py": MNIST}), method=method)})
    assert "compressed in an unusual way" in problem(take_one(tmp_path, tmp_path / "ada.zip"))


def test_a_damaged_entry_is_a_problem(tmp_path: Path) -> None:
    content = bytearray(zipped({"mnist.py": os.urandom(300)}))
    content[100] ^= 0xFF
    put(tmp_path, {"ada.zip": bytes(content)})
    assert "mnist.py cannot be taken: it is damaged" in problem(
        take_one(tmp_path, tmp_path / "ada.zip")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ada.zip", b""),
        ("ada.zip", b"Rar!\x1a\x07\x00"),
        ("ada.zip", zipped({"mnist.py": MNIST})[:-30]),
        ("ada.tar.gz", b"no tar at all"),
        ("ada.tar.gz", tarred([regular("mnist.py", os.urandom(9000))])[:-500]),
        ("ada.tar", b"no tar at all"),
        ("ada.tar.bz2", b"BZh9 no"),
    ],
)
def test_an_unreadable_archive_is_a_problem_for_that_submission_alone(
    tmp_path: Path, name: str, content: bytes
) -> None:
    put(tmp_path / "class", {name: content, "bob.zip": zipped({"mnist.py": MNIST})})
    taken = take(tmp_path, tmp_path / "class")
    assert problem(taken["ada"]).startswith(f"'{name}': it cannot be opened as the archive")
    assert laid_out(taken["bob"]) == {"mnist.py": MNIST}
    alone = take_one(tmp_path, tmp_path / "class" / name)
    assert problem(alone) == problem(taken["ada"])


def test_a_zip_that_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path) -> None:
    bomb = zipped({"mnist.py": MNIST, "zeros.bin": bytes(40 * MIB)})
    put(tmp_path, {"ada.zip": bomb})
    assert "it unpacks to 40 MiB, more than 200 times its size" in problem(
        take_one(tmp_path, tmp_path / "ada.zip")
    )


def test_a_nested_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"layers.py": LAYERS, "zeros.bin": bytes(40 * MIB)})
    put(tmp_path / "class", {"ada/bomb.zip": bomb, "bob/bomb.zip": bomb, "bob/mnist.py": MNIST})
    taken = take(tmp_path, tmp_path / "class")
    assert "'bomb.zip': it unpacks to 40 MiB" in problem(taken["ada"])
    assert laid_out(taken["bob"]) == {"mnist.py": MNIST}
    assert "left out 'bomb.zip': it unpacks to 40 MiB" in taken["bob"].notes[0]


def test_a_zip_that_lies_about_sizes_is_not_read_beyond_them(tmp_path: Path) -> None:
    content = bytearray(zipped({"mnist.py": b"#" * 50_000}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (17).to_bytes(4, "little")
    put(tmp_path, {"ada.zip": bytes(content)})
    assert "it is damaged in the archive" in problem(take_one(tmp_path, tmp_path / "ada.zip"))


def test_a_tar_is_unpacked_only_up_to_a_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 3 * MIB)
    members = [regular("mnist.py", MNIST), regular("zeros.bin", bytes(4 * MIB))]
    put(tmp_path, {"ada.tar.gz": tarred(members)})
    assert problem(take_one(tmp_path, tmp_path / "ada.tar.gz")) == (
        "'ada.tar.gz': it unpacks to more than 3 MiB"
    )


def test_the_files_of_a_submission_are_bounded_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MAX_BYTES", 2 * MIB)
    files = {f"{n}.bin": os.urandom(MIB) for n in range(3)}
    put(tmp_path, {"ada.zip": zipped({"mnist.py": MNIST} | files)})
    assert problem(take_one(tmp_path, tmp_path / "ada.zip")) == (
        "it holds 3 MiB of files; 2 MiB are allowed"
    )


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_that_lists_too_much_is_refused_before_it_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(archives, "MAX_LISTED", 30)
    files = {f".git/{n}": b"" for n in range(30)} | {"mnist.py": MNIST}
    members = [regular(name, content) for name, content in files.items()]
    put(tmp_path, {f"ada.{kind}": zipped(files) if kind == "zip" else tarred(members)})
    assert problem(take_one(tmp_path, tmp_path / f"ada.{kind}")) == (
        f"'ada.{kind}': it lists more than 30 files"
    )


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_more_than_5000_files_are_a_problem_and_clutter_does_not_count(
    tmp_path: Path, kind: str
) -> None:
    for name, folder in (("many", "images"), ("venv", ".venv")):
        files = {f"{folder}/{n}": b"" for n in range(5001)} | {"mnist.py": MNIST}
        members = [regular(name, content) for name, content in files.items()]
        content = zipped(files) if kind == "zip" else tarred(members)
        put(tmp_path / "class", {f"{name}.{kind}": content})
    taken = take(tmp_path, tmp_path / "class")
    assert "more than 5,000 files and folders" in problem(taken["many"])
    assert laid_out(taken["venv"]) == {"mnist.py": MNIST}


def test_odd_names_in_an_archive_are_left_out(tmp_path: Path) -> None:
    deep = "/".join("f" * 500)
    odd = {"a\x07b.txt": b"1", "x" * 256: b"2", "d" * 200 + "/" + "e" * 200: b"3", deep: b"4"}
    odd |= {"z/" * 501: b""}
    put(tmp_path, {"ada.zip": zipped({"mnist.py": MNIST} | odd)})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    assert set(laid_out(submission)) == {"mnist.py", "d" * 200 + "/" + "e" * 200, deep}
    assert submission.notes == (
        f"left out '{'x' * 160}…', '{'z/' * 80}…': a name that is too long",
        r"left out 'a\x07b.txt': control characters, direction marks or broken characters "
        "in the name",
    )


def test_names_that_collide_in_an_archive_are_kept_once(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        both = ("b", "b/c.txt", "d/e.py", "d")  # a file and a folder, either one first
        for name in ("mnist.py", "A.txt", "a.txt", *both, "e\u0301.md", "\u00e9.md"):
            archive.writestr(name, MNIST if name == "mnist.py" else name)
    put(tmp_path, {"ada.zip": buffer.getvalue()})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    assert set(laid_out(submission)) == {"mnist.py", "A.txt", "b", "d/e.py", "\u00e9.md"}
    assert submission.notes == (
        "left out 'a.txt', 'b/c.txt', 'd', '\u00e9.md': "
        "another file or folder has that name, perhaps in other case",
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", [MNIST, b"other\n"])
def test_an_entry_that_occurs_twice_must_be_the_same(tmp_path: Path, second: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mnist.py", MNIST)
        archive.writestr("mnist.py", second)
    put(tmp_path, {"ada.zip": buffer.getvalue()})
    submission = take_one(tmp_path, tmp_path / "ada.zip")
    if second == MNIST:
        assert laid_out(submission) == {"mnist.py": MNIST}
    else:
        assert problem(submission) == (
            "two different files could be mnist.py: 'mnist.py', 'mnist.py' (twice); "
            "keep one of them"
        )


def test_names_in_utf8_that_a_zip_does_not_declare_are_read_as_meant(tmp_path: Path) -> None:
    content = zipped({"mnist.py": MNIST, "caf\u00e9.txt": b"1"})
    raw = "caf\u00e9.txt".encode()
    assert content.count(raw) == 2
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.rindex(mark) + at
        changed[start + 1] &= ~0x08 & 0xFF
    put(tmp_path, {"ada.zip": bytes(changed)})
    assert set(laid_out(take_one(tmp_path, tmp_path / "ada.zip"))) == {"mnist.py", "caf\u00e9.txt"}


def test_an_archive_made_by_the_tar_command_is_read(tmp_path: Path) -> None:
    put(tmp_path / "hw", {"mnist.py": MNIST, "a" * 150 + "/b.py": b"1\n"})
    target = tmp_path / "ada.tar.gz"
    done = subprocess.run(["tar", "-czf", target, "-C", tmp_path / "hw", "."], check=False)
    if done.returncode or sys.platform == "win32":
        pytest.skip("there is no tar command here")
    assert laid_out(take_one(tmp_path, target)) == {"mnist.py": MNIST, "a" * 150 + "/b.py": b"1\n"}


def test_a_tar_with_a_hole_does_not_grow(tmp_path: Path) -> None:
    source = put(tmp_path / "hw", {"mnist.py": MNIST})
    with (source / "hole.bin").open("wb") as file:
        file.truncate(2**33)
    target = tmp_path / "ada.tar.gz"
    command = ["tar", "--sparse", "-czf", target, "-C", source, "."]
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("there is no tar command here that knows of holes")
    submission = take_one(tmp_path, target)
    assert laid_out(submission) == {"mnist.py": MNIST}
    assert submission.notes == ("left out 'hole.bin': neither file nor folder",)


def test_more_folders_than_any_class_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MAX_LISTED", 300)
    put(tmp_path, {"ada.zip": zipped({"a/" * 301: b"", "mnist.py": MNIST})})
    assert problem(take_one(tmp_path, tmp_path / "ada.zip")) == (
        "'ada.zip': it holds more than 300 folders"
    )


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_module_that_is_too_large_is_a_problem(tmp_path: Path, kind: str) -> None:
    large = os.urandom(MIB + 1)
    content = zipped({"mnist.py": large}) if kind == "zip" else tarred([regular("mnist.py", large)])
    put(tmp_path, {f"ada.{kind}": content})
    assert problem(take_one(tmp_path, tmp_path / f"ada.{kind}")) == (
        "mnist.py cannot be taken: it has more than 1,048,576 bytes"
    )
