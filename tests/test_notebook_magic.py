"""Working in a notebook: what ``%grade`` grades, shows, and leaves as it was."""

import gc
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import matplotlib as mpl
import msgspec
import numpy as np
import pytest
import tiny
import tiny_notebook
import torch
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt

import grader
from grader.notebook.magic import load
from grader.scores import read_score

GIVEN = "import numpy as np\nSCALE = 1.0"
SOLVE = (
    "def solve(x, y, strength):\n"
    "    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), SCALE * (x.T @ y))"
)
PREDICT = "def predict(x, weights):\n    return x @ weights"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    return tiny_notebook.release(tmp_path_factory.mktemp("released"))


@pytest.fixture
def shell(assignment):
    with tiny_notebook.shell(assignment / "notebooks") as made:
        assert made.run("%load_ext grader\n%unit ridge").success, made.said
        yield made


def grade(shell, line="%grade --seed 5"):
    """Run a cell that grades; its plain text."""
    shell.shown.clear()
    result = shell.run(line)
    assert result.success, shell.said
    return shell.shown[-1]["text/plain"]


def refusal(shell, line):
    shell.shown.clear()
    assert not shell.run(line).success
    assert not shell.shown
    assert "Traceback" not in shell.said
    return shell.said


def status(text, task):
    return re.search(rf"^\w* +{task}  .*  (\w+(?: \w+)?)$", text, re.MULTILINE)[1]


# What the definitions are


def test_definitions_of_the_notebook_are_graded_as_they_are_now(shell):
    shell.run(GIVEN)
    shell.run(SOLVE)
    shell.run(PREDICT)
    text = grade(shell)
    assert (status(text, "solve"), status(text, "predict")) == ("passed", "passed")
    assert "Total 10 / 10 on the public checks" in text
    assert "Seed: 5" in text
    shell.run("def predict(x, weights):\n    return x + weights[0]")
    assert status(grade(shell), "predict") == "failed"
    assert status(grade(shell, "%grade solve"), "solve") == "passed"
    shell.run(PREDICT)
    assert status(grade(shell), "predict") == "passed"


def test_before_any_cell_has_run_everything_is_todo_and_it_says_which_to_run(shell):
    text = grade(shell)
    assert (status(text, "solve"), status(text, "predict")) == ("todo", "todo")
    assert "No cell that defines solve, predict has run in this kernel" in text


def test_an_untouched_stub_cell_is_todo(shell, assignment):
    cells = tiny_notebook.cells(assignment)
    for name in ("given-ridge", "task-solve", "given-ridge-squared", "task-predict"):
        assert shell.run(cells[name]).success
    text = grade(shell)
    assert (status(text, "solve"), status(text, "predict")) == ("todo", "todo")
    assert "Note" not in text


def test_a_definition_above_the_magic_in_its_own_cell_counts_and_one_below_does_not(shell):
    shell.run(GIVEN)
    assert status(grade(shell, f"\n\n{SOLVE}\n%grade solve\n{tiny.STUB}"), "solve") == "passed"
    assert status(grade(shell, f"%%time\n{tiny.STUB}\n%grade solve\n{SOLVE}"), "solve") == "todo"
    assert status(grade(shell, "%grade solve"), "solve") == "passed"


def test_a_cell_that_fails_counts_as_far_as_it_came(shell):
    shell.run(GIVEN)
    shell.run(SOLVE)
    assert not shell.run(f"{PREDICT}\n1 / 0\n{tiny.STUB}").success
    assert not shell.run(f"{tiny.STUB}\n def broken(").success
    text = grade(shell)
    assert (status(text, "solve"), status(text, "predict")) == ("passed", "passed")


def test_what_was_deleted_is_gone(shell):
    shell.run(GIVEN)
    shell.run(SOLVE)
    shell.run("del solve")
    assert status(grade(shell, "%grade solve"), "solve") == "todo"


def test_what_another_notebook_has_defined_counts_where_it_was_run(shell, tmp_path):
    other = tmp_path / "other.py"
    other.write_text(f"{GIVEN}\n\n\n{SOLVE}\n")
    shell.run(f"%run {other}")
    assert status(grade(shell, "%grade solve"), "solve") == "passed"


def test_helpers_constants_and_imports_come_along_and_the_rest_is_named(shell):
    shell.run("import numpy.linalg as la\nimport numpy as np")
    shell.run("def inner(a, b, *, by=la.solve):\n    return by(a, b)")
    shell.run("ridge = lambda x, s: x.T @ x + s * np.eye(x.shape[1])")
    shell.run("def solve(x, y, strength):\n    return inner(ridge(x, strength), x.T @ y)")
    assert status(grade(shell, "%grade solve"), "solve") == "passed"
    shell.run("def compute():\n    return 1.0\nFACTOR = compute()")
    shell.run("def solve(x, y, strength):\n    return FACTOR * inner(ridge(x, strength), x.T @ y)")
    text = grade(shell, "%grade solve")
    assert status(text, "solve") == "failed"
    assert re.search(r"In \[\d+\] uses 'FACTOR', which In \[\d+\] makes by running code", text)
    shell.run("FACTOR = 1.0")
    assert status(grade(shell, "%grade solve"), "solve") == "passed"
    shell.run("FACTOR = compute()")
    text = grade(shell, "%grade solve")
    assert status(text, "solve") == "passed"
    assert re.search(r"In \[\d+\] makes FACTOR by running code, which grading does not do", text)


def test_a_class_and_what_is_set_on_it_later_go_together(tmp_path):
    tasks = 'tasks = [{ id = "solve", title = "Solve", points = 1 }]'
    manifest = re.sub(r"tasks = \[.*?^\]", tasks, tiny_notebook.MANIFEST, flags=re.S | re.M)
    module = (
        "class Model:\n    def solve(self):\n        # BEGIN SOLUTION solve\n        return 2\n"
        "        # END SOLUTION\n"
    )
    check = (
        "import pytest\nfrom grader.checks import CheckFailure\n\n\n"
        '@pytest.mark.task("solve")\ndef test_two(student):\n    """It gives two."""\n'
        "    found = student.keep(student.ridge.Model).solve()\n"
        "    if found != 2:\n        raise CheckFailure('no', expected='2', actual=str(found))\n"
    )
    names = {
        "assignment.toml": manifest,
        "ridge.py": module,
        "checks/public/test_ridge.py": check,
        "checks/hidden/test_ridge_hidden.py": "",
    }
    folder = tiny_notebook.release(tmp_path, **names)
    with tiny_notebook.shell(folder / "notebooks") as shell:
        shell.run("%load_ext grader")
        shell.run(module.replace("return 2", "return 1"))
        assert status(grade(shell, "%grade solve"), "solve") == "failed"
        shell.run("def solve(self):\n    return 2\nModel.solve = solve")
        assert status(grade(shell, "%grade solve"), "solve") == "passed"


# Asking for it


def test_unknown_tasks_units_and_options_are_named_with_those_there_are(shell):
    said = refusal(shell, "%grade nothing")
    assert "there is no task 'nothing'; the tasks are solve, predict" in said
    assert "the units are ridge" in refusal(shell, "%unit scale")
    assert "--seed x" in refusal(shell, "%grade --seed x")
    assert "--seed" in refusal(shell, "%grade solve --seed")
    assert "there is no option --fast" in refusal(shell, "%grade --fast")
    assert "there is no task 'nothing'" in refusal(shell, "import grader\ngrader.check('nothing')")


def test_the_function_does_the_same_as_the_magic_and_loads_it(assignment):
    with tiny_notebook.shell(assignment) as shell:
        shell.run(f"{GIVEN}\n{SOLVE}\n{PREDICT}\nimport grader")
        by_function = grade(shell, "grader.check('solve', seed=5)")
        assert by_function == grade(shell, "%grade solve --seed=5")
        assert shell.run("grader.check()").result is None  # nothing beside what is displayed


def test_without_a_unit_it_grades_those_that_the_notebook_has_begun(assignment):
    with tiny_notebook.shell(assignment) as shell:
        shell.run("%load_ext grader")
        assert "nothing is defined yet" in refusal(shell, "%grade")
        shell.run(f"{GIVEN}\n{SOLVE}")
        assert status(grade(shell, "%grade"), "solve") == "passed"


def test_outside_a_notebook_the_function_says_what_to_run_instead():
    with pytest.raises(RuntimeError, match="pytest assignment --task solve"):
        grader.check("solve")


def test_where_there_is_no_assignment_or_more_than_one_it_says_so(tmp_path, assignment):
    with tiny_notebook.shell(tmp_path) as shell:
        shell.run("%load_ext grader")
        assert f"no assignment.toml lies in {tmp_path.resolve()}" in refusal(shell, "%grade")
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "assignment.toml").write_text("")
        assert "more than one assignment (one, two)" in refusal(shell, "%unit ridge")
        (tmp_path / "two" / "checks" / "hidden").mkdir(parents=True)
        assert "assignment.toml: Object missing" in refusal(shell, "%unit ridge")
    with tiny_notebook.shell(assignment.parent) as shell:  # as on Colab; the solution is no choice
        shell.run("%load_ext grader")
        assert shell.run("%unit ridge").success


def test_a_broken_file_of_checks_is_said_in_words_and_not_by_a_traceback(tmp_path):
    folder = tiny_notebook.release(tmp_path)
    (folder / "checks" / "test_ridge.py").write_text("import nothing_of_that_name\n")
    with tiny_notebook.shell(folder) as shell:
        shell.run(f"%load_ext grader\n%unit ridge\n{GIVEN}\n{SOLVE}")
        said = refusal(shell, "%grade")
        assert "No module named 'nothing_of_that_name'" in said
        assert "this file of checks cannot be imported" in said


def test_the_extension_can_be_taken_out_and_loaded_again(shell):
    assert shell.run("%unload_ext grader").success
    assert "UsageError: Line magic function `%grade` not found" in refusal(shell, "%grade")
    assert shell.run("%load_ext grader\n%unit ridge").success
    assert "todo" in grade(shell)


def test_a_module_that_asks_for_its_file_finds_one_in_the_notebook(tmp_path):
    code = tiny_notebook.STUBBED.replace("SCALE = 1.0", "HERE = __file__\nSCALE = 1.0")
    folder = tiny_notebook.release(tmp_path, **{"ridge.py": code})
    with tiny_notebook.shell(folder) as shell:
        shell.run("%load_ext grader\n%unit ridge")
        assert shell.run(tiny_notebook.cells(folder)["given-ridge"]).success
        assert shell.user_ns["HERE"] == str(folder / "ridge.py")
    with tiny_notebook.shell(tiny_notebook.release(tmp_path / "plain")) as shell:
        shell.run("%load_ext grader\n%unit ridge")
        assert "__file__" not in shell.user_ns


# The same as pytest says

VERSIONS = {
    "reference": f"{GIVEN}\n\n\n{SOLVE}\n\n\n{PREDICT}\n",
    "stub": tiny.STUB,
    "half": f"{GIVEN}\n\n\n{SOLVE}\n\n\ndef predict(x, weights):\n"
    '    raise NotImplementedError("TODO predict")\n',
    "wrong gate": f"{GIVEN}\n\n\n{SOLVE.replace('x.T @ y))', 'x.T @ y))[:1]')}\n\n\n{PREDICT}\n",
    "crash": f"{GIVEN}\n\n\n{SOLVE}\n\n\ndef predict(x, weights):\n    return x[99] @ weights\n",
    "exits": f"{GIVEN}\n\n\n{SOLVE}\n\n\ndef predict(x, weights):\n    raise SystemExit(0)\n",
    "interrupts": f"{GIVEN}\n\n\n{SOLVE}\n\n\ndef predict(x, weights):\n"
    "    raise KeyboardInterrupt\n",
    "asks": f"{GIVEN}\n\n\n{SOLVE}\n\n\ndef predict(x, weights):\n    return input()\n",
}
PYTEST = """
import gc, json, os, sys
import pytest, torch
import grader.judge.grading
gc.freeze()
assignment, folder, names = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
for name in names:
    if os.fork() == 0:
        place = f"{folder}/{name}"
        arguments = [assignment, "-p", "no:cacheprovider", "--task=predict", "--seed=5"]
        arguments += [f"--submission={place}", f"--scores={place}/scores.json"]
        sys.stdout = open(f"{place}/said", "w")
        code = pytest.main(arguments)
        sys.stdout.flush()
        os._exit(code)
    _, status = os.wait()
    assert os.waitstatus_to_exitcode(status) in (0, 1), name
"""


@pytest.fixture(scope="module")
def by_pytest(assignment, tmp_path_factory):
    """For each version the task's score, and the table, of a pytest with its own process."""
    folder = tmp_path_factory.mktemp("versions")
    for name, code in VERSIONS.items():
        (folder / name).mkdir()
        (folder / name / "ridge.py").write_text(code)
    command = [sys.executable, "-c", PYTEST, assignment, folder, json.dumps(list(VERSIONS))]
    environment = os.environ | {  # other plugins have no say, and take long to load
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "grader.judge.plugin,pytest_timeout",
    }
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, env=environment)
    return {
        name: (
            read_score(folder / name / "scores.json").tasks,
            (folder / name / "said").read_text().partition("Unit ")[2].partition("\n\n")[0],
        )
        for name in VERSIONS
    }


@pytest.mark.parametrize("name", VERSIONS)
def test_the_result_is_that_of_pytest_for_the_same_code(name, shell, by_pytest):
    (wanted,), table = by_pytest[name]
    assert shell.run(VERSIONS[name]).success
    with capture_output() as kept:
        (task,) = load(shell).check(["predict"], seed=5).tasks
    for check in (*task.checks, *wanted.checks):
        check.duration_s = 0.0
        check.message = plain_place(check.message)
    assert msgspec.to_builtins(task) == msgspec.to_builtins(wanted)
    text = kept.outputs[0].data["text/plain"]
    assert [line.split() for line in table.splitlines()] == [
        line.split() for line in text.partition("Unit ")[2].partition("\n\n")[0].splitlines()
    ]


def plain_place(message):
    """Without the lines, which stand elsewhere in a module than in a cell."""
    return message and re.sub(r"(ridge\.py|In \[\d+\]), line \d+", "there", message)


# What is shown


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def test_the_table_names_tasks_points_messages_and_hints(shell):
    shell.run(f"{GIVEN}\n{SOLVE.replace('x.T @ y))', 'x.T @ y))[:1]')}\n{PREDICT}")
    plain = grade(shell)
    page = Reader(shell.shown[-1]["text/html"])
    assert "table" in page.tags
    for text in (plain, page.text):
        for part in (
            "0 / 6",
            "failed",
            "skipped",
            "One weight for each column of x.",
            "shape (3,)",
        ):
            assert part in text
    assert "Seed: 5" in page.text
    assert "needs task solve" in page.text


def test_what_students_write_is_escaped_and_nothing_of_it_is_hidden(shell):
    bad = "<script>alert(1)</script>\\u202e\\x1b[31m</pre><img src=x onerror=alert(2)>"
    shell.run(f"{GIVEN}\n{SOLVE}\ndef predict(x, weights):\n    raise ValueError('{bad}')")
    plain = grade(shell)
    html = shell.shown[-1]["text/html"]
    page = Reader(html)
    assert not page.tags & {"script", "img"}
    assert "&lt;script&gt;alert(1)" in html
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    for text in (plain, html):
        assert "\u202e" not in text
        assert "\x1b" not in text


def test_a_crash_is_placed_in_the_cell_it_happened_in(shell):
    shell.run(f"{GIVEN}\n{SOLVE}")
    shell.run("# my way\n\ndef predict(x, weights):\n    return 1 / 0")
    number = shell.execution_count - 1
    text = grade(shell)
    assert f"In [{number}], line 4, in predict" in text
    assert "return 1 / 0" in text
    assert "ridge.py, line" not in text


def test_a_picture_that_a_check_kept_is_shown_once_and_only_if_it_is_one(tmp_path):
    checks = tiny.PUBLIC.replace(
        'artifact("note.png", b"picture")',
        f'artifact("my_picture.png", {tiny_notebook.PNG!r})\n'
        '    artifact("no_picture.png", b"text")',
    )
    folder = tiny_notebook.release(tmp_path, **{"checks/public/test_ridge.py": checks})
    with tiny_notebook.shell(folder) as shell:
        shell.run(f"%load_ext grader\n%unit ridge\n{GIVEN}\n{SOLVE}\n{PREDICT}")
        grade(shell, "%grade predict")
        html = shell.shown[-1]["text/html"]
    assert html.count("<img") == 1
    assert f'src="data:image/png;base64,{b64encode(tiny_notebook.PNG).decode()}"' in html
    assert 'alt="my picture"' in html


# What stays as it was


def test_nothing_of_the_kernel_is_changed_by_a_grading(shell, assignment, monkeypatch):
    disturbing = f"""
import os, random, sys, warnings
import numpy as np, torch, matplotlib as mpl, matplotlib.pyplot as plt
SCALE = 1.0
{SOLVE}
def predict(x, weights):
    import builtins, signal
    os.chdir("/")
    os.environ["DISTURBED"] = "1"
    os.environ.pop("KEPT", None)
    sys.path.insert(0, "/disturbed")
    sys.setrecursionlimit(4321)
    sys.stdout.close()
    builtins.disturbed = 1
    random.seed(1), np.random.seed(1), torch.manual_seed(1)
    np.set_printoptions(precision=1), np.seterr(all="raise")
    torch.set_default_dtype(torch.float64), torch.set_grad_enabled(False)
    torch.use_deterministic_algorithms(True)
    mpl.rcParams["image.cmap"] = "gray"
    warnings.simplefilter("error")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plt.close("all"), plt.figure(), plt.figure()
    print("said")
    return x @ weights
"""
    monkeypatch.setenv("KEPT", "1")
    own = plt.figure()
    sentinel = type(sys)("ridge")
    monkeypatch.setitem(sys.modules, "ridge", sentinel)
    random.seed(3), np.random.seed(3), torch.manual_seed(3)
    modules = set(sys.modules)
    content = sorted(path.name for path in assignment.iterdir())
    before = observe()
    assert shell.run(disturbing).success
    text = grade(shell)
    assert "said" not in shell.said
    assert status(text, "predict") == "passed", text
    after = observe()
    try:
        assert before == after
        assert plt.gcf() is own
        assert sys.modules["ridge"] is sentinel
        assert not [name for name in sys.modules.keys() - modules if "ridge" in name]
        assert sorted(path.name for path in assignment.iterdir()) == content
        assert gc.get_freeze_count() == 0
    finally:
        plt.close("all")


def observe():
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "hooks": list(map(repr, sys.meta_path)),
        "streams": (sys.excepthook, sys.displayhook),
        "limit": sys.getrecursionlimit(),
        "collector": gc.get_threshold(),
        "built in": hasattr(__builtins__, "disturbed"),
        "random": random.getstate(),
        "numpy": repr(np.random.get_state()),
        "printing": np.get_printoptions()["precision"],
        "errors": np.geterr(),
        "torch": torch.get_rng_state().tolist(),
        "type": (torch.get_default_dtype(), torch.is_grad_enabled()),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "figures": plt.get_fignums(),
        "rc": {k: v for k, v in mpl.rcParams.items() if k != "backend"},
        "warnings": list(warnings.filters),
        "signal": signal.getsignal(signal.SIGINT),
        "descriptors": len(list(Path("/proc/self/fd").glob("*"))),
    }


def test_what_the_notebook_has_set_sways_no_check(shell):
    shell.run(f"{GIVEN}\n{SOLVE}\n{PREDICT}")
    try:
        shell.run("import torch, os\ntorch.set_default_dtype(torch.float64)")
        shell.run("np.seterr(all='raise')\nos.environ['PYTEST_ADDOPTS'] = '--no-such-option'")
        assert "Total 10 / 10" in grade(shell)
        assert torch.get_default_dtype() == torch.float64
        assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option"
    finally:
        torch.set_default_dtype(torch.float32)
        np.seterr(all="warn")
        os.environ.pop("PYTEST_ADDOPTS", None)


LOOP = "def predict(x, weights):\n    while True:\n        pass"


@pytest.fixture
def impatient(tmp_path):
    """A shell in an assignment whose checks have a second each."""
    manifest = tiny_notebook.MANIFEST.replace("check_s = 10", "check_s = 1")
    folder = tiny_notebook.release(tmp_path, **{"assignment.toml": manifest})
    with tiny_notebook.shell(folder) as made:
        made.run(f"%load_ext grader\n%unit ridge\n{GIVEN}\n{SOLVE}\n{LOOP}")
        yield made


def test_a_check_that_takes_too_long_is_stopped_and_the_kernel_goes_on(impatient):
    text = grade(impatient)
    assert status(text, "predict") == "timed out"
    assert "stopped after 1 s, the time limit of one check" in text
    assert status(text, "solve") == "passed"
    assert impatient.run("1 + 1").result == 2


def test_without_an_alarm_signal_an_exception_stops_it(impatient, monkeypatch):
    monkeypatch.setattr("grader.notebook.inprocess.has_alarm", lambda: False)
    text = grade(impatient)
    assert status(text, "predict") == "timed out"
    assert status(text, "solve") == "passed"
    assert status(grade(impatient, f"{PREDICT}\n%grade"), "predict") == "passed"


def test_an_interruption_stops_it_says_so_and_leaves_the_notebook_as_it_was(shell, tmp_path):
    flag = tmp_path / "running"
    shell.run(f"from pathlib import Path\n{GIVEN}\n{SOLVE}")
    shell.run(
        f"def predict(x, weights):\n    Path({str(flag)!r}).touch()\n    while True:\n        pass"
    )
    kept = shell.user_ns["solve"]

    def interrupt():
        while not flag.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    shell.shown.clear()
    result = shell.run("%grade")
    thread.join()
    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    assert "Interrupted: nothing was graded" in shell.said
    assert not shell.shown
    assert shell.user_ns["solve"] is kept
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert status(grade(shell, f"{PREDICT}\n%grade"), "predict") == "passed"


# Units that rest on each other

BOTH = (
    tiny_notebook.MANIFEST
    + """
[[units]]
module = "shift.py"
title = "Shifting"
tasks = [{ id = "shift", title = "Shift", points = 1, depends = ["solve"] }]
"""
)
SHIFT = (
    "from ridge import predict\n\n\ndef shift(x, weights):\n"
    "    # BEGIN SOLUTION shift\n    return predict(x, weights) + 1\n    # END SOLUTION\n"
)
SHIFT_CHECK = '''
import numpy as np
import pytest
from grader.checks import assert_array


@pytest.mark.task("shift")
def test_shift(student):
    """It is one more."""
    found = student.shift.shift(np.ones((2, 2)), np.ones(2))
    assert_array(found, np.full(2, 3.0), name="shift", rtol=1e-9, atol=0)
'''


def test_other_units_come_from_their_notebooks_as_saved_or_from_their_modules(tmp_path):
    names = {"assignment.toml": BOTH, "shift.py": SHIFT, "checks/public/test_shift.py": SHIFT_CHECK}
    folder = tiny_notebook.release(tmp_path, **names)
    done = "from ridge import predict\n\n\ndef shift(x, w):\n    return predict(x, w) + 1"
    saved = folder / "notebooks" / "ridge.ipynb"
    with tiny_notebook.shell(folder / "notebooks") as shell:
        shell.run("%load_ext grader\n%unit shift")
        shell.run(done.replace("from ridge import predict", ""))
        text = grade(shell, "%grade shift")
        assert status(text, "shift") == "skipped"  # ridge is as it was released
        assert "uses 'predict'" not in text  # the module file imports it
        stub = saved.read_text()
        filled = stub.replace('raise NotImplementedError(\\"TODO solve\\")', "return y[:3]")
        filled = filled.replace(
            'raise NotImplementedError(\\"TODO predict\\")', "return x @ weights"
        )
        saved.write_text(filled)
        text = grade(shell, "%grade shift")
        assert status(text, "shift") == "passed"
        assert "Other units are those of notebooks as saved: ridge." in text
        saved.write_text("no notebook")
        assert status(grade(shell, "%grade shift"), "shift") == "skipped"
        (folder / "ridge.py").write_text(tiny.SOLUTION)
        saved.write_text(stub)
        text = grade(shell, "%grade shift")
        assert status(text, "shift") == "passed"
        assert "as saved" not in text
        assert status(grade(shell, "%grade solve"), "solve") == "passed"
        assert "Taken from ridge.py" in grade(shell, "%grade solve")
