import re
from pathlib import Path

import pytest
from intake_samples import LAYERS, MNIST, put, take, zipped

from grader.batch.names import (
    MAX_ID,
    UnsafeNameError,
    clean_path,
    is_clutter,
    listed,
    shown,
    slug,
    why_unwritable,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a/b.py", "a/b.py"),
        ("./a//b.py", "a/b.py"),
        ("a/", "a"),
        ("e\u0301.py", "\u00e9.py"),
        ("a..b/c", "a..b/c"),
        ("...", "..."),
    ],
)
def test_paths_come_to_one_form(raw: str, expected: str) -> None:
    assert clean_path(raw) == expected


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("../a", r"a path with '\.\.'"),
        ("a/../../b", r"a path with '\.\.'"),
        ("a/..", r"a path with '\.\.'"),
        ("/etc/passwd", "an absolute path"),
        ("//host/share", "an absolute path"),
        ("C:/windows", "an absolute path"),
        ("", "an empty name"),
        ("./", "an empty name"),
        ("a" * 1001, "a name that is too long"),
    ],
)
def test_paths_that_lead_out_are_refused(raw: str, reason: str) -> None:
    with pytest.raises(UnsafeNameError, match=reason):
        clean_path(raw)


@pytest.mark.parametrize(
    ("name", "clutter"),
    [
        (".git", True),
        ("._x.py", True),
        ("VENV", True),
        ("a.pyc", True),
        ("x.egg-info", True),
        ("git", False),
        ("environment.py", False),
    ],
)
def test_clutter_is_known_by_name(name: str, clutter: bool) -> None:
    assert is_clutter(name) is clutter


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain name.py", "'plain name.py'"),
        ("李雷 é.py", "'李雷 é.py'"),
        ("a\nb\x00\x7f", r"'a\nb\x00\x7f'"),
        ("a\u202eyp.exe", r"'a\u202eyp.exe'"),
        ("\udcff", r"'\udcff'"),
        ("a\u2028b", r"'a\u2028b'"),
    ],
)
def test_names_are_shown_without_surprises(name: str, expected: str) -> None:
    assert shown(name) == expected


def test_long_lists_are_cut() -> None:
    assert listed("abcd") == "'a', 'b', 'c', 'd'"
    assert listed("abcdefg") == "'a', 'b', 'c', 'd' and 3 more"


@pytest.mark.parametrize(
    ("name", "writable"),
    [
        ("a/b c.txt", True),
        ("é" * 127 + "/x", True),
        ("é" * 128, False),
        ("/".join(["a" * 200] * 5), False),
        ("a\tb", False),
        ("a\u200fb", False),
        ("a\udc80b", False),
    ],
)
def test_names_that_are_not_laid_out(name: str, writable: bool) -> None:
    assert (why_unwritable(name) is None) is writable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "ada-lovelace"),
        ("José  Peña_12", "jose-pena_12"),
        ("Jose\u0301", "jose"),
        ("../../etc", "etc"),
        ("a.b@c.org", "a-b-c-org"),
        ("-rf", "rf"),
    ],
)
def test_ids_are_plain(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("text", ["李雷", "Łukasz", "...", "", "con", "COM1", "a" * 61, "\udcff"])
def test_ids_that_would_say_too_little_get_a_hash(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_-]+-[0-9a-f]{8}", slug(text))
    assert len(slug(text)) <= MAX_ID
    assert slug(text) == slug(text)


def test_names_that_lose_letters_stay_apart() -> None:
    assert len({slug(name) for name in ("李雷", "韩梅", "李", "a" * 61, "a" * 62)}) == 5


def test_submissions_that_would_share_an_id_all_get_a_stable_suffix(tmp_path: Path) -> None:
    put(
        tmp_path / "class",
        {"ada/mnist.py": MNIST, "Ada.zip": zipped({"mnist.py": MNIST}), "bob/mnist.py": MNIST},
    )
    first = take(tmp_path, tmp_path / "class")
    assert sorted(name[:4] for name in first) == ["ada-", "ada-", "bob"]
    assert take(tmp_path, tmp_path / "class") == first
    put(tmp_path / "class", {"ADA!/mnist.py": LAYERS})
    assert set(first) < set(take(tmp_path, tmp_path / "class"))


def test_the_same_name_in_two_places_gives_two_ids(tmp_path: Path) -> None:
    for term in ("spring", "autumn"):
        put(tmp_path / term / "ada", {"mnist.py": MNIST})
    paths = [tmp_path / term / "ada" for term in ("spring", "autumn")]
    first = take(tmp_path, *paths)
    assert len(first) == 2
    assert take(tmp_path, *reversed(paths)) == first


def test_a_path_named_twice_is_taken_once(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST})
    assert list(take(tmp_path, tmp_path / "ada", tmp_path / "." / "ada")) == ["ada"]
