"""Units that a course does not use take along what belongs to them."""

import pytest
import tiny
import units

from grader.manifest import load_manifest
from grader.release.build import build
from grader.release.chosen import (
    TABLE,
    chosen_checks,
    chosen_pictures,
    chosen_sheet,
    task_table,
)

SHEET = f"""# Ridge

{TABLE}

## `lasso.py`: the other one

![path](pictures/path.png) ![both](pictures/both.png)

### `shrink` (5 points)

```
## `ridge.py` in a block is no heading
```

## `ridge.py`: the first one

![both](pictures/both.png)

### `solve` (6 points)
"""
SECOND = """
[[units]]
module = "lasso.py"
title = "Lasso"
enabled = ENABLED
tasks = [{ id = "shrink", title = "Shrink", points = 2.5, depends = ["solve"] }]
"""


@pytest.fixture
def manifest(tmp_path):
    def load(*, enabled):
        text = tiny.MANIFEST + SECOND.replace("ENABLED", str(enabled).lower())
        (tmp_path / "assignment.toml").write_text(text)
        return load_manifest(tmp_path)

    return load


def test_the_table_lists_the_tasks_that_are_on_and_their_sum(manifest):
    assert task_table(manifest(enabled=True)) == [
        "| Module | Task | What | Points | Needs |",
        "| --- | --- | --- | ---: | --- |",
        "| `ridge.py` | `solve` | Solve for the weights | 6 | |",
        "| | `predict` | Predict with them | 4 | `solve` |",
        "| `lasso.py` | `shrink` | Shrink | 2.5 | `solve` |",
        "| | | **Sum** | **12.5** | |",
    ]
    assert task_table(manifest(enabled=False))[-2:] == [
        "| | `predict` | Predict with them | 4 | `solve` |",
        "| | | **Sum** | **10** | |",
    ]


def test_a_sheet_whose_units_are_all_on_changes_in_the_table_only(manifest):
    on = manifest(enabled=True)
    assert chosen_sheet(SHEET, on) == SHEET.replace(TABLE, "\n".join(task_table(on)))
    assert chosen_sheet("# No table\r\n", on) == "# No table\r\n"


def test_the_section_of_a_unit_that_is_off_leaves_with_all_below_it(manifest):
    sheet = chosen_sheet(SHEET, manifest(enabled=False))
    assert "lasso" not in sheet
    assert "shrink" not in sheet
    assert "in a block" not in sheet
    assert sheet.endswith(SHEET[SHEET.index("## `ridge.py`: the first") :])


def test_a_picture_leaves_if_only_what_left_shows_it(manifest):
    sheet = chosen_sheet(SHEET, manifest(enabled=False))
    pictures = {f"pictures/{name}.png": b"" for name in ("path", "both", "unmentioned")}
    assert set(chosen_pictures(pictures, sheet, SHEET)) == {
        "pictures/both.png",
        "pictures/unmentioned.png",
    }


def test_a_file_of_checks_leaves_if_all_its_tasks_are_off(manifest):
    def check(task):
        return f'@pytest.mark.task("{task}", weight=2)\ndef test_{task}(student): ...\n'.encode()

    files = {
        "checks/test_lasso.py": b"import pytest\n" + check("shrink"),
        "checks/test_both.py": b"import pytest\n" + check("shrink") + check("solve"),
        "checks/test_ridge.py": b"import pytest\n" + check("solve"),
        "checks/helpers.py": b"import pytest\n",
        "checks/table.csv": b"shrink",
        "checks/broken.py": b'pytest.mark.task("shrink") (',
    }
    assert chosen_checks(files, manifest(enabled=True)) == files
    kept = chosen_checks(files, manifest(enabled=False))
    assert set(files) - set(kept) == {"checks/test_lasso.py"}


def test_a_release_holds_the_units_that_are_on_and_nothing_of_the_others(tmp_path):
    built = build(units.solution_with(tmp_path, "mnist", "layers"), "assignment")
    modules = {name for name in built.files if name.endswith(".py") and "/" not in name}
    assert modules == {"mnist.py", "layers.py"}
    checks = {name for name in built.files if name.startswith("checks/")}
    assert checks == {"checks/conftest.py", "checks/test_mnist.py", "checks/test_layers.py"}
    pictures = {name for name in built.files if name.startswith("pictures/")}
    assert pictures == {f"pictures/{n}.png" for n in ("digits", "batchnorm", "comparison")}
    sheet = built.files["README.md"].decode()
    assert "**34**" in sheet
    assert "autoencoder.py" not in sheet


def test_all_units_together_can_be_released(tmp_path):
    names = [unit.id for unit in load_manifest(units.SOLUTION).declared]
    assert len(names) == 15
    built = build(units.solution_with(tmp_path, *names), "assignment")  # which looks for leaks
    assert {f"{name}.py" for name in names} <= set(built.files)
