"""The folder of results, in which everything is whole or absent.

What belongs together, a score and its artifacts, is first written whole into a folder of its own,
``.grader-staged-*``. Renaming that to ``.grader-new`` decides: from then on it counts, and is moved
into place now or, if the run is killed first, when the folder is next opened.
"""

import contextlib
import ctypes
import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from grader.batch.lock import FolderLock, LockedError
from grader.batch.names import shown
from grader.closing import Closing
from grader.scores import Score, ScoreError, encode_score

SCORE: Final = "score.json"
ARTIFACTS: Final = "artifacts"
RESERVED: Final = frozenset({"report"})
"""Names in the folder of results that are no submission's."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_NEW: Final = ".grader-new"
_STAGED: Final = ".grader-staged-"
_OLD: Final = ".grader-old-"
_WORK: Final = ".grader-work-"
# What tempfile and grader.scores.write_whole leave behind when killed.
_LEFT: Final = re.compile(
    r"\.(grader-(staged|old|work)-|((score|summary|adjustments)\.json|feedback\.html)\.)[a-z0-9_]{8}"
)

_FEW: Final = 3
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


class ResultsError(Exception):
    """Results cannot be kept there; the message names the file or folder and the fix."""


class Results(Closing):
    """The folder of results, locked for one run; close it, or use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Make the folder if it is missing, lock it, and tidy up after a killed run.

        Raises
        ------
        ResultsError
            It is no folder, cannot be written, has no room, or another run has it.
        """
        self.folder = folder
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock = FolderLock(folder)
            except LockedError as error:
                raise ResultsError(str(error)) from error
            try:
                self._tidy()
            except BaseException:
                self._lock.close()
                raise

    def close(self) -> None:
        """Unlock the folder."""
        self._lock.close()

    def of(self, submission: str) -> Path:
        """The folder of a submission.

        Raises
        ------
        ResultsError
            The id could lead elsewhere or clash with another file, or something else has the name.
        """
        refuse_unsafe_id(submission)
        folder = self.folder / submission
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ResultsError(f"{folder}: is not a folder; move it away")
        return folder

    def work(self) -> tempfile.TemporaryDirectory[str]:
        """A folder for what is needed only while the run goes on.

        It goes when it is closed, or when the folder of results is next opened: a run that is
        killed leaves nothing elsewhere.

        Raises
        ------
        ResultsError
            There is no room.
        """
        with _explained(self.folder):
            return tempfile.TemporaryDirectory(prefix=_WORK, dir=self.folder)

    def write(self, score: Score, artifacts: Path | None = None) -> Path:
        """Write ``score.json`` and ``artifacts/`` of a submission, both or neither.

        Earlier ones are replaced; other files in the folder stay as they are.

        Parameters
        ----------
        score
            Names the submission, and its artifacts as ``artifacts/NAME``.
        artifacts
            The folder in which they lie now; None for a score without any. What is kept may be the
            same file: those there may be removed, but not be written to any more.

        Returns
        -------
        Path
            The submission's folder.

        Raises
        ------
        ResultsError
            The id is unsafe; the score must not be written, or names an artifact that is not
            there; there is no room. What was there before is still there.
        """
        try:
            content = encode_score(score)
        except ScoreError as error:
            raise ResultsError(f"{self.of(score.submission) / SCORE}: {error}") from error
        staged = self.stage(score, content, artifacts)
        self.commit([staged])
        return staged.parent

    def stage(self, score: Score, content: bytes, artifacts: Path | None = None) -> Path:
        """Lay a score and its artifacts out beside where they belong, for :meth:`commit`.

        Raises as :meth:`write`; `content` is the score encoded, and what is returned is the folder.
        """
        folder = self.of(score.submission)
        with _explained(folder):
            folder.mkdir(exist_ok=True)
            _settle(folder)  # what an error, such as of the disk, may have left
            staged = Path(tempfile.mkdtemp(prefix=_STAGED, dir=folder))
            try:
                (staged / SCORE).write_bytes(content)
                (staged / ARTIFACTS).mkdir()
                for name in sorted({name for task in score.tasks for name in task.artifacts}):
                    _copy_artifact(name, artifacts, staged)
            except BaseException:
                shutil.rmtree(staged, ignore_errors=True)
                raise
        return staged

    def commit(self, staged: Sequence[Path]) -> None:
        """Put what was laid out into place; each is whole on the disk before it counts.

        Raises
        ------
        ResultsError
            The disk failed. Each submission has its old score or its new one.
        """
        with _explained(self.folder):
            _reach_disk(self.folder, staged)
            for each in staged:
                each.rename(each.parent / _NEW)
                _settle(each.parent)
            _sync(self.folder)

    def bring(self, score: Score, made: Path) -> None:
        """Copy those artifacts of a score that lie here already to where its new ones were made.

        Of two with one name the new one stays.

        Raises
        ------
        ResultsError
            There is no room.
        """
        folder = self.of(score.submission) / ARTIFACTS
        for name in (PurePosixPath(name).name for task in score.tasks for name in task.artifacts):
            if not (made / name).exists() and _is_plain_file(folder / name):
                with _explained(made):
                    shutil.copyfile(folder / name, made / name)

    def _tidy(self) -> None:
        _remove_left(self.folder)
        for folder in _folders(self.folder):
            _remove_left(folder)
            _settle(folder)


def refuse_unsafe_id(submission: str) -> None:
    """Raise ResultsError for an id that must not name a folder."""
    if not _ID.fullmatch(submission) or submission in RESERVED:
        raise ResultsError(
            f"{shown(submission)} cannot name a submission's folder; an id has up to 80 lower-case "
            f"letters, digits, '-' and '_', begins with one of the first two, and is not 'report'"
        )


def graded_folders(results: Path) -> Iterator[Path]:
    """The folders of submissions that have a score, in the order of their ids."""
    return (folder for folder in _folders(results) if (folder / SCORE).is_file())


def _folders(results: Path) -> Iterator[Path]:
    for folder in sorted(results.iterdir()):
        safe = _ID.fullmatch(folder.name) and folder.name not in RESERVED
        if safe and folder.is_dir() and not folder.is_symlink():
            yield folder


def _copy_artifact(name: str, source: Path | None, staged: Path) -> None:
    parts = PurePosixPath(name).parts
    plain = len(parts) == 2 and parts[0] == ARTIFACTS and parts[1] != ".." and "\0" not in name
    if not plain:
        raise ResultsError(f"{shown(name)}: an artifact is named {ARTIFACTS}/NAME")
    origin = source / parts[1] if source else None
    if origin is None or not _is_plain_file(origin):
        raise ResultsError(f"{shown(name)}: the score names this artifact, but it was not made")
    target = staged / ARTIFACTS / parts[1]
    try:
        os.link(origin, target)  # it is not needed any more where it lies
    except OSError:  # such as on a file system without hard links
        shutil.copyfile(origin, target)


def _is_plain_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _settle(folder: Path) -> None:
    """Move what is new into place; may be stopped anywhere and begun again."""
    new = folder / _NEW
    if not new.is_dir():
        return
    if (new / ARTIFACTS).is_dir():
        if os.path.lexists(folder / ARTIFACTS):
            old = Path(tempfile.mkdtemp(prefix=_OLD, dir=folder))
            (folder / ARTIFACTS).rename(old / ARTIFACTS)
        (new / ARTIFACTS).rename(folder / ARTIFACTS)
    if (new / SCORE).exists():
        (new / SCORE).replace(folder / SCORE)
    with contextlib.suppress(OSError):  # without artifacts there is no folder of them
        (folder / ARTIFACTS).rmdir()
    new.rmdir()
    _remove_left(folder)


def _remove_left(folder: Path) -> None:
    for path in folder.iterdir():
        if not _LEFT.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _reach_disk(folder: Path, staged: Sequence[Path]) -> None:
    """See that files are on the disk: one by one if they are few, since others write there, too."""
    if len(staged) > _FEW and hasattr(_LIBC, "syncfs"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if _LIBC.syncfs(descriptor):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(descriptor)
        return
    for each in staged:
        for path in (*each.rglob("*"), each):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else str(folder)
        raise ResultsError(f"{place}: {error.strerror}; {_fix(error.errno)}") from error


def _fix(number: int | None) -> str:
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "make room there and run the same command again: what is graded is kept"
    if number in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
        return "results need a folder; move that away, or name another folder with --out"
    return "name a folder that can be written with --out"
