"""Building a release from a tiny assignment that has nothing to do with deep learning."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.manifest import ManifestError
from grader.release import ReleaseError, build

MANIFEST = """
id = "ridge"
title = "Ridge regression by hand"
data = "../data"

[[units]]
module = "ridge.py"
title = "Ridge"
tasks = [
    { id = "fit", title = "Solve for the weights", points = 7 },
    { id = "predict", title = "Predict", points = 3, depends = ["fit"] },
]

[[units]]
module = "scale.py"
title = "Scaling"
tasks = [{ id = "centre", title = "Centre the columns", points = 2.5 }]

[release]
include = ["pyproject.toml", "LICENSE", "package"]
readme = "solution/START.md"
"""
RIDGE = '''"""Ridge regression."""

from scale import centre


def fit(x: list[float], y: list[float], strength: float) -> float:
    """The weight."""
    # TODO fit: mind the strength
    # BEGIN SOLUTION fit
    x = centre(x)
    top = sum(a * b for a, b in zip(x, y, strict=True))
    return top / (sum(a * a for a in x) + strength)
    # END SOLUTION


def predict(x: list[float], weight: float) -> list[float]:
    """The predictions."""
    # TODO predict
    # BEGIN SOLUTION predict
    return [weight * value for value in x]
    # END SOLUTION predict
'''
SCALE = """def centre(x):
    # BEGIN SOLUTION centre
    mean = sum(x) / len(x)
    return [value - mean for value in x]
    # END SOLUTION
"""
SOLUTION = {
    "solution/assignment.toml": MANIFEST,
    "solution/ridge.py": RIDGE,
    "solution/scale.py": SCALE,
    "solution/README.md": "# Ridge\n\n![line](pictures/line.png)\n",
    "solution/START.md": "# Start here\n",
    "solution/pytest.ini": "[pytest]\n",
    "solution/alternatives.py": "def other_way():\n    return 5\n",
    "solution/pictures/line.png": "\0PNG",
    "solution/pictures/deep/er.svg": "<svg/>",
    "solution/checks/public/conftest.py": "",
    "solution/checks/public/test_ridge.py": "def test_fit():\n    assert True\n",
    "solution/checks/public/sub/values.json": "[1, 2]\n",
    "solution/checks/public/__pycache__/test_ridge.pyc": "\0",
    "solution/checks/public/.DS_Store": "\0",
    "solution/checks/hidden/test_ridge_hidden.py": (
        "def test_fit():\n    pass\n\ndef test_fit_of_constant_columns():\n    pass\n"
    ),
    "solution/misconceptions/forgets_strength.py": "def fit(x, y, strength):\n    return 1\n",
    "solution/calibration/ridge.json": "{}\n",
    "solution/__pycache__/ridge.cpython-311.pyc": "\0",
    "pyproject.toml": "[project]\nname = 'x'\n",
    "LICENSE": "MIT\n",
    "package/__init__.py": "",
    "package/inner/a.py": "a = 1\n",
    "package/__pycache__/a.pyc": "\0",
    "data/digits-ubyte": "\0\1\2",
    "data/README.md": "digits\n",
    "data/full/train-ubyte": "\0",
    "tests/test_x.py": "",
}
RELEASED = [
    "README.md",
    "assignment.toml",
    "checks/conftest.py",
    "checks/sub/values.json",
    "checks/test_ridge.py",
    "pictures/deep/er.svg",
    "pictures/line.png",
    "pytest.ini",
    "ridge.py",
    "scale.py",
]


def write_tree(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def make_solution(root: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """Write the tiny assignment below ``root``; None in ``changes`` leaves a file out."""
    files = {**SOLUTION, **(changes or {})}
    write_tree(root, {name: text for name, text in files.items() if text is not None})
    return root / "solution"


def refusal(root: Path, changes: Mapping[str, str | None]) -> str:
    solution = make_solution(root, changes)
    with pytest.raises(ReleaseError) as caught:
        build(solution, "assignment")
    return str(caught.value)


def test_a_release_holds_what_the_list_names_and_nothing_else(tmp_path: Path) -> None:
    said: list[str] = []
    built = build(make_solution(tmp_path), "assignment", said.append)
    assert list(built.files) == RELEASED
    assert built.files["assignment.toml"] == MANIFEST.encode()
    assert built.files["checks/test_ridge.py"] == b"def test_fit():\n    assert True\n"
    assert b'raise NotImplementedError("TODO predict")' in built.files["ridge.py"]
    assert b"weight * value" not in built.files["ridge.py"]
    assert said[0] == f"cutting 2 units of {tmp_path / 'solution'}"


def test_the_zip_holds_data_and_what_the_manifest_includes(tmp_path: Path) -> None:
    built = build(make_solution(tmp_path), "assignment")
    assert list(built.extras) == [
        "LICENSE",
        "README.md",
        "data/README.md",
        "data/digits-ubyte",
        "package/__init__.py",
        "package/inner/a.py",
        "pyproject.toml",
    ]
    assert built.extras["README.md"] == b"# Start here\n"


def test_absent_data_is_said_and_no_error(tmp_path: Path) -> None:
    absent = dict.fromkeys(name for name in SOLUTION if name.startswith("data/"))
    said: list[str] = []
    built = build(make_solution(tmp_path, absent), "assignment", said.append)
    assert not any(name.startswith("data/") for name in built.extras)
    assert any("the zip holds no data" in line for line in said)


def test_pictures_are_optional(tmp_path: Path) -> None:
    absent = dict.fromkeys(name for name in SOLUTION if "/pictures/" in name)
    built = build(make_solution(tmp_path, absent), "assignment")
    assert not any(name.startswith("pictures") for name in built.files)


@pytest.mark.parametrize("name", ["solution/ridge.py", "solution/README.md", "solution/pytest.ini"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    message = refusal(tmp_path, {name: None})
    assert message == f"{tmp_path / name}: is missing; a release needs it"


def test_a_missing_solution_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="nowhere: is no folder; name the solution with"):
        build(tmp_path / "nowhere", "assignment")


def test_a_missing_manifest_is_the_manifests_own_error(tmp_path: Path) -> None:
    solution = make_solution(tmp_path, {"solution/assignment.toml": None})
    with pytest.raises(ManifestError, match=r"assignment\.toml"):
        build(solution, "assignment")


def test_a_solution_without_public_checks_is_an_error(tmp_path: Path) -> None:
    absent = dict.fromkeys(name for name in SOLUTION if "/public/" in name)
    assert "public: holds no check" in refusal(tmp_path, absent)


@pytest.mark.parametrize("name", ["checks/public/test_ridge.py.orig", "pictures/line.psd"])
def test_a_file_of_no_released_kind_is_an_error(tmp_path: Path, name: str) -> None:
    message = refusal(tmp_path, {f"solution/{name}": "x"})
    assert message.startswith(f"{tmp_path / 'solution' / name}: is of no kind that is released")


@pytest.mark.parametrize("linked", ["solution/checks/public/test_more.py", "solution/ridge.py"])
def test_a_symbolic_link_is_an_error(tmp_path: Path, linked: str) -> None:
    solution = make_solution(tmp_path, {linked: None})
    (tmp_path / linked).symlink_to(tmp_path / "LICENSE")
    with pytest.raises(ReleaseError, match="is a symbolic link; put the file itself there"):
        build(solution, "assignment")


def test_a_linked_folder_is_an_error(tmp_path: Path) -> None:
    absent = dict.fromkeys(name for name in SOLUTION if "/public/" in name)
    solution = make_solution(tmp_path, absent)
    (solution / "checks" / "public").symlink_to(solution / "checks" / "hidden")
    with pytest.raises(ReleaseError, match="public: is a symbolic link"):
        build(solution, "assignment")


def test_broken_markers_name_the_solutions_file_and_line(tmp_path: Path) -> None:
    message = refusal(tmp_path, {"solution/scale.py": SCALE.replace("# END SOLUTION", "")})
    assert message.startswith(f"{tmp_path / 'solution' / 'scale.py'}:2: BEGIN SOLUTION centre")


def test_a_task_of_another_unit_is_refused(tmp_path: Path) -> None:
    message = refusal(
        tmp_path, {"solution/scale.py": SCALE.replace("SOLUTION centre", "SOLUTION fit")}
    )
    assert "no task 'fit'; its tasks are centre" in message


def test_a_stub_that_does_not_import_names_the_region(tmp_path: Path) -> None:
    top = "# BEGIN SOLUTION centre\nFACTOR = 3\n# END SOLUTION\n"
    message = refusal(tmp_path, {"solution/scale.py": top + SCALE})
    assert message.startswith(f"{tmp_path / 'solution' / 'scale.py'}:1: the stub does not import")


def test_a_leak_is_refused(tmp_path: Path) -> None:
    shown = "Hint: `top = sum(a * b for a, b in zip(x, y, strict=True))`\n"
    assert refusal(tmp_path, {"solution/README.md": shown}).startswith("README.md: shows the sol")


def test_a_leak_beside_the_assignment_is_refused(tmp_path: Path) -> None:
    assert "hidden check" in refusal(tmp_path, {"package/x.py": "test_fit_of_constant_columns"})
