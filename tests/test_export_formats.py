"""The formats of which platforms read a submission at a time, against the platforms' own rules."""

import csv
import io
import json
import re
from datetime import datetime
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from sample_scores import FINAL, make_checked_task, make_score, write_class
from test_export_golden import RUNNER, options

from grader.batch.records import Entry
from grader.export import EACH, ExportError, Graded, export, read_graded
from grader.export.gradescope import Leaderboard
from grader.export.outcomes import apportion, outcomes
from grader.export.prairielearn import LIMIT, results
from grader.scores import decode_score, encode_score

TEXT_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
SEEN = {"enum": ["hidden", "visible", "after_due_date", "after_published"]}
NUMBER = {"type": "number", "minimum": 0}
# https://gradescope-autograders.readthedocs.io/en/latest/specs/
GRADESCOPE = {
    "type": "object",
    "required": ["score", "tests"],
    "additionalProperties": False,
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": {"type": "string"},
        "output_format": TEXT_FORMAT,
        "test_output_format": TEXT_FORMAT,
        "test_name_format": TEXT_FORMAT,
        "visibility": SEEN,
        "stdout_visibility": SEEN,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": SEEN,
                    "extra_data": {"type": "object"},
                },
            },
        },
        "leaderboard": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "value"],
                "properties": {
                    "name": {"type": "string"},
                    "value": {"type": ["number", "string"]},
                    "order": {"enum": ["asc", "desc"]},
                },
            },
        },
    },
}
# https://docs.prairielearn.com/externalGrading/
PRAIRIELEARN = {
    "type": "object",
    "required": ["gradable"],
    "additionalProperties": False,
    "properties": {
        "gradable": {"type": "boolean"},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "format_errors": {"type": "array", "items": {"type": "string"}},
        "images": {
            "type": "array",
            "items": {
                "required": ["label", "url"],
                "properties": {"url": {"pattern": "^data:image/png;base64,[A-Za-z0-9+/]+=*$"}},
            },
        },
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "points", "max_points"],
                "properties": {
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "points": NUMBER,
                    "max_points": NUMBER,
                    "message": {"type": "string"},
                    "output": {"type": "string"},
                    "images": {"type": "array"},
                },
            },
        },
    },
}
WHOLE = {"type": "integer", "minimum": 0}
CLASSROOM50 = {
    "type": "object",
    "required": [
        "schema", "classroom", "assignment", "submission", "commit", "release", "review",
        "datetime", "score", "max-score", "tests",
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "datetime": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {
            "type": "array",
            "items": {
                "required": ["test-name", "passed", "score", "max-score"],
                "additionalProperties": False,
                "properties": {
                    "test-name": {"type": "string", "minLength": 1},
                    "passed": {"type": "boolean"},
                    "score": WHOLE,
                    "max-score": WHOLE,
                },
            },
        },
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("class"))


def made(name, folder, **more):
    graded, _ = read_graded(folder)
    return export(name, graded, options(folder, **more))


def documents(name, folder, **more):
    return {n: json.loads(c) for n, c in made(name, folder, **more).files.items()}


def test_gradescope_gets_what_counts_and_only_settled_points(folder):
    found = documents("gradescope", folder)
    assert {name: document["score"] for name, document in found.items()} == FINAL
    for name, document in found.items():
        jsonschema.validate(document, GRADESCOPE)
        before = document["extra_data"]["before_penalty"]
        assert round(sum(test["score"] for test in document["tests"]), 2) == before
        assert round(sum(test["max_score"] for test in document["tests"]), 2) == 11, name
        hidden = [test for test in document["tests"] if test["name"].find("Hidden check of") > 0]
        assert {test["visibility"] for test in hidden} == {"after_published"}
        assert len(hidden) == 2
    assert made("gradescope", folder).problems == [
        "eve: needs a person first (the judge died); left out"
    ]
    said = found["chen"]["output"]
    assert "Penalty: -0.5 points (2 days late)" in said
    assert "Adjustment in slope: set to 3 points" in said
    assert "Comment: Well done." in said


def test_gradescope_ranks_a_metric(folder):
    board = Leaderboard.parse("slope.loss:desc")
    found = documents("gradescope", folder, leaderboard=board, hidden="hidden")["ada"]
    jsonschema.validate(found, GRADESCOPE)
    assert found["leaderboard"] == [{"name": "Slope: loss", "value": 0.25, "order": "desc"}]
    other = documents("gradescope", folder, leaderboard=Leaderboard.parse("slope.gain"))["ada"]
    assert other["leaderboard"][0] == {"name": "Slope: gain", "value": "-", "order": "asc"}


@pytest.mark.parametrize("text", ["slope", ".loss", "slope.", "slope.loss:up"])
def test_a_leaderboard_that_is_none_is_refused(text):
    with pytest.raises(ExportError, match=re.escape(repr(text))):
        Leaderboard.parse(text)


def test_prairielearn_gets_a_share_and_points_on_every_test(folder):
    found = documents("prairielearn", folder)
    for document in found.values():
        jsonschema.validate(document, PRAIRIELEARN)
    open_ = found.pop("eve")
    assert open_["gradable"] is False
    assert "score" not in open_
    assert {n: round(d["score"] * 11, 2) for n, d in found.items()} == FINAL


def test_prairielearn_gets_pictures_and_texts_only_as_far_as_they_fit(tmp_path):
    (tmp_path / "artifacts").mkdir()
    for name, size in (("a.png", 400_000), ("b.png", 600_000), ("c.png", 2_000_000)):
        (tmp_path / "artifacts" / name).write_bytes(b"\x89PNG" + b"x" * size)
    task = make_checked_task("slope", 2.0, 4.0, "passed", "failed", "failed")
    task.artifacts = [f"artifacts/{n}" for n in ("a.png", "b.png", "c.png", "gone.png")]
    task.checks[2].message = "long " * 500_000
    score = make_score("kim", tasks=[task])
    item = Graded.of(Entry(id="kim"), score, 2.0)
    document = results(item, tmp_path)
    jsonschema.validate(document, PRAIRIELEARN)
    assert len(json.dumps(document, ensure_ascii=False).encode()) <= LIMIT * 1.01
    assert len(document["images"]) <= 1
    assert "1 MB" in document["tests"][2]["output"]
    task.checks[2].message = "short"
    item = Graded.of(Entry(id="kim"), score, 2.0)
    assert [each["label"] for each in results(item, tmp_path)["images"]] == ["Slope"]


def test_classroom50_gets_whole_points_that_add_up(folder):
    found = documents("classroom50", folder)
    assert {n: d["score"] for n, d in found.items()} == {"ada": 10, "bjorn": 6, "chen": 5, "fox": 0}
    for name, document in found.items():
        jsonschema.validate(document, CLASSROOM50)
        tests = document["tests"]
        assert all(test["score"] <= test["max-score"] for test in tests)
        assert all(test["passed"] or not test["score"] for test in tests)
        assert sum(test["max-score"] for test in tests) == document["max-score"] == 11
        earned = sum(test["score"] for test in tests)
        assert earned == document["score"] if name != "bjorn" else earned <= 5  # a gift


def test_classroom50_needs_its_runner(folder):
    with pytest.raises(ExportError, match="COMMIT_URL"):
        made("classroom50", folder, environment=RUNNER | {"COMMIT_URL": ""})


COMMAND = re.compile(r"::(error|warning|notice) (\w+=[^,:\n]*(?:,\w+=[^,:\n]*)*)::([^\n]*)")


def test_github_gets_one_whole_command_a_line(folder):
    for name, text in made("github", folder, prefix="hw/").files.items():
        lines = text.decode().splitlines()
        assert all(COMMAND.fullmatch(line) for line in lines), name
        if name == "chen":
            crashed = next(line for line in lines if "Rule 1" not in line and "Spread" in line)
            assert "file=hw/" in crashed
            assert lines[-1].startswith("::notice title=straight-lines::4.83 of 11 points%0A")
        if name == "fox":
            assert "::error file=hw/lines.py,line=7,title=Spread%3A Rule 1" in text.decode()
            assert "off by 5 %25" in text.decode()
        if name == "eve":
            assert lines[-1].startswith("::warning title=straight-lines::A person")
            assert "judge" not in text.decode()


COUNTED = ("failures", "errors", "skipped")


def test_junit_counts_what_it_holds_and_carries_points(folder):
    root = Xml.fromstring(made("junit", folder).files[""])
    assert root.tag == "testsuites"
    totals = {}
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(suite.get(attribute)) == len(suite.findall(f"testcase/{tag}"))
        assert all(len(case) - 1 <= 1 for case in cases)
        datetime.fromisoformat(suite.get("timestamp"))
        values = {p.get("name"): p.get("value") for p in suite.find("properties")}
        if "points" in values:
            totals[suite.get("name")] = float(values["points"])
    assert totals == FINAL
    for name in ("tests", *COUNTED):
        assert int(root.get(name)) == sum(int(suite.get(name)) for suite in root)


def test_junit_replaces_what_xml_cannot_hold(tmp_path):
    task = make_checked_task("slope", 0.0, 4.0, "failed")
    task.checks[0].message = "bell \x07, escape \x1b[31m, \ufffe and ]]> & <x>"
    item = Graded.of(Entry(id="kim"), make_score("kim", tasks=[task]), 0.0)
    (content,) = export("junit", [item], options(tmp_path)).files.values()
    text = Xml.fromstring(content).find("testsuite/testcase/failure").text
    assert "]]> & <x>" in text
    assert "\\x07" in text


def test_csv_has_a_row_a_student_and_no_formula(folder):
    content = made("csv", folder).files[""].decode()
    rows = {row["submission"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}
    assert {n: float(r["points"]) for n, r in rows.items() if r["points"]} == FINAL
    assert (rows["eve"]["points"], rows["eve"]["slope"]) == ("", "")
    assert rows["bjorn"]["name"] == "'=Bjørn Ødegård"
    assert rows["eve"]["name"] == "'@Eve"
    assert (rows["chen"]["slope"], rows["chen"]["penalty"], rows["chen"]["adjusted"]) == (
        "2.67",
        "0.5",
        "yes",
    )


def test_jsonl_holds_whole_scores(folder):
    lines = [json.loads(line) for line in made("jsonl", folder).files[""].splitlines()]
    assert {x["submission"]: x["points"] for x in lines} == FINAL | {"eve": None}
    for line in lines:
        score = decode_score(json.dumps(line["score"]))
        assert json.loads(encode_score(score)) == line["score"]
    assert lines[2]["adjustments"][0]["author"] == "kim"


def test_parts_add_up_whatever_the_weights():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(0, [2, 1]) == [0, 0]
    assert apportion(7, []) == []
    task = make_checked_task("slope", 3.33, 9.99, "passed", "failed", "crashed", "passed")
    found = outcomes(make_score("kim", tasks=[task]))
    assert round(sum(o.points for o in found), 2) == 3.33
    assert round(sum(o.max_points for o in found), 2) == 9.99


@pytest.mark.parametrize("name", EACH)
def test_nothing_is_exported_where_every_submission_needs_a_person(name, tmp_path):
    score = make_score("eve", status="needs_review", reason="the judge died")
    item = Graded.of(Entry(id="eve"), score, 0.0)
    if name in ("prairielearn", "github"):
        (content,) = export(name, [item], options(tmp_path)).files.values()
        assert b"0 of" not in content
    else:
        with pytest.raises(ExportError, match="needs a person"):
            export(name, [item], options(tmp_path))


def test_points_are_open_where_a_submission_needs_a_person():
    assert not Graded.of(Entry(id="kim"), make_score("kim"), 2.0).open
    assert Graded.of(Entry(id="eve"), make_score("eve", status="needs_review"), 0.0).open
