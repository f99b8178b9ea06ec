"""Says what a released assignment consists of: a list of what goes in, never of what stays out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.manifest import MANIFEST_NAME, Manifest, load_manifest
from grader.release.archive import files_beside
from grader.release.chosen import chosen_checks, chosen_pictures, chosen_sheet
from grader.release.errors import ReleaseError
from grader.release.folders import is_source, list_files, read
from grader.release.imports import import_stubs
from grader.release.leaks import refuse_leaks
from grader.release.stub import Stub, cut

EXERCISE_SHEET = "README.md"
_SINGLE_FILES = (MANIFEST_NAME, EXERCISE_SHEET, "pytest.ini")
_SHARED_BY_CHECKS = "checks/conftest.py"
_CHECKS = frozenset(
    (".py", ".ini", ".toml", ".json", ".csv", ".txt", ".md", ".npy", ".npz", ".png", ".svg")
)
_PICTURES = frozenset((".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"))


@dataclass(frozen=True)
class Built:
    """A release in memory.

    ``files`` holds the assignment folder by path inside it, sorted; ``extras`` what the student
    zip holds beside that folder, by path from the zip's root.
    """

    manifest: Manifest
    files: dict[str, bytes]
    extras: dict[str, bytes]


def build(solution: Path, name: str, say: Callable[[str], None] = lambda line: None) -> Built:
    """Build a release from a solution, in memory, and make sure that it can be handed out.

    Parameters
    ----------
    solution
        The solution's folder.
    name
        The name of the assignment's folder in the zip.
    say
        Told what goes on, one line at a time.

    Raises
    ------
    ReleaseError
        Markers are broken, a file is missing or of no kind that is released, a stub does not
        import, or something hidden would be handed out.
    ManifestError
        ``assignment.toml`` is missing or wrong.
    """
    from grader.notebook.build import notebooks  # which is made of parts of this package

    if not solution.is_dir():
        raise ReleaseError(f"{solution}: is no folder; name the solution with --solution")
    manifest = load_manifest(solution)
    say(f"cutting {len(manifest.units)} units of {solution}")
    stubs = _cut_units(solution, manifest)
    files = {module: stub.content for module, stub in stubs.items()}
    files |= {name: read(solution / name) for name in _SINGLE_FILES}
    files |= _sheet_and_pictures(solution, manifest, files[EXERCISE_SHEET])
    checks = chosen_checks(_folder(solution / "checks" / "public", "checks", _CHECKS), manifest)
    if not checks:
        raise ReleaseError(f"{solution / 'checks' / 'public'}: holds no check; students need some")
    if (solution / _SHARED_BY_CHECKS).is_file():
        checks[_SHARED_BY_CHECKS] = read(solution / _SHARED_BY_CHECKS)
    files |= notebooks(manifest, stubs, files, name)
    files = dict(sorted((files | checks).items()))
    extras = files_beside(solution, name, manifest, sheet=files[EXERCISE_SHEET])
    if manifest.data is not None and not (solution / manifest.data).is_dir():
        say(f"there is no {solution / manifest.data}: the zip holds no data")
    say("looking for leaks")
    refuse_leaks(solution, stubs, files, extras)
    say("importing the stubs")
    import_stubs(files, stubs)
    return Built(manifest, files, extras)


def _cut_units(solution: Path, manifest: Manifest) -> dict[str, Stub]:
    stubs: dict[str, Stub] = {}
    for unit in manifest.units:
        path = solution / unit.module
        tasks = [task.id for task in unit.tasks]
        stubs[unit.module] = cut(path.as_posix(), read(path), tasks)
    return stubs


def _sheet_and_pictures(solution: Path, manifest: Manifest, sheet: bytes) -> dict[str, bytes]:
    whole = sheet.decode("utf-8", "surrogateescape")
    chosen = chosen_sheet(whole, manifest)
    pictures = _folder(solution / "pictures", "pictures", _PICTURES)
    return {
        EXERCISE_SHEET: chosen.encode("utf-8", "surrogateescape"),
        **chosen_pictures(pictures, chosen, whole),
    }


def _folder(folder: Path, target: str, suffixes: frozenset[str]) -> dict[str, bytes]:
    """Read the files below a folder, to stand under ``target``; refuse unknown kinds."""
    if folder.is_symlink():
        raise ReleaseError(f"{folder}: is a symbolic link; put the folder itself there")
    files = {}
    for name, path in list_files(folder, is_source).items():
        if path.suffix not in suffixes:
            kinds = " ".join(sorted(suffixes))
            raise ReleaseError(f"{path}: is of no kind that is released ({kinds}); remove it")
        files[f"{target}/{name}"] = read(path)
    return files
