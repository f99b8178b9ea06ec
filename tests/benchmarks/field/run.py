"""This project against what staff would use instead, on the same small assignment in one run.

    python tests/benchmarks/field/run.py [--submissions 20] [--tool NAME ...] [--environments DIR]

For nbgrader, otter-grader (`otter run`), plain pytest once per submission and this project, each
from a pinned environment that this script makes (`requirements-*.txt`; kept in the folder of
--environments), it measures the light assignment (batch normalisation in NumPy, the shape of an
encoder's code in PyTorch) and a variant with a short training run, with one job and with two; and
which of ten cheats each grader catches. The table goes to standard output, and with all figures to
`field.json` beside the other benchmarks.
"""

import argparse
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from cheats import CHEATS  # noqa: E402  # beside this file, which is no package
from course import LIGHT, VARIANTS, Task, deserved, written  # noqa: E402  # as above
from figures import record  # noqa: E402  # one folder up
from tool import Submission, Tool  # noqa: E402  # as above
from tools_modules import Grader, Pytest  # noqa: E402  # as above
from tools_notebooks import Nbgrader, Otter  # noqa: E402  # as above

ROOT = HERE.parents[2]
TOOLS: tuple[type[Tool], ...] = (Grader, Pytest, Nbgrader, Otter)
FEW = 4
"""Submissions of the class whose memory is watched, and of the smaller one if a tool names none."""


def environment(folder: Path, tool: type[Tool]) -> Path:
    """The interpreter of a tool's environment, which is made if it is not there."""
    requirements = HERE / f"requirements-{tool.name}.txt"
    place = folder / tool.name
    python = place / "bin" / "python"
    made = place / "requirements.txt"
    if made.exists() and made.read_text() == requirements.read_text():
        return python
    print(f"making the environment of {tool.name}", file=sys.stderr, flush=True)
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    install = [python, "-m", "pip", "install", "-q", "-r", requirements]
    subprocess.run(install, check=True, cwd=ROOT, stdout=sys.stderr)
    shutil.copy(requirements, made)
    return python


class Memory:
    """The most memory that a process and its descendants held together, by proportional share."""

    def __init__(self) -> None:
        self.most_mb = 0.0
        self._stop = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look five times a second for as long as the context lasts."""
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            own = sum(_share_kb(process) for process in _descendants(os.getpid()))
            self.most_mb = max(self.most_mb, own / 1024)


def _descendants(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(place.name)] = int(fields[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def _share_kb(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:"), 0)


def grade(
    tool: type[Tool],
    python: Path,
    folder: Path,
    tasks: Sequence[Task],
    students: list[Submission],
    jobs: int,
) -> tuple[float, dict[str, float]]:
    """Grade a class; the seconds that it took, and the scores."""
    made = tool(python, folder, tasks)
    made.take(students)
    began = time.perf_counter()
    made.grade(students, jobs)
    return time.perf_counter() - began, made.scores(students)


def speed(tool: type[Tool], python: Path, folder: Path, variant: str, count: int) -> dict:
    """Seconds a submission with one job and with two, peak memory, and scores that are wrong.

    Classes of other sizes are graded as well: from their times follows what each further
    submission takes, the start of the command left out. Memory is measured in a run of its own,
    since looking at processes holds them up, and most those that have many.
    """
    tasks = VARIANTS[variant]
    fewer, more = tool.classes.get(variant, (FEW, count))
    largest = [Submission(f"student{n:03}", written(tasks, n)) for n in range(max(count, more))]
    everyone = largest[:count]
    found = {}
    for jobs in (1, 2):
        place = folder / f"{tool.name}-{variant}-{jobs}"
        memory = Memory()
        with memory.watched():
            grade(tool, python, place / "watched", tasks, everyone[:FEW], jobs)
        took, scores = grade(tool, python, place / "all", tasks, everyone, jobs)
        times = {count: took}
        for size in {fewer, more} - {count}:
            times[size], _ = grade(tool, python, place / str(size), tasks, largest[:size], jobs)
        wrong = [s.name for n, s in enumerate(everyone) if scores.get(s.name) != deserved(tasks, n)]
        further = (times[more] - times[fewer]) / (more - fewer)
        found[f"jobs_{jobs}"] = {
            "seconds_a_submission": round(took / count, 3),
            "seconds_each_further": round(further, 3),
            "larger_class": more,
            "seconds_in_larger": round(times[more] / more, 3),
            "peak_memory_mb": round(memory.most_mb),
            "wrong_scores": len(wrong),
        }
        print(
            f"{tool.name:9} {variant:9} {jobs} {took / count:7.3f} s, further {further:7.3f} s",
            file=sys.stderr,
            flush=True,
        )
    return found


def cheats(tool: type[Tool], python: Path, folder: Path) -> dict[str, bool]:
    """Which cheats are caught, all handed in with an honest submission beside them."""
    marks = {cheat.name: f"left by {cheat.name} of {tool.name} {os.getpid()}" for cheat in CHEATS}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        port = str(server.getsockname()[1])
        made = tool(python, folder / f"{tool.name}-cheats", LIGHT)
        cheaters = [
            Submission(
                f"zoe{number}",
                {
                    "bn": cheat.bn.replace("PORT", port).replace("MARK", marks[cheat.name]),
                    "encoder": cheat.encoder,
                },
                cheat.files,
            )
            for number, cheat in enumerate(CHEATS)
        ]
        everyone = [Submission("student00", written(LIGHT, 0)), *cheaters]
        made.take(everyone)
        made.grade(everyone, 1)
        scores = made.scores(everyone)
        try:
            server.accept()[0].close()
            called = True
        except TimeoutError:
            called = False
    if scores.get("student00") != deserved(LIGHT, 0):
        raise SystemExit(f"{tool.name}: the honest submission got {scores.get('student00')}")
    caught = {}
    for cheater, cheat in zip(cheaters, CHEATS, strict=True):
        points = scores.get(cheater.name, 0)
        harm = _end_those_with(marks[cheat.name]) or (called and "PORT" in cheat.bn)
        caught[cheat.name] = points == 0 and not harm
        print(f"{tool.name:9} {cheat.name:20} {points:4} {harm}", file=sys.stderr, flush=True)
    return caught


def _end_those_with(mark: str) -> bool:
    """Whether a process with this mark runs; it is ended."""
    done = subprocess.run(["pkill", "-KILL", "-f", mark], check=False)
    return done.returncode == 0


def table(tools: list[type[Tool]], found: dict[str, dict]) -> str:
    """All of it as a Markdown table."""
    head = ["", *(tool.name for tool in tools)]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * len(tools)]

    def row(title: str, value: str, *path: str) -> None:
        cells = [title]
        for tool in tools:
            figure = found[tool.name]
            for key in path:
                figure = figure[key]
            cells.append(value.format(figure))
        lines.append(f"| {' | '.join(cells)} |")

    row("version", "{}", "version")
    row("submissions", "{}", "submissions")
    for variant in VARIANTS:
        for jobs in (1, 2):
            where = (variant, f"jobs_{jobs}")
            what = f"{variant}, {'one job' if jobs == 1 else 'two jobs'}"
            row(f"{what}: seconds a submission", "{:.3f}", *where, "seconds_a_submission")
            row(f"{what}: times as long as grader", "{:.1f}", *where, "times_grader")
            row(f"{what}: seconds each further one", "{:.3f}", *where, "seconds_each_further")
            row(f"{what}: times as long each further one", "{:.1f}", *where, "times_grader_further")
            row(f"{what}: submissions of the larger class", "{}", *where, "larger_class")
            row(f"{what}: seconds a submission there", "{:.3f}", *where, "seconds_in_larger")
            row(f"{what}: times as long there", "{:.1f}", *where, "times_grader_larger")
            row(f"{what}: peak memory, MB", "{}", *where, "peak_memory_mb")
            row(f"{what}: wrong scores", "{}", *where, "wrong_scores")
    row("isolates student code by", "{}", "isolates")
    for cheat in CHEATS:
        row(f"catches one that {cheat.what}", "{}", "caught", cheat.name)
    text = "\n".join(lines)
    return text.replace(" True ", " yes ").replace(" False ", " no ")


def _version(tool: type[Tool], python: Path) -> str:
    package = {"grader": "autoencoder-grader", "otter": "otter-grader"}.get(tool.name, tool.name)
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


_RATIOS = (
    ("a_submission", "grader"),
    ("each_further", "grader_further"),
    ("in_larger", "grader_larger"),
)


def _compare(found: dict[str, dict]) -> None:
    """Add to each time how many times that of this project it is."""
    for variant in VARIANTS:
        for jobs in ("jobs_1", "jobs_2"):
            figures = {name: tool[variant][jobs] for name, tool in found.items()}
            own = figures.get("grader", {})
            for kind, name in _RATIOS:
                base = own.get(f"seconds_{kind}", float("nan"))
                for figure in figures.values():
                    figure[f"times_{name}"] = round(figure[f"seconds_{kind}"] / base, 1)


def main() -> None:
    """Make the environments, measure, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--otter", type=int, default=20, help="submissions for otter, the slowest")
    parser.add_argument("--tool", action="append", choices=[tool.name for tool in TOOLS])
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "field")
    options = parser.parse_args()
    if min(options.submissions, options.otter) <= FEW:
        parser.error(f"--submissions and --otter: more than {FEW}")
    tools = [tool for tool in TOOLS if not options.tool or tool.name in options.tool]
    pythons = {tool: environment(options.environments.resolve(), tool) for tool in tools}
    found: dict[str, dict] = {}
    with tempfile.TemporaryDirectory(prefix="field-") as name:
        folder = Path(name)
        for tool in tools:
            found[tool.name] = {
                "version": _version(tool, pythons[tool]),
                "isolates": tool.isolates,
                "submissions": options.otter if tool is Otter else options.submissions,
                "caught": cheats(tool, pythons[tool], folder),
            }
        for variant in VARIANTS:  # one tool after the other, so that all meet the same machine
            for tool in tools:
                count = found[tool.name]["submissions"]
                found[tool.name][variant] = speed(
                    tool, pythons[tool], folder / variant, variant, count
                )
    _compare(found)
    record("field", date=datetime.now(UTC).date().isoformat(), machine=platform.machine(), **found)
    print(table(tools, found))


if __name__ == "__main__":
    main()
