"""Notebooks among what is handed in: which of them counts, and what is said about it."""

import notebook_samples as samples
import pytest
from intake_samples import laid_out, problem, put, zipped
from notebook_samples import (
    FIT,
    IMPORT,
    MODULES,
    PREDICT,
    SOLVE,
    notebook,
    released,
    released_model,
)

from grader.batch.intake import collect
from grader.batch.submission import IntakeError

DONE = notebook(released(solve=SOLVE, predict=PREDICT), unit="ridge")
HALF = notebook(released(solve=SOLVE), unit="ridge")
MODEL = notebook(released_model(fit=FIT), unit="model")
ALL = notebook([IMPORT, samples.CENTRED, SOLVE, PREDICT, FIT])
STUB = samples.tiny.STUB.encode()
RIGHT = samples.tiny.SOLUTION.encode()


@pytest.fixture(scope="module")
def outlines(tmp_path_factory):
    return samples.outlines(tmp_path_factory.mktemp("course"))


@pytest.fixture
def take(tmp_path, outlines):
    def take(files, path="in", **more):
        put(tmp_path / "in", files)
        taken = collect(
            [tmp_path / path], modules=MODULES, workdir=tmp_path / "work", outlines=outlines, **more
        )
        return {submission.id: submission for submission in taken}

    return take


def only(taken):
    (submission,) = taken.values()
    return submission


def test_a_notebook_named_on_the_command_line_is_a_submission(take):
    submission = only(take({"kim.ipynb": ALL}, "in/kim.ipynb"))
    assert (submission.id, submission.layout) == ("kim", "ipynb")
    assert sorted(laid_out(submission)) == ["model.py", "ridge.py"]


def test_a_folder_of_notebooks_is_a_class(take):
    taken = take({"kim.ipynb": ALL, "lee.ipynb": DONE, "may/hw.ipynb": MODEL})
    assert {name: sorted(laid_out(s)) for name, s in taken.items()} == {
        "kim": ["model.py", "ridge.py"],
        "lee": ["ridge.py"],
        "may": ["model.py"],
    }


@pytest.mark.parametrize("folder", ["", "notebooks/"])
def test_a_folder_with_the_notebook_of_a_unit_is_one_submission(take, folder):
    files = {f"kim/{folder}ridge.ipynb": DONE, f"kim/{folder}model.ipynb": MODEL}
    assert list(take(files)) == ["kim"]
    (submission,) = take(files, "in/kim").values()
    assert sorted(laid_out(submission)) == ["model.py", "ridge.py"]


def test_downloads_of_platforms_hold_notebooks(take):
    taken = take({"kim_1001_90001_ridge-2.ipynb": DONE, "lee_1002_90002_hw.ipynb": ALL})
    assert sorted(laid_out(taken["kim-1001"])) == ["ridge.py"]
    assert taken["kim-1001"].attempt == 3
    assert sorted(laid_out(taken["lee-1002"])) == ["model.py", "ridge.py"]


def test_archives_hold_notebooks(take):
    taken = take({"kim.zip": zipped({"hw/ridge.ipynb": DONE, "hw/tools.py": b"one = 1\n"}),
                  "lee/hw.zip": zipped({"hw.ipynb": ALL})})  # fmt: skip
    assert sorted(laid_out(taken["kim"])) == ["ridge.py", "tools.py"]
    assert sorted(laid_out(taken["lee"])) == ["model.py", "ridge.py"]


def test_checkpoints_are_no_notebooks(take):
    files = {"kim/ridge.ipynb": HALF, "kim/.ipynb_checkpoints/ridge.ipynb": DONE}
    assert b"TODO" in laid_out(only(take(files)))["ridge.py"]


def test_a_finished_module_counts_and_no_notebook_is_read(take):
    files = {"kim/ridge.py": RIGHT, "kim/model.py": b"x = 1", "kim/ridge.ipynb": b"{"}
    submission = only(take(files))
    assert laid_out(submission)["ridge.py"] == RIGHT
    assert any("left out 'ridge.ipynb'" in note for note in submission.notes)


def test_a_notebook_counts_where_it_has_more_tasks_than_the_module(take):
    submission = only(take({"kim/ridge.py": STUB, "kim/ridge.ipynb": DONE}))
    assert b"TODO" not in laid_out(submission)["ridge.py"]
    assert submission.notes[0] == (
        "ridge.py: 'ridge.ipynb' was graded instead (2 of 2 tasks begun, against 0)"
    )
    half = STUB.replace(b'raise NotImplementedError("TODO solve")', b"return 1")
    assert laid_out(only(take({"kim/ridge.py": half, "kim/ridge.ipynb": HALF})))["ridge.py"] == half


def test_of_copies_the_one_that_is_surely_meant_counts(take):
    taken = take({"kim/ridge.ipynb": HALF, "kim/ridge copy.ipynb": DONE,
                  "lee/Copy of ridge.ipynb": DONE, "lee/other.ipynb": HALF})  # fmt: skip
    assert b"TODO" in laid_out(taken["kim"])["ridge.py"]
    assert taken["lee"].origin.modules["ridge.py"].notebook == "Copy of ridge.ipynb"


def test_of_unnamed_notebooks_the_one_with_most_of_a_unit_counts(take):
    taken = take({"kim/a.ipynb": notebook([IMPORT, SOLVE]), "kim/b.ipynb": ALL})
    assert only(taken).origin.modules["ridge.py"].notebook == "b.ipynb"


def test_two_different_notebooks_for_a_unit_are_a_problem_that_names_both(take):
    other = notebook([IMPORT, SOLVE, PREDICT + " + 0"])
    plain = notebook([IMPORT, SOLVE, PREDICT])
    moved = notebook(["1", IMPORT, "# text", SOLVE, PREDICT])
    taken = take({"kim/a.ipynb": plain, "kim/b.ipynb": other,
                  "lee/a.ipynb": plain, "lee/b.ipynb": moved})  # fmt: skip
    assert problem(taken["kim"]) == (
        "two different notebooks could be ridge: 'a.ipynb', 'b.ipynb'; keep one of them"
    )
    assert sorted(laid_out(taken["lee"])) == ["ridge.py"]


def test_very_many_notebooks_are_a_problem(take):
    assert "it holds 21 notebooks; keep those" in problem(
        only(take({f"kim/{n}.ipynb": ALL for n in range(21)}))
    )


def test_a_damaged_notebook_of_a_unit_is_a_problem_and_another_a_note(take):
    assert problem(only(take({"kim/ridge.ipynb": DONE[:-50]}))).startswith(
        "'ridge.ipynb' cannot be taken: it is no JSON (line 1, in or near cell 8)"
    )
    submission = only(take({"lee/ridge.ipynb": DONE, "lee/scratch.ipynb": b"{"}, "in/lee"))
    assert any("left out 'scratch.ipynb': it is no JSON" in note for note in submission.notes)


def test_a_notebook_with_nothing_of_the_assignment_is_a_problem(take):
    assert problem(only(take({"kim/hw.ipynb": notebook(["x = 1"])}))).endswith(
        "nothing of it is defined in 'hw.ipynb'"
    )


def test_copies_of_notebooks_are_kept_where_that_is_asked_for(take, tmp_path):
    files = {"kim/ridge.ipynb": DONE, "kim/model.ipynb": MODEL}
    assert only(take(files)).notebooks == ()
    submission = only(take(files, notebooks=tmp_path / "kept"))
    assert [path.read_bytes() for path in submission.notebooks] == [DONE, MODEL]
    assert all(path.is_relative_to(tmp_path / "kept" / "kim") for path in submission.notebooks)


def test_without_a_reference_a_notebook_named_after_its_unit_is_read(tmp_path):
    put(tmp_path / "in", {"kim/ridge.ipynb": DONE})
    (submission,) = collect([tmp_path / "in"], modules=MODULES, workdir=tmp_path / "work")
    assert b"def solve" in laid_out(submission)["ridge.py"]
    put(tmp_path / "other", {"kim/hw.ipynb": ALL})
    (submission,) = collect([tmp_path / "other"], modules=MODULES, workdir=tmp_path / "work")
    assert "nothing of it is defined" in problem(submission)


def test_the_same_code_has_the_same_digest_whatever_the_outputs_are(take):
    plain = [IMPORT, SOLVE, PREDICT]
    first = only(take({"kim/ridge.ipynb": notebook(plain)}))
    output = {"output_type": "stream", "name": "stdout", "text": "1"}
    cells = [samples.cell(source, outputs=[output]) for source in plain]
    second = only(take({"kim/ridge.ipynb": notebook(cells)}))
    assert first.digest == second.digest


def test_a_missing_path_names_notebooks_among_what_can_be_given(tmp_path):
    with pytest.raises(IntakeError, match=r"\.py or \.ipynb file"):
        collect([tmp_path / "none"], modules=MODULES, workdir=tmp_path / "work")
