"""What is read off a submission without running it: TODOs that still stand, and a digest."""

import hashlib

import pytest

from grader.judge.source import digest, untouched_tasks

STUB = '''
def solve(x):
    """Docstring with TODO docstring."""
    # TODO comment
    raise NotImplementedError("TODO solve (6 points)")


class Model:
    def forward(self, x):
        if x:
            raise NotImplementedError("TODO forward")
        text = "TODO text"
        raise ValueError("TODO wrong_type")


def done(x):
    raise NotImplementedError("not a stub")
'''


def test_a_todo_counts_only_where_it_is_raised(tmp_path):
    (tmp_path / "a.py").write_text(STUB)
    (tmp_path / "b.py").write_text('raise NotImplementedError("TODO b")')
    (tmp_path / "unlisted.py").write_text('raise NotImplementedError("TODO unlisted")')
    assert untouched_tasks(tmp_path, ["a.py", "b.py"]) == {"solve", "forward", "b"}


@pytest.mark.parametrize(
    "content",
    [
        b"def broken(:\n",
        b"x = 1\0",
        b"# -*- coding: no-such-code -*-\n",
        b"\xff\xfe",
        b"(" * 5000,
        b"x = " + b"-" * 200_000 + b"1",
    ],
)
def test_what_is_no_python_has_no_todo_and_does_no_harm(tmp_path, content):
    (tmp_path / "bad.py").write_bytes(content)
    (tmp_path / "good.py").write_text('raise NotImplementedError("TODO good")')
    assert untouched_tasks(tmp_path, ["bad.py", "missing.py", "good.py"]) == {"good"}


@pytest.mark.parametrize(
    "statement",
    [
        "raise NotImplementedError",
        "raise NotImplementedError()",
        'raise NotImplementedError("TODO ")',
        'raise NotImplementedError("TODO a", "b")',
        "raise NotImplementedError(5)",
        'raise errors.NotImplementedError("TODO a")',
        'NotImplementedError("TODO a")',
    ],
)
def test_other_ways_to_raise_are_no_todo_of_a_task(tmp_path, statement):
    (tmp_path / "a.py").write_text(statement)
    assert untouched_tasks(tmp_path, ["a.py"]) <= {""}


def test_a_digest_changes_with_name_and_content_and_nothing_else(tmp_path):
    folders = {}
    for name, files in {
        "one": {"a.py": "x", "sub/b.py": "yz"},
        "same": {"sub/b.py": "yz", "a.py": "x", "notes.txt": "other", "__pycache__/a.py": "no"},
        "content": {"a.py": "x", "sub/b.py": "yy"},
        "name": {"a.py": "x", "sub/c.py": "yz"},
        "border": {"a.py": "xy", "sub/b.py": "z"},
        "fewer": {"a.py": "x"},
    }.items():
        for path, content in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(content)
        folders[name] = digest(tmp_path / name, ["*.py", "**/*.py"])
    assert folders.pop("same") == folders["one"]
    assert len(set(folders.values())) == len(folders)
    assert digest(tmp_path / "one", ["missing.py"]) == hashlib.sha256().hexdigest()


def test_a_digest_is_a_sha256_of_names_lengths_and_bytes(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_bytes(b"x = 1\n")
    expected = hashlib.sha256(b"sub/a.py\x006\x00x = 1\n").hexdigest()
    assert digest(tmp_path, ["sub/*.py"]) == expected
