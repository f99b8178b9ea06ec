"""Grades the corpus in the outer net; writes a tar of what came of it to standard output.

    python -m attacks.batch [PATTERN]

The tar holds ``report.json``, ``out/`` and ``alone/``: results, standard output and standard error
of grading everything, and of grading the honest submissions by themselves. PATTERN takes those
attacks only whose id it matches, as in a shell.
"""

import fnmatch
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

from attacks import corpus, net
from attacks.surroundings import (
    Canaries,
    Listeners,
    Surroundings,
    Victims,
    remove_shared_memory,
    shared_memory,
)

COURSE = Path("/tmp/course")
RUNS = Path("/tmp/runs")
"""Where gradings leave their results, each in a folder of its own."""
SEED = "5"
PATIENCE_S = 10


def prepare(attacks: list[corpus.Attack], canaries: Canaries) -> dict[str, corpus.Attack | str]:
    """Solution, class, home, earlier results: all that an attack may be after."""
    solution = COURSE / "solution"
    shutil.copytree(corpus.ASSIGNMENT, solution)
    for path in sorted(solution.rglob("*.py")):
        canaries.plant(path, '\nCANARY = "{}"\n')
    canaries.plant(solution / "assignment.toml", "# {}\n")
    laid = corpus.lay_out(attacks, COURSE / "class")
    for submission, kind in laid.items():
        if isinstance(kind, str):
            canaries.plant(COURSE / "class" / submission / "work.py", "\n# {}\n")
            canaries.plant(COURSE / "class" / submission / "notes.txt")
    for submission, kind in laid.items():
        if isinstance(kind, str):
            shutil.copytree(COURSE / "class" / submission, COURSE / "honest" / submission)
    home = Path(os.environ["HOME"])
    for place in (home / "notes.txt", home / ".ssh" / "id_ed25519", home / ".netrc",
                  home / ".config" / "token", COURSE / "gradebook.db", Path("/tmp/canary"),
                  Path("/tmp/other/answers.py"), Path("/dev/shm/canary"),
                  COURSE / "earlier" / "kim" / "score.json"):  # fmt: skip
        canaries.plant(place)
    return laid


def grade(name: str, folder: str, canaries: Canaries) -> dict[str, object]:
    """Grade a class as staff would; how long it took and how it ended."""
    place = RUNS / name
    began = time.monotonic()
    with (place / "stdout").open("wb") as stdout, (place / "stderr").open("wb") as stderr:
        done = subprocess.run(
            [sys.executable, "-m", "grader", "grade", folder, f"--out={place / 'results'}",
             "--jobs=2", "--sandbox=require", f"--seed={SEED}"],
            cwd=COURSE,
            env={**os.environ, "STAFF_TOKEN": canaries.new("environment of the coordinator")},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            check=False,
        )  # fmt: skip
    return {"status": done.returncode, "seconds": round(time.monotonic() - began, 2)}


def settled(before: Surroundings, name: str) -> list[str]:
    """What has changed outside a run's own folder, once processes that are ending have ended."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        changes = Surroundings(RUNS / name).changes(before)
        if not changes or time.monotonic() > deadline:
            return changes
        time.sleep(0.1)


def main(pattern: str = "*") -> None:
    """Grade everything and hand out what came of it."""
    if not net.is_inside():
        raise SystemExit("the corpus is graded in the outer net only: use attacks.net.run")
    attacks = [a for a in corpus.load() if fnmatch.fnmatch(a.id, pattern)]
    canaries = Canaries()
    laid = prepare(attacks, canaries)
    listeners, victims, memory = Listeners(), Victims(canaries), shared_memory(canaries)
    report: dict[str, Any] = {"changes": []}
    for name, folder in (("alone", "honest"), ("out", "class")):
        (RUNS / name).mkdir(parents=True)
        before = Surroundings(RUNS / name)
        report[name] = grade(name, folder, canaries)
        report["changes"] += settled(before, name)
    remove_shared_memory(memory)
    report["victims"] = victims.close()
    report["heard"] = listeners.close()
    report["canaries"] = canaries.places
    report["submissions"] = {
        name: kind if isinstance(kind, str) else kind.id for name, kind in laid.items()
    }
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
        archive.add(RUNS, "runs")
        content = json.dumps(report).encode()
        entry = tarfile.TarInfo("report.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
