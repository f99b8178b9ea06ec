"""Builds submissions and downloads for the tests of intake, as platforms and students make them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.batch.intake import collect
from grader.batch.submission import Submission

MODULES = ["mnist.py", "autoencoder.py", "layers.py"]
MNIST = b"def load(root):\n    return root\n"
AUTOENCODER = b"class Encoder:\n    pass\n"
LAYERS = b"def relu(x):\n    return x * (x > 0)\n"

Files = Mapping[str, bytes]


def put(folder: Path, files: Files) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members: Sequence[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def regular(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def take(tmp_path: Path, *paths: Path) -> dict[str, Submission]:
    taken = collect(paths, modules=MODULES, workdir=tmp_path / "work")
    assert [s.id for s in taken] == sorted(s.id for s in taken)
    return {s.id: s for s in taken}


def take_one(tmp_path: Path, path: Path) -> Submission:
    (submission,) = take(tmp_path, path).values()
    return submission


def laid_out(submission: Submission) -> dict[str, bytes]:
    assert submission.problem is None, submission.problem
    assert submission.files is not None
    return {
        path.relative_to(submission.files).as_posix(): path.read_bytes()
        for path in sorted(submission.files.rglob("*"))
        if path.is_file()
    }


def problem(submission: Submission) -> str:
    assert submission.problem is not None
    assert submission.files is None
    return submission.problem
