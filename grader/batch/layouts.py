"""Recognises how learning platforms lay out the submissions of a class.

Canvas
    ``name[_LATE]_userid_fileid_filename``, all in one folder; ``LATE_anon_id_fileid_filename``
    where grading is anonymous; ``name_userid_text.html`` and ``_link.html`` for what was typed in.
    Canvas adds ``-1`` to a file's name when the user had handed one in before. Source:
    ``lib/content_zipper.rb`` of instructure/canvas-lms.
Moodle
    ``Full Name_participant_assignsubmission_file_/``, one folder for each kind of submission, or
    the same as a prefix of file names. Source: ``mod/assign/classes/downloader.php`` of moodle.
    It says nothing about time.
Gradescope
    See :mod:`grader.batch.gradescope`.
GitHub Classroom
    ``slug-login/``, clones, in a folder ``slug-submissions`` (``gh classroom clone
    student-repos``). The time of a push is not in them; that of a commit is what the student says.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.batch.candidates import without_suffix
from grader.batch.gradescope import gradescope
from grader.batch.names import shown
from grader.batch.notebooks import stands_for
from grader.batch.parts import Part, of_file, of_folder, of_tree
from grader.batch.submission import Student
from grader.batch.tree import CLUTTER, File, LeftOut, Tree

_CANVAS: Final = re.compile(
    r"(?:(?P<name>\w+?)_)??(?:(?P<late>LATE)_)?(?:(?P<user>\d+)|anon_(?P<anon>[A-Za-z0-9]+))_"
    r"(?:(?P<file>\d+)_(?P<filename>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL | re.IGNORECASE,
)
_MOODLE: Final = re.compile(
    r"(?P<name>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?",
    re.DOTALL,
)


def recognise(tree: Tree, name: str, modules: Sequence[str]) -> list[Part] | None:
    """Recognise a platform's download.

    Parameters
    ----------
    tree
        What the folder or archive holds; the download may lie up to two folders deep in it.
    name
        The name of the folder, or of the archive without its suffix.
    modules
        The assignment's modules: a folder that holds one directly is no download.

    Returns
    -------
    list of Part or None
        Its submissions; None if it is none of these layouts.

    Raises
    ------
    IntakeError
        It is a Gradescope download whose metadata cannot be read.
    """
    for inner, inner_name in _unwrapped(tree, name):
        if any(stands_for(file.base, modules) for file in inner.top_files()):
            return None
        parts = (
            gradescope(inner, name)
            or _moodle(inner)
            or _canvas(inner)
            or _classroom(inner, inner_name)
        )
        if parts:
            return parts
    return None


def _unwrapped(tree: Tree, name: str) -> Iterator[tuple[Tree, str]]:
    yield tree, name
    for _ in range(2):
        folders = tree.top_folders()
        if len(folders) != 1 or tree.top_files():
            return
        name = folders[0]
        tree = tree.split()[name]
        yield tree, name


def _canvas(tree: Tree) -> list[Part] | None:
    parts: dict[str, tuple[Part, Tree]] = {}
    others: dict[str, File | Tree] = {}
    for entry, content in _entries(tree):
        found = _CANVAS.fullmatch(entry)
        if found is None or (found["name"] is None and found["anon"] is None):
            others[entry] = content
            continue
        who = found["user"] or f"anon-{found['anon']}"
        if who not in parts:
            label = f"{found['name']}-{who}" if found["name"] else who
            inner = Tree()
            student = _canvas_student(found)
            part = Part(label, "canvas", of_tree(inner), who, entry, student)
            parts[who] = part, inner
        part, inner = parts[who]
        part.late = part.late or found["late"] is not None
        if found["typed"]:
            inner.left_out.append(LeftOut(entry, "typed in, not a file that was handed in"))
            continue
        _add_upload(inner, found["filename"], content)
        number = without_suffix(found["filename"])[1]
        if number is not None:
            part.attempt = max(part.attempt or 1, number + 1)
    if not parts or len(others) > len(parts):
        return None
    return [part for part, _ in parts.values()] + _others(others) + unusable(tree)


def _entries(tree: Tree) -> list[tuple[str, File | Tree]]:
    """What lies at the top: files, then folders with what is in them."""
    return [*((file.name, file) for file in tree.top_files()), *tree.split().items()]


def _others(entries: dict[str, File | Tree]) -> list[Part]:
    """What somebody put beside a download, such as work that was mailed."""
    parts: list[Part] = []
    for name, content in entries.items():
        parts += of_file(content) if isinstance(content, File) else [of_folder(name, content)]
    return parts


def _canvas_student(found: re.Match[str]) -> Student:
    anonymous = {"canvas_anonymous": found["anon"]} if found["anon"] else {}
    return Student(name=found["name"], user_id=found["user"], identifiers=anonymous)


def _add_upload(inner: Tree, filename: str, content: File | Tree) -> None:
    """Add one upload under the name it was handed in with."""
    name = inner.admit(filename)
    if name is None:
        return
    if isinstance(content, Tree):
        inner.graft(name, content)
    else:
        inner.add(File(name, content.size, content.read, content.packed))


def _moodle(tree: Tree) -> list[Part] | None:
    parts: dict[str, tuple[Part, Tree]] = {}
    others: dict[str, File | Tree] = {}
    for entry, content in _entries(tree):
        found = _MOODLE.fullmatch(entry)
        if found is None:
            others[entry] = content
            continue
        label = f"{found['name']}-{found['id']}" if found["id"] else found["name"]
        if label not in parts:
            blind = found["name"] == "Participant"  # Moodle's word for a name that is hidden
            student = Student(
                name=None if blind else found["name"],
                identifiers={"moodle_participant": found["id"]} if found["id"] else {},
            )
            inner = Tree()
            parts[label] = Part(label, "moodle", of_tree(inner), label, entry, student), inner
        inner = parts[label][1]
        if found["plugin"] != "file":
            inner.left_out.append(LeftOut(entry, "typed in, not a file that was handed in"))
        elif isinstance(content, Tree):
            inner.files += content.files
            inner.folders |= content.folders
            inner.left_out += content.left_out
        elif found["rest"]:
            _add_upload(inner, found["rest"], content)
    if not parts:
        return None
    return [part for part, _ in parts.values()] + _others(others) + unusable(tree)


def _classroom(tree: Tree, name: str) -> list[Part] | None:
    folders = tree.top_folders()
    clones = {x.name.removesuffix("/.git") for x in tree.left_out if x.name.endswith("/.git")}
    if name.endswith("-submissions"):
        start = name.removesuffix("submissions")
    elif len(folders) > 1 and clones.issuperset(folders):
        first, last = min(folders), max(folders)  # what these share, all share
        pairs = enumerate(zip(first, last, strict=False))
        start = first[: next((i for i, (a, b) in pairs if a != b), len(first))]
        start = start[: start.rfind("-") + 1]
    else:
        return None
    if not start.strip("-") or not folders or not all(f.startswith(start) for f in folders):
        return None
    return [
        Part(
            folder,
            "classroom",
            of_tree(inner),
            folder,
            folder,
            Student(login=folder.removeprefix(start) or None),
        )
        for folder, inner in tree.split().items()
    ] + unusable(tree)


def unusable(tree: Tree) -> list[Part]:
    """Parts for what lies at the top and cannot be looked into, such as links."""
    return [
        Part(
            item.name,
            "file",
            of_tree(Tree()),
            item.name,
            item.name,
            problem=f"{shown(item.name)}: {item.reason}; put the submission itself there",
        )
        for item in tree.left_out
        if "/" not in item.name and item.reason != CLUTTER
    ]
