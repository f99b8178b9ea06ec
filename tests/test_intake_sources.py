import codecs
from pathlib import Path

import pytest
from intake_samples import LAYERS, MNIST, laid_out, put, take_one

from grader.batch.sources import normalise

TEXT = "name = 'Zoë'\nnumber = 3\n"
UTF8 = TEXT.encode()


@pytest.mark.parametrize(
    ("content", "expected", "done"),
    [
        (UTF8, UTF8, []),
        (b"", b"", []),
        (UTF8.replace(b"\n", b"\r\n"), UTF8, ["converted line ends"]),
        (UTF8.replace(b"\n", b"\r"), UTF8, ["converted line ends"]),
        (codecs.BOM_UTF8 + UTF8, UTF8, ["removed a byte order mark"]),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), UTF8, ["converted UTF-16 to UTF-8"]),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), UTF8, ["converted UTF-16 to UTF-8"]),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), UTF8, ["converted UTF-32 to UTF-8"]),
        (
            codecs.BOM_UTF16_LE + TEXT.replace("\n", "\r\n").encode("utf-16-le"),
            UTF8,
            ["converted UTF-16 to UTF-8", "converted line ends"],
        ),
    ],
)
def test_source_becomes_lf_without_a_mark(content: bytes, expected: bytes, done: list[str]) -> None:
    assert normalise(content) == (expected, done)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_a_coding_line_is_respected(encoding: str) -> None:
    source = f"#!/usr/bin/env python\r\n# -*- coding: {encoding} -*-\r\n{TEXT}".encode(encoding)
    content, done = normalise(source)
    assert content == source.replace(b"\r\n", b"\n")
    assert done == ["converted line ends"]
    space: dict[str, object] = {}
    exec(compile(content, "layers.py", "exec"), space)
    assert space["name"] == "Zoë"


def test_a_coding_line_that_is_true_no_more_is_corrected() -> None:
    source = codecs.BOM_UTF16_LE + f"# coding: utf-16\n{TEXT}# coding: x\n".encode("utf-16-le")
    content, _ = normalise(source)
    assert content == f"# coding: utf-8\n{TEXT}# coding: x\n".encode()
    space: dict[str, object] = {}
    exec(compile(content, "layers.py", "exec"), space)
    assert space["name"] == "Zoë"


def test_what_begins_like_another_encoding_and_is_not_stays_as_it_is() -> None:
    content = codecs.BOM_UTF16_LE + b"odd"
    assert normalise(content) == (content, ["left as it is, for it begins like UTF-16 and is not"])


def test_source_that_python_will_not_read_is_noted_and_kept() -> None:
    content = TEXT.encode("latin-1")
    assert normalise(content) == (
        content,
        ["not UTF-8 and without a coding line, so Python will not read it"],
    )


def test_what_was_done_is_noted_by_file(tmp_path: Path) -> None:
    windows = MNIST.replace(b"\n", b"\r\n")
    put(
        tmp_path / "ada",
        {
            "mnist.py": codecs.BOM_UTF8 + windows,
            "tools.py": windows,
            "layers.py": LAYERS,
            "table.csv": b"1\r\n2\r\n",
        },
    )
    submission = take_one(tmp_path, tmp_path / "ada")
    assert laid_out(submission) == {
        "mnist.py": MNIST,
        "tools.py": MNIST,
        "layers.py": LAYERS,
        "table.csv": b"1\r\n2\r\n",
    }
    assert submission.notes == (
        "removed a byte order mark: 'mnist.py'",
        "converted line ends: 'mnist.py', 'tools.py'",
    )
