"""Makes what students get from the solution: stubs, public checks and the student zip."""

from grader.release.archive import pack
from grader.release.build import Built, build
from grader.release.check import differences
from grader.release.errors import ReleaseError
from grader.release.place import refuse_bad_targets, write_file, write_folder
from grader.release.stub import Stub, cut

__all__ = [
    "Built",
    "ReleaseError",
    "Stub",
    "build",
    "cut",
    "differences",
    "pack",
    "refuse_bad_targets",
    "write_file",
    "write_folder",
]
