"""The tiny assignment released with notebooks, and kernels' shells to work in them."""

import base64
import contextlib
import json
from pathlib import Path

import tiny

from grader.manifest import load_manifest
from grader.notebook.build import notebooks
from grader.release import cut, write_folder

SHEET = """# Ridge regression

Intro, [elsewhere](#install).

## `ridge.py`: by hand

![A line](pictures/line.png) and ![a curve](pictures/curve.svg); see [the data](../data/x.md).

### `solve` (6 points)

Solve `![not a picture](pictures/line.png)` for the weights.

```
## no heading, [no link](pictures/line.png)
```

### `predict` (4 points)

Multiply, see [the install section](#install) and [a site](https://example.org/x).

## See your own results

Not part of any unit.
"""
PNG = base64.b64decode(  # one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>"
STUBBED = '''"""Ridge regression by hand."""

import numpy as np

SCALE = 1.0  # given


def solve(x, y, strength):
    """Weights of ridge regression (task solve)."""
    # TODO solve: a linear system
    # BEGIN SOLUTION solve
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), SCALE * (x.T @ y))
    # END SOLUTION


# Given, too.


def squared(values):
    """The squares."""
    return values**2


def predict(x, weights):
    """Predictions (task predict)."""
    # TODO predict: a product
    # BEGIN SOLUTION predict
    return x @ weights
    # END SOLUTION
'''


def solution(root: Path, **files: str) -> Path:
    """Write the solution below `root`; `files` as in :func:`tiny.write`."""
    files = {"ridge.py": STUBBED, "README.md": SHEET, "assignment.toml": MANIFEST} | files
    folder = tiny.write(root / "solution", **files)
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / "line.png").write_bytes(PNG)
    (pictures / "curve.svg").write_text(SVG)
    return folder


MANIFEST = f"{tiny.MANIFEST}\n[notebook]\n"


def parts(root: Path, **files: str) -> dict[str, bytes]:
    """What a release consists of, without the proof that its stubs can be imported."""
    folder = solution(root, **files)
    manifest = load_manifest(folder)
    stubs = {
        unit.module: cut(
            unit.module, (folder / unit.module).read_bytes(), [task.id for task in unit.tasks]
        )
        for unit in manifest.units
    }
    found = {module: stub.content for module, stub in stubs.items()}
    names = ["assignment.toml", "README.md", "pytest.ini", "pictures/line.png"]
    found |= {name: (folder / name).read_bytes() for name in [*names, "pictures/curve.svg"]}
    checks = (folder / "checks" / "public").iterdir()
    found |= {f"checks/{path.name}": path.read_bytes() for path in checks}
    return found | notebooks(manifest, stubs, found, "assignment")


def release(root: Path, **files: str) -> Path:
    """Write the released assignment; its folder."""
    write_folder(root / "assignment", parts(root, **files))
    return root / "assignment"


def cells(assignment: Path, unit: str = "ridge") -> dict[str, str]:
    """Sources of a notebook's cells by id."""
    notebook = json.loads((assignment / "notebooks" / f"{unit}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


@contextlib.contextmanager
def shell(folder: Path):
    """An IPython shell that is in a folder, with what it displays kept in ``shell.shown``."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.clear_instance()
    made = InteractiveShell.instance()
    made.history_manager.enabled = False
    made.shown = []
    made.said = ""

    def run(source):
        with capture_output() as kept:
            result = made.run_cell(source, store_history=True)
        made.shown += [output.data for output in kept.outputs]
        made.said = kept.stdout + kept.stderr
        return result

    made.run = run
    try:
        with contextlib.chdir(folder):
            yield made
    finally:
        made.run_line_magic("unload_ext", "grader")
        InteractiveShell.clear_instance()
