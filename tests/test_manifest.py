from datetime import UTC, datetime
from itertools import pairwise

import pytest
import tiny

from grader.manifest import ManifestError, find_cycle, load_manifest


@pytest.fixture
def manifest(tmp_path):
    def load(*changes):
        text = tiny.MANIFEST
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "assignment.toml").write_text(text)
        return load_manifest(tmp_path)

    return load


def test_units_tasks_and_points_are_read_in_order(manifest):
    found = manifest()
    assert found.task_ids() == ["solve", "predict"]
    assert found.max_score == 10
    assert [unit.id for unit in found.units] == ["ridge"]
    assert found.task("predict").depends == ("solve",)
    assert found.limits.check_s == 10
    with pytest.raises(KeyError):
        found.task("nothing")


BAD = {
    "not TOML": (("[limits]", "[limits"), "TOML"),
    "unknown field": (("check_s", "chek_s"), "chek_s"),
    "wrong type": (("check_s = 10", 'check_s = "ten"'), "check_s"),
    "zero points": (("points = 6", "points = 0"), "points"),
    "bad id": (('id = "solve"', 'id = "So lve"'), "id"),
    "bad module": (('"ridge.py"', '"../ridge.py"'), "module"),
    "duplicate task": (('id = "predict"', 'id = "solve"'), "'solve'"),
    "unknown dependency": (('depends = ["solve"]', 'depends = ["sovle"]'), "'sovle'"),
    "circle": (("points = 6 }", 'points = 6, depends = ["predict"] }'), "predict"),
    "no units": (("[[units]]", "[[unit]]"), "unit"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_manifest_names_file_and_value(manifest, tmp_path, case):
    change, said = BAD[case]
    with pytest.raises(ManifestError) as caught:
        manifest(change)
    assert str(tmp_path / "assignment.toml") in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_manifest_says_what_a_folder_must_hold(tmp_path):
    with pytest.raises(ManifestError, match=r"holds assignment\.toml"):
        load_manifest(tmp_path)


def test_every_other_field_is_read_from_where_it_is_documented(manifest, tmp_path):
    text = tiny.MANIFEST.replace(
        "check_s = 10",
        "check_s = 2.5\nsubmission_s = 90\ncpu_s = 31\nmemory_mb = 700\nprocesses = 9\n"
        "disk_mb = 5\noutput_mb = 3\n[worker]\npreload = ['numpy.linalg']\n"
        "[late]\npercent_per_day = 15\ndue = 2031-03-04T10:00:00Z\n"
        "[feedback]\nbefore_deadline = 'public'\nafter_deadline = 'all'\n"
        "[[report.gallery]]\nartifact = 'fit.png'\ntitle = 'Fits'\nmetric = 'mse'\nbest = 'least'\n"
        "[release]\ninclude = ['data']\nreadme = 'sheet.md'",
    ).replace('id = "ridge"', 'id = "ridge-2"\ndata = "../data"')
    (tmp_path / "assignment.toml").write_text(text)
    found = load_manifest(tmp_path / "assignment.toml")
    limits = found.limits
    assert (limits.check_s, limits.submission_s, limits.cpu_s) == (2.5, 90, 31)
    assert (limits.memory_mb, limits.processes, limits.disk_mb) == (700, 9, 5)
    assert limits.output_mb == 3
    assert found.worker.preload == ("numpy.linalg",)
    assert found.late is not None
    assert found.late.due == datetime(2031, 3, 4, 10, tzinfo=UTC)
    assert (found.feedback.before_deadline, found.feedback.after_deadline) == ("public", "all")
    (gallery,) = found.report.gallery
    assert (gallery.artifact, gallery.title) == ("fit.png", "Fits")
    assert (gallery.metric, gallery.best) == ("mse", "least")
    assert (found.release.include, found.release.readme) == (("data",), "sheet.md")
    assert (found.id, found.data) == ("ridge-2", "../data")


WRONG = {
    "no id": (('id = "ridge"', ""), "required field `id`"),
    "id with capitals": (('"ridge"', '"Ridge"'), "$.id`; it is 'Ridge'"),
    "id with an end of line": (('"ridge"', '"ridge\\n"'), "it is 'ridge\\n'"),
    "task id with an end of line": (('"predict"', '"predict\\n"'), "it is 'predict\\n'"),
    "task id with a capital": (
        ('"predict"', '"Predict"'),
        "tasks[1].id`; it is 'Predict'",
    ),
    "module with an end of line": (('"ridge.py"', '"ridge.py\\n"'), "it is 'ridge.py\\n'"),
    "module that is none": (('"ridge.py"', '"ridge.txt"'), "units[0].module`; it is 'ridge.txt'"),
    "empty title": (('"Predict with them"', '""'), "units[0].tasks[1].title`; it is ''"),
    "no points": ((", points = 4", ""), "required field `points`"),
    "zero points": (("points = 4", "points = 0"), "tasks[1].points`; it is 0"),
    "negative points": (("points = 4", "points = -3.5"), "it is -3.5"),
    "points that are no number": (("points = 4", "points = nan"), "it is nan"),
    "points without end": (("points = 4", "points = inf"), "'predict': points is inf"),
    "points as text": (("points = 4", 'points = "4"'), "tasks[1].points`; it is '4'"),
    "points as bool": (("points = 4", "points = true"), "it is True"),
    "a limit without end": (("check_s = 10", "check_s = inf"), "[limits] check_s is inf"),
    "a limit of parts": (("check_s = 10", "cpu_s = 7.5"), "limits.cpu_s`; it is 7.5"),
    "a limit of nothing": (("check_s = 10", "processes = 0"), "limits.processes`; it is 0"),
    "an unknown field of a task": (("points = 4", "points = 4, wieght = 2"), "`wieght`"),
    "an unknown table": (("[limits]", "[bounds]"), "`bounds`"),
    "an unknown field of [worker]": (("[limits]", "[worker]\nload=[]\n[limits]"), "`load`"),
    "a level of feedback that is none": (
        ("[limits]", "[feedback]\nbefore_deadline = 'some'\n[limits]"),
        "feedback.before_deadline`; it is 'some'",
    ),
    "a deadline without a time zone": (
        ("[limits]", "[feedback]\ndeadline = 2031-03-04T10:00:00\n[limits]"),
        "feedback.deadline`",
    ),
    "feedback that changes at no time": (
        ("[limits]", "[feedback]\nbefore_deadline = 'nothing'\n[limits]"),
        "'nothing' before the deadline and 'all' after it",
    ),
    "an unknown field of [feedback]": (("[limits]", "[feedback]\nshow=1\n[limits]"), "`show`"),
    "a picture in another folder": (
        (
            "[limits]",
            "[[report.gallery]]\nartifact='../a'\ntitle='T'\nmetric='m'\nbest='most'\n[limits]",
        ),
        "report.gallery[0].artifact`; it is '../a'",
    ),
    "an unknown field of [release]": (("[limits]", "[release]\nomit=1\n[limits]"), "`omit`"),
    "depends as text": (('["solve"]', '"solve"'), "tasks[1].depends`; it is 'solve'"),
    "depends on a number": (('["solve"]', "[3]"), "tasks[1].depends[0]`; it is 3"),
    "depends on itself": (('["solve"]', '["predict"]'), "circle: predict -> predict"),
    "unit without tasks": (("tasks = [", "tasks = []\nold = ["), "`array` of length >= 1"),
    "field twice": (('id = "ridge"', 'id = "ridge"\nid = "again"'), "cannot be read as TOML"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_its_place(manifest, tmp_path, case):
    change, said = WRONG[case]
    with pytest.raises(ManifestError) as caught:
        manifest(change)
    assert str(caught.value).startswith(f"{tmp_path / 'assignment.toml'}: ")
    assert said in str(caught.value)


def test_the_deadline_of_feedback_is_its_own_or_else_when_submissions_were_due(manifest):
    assert manifest().deadline is None
    due = "[late]\npercent_per_day = 1\ndue = 2031-03-04T10:00:00Z\n[limits]"
    assert manifest(("[limits]", due)).deadline == datetime(2031, 3, 4, 10, tzinfo=UTC)
    own = f"[feedback]\nbefore_deadline = 'nothing'\ndeadline = 2031-03-05T10:00:00Z\n{due}"
    assert manifest(("[limits]", own)).deadline == datetime(2031, 3, 5, 10, tzinfo=UTC)


def test_two_units_of_one_module_are_refused(manifest):
    unit = '[[units]]\nmodule = "ridge.py"\ntitle = "Again"\ntasks = [{ id = "more", title = "M", '
    with pytest.raises(ManifestError, match=r"module 'ridge\.py' stands there more than once"):
        manifest(("[[units]]", f"{unit}points = 3 }}]\n[[units]]"))


def test_an_unknown_dependency_says_which_tasks_there_are(manifest):
    with pytest.raises(ManifestError, match=r"'predict' depends on 'sovle'.*solve, predict"):
        manifest(('["solve"]', '["sovle"]'))


@pytest.mark.parametrize("content", [b"id = '\xff'", b"\xfe\xff\0i"])
def test_a_file_that_is_no_text_is_no_manifest(tmp_path, content):
    (tmp_path / "assignment.toml").write_bytes(content)
    with pytest.raises(ManifestError, match=r"assignment\.toml: cannot be read as TOML"):
        load_manifest(tmp_path)


def test_a_place_below_a_file_is_no_manifest(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ManifestError, match="Not a directory"):
        load_manifest(tmp_path / "file" / "assignment.toml")


def test_a_longer_circle_follows_the_dependencies():
    graph = {"a": ("b", "d"), "b": ("c",), "c": ("a",), "d": ()}
    steps = find_cycle(graph).split(" -> ")
    assert steps[0] == steps[-1]
    assert sorted(steps[1:]) == ["a", "b", "c"]
    assert all(after in graph[before] for before, after in pairwise(steps))


def test_a_circle_is_told_as_a_path():
    assert find_cycle({"a": ("b",), "b": ("a",)}) in ("a -> b -> a", "b -> a -> b")
    assert find_cycle({"a": ("b",), "b": ()}) is None


LASSO = """
[[units]]
module = "lasso.py"
title = "Lasso"
enabled = false
tasks = [{ id = "shrink", title = "Shrink", points = 5 }]
[[units]]"""


def test_a_unit_that_is_off_has_no_tasks_and_no_points(manifest):
    found = manifest(("[[units]]", LASSO.lstrip()))
    assert found.task_ids() == ["solve", "predict"]
    assert found.max_score == 10
    assert [unit.id for unit in found.declared] == ["lasso", "ridge"]
    assert {task: unit.id for task, unit in found.switched_off.items()} == {"shrink": "lasso"}
    on = manifest(("[[units]]", LASSO.lstrip().replace("false", "true")))
    assert on.task_ids() == ["shrink", "solve", "predict"]
    assert on.switched_off == {}


def test_a_task_that_needs_a_unit_that_is_off_is_refused_with_both_ways_out(manifest):
    change = ("[[units]]", LASSO.lstrip())
    with pytest.raises(ManifestError) as caught:
        manifest(change, ('["solve"]', '["shrink"]'))
    assert "task 'predict' of ridge.py depends on 'shrink' of lasso.py" in str(caught.value)
    assert "enabled = true for lasso.py, or enabled = false for ridge.py" in str(caught.value)


def test_ids_are_unique_also_among_units_that_are_off(manifest):
    with pytest.raises(ManifestError, match="'solve' stands there more than once"):
        manifest(("[[units]]", LASSO.lstrip().replace("shrink", "solve")))


def test_a_manifest_with_every_unit_off_is_refused(manifest):
    with pytest.raises(ManifestError, match="every unit is switched off"):
        manifest(('title = "Ridge regression"\ntasks', 'title = "R"\nenabled = false\ntasks'))
