"""An assignment on its way to a worker, and there the judges that grade with it.

A :class:`Course` is the result of a Dask task that every grading depends on. So Dask brings it to
each worker once, makes it anew where it was lost, and drops it when the run has ended or its
coordinator is gone. With the object that lies on a worker its judges and folder go, too.
"""

import atexit
import contextlib
import hashlib
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.batch.cluster.files import lay_out
from grader.batch.cluster.fitness import other_versions, versions
from grader.batch.cluster.messages import Assignment, Graded, Parcel, Reply
from grader.batch.judge_process import JudgeError
from grader.batch.lock import FolderLock, LockedError
from grader.batch.pool import Pool
from grader.judge.messages import Verdict
from grader.worker.gpu import nodes

MAX_ARTIFACT_BYTES: Final = 64 * 2**20
"""Of all pictures of one submission."""
_PREFIX: Final = "grader-station-"
_UNLOCKED: Final = ".grader-new-"
_courses: "weakref.WeakSet[Course]" = weakref.WeakSet()


class Course:
    """An assignment as bytes; on a worker that grades, also the station that it is graded at."""

    def __init__(self, run: str, content: bytes, sha256: str) -> None:
        """`run` names the run it belongs to; `content` is an :class:`Assignment` as msgpack."""
        self.run = run
        self._content = content
        self._sha256 = sha256
        self._lock = threading.Lock()
        self._station: Station | None = None
        self._refused: str | None = None
        _courses.add(self)

    def __reduce__(self) -> tuple[type["Course"], tuple[str, bytes, str]]:
        return Course, (self.run, self._content, self._sha256)

    def __sizeof__(self) -> int:
        return len(self._content)  # what Dask counts

    def open(self, *, worker: str, jobs: int, base: Path) -> Reply:
        """Have judges get ready on this worker, and do not wait for them."""
        if self._opened(jobs, base) is None:
            return Reply(worker=worker, refused=self._refused)
        return Reply(worker=worker)

    def grade(self, parcels: Sequence[Parcel], *, worker: str, jobs: int, base: Path) -> Reply:
        """Grade submissions on this worker, one after the other."""
        station = self._opened(jobs, base)
        if station is None:
            return Reply(worker=worker, refused=self._refused)
        began = time.monotonic()
        try:
            graded = [station.grade(parcel) for parcel in parcels]
        except JudgeError as error:
            return Reply(worker=worker, refused=str(error))
        return Reply(worker=worker, graded=graded, seconds=time.monotonic() - began)

    def close(self) -> None:
        """End the judges; nothing more is graded here."""
        with self._lock:
            self._refused = "the run has ended"
            station, self._station = self._station, None
        if station is not None:
            station.close()

    def _opened(self, jobs: int, base: Path) -> "Station | None":
        """The station, made when it is first asked for; None where there can be none."""
        with self._lock:
            if self._station is None and self._refused is None:
                self._open(jobs, base)
            return self._station

    def _open(self, jobs: int, base: Path) -> None:
        if hashlib.sha256(self._content).hexdigest() != self._sha256:
            self._refused = "the assignment arrived damaged; look at its network and memory"
            return
        assignment = msgspec.msgpack.decode(self._content, type=Assignment)
        self._refused = other_versions(assignment.versions, versions())
        if self._refused is None:
            try:
                self._station = Station(assignment, jobs, base)
            except OSError as error:
                self._refused = f"{error.filename or base}: {error.strerror}; make room there"
            else:
                finalizer = weakref.finalize(self, _in_background, self._station.close)
                finalizer.atexit = False  # then it is too late for a thread; see _close_all


class Station:
    """A folder with solution and data, and a pool of judges that grade with them."""

    def __init__(self, assignment: Assignment, jobs: int, base: Path) -> None:
        """Lay everything out below `base`; no student code can look into any of it but the data."""
        _remove_stale(base)
        self._closing = threading.Lock()
        self._closed = False
        self._folder, self._lock = _make_locked(base)
        try:
            self._folder.chmod(0o711)  # the data must be reached by the user nobody
            lay_out(self._folder / "solution", assignment.solution, mode=0o700)
            data = None
            if assignment.data is not None:
                data = self._folder / "data"
                lay_out(data, assignment.data, mode=0o755)
            self._submissions = self._folder / "submissions"
            lay_out(self._submissions, {}, mode=0o700)
            lay_out(self._folder / "memory", {}, mode=0o700)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._lock.close()
            raise
        options = msgspec.structs.replace(
            assignment.options,
            devices=[str(node) for node in nodes()] if assignment.options.device == "cuda" else [],
            solution=str(self._folder / "solution"),
            data=str(data) if data is not None else None,
            memory=str(self._folder / "memory"),
        )
        self._pool = Pool(options, jobs)
        self._pool.start()

    def grade(self, parcel: Parcel) -> Graded:
        """Grade a submission; JudgeError if no judge can be started here."""
        with tempfile.TemporaryDirectory(dir=self._submissions) as name:
            files, artifacts = Path(name, "files"), Path(name, "artifacts")
            lay_out(files, parcel.files, mode=0o700)
            artifacts.mkdir()
            job = msgspec.structs.replace(parcel.job, folder=str(files), artifacts=str(artifacts))
            verdict = self._pool.submit(job).result()
            if verdict.score is None:
                return Graded(verdict=verdict)
            return _with_pictures(verdict, artifacts)

    def close(self) -> None:
        """Kill the judges and remove the folder; a second call does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._pool.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.close()


def close_run(run: str) -> None:
    """End the judges of a run on this worker, and what they are grading."""
    for course in [course for course in _courses if course.run == run]:
        course.close()


def _with_pictures(verdict: Verdict, folder: Path) -> Graded:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    size = sum(path.stat().st_size for path in paths)
    if size > MAX_ARTIFACT_BYTES:
        fault = f"its pictures have {size // 2**20} MB, more than a worker sends"
        return Graded(verdict=Verdict(id=verdict.id, fault=fault))
    artifacts = {path.name: path.read_bytes() for path in paths}
    return Graded(verdict=verdict, artifacts=artifacts)


def _make_locked(base: Path) -> tuple[Path, FolderLock]:
    """A new folder; it has its name only once it is locked, so that nobody takes it for stale."""
    fresh = Path(tempfile.mkdtemp(prefix=_UNLOCKED, dir=base))
    lock = FolderLock(fresh)
    return fresh.rename(base / fresh.name.replace(_UNLOCKED, _PREFIX)), lock


def _remove_stale(base: Path) -> None:
    """Remove folders of workers that were killed: ours, and locked by nobody."""
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError, LockedError):
            FolderLock(folder).close()
            shutil.rmtree(folder)


def _in_background(action: Callable[[], None]) -> None:
    threading.Thread(target=action, daemon=True).start()


@atexit.register
def _close_all() -> None:
    for course in list(_courses):
        course.close()
