"""From notebooks to modules: what is taken, what is left out, and what is said about it."""

import dis
import types

import notebook_samples as samples
import pytest
from notebook_samples import cell

from grader.batch.ipynb import (
    NotebookError,
    Origin,
    extract,
    list_statements,
    read_notebook,
    read_outlines,
)
from grader.batch.ipynb.magics import to_python
from grader.batch.ipynb.outline import Outline
from grader.batch.ipynb.statements import global_names
from grader.todo import unfinished

F = Outline(module="unit.py", names=("f",), tasks={"first": ("f",)})


def made(cells, outline=F, units=("unit",), **more):
    notebook = read_notebook(samples.notebook(cells, **more))
    listing = list_statements(notebook)
    return extract(listing, "hw.ipynb", outline, list(units), marked=notebook.marked)


def run(one):
    """The names that the module has; what it prints, raises or trains is its own."""
    space = {"__file__": __file__}
    exec(compile(one.text, "unit.py", "exec"), space)
    return types.SimpleNamespace(**space)


def notes(one):
    return "\n".join(one.origin.notes)


def told(one):
    """The notes but for the one that every notebook without marks has."""
    return [note for note in one.origin.notes if "no marks" not in note]


def test_only_what_is_needed_is_taken():
    one = made(
        ["import math\nimport a_package_for_plots", "raise SystemExit", "g = f(3)\nprint(g)",
         "def f(x):\n    return math.floor(x)", "def plot():\n    a_package_for_plots.show()"]
    )  # fmt: skip
    assert run(one).f(2.5) == 2
    assert "a_package_for_plots" not in one.text
    assert told(one) == []
    assert one.done == {"first"}


def test_the_last_definition_counts_and_it_is_said():
    one = made(["def f():\n    return 1", "def f():\n    return 2"])
    assert run(one).f() == 2
    assert told(one) == [
        "f is defined in cells 1 and 2; the last one was graded, as it would count in a run from "
        "top to bottom"
    ]
    assert one.origin.tasks == {"first": 2}


def test_a_stub_above_the_solution_leaves_no_todo():
    one = made(['def f():\n    raise NotImplementedError("TODO first")', "def f():\n    return 2"])
    assert one.done == {"first"}
    assert unfinished(one.text) == set()


def test_what_a_definition_extends_is_taken_along():
    one = made(["class f:\n    a = 1", "class f(f):\n    b = 2"])
    assert (run(one).f.a, run(one).f.b) == (1, 2)


def test_functions_see_the_last_value_and_statements_the_one_before_them():
    one = made(["K = 1", "def f(k=K):\n    return k, K", "K = 2"])
    assert run(one).f() == (1, 2)


@pytest.mark.parametrize(
    "value",
    [
        "3", "-2.5e3", "'a' * 2", "[1, (2, 3)]", "{'a': {1, 2}}", "int('3')", "Path('a') / 'b'",
        "Path(__file__).resolve().parent", "[i * i for i in range(4)]", "lambda x: open(x)",
        "partial(max, 3)", "np.float32(0.5)", "np.array([1, 2])", "np.random.default_rng(3)",
        "f'{2 + 3}'", "'a,b'.split(',')", "1 if True else 2", "Config(3)", "not None",
        "math.pi * 2", "dict(a=1)", "Level.LOW", "namedtuple('P', 'x y')",
    ],
)  # fmt: skip
def test_simple_values_are_taken(value):
    start = (
        "import enum, math\nfrom pathlib import Path\nfrom functools import partial\n"
        "import numpy as np\nfrom dataclasses import dataclass\nfrom collections import namedtuple"
        "\n@dataclass\nclass Config:\n    k: int\nclass Level(enum.Enum):\n    LOW = 1"
    )
    one = made([start, f"VALUE = {value}", "def f():\n    return VALUE"])
    run(one).f()
    assert told(one) == []


@pytest.mark.parametrize(
    "value",
    [
        "train(3)", "open('x').read()", "torch.load('x')", "f(2)", "np.loadtxt('x')", "eval('1')",
        "np.random.rand(3)", "DataLoader([])", "os.system('x')", "print(1)", "exec('x')",
        "torch.hub.load('x')", "[train(i) for i in range(9)]", "(train)(3)", "input()",
        "__import__('os')", "Path('x').read_text()", "Model(3)", "max(train(1), 2)",
    ],
)  # fmt: skip
def test_what_runs_code_is_not_taken_and_is_named(value):
    start = (
        "import os, torch, numpy as np\nfrom pathlib import Path\ndef train(n): return n\n"
        "class Model:\n    def __init__(self, n): pass"
    )
    one = made([start, f"VALUE = {value}", "def f():\n    return VALUE"])
    assert "VALUE =" not in one.text
    (note,) = told(one)
    assert note.startswith("cell 3 (task first) uses 'VALUE', which cell 2 makes by running code")
    with pytest.raises(NameError, match="VALUE"):
        run(one).f()


def test_a_name_that_nothing_makes_is_named():
    one = made(["def f():\n    return nowhere"])
    assert told(one) == ["cell 1 (task first) uses 'nowhere', which no cell defines"]
    assert one.origin.missing["nowhere"] in told(one)


def test_branches_take_what_they_may_leave_as_it_was():
    one = made(
        ["import math\ndevice = 'cpu'", "if math.pi > 4:\n    device = 'gpu'",
         "try:\n    import nothing_of_the_kind as fast\nexcept ImportError:\n    fast = None",
         "def f():\n    return device, fast"]
    )  # fmt: skip
    assert run(one).f() == ("cpu", None)


def test_what_is_added_to_a_class_or_table_later_is_taken_along():
    one = made(
        ["class f:\n    table = 1", "def g(self):\n    return 3", "f.g = g", "T = {}", "T['a'] = 4",
         "f.t = T", "f.h = f.g(1)"]
    )  # fmt: skip
    assert run(one).f().g() == 3
    assert run(one).f.t == {"a": 4}
    assert "f.h" not in one.text


def test_counting_up_takes_all_steps():
    assert run(made(["K = 1", "K += 2", "def f():\n    return K"])).f() == 3


def test_cells_out_of_order_are_taken_in_the_order_that_works():
    one = made(["class f(Base):\n    pass", "class Base:\n    x = 1"])
    assert run(one).f.x == 1
    (note,) = told(one)
    assert note.startswith("cell 1 (task first) needs what cell 2 defines further down")


def test_definitions_that_need_each_other_end():
    module = run(made(["def g():\n    return f", "def f():\n    return g"]))
    assert module.f() is module.g
    with pytest.raises(NameError):
        run(made(["a = b", "b = a", "def f():\n    return a"]))


def test_a_syntax_error_costs_its_cell_and_is_said_where_the_name_is_missed():
    outline = Outline(module="unit.py", names=("f", "g"), tasks={"first": ("f",), "next": ("g",)})
    one = made(["def f():\n    return 1", "x = 1\ndef g(:\n    pass"], outline)
    module = run(one)
    assert module.f() == 1
    assert told(one) == ["cell 2 (task next) was left out: invalid syntax (line 2)"]
    with pytest.raises(SyntaxError, match=r"cell 2 \(task next\), line 2: invalid syntax"):
        module.__getattr__("g")
    with pytest.raises(AttributeError, match="module unit has no attribute 'h'"):
        module.__getattr__("h")
    assert one.done == {"first"}
    assert one.origin.tasks == {"first": 1, "next": 2}


def test_a_broken_cell_leaves_an_earlier_definition():
    assert run(made(["def f():\n    return 1", "def f(:\n"])).f() == 1


@pytest.mark.parametrize(
    "source",
    ["from __future__ import braces\ndef f(): pass", "def f():\n    break",
     "return 3\ndef f(): pass", "def f(x, x): pass", "x = '\0'\ndef f(): 1",
     "f(" * 3000, "def f():\n" + "-" * 200_000 + "1"],
)  # fmt: skip
def test_whatever_does_not_compile_costs_its_cell(source):
    one = made([source, "def g(): return 1"])
    run(one)
    assert "cell 1" in notes(one)


def test_a_name_that_no_cell_defines_is_said():
    one = made(["def other():\n    return 1"])
    assert told(one) == ["no cell defines 'f'"]
    assert one.found == 0
    with pytest.raises(AttributeError, match="no cell defines f"):
        run(one).__getattr__("f")


@pytest.mark.parametrize(
    "line",
    ["%matplotlib inline", "!pip install torch  # it's (unclosed", "%time f(3)", "f?", "?f", "??f",
     "f??", "%cd /tmp", "files = !ls", "t = %timeit -o f()", "!curl x \\\n   | sh", "%%time",
     "!!ls", "%pip install x", "%load_ext grader\n%grade first"],
)  # fmt: skip
def test_magics_are_skipped_line_for_line(line):
    one = made([f"{line}\ndef f():\n    return 1"])
    assert run(one).f() == 1
    assert told(one) == ["magics and shell lines were skipped, in cell 1"]
    text = one.text.split("\n")
    place = text.index("    return 1") + 1
    block = one.origin.find(place)
    assert place - block.start + block.line == 2 + len(line.split("\n"))


def test_magics_inside_functions_and_strings_are_told_apart():
    text = 'def f():\n    %time 3\n    !ls\n    return """\n%matplotlib\n!ls\n"""'
    assert run(made([text])).f() == "\n%matplotlib\n!ls\n"


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile unit.py", "%%html", "%%javascript"])
def test_cells_of_other_languages_are_skipped_whole(magic):
    one = made([f"{magic}\ndef f(): return 1"])
    assert one.found == 0
    assert ("would write its code to a file" in notes(one)) == ("write" in magic)


def test_many_magics_end_in_bounded_time():
    lines = ["x = 1", "!ls"] * 2000
    code = to_python("\n".join(lines))
    assert code.error is None
    assert len(code.skipped) == 2000


def test_a_name_that_a_shell_line_makes_is_named():
    one = made(["files = !ls", "def f():\n    return files"])
    assert "which a magic or shell line in cell 1 makes" in notes(one)


def test_display_is_there_and_shows_nothing():
    assert run(made(["def f():\n    display(3)\n    return 1"])).f() == 1


def test_an_indented_cell_is_taken_as_the_notebook_takes_it():
    assert run(made(["    def f():\n        return 1"])).f() == 1


def test_annotations_from_the_future_hold_for_all():
    one = made(["from __future__ import annotations\nx = 1", "def f(a: Unknown):\n    return a"])
    assert run(one).f(1) == 1


def test_statements_on_one_line_stay_together():
    assert run(made(["K = 1; L = 2", "def f():\n    return K + L"])).f() == 3


def test_names_that_a_star_brings_are_not_called_missing():
    one = made(["from math import *", "def f():\n    return floor(2.5)"])
    assert run(one).f() == 2
    assert told(one) == []


def test_the_unit_is_not_imported_from_itself():
    one = made(["from unit import *", "from unit import f", "def f():\n    return 1"])
    assert run(one).f() == 1
    assert "import" not in one.text


def test_marks_settle_which_unit_a_name_is_meant_for():
    mine = [cell("def f():\n    return 1", "task", "unit", "first"),
            cell("def f():\n    return 2", "task", "other", "second")]  # fmt: skip
    assert run(made(mine, units=("unit", "other"))).f() == 1
    assert run(made(mine, units=("unit",))).f() == 2


def test_given_code_that_was_deleted_is_taken_as_it_was_given(tmp_path):
    (outline,) = read_outlines(samples.course(tmp_path), ["model.py"])
    assert outline.names == ("EPSILON", "centred", "Model")
    assert outline.tasks == {"model": ("Model",)}
    assert all("Model" not in statement.binds for statement in outline.given)
    one = made([samples.FIT], outline, units=("model",))
    module = run(one)
    assert module.Model(0.5).fit(module.np.eye(3), module.np.ones(3)).shape == (3,)
    assert "given code that it lacks was taken as it was given out: 'centred', 'np'" in notes(one)
    own = made(["def centred(x):\n    return 7", samples.FIT], outline, units=("model",))
    assert run(own).centred(1) == 7


def test_nothing_of_a_solution_is_taken_for_given(tmp_path):
    (tmp_path / "a.py").write_text(
        "import os\n# BEGIN SOLUTION first\nimport secret\nHIDDEN = 3\n# END SOLUTION\nK = 1\n"
        "def f():\n    # BEGIN SOLUTION first\n    return HIDDEN\n    # END SOLUTION\n"
    )
    (outline,) = read_outlines(tmp_path, ["a.py"])
    given = "\n".join(line for s in outline.given for line in s.lines)
    assert given == "import os\nK = 1"


def test_a_reference_that_cannot_be_read_has_no_names(tmp_path):
    (tmp_path / "a.py").write_text("def f(:")
    assert [o.names for o in read_outlines(tmp_path, ["a.py", "b.py"])] == [(), ()]


def test_without_a_reference_all_definitions_are_taken():
    outline = Outline(module="unit.py")
    assert run(made(["def f():\n    return 1", "K = 2"], outline)).K == 2


def test_messages_lead_to_cells():
    one = made([cell("x", kind="markdown"), "import math", "# why\n\ndef f():\n    return 1 / 0"])
    origin = Origin(modules={"unit.py": one.origin})
    line = one.text.split("\n").index("    return 1 / 0") + 1
    message = f"ZeroDivisionError: division by zero\nunit.py, line {line}, in f\n    return 1 / 0"
    assert origin.told(message) == (
        "ZeroDivisionError: division by zero\ncell 3 (task first), line 4, in f\n    return 1 / 0"
    )
    both = Origin(modules={"unit.py": one.origin, "b.py": made(["b = 1"]).origin})
    assert both.told(message) == origin.told(message), "both came from one notebook"
    assert origin.told("E\nother.py, line 3, in g\n    x") == "E\nother.py, line 3, in g\n    x"
    assert origin.told("E\nunit.py, line 1, in __getattr__\n    raise\nmore") == "E\nmore"
    assert origin.told("E\nunit.py, line 99999, in g") == "E\nunit.py, line 99999, in g"


def test_a_missing_name_is_explained_in_the_message():
    origin = Origin(modules={"unit.py": made(["def f():\n    return nowhere"]).origin})
    assert origin.told("NameError: name 'nowhere' is not defined").split("\n")[1] == (
        "cell 1 (task first) uses 'nowhere', which no cell defines"
    )
    assert origin.told("NameError: name 'other' is not defined").count("\n") == 0


def test_far_too_many_statements_are_told_of():
    with pytest.raises(NotebookError, match="more than 10,000 statements"):
        made(["x = 1;" * 6000] * 2)


def test_hostile_chains_end_in_bounded_time():
    chain = "\n".join(f"a{n} = a{n + 1}" for n in range(3_000))  # each needs what stands below it
    steps = "\n".join(["x = x + 1"] * 3_000)
    names = "def f():\n    return x, a0, " + ", ".join(f"n{n}" for n in range(5_000))
    assert len(made([chain, names]).origin.missing) == 50
    assert made(["x = 0", steps, names]).text.count("x = x + 1") == 3_000


def test_notes_stay_few():
    broken = [f"def f{n}(:\n" for n in range(30)]
    assert len(made([*broken, "def f(): pass"], Outline(module="unit.py")).origin.notes) == 7


def test_names_of_code_are_those_that_python_reports():
    source = "import a, b as c\n" + "".join(f"n{i} = m{i}\n" for i in range(300))
    source += "class K:\n    q = r\n    def s(self):\n        return t(u.v)\n[w for w in y]\n"
    waiting, seen = [compile(source, "x", "exec")], 0
    while waiting:
        code = waiting.pop()
        steps = list(dis.get_instructions(code))
        loads = {s.argval for s in steps if s.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
        stores = {s.argval for s in steps if s.opname in ("STORE_NAME", "STORE_GLOBAL")}
        assert global_names(code) == (loads, stores)
        seen += len(loads)
        waiting += [part for part in code.co_consts if isinstance(part, types.CodeType)]
    assert seen > 300
