"""Which misconception is behind failed checks: nobody's, or the right one."""

import contextlib

import msgspec
import numpy as np
import pytest
import torch

from grader.judge.diagnosis import Case, diagnose
from grader.judge.diagnosis_memory import Memory, Recalling
from grader.judge.diagnosis_run import explain, note_states
from grader.judge.diagnosis_transcript import Log, Recorder
from grader.judge.outcome import Result
from grader.judge.specs import Spec
from grader.judge.student import Remote, Student
from grader.manifest import load_manifest
from grader.variants import apply, load_catalogue, write_modules
from grader.worker.executor import Executor
from grader.worker.handles import Target
from grader.worker.probes import PROBES

MANIFEST = """
id = "sums"
title = "Sums"
[[units]]
module = "sums.py"
title = "Sums"
tasks = [
  { id = "total", title = "Total", points = 4 },
  { id = "mean", title = "Mean", points = 4, depends = ["total"] },
  { id = "spread", title = "Spread", points = 4 },
  { id = "level", title = "Level", points = 4 },
  { id = "noise", title = "Noise", points = 4 },
  { id = "net", title = "A network", points = 4 },
  { id = "norm", title = "A normalised network", points = 4 },
]
"""
REFERENCE = """
import numpy as np
import torch
from torch import nn

def total(x):
    return x.sum(axis=0)

def mean(x):
    return total(x) / len(x)

def spread(x):
    low = x.min(axis=0)
    high = x.max(axis=0)
    return high - low

def level(x):
    return float((x + np.random.normal(size=x.shape)).mean())

def noise(x, p):
    return x * (np.random.default_rng().random(x.shape) > p) / (1 - p)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(6, 4)
        self.two = nn.Linear(4, 3)

    def forward(self, x):
        return self.two(torch.tanh(self.one(x)))

def parts(net):
    return len(list(net.children()))

class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear, self.norm = nn.Linear(6, 4), nn.BatchNorm1d(4)

    def forward(self, x):
        return self.norm(self.linear(x))
"""
NORM = """
class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear, self.norm = nn.Linear(6, 4), nn.BatchNorm1d(4){more}

    def forward(self, x):
        return torch.{activation}(self.norm(self.linear(x)))
"""
NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 4)
        self.b = nn.Linear(4, 3)
        {last}

    def forward(self, x):
        return {result}
"""
SPREAD = """
def spread(x):
    low = x.min(axis=0)
    high = x.max(axis=0)
    return high - low
""".strip()
LEVEL = """
def level(x):
    return float((x + np.random.normal(size=x.shape)).mean())
""".strip()


def wrong(sentence, code):
    return f'"""You {sentence}.\n\nHint: Think of what {sentence} does.\n"""\n{code}\n'


CATALOGUE = {
    "total/columns": wrong("took rows", "def total(x):\n    return x.sum(axis=1)"),
    "total/absolute": wrong("took sizes", "def total(x):\n    return np.abs(x).sum(axis=0)"),
    "total/one": wrong("forgot one", "def total(x):\n    return x[1:].sum(axis=0)"),
    "spread/empty": wrong("took nothing", "def spread(x):\n    return np.full(5, np.nan)"),
    "spread/graph": wrong(
        "went back",
        "def spread(x):\n    torch.ones(2).sum().backward()\n    return x[0]",
    ),
    "level/sum": wrong("added", LEVEL.replace("mean", "sum")),
    "mean/sum": wrong("divided by nothing", "def mean(x):\n    return total(x)"),
    "mean/less": wrong("divided by N - 1", "def mean(x):\n    return total(x) / (len(x) - 1)"),
    "spread/absolute": wrong("took sizes", SPREAD.replace("x.min", "np.abs(x).min")),
    "spread/one": wrong("forgot one", SPREAD.replace("x.max", "x[1:].max")),
    "noise/keeps": wrong(
        "kept with p",
        "def noise(x, p):\n    return x * (np.random.default_rng().random(x.shape) < p) / p",
    ),
    "noise/unscaled": wrong(
        "did not scale",
        "def noise(x, p):\n    return x * (np.random.default_rng().random(x.shape) > p)",
    ),
    "noise/rows": wrong(
        "dropped rows",
        "def noise(x, p):\n"
        "    return x * (np.random.default_rng().random((len(x), 1)) > p) / (1 - p)",
    ),
    "net/linear": wrong(
        "left out tanh", NET.format(last="pass", result="self.b(self.a(x))").strip()
    ),
    "net/bounded": wrong(
        "bounded", NET.format(last="pass", result="torch.tanh(self.b(torch.tanh(self.a(x))))")
    ),
    "net/short": wrong(
        "gave two numbers", NET.format(last="pass", result="self.b(torch.tanh(self.a(x)))[:, :2]")
    ),
    "norm/rectified": wrong("rectified", NORM.format(more="", activation="relu").strip()),
    "norm/bounded": wrong("bounded", NORM.format(more="", activation="tanh").strip()),
}


@pytest.fixture(scope="module")
def solution(tmp_path_factory):
    place = tmp_path_factory.mktemp("solution")
    (place / "assignment.toml").write_text(MANIFEST)
    (place / "sums.py").write_text(REFERENCE)
    for name, text in CATALOGUE.items():
        path = place / "misconceptions" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return place


class Grading:
    """A submission, and checks that are told whether they passed."""

    def __init__(self, solution, folder, module, memory):
        self.solution = solution
        self.memory = Memory(memory)
        write_modules(folder, {"sums.py": module.encode()})
        self.log = Log()
        self.backend = Executor(folder, PROBES)
        self.student = Student(Recorder(self.backend, self.log))
        self.tasks, self.failed = {}, set()
        self.states = {}

    def check(self, name, ask, *, passed):
        task = name.partition(".")[0]
        self.log.begin(name)
        self.student.seed(len(self.tasks))
        with contextlib.nullcontext() if passed else contextlib.suppress(Exception):
            ask(self.student)
        self.tasks[name] = task
        if not passed:
            self.failed.add(name)

    def names(self, seconds=30.0):
        manifest = load_manifest(self.solution)
        case = Case(
            solution=self.solution,
            manifest=manifest,
            catalogue=load_catalogue(self.solution, manifest),
            transcripts=self.log.transcripts,
            tasks=self.tasks,
            failed=frozenset(self.failed),
            states=self.states,
            memory=self.memory,
            seconds=seconds,
        )
        return dict(diagnose(case))


@pytest.fixture
def grading(solution, tmp_path):
    made = []
    memory = tmp_path / "memory"
    memory.mkdir()

    def make(*ids, module=None):
        manifest = load_manifest(solution)
        catalogue = load_catalogue(solution, manifest)
        chosen = [catalogue.by_id(name) for name in ids]
        text = module or apply(solution, manifest, chosen)["sums.py"].decode()
        made.append(Grading(solution, tmp_path / str(len(made)), text, memory))
        return made[-1]

    yield make
    for item in made:
        item.student.close()


X = np.random.default_rng(1).normal(size=(5, 5))
TALL = np.random.default_rng(2).normal(size=(200, 60))


def ask_total(student):
    student.sums.total(X)


def ask_mean(student):
    student.sums.mean(X)


def ask_noise(student):
    student.sums.noise(TALL, 0.25)


def ask_net(student):
    net = student.keep(student.sums.Net)
    net(torch.ones(2, 6))
    net(torch.full((3, 6), 0.3))


def ask_norm(student):
    net = student.keep(student.sums.Norm)
    for scale in (1, 2, 3):
        net(scale * torch.tensor(TALL[:8, :6], dtype=torch.float32))
    student.probes.set_training(net, False)
    net(torch.tensor(TALL[8:12, :6], dtype=torch.float32))


@pytest.mark.parametrize("name", ["columns", "absolute", "one"])
def test_a_misconception_is_known_by_what_it_returns(grading, name):
    submission = grading(f"total.{name}")
    submission.check("total.right", ask_total, passed=False)
    assert submission.names() == {"total.right": f"total.{name}"}


def test_code_that_is_written_otherwise_is_known_by_what_it_returns_too(grading):
    loop = "def total(x):\n    s = 0.0\n    for row in list(x)[::-1]:\n        s = s + abs(row)\n"
    submission = grading(module=loop + "    return s\n")
    submission.check("total.right", ask_total, passed=False)
    assert submission.names() == {"total.right": "total.absolute"}


def test_nothing_is_guessed_for_a_mistake_that_nobody_wrote_down(grading):
    submission = grading(module="def total(x):\n    return 2 * x.sum(axis=0)\n")
    submission.check("total.right", ask_total, passed=False)
    assert submission.names() == {}


def test_a_misconception_without_numbers_is_not_named_for_other_numbers(grading):
    submission = grading(module="def spread(x):\n    return 2 * x.max(axis=0)\n")
    submission.check("spread.right", lambda student: student.sums.spread(X), passed=False)
    assert submission.names() == {}
    submission = grading("spread.empty")
    submission.check("spread.right", lambda student: student.sums.spread(X), passed=False)
    assert submission.names() == {"spread.right": "spread.empty"}


def test_errors_of_torch_are_told_apart_by_what_they_say(grading):
    text = "import torch\ndef spread(x):\n    return torch.ones(2, 3) @ torch.ones({}, 3)\n"
    submission = grading(module=text.format(2))
    submission.check("spread.right", lambda student: student.sums.spread(X), passed=False)
    assert submission.names() == {}
    submission = grading("spread.graph")
    submission.check("spread.right", lambda student: student.sums.spread(X), passed=False)
    assert submission.names() == {"spread.right": "spread.graph"}


def test_a_random_number_alone_is_known_only_where_chance_changes_it_little(grading):
    def ask(x):
        return lambda student: student.sums.level(x)

    twice = "import numpy as np\n" + LEVEL.replace("x +", "x + 0 * np.random.rand() +")
    module = twice.replace("mean", "sum")  # other random numbers than the misconception draws
    submission = grading(module=module)
    submission.check("level.steady", ask(np.full((50, 4), 40.0)), passed=False)
    assert submission.names() == {"level.steady": "level.sum"}
    submission = grading(module=module)
    submission.check("level.unsteady", ask(np.full((5, 4), 0.5)), passed=False)
    assert submission.names() == {}


def test_a_result_that_two_misconceptions_give_names_neither(grading):
    # The sums of these rows are those of the columns without the first row; 1 and 4 are right.
    both = np.array([[1.0, -1.0], [0.0, 5.0]])
    for name in ("columns", "one"):
        submission = grading(f"total.{name}")
        submission.check("total.right", lambda student: student.sums.total(both), passed=False)
        assert submission.names() == {}
        submission.check("total.more", ask_total, passed=False)
        assert set(submission.names().values()) == {f"total.{name}"}


def test_what_another_check_contradicts_is_not_named(grading):
    # Right for positive numbers, the sum of sizes for others, and one more thing.
    module = "def total(x):\n    return abs(x).sum(axis=0) if len(x) > 3 else -x.sum(axis=0)\n"
    submission = grading(module=module)
    submission.check("total.right", ask_total, passed=False)
    submission.check("total.short", lambda student: student.sums.total(X[:2]), passed=False)
    assert submission.names() == {}


def test_a_misconception_that_would_fail_what_passed_is_not_named(grading):
    module = "def total(x):\n    return abs(x).sum(axis=0) if len(x) > 3 else x.sum(axis=0)\n"
    submission = grading(module=module)
    submission.check("total.right", ask_total, passed=False)
    submission.check("total.short", lambda student: student.sums.total(X[:2]), passed=True)
    assert submission.names() == {}


@pytest.mark.parametrize("name", ["keeps", "unscaled", "rows"])
def test_what_depends_on_chance_is_known_by_its_distribution(grading, name):
    submission = grading(f"noise.{name}")
    submission.check("noise.right", ask_noise, passed=False)
    assert submission.names() == {"noise.right": f"noise.{name}"}


def test_right_noise_of_another_generator_is_nobodys_misconception(grading):
    module = (
        "import torch\ndef noise(x, p):\n"
        "    return x * (torch.rand(x.shape) > p).numpy() / (1 - p)\n"
    )
    submission = grading(module=module)
    submission.check("noise.right", ask_noise, passed=False)
    assert submission.names() == {}


@pytest.mark.parametrize("name", ["linear", "bounded", "short"])
def test_a_network_is_known_by_its_outputs(grading, name):
    submission = grading(f"net.{name}")
    submission.check("net.right", ask_net, passed=False)
    assert submission.names() == {"net.right": f"net.{name}"}


def test_a_network_with_other_first_weights_is_known_once_its_weights_are(grading):
    last = "for p in self.parameters(): nn.init.normal_(p)"
    other = NET.format(last=last, result="0 + self.b(self.a(x))")
    submission = grading(module=f"import torch\nfrom torch import nn\n{other}")
    submission.check("net.right", ask_net, passed=False)
    assert submission.names() == {}
    requests = submission.log.transcripts["net.right"].requests
    handle = next(request.reply for request in requests if request.operation == "call")
    net = Remote(submission.student, Target(handle.id), "net")
    submission.states[handle.id] = submission.student.probes.state(net)
    assert submission.names() == {"net.right": "net.linear"}


def test_running_averages_that_a_check_moved_are_moved_by_the_misconception_as_well(grading):
    drawn = NORM.format(more="\n        nn.init.normal_(self.linear.weight)", activation="relu")
    submission = grading(module=f"import torch\nfrom torch import nn\n{drawn}")
    submission.check("norm.right", ask_norm, passed=False)
    note_states(submission, "norm.right")
    (noted,) = submission.states.values()
    assert set(noted) == {"linear.weight", "linear.bias", "norm.weight", "norm.bias"}
    assert submission.names() == {"norm.right": "norm.rectified"}


def test_parameters_of_a_network_that_could_have_been_trained_are_not_taken_for_its_first(grading):
    submission = grading("net.linear")

    def ask(student):
        student.keep(student.sums.Net)
        student.sums.parts(student.keep(student.sums.Net))

    submission.check("net.right", ask, passed=False)
    requests = submission.log.transcripts["net.right"].requests
    plain = next(request.reply.id for request in requests if request.operation == "call")
    note_states(submission, "net.right")
    assert list(submission.states) == [plain]
    assert set(submission.states[plain]) == {"a.weight", "a.bias", "b.weight", "b.bias"}


def test_parameters_of_networks_are_not_read_where_a_check_has_set_some(grading):
    submission = grading("net.linear")

    def ask(student):
        net, other = student.keep(student.sums.Net), student.keep(student.sums.Net)
        student.probes.load_state(other, student.probes.state(net))

    submission.check("net.right", ask, passed=False)
    note_states(submission, "net.right")
    assert submission.states == {}


def test_two_at_once_are_named_where_each_shows(grading):
    submission = grading("total.one", "mean.sum")
    submission.check("total.right", ask_total, passed=False)
    submission.check("mean.right", ask_mean, passed=False)
    assert submission.names() == {"total.right": "total.one", "mean.right": "mean.sum"}


def test_two_in_one_function_are_named_where_each_shows(grading):
    submission = grading("spread.absolute", "spread.one")
    rising, falling = np.array([[-3.0, 1.0], [2.0, 5.0]]), np.array([[4.0, 5.0], [1.0, 2.0]])
    submission.check("spread.rising", lambda student: student.sums.spread(rising), passed=False)
    submission.check("spread.falling", lambda student: student.sums.spread(falling), passed=False)
    assert submission.names() == {
        "spread.rising": "spread.absolute",
        "spread.falling": "spread.one",
    }


def test_a_bug_of_an_earlier_task_is_named_where_it_is_the_reason(grading):
    submission = grading("total.one")
    submission.check("total.right", ask_total, passed=False)
    submission.check("mean.right", ask_mean, passed=False)
    assert submission.names() == {"total.right": "total.one", "mean.right": "total.one"}


def test_an_exception_of_the_same_kind_at_the_same_place_is_a_match(grading):
    submission = grading("total.columns")
    submission.check("total.flat", lambda student: student.sums.total(X[0]), passed=False)
    assert submission.names() == {"total.flat": "total.columns"}


def test_without_time_nothing_is_named(grading):
    submission = grading("total.one")
    submission.check("total.right", ask_total, passed=False)
    assert submission.names(seconds=0.0) == {}


def test_a_misconception_that_one_check_refutes_is_not_asked_the_checks_after_it(
    grading, solution, monkeypatch
):
    answers, asked = Recalling.answers, []
    monkeypatch.setattr(Recalling, "answers", lambda *a: (asked.append(a), answers(*a))[1])
    submission = grading("total.one")
    submission.check("total.right", ask_total, passed=False)
    submission.check("total.dear", ask_total, passed=False)
    assert set(submission.names().values()) == {"total.one"}
    known = len(load_catalogue(solution, load_manifest(solution)).of_task("total"))
    assert known > 2
    reference_and_the_right_one = 2 * 2
    assert len(asked) == reference_and_the_right_one + known - 1


SPEC = Spec(
    id="total.right", task="total", title="T", visibility="public", weight=1.0, gate=False,
    depends=(), hint=None, nodeid="x",
)  # fmt: skip


def explained(solution, status, visibility):
    catalogue = load_catalogue(solution, load_manifest(solution))
    result = Result(id="total.right", status=status, message="wrong", expected="1", actual="2")
    spec = msgspec.structs.replace(SPEC, visibility=visibility)
    explain(result, catalogue.by_id("total.one"), spec)
    assert (result.status, result.expected, result.actual) == (status, "1", "2")
    assert result.misconception == "total.one"
    return result.message, result.hint


def test_the_sentence_comes_before_what_was_seen_and_the_hint_after_it(solution):
    message, hint = explained(solution, "failed", "public")
    assert message == "You forgot one.\nwrong"
    assert hint == "Think of what forgot one does."


def test_a_hidden_check_says_the_sentence_in_its_hint_which_is_all_that_students_see(solution):
    _, hint = explained(solution, "failed", "hidden")
    assert hint == "You forgot one. Think of what forgot one does."


def test_the_lines_of_a_crash_stay_where_they_are(solution):
    message, hint = explained(solution, "crashed", "public")
    assert message == "wrong\nYou forgot one."
    assert hint.startswith("You forgot one. ")


def test_a_mask_that_is_used_twice_is_held_against_its_first_use(tmp_path):
    place = tmp_path / "masks"
    (place / "misconceptions" / "back").mkdir(parents=True)
    (place / "assignment.toml").write_text(
        'id = "masks"\ntitle = "M"\n[[units]]\nmodule = "sums.py"\ntitle = "M"\n'
        'tasks = [{ id = "back", title = "B", points = 1 }]\n'
    )
    (place / "sums.py").write_text(
        "import numpy as np\n\n"
        "def forth(x):\n    mask = np.random.default_rng().random(x.shape) > 0.5\n"
        "    return x * mask, [mask]\n\n"
        "def back(d, cache):\n    return d * cache[0]\n"
    )
    for name, mask in (("reversed", "~cache[0]"), ("anew", "(np.random.random(d.shape) > 0.5)")):
        (place / f"misconceptions/back/{name}_mask.py").write_text(
            wrong(name, f"def back(d, cache):\n    return d * {mask}")
        )
    manifest = load_manifest(place)
    catalogue = load_catalogue(place, manifest)
    for variant in catalogue.misconceptions:
        module = apply(place, manifest, [variant])["sums.py"].decode()
        submission = Grading(place, tmp_path / variant.name, module, tmp_path)

        def ask(student):
            result = student.keep(student.sums.forth, TALL)
            student.value(student.item(result, 0))
            student.sums.back(np.ones(TALL.shape), student.item(result, 1))

        submission.check("back.right", ask, passed=False)
        assert submission.names() == {"back.right": variant.id}
        submission.student.close()
