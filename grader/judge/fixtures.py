"""What checks may ask for: the student's code, the reference, seeds, data, metrics, artifacts."""

import hashlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from grader.judge.diagnosis_transcript import Recorder
from grader.judge.session import Session
from grader.judge.student import Backend, Student

if TYPE_CHECKING:  # loading NumPy and torch waits until a check needs them
    import numpy as np
    import torch

SESSION = pytest.StashKey[Session]()
METRICS = pytest.StashKey[dict[str, float]]()
ARTIFACTS = pytest.StashKey[list[str]]()


def derive_seed(seed: int, name: str) -> int:
    """A seed of its own for each check of a run: 63 bits of a hash of both."""
    text = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(text[:8], "big") >> 1


class Reference:
    """The solution's modules by name: ``reference.layers.batchnorm_forward``."""

    def __init__(self, folder: Path) -> None:
        from grader.worker.modules import ModuleFolder

        self._modules = ModuleFolder(folder, resident=False)

    def __getattr__(self, name: str) -> ModuleType:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._modules.load(name)


def _in_process(session: Session) -> Backend:
    from grader.worker.executor import Executor
    from grader.worker.probes import PROBES

    return Executor(session.folder, PROBES)


@pytest.fixture(scope="session")
def _student(pytestconfig: pytest.Config) -> Iterator[Student]:
    session = pytestconfig.stash[SESSION]
    session.backend = session.open_backend() if session.open_backend else _in_process(session)
    recorder = Recorder(session.backend, session.log) if session.log is not None else None
    student = Student(recorder or session.backend)
    yield student
    student.close()


@pytest.fixture
def student(_student: Student, seed: int) -> Student:
    """The submission's code; its global random generators are seeded afresh for each check."""
    _student.seed(seed)
    return _student


@pytest.fixture(scope="session")
def session_student(_student: Student, session_seed: int) -> Student:
    """The submission's code for fixtures that several checks share, such as a training run."""
    _student.seed(session_seed)
    return _student


@pytest.fixture(scope="session")
def reference(pytestconfig: pytest.Config) -> Reference:
    """The reference solution; only hidden checks may ask for it."""
    return Reference(pytestconfig.stash[SESSION].root)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The check's own seed, drawn from the run's seed and the check's name."""
    return derive_seed(request.config.stash[SESSION].seed, request.node.name)


@pytest.fixture(scope="session")
def session_seed(pytestconfig: pytest.Config) -> int:
    """The seed of what several checks share."""
    return derive_seed(pytestconfig.stash[SESSION].seed, "session")


@pytest.fixture
def rng(seed: int) -> "np.random.Generator":
    """A NumPy generator of this check's own."""
    import numpy as np

    return np.random.default_rng(seed)


@pytest.fixture
def torch_rng(seed: int) -> "torch.Generator":
    """A torch generator of this check's own, on the CPU."""
    import torch

    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="session")
def data(pytestconfig: pytest.Config) -> Path:
    """The data folder: ``--data``, or what the manifest names."""
    session = pytestconfig.stash[SESSION]
    if session.data is None:
        raise pytest.UsageError(
            f'{session.root / "assignment.toml"}: names no data folder; add data = "FOLDER" there, '
            "or give one with --data"
        )
    return session.data


@pytest.fixture(scope="session")
def device(pytestconfig: pytest.Config) -> str:
    """``cpu`` or ``cuda``: where a check may have a student's network compute."""
    return pytestconfig.stash[SESSION].device


@pytest.fixture
def metric(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """``metric(name, value)`` records a number with the check's task, unless it is not finite."""

    def record(name: str, value: float) -> None:
        if math.isfinite(value):  # JSON has no NaN, and a student's loss may well be one
            request.node.stash.setdefault(METRICS, {})[name] = float(value)

    return record


@pytest.fixture
def artifact(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """``artifact(file_name, content)`` keeps a picture beside the score."""
    folder: Path = request.config.stash[SESSION].artifacts

    def keep(name: str, content: Any) -> None:
        plain = type(name) is str and name not in ("", "..") and Path(name).name == name
        if type(content) is not bytes or not plain:
            raise TypeError(f"artifact({name!r}, ...): give a plain file name and its bytes")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        kept = request.node.stash.setdefault(ARTIFACTS, [])
        if f"{folder.name}/{name}" not in kept:
            kept.append(f"{folder.name}/{name}")

    return keep
