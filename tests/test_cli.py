import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_release_build import RELEASED, SOLUTION, make_solution

from grader.cli import main


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def release(root: Path, *arguments: str | Path) -> Result:
    return invoke(
        "release", "--solution", root / "solution", "--out", root / "assignment", *arguments
    )


def tree(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_help_lists_the_commands() -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    assert "release" in result.stdout


def test_the_version_is_printed() -> None:
    result = invoke("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("grader, version ")


def test_importing_the_command_line_imports_neither_torch_nor_numpy() -> None:
    program = (
        "import sys, grader.cli; sys.exit(bool({'torch', 'numpy', 'matplotlib'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_help_of_release_shows_the_markers() -> None:
    text = invoke("release", "--help").stdout
    for line in (
        "        # BEGIN SOLUTION slope",
        "        # END SOLUTION",
        '        raise NotImplementedError("TODO slope")',
        "        # STUB: weights = None",
    ):
        assert line[2:] in text.splitlines()


def test_release_writes_the_folder_and_the_zip(tmp_path: Path) -> None:
    make_solution(tmp_path)
    result = release(tmp_path)
    assert result.exit_code == 0, result.output
    assert sorted(tree(tmp_path / "assignment")) == RELEASED
    archive = tmp_path / "assignment.zip"
    assert result.stdout.splitlines() == [
        f"{tmp_path / 'assignment'}: 10 files, 2 units, 3 tasks",
        f"{archive}: 17 files, {archive.stat().st_size} bytes",
    ]
    assert "importing the stubs" in result.stderr
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
        assert (
            packed.read("assignment/ridge.py")
            == (tmp_path / "assignment" / "ridge.py").read_bytes()
        )
    assert {f"assignment/{name}" for name in RELEASED} <= names
    assert {"README.md", "data/digits-ubyte", "pyproject.toml", "package/inner/a.py"} <= names
    assert not any("hidden" in name or "full" in name or "pycache" in name for name in names)


def test_release_removes_what_it_does_not_generate(tmp_path: Path) -> None:
    make_solution(tmp_path)
    assert release(tmp_path).exit_code == 0
    (tmp_path / "assignment" / "stale.py").touch()
    assert release(tmp_path, "--zip", tmp_path / "other.zip").exit_code == 0
    assert sorted(tree(tmp_path / "assignment")) == RELEASED
    assert (tmp_path / "other.zip").read_bytes() == (tmp_path / "assignment.zip").read_bytes()


def test_release_uses_the_default_folders_of_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_solution(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = invoke("release")
    assert result.stdout.startswith("assignment: 10 files, 2 units, 3 tasks\nassignment.zip: 17")


def test_check_accepts_a_fresh_release_in_one_line(tmp_path: Path) -> None:
    make_solution(tmp_path)
    release(tmp_path)
    before = tree(tmp_path)
    result = release(tmp_path, "--check")
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'assignment'} is what the solution releases\n"
    assert tree(tmp_path) == before


def test_check_says_what_differs_writes_nothing_and_exits_1(tmp_path: Path) -> None:
    make_solution(tmp_path)
    release(tmp_path)
    with (tmp_path / "solution" / "scale.py").open("a") as file:
        file.write("LIMIT = 3\n")
    (tmp_path / "assignment" / "pytest.ini").unlink()
    (tmp_path / "assignment" / "x.py").touch()
    before = tree(tmp_path)
    result = release(tmp_path, "--check")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "missing  pytest.ini"
    assert lines[1] == "changed  scale.py"
    assert "    +LIMIT = 3" in lines
    assert lines[-2] == "extra    x.py"
    assert "run 'grader release'" in lines[-1]
    assert tree(tmp_path) == before


def test_check_of_a_folder_that_is_not_there_exits_1(tmp_path: Path) -> None:
    make_solution(tmp_path)
    result = release(tmp_path, "--check")
    assert result.exit_code == 1
    assert not (tmp_path / "assignment").exists()


def test_check_with_zip_is_a_usage_error(tmp_path: Path) -> None:
    make_solution(tmp_path)
    result = release(tmp_path, "--check", "--zip", tmp_path / "a.zip")
    assert result.exit_code == 2
    assert "leave out --zip" in result.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"solution/scale.py": "# BEGIN SOLUTION centre\n"}, "scale.py:1: BEGIN SOLUTION centre"),
        ({"solution/assignment.toml": "id = 3"}, "assignment.toml"),
        ({"solution/assignment.toml": None}, "assignment.toml"),
        ({"assignment/thesis.tex": ""}, "holds files but no assignment.toml"),
    ],
)
def test_a_release_that_fails_exits_2_and_writes_nothing(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    make_solution(tmp_path, changes)
    before = tree(tmp_path)
    result = release(tmp_path)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert tree(tmp_path) == before


def test_an_error_leaves_the_old_release_untouched(tmp_path: Path) -> None:
    make_solution(tmp_path)
    release(tmp_path)
    before = tree(tmp_path / "assignment")
    make_solution(
        tmp_path, {"solution/scale.py": "raise OSError\n" + SOLUTION["solution/scale.py"]}
    )
    assert release(tmp_path).exit_code == 2
    assert tree(tmp_path / "assignment") == before


def test_two_processes_under_other_conditions_write_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for name, reverse, umask, zone, locale in (
        ("one", False, 0o022, "UTC", "C"),
        ("two", True, 0o077, "Asia/Kolkata", "de_DE.UTF-8"),
    ):
        root = tmp_path / name
        names = sorted(SOLUTION, reverse=reverse)
        for each in names:  # the order of creation is the order many file systems list
            (root / each).parent.mkdir(parents=True, exist_ok=True)
            (root / each).write_bytes(SOLUTION[each].encode())
            os.utime(root / each, (1.5e9 + len(each), 1.5e9 + umask))
        run = subprocess.run(
            [sys.executable, "-c", "from grader.cli import main; main()", "release"],
            cwd=root,
            umask=umask,
            env=os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": str(umask)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("assignment: 10 files, 2 units, 3 tasks\n")
        archive = root / "assignment.zip"
        results.append((tree(root / "assignment"), archive.read_bytes(), archive.stat().st_mode))
    assert results[0] == results[1]
