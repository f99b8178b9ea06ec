"""Reading notebooks: every format, every kind of damage, and nothing that is not asked for."""

import json
import tracemalloc

import pytest
from notebook_samples import cell, notebook, released

from grader.batch.ipynb import read
from grader.batch.ipynb.read import NotebookError, read_notebook


def sources(content):
    return [cell.source for cell in read_notebook(content).cells]


def test_cells_and_their_marks_are_read():
    made = read_notebook(notebook(released(), unit="ridge"))
    assert (made.unit, made.format, made.language, made.marked) == ("ridge", 4, "python", True)
    task = made.cells[4]
    assert (task.number, task.kind, task.role) == (5, "code", "task")
    assert (task.unit, task.task) == ("ridge", "solve")
    assert task.source.startswith("def solve")


def test_a_plain_notebook_has_no_marks():
    made = read_notebook(notebook(["x = 1", cell("text", kind="markdown")]))
    assert not made.marked
    assert [c.kind for c in made.cells] == ["code", "markdown"]


@pytest.mark.parametrize(
    "content",
    [
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"]}]}]},
        {"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1"}]}]},
        {"nbformat": 1, "cells": [{"cell_type": "code", "code": "a = 1"}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": "a = 1"}]},
        {"nbformat": "x", "cells": [{"cell_type": "code", "source": ["a ", "= 1"]}]},
    ],
)
def test_every_format_is_read(content):
    assert sources(json.dumps(content).encode()) == ["a = 1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_understood(encoding):
    text = json.dumps({"cells": [{"cell_type": "code", "source": "é = 1"}]}, ensure_ascii=False)
    assert sources(text.encode(encoding)) == ["é = 1"]


def test_a_false_byte_order_mark_is_told_of():
    with pytest.raises(NotebookError, match="begins like UTF-16 and is not"):
        read_notebook(b"\xff\xfe\x00\xd8x")


def test_line_ends_of_other_systems_become_one():
    assert sources(notebook([cell("a = 1\r\nb = 2\rc = 3")])) == ["a = 1\nb = 2\nc = 3"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", '"\\ud83d"'])
def test_what_only_a_laxer_reader_takes_is_read_all_the_same(number):
    text = '{"cells": [{"cell_type": "code", "source": "a = 1", "outputs": [' + number + "]}]}"
    assert sources(text.encode()) == ["a = 1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ends in the middle"),
        (b"[]", "it is no notebook"),
        (b"{}", "it has no cells"),
        (b'{"cells": 3}', "it is no notebook"),
        (b'{"cells": [{"source": "x"}]}', "cell_type"),
        (b'{"x": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"cells": [' + b"[" * 100_000, "it is no notebook"),
        (b"print(1)\n", "line 1"),
        (b"\x80\x81", "is no JSON"),
    ],
)
def test_what_is_no_notebook_is_told_of(content, message):
    with pytest.raises(NotebookError, match=message):
        read_notebook(content)


def test_damage_is_told_of_with_line_and_cell():
    whole = notebook(released()).replace(b'"cell_type"', b'\n"cell_type"')
    place = whole.index(b"TODO predict")
    with pytest.raises(NotebookError, match=r"line 8, in or near cell 7\): it ends in the middle"):
        read_notebook(whole[:place])
    damaged = whole[:place] + b"\x01" + whole[place:]
    with pytest.raises(NotebookError, match=r"near cell 7\): it is damaged there"):
        read_notebook(damaged)


def test_the_marks_of_a_merge_are_recognised():
    merged = b'{"cells": [\n<<<<<<< HEAD\n{"cell_type": "code"}\n=======\n>>>>>>> b\n]}'
    with pytest.raises(NotebookError, match="marks of a git merge"):
        read_notebook(merged)


@pytest.mark.parametrize(
    "metadata",
    [None, 3, "x", [], {"grader": 3}, {"grader": []}, {"grader": {"role": 3, "task": ["x"]}},
     {"grader": {"role": "<b>", "unit": "../x", "task": "A" * 99}}],
)  # fmt: skip
def test_foreign_metadata_are_passed_over(metadata):
    content = {"cells": [{"cell_type": "code", "source": "a", "metadata": metadata}],
               "metadata": metadata}  # fmt: skip
    (one,) = read_notebook(json.dumps(content).encode()).cells
    assert (one.role, one.unit, one.task) == (None, None, None)


@pytest.mark.parametrize("source", [3, {"a": 1}, [1, 2], None])
def test_a_source_that_is_no_text_is_empty(source):
    content = {"cells": [{"cell_type": "code", "source": source}]}
    assert sources(json.dumps(content).encode()) == [""]


def test_huge_outputs_cost_no_memory_beyond_the_file():
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    content = notebook([cell("a = 1", outputs=[output])])
    tracemalloc.start()
    try:
        assert sources(content) == ["a = 1"]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_notebook_beyond_the_limit_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(read, "MAX_BYTES", 2**20)
    with pytest.raises(NotebookError, match="larger than 1 MiB; clear its outputs"):
        read_notebook(b" " * (2**20 + 1))


@pytest.mark.parametrize("name", ['"cell_type"', '"cell\\u005ftype"'])
def test_too_many_cells_are_told_of(name):
    many = ",".join(["{" + name + ':"raw"}'] * 5001)
    with pytest.raises(NotebookError, match="more than 5,000 cells"):
        read_notebook(b'{"cells": [%s]}' % many.encode())


def test_a_cell_that_is_too_long_is_left_out_by_itself():
    made = read_notebook(notebook(["#" + "x" * 600_000, "a = 1"]))
    assert [(c.source, c.too_long) for c in made.cells] == [("", True), ("a = 1", False)]


def test_texts_are_read_for_those_who_show_them_and_cost_nobody_else_anything():
    content = notebook([cell("# Sheet " + "x" * 2_000_000, kind="markdown"), "a = 1"])
    assert sources(content) == ["", "a = 1"]
    assert len(read_notebook(content, texts=True).cells[0].source) == 2_000_008


def test_too_much_code_in_all_is_told_of():
    with pytest.raises(NotebookError, match="its cells hold 1,200,000 characters"):
        read_notebook(notebook(["x" * 400_000] * 3))
