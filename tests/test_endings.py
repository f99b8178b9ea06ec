"""Every way in which a check can end, all in one run: what it is called, and what is said."""

import json
import os
import subprocess
import sys
from textwrap import dedent

import jsonschema
import pytest
from rich.cells import cell_len

from grader.scores import json_schema

# Module by module: what a student wrote, how its check ends, and words of the message.
ENDINGS = {
    "right": ("def answer(x):\n    return x", "passed", ()),
    "wrong": ("def answer(x):\n    return x + 1", "failed", ("answer is wrong",)),
    "nothing": ("def answer(x):\n    pass", "failed", ("None, not a number",)),
    "todo": (
        'def answer(x):\n    raise NotImplementedError("TODO todo (1 point)")',
        "todo",
        ("TODO of this task",),
    ),
    "uses_todo": ("from todo import answer", "skipped", ("needs task todo",)),
    "later": (
        'def answer(x):\n    raise NotImplementedError("later")',
        "crashed",
        ("NotImplementedError: later", 'raise NotImplementedError("later")'),
    ),
    "deep": (
        "def answer(x):\n    return helper({})\n\n\ndef helper(d):\n    return d['no such key']",
        "crashed",
        ("KeyError: 'no such key'", "deep.py, line 2, in answer", "deep.py, line 6, in helper"),
    ),
    "recursion": (
        "def answer(x):\n    return answer(x)",
        "crashed",
        ("RecursionError", "recursion.py, line 2, in answer"),
    ),
    "asserts": (
        "def answer(x):\n    assert x == 8, 'not eight'",
        "crashed",
        ("AssertionError: not eight", "asserts.py, line 2, in answer"),
    ),
    "endless": ("def answer(x):\n    while True:\n        pass", "timed_out", ("after 1 s",)),
    "sleeps": (
        "import time\n\n\ndef answer(x):\n    time.sleep(90)",
        "timed_out",
        ("after 1 s",),
    ),
    "syntax": (
        "def answer(x):\n    return x +",
        "crashed",
        ("SyntaxError", "syntax.py, line 2", "return x +"),
    ),
    "package": (
        "import no_such_package\n\n\ndef answer(x):\n    return x",
        "crashed",
        ("No module named 'no_such_package'", "package.py, line 1"),
    ),
    "anser": (
        "def anser(x):\n    return x",
        "crashed",
        ("module 'anser' has no attribute 'answer'",),
    ),
    "no_file": (None, "crashed", ("there is no file no_file.py",)),
    "exits": (
        "import sys\n\n\ndef answer(x):\n    sys.exit(0)",
        "crashed",
        ("SystemExit: 0", "exits.py, line 5, in answer"),
    ),
    "exits_at_import": (
        "raise SystemExit",
        "crashed",
        ("SystemExit", "exits_at_import.py, line 1"),
    ),
    "interrupts": (
        "def answer(x):\n    raise KeyboardInterrupt",
        "crashed",
        ("KeyboardInterrupt", "interrupts.py, line 2, in answer"),
    ),
    "stops_pytest": (
        "import pytest\n\n\ndef answer(x):\n    pytest.exit('bye', returncode=0)",
        "crashed",
        ("Exit: bye", "stops_pytest.py, line 5, in answer"),
    ),
    "skips": ("import pytest\n\n\ndef answer(x):\n    pytest.skip('bye')", "crashed", ("bye",)),
    "skips_otherwise": (
        "import unittest\n\n\ndef answer(x):\n    raise unittest.SkipTest('bye')",
        "crashed",
        ("bye", "skips_otherwise.py, line 5"),
    ),
    "expects_failure": (
        "import pytest\n\n\ndef answer(x):\n    pytest.xfail('bye')",
        "crashed",
        ("bye",),
    ),
    "odd_text": (
        "class Odd(Exception):\n    def __str__(self):\n        raise RuntimeError\n\n\n"
        "def answer(x):\n    raise Odd",
        "crashed",
        ("Odd: (its text cannot be had: RuntimeError)", "odd_text.py, line 7"),
    ),
    "steers": (
        r"def answer(x):" "\n" r"    raise ValueError('\x1b[2J\x07 [bold]b[/bold] ' + '漢字' * 90)",
        "crashed",
        ("ValueError: \x1b[2J",),
    ),
    "prints": (
        "import os, sys\n\n\ndef answer(x):\n    print('noise ' * 100_000)\n"
        "    print('\\033[2J', file=sys.stderr)\n    os.write(1, b'raw'), os.write(2, b'raw')\n"
        "    return x",
        "passed",
        (),
    ),
    "closes": (
        "import sys\n\n\ndef answer(x):\n    sys.stdout.close()\n    sys.stderr.buffer.close()\n"
        "    return x",
        "passed",
        (),
    ),
    "closes_below": (
        "import os, sys\n\n\ndef answer(x):\n    os.close(sys.stdout.fileno())\n"
        "    sys.stderr.detach()\n    return x",
        "passed",
        (),
    ),
    "no_streams": (
        "import sys\n\n\ndef answer(x):\n    sys.stdout = sys.stderr = None\n    return x",
        "passed",
        (),
    ),
    "no_print": ("import builtins\n\nbuiltins.print = None\nanswer = int", "passed", ()),
    "warns": (
        "import warnings\n\n\ndef answer(x):\n    warnings.warn('hm', DeprecationWarning)\n"
        "    return x",
        "passed",
        (),
    ),
    "moves": ("import os\n\n\ndef answer(x):\n    os.chdir('/')\n    return x", "passed", ()),
    "shared": ("import sys\n\n\ndef answer(x):\n    sys.exit()", "crashed", ("SystemExit",)),
    "our_fault": ("def answer(x):\n    return x", "grader_error", ("NameError", "test_zoo.py:")),
    "our_skip": ("def answer(x):\n    return x", "grader_error", ("not today",)),
    "our_xfail": ("def answer(x):\n    return x + 1", "failed", ("answer is wrong",)),
    "our_assert": ("def answer(x):\n    return x + 1", "failed", ()),
    "secret": ("def answer(x):\n    return x + 1", "failed", ("answer is wrong",)),
    "last": ("def answer(x):\n    return x", "passed", ()),
}
CHECK = '''

@pytest.mark.task("{name}")
def test_{name}(student):
    """The answer to 7 is 7, says {name}."""
    assert_number(student.{name}.answer(7), 7, name="answer", rtol=0, atol=0)
'''
OURS = {
    "shared": CHECK.replace("(student)", "(trained)"),
    "our_fault": CHECK.replace("7, name", "undefined, name"),
    "our_skip": CHECK.replace(
        "    assert_number", '    pytest.skip("not today")\n    assert_number'
    ),
    "our_xfail": "\n\n@pytest.mark.xfail" + CHECK[1:],
    "our_assert": CHECK.partition("    assert_number")[0]
    + "    assert student.{name}.answer(7) == 7\n",
}
HEADER = "import pytest\nfrom grader.checks import assert_number\n"
CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def trained(session_student):
    session_student.shared.answer(3)
    return session_student
"""


def write_zoo(folder, names):
    """An assignment with a task for each way to end."""
    units = "".join(
        f'[[units]]\nmodule = "{name}.py"\ntitle = "{name}"\n'
        f'tasks = [{{ id = "{name}", title = "Task {name}", points = 1.5 }}]\n'
        for name in names
    )
    checks = {name: OURS.get(name, CHECK).format(name=name) for name in names}
    hidden = HEADER + checks.pop("secret", "")
    files = {
        "assignment.toml": f'id = "zoo"\ntitle = "Zoo"\n[limits]\ncheck_s = 1.0\n{units}',
        "pytest.ini": "[pytest]\ntestpaths = checks\nfilterwarnings = error\n",
        "checks/conftest.py": dedent(CONFTEST),
        "checks/public/test_zoo.py": HEADER + "".join(checks.values()),
        "checks/hidden/test_zoo_hidden.py": hidden,
    }
    files |= {f"{name}.py": f"{ENDINGS[name][0]}\n" for name in names if ENDINGS[name][0]}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """One real run of pytest over all of it: exit status, output, score."""
    folder = tmp_path_factory.mktemp("alle Tiere, schön")
    write_zoo(folder / "zoo", list(ENDINGS))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "zoo", "-p", "no:randomly", "-v"],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (folder / "scores.json").exists(), done.stdout + done.stderr
    return done, json.loads((folder / "scores.json").read_bytes())


@pytest.mark.parametrize("name", ENDINGS)
def test_an_end_is_called_what_it_is(zoo, name):
    _, score = zoo
    _, status, words = ENDINGS[name]
    task = next(task for task in score["tasks"] if task["id"] == name)
    (check,) = task["checks"]
    assert check["status"] == status, check["message"]
    assert task["score"] == (1.5 if status == "passed" else 0)
    assert (check["message"] is None) == (status == "passed")
    for word in words:
        assert word in check["message"]


def test_messages_quote_no_line_that_is_not_the_students(zoo):
    done, score = zoo
    for task in score["tasks"]:
        for check in task["checks"]:
            if check["status"] == "crashed":
                assert "test_zoo" not in check["message"]
                assert "executor.py" not in check["message"]
                assert "/" not in check["message"].replace("[/bold]", "")
    assert "Traceback" not in done.stdout
    assert done.stderr == ""


def test_the_score_asks_for_a_person_and_follows_the_schema(zoo):
    done, score = zoo
    jsonschema.validate(score, json_schema(strict=True))
    assert score["status"] == "needs_review"
    assert "our_fault.our_fault, our_skip.our_skip" in score["reason"]
    passed = [name for name, ending in ENDINGS.items() if ending[1] == "passed"]
    assert (score["score"], score["max_score"]) == (1.5 * len(passed), 1.5 * len(ENDINGS))
    assert done.returncode == 1
    assert "Needs a person" in done.stdout
    hidden = [c["id"] for t in score["tasks"] for c in t["checks"] if c["visibility"] == "hidden"]
    assert hidden == ["secret.secret"]
    assert "says secret  (hidden)" in done.stdout


def test_the_table_fits_and_steers_no_terminal(zoo):
    done, _ = zoo
    table = done.stdout[done.stdout.index("Unit ") :]
    assert max(cell_len(line) for line in table.splitlines()) == 80
    assert "\\x1b[2J\\x07 [bold]b[/bold]" in table
    assert [c for c in done.stdout if not c.isprintable() and c != "\n"] == []
    assert "noise" not in done.stdout


def test_pytests_own_lines_tell_the_ends_apart(zoo):
    done, _ = zoo
    for name, word in {
        "right": "PASSED",
        "wrong": "FAILED",
        "deep": "CRASHED",
        "todo": "TODO",
        "endless": "TIMED OUT",
        "uses_todo": "SKIPPED",
        "our_fault": "GRADER ERROR",
    }.items():
        assert f"test_{name} {word}" in done.stdout


def test_a_check_that_skips_for_another_reason_than_a_blocker_is_a_fault_of_ours(zoo):
    _, score = zoo
    task = next(task for task in score["tasks"] if task["id"] == "our_skip")
    assert task["status"] == "error"
