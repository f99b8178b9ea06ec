from pathlib import Path

from test_release_build import write_tree

from grader.release.check import differences

FILES = {
    "a.py": b"x = 1\ny = 2\nz = 3\n",
    "checks/test_a.py": b"",
    "p.png": b"\0\1\2",
    "ends.txt": b"a\nb\n",
}


def placed(out: Path) -> Path:
    write_tree(out, {name: content.decode() for name, content in FILES.items()})
    return out


def compare(out: Path) -> list[str]:
    return list(differences(FILES, out))


def test_an_equal_folder_differs_in_nothing(tmp_path: Path) -> None:
    assert compare(placed(tmp_path)) == []


def test_an_absent_folder_misses_everything(tmp_path: Path) -> None:
    assert compare(tmp_path / "none") == [f"missing  {name}" for name in sorted(FILES)]


def test_missing_and_extra_files_are_named(tmp_path: Path) -> None:
    placed(tmp_path)
    (tmp_path / "a.py").unlink()
    write_tree(tmp_path, {"checks/test_old.py": "", ".hidden": ""})
    assert compare(tmp_path) == ["extra    .hidden", "missing  a.py", "extra    checks/test_old.py"]


def test_what_tools_leave_behind_does_not_count(tmp_path: Path) -> None:
    placed(tmp_path)
    write_tree(tmp_path, {"checks/__pycache__/a.pyc": "", ".pytest_cache/v/x": ""})
    assert compare(tmp_path) == []


def test_a_changed_file_shows_what_differs(tmp_path: Path) -> None:
    placed(tmp_path)
    (tmp_path / "a.py").write_bytes(b"x = 1\ny = 7\x1b[1m\nz = 3\n")
    assert compare(tmp_path) == [
        "changed  a.py",
        "    --- there",
        "    +++ released",
        "    @@ -1,3 +1,3 @@",
        "     x = 1",
        "    -y = 7\\x1b[1m",
        "    +y = 2",
        "     z = 3",
    ]


def test_a_long_difference_is_cut_short(tmp_path: Path) -> None:
    placed(tmp_path)
    (tmp_path / "a.py").write_bytes(b"x = 1\n" + b"more\n" * 40)
    lines = compare(tmp_path)
    assert len(lines) == 1 + 12 + 1
    assert lines[-1] == "    ... 34 more lines"


def test_line_ends_marks_and_a_missing_newline_show(tmp_path: Path) -> None:
    placed(tmp_path)
    (tmp_path / "ends.txt").write_bytes(b"\xef\xbb\xbfa\r\nb")
    shown = compare(tmp_path)
    assert "    -\\ufeffa\\r" in shown
    assert "    -\\ no newline at the end" in shown


def test_latin_1_and_binary_files_are_compared_too(tmp_path: Path) -> None:
    placed(tmp_path)
    (tmp_path / "ends.txt").write_bytes(b"a\n\xe9\n")
    (tmp_path / "p.png").write_bytes(b"\0")
    shown = compare(tmp_path)
    assert "    -é" in shown
    assert shown[-2:] == ["changed  p.png", "    binary: 1 bytes there, 3 to be released"]


def test_a_link_in_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    placed(tmp_path / "out")
    (tmp_path / "out" / "a.py").rename(tmp_path / "a.py")
    (tmp_path / "out" / "a.py").symlink_to(tmp_path / "a.py")
    assert compare(tmp_path / "out") == ["changed  a.py: is no regular file"]
