"""Judges as processes, forks of one template (:mod:`grader.judge.template`)."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from typing import BinaryIO, Final

import msgspec

from grader.judge.messages import (
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)

_DYING_MS: Final = 5000
"""Between a process closing its files, or being killed, and being gone."""

_SHOWN: Final = 8000
"""Bytes of what was printed last that are looked at."""


class JudgeError(Exception):
    """A judge could not be started; the message says why."""


class JudgeDiedError(Exception):
    """A judge was killed, while it started or in the middle of a submission."""


class Template:
    """The process that judges are forks of.

    It ends with the thread that started it, however that ends, and its judges with it.
    """

    def __init__(self, options: Options) -> None:
        """Start it; OSError where the system refuses."""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        arguments = [str(os.getpid()), msgspec.json.encode(options).decode()]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, *_START, *arguments],
                    stdin=theirs.fileno(),
                    stdout=self._log,
                    stderr=self._log,
                    start_new_session=True,
                    env={**_NO_FOLDER_OF_TORCH, **os.environ, "OMP_NUM_THREADS": "1"},
                )
        except BaseException:
            self._control.close()
            self._log.close()
            raise

    def ask(self, jobs: int, verdicts: int) -> None:
        """Ask for a judge that reads jobs from one descriptor and writes verdicts to another."""
        with contextlib.suppress(OSError):  # it has ended: then nobody writes verdicts
            socket.send_fds(self._control, [b"judge"], [jobs, verdicts])

    def alive(self) -> bool:
        """Whether it has not ended, as far as can be told now."""
        return self._end() is None

    def explain(self) -> Exception:
        """Why a judge that was asked for has ended before it was warm."""
        with contextlib.closing(_Watched(self._process.pid)) as watched:
            watched.wait()
        end = self._end()
        if end is None:  # it was the judge alone
            return JudgeDiedError("the judge was killed")
        if end.si_code != os.CLD_EXITED:
            return JudgeDiedError(f"the judge was killed by signal {end.si_status}")
        return JudgeError(self.said() or "the judge ended without a word")

    def said(self) -> str:
        """What it and its judges printed last."""
        log = self._log.fileno()  # whose position is also where they write
        content = os.pread(log, _SHOWN, max(0, os.fstat(log).st_size - _SHOWN))
        return content.decode("utf-8", "replace").strip()[-2000:]

    def kill(self) -> None:
        """Kill it, and with it its judges, their zygote and every worker."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill it and wait for its end."""
        self.kill()
        self._process.wait()
        self._control.close()
        self._log.close()

    def _end(self) -> "os.waitid_result | None":
        """How it ended, if it has; its number stays its own until :meth:`close`."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, options)


class Judge:
    """A judge process; it grades once :meth:`wait` has returned."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._watched: _Watched | None = None
        jobs, ours = os.pipe()
        self._jobs: BinaryIO = open(ours, "wb")  # noqa: PTH123, SIM115  # a descriptor, closed by close()
        ours, verdicts = os.pipe()
        self._verdicts: BinaryIO = open(ours, "rb")  # noqa: PTH123, SIM115  # likewise
        template.ask(jobs, verdicts)
        os.close(jobs)
        os.close(verdicts)

    def wait(self) -> None:
        """Wait until it is warm.

        Raises
        ------
        JudgeError
            It found something that keeps it from grading.
        JudgeDiedError
            It was killed.
        """
        ready = read_message(self._verdicts, Ready)
        if ready is None:
            raise self._template.explain()
        if ready.problem is not None:
            raise JudgeError(ready.problem)
        self._watched = _Watched(ready.process)

    def alive(self) -> bool:
        """Whether it has not ended, as far as can be told now."""
        return self._watched is not None and not self._watched.wait(0)

    def grade(self, job: Job) -> Verdict:
        """Grade one submission; JudgeDiedError if the judge dies over it."""
        try:
            write_message(self._jobs, job)
            verdict = read_message(self._verdicts, Verdict)
        except OSError as error:
            raise JudgeDiedError(f"the judge is gone: {error.strerror}") from error
        if verdict is None or verdict.id != job.id:
            said = self._template.said()[-300:]
            raise JudgeDiedError(f"the judge died: {said or 'it said nothing'}")
        return verdict

    def close(self) -> None:
        """Kill the judge, and wait for its end; before it is warm it ends by itself."""
        if self._watched is not None:
            self._watched.kill()
            self._watched.wait()
            self._watched.close()
        with contextlib.suppress(OSError):
            self._jobs.close()
        self._verdicts.close()


class _Watched:
    """A process that need not be a child of this one."""

    def __init__(self, process: int) -> None:
        try:
            self._descriptor: int | None = os.pidfd_open(process)
        except ProcessLookupError:
            self._descriptor = None

    def wait(self, most_ms: int = _DYING_MS) -> bool:
        """Wait for its end; whether it has ended."""
        if self._descriptor is None:
            return True
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(most_ms))

    def kill(self) -> None:
        """Kill it; its children end with it."""
        if self._descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def close(self) -> None:
        """Look at it no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


_START: Final = ("-P", "-m", "grader.judge.start")
"""The current folder is no place to import from: it may hold what students handed in."""
_NO_FOLDER_OF_TORCH: Final = {"TORCHINDUCTOR_CACHE_DIR": tempfile.gettempdir()}
"""torch makes the folder of its compiler when an optimizer is used first; this one is there."""
