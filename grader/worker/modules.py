"""Imports the modules of one folder by their own names, and forgets them again."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from grader import torchvision_cpu


class ModuleFolder:
    """The modules of one folder, such as a submission or the reference.

    Two folders whose modules have the same names can be used in one process: while a folder
    imports, the other's modules are out of ``sys.modules`` and come back afterwards, which is when
    :meth:`forget` is called if the folder is resident.

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
        packages = {path.parent.name for path in self._folder.glob("*/__init__.py")}
        self._names = {path.stem for path in self._folder.glob("*.py")} | packages
        self._packages = bool(packages)
        self._loaded: dict[str, ModuleType] = {}
        self._displaced: dict[str, ModuleType] = {}

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
        if self._resident:
            late = {key: module for key, module in others.items() if self._owns(key, module)}
            if not self._loaded:
                self._displaced |= {k: m for k, m in others.items() if k not in late}
            self._loaded |= late
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
        present = self._take_out()
        sys.modules.update({k: m for k, m in present.items() if not self._owns(k, m)})
        for name, module in self._displaced.items():
            sys.modules.setdefault(name, module)
        self._loaded.clear()
        self._displaced.clear()
        while self._resident and str(self._folder) in sys.path:
            sys.path.remove(str(self._folder))

    def _owns(self, name: str, module: ModuleType) -> bool:
        """Whether a module is this folder's: loaded here, or imported late by one that was."""
        if self._loaded.get(name) is module:
            return True
        file = getattr(module, "__file__", None)
        if not isinstance(file, str):
            return False
        place = self._folder / name.partition(".")[0]
        return Path(file) == place.with_suffix(".py") or Path(file).is_relative_to(place)

    def _take_out(self) -> dict[str, ModuleType]:
        """Remove and return every imported module that has a name of this folder's.

        In a fork, looking at every name there is would copy the memory that it lies in, so that is
        done only where a module of a package may be among them.
        """
        names = [name for name in self._names if name in sys.modules]
        if self._packages or any(
            "__path__" in getattr(sys.modules[name], "__dict__", ()) for name in names
        ):
            names = [name for name in sys.modules if name.partition(".")[0] in self._names]
        return {name: sys.modules.pop(name) for name in names}
