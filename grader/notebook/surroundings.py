"""Keeps a grading inside a kernel from leaving anything behind, and from being swayed by it.

While it lasts, what a fresh Python would have is there; afterwards everything is as it was.
"""

import builtins
import contextlib
import gc
import os
import random
import signal
import sys
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_OF_KERNELS: Final = ("display", "get_ipython")
"""Names that a kernel adds to those built in; a module of a submission has none of them."""
_SIGNALS: Final = ("SIGINT", "SIGALRM")
_STREAMS: Final = ("stdin", "stdout", "stderr", "displayhook", "excepthook")
_PLAIN: Final = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_TIMEOUT")


@contextlib.contextmanager
def undisturbed(folder: Path, own: tuple[Path, ...]) -> Iterator[None]:
    """Put everything back that code may change, whatever happens inside.

    Parameters
    ----------
    folder
        The current folder inside.
    own
        Folders whose modules are forgotten afterwards.
    """
    with contextlib.ExitStack() as stack:
        for part in (
            _process(folder),
            _modules(own),
            plain_builtins(),
            _signals(),
            _generators(),
            _matplotlib(),
            _torch(),
            _collector(),
            warnings.catch_warnings(),
        ):
            stack.enter_context(part)
        yield


@contextlib.contextmanager
def _process(folder: Path) -> Iterator[None]:
    here = os.getcwd()  # noqa: PTH109  # for chdir
    environment = dict(os.environ)
    streams = {name: getattr(sys, name) for name in _STREAMS}
    limit = sys.getrecursionlimit()
    for name in _PLAIN:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # other plugins have no say in a score
    os.chdir(folder)
    try:
        yield
    finally:
        for name, stream in streams.items():
            setattr(sys, name, stream)
        sys.setrecursionlimit(limit)
        for name in os.environ.keys() - environment.keys():
            del os.environ[name]
        os.environ.update(environment)
        os.chdir(here)


@contextlib.contextmanager
def _modules(own: tuple[Path, ...]) -> Iterator[None]:
    """Forget what was imported from some folders; libraries that were loaded stay."""
    before, path, hooks = dict(sys.modules), list(sys.path), list(sys.meta_path)
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            if name not in before and _lies_in(module, own):
                del sys.modules[name]
        sys.modules.update(before)
        sys.path[:] = path
        sys.meta_path[:] = hooks


def _lies_in(module: ModuleType, folders: tuple[Path, ...]) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and any(Path(file).is_relative_to(folder) for folder in folders)


@contextlib.contextmanager
def plain_builtins() -> Iterator[None]:
    """Names of the kernel's are gone, and nobody is asked for input in the middle of a check.

    Libraries that look for such a name, as rich does before it prints, see a plain Python then.
    """
    space: dict[str, Any] = vars(builtins)
    before = dict(space)
    for name in _OF_KERNELS:
        space.pop(name, None)
    space["input"] = _refuse_input
    try:
        yield
    finally:
        for name in space.keys() - before.keys():
            del space[name]
        space.update(before)


def _refuse_input(prompt: object = "") -> str:
    # In pytest's own words, so that a message is the same here and there.
    raise OSError("pytest: reading from stdin while output is captured!  Consider using `-s`.")


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    main = threading.current_thread() is threading.main_thread()
    numbers = [getattr(signal, name) for name in _SIGNALS if main and hasattr(signal, name)]
    handlers = [(number, signal.getsignal(number)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in handlers:
            if handler is not None:  # None: installed from outside Python
                signal.signal(number, handler)


@contextlib.contextmanager
def _generators() -> Iterator[None]:
    import numpy as np

    plain, arrays = random.getstate(), np.random.get_state()
    printing = np.get_printoptions()
    try:
        with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            yield
    finally:
        np.set_printoptions(**printing)
        random.setstate(plain)
        np.random.set_state(arrays)


@contextlib.contextmanager
def _matplotlib() -> Iterator[None]:
    """Figures of the notebook are out of reach, and none that a check makes remains open."""
    import matplotlib as mpl
    from matplotlib._pylab_helpers import Gcf

    figures = Gcf.figs
    Gcf.figs = OrderedDict()
    try:
        with mpl.rc_context():
            mpl.rc_file_defaults()
            yield
    finally:
        Gcf.destroy_all()
        Gcf.figs = figures


@contextlib.contextmanager
def _torch() -> Iterator[None]:
    import torch

    dtype, device = torch.get_default_dtype(), torch.get_default_device()
    threads = torch.get_num_threads()
    deterministic = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(), torch.enable_grad():
        torch.set_default_dtype(torch.float32)
        if device.type != "cpu":
            torch.set_default_device(None)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            if torch.get_default_device() != device:
                torch.set_default_device(device)
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(deterministic)


@contextlib.contextmanager
def _collector() -> Iterator[None]:
    """A grading hides all objects from the garbage collector, which a kernel needs again."""
    threshold = gc.get_threshold()
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.unfreeze()
