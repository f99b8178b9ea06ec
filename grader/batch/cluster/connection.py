"""The coordinator's hold on a Dask cluster: who is there, who may grade, and what is missing."""

import contextlib
import importlib
import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from grader.batch.cluster.dispatch import Dispatch
from grader.batch.cluster.errors import ClusterError
from grader.batch.cluster.files import MAX_ASSIGNMENT_BYTES
from grader.batch.cluster.fitness import examined, missing_layers, other_versions, versions
from grader.batch.cluster.messages import Fitness
from grader.batch.device import Device
from grader.judge.messages import Options
from grader.worker.layers import REQUIRED

WORKERS_S: Final = 60
"""Seconds to wait for the first worker, and for one that may come back."""
_GPU: Final = {"GPU": 1}
_SCHEMES: Final = frozenset({"tcp", "tls", "ws", "wss"})
GUIDE: Final = "see docs/cluster.md"


class Cluster:
    """A connection to a scheduler, and the workers behind it that may grade; close it."""

    def __init__(
        self, address: str, *, sandbox: str, device: str = "cpu", say: Callable[[str], None]
    ) -> None:
        """Connect, and examine every worker that is there.

        Parameters
        ----------
        address
            Of the scheduler, such as ``tcp://10.0.0.5:8786`` or ``tls://grading:8786``.
        sandbox
            ``require``: a worker that lacks a layer is refused; ``auto``: the run rests on the
            layers of the best worker, and those that have fewer are refused; ``none``: use none.
        device
            ``cuda`` sends submissions only to workers that offer the resource ``GPU``; ``auto``
            does where any worker offers it.
        say
            Gets a line for each worker that is refused, and other warnings.

        Raises
        ------
        ClusterError
            Dask is not installed, nobody answers there, or no worker may grade.
        """
        _check_address(address)
        distributed = _load()
        _check_certificates(address)
        self.address = address
        self._say = say
        self.resources: dict[str, int] | None = None
        self.device = Device()
        self._sandbox = sandbox
        self.versions = versions()
        self._known: set[str] = set()
        self.refused: dict[str, str] = {}
        """Workers that grade nothing in this run, by address, with the reason."""
        self.layers: list[str] = []
        """Names of the layers of isolation that the run rests on."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # versions are compared below, by name
                self.client = distributed.Client(address, set_as_default=False)
        except (OSError, ValueError, ImportError, TimeoutError) as error:
            raise ClusterError(
                f"--cluster {address}: nobody answers there as a Dask scheduler ({error}); start "
                f"one with 'dask scheduler', and workers with 'dask worker {address}'; {GUIDE}"
            ) from error
        try:
            self._meet(device)
        except BaseException:
            self.close()
            raise

    def dispatch(self, options: Options) -> Dispatch:
        """What sends submissions to the workers; it has the interface of the local pool."""
        return Dispatch(self, options)

    def workers(self) -> dict[str, int]:
        """Threads of each worker that is there and may grade, by address; newcomers are examined.

        Raises
        ------
        ClusterError
            The scheduler is gone.
        """
        there = self._there()
        self._examine([address for address in there if address not in self._known])
        return {
            address: int(worker["nthreads"])
            for address, worker in there.items()
            if address not in self.refused and _has(worker, self.resources)
        }

    def refuse(self, address: str, reason: str) -> None:
        """Send nothing more to a worker, and say so."""
        if address not in self.refused:
            self.refused[address] = reason
            self._say(f"REFUSED worker {address}: {reason}")

    def gone(self) -> ClusterError:
        """The error for a scheduler that no longer answers."""
        return ClusterError(
            f"--cluster {self.address}: the scheduler is gone; what is graded is kept: start it "
            "and its workers again, and run the same command, which goes on from there"
        )

    def close(self) -> None:
        """Disconnect; the scheduler gives up what this run still wanted."""
        with contextlib.suppress(Exception):  # whatever Dask makes of a scheduler that is gone
            self.client.close(timeout=5)

    def _meet(self, device: str) -> None:
        with contextlib.suppress(TimeoutError):
            self.client.wait_for_workers(1, timeout=WORKERS_S)
        if not self._there():
            raise ClusterError(
                f"--cluster {self.address}: no worker came within {WORKERS_S} s; start some with "
                f"'dask worker {self.address}'; {GUIDE}"
            )
        offered = any(_has(worker, _GPU) for worker in self._there().values())
        if device == "cuda" or (device == "auto" and offered):
            self.resources = dict(_GPU)
            self.device = Device(kind="cuda")  # each worker finds the nodes of its own
        usable = self.workers()
        if self.refused and not usable:
            raise ClusterError(
                f"--cluster {self.address}: no worker may grade; why each was refused, and what "
                "mends it, is said above"
            )
        if not usable and self.resources is None:
            raise ClusterError(f"--cluster {self.address}: no worker answers; look at their logs")
        if not usable:
            raise ClusterError(
                f"--cluster {self.address}: --device cuda needs workers that offer a GPU; start "
                f"them with 'dask worker {self.address} --resources GPU=1'; {GUIDE}"
            )
        missing = [name for name in REQUIRED if name not in self.layers]
        if self._sandbox == "none":
            self._say("WARNING: --sandbox none: student code can read and change what workers can")
        elif missing:
            self._say(
                f"WARNING: grading without {', '.join(missing)}, which no worker has; what that "
                "leaves open is in docs/sandbox.md, and 'grader doctor' says there what mends it"
            )

    def _there(self) -> Mapping[str, Any]:
        if self.client.status != "running":
            raise self.gone()
        try:
            workers: Mapping[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
        except Exception as error:  # of many kinds, all of which mean this
            raise self.gone() from error
        return workers

    def _examine(self, newcomers: Iterable[str]) -> None:
        """Refuse those of some workers that must not grade; the first ones settle the layers."""
        addresses = list(newcomers)
        if not addresses:
            return
        try:
            answers = self.client.run(examined, workers=addresses, on_error="return")
        except Exception as error:
            if self.client.status != "running":
                raise self.gone() from error
            raise ClusterError(
                f"--cluster {self.address}: the workers cannot be asked: {error}"
            ) from error
        found: dict[str, Fitness] = {}
        for address, answer in answers.items():
            if isinstance(answer, OSError):
                continue  # it has just gone, or is asked again
            self._known.add(address)
            if isinstance(answer, bytes):
                found[address] = msgspec.msgpack.decode(answer, type=Fitness)
            elif isinstance(answer, ImportError):
                self.refuse(address, f"{answer}; install the grader in its environment")
            else:
                self.refuse(address, f"it cannot be examined: {answer!r}")
        for address, fitness in found.items():
            if reason := other_versions(self.versions, fitness.versions):
                self.refuse(address, reason)
        if not self.layers:
            self.layers = self._choose(f for a, f in found.items() if a not in self.refused)
        for address, fitness in found.items():
            if self._sandbox != "none" and (reason := missing_layers(self.layers, fitness)):
                self.refuse(address, reason)

    def _choose(self, found: Iterable[Fitness]) -> list[str]:
        """The layers that a run rests on."""
        if self._sandbox == "none":
            return ["rlimits"]
        if self._sandbox == "require":
            return [*REQUIRED, "rlimits"]
        return max((fitness.layers for fitness in found), key=len, default=[])


def _load() -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterError(
            "--cluster needs Dask, which is not installed here: "
            "pip install 'autoencoder-grader[cluster]'"
        ) from error
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.batched"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it would say, errors say here
    dask: Any = importlib.import_module("dask")
    dask.config.set({"distributed.admin.large-graph-warning-threshold": MAX_ASSIGNMENT_BYTES})
    return distributed


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        whole = bool(parts.scheme in _SCHEMES and parts.hostname and parts.port)
    except ValueError:
        whole = False
    if not whole:
        raise ClusterError(
            f"--cluster {address}: must be the address of a Dask scheduler, such as "
            "tcp://10.0.0.5:8786; 'dask scheduler' prints its own when it starts"
        )


def _check_certificates(address: str) -> None:
    dask: Any = importlib.import_module("dask")
    encrypted = urlsplit(address).scheme in ("tls", "wss")
    if encrypted and not dask.config.get("distributed.comm.tls.client.cert", None):
        raise ClusterError(
            f"--cluster {address}: Dask's configuration names no certificate for it "
            f"(distributed.comm.tls.client); {GUIDE}, Security"
        )


def _has(worker: Mapping[str, Any], resources: Mapping[str, int] | None) -> bool:
    offered = worker.get("resources", {})
    return all(offered.get(name, 0) >= count for name, count in (resources or {}).items())
