"""What a task's results depend on is found without running anything, and nothing is missed."""

import ast
import tempfile
from pathlib import Path

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch import keys
from grader.batch.keys import Basis, Setting, changes
from grader.batch.reach import Checks, Reach
from grader.batch.sight import read_submitted, seen
from grader.manifest import load_manifest

PACKAGE = Path(keys.__file__).parents[1]

SETTING = Setting(device="cpu", layers=("landlock",), sandbox=True, preload=())
ANYTHING = Reach({}, frozenset(), False, frozenset())


def reach(root):
    checks = Checks(root, load_manifest(root))
    return {task: checks.of_task(task).components for task in ("solve", "predict")}


def changed(root, path, old, new):
    """The tasks of the tiny assignment whose keys a change of a file changes."""
    before = reach(root)
    file = root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    after = reach(root)
    return {task for task in before if before[task] != after[task]}


HELPED = '''
import pytest
from helpers import number, twice
import tables


LIMIT = number(3)
solve = pytest.mark.task("solve")
predict = pytest.mark.task("predict")


@pytest.fixture
def points():
    return twice(2)


@pytest.fixture(name="line")
def _line():
    return LIMIT


@solve
def test_points(student, points):
    """Points are points."""


@predict
def test_line(student, line):
    """Lines are lines."""
    tables.look_up(line)


class TestBoth:
    @solve
    def test_one(self, student):
        """One is one."""

    @predict
    def test_two(self, student):
        """Two is two."""
        return cached()


def cached():
    global FOUND
    FOUND = FOUND or 1
    return FOUND


def forget():
    global FOUND
    FOUND = 0


FOUND = 0
'''
HELPERS = """
def number(text):
    return 1


def twice(x):
    from deep.inner import double

    return double(x)
"""
TABLES = """
from helpers import number

ROWS = []


def entry(function):
    ROWS.append(function)
    return function


@entry
def first():
    return 1


def look_up(name):
    return ROWS
"""

SPARE = "import pytest\n\n\n@pytest.fixture\ndef spare():\n    return 1\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "checks/deep").mkdir(parents=True)
    (tmp_path / "checks/deep/__init__.py").write_text("SCALE = 1\n")
    return tiny.write(
        tmp_path,
        **{
            "checks/public/test_helped.py": HELPED,
            "checks/public/helpers.py": HELPERS,
            "checks/public/tables.py": TABLES,
            "checks/deep/inner.py": "def double(x):\n    return 2 * x\n",
            "checks/conftest.py": SPARE,
            "checks/hidden/expected.txt": "3",
        },
    )


BOTH = {"solve", "predict"}


@pytest.mark.parametrize(
    ("path", "old", "new", "tasks"),
    [
        ("checks/hidden/test_ridge_hidden.py", "0.3), expected", "0.4), expected", {"solve"}),
        ("checks/public/test_ridge.py", "size=(5, 3)", "size=(6, 3)", {"predict"}),
        # The gate of solve, which predict depends on.
        ("checks/public/test_ridge.py", "shape=(3,)", "shape=(4,)", BOTH),
        ("checks/public/test_helped.py", "twice(2)", "twice(3)", {"solve"}),
        ("checks/public/test_helped.py", "number(3)", "number(4)", {"predict"}),
        ("checks/public/test_helped.py", "return LIMIT", "return -LIMIT", {"predict"}),
        ("checks/public/test_helped.py", "FOUND = 0\n\n\nFOUND", "FOUND = 2\n\n\nFOUND", BOTH),
        ("checks/public/helpers.py", "return 1", "return 2", {"predict"}),
        ("checks/public/helpers.py", "return double(x)", "return -double(x)", {"solve"}),
        ("checks/deep/inner.py", "2 * x", "3 * x", {"solve"}),
        ("checks/deep/__init__.py", "SCALE = 1", "SCALE = 2", {"solve"}),
        # first() is in a list, by a decorator that keeps one.
        ("checks/public/tables.py", "    return 1", "    return 2", {"predict"}),
        ("checks/conftest.py", "return 1", "return 2", set()),
        ("checks/conftest.py", "@pytest.fixture\n", "@pytest.fixture(autouse=True)\n", BOTH),
        ("checks/hidden/expected.txt", "3", "4", BOTH),
        ("pytest.ini", "testpaths", "addopts = -x\ntestpaths", BOTH),
        ("ridge.py", "x.T @ y", "(x.T) @ (y)", set()),  # brackets alone
        ("ridge.py", "x.T @ y", "x.T.dot(y)", {"solve"}),
        ("checks/hidden/test_ridge_hidden.py", "import numpy", "# so\nimport numpy", set()),
    ],
)  # fmt: skip
def test_a_change_reaches_the_tasks_that_can_see_it(root, path, old, new, tasks):
    found = changed(root, path, old, new)
    assert found == tasks


def test_what_runs_when_a_file_is_loaded_matters_to_every_task(root):
    helper = "checks/public/helpers.py"
    loud = 'print("loaded")\n\n\ndef number'
    assert changed(root, helper, "def number", loud) == {"solve", "predict"}
    hook = "def pytest_runtest_setup(item):\n    pass\n\n\n@pytest.fixture\ndef spare"
    assert changed(root, "checks/conftest.py", "@pytest.fixture\ndef spare", hook) == BOTH


def test_the_order_of_checks_is_part_of_the_key(root):
    file = root / "checks/public/test_ridge.py"
    before = reach(root)
    text = file.read_text()
    add = "\n\n@pytest.mark.task('predict')\ndef test_more(student):\n    '''More.'''\n"
    file.write_text(text + add)
    assert reach(root)["predict"] != before["predict"]
    assert reach(root)["solve"] == before["solve"]


@pytest.mark.parametrize(
    "code",
    [
        "def test_x(student):\n    '''No mark.'''\n",
        "name = 'solve'\n@pytest.mark.task(name)\ndef test_x(student):\n    '''Computed.'''\n",
        "@pytest.mark.task('solve', **{})\ndef test_x(student):\n    '''Options.'''\n",
        "exec('x = 1')\n@pytest.mark.task('solve')\ndef test_x(student):\n    '''Odd.'''\n",
        "def test_x(:\n",
    ],
)
def test_where_the_code_leaves_a_doubt_every_task_may_depend_on_it(root, code):
    (root / "checks/public/test_odd.py").write_text(f"import pytest\n{code}")
    before = reach(root)
    other = code.replace("test_x", "test_y")
    (root / "checks/public/test_odd.py").write_text(f"import pytest\n{other}")
    after = reach(root)
    assert {task for task in before if before[task] != after[task]} == BOTH


def test_a_check_that_calls_a_method_eval_is_like_any_other(root):
    (root / "checks/public/test_mode.py").write_text(
        "import pytest\n\n\ndef unused():\n    return 1\n\n\n@pytest.mark.task('solve')\n"
        "def test_mode(student):\n    '''Mode.'''\n    student.ridge.net.eval()\n"
    )
    assert changed(root, "checks/public/test_mode.py", "return 1", "return 2") == set()


def test_a_reference_that_is_asked_for_by_a_computed_name_is_all_of_it(root):
    (root / "more.py").write_text("WIDTH = 1\n")
    assert changed(root, "more.py", "1", "2") == set()
    file = root / "checks/hidden/test_ridge_hidden.py"
    file.write_text(file.read_text().replace("reference.ridge", "getattr(reference, 'rid' + 'ge')"))
    assert changed(root, "more.py", "2", "3") == {"solve"}


# The whole key


def basis(root, *, setting=SETTING, data=None, version=lambda name: "1"):
    return Basis(root, load_manifest(root), setting, data=data, version=version).keys


def test_titles_points_and_lateness_are_no_part_of_a_key(root):
    before = basis(root)
    file = root / "assignment.toml"
    text = file.read_text().replace("points = 6", "points = 7").replace("Solve for", "Find")
    file.write_text(f"{text}\n[late]\npercent_per_day = 10\n")
    assert basis(root) == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("check_s = 10", "check_s = 11", "assignment.toml: limits.check_s 10.0 -> 11.0"),
        ("[limits]", "[worker]\npreload = ['json']\n[limits]", "worker.preload [] -> "),
        ('depends = ["solve"]', "depends = []", 'predict depends ["solve"] -> []'),
    ],
)
def test_limits_and_dependencies_are(root, old, new, said):
    before = basis(root)
    file = root / "assignment.toml"
    file.write_text(file.read_text().replace(old, new))
    assert any(said in line for line in changes(before["predict"], basis(root)["predict"]))


def test_data_versions_device_and_sandbox_are(root, tmp_path):
    folder = tmp_path / "numbers"
    folder.mkdir()
    (folder / "a").write_text("1")
    before = basis(root, data=folder)["solve"]
    (folder / "a").rename(folder / "b")
    assert changes(before, basis(root, data=folder)["solve"]) == ("data changed",)
    (folder / "b").rename(folder / "a")
    found = basis(root, data=folder, version=lambda name: "2" if name == "torch" else "1")
    assert changes(before, found["solve"]) == ("torch 1 -> 2",)
    none = Setting(device="cuda", layers=("landlock",), sandbox=False, preload=())
    said = changes(before, basis(root, data=folder, setting=none)["solve"])
    assert said == ("device cpu -> cuda", "sandbox landlock -> none")


def test_packages_that_checks_import_are_with_their_versions(root):
    file = root / "checks/hidden/test_ridge_hidden.py"
    file.write_text(f"from PIL import Image\n{file.read_text()}\n\nprint(Image)\n")
    found = basis(root, version=lambda name: None if name == "pillow" else "1")
    assert found["solve"]["PIL"] == "not installed"


def test_the_source_of_a_checkout_is_part_of_the_key_and_of_an_installed_one_is_not(
    tmp_path, monkeypatch
):
    for name in ("checks", "judge"):
        (tmp_path / "grader" / name).mkdir(parents=True)
        (tmp_path / "grader" / name / "a.py").write_text("1")
    (tmp_path / "grader" / "__init__.py").touch()
    monkeypatch.setattr(keys.grader, "__file__", str(tmp_path / "grader" / "__init__.py"))
    first = keys._grader(lambda name: "0.5")
    assert first.startswith("0.5, source ")
    keys._source_digest.cache_clear()
    (tmp_path / "grader" / "judge" / "a.py").write_text("2")
    assert keys._grader(lambda name: "0.5") != first
    keys._source_digest.cache_clear()
    monkeypatch.setattr(keys.sysconfig, "get_path", lambda name: str(tmp_path))
    assert keys._grader(lambda name: "0.5") == "0.5"


# What of a submission a task can see


def visible(folder, task="solve", unit="layers", found=ANYTHING):
    return set(seen(read_submitted(folder), task, unit, found))


def test_tasks_that_see_the_same_files_share_the_submission_s_side_of_their_keys(tmp_path):
    root = tiny.write(tmp_path / "course")
    folder = tmp_path / "kim"
    folder.mkdir()
    (folder / "ridge.py").write_text("x = 1")
    (folder / "notes.txt").write_text("mine")
    submitted = read_submitted(folder)
    basis = Basis(root, load_manifest(root), SETTING, data=None)
    own = basis.seen(submitted, ["solve", "predict"])
    assert own["solve"] is own["predict"]
    assert own["solve"] == {
        "submission: notes.txt": submitted.digests["notes.txt"],
        "submission: ridge.py": submitted.digests["ridge.py"],
    }


def imported(path):
    """Modules beside the grader's packages that a file of it imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from (PACKAGE / f"{name.partition('.')[2]}.py" for name in names)


def test_all_that_judges_workers_and_checks_import_is_part_of_the_key():
    waiting = [path for name in keys._DECIDING for path in (PACKAGE / name).rglob("*.py")]
    found = set()
    while waiting:
        new = {path for path in imported(waiting.pop()) if path.is_file()} - found
        found |= new
        waiting += new
    beside = {path.name for path in found if path.parent == PACKAGE}
    assert beside == set(keys._DECIDING_FILES)


def test_a_task_sees_its_unit_and_what_that_imports(tmp_path):
    for name, text in {
        "layers.py": "from helper import x\n",
        "helper.py": "def f():\n    import deeper.inner\n",
        "deeper/__init__.py": "",
        "deeper/inner.py": "",
        "training.py": "import layers\n",
        "weights.npy": "data",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    own = {"layers.py", "helper.py", "deeper/__init__.py", "deeper/inner.py", "weights.npy"}
    assert visible(tmp_path) == own
    mentioned = ANYTHING._replace(words=frozenset({"student", "training"}))
    assert visible(tmp_path, found=mentioned) == own | {"training.py"}
    assert visible(tmp_path, found=ANYTHING._replace(computed=True)) == own | {"training.py"}
    (tmp_path / "training.py").write_text('raise NotImplementedError("TODO solve")\n')
    assert visible(tmp_path) == own | {"training.py"}


@pytest.mark.parametrize(
    "text",
    [
        "import importlib\nm = importlib.import_module('train' + 'ing')\n",
        "exec(compile(open('tr' 'aining.py').read(), '', 'exec'))\n",
        "__import__('train' 'ing')\n",
        "e = eval\n",
        "# coding: latin-1\nx = 1\n",
        "import ｔｒａｉｎｉｎｇ\n",  # noqa: RUF001  # Python reads it as plain letters
    ],
)
def test_a_module_that_could_read_others_sees_all(tmp_path, text):
    (tmp_path / "layers.py").write_text(text)
    (tmp_path / "training.py").write_text("y = 2\n")
    assert visible(tmp_path) == {"layers.py", "training.py"}


def test_a_method_called_eval_reads_nothing(tmp_path):
    (tmp_path / "layers.py").write_text("def f(model):\n    model.eval()\n")
    (tmp_path / "training.py").write_text("y = 2\n")
    assert visible(tmp_path) == {"layers.py"}


def test_a_module_that_hides_one_of_python_s_is_seen_by_all(tmp_path):
    (tmp_path / "layers.py").write_text("x = 1\n")
    (tmp_path / "random.py").write_text("y = 2\n")
    assert visible(tmp_path) == {"layers.py", "random.py"}


# Whatever is written, nothing that can be reached is missed

STYLES = ("name", "from", "inside", "module", "table", "fixture")


@st.composite
def programs(draw):
    """Files of checks whose functions call each other, and which ones each test reaches."""
    count = draw(st.integers(3, 7))
    homes = [draw(st.sampled_from(["test", "conftest", "helpers", "others"])) for _ in range(count)]
    calls = {
        caller: [
            (callee, draw(st.sampled_from(STYLES)))
            for callee in range(caller + 1, count)
            if draw(st.booleans())
        ]
        for caller in range(count)
    }
    tests = {
        task: [
            (callee, draw(st.sampled_from(STYLES)))
            for callee in range(count)
            if draw(st.integers(0, 2)) == 0
        ]
        for task in ("solve", "predict")
    }
    return homes, calls, tests


MODULES = {"test": "test_made", "conftest": "conftest", "helpers": "helpers", "others": "others"}


def call(callee, style, home, homes):
    """How a function of one file calls another: its parameter, a line above, a line inside."""
    there = homes[callee]
    if style == "fixture" and there == "conftest" and home in ("test", "conftest"):
        return f"g{callee}", "", ""
    if there == home:
        if style == "table":
            return "", f"T{callee} = (f{callee},)", f"    T{callee}[0]()"
        return "", "", f"    f{callee}()"
    module = MODULES[there]
    if style == "inside":
        return "", "", f"    from {module} import f{callee}\n    f{callee}()"
    if style == "module":
        return "", f"import {module}", f"    {module}.f{callee}()"
    return "", f"from {module} import f{callee} as h{callee}", f"    h{callee}()"


def written(folder, program, values):
    homes, calls, tests = program
    heads = {home: ["import pytest"] for home in MODULES}
    bodies = {home: [] for home in MODULES}
    feet = {home: [] for home in MODULES}

    def define(home, head, name, targets, value, extra=""):
        parts = [call(callee, style, home, homes) for callee, style in targets]
        parameters = ", ".join([*filter(None, [extra]), *(p for p, _, _ in parts if p)])
        for _, above, _ in parts:
            (feet if above.startswith("T") else heads)[home].append(above)
        inside = [line for _, _, line in parts if line]
        bodies[home].append(
            "\n".join([f"{head}def {name}({parameters}):", *inside, f"    return {value}"])
        )

    for number, home in enumerate(homes):
        plain = [
            (callee, "inside" if style == "fixture" else style) for callee, style in calls[number]
        ]
        define(home, "", f"f{number}", plain, values[number])
        if home == "conftest":
            define(home, "@pytest.fixture\n", f"g{number}", [(number, "name")], 0)
    for task, targets in tests.items():
        define("test", f'@pytest.mark.task("{task}")\n', f"test_{task}", targets, 0, "student")
    (folder / "checks").mkdir(exist_ok=True)
    (folder / "assignment.toml").write_text(tiny.MANIFEST.replace('["solve"]', "[]"))
    (folder / "pytest.ini").write_text("[pytest]\n")
    for home, module in MODULES.items():
        text = "\n\n\n".join(
            [*dict.fromkeys(heads[home]), *bodies[home], *dict.fromkeys(feet[home])]
        )
        (folder / "checks" / f"{module}.py").write_text(text + "\n")


def reachable(program, task):
    _, calls, tests = program
    waiting, found = [callee for callee, _ in tests[task]], set()
    while waiting:
        number = waiting.pop()
        found.add(number)
        waiting += [callee for callee, _ in calls[number]]
    return found


@settings(max_examples=60, deadline=None, derandomize=True)
@given(programs(), st.data())
def test_a_change_of_any_function_that_a_test_can_reach_changes_its_key(program, data):
    homes, _, tests = program
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        values = [1] * len(homes)
        written(folder, program, values)
        before = reach(folder)
        number = data.draw(st.integers(0, len(homes) - 1))
        values[number] = 2
        written(folder, program, values)
        after = reach(folder)
    for task in tests:
        if number in reachable(program, task):
            assert before[task] != after[task]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(2, 6).flatmap(
        lambda count: st.lists(
            st.lists(st.tuples(st.integers(0, count - 1), st.sampled_from("ifdux")), max_size=3),
            min_size=count,
            max_size=count,
        )
    )
)
def test_every_module_that_a_task_s_code_can_import_is_seen(edges):
    styles = {
        "i": "import m{0}",
        "f": "from m{0} import y",
        "d": "def f{0}():\n    from m{0} import y as z",
        "u": "import m{0} as other",
        "x": "exec('import ' + 'm' + str({0}))",
    }
    waiting, found = [0], set()
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += [target for target, _ in edges[number]]
    with tempfile.TemporaryDirectory() as name:
        for number, targets in enumerate(edges):
            lines = [styles[style].format(target) for target, style in targets]
            (Path(name) / f"m{number}.py").write_text("\n".join([*lines, "y = 1", ""]))
        assert {f"m{number}.py" for number in found} <= visible(Path(name), unit="m0")
