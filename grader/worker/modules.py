"""Imports the modules of one folder by their own names, and forgets them again."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from grader import torchvision_cpu


class ModuleFolder:
    """The modules of one folder, such as a submission or the reference.

    Two folders whose modules have the same names can be used in one process: while a folder
    imports, the other's modules are out of ``sys.modules`` and come back afterwards.

    Parameters
    ----------
    folder
        Where the modules lie.
    resident
        Whether the folder stays on the import path and its modules in ``sys.modules`` until
        :meth:`forget`. Student code needs that: it may import a neighbour inside a function.
    """

    def __init__(self, folder: Path, *, resident: bool) -> None:
        self._folder = folder.resolve()
        self._resident = resident
        self._names = {path.stem for path in self._folder.glob("*.py")} | {
            path.parent.name for path in self._folder.glob("*/__init__.py")
        }
        self._loaded: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        """Import a module of the folder, once.

        Raises
        ------
        ModuleNotFoundError
            The folder has no such module.
        BaseException
            Whatever the module raises while it is imported.
        """
        if name in self._loaded:
            return self._loaded[name]
        if name not in self._names:
            raise ModuleNotFoundError(f"there is no file {name}.py", name=name)
        torchvision_cpu.ensure()
        others = self._take_out()
        sys.modules.update(self._loaded)
        sys.path.insert(0, str(self._folder))
        importlib.invalidate_caches()
        try:
            importlib.import_module(name)
        finally:
            self._loaded = self._take_out()
            if self._resident:
                sys.modules.update(self._loaded)
            else:
                sys.path.remove(str(self._folder))
                sys.modules.update(others)
        return self._loaded[name]

    def forget(self) -> None:
        """Drop every module of the folder, and take the folder off the import path."""
        for name, module in self._loaded.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        self._loaded.clear()
        while self._resident and str(self._folder) in sys.path:
            sys.path.remove(str(self._folder))

    def _take_out(self) -> dict[str, ModuleType]:
        """Remove and return every imported module that has a name of this folder's."""
        names = [name for name in sys.modules if name.partition(".")[0] in self._names]
        return {name: sys.modules.pop(name) for name in names}
