import io
import zipfile
from pathlib import Path

import pytest
from test_release_build import SOLUTION, make_solution

from grader.manifest import load_manifest
from grader.release.archive import files_beside, pack
from grader.release.errors import ReleaseError


def beside(root: Path, *replacements: tuple[str, str], name: str = "assignment") -> list[str]:
    manifest = SOLUTION["solution/assignment.toml"]
    for old, new in replacements:
        assert old in manifest
        manifest = manifest.replace(old, new)
    solution = make_solution(root, {"solution/assignment.toml": manifest})
    return list(files_beside(solution, name, load_manifest(solution), sheet=b"sheet"))


def test_the_exercise_sheet_is_the_readme_where_nothing_else_is(tmp_path: Path) -> None:
    solution = make_solution(
        tmp_path,
        {
            "solution/assignment.toml": SOLUTION["solution/assignment.toml"].replace(
                'readme = "solution/START.md"', ""
            )
        },
    )
    files = files_beside(solution, "assignment", load_manifest(solution), sheet=b"sheet")
    assert files["README.md"] == b"sheet"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("solution", "would hand out the solution"),
        ("solution/ridge.py", "would hand out the solution"),
        (".", "would hand out the solution"),
        ("link", "would hand out the solution"),
        ("../outside", "leads out of"),
        ("/etc/hostname", "leads out of"),
        ("nothing.toml", "there is no 'nothing.toml'"),
        ("assignment", "is the assignment; leave it out"),
        ("assignment/ridge.py", "is the assignment; leave it out"),
        ("link.txt", "is a symbolic link"),
        ("linked", "is a symbolic link"),
    ],
)
def test_an_entry_that_must_not_be_included_is_refused(
    tmp_path: Path, entry: str, message: str
) -> None:
    root = tmp_path / "repository"
    (root / "assignment").mkdir(parents=True)
    (root / "assignment" / "ridge.py").touch()
    (tmp_path / "outside").touch()
    (root / "link").symlink_to(root / "solution")
    (root / "link.txt").symlink_to(root / "LICENSE")
    (root / "linked").symlink_to(root / "package")
    with pytest.raises(ReleaseError, match=message):
        beside(root, ('"LICENSE"', f'"{entry}"'))


def test_two_readmes_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    with pytest.raises(ReleaseError, match=r"already brings a README\.md"):
        beside(tmp_path, ('"LICENSE"', '"README.md"'))


@pytest.mark.parametrize("data", ["data", "..", "../solution/data", "../../data"])
def test_data_that_does_not_lie_beside_is_an_error(tmp_path: Path, data: str) -> None:
    with pytest.raises(ReleaseError, match="does not lie beside the solution"):
        beside(tmp_path / "repository", ('data = "../data"', f'data = "{data}"'))


def test_an_assignment_without_data_packs_none(tmp_path: Path) -> None:
    assert "data/README.md" not in beside(tmp_path, ('data = "../data"', ""))


def test_the_zip_is_the_same_whatever_the_order_and_says_nothing_of_time_or_modes() -> None:
    files = {"b.py": b"b" * 400, "a/c.py": b""}
    extras = {"data/x": b"\0\1", "README.md": b"\xc3\xa9"}
    packed = pack("work", files, extras)
    assert packed == pack("work", dict(reversed(files.items())), dict(reversed(extras.items())))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        infos = archive.infolist()
        assert [info.filename for info in infos] == [
            "README.md",
            "data/x",
            "work/a/c.py",
            "work/b.py",
        ]
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr for info in infos} == {0o100644 << 16}
        assert {info.create_system for info in infos} == {3}
        assert archive.read("work/b.py") == b"b" * 400
    assert len(packed) < 900
