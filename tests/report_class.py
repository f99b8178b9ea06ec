"""A folder of results as `grader grade` leaves it, of any number of generated submissions.

    python tests/report_class.py FOLDER [SUBMISSIONS]

writes FOLDER/results and FOLDER/solution/assignment.toml, for the tests of reports and for looking
at them.
"""

import io
import json
import random
import sys
from pathlib import Path

import matplotlib.image
import msgspec
import numpy as np

from grader.batch.gradebook import Gradebook
from grader.batch.intake import collect
from grader.batch.records import Entry
from grader.batch.remarks import final_points
from grader.report.records import Record
from grader.scores import Check, Digest, Environment, Penalty, Score, Task, encode_score

TASKS = [
    ("slope", "Fit the slope", 10),
    ("offset", "Fit the offset", 6),
    ("noise", "Estimate the noise", 8),
    ("predict", "Predict new points", 12),
    ("intervals", "Intervals of confidence", 14),
]
CHECKS = 5
MANIFEST = """
id = "straight-lines"
title = "Straight lines"
[late]
percent_per_day = 10
due = 2031-03-04T12:00:00+00:00
{more}
[[report.gallery]]
artifact = "own_fit.png"
title = "Lines through the students' points"
metric = "residual"
best = "least"
[[units]]
module = "lines.py"
title = "Lines"
tasks = [
{tasks}
]
"""
HOSTILE = [
    "<script>document.title='stolen'</script>",
    "</script><script>document.title='stolen'</script>",
    "</style><img src=x onerror=\"document.title='stolen'\">",
    '"><svg onload="document.title=\'stolen\'">',
    "' autofocus onfocus='document.title=1",
    "{{ 7 * 191 }} {% raw %}",
    "<!-- ]]> <b>bold",
    "javascript:document.title=1",
    "[click](javascript:alert(1)) ![x](http://127.0.0.1/x.png) `code` | cell\n# Heading",
    "```\n</code></pre><h1>out</h1>\n````",
    "\x1b]0;stolen\x07\x1b[2J\x1b[31mred\x9b31m",
    "abc\u202etxt.exe\u2066\u200bdef\u2069\ufeff",
    "nul\x00 bell\x07 back\x08\x7f",
    "e" + "\u0301" * 60,
    '=HYPERLINK("http://127.0.0.1","x")',
    "&lt;b&gt; &amp;amp;",
]
CODE = '''def fit(x, y):
    """Slope and offset."""
    return x / 0


def predict(x):
    raise NotImplementedError("TODO predict")
'''


def manifest(more: str = "") -> str:
    """``assignment.toml`` of the generated class."""
    lines = [f'  {{ id = "{i}", title = "{t}", points = {p} }},' for i, t, p in TASKS]
    return MANIFEST.format(more=more, tasks="\n".join(lines))


def picture(shade: int) -> bytes:
    """A small grey PNG."""
    stream = io.BytesIO()
    image = np.tile(np.arange(64, dtype=np.uint8) * (shade % 4 + 1), (16, 1))
    matplotlib.image.imsave(stream, image, cmap="gray", format="png")
    return stream.getvalue()


def curve(chance: random.Random) -> bytes:
    """A falling loss."""
    losses = [0.1 * 0.7**step + 0.02 * chance.random() for step in range(6)]
    content = {
        "title": "Loss on unseen points",
        "x": "training steps",
        "y": "mean squared error",
        "series": [{"name": "your fit", "x": [50 * step for step in range(6)], "y": losses}],
        "levels": [{"name": "a horizontal line", "y": 0.09}],
    }
    return json.dumps(content).encode()


def make_check(task: str, title: str, number: int, status: str, text: str) -> Check:
    """One check; every other one is hidden."""
    hidden = number % 2 == 1
    wrong = status in ("failed", "crashed")
    crash = f"ZeroDivisionError: {text}\nlines.py, line 3, in fit\n    return x / 0"
    return Check(
        id=f"checks/{'hidden/' if hidden else ''}test_lines.py::test_{task}_{number}",
        title=f"{title}, secret aspect {number}" if hidden else f"{title}, aspect {number}",
        visibility="hidden" if hidden else "public",
        weight=1 + number % 3,
        status=status,
        message=crash if status == "crashed" else f"{task} is off: {text}" if wrong else None,
        expected=f"the value {41 + number} of {task}" if status == "failed" else None,
        actual=text if status == "failed" else None,
        hint=f"Look at part {number} of {task}." if wrong and number < 4 else None,
        misconception="swapped_axes" if wrong and number == 2 else None,
    )


def make_task(place: int, able: float, chance: random.Random, text: str) -> Task:
    """One task of a student who is more or less able."""
    name, title, points = TASKS[place]
    checks = []
    begun = chance.random() < able + 0.6
    for number in range(CHECKS):
        good = chance.random() < able + 0.25 - 0.1 * place + 0.05 * number
        wrong = "crashed" if number == 4 else "failed"
        status = "passed" if good else wrong if begun else "todo"
        checks.append(make_check(name, title, number, status if begun else "todo", text))
    earned = sum(check.weight for check in checks if check.status == "passed")
    total = sum(check.weight for check in checks)
    statuses = {check.status for check in checks}
    whole = {"passed": "passed", "todo": "todo"}.get(next(iter(statuses)), "failed")
    return Task(
        id=name,
        title=title,
        unit="lines",
        status=whole if len(statuses) == 1 else "partial" if earned else "failed",
        score=round(points * earned / total, 2),
        max_score=points,
        checks=checks,
        metrics={"residual": round(1.2 - able + 0.1 * chance.random(), 5)} if place == 0 else {},
        artifacts=["artifacts/own_fit.png", "artifacts/fit.curve.json"] if place == 0 else [],
    )


def make_score(name: str, chance: random.Random, digest: str, text: str, **more: object) -> Score:
    """A whole score."""
    able = min(1.0, max(0.05, chance.gauss(0.6, 0.25)))
    tasks = [make_task(place, able, chance, text) for place in range(len(TASKS))]
    score = round(sum(task.score for task in tasks), 2)
    late = chance.random() < 0.1
    values = {
        "assignment": "straight-lines",
        "submission": name,
        "status": "graded",
        "score": score,
        "max_score": sum(points for *_, points in TASKS),
        "tasks": tasks,
        "penalty": Penalty(reason="1 day late", points=round(score / 10, 2)) if late else None,
        "environment": Environment(
            grader="0.1.0",
            python="3.11.2",
            torch=None,
            numpy="2.1.2",
            device="cpu",
            threads=1,
            seed=7,
            isolation=["bubblewrap"],
        ),
        "started_at": "2031-03-05T08:00:00+00:00",
        "duration_s": 2.5,
        "digest": Digest(submission=digest, solution="of-checks"),
    }
    return Score(**(values | more))


def generate(names: list[str], digests: dict[str, str]) -> list[tuple[Entry, Score]]:
    """Entries and scores; every text that a student controls is one of `HOSTILE`, in turn."""
    chance = random.Random(5)
    made = []
    for number, name in enumerate(names):
        text = HOSTILE[number % len(HOSTILE)]
        score = make_score(name, chance, digests.get(name, f"of-{name}"), text)
        if number % 40 == 3:
            score.status, score.reason = "needs_review", f"the grader failed: {text}"
        entry = Entry(
            id=name,
            name=text if number % 3 == 0 else f"Zoë Müller-{number}",
            email=f"{text}@example.org",
            source=f"handed_in/{name}",
            layout="folder",
            late=score.penalty is not None,
            late_seconds=50_000 if score.penalty else 0,
            more={"notes": [f"a file named {text}"]},
        )
        made.append((entry, score))
    return made


def records(submissions: int, folder: Path) -> tuple[Record, ...]:
    """The same as reports read them, without a gradebook and without files."""
    names = [f"student-{number:04}" for number in range(submissions)]
    return tuple(
        Record(
            entry=entry,
            score=score,
            final=final_points(score, ()),
            adjustments=(),
            comments=(),
            folder=folder / entry.id,
            attention=(score.reason,) if score.reason else (),
        )
        for entry, score in generate(names, {})
    )


def write(folder: Path, submissions: int = 30, *, more: str = "") -> Path:
    """Write FOLDER/results, FOLDER/solution and FOLDER/handed_in; the folder of results."""
    chance = random.Random(6)
    results, handed_in = folder / "results", folder / "handed_in"
    (folder / "solution").mkdir(parents=True)
    (folder / "solution" / "assignment.toml").write_text(manifest(more))
    results.mkdir()
    pictures = [picture(shade) for shade in range(8)]
    names = [f"student-{number:04}" for number in range(submissions)]
    made = generate(names, _hand_in(names, handed_in, folder / "work"))
    for number, (entry, score) in enumerate(made):
        place = results / entry.id
        (place / "artifacts").mkdir(parents=True)
        (place / "artifacts" / "own_fit.png").write_bytes(pictures[number % 8])
        (place / "artifacts" / "fit.curve.json").write_bytes(curve(chance))
        (place / "score.json").write_bytes(encode_score(score))
    with Gradebook(results / "gradebook.db") as book:
        found = [msgspec.structs.replace(e, source=str(handed_in / e.id)) for e, _ in made]
        book.register(found)
        for _, score in made:
            book.record(None, score)
        book.remarks.adjust(
            names[1], kind="add", points=1.5, author="ada", task="slope", comment=HOSTILE[0]
        )
        book.remarks.comment(names[1], HOSTILE[8], author="ada")
    return results


def _hand_in(names: list[str], folder: Path, work: Path) -> dict[str, str]:
    """Digests of submissions written to a folder, as intake sees them."""
    for number, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        # As it is saved by an editor: no NUL, which would make it no source file.
        text = HOSTILE[number % len(HOSTILE)].replace("\x00", "")
        comment = "".join(f"# {line}\n" for line in text.split("\n"))
        (folder / name / "lines.py").write_text(CODE + comment, encoding="utf-8")
    work.mkdir()
    found = collect([folder], modules=["lines.py"], workdir=work)
    return {submission.id: submission.digest for submission in found}


if __name__ == "__main__":
    place = Path(sys.argv[1])
    print(write(place, int(sys.argv[2]) if len(sys.argv) > 2 else 1000))
