"""Lets ``import torchvision`` succeed beside a CPU build of torch.

torchvision's Linux wheels on the package index are built for CUDA. Beside a torch without CUDA
their compiled operators cannot be loaded, and then ``import torchvision`` itself fails with
``operator torchvision::nms does not exist``: it registers shape rules for two operators that nobody
has declared. Declaring those two is enough for data sets and transforms; the operators themselves
(used by object detection) stay unavailable.

Import this module before torchvision. Where torchvision is whole (CUDA builds, a matching CPU
build, macOS, Windows) it declares nothing. It never imports torchvision: it tries to load the
compiled part, as torchvision's own import will. That takes a few milliseconds.
"""

import importlib.util
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from pathlib import Path
from typing import Final

import torch
from torch import library

_SCHEMAS: Final = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_declared: list[library.Library] = []  # a declaration ends when its object is collected


def ensure() -> None:
    """Declare the operators that torchvision's import asks for, if nothing else does."""
    if not _missing() or not _needed():
        return
    declared = library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]  # torch leaves it untyped
    for schema in _missing().values():
        declared.define(schema)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    _declared.append(declared)


def _missing() -> dict[str, str]:
    """The schemas, by name, of the operators that torch does not know yet."""
    known = torch.ops.torchvision
    return {name: schema for name, schema in _SCHEMAS.items() if not hasattr(known, name)}


def _needed() -> bool:
    """Whether torch is a CPU build and torchvision's compiled part cannot be loaded into it.

    As a side effect, a part that can be loaded is loaded, and declares its own operators.
    """
    # Elsewhere the wheels of both packages are CPU builds. On Windows torchvision's import also
    # adds a DLL folder before it loads: what fails here might succeed there, and declare twice.
    if sys.platform != "linux":
        return False
    if torch.version.cuda is not None or torch.version.hip is not None:
        return False
    package = importlib.util.find_spec("torchvision")
    if package is None or package.origin is None:
        return False
    folder = Path(package.origin).parent
    # The same search for a file named _C as in torchvision's own import.
    finder = FileFinder(str(folder), (ExtensionFileLoader, EXTENSION_SUFFIXES))
    compiled = finder.find_spec("_C")
    if compiled is None or compiled.origin is None:
        return True
    try:
        torch.ops.load_library(compiled.origin)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    except OSError:
        return True
    return False


ensure()
