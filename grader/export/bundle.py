"""The zip from which Gradescope builds an autograder.

The platform unpacks it into ``/autograder/source``, runs ``setup.sh`` once and ``run_autograder``
for every submission, which lies in ``/autograder/submission``
(https://gradescope-autograders.readthedocs.io/en/latest/specs/).
"""

import io
import os
import shlex
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

from packaging.requirements import Requirement

import grader
from grader.export.records import ExportError
from grader.manifest import load_manifest
from grader.release.errors import ReleaseError
from grader.release.folders import is_source, list_files, read

DISTRIBUTION: Final = "autoencoder-grader"
Sandbox = Literal["auto", "require", "none"]

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_INDEX: Final = "https://download.pytorch.org/whl/cpu"
_FULL_DATA: Final = "full"

_SETUP: Final = """\
#!/usr/bin/env bash
# Run once, when the platform builds the image. AUTOGRADER_BASE and GRADER_VENV are for tests.
set -euo pipefail
base="${AUTOGRADER_BASE:-/autograder}"
venv="${GRADER_VENV:-/opt/grader}"

if [ ! -x "$venv/bin/python" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends bubblewrap libseccomp2
    python=""
    for version in 3.13 3.12 3.11; do
        if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
            python="python$version"
            break
        fi
    done
    [ -n "$python" ] || { echo "no Python 3.11 to 3.13 here: choose a newer base image"; exit 1; }
    "$python" -m venv "$venv"
fi
"$venv/bin/python" -m pip install --no-cache-dir -r "$base/source/requirements.txt"
packages="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
cp -r "$base/source/package/." "$packages/"
chmod -R a+rX "$packages/grader"
chmod -R a+rX "$base/source"
chmod -R go-rwx "$base/source/"@SOLUTION@
"$venv/bin/python" -m grader doctor || true
"""

_RUN: Final = """\
#!/usr/bin/env bash
# Run for every submission. Without results.json the platform says that the autograder failed,
# which is right where a person has to look: it is no zero.
set -uo pipefail
base="${AUTOGRADER_BASE:-/autograder}"
python="${GRADER_VENV:-/opt/grader}/bin/python"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1

killed() {  # processes of this container that ran out of its memory, so far
    cat /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control 2>/dev/null |
        awk '$1 == "oom_kill" { n += $2 } END { print n + 0 }'
}
before="$(killed)"

mkdir -p "$base/results"
rm -f "$base/results/results.json"
"$python" -m grader grade "$base/submission" --solution "$base/source/"@SOLUTION@ \\
    --out "$work/results" --jobs 1 --sandbox @SANDBOX@
status=$?
if [ "$status" -gt 1 ]; then
    exit "$status"
fi
if [ "$(killed)" -gt "$before" ]; then
    echo "The container's memory did not suffice, so these points are not to be trusted: give it"
    echo "more in the autograder's settings, then grade again. Or this submission takes too much."
    exit 3
fi
"$python" -m grader export gradescope "$work/results" --out "$base/results/results.json" \\
    --hidden @HIDDEN@@LEADERBOARD@
"""


def gradescope_zip(
    solution: Path,
    *,
    sandbox: Sandbox = "auto",
    hidden: str = "after_published",
    leaderboard: str | None = None,
) -> bytes:
    """The autograder's zip; the same files and packages give the same bytes.

    Raises
    ------
    ManifestError
        The solution has no good manifest.
    ExportError
        Data lies where the zip cannot hold it, or a package that is needed is not installed here.
    ReleaseError
        A file cannot be read.
    """
    manifest = load_manifest(solution)
    solution = solution.resolve()
    files = _below(solution, solution.name)
    if manifest.data is not None:
        place = os.path.normpath(f"{solution.name}/{manifest.data}")
        if place.startswith(("..", "/")) or place in (".", solution.name, "package"):
            raise ExportError(
                f"data: {manifest.data!r} must lie beside the solution or in it, so that the zip "
                "can hold it"
            )
        files |= _below(solution / manifest.data, place)
    package = Path(grader.__file__).parent
    files |= _below(package, "package/grader")
    files |= _metadata()
    files["requirements.txt"] = "\n".join(_pins()).encode() + b"\n"
    name = shlex.quote(solution.name)
    setup = _SETUP.replace("@SOLUTION@", name)
    run = _RUN.replace("@SOLUTION@", name).replace("@SANDBOX@", sandbox)
    board = f" --leaderboard {shlex.quote(leaderboard)}" if leaderboard else ""
    run = run.replace("@HIDDEN@", hidden).replace("@LEADERBOARD@", board)
    return _zipped(files, {"setup.sh": setup.encode(), "run_autograder": run.encode()})


def _below(folder: Path, place: str) -> dict[str, bytes]:
    def keep(name: str) -> bool:
        return is_source(name) and name != _FULL_DATA

    found = {f"{place}/{name}": read(path) for name, path in list_files(folder, keep).items()}
    if not found:
        raise ReleaseError(f"{folder}: holds no files")
    return found


def _metadata() -> dict[str, bytes]:
    """What tells Python of the package: its version, and pytest of the plugin."""
    distribution = metadata.distribution(DISTRIBUTION)
    place = f"package/{DISTRIBUTION.replace('-', '_')}-{distribution.version}.dist-info"
    texts = {
        "METADATA": distribution.read_text("METADATA") or distribution.read_text("PKG-INFO"),
        "entry_points.txt": distribution.read_text("entry_points.txt"),
    }
    if not all(texts.values()):
        raise ExportError(f"{DISTRIBUTION} is not installed here as a whole; pip install it again")
    return {f"{place}/{name}": text.encode() for name, text in texts.items() if text}


def _pins() -> Iterator[str]:
    """Every package that is needed, at the version that is installed here."""
    yield f"--extra-index-url {_INDEX}"
    versions: dict[str, str] = {}
    open_ = [DISTRIBUTION]
    while open_:
        for text in metadata.requires(open_.pop()) or []:
            wanted = Requirement(text)
            name = wanted.name.lower().replace("_", "-")
            if name in versions or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
                continue
            try:
                versions[name] = metadata.version(name).partition("+")[0]
            except metadata.PackageNotFoundError as error:
                raise ExportError(
                    f"{wanted.name} is needed and not installed here, so its version cannot be "
                    f"pinned; pip install {wanted.name}"
                ) from error
            open_.append(name)
    yield from (f"{name}=={version}" for name, version in sorted(versions.items()))


def _zipped(files: dict[str, bytes], scripts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted((files | scripts).items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = (0o100755 if name in scripts else 0o100644) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
