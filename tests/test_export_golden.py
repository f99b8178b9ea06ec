"""Every format of one class, byte for byte, beside the rules that the other tests check.

After a change that is meant: ``python tests/test_export_golden.py`` writes tests/golden anew.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sample_scores import write_class

from grader.export import FORMATS, Options, export, read_graded

GOLDEN = Path(__file__).parent / "golden"
RUNNER = {
    "CLASSROOM": "ml-31",
    "ASSIGNMENT": "lines",
    "SUBMISSION_TAG": "submit/4",
    "COMMIT_URL": "https://example.org/c/5",
    "RELEASE_URL": "https://example.org/r/6",
}


def options(results, **more):
    values = {
        "results": results,
        "at": datetime(2031, 3, 5, 6, 7, 8, 9, tzinfo=UTC),
        "environment": RUNNER,
        "assignment_id": "4711",
        "key": "email",
        "user_field": "user_id",
    }
    return Options(**(values | more))


def files(name, folder):
    graded, problems = read_graded(folder)
    assert problems == []
    made = export(name, graded, options(folder))
    return {f"{name}{'-' * bool(i)}{i}{made.suffix}": text for i, text in made.files.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_what_it_was(name, tmp_path):
    made = files(name, write_class(tmp_path))
    golden = {path.name: path.read_bytes() for path in GOLDEN.iterdir()}
    assert made == {n: c for n, c in golden.items() if n.split(".")[0].split("-")[0] == name}


@pytest.mark.parametrize("name", FORMATS)
def test_what_hidden_checks_say_is_not_in_what_students_get(name, tmp_path):
    made = b"".join(files(name, write_class(tmp_path)).values())
    assert (b"SECRET" in made) is (name == "jsonl")  # the one that is for staff alone


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        results = write_class(Path(folder))
        for format_ in FORMATS:
            for file, content in files(format_, results).items():
                (GOLDEN / file).write_bytes(content)
