"""``grader export`` from the command line."""

import csv
import json

import msgspec
import pytest
from click.testing import CliRunner
from sample_scores import FINAL, make_score, write_class

from grader.batch.gradebook import Gradebook
from grader.cli import main
from grader.cli.export import _FORMATS
from grader.export import FORMATS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"))


def export(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def test_every_format_is_offered():
    assert sorted(_FORMATS) == sorted(FORMATS)
    shown = export("--help").output
    assert all(name in shown for name in FORMATS)


def test_one_file_goes_to_standard_output_or_where_it_is_asked(results, tmp_path):
    done = export("csv", results)
    assert done.exit_code == 0
    out = tmp_path / "grades.csv"
    assert export("csv", results, "--out", out).exit_code == 0
    assert out.read_bytes() == done.stdout_bytes
    with out.open(newline="", encoding="utf-8") as file:
        rows = {row["submission"]: row["points"] for row in csv.DictReader(file)}
    assert {name: float(points) for name, points in rows.items() if points} == FINAL


def test_a_file_for_each_submission_goes_to_a_folder_that_is_replaced_whole(results, tmp_path):
    out = tmp_path / "out"
    for _ in range(2):
        done = export("gradescope", results, "--out", out)
        assert done.exit_code == 1
        assert "eve: needs a person first" in done.stderr
        assert {p.stem: json.loads(p.read_bytes())["score"] for p in out.iterdir()} == FINAL
        (out / "old.json").write_text("{}")
    (out / "mine.txt").touch()
    done = export("gradescope", results, "--out", out)
    assert done.exit_code == 2
    assert "holds mine.txt" in done.stderr
    assert (out / "old.json").exists()


def test_one_submission_can_be_picked(results):
    done = export("gradescope", results, "--submission", "ada", "--leaderboard", "slope.loss")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert (document["score"], document["leaderboard"][0]["value"]) == (FINAL["ada"], 0.25)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["csv", "nowhere"], "no such folder"),
        (["csv", "EMPTY"], "nothing was graded"),
        (["xlsx", "RESULTS"], "xlsx"),
        (["gradescope", "RESULTS"], "--out"),
        (["gradescope", "RESULTS", "--submission", "eve"], "needs a person"),
        (["gradescope", "RESULTS", "--submission", "zoe"], "no such submission"),
        (["gradescope", "RESULTS", "--leaderboard", "loss", "--submission", "ada"], "TASK.METRIC"),
        (["gradescope", "RESULTS", "--out", "FILE"], "is a file"),
        (["csv", "RESULTS", "--out", "EMPTY"], "is a folder"),
        (["csv", "RESULTS", "--out", "FILE/x.csv"], "cannot be written"),
        (["canvas", "RESULTS"], "--assignment-id"),
        (["moodle", "RESULTS"], "--worksheet"),
        (["lti", "RESULTS"], "--members"),
        (["lti", "RESULTS", "--members", "FILE"], "membership container"),
    ],
)
def test_a_wrong_export_is_refused_and_writes_nothing(results, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    places = {"RESULTS": results, "EMPTY": tmp_path / "empty", "FILE": tmp_path / "file"}
    places["FILE/x.csv"] = tmp_path / "file" / "x.csv"
    done = export(*(places.get(word, word) for word in arguments))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not done.stdout
    assert (tmp_path / "file").read_text() == "mine"
    assert {path.name for path in (tmp_path / "empty").iterdir()} <= {"gradebook.db"}


def test_a_score_file_that_cannot_be_read_is_said(tmp_path):
    with Gradebook(tmp_path / "gradebook.db") as book:
        book.record(None, make_score("kim"))
    (tmp_path / "lee").mkdir()
    (tmp_path / "lee" / "score.json").write_text("{")
    done = export("jsonl", tmp_path)
    assert done.exit_code == 1
    assert "lee" in done.stderr
    (line,) = done.stdout.splitlines()
    assert msgspec.json.decode(line)["submission"] == "kim"
