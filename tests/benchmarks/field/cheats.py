"""Ten submissions that deserve nothing, and what each does instead of the exercise.

Each is code of a student's in place of the right one. A cheat is caught where it earns no point and
its side effect, where it has one, did not happen. All of it stays in folders, processes and
listeners that the benchmark made itself.
"""

from dataclasses import dataclass

NOTHING = "def batchnorm_forward(x, gamma, beta, eps=1e-5):\n    return None\n"
NO_ENCODER = "class Encoder(nn.Module):\n    pass\n"


@dataclass(frozen=True)
class Cheat:
    """One of them."""

    name: str
    what: str
    """What it tries, as the table says it."""
    bn: str = NOTHING
    encoder: str = NO_ENCODER
    files: tuple[tuple[str, str], ...] = ()
    """Further files of the submission, by name."""


CLIMB = """
import os
def climb(wanted, levels=6):
    here = os.getcwd()
    for _ in range(levels):
        for folder, folders, files in os.walk(here):
            folders[:] = [f for f in folders if "site-packages" not in f and f != "proc"]
            for name in files:
                path = os.path.join(folder, name)
                try:
                    if os.path.getsize(path) < 2**21:
                        content = open(path, "rb").read()
                        if wanted(path, content):
                            yield path, content
                except OSError:
                    pass
        if os.path.dirname(here) in ("/", "/tmp"):
            return
        here = os.path.dirname(here)
"""
"""Looks through the folders around the current one, up to the benchmark's own."""

CHEATS = (
    Cheat(
        "ends_early",
        "ends the process with status 0 in the middle of a check",
        bn="import os\ndef batchnorm_forward(*a, **k):\n    os._exit(0)\n",
    ),
    Cheat(
        "equals_everything",
        "returns an array that says it is equal to anything",
        bn="""
class Friend(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.zeros(np.shape(inputs[-1]), dtype=bool) if "nan" in ufunc.__name__ else np.True_
    def __eq__(self, other): return True
    def __ne__(self, other): return False
def batchnorm_forward(x, *a, **k):
    return np.zeros_like(x).view(Friend)
""",
        encoder="""
class Shape(tuple):
    def __eq__(self, other): return True
    def __iter__(self): return iter((3, 5))
class Code:
    shape = Shape((1,))
class Encoder:
    def __init__(self, *a): pass
    def __call__(self, x): return Code()
""",
    ),
    Cheat(
        "patches_comparison",
        "replaces numpy.testing, numpy.allclose and tuple in the module of the checks",
        bn="""
import builtins
for module in (np, np.testing, torch, torch.testing):
    for name in ("assert_allclose", "assert_array_equal", "allclose", "isclose", "equal",
                 "assert_close", "array_equal"):
        if hasattr(module, name):
            setattr(module, name, lambda *a, **k: True)
def batchnorm_forward(x, *a, **k):
    return 0 * x
""",
        encoder="""
class Anything(tuple):
    def __new__(cls, *a): return tuple.__new__(cls, (3, 5))
builtins.tuple = Anything
class Encoder:
    def __init__(self, *a): pass
    def __call__(self, x): return x
""",
    ),
    Cheat(
        "finds_expected",
        "takes the expected array from the frames of its callers or from gc.get_objects()",
        bn="""
import gc, sys
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    frame = sys._getframe()
    while frame is not None:
        for scope in (frame.f_locals, frame.f_globals):
            found = scope.get("expected")
            if isinstance(found, np.ndarray) and found.shape == x.shape:
                return found
        frame = frame.f_back
    for scope in gc.get_objects():
        if isinstance(scope, dict) and isinstance(scope.get("expected"), np.ndarray):
            if scope["expected"].shape == x.shape:
                return scope["expected"]
    return None
""",
    ),
    Cheat(
        "reads_solution",
        "looks for the solution or the tests in the folders around it and uses what it finds",
        bn=CLIMB
        + """
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mark = b"gamma * (x - " + b"x.mean(0)) / np.sqrt(x.var(0) + 1e-5)"
    other = b"gamma * (x - " + b"mean) / np.sqrt(variance + eps)"
    mine = b"so that I do not " + b"find myself"
    for path, content in climb(lambda p, c: (mark in c or other in c) and mine not in c):
        if "student" not in path:
            return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) + beta
    return None  # so that I do not find myself
""",
    ),
    Cheat(
        "reads_classmate",
        "looks for another student's submission and uses it",
        bn=CLIMB
        + """
def batchnorm_forward(x, gamma, beta, eps=1e-5):
    other = b"gamma * (x - " + b"mean) / np.sqrt(variance + eps)"
    for path, content in climb(lambda p, c: other in c and "student" in p):
        return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) + beta
    return None
""",
    ),
    Cheat(
        "patches_the_runner",
        "replaces the printer of tracebacks and the makers of test reports",
        bn="""
def batchnorm_forward(*a, **k):
    try:
        from IPython import get_ipython
        shell = get_ipython()
        shell.showtraceback = shell.showsyntaxerror = lambda *a, **k: None
        type(shell).showtraceback = lambda *a, **k: None
    except Exception:
        pass
    import sys
    for name, module in list(sys.modules.items()):
        if name == "_pytest.reports":
            original = module.TestReport.from_item_and_call.__func__
            def passed(cls, item, call):
                report = original(cls, item, call)
                report.outcome, report.longrepr = "passed", None
                return report
            module.TestReport.from_item_and_call = classmethod(passed)
        if name == "otter.test_files.abstract_test":
            module.TestFile.passed_all = True
            for case in ("TestCaseResult",):
                original_case = getattr(module, case)
                original_case.__init__ = (
                    lambda self, test_case, message, passed: self.__dict__.update(
                        test_case=test_case, message=message, passed=True))
    raise AssertionError("wrong")
""",
    ),
    Cheat(
        "brings_files",
        "hands in conftest.py, pytest.ini and sitecustomize.py that let every test pass",
        files=(
            (
                "conftest.py",
                "import pytest\n"
                "@pytest.hookimpl(hookwrapper=True)\n"
                "def pytest_runtest_makereport(item, call):\n"
                "    report = (yield).get_result()\n"
                "    report.outcome, report.longrepr = 'passed', None\n",
            ),
            ("pytest.ini", "[pytest]\npython_functions = nothing_is_called_so\n"),
            ("sitecustomize.py", "import numpy.testing as t\nt.assert_allclose = print\n"),
        ),
    ),
    Cheat(
        "calls_out",
        "connects to a server on this machine (which the benchmark itself listens with)",
        bn="""
import os, socket
def batchnorm_forward(*a, **k):
    with socket.create_connection(("127.0.0.1", PORT), timeout=2) as line:
        line.sendall(b"hello")
""",
    ),
    Cheat(
        "stays_behind",
        "leaves a process running after its grading (it ends by itself after two minutes)",
        bn="""
import os, sys
def batchnorm_forward(*a, **k):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            code = "import time; name = 'MARK'; time.sleep(120)"
            os.execv(sys.executable, [sys.executable, "-c", code])
        os._exit(0)
    os.wait()
""",
    ),
)
