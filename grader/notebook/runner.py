"""The inside of ``grader notebook execute``: runs a notebook with a kernel of its own.

It is started in the sandbox, gets a tar of the course's folder on standard input, and writes one
JSON object to what was its standard output. The kernel has neither: what it prints without Jupyter
goes where this process's errors go.
"""

import argparse
import importlib
import json
import os
import resource
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any, Final

_FILE_MB: Final = 512
_MEMORY_MB: Final = 16_384
_PROCESSES: Final = 512
_OUTPUT_BYTES: Final = 20_000_000
"""Of all outputs; what comes later is left out."""


def main() -> None:
    """Run the notebook and write what came of it."""
    options = _options()
    if options.nobody:
        from grader.worker import privileges

        privileges.become_nobody()
    result = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the kernel prints there
    _limit()
    place = Path(options.folder)
    place.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        archive.extractall(place, filter="data")
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    json.dump(run(place / options.notebook, options.timeout), result)
    result.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nobody", action="store_true", help="give up being root first")
    parser.add_argument("--timeout", type=float, required=True, help="seconds for all cells")
    parser.add_argument("folder", help="where to unpack")
    parser.add_argument("notebook", help="its path in there")
    return parser.parse_args()


def _limit() -> None:
    for kind, value in (
        (resource.RLIMIT_AS, _MEMORY_MB * 2**20),
        (resource.RLIMIT_FSIZE, _FILE_MB * 2**20),
        (resource.RLIMIT_NPROC, _PROCESSES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))


def run(path: Path, timeout_s: float) -> dict[str, Any]:
    """Run all cells of a notebook in a new kernel.

    Returns
    -------
    dict
        ``notebook``: the notebook with its outputs, as text. ``end``: done, error, timeout, died or
        unreadable. ``cell``: the number of the cell it stopped in, from 1, or null. ``said``: what
        there is to say about it. ``ran``: how many code cells ran to their end. ``left_out``:
        whether outputs were.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    nbformat: Any = importlib.import_module("nbformat")  # of which mypy knows too little
    made: dict[str, Any] = {"cell": None, "said": "", "ran": 0, "left_out": False}
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises whatever a file of another form leads to
        return made | {"notebook": None, "end": "unreadable", "said": str(error)[:500]}
    client = _client(notebook, path.parent, timeout_s)
    end = "done"
    try:
        client.execute()
    except CellExecutionError as error:
        end, made["said"] = "error", f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        end = "timeout"
    except (DeadKernelError, RuntimeError) as error:
        end, made["said"] = "died", str(error)[:500]
    return made | {
        "notebook": nbformat.writes(notebook),
        "end": end,
        "cell": client.at if end != "done" else None,
        "ran": client.ran,
        "left_out": client.room < 0,
    }


_OUTPUTS: Final = ("stream", "display_data", "execute_result", "update_display_data")


def _client(notebook: Any, folder: Path, timeout_s: float) -> Any:
    from nbclient import NotebookClient
    from traitlets.config import Config

    deadline = time.monotonic() + timeout_s

    class Client(NotebookClient):
        """Knows where it is, and keeps outputs within bounds."""

        at: int | None = None
        ran = 0
        room = _OUTPUT_BYTES

        def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
            self.room -= _size(msg.get("content"))
            if self.room < 0 and msg.get("msg_type") in _OUTPUTS:
                return None
            return super().process_message(msg, cell, cell_index)

    def note(cell: Any, cell_index: int, **_: Any) -> None:
        client.at = cell_index + 1

    def count(execute_reply: Any = None, **_: Any) -> None:
        client.ran += bool(execute_reply and execute_reply["content"]["status"] == "ok")

    sockets = Path(tempfile.mkdtemp(prefix="kernel-")) / "socket"
    manager = {"transport": "ipc", "ip": str(sockets)}  # no port that others could reach
    config = Config({"KernelManager": manager})
    client = Client(
        notebook,
        config=config,
        kernel_name="python3",
        timeout_func=lambda _cell: max(1, round(deadline - time.monotonic())),
        resources={"metadata": {"path": str(folder)}},
        on_cell_execute=note,
        on_cell_executed=count,
    )
    return client


def _size(content: Any) -> int:
    """About how many characters a message holds."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return sum(map(_size, content)) if isinstance(content, list) else 0


if __name__ == "__main__":
    main()
