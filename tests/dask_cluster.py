"""A Dask scheduler and its workers, as processes on the loopback device."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import family

QUIET = {
    "DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",  # these two as docs/cluster.md advises
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "OMP_NUM_THREADS": "1",
}


class Member:
    """The scheduler or a worker: a process whose messages go to a file."""

    def __init__(self, folder: Path, name: str, *arguments: str, **variables: str) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
                env={**os.environ, **QUIET, **variables},
                cwd=folder,
                stdout=log,
                stderr=log,
            )

    def said(self, pattern: str) -> str:
        """The first group of a pattern, once the log has it."""
        found = family.until(lambda: re.search(pattern, self.log.read_text()) or self._ended())
        assert isinstance(found, re.Match), f"{self.log.read_text()}"
        return found[1]

    def stop(self, how: int = signal.SIGKILL) -> None:
        """End it, and wait for that."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()

    def _ended(self) -> bool:
        return self.process.poll() is not None


class DaskCluster:
    """A scheduler with some workers, each of one thread; `variables` are set for all of them."""

    def __init__(self, folder: Path, scheme: str = "tcp", **variables: str) -> None:
        self.folder = folder
        self.scheme = scheme
        self.variables = variables
        self.stations = folder / "stations"
        self.stations.mkdir()
        self.workers: list[Member] = []
        self.scheduler = self._scheduler("127.0.0.1:0")

    def _scheduler(self, address: str) -> Member:
        port = address.rpartition(":")[2]
        name = f"scheduler-{time.monotonic_ns()}"
        member = Member(
            self.folder, name, "dask_scheduler", "--host", f"{self.scheme}://127.0.0.1",
            "--port", port, "--no-dashboard", **self.variables,
        )  # fmt: skip
        self.address = member.said(r"Scheduler at:\s+(\S+)")
        return member

    def restart_scheduler(self) -> None:
        """Kill the scheduler, and start another at its address."""
        self.scheduler.stop()
        self.scheduler = self._scheduler(self.address)

    def add_worker(self, *arguments: str, **variables: str) -> Member:
        """Start a worker and wait until the scheduler has it."""
        name = f"worker-{len(self.workers)}"
        member = Member(
            self.folder, name, "dask_worker", self.address, "--nthreads", "1", "--no-dashboard",
            "--local-directory", str(self.folder), *arguments,
            **{"DASK_TEMPORARY_DIRECTORY": str(self.stations), **self.variables, **variables},
        )  # fmt: skip
        self.workers.append(member)
        member.said(r"(Registered to:)")
        return member

    def close(self) -> None:
        """Kill whatever still runs."""
        for member in (*self.workers, self.scheduler):
            for pid in (*family.descendants(member.process.pid),):
                family.kill(pid)
            member.stop()


@contextlib.contextmanager
def dask_cluster(
    folder: Path, workers: int = 0, scheme: str = "tcp", **variables: str
) -> Iterator[DaskCluster]:
    """A cluster for as long as the context lasts."""
    folder.mkdir()
    cluster = DaskCluster(folder, scheme, **variables)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.close()
