from pathlib import Path

import pytest
from intake_samples import LAYERS, MNIST, MODULES, laid_out, problem, put, take_one

from grader.batch.candidates import match, without_suffix


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("layers.py", ("layers.py", True)),
        ("Layers.PY", ("layers.py", True)),
        ("layers-1.py", ("layers.py", True)),
        ("layers-12.py", ("layers.py", True)),
        ("layers (1).py", ("layers.py", True)),
        ("layers(3).py", ("layers.py", True)),
        ("layers copy.py", ("layers.py", False)),
        ("layers - Copy.py", ("layers.py", False)),
        ("layers - Copy (2).py", ("layers.py", False)),
        ("layers copy 2.py", ("layers.py", False)),
        ("Copy of layers.py", ("layers.py", False)),
        ("layers_2.py", ("layers.py", False)),
        ("layers.txt", None),
        ("layers", None),
        ("my_layers.py", None),
        ("layers-one.py", None),
        ("layerscopy.py", None),
        ("-1.py", None),
    ],
)
def test_file_names_are_matched_with_modules(name: str, expected: tuple[str, bool] | None) -> None:
    assert match(name, MODULES) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a-2.py", ("a.py", 2)),
        ("a (2).py", ("a.py", None)),
        ("a-b.py", ("a-b.py", None)),
        ("a-2", ("a-2", None)),
    ],
)
def test_the_number_that_canvas_adds_is_read(name: str, expected: tuple[str, int | None]) -> None:
    assert without_suffix(name) == expected


@pytest.mark.parametrize(
    "name", ["Layers.py", "layers-1.py", "layers (1).py", "layers copy.py", "LAYERS.PY"]
)
def test_a_renamed_module_is_recognised_with_a_note(tmp_path: Path, name: str) -> None:
    put(tmp_path / "ada", {"mnist.py": MNIST, name: LAYERS})
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"mnist.py": MNIST, "layers.py": LAYERS}
    assert submission.notes == (f"layers.py: recognised in '{name}'",)


@pytest.mark.parametrize("name", ["old/layers.py", "layers (1).py", "layers-2.py", "Layers.py"])
def test_two_different_files_for_a_module_are_a_problem_that_names_both(
    tmp_path: Path, name: str
) -> None:
    put(tmp_path / "ada", {"layers.py": LAYERS, name: b"older\n"})
    if (tmp_path / "ada" / "layers.py").read_bytes() != LAYERS:
        pytest.skip("this file system does not tell cases apart")
    assert problem(take_one(tmp_path, tmp_path / "ada")) == (
        f"two different files could be layers.py: 'layers.py', '{name}'; keep one of them"
    )


def test_two_equal_files_for_a_module_are_a_note(tmp_path: Path) -> None:
    put(
        tmp_path / "ada",
        {
            "layers.py": LAYERS,
            "layers (1).py": LAYERS.replace(b"\n", b"\r\n"),
            "b/layers.py": LAYERS,
        },
    )
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {"layers.py": LAYERS, "b/layers.py": LAYERS}
    assert submission.notes == (
        "layers.py: found 3 times with the same content: "
        "'layers.py', 'b/layers.py', 'layers (1).py'",
    )


def test_a_copy_beside_the_module_itself_is_no_candidate(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"layers.py": LAYERS, "layers copy.py": b"older\n"})
    assert laid_out(take_one(tmp_path, tmp_path / "ada"))["layers.py"] == LAYERS


def test_very_many_files_for_a_module_are_not_all_read(tmp_path: Path) -> None:
    put(tmp_path / "ada", {"layers.py": LAYERS} | {f"v{n}/layers.py": LAYERS for n in range(20)})
    assert problem(take_one(tmp_path, tmp_path / "ada")) == (
        "21 files could be layers.py; keep one of them"
    )


def test_a_helper_module_gets_back_the_name_it_is_imported_by(tmp_path: Path) -> None:
    put(
        tmp_path / "ada",
        {"mnist.py": MNIST, "tools-1.py": b"1\n", "b-2.py": b"2\n", "b.py": b"3\n"},
    )
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {
        "mnist.py": MNIST,
        "tools.py": b"1\n",
        "b-2.py": b"2\n",
        "b.py": b"3\n",
    }
    assert "tools.py: recognised in 'tools-1.py'" in submission.notes
