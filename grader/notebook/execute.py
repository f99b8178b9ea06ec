"""``grader notebook execute``: runs a notebook from top to bottom in the sandbox.

The course's folder is handed in as a copy, so that whatever the notebook writes is gone with the
sandbox. What comes out is a notebook again, which is as little to be trusted as the one before.
"""

import contextlib
import io
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Final

import msgspec

from grader.batch.folders import walk
from grader.batch.ipynb import NotebookError, read_notebook
from grader.batch.tree import MIB, UnreadableError
from grader.manifest import MANIFEST_NAME, ManifestError, load_manifest
from grader.worker.sandbox import SCRATCH, environment, zygote_command

_MOST_COPIED: Final = 200 * MIB
_MOST_RESULT: Final = 256 * MIB
_GRACE_S: Final = 90
"""For starting, and for putting the result together, beside the notebook's own time."""
_DEEP: Final = ("course", "a", "b")
"""Where the folder lies, so that ``../../data`` leads to something of ours."""
_PACKAGES: Final = ("nbclient", "nbformat", "ipykernel")


class ExecuteError(Exception):
    """A notebook cannot be run; the message says why and what to do."""


class Executed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a notebook."""

    notebook: str | None
    """With its outputs, as JSON."""
    end: str
    """done, error, timeout, died or unreadable."""
    cell: int | None
    """The cell it stopped in, counted from 1."""
    said: str
    ran: int
    """How many code cells ran to their end."""
    left_out: bool
    """Whether outputs were left out for their size."""


def execute(path: Path, *, timeout_s: float, isolate: bool) -> Executed:
    """Run a notebook from top to bottom, with a kernel of its own.

    Parameters
    ----------
    path
        The notebook. The folder of the assignment that it lies in, or its own folder, is copied
        into the sandbox with it; the assignment's data can be read.
    timeout_s
        Wall-clock seconds for all cells.
    isolate
        Whether to run it in bubblewrap; if not, it can do whatever you can.

    Raises
    ------
    ExecuteError
        It is no notebook, is written in another language than Python, lies in a folder that is too
        large; a package is missing; or the sandbox died.
    """
    _check(path)
    root = _root(path)
    data = _data(root)
    with contextlib.ExitStack() as stack:
        if isolate:
            place = SCRATCH.joinpath(*_DEEP, "here")
        else:
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-"))
            place = Path(scratch).joinpath(*_DEEP, "here")
        command = _command(place, path.relative_to(root), timeout_s, isolate, _seen(data, place))
        course = stack.enter_context(tempfile.TemporaryFile())
        _copy(root, path, course)
        course.seek(0)
        result = stack.enter_context(tempfile.TemporaryFile())
        errors = stack.enter_context(tempfile.TemporaryFile())
        variables = {name: value for name, value in environment().items() if name != "MPLBACKEND"}
        if not isolate:
            variables |= {"HOME": str(place.parents[2]), "TMPDIR": str(place.parents[2])}
        with subprocess.Popen(
            command,
            stdin=course,
            stdout=result,
            stderr=errors,
            start_new_session=True,
            env=variables,
        ) as process:
            try:
                process.wait(timeout_s + _GRACE_S)
            except subprocess.TimeoutExpired:
                raise ExecuteError(
                    f"{path}: the notebook does not let itself be stopped and was killed after "
                    f"{timeout_s + _GRACE_S:g} s; nothing of it is kept"
                ) from None
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        return _result(path, result, errors)


def _check(path: Path) -> None:
    try:
        notebook = read_notebook(path.read_bytes())
    except OSError as error:
        raise ExecuteError(f"{path}: {error.strerror}") from error
    except NotebookError as error:
        raise ExecuteError(f"{path}: {error}") from error
    if notebook.language and not notebook.language.startswith(("python", "ipython")):
        raise ExecuteError(
            f"{path}: it is written in {notebook.language!r}; only Python can be run here"
        )
    from importlib.util import find_spec

    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise ExecuteError(
            f"{', '.join(missing)} missing; pip install 'autoencoder-grader[notebook]'"
        )


def _root(path: Path) -> Path:
    """The folder of the assignment around a notebook, or its own folder."""
    near = [path.parent, path.parent.parent]
    return next((folder for folder in near if (folder / MANIFEST_NAME).is_file()), path.parent)


def _data(root: Path) -> tuple[Path, str] | None:
    """The assignment's data, and the path by which it is known."""
    try:
        manifest = load_manifest(root)
    except ManifestError:
        return None
    if manifest.data is None or not (root / manifest.data).is_dir():
        return None
    return (root / manifest.data).resolve(), manifest.data


def _seen(data: tuple[Path, str] | None, place: Path) -> tuple[Path, Path] | None:
    """The data, and where the notebook finds it from the folder it is copied to."""
    if data is None:
        return None
    at = Path(os.path.normpath(place / data[1]))
    scratch = place.parents[len(_DEEP)]
    inside = at.is_relative_to(scratch) and at != scratch and not place.is_relative_to(at)
    return (data[0], at) if inside and not at.is_relative_to(place) else None


def _command(
    place: Path, notebook: Path, timeout_s: float, isolate: bool, data: tuple[Path, Path] | None
) -> list[str]:
    options = [f"--timeout={timeout_s}", str(place), notebook.as_posix()]
    python = [sys.executable, "-E", "-s", "-P", "-B", "-m", "grader.notebook.runner"]
    if not isolate:
        if data is not None:
            data[1].parent.mkdir(parents=True, exist_ok=True)
            data[1].symlink_to(data[0])
        return [*python, *options]
    zygote = zygote_command(isolate=True, data=None, layers=[])
    sandbox = zygote[: zygote.index("--")]
    sandbox += ["--unsetenv", "MPLBACKEND"]  # figures are shown in the notebook
    if data is not None:
        sandbox += _folders(data[1].parent)
        sandbox += ["--ro-bind", str(data[0]), str(data[1])]
    sandbox += _folders(place)
    if os.geteuid() == 0:
        options.insert(0, "--nobody")
    return [*sandbox, "--", *python, *options]


def _folders(place: Path) -> list[str]:
    """Options that make a folder below the scratch folder, for nobody to write in."""
    made = [parent for parent in (place, *place.parents) if parent.is_relative_to(SCRATCH)]
    return [
        part
        for folder in reversed(made)
        if folder != SCRATCH
        for part in ("--perms", "0777", "--dir", str(folder))
    ]


def _copy(root: Path, path: Path, target: IO[bytes]) -> None:
    """Pack the folder, without links and without what tools leave behind."""
    tree = walk(root)
    size = sum(file.size for file in tree.files)
    if size > _MOST_COPIED:
        raise ExecuteError(
            f"{root}: holds {size / MIB:,.0f} MiB, more than the {_MOST_COPIED // MIB} that are "
            "copied into the sandbox; move the notebook to a folder with what it needs"
        )
    with tarfile.open(fileobj=target, mode="w") as archive:
        for file in tree.files:
            try:
                content = file.read(_MOST_COPIED)
            except UnreadableError as error:
                if (root / file.name) == path:
                    raise ExecuteError(f"{path}: {error}") from error
                continue
            entry = tarfile.TarInfo(file.name)
            entry.size = len(content)
            entry.mode = 0o644
            archive.addfile(entry, io.BytesIO(content))


def _result(
    path: Path,
    result: IO[bytes],
    errors: IO[bytes],
) -> Executed:
    result.seek(0)
    content = result.read(_MOST_RESULT + 1)
    try:
        if len(content) > _MOST_RESULT:
            raise ExecuteError(f"{path}: the notebook with its outputs is too large to be kept")
        return msgspec.json.decode(content, type=Executed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        errors.seek(0)
        said = errors.read(20_000).decode("utf-8", "replace").strip().split("\n")[-1]
        raise ExecuteError(
            f"{path}: the sandbox died ({said or 'without a word'}); 'grader doctor' says what "
            "works on this machine"
        ) from error
