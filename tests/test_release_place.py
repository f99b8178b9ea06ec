import os
from pathlib import Path

import pytest
from test_release_build import write_tree

from grader.release.errors import ReleaseError
from grader.release.place import refuse_bad_targets, write_file, write_folder

FILES = {"assignment.toml": b"id = 1\r\n", "deep/er/a.py": b"a"}


def tree(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_folder_is_written_and_nothing_lies_about(tmp_path: Path) -> None:
    write_folder(tmp_path / "new" / "out", FILES)
    assert tree(tmp_path) == {f"new/out/{name}": content for name, content in FILES.items()}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out"]


def test_stale_files_and_folders_go(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", {"assignment.toml": "", "old/b.py": "b", ".cache/x": ""})
    write_folder(tmp_path / "out", FILES)
    assert tree(tmp_path / "out") == FILES
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["assignment.toml", "deep"]


def test_modes_do_not_depend_on_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_folder(tmp_path / "out", FILES)
        write_file(tmp_path / "a.zip", b"zip")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {
        "out": 0o755,
        "deep": 0o755,
        "er": 0o755,
        "assignment.toml": 0o644,
        "a.py": 0o644,
        "a.zip": 0o644,
    }


def test_an_error_leaves_the_old_release_untouched(tmp_path: Path) -> None:
    write_tree(tmp_path / "out", {"assignment.toml": "old", "b.py": "b"})
    with pytest.raises(ReleaseError, match="out: cannot be written: "):
        write_folder(tmp_path / "out", {**FILES, "deep": b"a file where a folder is"})
    assert tree(tmp_path) == {"out/assignment.toml": b"old", "out/b.py": b"b"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReleaseError, match="out: cannot be written: "):
        write_folder(tmp_path / "file" / "out", FILES)
    with pytest.raises(ReleaseError, match=r"a\.zip: cannot be written: "):
        write_file(tmp_path / "file" / "a.zip", b"")


def test_a_file_is_replaced_whole_and_a_failure_leaves_nothing(tmp_path: Path) -> None:
    write_file(tmp_path / "sub" / "a.zip", b"one")
    write_file(tmp_path / "sub" / "a.zip", b"two")
    (tmp_path / "b.zip").mkdir()
    (tmp_path / "b.zip" / "x").touch()
    with pytest.raises(ReleaseError, match=r"b\.zip: cannot be written"):
        write_file(tmp_path / "b.zip", b"three")
    assert tree(tmp_path) == {"sub/a.zip": b"two", "b.zip/x": b""}


@pytest.mark.parametrize("out", ["solution", "solution/out", ".", "solution/../solution", "link"])
def test_a_target_that_overlaps_the_solution_is_refused(tmp_path: Path, out: str) -> None:
    (tmp_path / "solution").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "solution")
    with pytest.raises(ReleaseError, match="overlaps the solution"):
        refuse_bad_targets(tmp_path / "solution", tmp_path / out, None)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"out/thesis.tex": ""}, r"holds files but no assignment\.toml"),
        ({"out/assignment.toml": "", "out/.git/HEAD": ""}, "a repository of its own"),
        ({"out/assignment.toml": "", "out/checks/hidden/a.py": ""}, "it is a solution"),
        ({"out": ""}, "is a file"),
    ],
)
def test_a_folder_that_is_no_release_is_refused(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    write_tree(tmp_path, {"solution/a": "", **files})
    with pytest.raises(ReleaseError, match=message):
        refuse_bad_targets(tmp_path / "solution", tmp_path / "out", None)


@pytest.mark.parametrize("existing", [{}, {"out/assignment.toml": "", "out/x": ""}])
def test_an_absent_folder_and_an_old_release_are_accepted(
    tmp_path: Path, existing: dict[str, str]
) -> None:
    write_tree(tmp_path, {"solution/a": "", **existing})
    refuse_bad_targets(tmp_path / "solution", tmp_path / "out", tmp_path / "out.zip")


def test_an_empty_folder_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    refuse_bad_targets(tmp_path / "solution", tmp_path / "out", tmp_path / "out.zip")


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        ("solution/a.zip", "lies inside"),
        ("out/a.zip", "lies inside"),
        ("folder.zip", "no name for a zip"),
        ("notes.md", "no name for a zip"),
    ],
)
def test_a_zip_that_would_destroy_something_is_refused(
    tmp_path: Path, archive: str, message: str
) -> None:
    write_tree(tmp_path, {"solution/a": "", "folder.zip/x": ""})
    with pytest.raises(ReleaseError, match=message):
        refuse_bad_targets(tmp_path / "solution", tmp_path / "out", tmp_path / archive)
