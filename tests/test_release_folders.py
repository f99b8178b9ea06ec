from pathlib import Path

import pytest
from test_release_build import write_tree

from grader.release.errors import ReleaseError
from grader.release.folders import decode, is_source, list_files, read


def test_files_are_listed_by_path_and_sorted_whatever_the_order_on_disk(tmp_path: Path) -> None:
    names = ["z.py", "b/c.py", "b.py", "B.py", "b/a/x", "é", "a"]
    write_tree(tmp_path, dict.fromkeys(names, ""))
    expected = ["B.py", "a", "b.py", "b/a/x", "b/c.py", "z.py", "é"]
    assert list(list_files(tmp_path, lambda name: True)) == expected
    assert list_files(tmp_path, lambda name: True)["b/c.py"] == tmp_path / "b" / "c.py"


def test_what_is_refused_is_not_entered_and_links_are_not_followed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/a": "", "two/b": ""})
    (tmp_path / "three").symlink_to(tmp_path / "one")
    assert list(list_files(tmp_path, lambda name: name != "one")) == ["three", "two/b"]


def test_an_absent_folder_holds_nothing(tmp_path: Path) -> None:
    assert list_files(tmp_path / "none", is_source) == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.py", True),
        ("b/a.py", True),
        ("__pycache__", False),
        ("b/__pycache__", False),
        ("a.pyc", False),
        (".git", False),
        ("b/.DS_Store", False),
    ],
)
def test_hidden_and_compiled_files_are_no_sources(name: str, expected: bool) -> None:
    assert is_source(name) is expected


def test_a_folder_where_a_file_belongs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"cannot be read: Is a directory"):
        read(tmp_path)


def test_any_bytes_can_be_looked_at() -> None:
    assert decode(b"\xef\xbb\xbf\xc3\xa9") == "é"
    assert decode(b"\xe9\x80") == "é\x80"
