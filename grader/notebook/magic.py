"""What ``%load_ext grader`` brings: ``%unit``, ``%grade``, and :func:`grader.check`."""

import ast
import contextlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from IPython.core.error import UsageError
from IPython.core.getipython import get_ipython
from IPython.display import display

from grader.batch.ipynb.magics import to_python
from grader.manifest import Manifest, ManifestError, load_manifest
from grader.notebook.history import History, bound
from grader.notebook.locate import NotFoundError, find_assignment
from grader.scores import Score

_EVENT: Final = "post_run_cell"
_MAX_SEED: Final = 2**63
GRADE_HELP: Final = """Check what the notebook has defined, with the public checks.

    %grade                     every task of the notebook's unit
    %grade encoder             one task
    %grade encoder decoder     some of them
    %grade encoder --seed 7    with the random numbers of an earlier run
"""
UNIT_HELP: Final = (
    """Say which unit of the assignment this notebook is about, such as: %unit mnist"""
)


class Interrupted(KeyboardInterrupt):  # an interruption is no error
    """Somebody has stopped a check; the notebook is as it was."""

    def _render_traceback_(self) -> list[str]:
        return ["Interrupted: nothing was graded, and the notebook is as it was."]


class Extension:
    """One kernel's magics, and what it knows of the assignment.

    Parameters
    ----------
    shell
        The kernel's ``InteractiveShell``.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.history = History(shell)
        self.unit: str | None = None
        self._root: Path | None = None

    def load(self) -> None:
        """Register magics and listen to the cells."""
        self.shell.register_magic_function(self.magic_grade, "line", "grade")
        self.shell.register_magic_function(self.magic_unit, "line", "unit")
        self.shell.events.register(_EVENT, self.history.note_end)

    def unload(self) -> None:
        """Take all of it back."""
        for name in ("grade", "unit"):
            self.shell.magics_manager.magics["line"].pop(name, None)
        with contextlib.suppress(ValueError):
            self.shell.events.unregister(_EVENT, self.history.note_end)

    def magic_unit(self, line: str) -> None:
        """Run ``%unit NAME``."""
        root, manifest = self.assignment()
        name = line.strip()
        found = next((unit for unit in manifest.units if unit.id == name), None)
        if found is None:
            known = ", ".join(unit.id for unit in manifest.units)
            raise UsageError(f"%unit: there is no unit {name!r}; the units are {known}")
        self.unit = name
        self._lend_file(root / found.module)

    def magic_grade(self, line: str) -> None:
        """Run ``%grade TASK... [--seed N]``."""
        tasks, seed = _arguments(line)
        self.check(tasks, seed)

    def check(self, tasks: Sequence[str], seed: int | None = None) -> Score:
        """Grade tasks of the notebook and display the score; see :func:`grader.check`."""
        root, manifest = self.assignment()
        tasks = self._tasks(tasks, manifest)
        # These load pytest and torch, which a kernel that grades nothing needs not.
        from grader.notebook.inprocess import NotGradedError, grade
        from grader.notebook.show import bundle, placed
        from grader.notebook.submission import submission

        made = submission(root, manifest, self.history, self.unit, tasks)
        with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as scratch:
            place = Path(scratch).resolve()
            folder = _write(place, manifest, root, made.files)
            try:
                graded = grade(root, folder, tasks, seed, place)
            except KeyboardInterrupt:
                raise Interrupted from None
            except NotGradedError as error:
                raise UsageError(f"%grade: {error}") from None
        graded.score.tasks = placed(graded.score.tasks, made.made)
        shown = bundle(graded, made.notes)
        display(shown, raw=True)  # type: ignore[no-untyped-call]  # IPython leaves it untyped
        return graded.score

    def assignment(self) -> tuple[Path, Manifest]:
        """The assignment around the notebook; UsageError where there is none."""
        try:
            self._root = self._root or find_assignment(Path.cwd())
            return self._root, load_manifest(self._root)
        except (NotFoundError, ManifestError) as error:
            raise UsageError(str(error)) from None

    def _tasks(self, names: Sequence[str], manifest: Manifest) -> list[str]:
        """The tasks that are asked for; of the notebook's unit where none is named."""
        known = manifest.task_ids()
        for name in names:
            if name not in known:
                raise UsageError(
                    f"%grade: there is no task {name!r}; the tasks are {', '.join(known)}"
                )
        if names:
            return list(dict.fromkeys(names))
        here = {task.id: unit.id for unit, task in manifest.tasks}
        if self.unit is not None:
            return [task for task, unit in here.items() if unit == self.unit]
        begun = self._units_begun(manifest)
        if not begun:
            units = ", ".join(unit.id for unit in manifest.units)
            raise UsageError(
                f"%grade: nothing is defined yet that belongs to a unit; run the cells above, name "
                f"a task ({', '.join(known)}), or say with %unit which of {units} this is"
            )
        return [task for task, unit in here.items() if unit in begun]

    def _units_begun(self, manifest: Manifest) -> set[str]:
        """Units of which the notebook itself defines something."""
        begun = set()
        root, _ = self.assignment()
        for unit in manifest.units:
            try:
                source = (root / unit.module).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            names = [name for node in to_python(source).tree.body for name in bound(node)]
            values = (self.history.namespace.get(name) for name in names)
            if any(getattr(value, "__module__", None) == "__main__" for value in values):
                begun.add(unit.id)
        return begun

    def _lend_file(self, module: Path) -> None:
        """Where a module asks for ``__file__``, say in the notebook what it would be there."""
        try:
            tree = ast.parse(module.read_bytes())
        except (OSError, SyntaxError, ValueError):
            return
        if any(isinstance(node, ast.Name) and node.id == "__file__" for node in ast.walk(tree)):
            self.shell.user_ns.setdefault("__file__", str(module))


def _arguments(line: str) -> tuple[list[str], int | None]:
    words = line.replace("--seed=", "--seed ").split()
    seed = None
    if "--seed" in words:
        at = words.index("--seed")
        text = words[at + 1] if at + 1 < len(words) else ""
        if not (text.isascii() and text.isdigit() and int(text) < _MAX_SEED):
            raise UsageError(f"%grade: --seed {text}: must be a whole number from 0 to 2^63 - 1")
        seed = int(text)
        del words[at : at + 2]
    options = [word for word in words if word.startswith("-")]
    if options:
        raise UsageError(f"%grade: there is no option {options[0]}; {GRADE_HELP}")
    return words, seed


def _write(place: Path, manifest: Manifest, root: Path, files: dict[str, bytes]) -> Path:
    """Lay files out like the assignment's folder, with the data where code looks for it."""
    folder = place / "work" / root.name
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if manifest.data is not None:
        data = (root / manifest.data).resolve()
        link = (folder / manifest.data).resolve()
        if data.is_dir() and link.parent == place / "work":
            with contextlib.suppress(OSError):  # Windows allows links to few people
                link.symlink_to(data, target_is_directory=True)
    return folder


_loaded: "WeakKeyDictionary[Any, Extension]" = WeakKeyDictionary()


def load(shell: Any) -> Extension:
    """Load the extension into a kernel, once; the extension."""
    if shell not in _loaded:
        _loaded[shell] = Extension(shell)
        _loaded[shell].load()
    return _loaded[shell]


def unload(shell: Any) -> None:
    """Take it out again."""
    extension = _loaded.pop(shell, None)
    if extension is not None:
        extension.unload()


def check(tasks: Sequence[str], seed: int | None = None) -> None:
    """See :func:`grader.check`."""
    shell = get_ipython()
    if shell is None:
        raise RuntimeError(
            "grader.check works in a notebook; here, run: pytest assignment "
            + " ".join(f"--task {task}" for task in tasks)
        )
    load(shell).check(tasks, seed)
