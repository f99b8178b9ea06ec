"""Lets ``import torchvision`` succeed beside a CPU build of torch.

torchvision's wheels on the package index are built for CUDA. Beside a torch without CUDA their
compiled operators cannot be loaded, and then ``import torchvision`` itself fails with ``operator
torchvision::nms does not exist``: it registers shape rules for two operators that nobody has
declared. Declaring those two is enough for data sets and transforms; the operators themselves
(used by object detection) stay unavailable.

Import this module before torchvision. Where torchvision is whole (CUDA builds, macOS, Windows) it
does nothing.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Final

import torch

_SCHEMAS: Final = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_declared: list[torch.library.Library] = []  # a declaration ends when its library is collected


def ensure() -> None:
    """Declare the operators that torchvision's import asks for, if nothing else does."""
    if _declared or "torchvision" in sys.modules or not _needed():
        return
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)
    _declared.append(library)


def _needed() -> bool:
    """Whether torch is a CPU build and torchvision's compiled part cannot be loaded into it."""
    if torch.version.cuda is not None or torch.version.hip is not None:
        return False
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    folder = Path(spec.origin).parent
    for compiled in [*folder.glob("_C*.so"), *folder.glob("_C*.pyd")]:
        try:
            torch.ops.load_library(str(compiled))  # what torchvision's import does as well
        except OSError:
            return True
        return False
    return True


ensure()
