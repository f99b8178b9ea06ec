"""Hostile texts in what students hand in: every file stays valid, and no terminal is steered."""

import io
import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import jsonschema
import pytest
from attacks.readers.strings import HOSTILE, MARK
from PIL import Image

from grader.batch.intake import collect
from grader.batch.submission import IntakeError
from grader.scores import json_schema, read_score
from grader.worker.layers import in_force, survey

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.proof
ATTACKS = ROOT / "tests" / "attacks"
FAMILY = ATTACKS / "readers"
SCALE = "def scale(x, factor):\n    return x * factor\n"
POINTS = 2
"""What SCALE deserves."""
BROKEN = os.fsdecode(b"\xff\xfe" + MARK.encode())
"""A name that is no UTF-8."""
MOST_BYTES = 200_000
"""Of a score whose submission says as much as it can; an ordinary one has a tenth."""
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[[0-9]*A|\r\n|\r(?=\x1b\[2K)")
"""What the live bar and the table use: colours, the cursor, and lines drawn anew."""


def file_names():
    """Names of folders that this file system takes, as near to the hostile texts as can be."""
    names = {}
    for title, text in HOSTILE.items():
        name = text.replace("/", "\u2215").replace("\0", "")[:40].strip()
        if name not in ("", ".", "..") and not name.startswith("."):
            names[name] = title
    return names


def hand_in(folder):
    """Every submission of the family, and honest ones under hostile names."""
    for path in FAMILY.glob("*.py"):
        (folder / path.stem).mkdir(parents=True)
        shutil.copy(path, folder / path.stem / "work.py")
    for path in FAMILY.glob("*/*.ipynb"):
        (folder / path.parent.name).mkdir(parents=True)
        shutil.copy(path, folder / path.parent.name)
    for name in [*file_names(), BROKEN]:
        try:
            place = os.path.join(os.fsencode(folder), os.fsencode(name))  # noqa: PTH118 - any bytes
            os.mkdir(place)  # noqa: PTH102 - any bytes
        except (OSError, UnicodeEncodeError):  # this file system does not take it
            continue
        with open(os.path.join(place, b"work.py"), "w") as file:  # noqa: PTH118, PTH123 - any bytes
            file.write(SCALE)


def quoted(text):
    """A text as YAML, every character that is not plain as its escape."""
    plain = (c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in text)
    return '"' + "".join(plain) + '"'


def export(folder):
    """Gradescope's export of a class whose students have hostile names, addresses and ids."""
    folder.mkdir()
    lines = []
    for number, text in enumerate(HOSTILE.values(), start=1):
        short = quoted(text.encode("utf-8", "replace").decode()[:2000])
        lines += [f"submission_{number}:", "  :submitters:", f"  - :name: {short}"]
        lines += [f"    :sid: {short}", f"    :email: {short}", "  :history: []"]
        (folder / f"submission_{number}").mkdir()
        (folder / f"submission_{number}" / "work.py").write_text(SCALE)
    (folder / "submission_metadata.yml").write_text("\n".join(lines) + "\n")


def command(*arguments):
    solution = f"--solution={ATTACKS / 'assignment'}"
    return [sys.executable, "-m", "grader", "grade", *map(str, arguments), solution, "--seed=4"]


ENVIRONMENT = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "TERM": "xterm-256color",
    "PYTHONIOENCODING": "utf-8",
    "COLUMNS": "100",
}


def piped(*arguments):
    """What a run prints into pipes, and its exit status."""
    done = subprocess.run(
        command(*arguments), cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=False
    )
    return (done.stdout + done.stderr).decode(), done.returncode


def on_a_terminal(*arguments):
    """What a run prints to a terminal, and its exit status."""
    ours, theirs = pty.openpty()
    with open(ours, "rb", buffering=0) as screen:  # noqa: PTH123 - a descriptor
        with subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = b""
            while True:
                try:
                    part = screen.read(65536)
                except OSError:  # how a terminal ends
                    break
                shown += part
        return shown.decode(), process.returncode


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Folders of results, and all that was printed: ``{"pipe": [...], "terminal": [...]}``."""
    if "namespaces" not in in_force(survey()):
        pytest.skip("this machine has no bubblewrap")
    root = tmp_path_factory.mktemp("readers")
    hand_in(root / "class")
    export(root / "export")
    printed = {"pipe": [], "terminal": []}
    for number, name in enumerate(("class", "export")):
        first, second = ("pipe", "terminal") if number == 0 else ("terminal", "pipe")
        for form in (first, second):  # the second finds all graded, and shows the table
            show = piped if form == "pipe" else on_a_terminal
            task = ["--task=scale"] * number
            text, status = show(root / name, f"--out={root / name}-out", *task)
            assert status == 0, text[-3000:]
            printed[form].append(text)
    return [root / "class-out", root / "export-out"], printed


def steering(text):
    """Characters that steer a terminal or turn the direction of reading."""
    return {
        c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"
    }


def test_pipes_carry_no_control_characters(graded):
    for text in graded[1]["pipe"]:
        assert steering(text) == set()
        assert MARK in text or "submission" in text


def test_a_terminal_gets_no_control_characters_but_ours(graded):
    for text in graded[1]["terminal"]:
        assert "\x1b[" in text, "this was no terminal"
        assert steering(OURS.sub("\n", text)) == set()
        assert "38;5;201" not in re.sub(r"\\x1b\S*", "", text)


def test_hostile_names_are_seen_for_what_they_are(graded):
    names = "".join(graded[1]["terminal"])
    assert r"\x1b" in names, "a control character in a name is written as its escape"


def test_no_line_can_be_forged(graded):
    for text in graded[1]["pipe"]:
        lines = text.splitlines()
        assert not [line for line in lines if line.startswith(("12/12", "3 submissions", "kim"))]
        assert sum(line.startswith("Results: ") for line in lines) == 1


def test_every_score_is_valid_and_small(graded):
    schema = jsonschema.Draft202012Validator(json_schema(strict=True))
    for folder in graded[0]:
        paths = list(folder.glob("*/score.json"))
        assert len(paths) > 20
        for path in paths:
            content = path.read_bytes()
            assert len(content) < MOST_BYTES, path
            schema.validate(json.loads(content.decode()))
            assert read_score(path).status == "graded"


def test_scores_are_those_of_the_work(graded):
    listed = {path.stem for path in FAMILY.iterdir()}
    for folder in graded[0]:
        for path in folder.glob("*/score.json"):
            if path.parent.name not in listed:
                assert read_score(path).score == POINTS, path


def test_summary_and_gradebook_are_valid(graded):
    for folder in graded[0]:
        count = len(list(folder.glob("*/score.json")))
        summary = json.loads((folder / "summary.json").read_bytes().decode())
        assert summary["statuses"] == {"graded": count}
        book = sqlite3.connect(folder / "gradebook.db")
        try:
            assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            scores = [json.loads(row[0]) for row in book.execute("SELECT score FROM attempts")]
            rows = book.execute(
                "SELECT id, name, email, sis_id, source FROM submissions"
            ).fetchall()
        finally:
            book.close()
        assert len(scores) == len(rows) == count
        for row in rows:
            "".join(part for part in row if part).encode()  # no half characters


@pytest.mark.parametrize("text", ["\\ud83d", "\\u0000", "\\U0010ffff", "\\x9b"])
def test_a_name_that_is_no_text_in_metadata_is_told_of_or_taken(tmp_path, text):
    (tmp_path / "export" / "submission_1").mkdir(parents=True)
    (tmp_path / "export" / "submission_1" / "work.py").write_text(SCALE)
    metadata = f'submission_1:\n  :submitters:\n  - :name: "{MARK}{text}"\n  :history: []\n'
    (tmp_path / "export" / "submission_metadata.yml").write_text(metadata)
    try:
        (taken,) = collect([tmp_path / "export"], modules=["work.py"], workdir=tmp_path / "work")
    except IntakeError as error:
        assert "download the export again" in str(error)  # noqa: PT017 - or it is taken
    else:
        assert taken.student.name is not None
        taken.student.name.encode()


FIGURES = """

import matplotlib.figure

_honest = mixture_figure
_HOSTILE = "\\x1b[2J<script>{mark}</script>\\u202e"


class _Odd(matplotlib.figure.Figure):
    def savefig(self, target, **options):
        super().savefig(target, **options)
        {also}


def mixture_figure(images):
    figure = _honest(images)
    figure.suptitle({title})
    figure.__class__ = _Odd
    return figure
"""
ALSO = {
    "metadata": """
        from PIL import Image, PngImagePlugin
        target.seek(0)
        picture = Image.open(target)
        picture.load()
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", _HOSTILE)
        target.seek(0)
        target.truncate()
        picture.save(target, "PNG", pnginfo=info)""",
    "a page behind the picture": 'target.write(b"<script>PWNED</script>")',
    "a page for a picture": 'target.seek(0); target.truncate(); target.write(b"<script>PWNED")',
    "megabytes behind the picture": 'target.write(b"PWNED" * 4_000_000)',
}
TITLES = {
    "a hostile title": "_HOSTILE",
    "megabytes of title": "'PWNED' * 1_000_000",
    "half characters": "'\\ud83d\\udcff'",
}


def with_figures(folder, also="pass", title="'Mixtures'"):
    """The reference's figures, but for what its figure writes and is called."""
    folder.mkdir(parents=True)
    figures = (ROOT / "solution" / "figures.py").read_text()
    added = FIGURES.replace("{mark}", MARK).replace("{also}", also).replace("{title}", title)
    (folder / "figures.py").write_text(figures + added)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Results of figures with hostile titles and pictures, by name."""
    if "namespaces" not in in_force(survey()):
        pytest.skip("this machine has no bubblewrap")
    root = tmp_path_factory.mktemp("figures")
    for name, also in ALSO.items():
        with_figures(root / "class" / name.replace(" ", "-"), also=also)
    for name, title in TITLES.items():
        with_figures(root / "class" / name.replace(" ", "-"), title=title)
    arguments = [root / "class", "--solution=solution", f"--out={root / 'out'}", "--seed=4"]
    text = subprocess.run(
        [sys.executable, "-m", "grader", "grade", *map(str, arguments), "--task=mixture_grid"],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert text.returncode == 0, text.stdout + text.stderr
    return root / "out"


@pytest.mark.parametrize("name", [*ALSO, *TITLES])
def test_a_picture_that_is_kept_is_a_picture_and_nothing_else(drawn, name):
    folder = drawn / name.replace(" ", "-")
    score = read_score(folder / "score.json")
    for artifact in (artifact for task in score.tasks for artifact in task.artifacts):
        content = (folder / artifact).read_bytes()
        assert MARK.encode() not in content
        picture = Image.open(io.BytesIO(content), formats=["PNG"])
        picture.verify()
        assert picture.info.keys() <= {"dpi"}


@pytest.mark.parametrize("name", ["metadata", "a hostile title"])
def test_a_right_figure_in_hostile_dress_keeps_its_points(drawn, name):
    score = read_score(drawn / name.replace(" ", "-") / "score.json")
    assert score.score == score.max_score


@pytest.mark.parametrize("name", [*ALSO, *TITLES])
def test_no_figure_asks_for_a_person(drawn, name):
    assert read_score(drawn / name.replace(" ", "-") / "score.json").status == "graded"
