import json
import os
import subprocess
import sys

import jsonschema
import msgspec
import numpy as np
import pytest

from grader import scores


def a_score(**changes):
    def check(name, visibility, status):
        return scores.Check(
            id=f"encoder.{name}",
            title=f"Title of {name}",
            visibility=visibility,
            weight=2,
            status=status,
            message=f"message {name}",
            expected="41",
            actual="17",
            hint=f"hint {name}",
        )

    task = scores.Task(
        id="encoder",
        title="The encoder",
        unit="autoencoder",
        status="partial",
        score=3.5,
        max_score=7,
        checks=[check("shape", "public", "passed"), check("secret", "hidden", "failed")],
        metrics={"loss": 0.25},
        artifacts=["artifacts/picture.png"],
    )
    score = scores.Score(
        assignment="a",
        submission="s",
        status="graded",
        score=3.5,
        max_score=7,
        tasks=[task],
        environment=scores.Environment(
            grader="0.1", python="3.11", torch=None, numpy="2", device="cpu", threads=1, seed=4,
            isolation=["rlimits"],
        ),
        started_at="2026-11-21T10:00:00+00:00",
        duration_s=1.5,
        digest=scores.Digest(submission="1", solution="2"),
    )  # fmt: skip
    return msgspec.structs.replace(score, **changes)


def test_the_shipped_schema_is_the_one_the_types_give():
    done = subprocess.run(
        [sys.executable, "-m", "grader.scores"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == scores.json_schema(strict=False)
    renew = "run: python -m grader.scores > grader/score.schema.json"
    assert scores.SCHEMA_FILE.read_text(encoding="utf-8") == done.stdout, renew


@pytest.mark.parametrize("strict", [True, False])
def test_a_score_follows_the_schema(strict):
    document = json.loads(
        scores.encode_score(a_score(penalty=scores.Penalty(reason="l", points=1)))
    )
    jsonschema.Draft202012Validator.check_schema(scores.json_schema(strict=strict))
    jsonschema.validate(document, scores.json_schema(strict=strict))


def test_unknown_fields_are_allowed_for_readers_and_forbidden_for_writers():
    document = json.loads(scores.encode_score(a_score()))
    document["tasks"][0]["colour"] = "blue"
    jsonschema.validate(document, scores.json_schema())
    with pytest.raises(jsonschema.ValidationError, match="colour"):
        jsonschema.validate(document, scores.json_schema(strict=True))
    assert scores.decode_score(json.dumps(document)) == a_score()


@pytest.mark.parametrize("field", ["schema_version", "penalty", "tasks", "digest"])
def test_every_field_is_required(field):
    document = json.loads(scores.encode_score(a_score()))
    del document[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, scores.json_schema())


def test_a_score_survives_the_disk(tmp_path):
    path = tmp_path / "scores.json"
    scores.write_score(path, a_score())
    assert scores.read_score(path) == a_score()
    assert [entry.name for entry in tmp_path.iterdir()] == ["scores.json"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": float("nan")}, "score"),
        ({"max_score": float("inf")}, "max_score"),
        ({"status": "fine"}, "status"),
        ({"score": -1}, "score"),
    ],
)
def test_what_is_no_score_is_not_written(tmp_path, change, said):
    path = tmp_path / "scores.json"
    path.write_text("old")
    with pytest.raises(scores.ScoreError, match=said):
        scores.write_score(path, a_score(**change))
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cannot_be_written_is_named_with_the_fix(tmp_path):
    path = tmp_path / "missing" / "scores.json"
    with pytest.raises(scores.ScoreError, match=r"a folder that exists") as caught:
        scores.write_score(path, a_score())
    assert str(path) in str(caught.value)
    target = tmp_path / "taken"
    target.mkdir()
    with pytest.raises(scores.ScoreError):
        scores.write_score(target, a_score())
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema_version": 2}', "\xff"])
def test_what_is_no_score_cannot_be_read(tmp_path, content):
    path = tmp_path / "scores.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(scores.ScoreError, match=r"scores\.json"):
        scores.read_score(path)
    with pytest.raises(scores.ScoreError, match="cannot be read"):
        scores.read_score(tmp_path / "missing.json")


@pytest.mark.parametrize("status", ["passed", "failed", "crashed", "timed_out", "grader_error"])
def test_a_student_sees_of_a_hidden_check_its_task_status_and_hint_only(status):
    score = a_score()
    score.tasks[0].checks[1].status = status
    public, hidden = scores.student_view(score).tasks[0].checks
    assert public == score.tasks[0].checks[0]
    assert (hidden.status, hidden.hint, hidden.weight) == (status, "hint secret", 2)
    assert hidden.title == "Hidden check of: The encoder"
    text = msgspec.json.encode(hidden).decode()
    for leak in ("message secret", "41", "17", "Title of secret", "encoder.secret"):
        assert leak not in text
    assert score.tasks[0].checks[1].message == "message secret"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema_version": 2}, "schema_version"),
        ({"status": "done"}, "status"),
        ({"score": -0.5}, "score"),
        ({"score": "3.5"}, "score"),
        ({"tasks": None}, "tasks"),
        ({"penalty": {"reason": "late"}}, "penalty"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(change, place):
    document = json.loads(scores.encode_score(a_score())) | change
    with pytest.raises(jsonschema.ValidationError) as caught:
        jsonschema.validate(document, scores.json_schema())
    assert place in caught.value.json_path + str(caught.value.instance)
    with pytest.raises(scores.ScoreError, match=place):
        scores.decode_score(json.dumps(document))


@pytest.mark.parametrize(
    ("holder", "field"),
    [
        (lambda score: score, "colour"),
        (lambda score: score["tasks"][0]["checks"][1], "colour"),
        (lambda score: score["environment"], "colour"),
        (lambda score: score["digest"], "colour"),
    ],
)
def test_an_unknown_field_is_no_hindrance_at_any_depth(holder, field):
    document = json.loads(scores.encode_score(a_score()))
    holder(document)[field] = ["new", {"in": 3}]
    jsonschema.validate(document, scores.json_schema())
    assert scores.decode_score(json.dumps(document)) == a_score()
    with pytest.raises(jsonschema.ValidationError, match=field):
        jsonschema.validate(document, scores.json_schema(strict=True))


def test_a_score_with_everything_in_it_comes_back_equal():
    score = a_score(
        status="needs_review",
        reason="Zeichen: \u00fc \u6e2c \U0001f600 \x1b[31m",
        penalty=scores.Penalty(reason="2 days late", points=1.25),
    )
    score.tasks[0].checks[0].misconception = "sum_for_mean"
    encoded = scores.encode_score(score)
    assert scores.decode_score(encoded) == score
    assert scores.decode_score(encoded.decode()) == score
    assert encoded.endswith(b"}\n")


UNFIT = {
    "a number that is none, deep inside": ("metrics", {"loss": float("nan")}, "metrics.loss"),
    "a number without end": ("metrics", {"loss": float("-inf")}, "metrics.loss"),
    "a number of NumPy": ("metrics", {"loss": np.float32(0.5)}, "float32"),
    "an object": ("title", object(), "object"),
    "bytes": ("title", b"text", "bytes"),
    "half a character": ("title", "\ud800", "surrogates"),
    "a bool for points": ("score", True, "score"),
    "an unknown status": ("status", "fine", "status"),
    "an artifact that is no text": ("artifacts", [3], "artifacts"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_is_no_score_is_refused_with_file_and_place(tmp_path, case):
    field, value, said = UNFIT[case]
    score = a_score()
    setattr(score.tasks[0], field, value)
    path = tmp_path / "scores.json"
    with pytest.raises(scores.ScoreError) as caught:
        scores.write_score(path, score)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        (b'"1"', b'"\xff"'),
        (b'"1"', b'"\\ud800"'),
        (b'"duration_s": 1.5', b'"duration_s": 1e999'),
        (b'"duration_s": 1.5', b'"duration_s": NaN'),
        (b'"reason": null', b'"more": ' + b"[" * 50_000 + b"]" * 50_000),
        (b"}\n", b""),
    ],
)
def test_damaged_files_are_named_and_never_a_traceback_from_below(tmp_path, damage):
    path = tmp_path / "scores.json"
    content = scores.encode_score(a_score())
    assert content.count(damage[0]) >= 1
    path.write_bytes(content.replace(*damage))
    with pytest.raises(scores.ScoreError, match=r"scores\.json: not a score"):
        scores.read_score(path)


def test_a_file_is_replaced_whole_and_readable(tmp_path):
    path = tmp_path / "scores.json"
    path.write_bytes(b"old and longer than what comes")
    path.chmod(0o600)
    scores.write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert [entry.name for entry in tmp_path.iterdir()] == ["scores.json"]


def test_a_reader_that_opened_the_old_file_still_reads_all_of_it(tmp_path):
    path = tmp_path / "scores.json"
    path.write_bytes(b"old")
    with path.open("rb") as stream:
        scores.write_whole(path, b"new")
        assert stream.read() == b"old"


def test_a_place_below_a_file_is_refused(tmp_path):
    blocking = tmp_path / "file"
    blocking.write_text("content")
    with pytest.raises(scores.ScoreError, match="Not a directory"):
        scores.write_whole(blocking / "scores.json", b"new")
    assert blocking.read_text() == "content"


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on the size of files")
def test_a_disk_without_room_leaves_the_old_content_and_no_other_file(tmp_path):
    # A limit on the size of files stops the write in the middle, as a full disk does.
    path = tmp_path / "scores.json"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys, pathlib; from grader.scores import ScoreError, write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n    write_whole(pathlib.Path(sys.argv[1]), b'x' * 9001)\n"
        "except ScoreError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{path}: cannot be written: File too large")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["scores.json"]


def test_whatever_interrupts_writing_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "scores.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError):
        scores.write_whole(path, "text, where bytes belong")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["scores.json"]


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="this user writes into read-only folders"
)
def test_a_folder_that_is_read_only_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(scores.ScoreError, match="Permission denied"):
            scores.write_whole(tmp_path / "scores.json", b"new")
    finally:
        tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", ["todo", "skipped"])
def test_hidden_checks_are_hidden_also_when_they_did_not_run(status):
    score = a_score()
    score.tasks[0].checks[1].status = status
    hidden = scores.student_view(score).tasks[0].checks[1]
    assert (hidden.message, hidden.expected, hidden.actual) == (None, None, None)
    assert hidden.id == "encoder.hidden_2"


def test_no_other_text_names_a_hidden_check_to_a_student():
    score = a_score(status="needs_review", reason="encoder.secret, my.encoder.secret")
    public = score.tasks[0].checks[0]
    public.status = "skipped"
    public.message = 'needs task encoder, whose check "Title of secret" has not passed'
    public.hint = 'See "Title of secret" (encoder.secret_not), not "Title of shape".'
    view = scores.student_view(score)
    shown = view.tasks[0].checks[0]
    assert view.reason == "encoder.hidden_2, my.encoder.secret"
    assert shown.message == (
        'needs task encoder, whose check "Hidden check of: The encoder" has not passed'
    )
    assert shown.hint == (
        'See "Hidden check of: The encoder" (encoder.secret_not), not "Title of shape".'
    )
    assert score.reason == "encoder.secret, my.encoder.secret"


def test_what_a_student_sees_is_a_score_too():
    score = a_score(penalty=scores.Penalty(reason="late", points=0.75))
    view = scores.student_view(score)
    jsonschema.validate(json.loads(scores.encode_score(view)), scores.json_schema(strict=True))
    assert (view.score, view.max_score, view.penalty) == (3.5, 7, score.penalty)
    assert view.tasks[0].metrics == {"loss": 0.25}
    score.tasks[0].checks.pop()
    assert scores.student_view(score) == score
