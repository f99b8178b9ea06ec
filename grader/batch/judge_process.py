"""A judge as a process of its own; :class:`grader.batch.pool.Pool` has several."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, Final, cast

import msgspec

from grader.judge.messages import (
    Job,
    Options,
    Ready,
    Verdict,
    read_message,
    write_message,
)


class JudgeError(Exception):
    """A judge could not be started; the message says why."""


class JudgeDiedError(Exception):
    """A judge was killed, while it started or in the middle of a submission."""


class Judge:
    """A judge process; it grades once :meth:`wait` has returned.

    It ends with the thread that started it, however that ends.
    """

    def __init__(self, options: Options) -> None:
        self.began = time.monotonic()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        arguments = [str(os.getpid()), msgspec.json.encode(options).decode()]
        try:
            self._process = subprocess.Popen(
                [sys.executable, *_START, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                start_new_session=True,
                env={**_NO_FOLDER_OF_TORCH, **os.environ, "OMP_NUM_THREADS": "1"},
            )
        except BaseException:
            self._log.close()
            raise
        self._jobs = cast("IO[bytes]", self._process.stdin)
        self._verdicts = cast("IO[bytes]", self._process.stdout)

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
            end = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            if end is not None and end.si_code != os.CLD_EXITED:
                raise JudgeDiedError(f"the judge was killed by signal {end.si_status}")
            raise JudgeError(self._said() or "the judge ended without a word")
        if ready.problem is not None:
            raise JudgeError(ready.problem)

    def alive(self) -> bool:
        """Whether it has not ended, as far as can be told now."""
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT  # its number stays its own until close()
        return os.waitid(os.P_PID, self._process.pid, options) is None

    def grade(self, job: Job) -> Verdict:
        """Grade one submission; JudgeDiedError if the judge dies over it."""
        try:
            write_message(self._jobs, job)
            verdict = read_message(self._verdicts, Verdict)
        except OSError as error:
            raise JudgeDiedError(f"the judge is gone: {error.strerror}") from error
        if verdict is None or verdict.id != job.id:
            raise JudgeDiedError(f"the judge died: {self._said()[-300:] or 'it said nothing'}")
        return verdict

    def kill(self) -> None:
        """Kill the judge, and with it its zygote and every worker."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill the judge and wait for its end."""
        self.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._jobs.close()
        self._verdicts.close()
        self._log.close()

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace").strip()[-2000:]


_START: Final = ("-P", "-m", "grader.judge.start")
"""The current folder is no place to import from: it may hold what students handed in."""
_NO_FOLDER_OF_TORCH: Final = {"TORCHINDUCTOR_CACHE_DIR": tempfile.gettempdir()}
"""torch makes the folder of its compiler when an optimizer is used first; this one is there."""
