"""Imports the stubs in a process of their own: a stub that does not import is no exercise."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grader
from grader.release.errors import ReleaseError, at
from grader.release.stub import Stub

IMPORT_LIMIT_S = 60.0
"""Wall-clock seconds for importing all stubs, torch included (1 to 3 s on a warm machine)."""

_PROGRAM = """
import contextlib, importlib, importlib.util, json, sys, traceback
folder, package_root, report, compat, *modules = sys.argv[1:]
sys.path.append(package_root)
if compat and importlib.util.find_spec(compat):
    with contextlib.suppress(ImportError):
        importlib.import_module(compat)
sys.path.insert(0, folder)
with open(report, "w", encoding="utf-8") as out:
    for name in modules:
        print(json.dumps({"module": name}), file=out, flush=True)
        try:
            found = getattr(importlib.import_module(name), "__file__", None)
            if found is None or not found.startswith(folder):
                raise ImportError(f"the name {name!r} belongs to another module, {found}")
        except BaseException as error:
            frames = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
            failure = {"module": name, "error": f"{type(error).__name__}: {error}"}
            print(json.dumps(failure | {"frames": frames}), file=out, flush=True)
            break
    else:
        print(json.dumps({"module": None}), file=out, flush=True)
"""


def import_stubs(
    files: Mapping[str, bytes], stubs: Mapping[str, Stub], limit_s: float = IMPORT_LIMIT_S
) -> None:
    """Import every stub, in one fresh process and a temporary copy of the release.

    Parameters
    ----------
    files
        The release: contents by path inside the assignment folder.
    stubs
        The stub of each unit module by file name, such as ``ridge.py``.
    limit_s
        Wall-clock seconds for all of them together.

    Raises
    ------
    ReleaseError
        One does not import within the limit; the message names the solution's file and line.
    """
    with tempfile.TemporaryDirectory(prefix="grader-release-") as scratch:
        root = Path(scratch).resolve()
        folder, report = root / "assignment", root / "report"
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        expired = _run(folder, report, stubs, limit_s)
        _judge(folder, report, stubs, f"more than {limit_s:g} s" if expired else None)


def _run(folder: Path, report: Path, stubs: Mapping[str, Stub], limit_s: float) -> bool:
    """Run the imports; True if they had to be stopped at the limit."""
    needs_torchvision = any(b"torchvision" in stub.content for stub in stubs.values())
    arguments = [
        str(folder),
        str(Path(grader.__file__).parents[1]),
        str(report),
        "grader.torchvision_cpu" if needs_torchvision else "",
        *(name.removesuffix(".py") for name in stubs),
    ]
    try:
        subprocess.run(
            [sys.executable, "-E", "-P", "-B", "-W", "ignore", "-c", _PROGRAM, *arguments],
            cwd=folder,
            env=os.environ | {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return False


def _judge(folder: Path, report: Path, stubs: Mapping[str, Stub], expired: str | None) -> None:
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    last: dict[str, Any] = json.loads(text.splitlines()[-1]) if text else {}
    if not last:
        raise ReleaseError(f"the stubs could not be imported: {sys.executable} did not get there")
    if last["module"] is None:
        return
    module = f"{last['module']}.py"
    stub = stubs[module]
    if expired:
        raise at(stub.path, 1, f"importing the stub took {expired}; do no work at import")
    if "error" not in last:
        raise at(stub.path, 1, "importing the stub ended the whole process; do no work at import")
    line = 1
    for filename, number in last["frames"]:
        path = Path(filename)
        if path.parent == folder and path.name in stubs:
            stub, line = stubs[path.name], number
    raise stub.fault(line, f"the stub does not import: {last['error']}")
