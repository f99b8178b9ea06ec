"""From pytest's command line to a grading session."""

import os
import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from grader.judge.diagnosis_transcript import Log
from grader.judge.session import Session
from grader.judge.specs import unknown_task
from grader.manifest import ManifestError, load_manifest
from grader.splicing import VariantError
from grader.variants import load_catalogue


def open_session(config: pytest.Config, root: Path) -> Session:
    """The session that a command line asks for; UsageError for a bad option or manifest."""
    try:
        manifest = load_manifest(root)
        catalogue = load_catalogue(root, manifest)
    except (ManifestError, VariantError) as error:
        raise pytest.UsageError(str(error)) from error
    tasks = config.getoption("task") or manifest.task_ids()
    for name in tasks:
        if name not in manifest.task_ids():
            raise pytest.UsageError(f"--task {name}: {unknown_task(name, manifest)}")
    folder = _folder(config, "submission") or root
    default_data = (root / manifest.data).resolve() if manifest.data else None
    scores_path = Path(config.invocation_params.dir, config.getoption("scores") or "scores.json")
    if not _is_folder(scores_path.parent) or _is_folder(scores_path):
        raise pytest.UsageError(f"--scores {scores_path}: name a file in a folder that exists")
    session = Session(
        root=root,
        manifest=manifest,
        folder=folder,
        data=_folder(config, "data") or default_data,
        scores_path=scores_path,
        seed=_seed(config),
        device=_device(config),
        tasks=tasks,
        catalogue=catalogue,
        log=Log() if catalogue.misconceptions and manifest.limits.diagnosis_s else None,
    )
    if getattr(config.option, "timeout", None) is None:  # pytest-timeout's own option wins
        config.option.timeout = manifest.limits.check_s
    return session


def quieten(config: pytest.Config) -> None:
    """Leave to the table what pytest would say at length, unless the command asked for it.

    This is done here and not in an ini file: which one pytest finds depends on every folder that
    the command names, so ``--submission DIR`` would change it.
    """
    option = config.option
    if option.tbstyle == "auto":
        option.tbstyle = "no"
    if option.reportchars == "fE":  # pytest's default
        option.reportchars = "N"
    option.disable_warnings = True
    option.no_header = True
    if option.verbose == 0:
        option.verbose = -1


def shows_details(config: pytest.Config) -> bool:
    """Whether the command asked for more than the table, such as ``--tb=long`` or ``-rA``."""
    return bool(config.option.tbstyle != "no" or config.option.reportchars != "N")


def refuse_missing(places: list[str], folder: Path) -> None:
    """UsageError for an argument of the command that is no file or folder."""
    for place in places:
        if not (folder / place.partition("::")[0]).exists():
            raise pytest.UsageError(f"{place}: there is no such file or folder")


def is_named(item: pytest.Item, places: list[str], folder: Path) -> bool:
    """Whether a command's arguments, such as ``checks/test_layers.py::test_x``, name a check."""
    for place in places:
        path, _, name = place.partition("::")
        inside = item.path.is_relative_to((folder / path).resolve())
        if inside and (not name or item.name == name or item.name.startswith(f"{name}[")):
            return True
    return False


def broken_file(name: str, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """What is wrong with a file of checks that could not be imported, and in which line."""
    if isinstance(excinfo.value, pytest.Collector.CollectError):  # has pytest's own account of it
        place = re.compile(r"E |\S+\.py:\d+: in ")
        said = [line for line in str(excinfo.value).splitlines() if place.match(line)]
    else:
        last = excinfo.traceback[-1]
        said = [f"{last.path}:{last.lineno + 1}: {excinfo.exconly()}"]
    return "\n".join([f"{name}: this file of checks cannot be imported", *said])


def _folder(config: pytest.Config, option: str) -> Path | None:
    given = config.getoption(option)
    if given is None:
        return None
    folder = Path(config.invocation_params.dir, given)
    if not _is_folder(folder):
        raise pytest.UsageError(f"--{option} {given}: there is no such folder")
    return folder.resolve()


def _is_folder(path: Path) -> bool:
    """Whether a folder lies there; False, too, for what cannot be a path."""
    return os.path.isdir(path)  # noqa: PTH112  # Path.is_dir raises where a name is too long


def _device(config: pytest.Config) -> str:
    wanted: str = config.getoption("device") or "cpu"
    if wanted == "cpu":
        return wanted
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if wanted == "auto":
        return "cpu"
    raise pytest.UsageError(
        "--device cuda: torch finds no graphics processor; see that 'nvidia-smi' lists one and "
        "that torch is a build for CUDA, or leave --device out"
    )


def _seed(config: pytest.Config) -> int:
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is not None:  # a pytest-xdist worker takes the controller's
        return int(workerinput["grader_seed"])
    given = config.getoption("seed")
    if given is None:
        return secrets.randbits(31)
    if not (given.isascii() and given.isdigit() and int(given) < 2**63):
        raise pytest.UsageError(f"--seed {given}: must be a whole number from 0 to 2^63 - 1")
    return int(given)
