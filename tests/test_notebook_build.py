"""Notebooks of a release: what is in them, and that nothing in them changes without a reason."""

import ast
import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
import tiny_notebook
from tiny_notebook import parts

from grader.manifest import ManifestError, load_manifest
from grader.notebook.build import _identifier
from grader.notebook.cells import pieces
from grader.notebook.sheet import portable, sections
from grader.release import ReleaseError, build
from grader.release.check import differences
from grader.release.stub import cut

REPOSITORY = Path(__file__).resolve().parents[1]


def built(root: Path, **files: str) -> dict[str, bytes]:
    return build(tiny_notebook.solution(root, **files), "assignment").files


def notebook(files: dict[str, bytes], unit: str = "ridge") -> nbformat.NotebookNode:
    return nbformat.reads(files[f"notebooks/{unit}.ipynb"].decode(), 4)


def test_a_unit_becomes_a_notebook_of_text_stubs_and_checks(tmp_path):
    found = notebook(parts(tmp_path))
    nbformat.validate(found)
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    assert found.metadata.grader == {"assignment": "ridge", "unit": "ridge", "format": 1}
    assert found.metadata.kernelspec.name == "python3"
    assert [(cell.id, cell.metadata.grader.role) for cell in found.cells] == [
        ("text-start", "text"),
        ("setup", "setup"),
        ("text-unit-ridge", "text"),
        ("given-ridge", "given"),
        ("text-solve", "text"),
        ("task-solve", "task"),
        ("check-solve", "check"),
        ("given-ridge-squared", "given"),
        ("text-predict", "text"),
        ("task-predict", "task"),
        ("check-predict", "check"),
        ("text-end", "text"),
        ("check-unit-ridge", "check"),
    ]
    tasks = {c.id: c.metadata.grader.get("task") for c in found.cells}
    assert tasks["text-solve"] == tasks["task-solve"] == tasks["check-solve"] == "solve"
    assert tasks["setup"] is tasks["given-ridge"] is tasks["check-unit-ridge"] is None
    for cell in found.cells:
        own = cell.metadata.grader.role == "task"
        assert (cell.metadata.editable, cell.metadata.deletable) == (own, False)
        assert cell.metadata.grader.unit == "ridge"
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


def test_code_cells_one_after_the_other_are_the_stub(tmp_path):
    files = parts(tmp_path)
    code = [
        cell.source
        for cell in notebook(files).cells
        if cell.metadata.grader.role in ("given", "task")
    ]
    whole = ast.parse("\n".join(code))
    assert ast.dump(whole) == ast.dump(ast.parse(files["ridge.py"]))
    assert [line for part in code for line in part.split("\n") if line.strip()] == [
        line for line in files["ridge.py"].decode().split("\n") if line.strip()
    ]


def test_the_same_solution_gives_the_same_bytes_as_a_release_too(tmp_path):
    assert parts(tmp_path / "one") == parts(tmp_path / "two") == built(tmp_path / "three")


def test_a_change_changes_the_cells_it_is_about_and_no_other(tmp_path):
    before = notebook(parts(tmp_path / "one"))
    grown = tiny_notebook.STUBBED.replace(
        "SCALE = 1.0  # given", "SCALE = 1.0  # given\nSHIFT = 0.0"
    ).replace("# Given, too.", "def doubled(values):\n    return 2 * values")
    after = notebook(
        parts(tmp_path / "two", **{"ridge.py": grown, "README.md": tiny_notebook.SHEET + "\nMore."})
    )
    old = {cell.id: cell for cell in before.cells}
    new = {cell.id: cell for cell in after.cells}
    assert {name for name in old.keys() & new.keys() if old[name] != new[name]} == {"given-ridge"}
    assert new.keys() - old.keys() == {"given-ridge-doubled"}
    assert old.keys() - new.keys() == {"given-ridge-squared"}


def test_text_comes_from_the_exercise_sheet_with_its_pictures_inside(tmp_path):
    cells = {cell.id: cell for cell in notebook(parts(tmp_path)).cells}
    unit = cells["text-unit-ridge"]
    assert unit.source.startswith("## `ridge.py`: by hand\n\n![A line](data:image/png;base64,iVBOR")
    assert '<img src="data:image/svg+xml;base64,PHN2Z' in unit.source
    assert 'alt="a curve">; see' in unit.source
    assert "attachments" not in unit
    assert "[the data](../../data/x.md)" in unit.source
    task = cells["text-solve"].source
    assert task.startswith("### `solve` (6 points)\n")
    assert "Solve `![not a picture](pictures/line.png)` for" in task
    assert "## no heading, [no link](pictures/line.png)\n```" in task
    predict = cells["text-predict"].source
    assert predict.endswith("](../README.md#install) and [a site](https://example.org/x).")
    assert "Not part of any unit" not in json.dumps([cell.source for cell in cells.values()])


def test_a_sheet_that_says_nothing_of_a_unit_leaves_titles_and_points(tmp_path):
    cells = {c.id: c for c in notebook(parts(tmp_path, **{"README.md": "# Sheet\n"})).cells}
    assert cells["text-unit-ridge"].source == "## `ridge.py`: Ridge regression"
    assert cells["text-solve"].source == "### `solve`: Solve for the weights (6 points)"


def test_the_setup_cell_says_what_a_host_without_the_package_needs(tmp_path):
    manifest = tiny_notebook.MANIFEST + 'install = "./grader[notebook]"\n'
    files = parts(tmp_path, **{"assignment.toml": manifest})
    source = notebook(files).cells[1].source
    assert 'shutil.unpack_archive("assignment.zip")' in source
    assert "%pip install --quiet ./grader[notebook]\n" in source
    assert source.endswith("%load_ext grader\n%unit ridge")
    assert "upload assignment.zip" in source


@pytest.mark.parametrize("install", ["x; rm -rf ~", "x\nimport os", "$(x)", ""])
def test_what_is_installed_is_no_way_to_run_something_else(tmp_path, install):
    manifest = tiny_notebook.MANIFEST + f"install = {json.dumps(install)}\n"
    (tmp_path / "assignment.toml").write_text(manifest)
    with pytest.raises(ManifestError, match="install"):
        load_manifest(tmp_path)


def test_without_the_table_there_are_no_notebooks(tmp_path):
    manifest = tiny_notebook.MANIFEST.replace("[notebook]", "")
    assert not [
        name for name in parts(tmp_path, **{"assignment.toml": manifest}) if "ipynb" in name
    ]


def test_a_machine_without_nbformat_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(ReleaseError, match=r"pip install 'autoencoder-grader\[notebook\]'"):
        parts(tmp_path)


SPREAD = '''"""Only a text."""
# BEGIN SOLUTION solve
weights = [1, 2]
more = 3
# STUB: weights = None
# END SOLUTION
@property
def first(self):
    # BEGIN SOLUTION predict
    return 1
    # END SOLUTION
class Both:
    def one(self):
        # BEGIN SOLUTION solve
        return 1
        # END SOLUTION
    def two(self):
        # BEGIN SOLUTION predict
        return 1
        # END SOLUTION
x = 1; y = 2
# the end'''


def test_regions_outside_functions_and_classes_of_two_tasks_are_cut_where_code_allows():
    found = pieces(cut("ridge.py", SPREAD.encode(), ("solve", "predict")))
    assert [(piece.tasks, piece.names) for piece in found] == [
        ((), ()),
        (("solve",), ("weights",)),
        (("predict",), ("first",)),
        (("solve", "predict"), ("Both",)),
        ((), ("x", "y")),
    ]
    assert [piece.docstring for piece in found if not piece.tasks] == ["Only a text.", None]
    assert found[2].source.startswith("@property\n")
    assert found[-1].source == "x = 1; y = 2\n# the end"


def test_a_task_in_several_cells_is_checked_below_the_last_of_them(tmp_path):
    files = parts(tmp_path, **{"ridge.py": SPREAD})
    assert [cell.id for cell in notebook(files).cells][3:-2] == [
        "text-module-ridge",
        "text-solve",
        "task-solve",
        "text-predict",
        "task-predict",
        "task-solve-2",
        "check-solve",
        "check-predict",
        "given-ridge-x",
    ]


def test_line_ends_and_encodings_of_a_module_do_not_show(tmp_path):
    text = "# coding: latin-1\nNAME = 'ü'\n" + tiny_notebook.STUBBED
    stub = cut("ridge.py", text.replace("\n", "\r\n").encode("latin-1"), ("solve", "predict"))
    found = pieces(stub)
    assert "NAME = 'ü'" in found[0].source
    assert not any("\r" in piece.source for piece in found)


def test_ids_are_what_the_format_allows_however_names_are():
    assert _identifier("task-solve") == "task-solve"
    for name in ("given-ridge-größe", "x" * 100):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", _identifier(name))
    assert _identifier("x" * 100) != _identifier("x" * 101)


def test_sections_end_where_the_next_of_their_level_begins():
    sheet = (
        "# A\n## `m.py`\nunit\n### `t` x\none\n#### deeper\ntwo\n### other\nthree\n## Next\nfour"
    )
    found = sections(sheet, "m.py", ["t"])
    assert found.unit == "## `m.py`\nunit\n\n### other\nthree"
    assert found.tasks == {"t": "### `t` x\none\n\n#### deeper\ntwo"}
    assert sections(sheet, "n.py", ["t"]).unit is None


def test_links_of_every_kind_lead_to_where_they_did():
    text = '[a](b.md "t") [m](mailto:x@y.z) [abs](/x) ![gone](pictures/gone.png)\n~~~\n[c](d)\n~~~'
    assert portable(text, {}, "../README.md") == (
        '[a](../b.md "t") [m](mailto:x@y.z) [abs](/x) ![gone](../pictures/gone.png)'
        "\n~~~\n[c](d)\n~~~"
    )


def test_nothing_hidden_reaches_a_notebook(tmp_path):
    line = "return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), SCALE * (x.T @ y))"
    sheet = tiny_notebook.SHEET + f'\nIt says "so" and:\n\n    {line}\n'
    with pytest.raises(ReleaseError, match="shows the solution of region 'solve'"):
        built(tmp_path, **{"README.md": sheet})


def test_a_notebook_packed_beside_the_assignment_is_looked_through(tmp_path):
    quoted = tiny_notebook.STUBBED.replace("SCALE * (x.T @ y)", '{"a": x.T @ y}["a"]')
    line = next(text.strip() for text in quoted.split("\n") if "linalg" in text)
    leak = {"cells": [{"source": ["# Mine\n", f"    {line}\n"]}]}
    manifest = tiny_notebook.MANIFEST + '[release]\ninclude = ["extra"]\n'
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "n.ipynb").write_text(json.dumps(leak))
    with pytest.raises(ReleaseError, match=r"extra/n\.ipynb: shows the solution"):
        built(tmp_path, **{"ridge.py": quoted, "assignment.toml": manifest})
    leak["cells"][0]["source"] = ["test_against_", "reference"]
    (tmp_path / "extra" / "n.ipynb").write_text(json.dumps(leak))
    with pytest.raises(ReleaseError, match=r"n\.ipynb: names the hidden check"):
        built(tmp_path, **{"ridge.py": quoted, "assignment.toml": manifest})
    (tmp_path / "extra" / "n.ipynb").write_text(f'{{"broken": test_against_reference {line}')
    with pytest.raises(ReleaseError, match=r"n\.ipynb: names the hidden check"):
        built(tmp_path, **{"ridge.py": quoted, "assignment.toml": manifest})


def test_a_difference_in_a_notebook_is_shown_without_its_pictures(tmp_path):
    folder = tiny_notebook.release(tmp_path)
    path = folder / "notebooks" / "ridge.ipynb"
    path.write_text(path.read_text().replace("data:image/png;base64,", f"data:{'A' * 9000}"))
    files = parts(tmp_path)
    lines = list(differences(files, folder))
    assert lines[0] == "changed  notebooks/ridge.ipynb"
    assert any("characters)" in line for line in lines)
    assert max(map(len, lines)) < 300


def test_the_released_assignment_has_a_valid_notebook_for_each_unit():
    for unit in load_manifest(REPOSITORY / "assignment").units:
        found = nbformat.read(REPOSITORY / "assignment" / "notebooks" / f"{unit.id}.ipynb", 4)
        nbformat.validate(found)
        roles = [cell.metadata.grader for cell in found.cells]
        checked = [role.task for role in roles if role.role == "check" and "task" in role]
        assert checked == [task.id for task in unit.tasks]
        text = "".join(cell.source for cell in found.cells if cell.cell_type == "markdown")
        assert not re.search(r"\]\(pictures/", text)
