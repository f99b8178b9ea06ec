"""The solution with other units switched on than those that it comes with."""

import re
import shutil
from pathlib import Path

SOLUTION = Path(__file__).parents[1] / "solution"


def solution_with(folder: Path, *units: str) -> Path:
    """A copy of the solution in a folder, of which exactly these units are on; its place.

    Units are named as modules are imported, such as ``layers``. The data lie beside the copy.
    """
    place = folder / "solution"
    shutil.copytree(SOLUTION, place, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = place / "assignment.toml"
    manifest.write_text(switched(manifest.read_text(), units))
    shutil.copytree(SOLUTION.parent / "data", folder / "data")
    return place


def switched(manifest: str, units: tuple[str, ...]) -> str:
    """The text of a manifest in which exactly these units are on."""
    manifest = re.sub(r"(?m)^include = .*\n", "", manifest)  # the package is not beside the copy
    head, *blocks = re.split(r"(?m)^\[\[units\]\]\n", manifest)
    left = set(units)
    for number, block in enumerate(blocks):
        module = re.search(r'(?m)^module = "(\w+)\.py"', block)
        assert module is not None, block
        on = str(module[1] in units).lower()
        blocks[number] = f"enabled = {on}\n" + re.sub(r"(?m)^enabled = \w+\n", "", block)
        left.discard(module[1])
    assert not left, f"no unit is called {left}"
    return "[[units]]\n".join([head, *blocks])
