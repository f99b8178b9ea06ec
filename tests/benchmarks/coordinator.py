"""What the coordinator costs a submission, from 100 to 10,000 of them, without any grading.

    python tests/benchmarks/coordinator.py [SUBMISSIONS...]

Four submissions of the core are graded once. Then each class is graded by a stand-in that answers
every job with one of these four scores and its pictures: taken in, planned, kept, summed up,
reported, exported, and graded once more, when nothing has changed, each command in a process of its
own. What the stand-in itself takes is left out. Writes coordinator.json and coordinator.svg.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figures import ENVIRONMENT, HERE, record

from grader.batch import run as run_module
from grader.batch.keeping import Keeping
from grader.batch.run import Request, Run
from grader.batch.tally import Tally
from grader.judge.messages import Job, Options, Verdict
from grader.scores import Score, decode_score, encode_score

ROOT = HERE.parents[1]
SOLUTION = ROOT / "solution"
SUBMISSIONS = (
    SOLUTION,
    ROOT / "assignment",
    ROOT / "tests" / "submissions" / "other_style",
    ROOT / "tests" / "submissions" / "half_right",
)
COUNTS = (100, 300, 1000, 3000, 10_000)
STAGES = ("intake", "planning", "keeping", "summary", "other", "report", "export", "again")
COMMANDS = ("grade", "report", "export", "again")
"""Each in a process of its own; the last one is ``grade`` once more, when nothing has changed."""


class Quiet:
    """Progress that nobody looks at."""

    def begin(self, total: int, reused: int) -> None:
        pass

    def graded(self, submission: str, score: Score) -> None:
        pass

    def say(self, line: str) -> None:
        pass


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._within = 0.0

    def time(self, owner: Any, name: str, stage: str) -> None:
        """Count a function's time as a stage's; of one within another, only its own."""
        function: Callable[..., Any] = getattr(owner, name)

        def timed(*arguments: Any, **named: Any) -> Any:
            with self.stage(stage):
                return function(*arguments, **named)

        setattr(owner, name, timed)

    def stage(self, name: str) -> "_Stage":
        return _Stage(self, name)


class _Stage:
    def __init__(self, clock: Clock, name: str) -> None:
        self.clock, self.name = clock, name

    def __enter__(self) -> None:
        self.outer, self.clock._within = self.clock._within, 0.0
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = time.perf_counter() - self.began
        self.clock.seconds[self.name] += spent - self.clock._within
        self.clock._within = self.outer + spent


class StandIn:
    """Answers jobs with recorded scores."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self.places = sorted(folder.iterdir())
        self.scores = [decode_score((place / "score.json").read_bytes()) for place in self.places]

    def grade(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Verdict]]:
        for number, job in enumerate(jobs):
            with self.clock.stage("stand-in"):
                score = self.scores[number % len(self.scores)]
                score.submission = job.id
                score.environment.seed = job.seed
                score.started_at = datetime.now(UTC).isoformat()
                for path in (self.places[number % len(self.places)] / "artifacts").glob("*"):
                    shutil.copyfile(path, Path(job.artifacts) / path.name)
                verdict = Verdict(id=job.id, score=encode_score(score))
            yield job, verdict

    def close(self) -> None:
        pass


def recorded(folder: Path) -> None:
    """Grade the four submissions, into folders named by their place."""
    places = {}
    for number, source in enumerate(SUBMISSIONS):
        place = folder / "class" / f"student{number}"
        place.mkdir(parents=True)
        for module in sorted((ROOT / "assignment").glob("*.py")):
            shutil.copy(
                (source if (source / module.name).is_file() else SOLUTION) / module.name, place
            )
        places[place.name] = place
    arguments = ["class", f"--solution={SOLUTION}", "--seed=3"]
    arguments += os.environ.get("COORDINATOR_TASKS", "").split()
    subprocess.run(
        [sys.executable, "-m", "grader", "grade", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def write_class(folder: Path, source: Path, count: int) -> None:
    """Submissions that differ in a comment."""
    originals = sorted(source.iterdir())
    for number in range(count):
        place = folder / f"student{number:05}"
        shutil.copytree(originals[number % len(originals)], place)
        with (place / "layers.py").open("a") as stream:
            stream.write(f"\n# student {number}\n")


def measure(command: str, count: int, source: Path, folder: Path) -> dict[str, Any]:
    """Seconds by stage of one command for a class, and the most memory it held."""
    clock = Clock()
    if command == "grade":
        write_class(folder / "class", source / "class", count)
        clock.time(run_module, "collect", "intake")
        clock.time(run_module, "settle", "planning")
        for name in ("keep", "flush", "__exit__"):
            clock.time(Keeping, name, "keeping")
        for name in ("add", "summary", "rows"):
            clock.time(Tally, name, "summary")
    {"grade": _grade, "again": _grade, "report": _report, "export": _export}[command](
        clock, count, source, folder
    )
    clock.seconds.pop("stand-in", None)
    seconds = dict(clock.seconds)
    if command == "again":
        seconds = {"again": sum(seconds.values())}
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"seconds": seconds, "peak_mb": round(usage.ru_maxrss / 1024, 1)}


def _grade(clock: Clock, count: int, source: Path, folder: Path) -> None:
    def graders(options: Options, jobs: int) -> StandIn:
        return StandIn(source / "results-by-student", clock)

    request = Request(
        paths=(folder / "class",),
        solution=SOLUTION,
        out=folder / "results",
        jobs=1,
        seed=3,
        sandbox="none",
    )
    with clock.stage("other"):
        outcome = Run(request, Quiet(), graders=graders).execute()
    if outcome.summary.submissions != count:
        raise SystemExit(f"{outcome.summary.submissions} of {count} submissions have a score")


def _report(clock: Clock, count: int, source: Path, folder: Path) -> None:
    from grader.report import write_report

    with clock.stage("report"):
        written = write_report(folder / "results", SOLUTION)
    if written.submissions != count:
        raise SystemExit(f"{written.submissions} of {count} submissions have a page")


def _export(clock: Clock, count: int, source: Path, folder: Path) -> None:
    from grader.export import Options as ExportOptions
    from grader.export import export, read_graded

    with clock.stage("export"):
        graded, _ = read_graded(folder / "results")
        options = ExportOptions(
            results=folder / "results", at=datetime.now(UTC), environment=os.environ
        )
        rows = export("csv", graded, options).files
    if len(next(iter(rows.values())).splitlines()) <= count:
        raise SystemExit("the export has too few rows")


def whole(count: int, source: str) -> dict[str, Any]:
    """Every command on a class of one size, each in a process of its own, as users run them."""
    seconds: dict[str, float] = {}
    peak_mb = {}
    with tempfile.TemporaryDirectory() as place:
        for command in COMMANDS:
            done = subprocess.run(
                [sys.executable, __file__, "--child", command, str(count), source, place],
                env=ENVIRONMENT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            found = json.loads(done.stdout.splitlines()[-1])
            seconds |= found["seconds"]
            peak_mb[command] = found["peak_mb"]
    return {
        "submissions": count,
        "ms_per_submission": {s: round(1e3 * seconds.get(s, 0.0) / count, 3) for s in STAGES},
        "coordinator_ms_per_submission": round(
            1e3 * sum(seconds.get(s, 0.0) for s in STAGES[:7]) / count, 3
        ),
        "peak_mb": peak_mb,
    }


def draw(found: list[dict[str, Any]]) -> None:
    """Milliseconds and memory over the size of the class."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.6), layout="constrained")
    time_axes, memory_axes = figure.subplots(1, 2)
    counts = [each["submissions"] for each in found]
    for stage in STAGES:
        time_axes.plot(
            counts, [each["ms_per_submission"][stage] for each in found], "o-", label=stage
        )
    in_all = [each["coordinator_ms_per_submission"] for each in found]
    time_axes.plot(counts, in_all, "k^-", label="all but again")
    time_axes.axhline(5, color="grey", linestyle=":")
    time_axes.set(xscale="log", yscale="log", xlabel="submissions", ylabel="ms a submission")
    figure.legend(
        *time_axes.get_legend_handles_labels(),
        loc="outside lower center",
        fontsize="small",
        ncols=5,
    )
    for command in COMMANDS:
        memory_axes.plot(counts, [each["peak_mb"][command] for each in found], "o-", label=command)
    memory_axes.set(xscale="log", xlabel="submissions", ylabel="peak resident memory, MB")
    memory_axes.set_ylim(bottom=0)
    memory_axes.legend(fontsize="small")
    figure.savefig(HERE / "coordinator.svg", metadata={"Date": None})


def main(counts: Sequence[int]) -> None:
    """Record, then measure each size in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        recorded(source)
        shutil.copytree(
            source / "results",
            source / "results-by-student",
            ignore=lambda _, names: [n for n in names if n.startswith((".", "summary", "grade"))],
        )
        for count in counts:
            found.append(whole(count, name))
            print(found[-1], flush=True)
    draw(found)
    record("coordinator", sizes=found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        command, size, recorded_in, work = sys.argv[2:]
        print(json.dumps(measure(command, int(size), Path(recorded_in), Path(work))))
    else:
        main([int(value) for value in sys.argv[1:]] or COUNTS)
