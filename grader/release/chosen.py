"""What of a solution belongs to the units that a course uses.

A unit that ``assignment.toml`` switches off takes along its section of the exercise sheet, the
pictures that only this section shows, and the files whose checks are all of its tasks.
"""

import ast
import re
from collections.abc import Mapping
from typing import Final

from grader.manifest import Manifest

TABLE: Final = "<!-- tasks -->"
"""A line of the exercise sheet in whose place the table of tasks stands."""

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*)")
_FENCE: Final = re.compile(r"\s{0,3}(```+|~~~+)")
_PICTURE: Final = re.compile(r"pictures/[\w./-]+")


def chosen_sheet(sheet: str, manifest: Manifest) -> str:
    """The exercise sheet of the units that are used, with their table of tasks.

    The section of a unit begins at the heading that names its file, such as `` `ridge.py` ``, and
    ends at the next heading of its level or a higher one.
    """
    kept, fence = [], None
    leaving: int | None = None
    off = [f"`{unit.module}`" for unit in manifest.declared if not unit.enabled]
    for line in sheet.split("\n"):
        heading = _HEADING.match(line) if fence is None else None
        if heading is not None:
            level = len(heading[1])
            if leaving is None or level <= leaving:
                leaving = level if any(name in heading[2] for name in off) else None
        fence = _fence_after(line, fence)
        if leaving is None:
            kept += task_table(manifest) if line.strip() == TABLE else [line]
    return "\n".join(kept)


def _fence_after(line: str, fence: str | None) -> str | None:
    """The mark that closes the fenced block in which the next line stands, if it does in one."""
    mark = _FENCE.match(line)
    if mark is None:
        return fence
    if fence is None:
        return mark[1]
    return None if mark[1].startswith(fence) else fence


def task_table(manifest: Manifest) -> list[str]:
    """Lines of a Markdown table: module, task, what, points, and what each task needs."""
    rows = [["Module", "Task", "What", "Points", "Needs"], ["---", "---", "---", "---:", "---"]]
    for unit in manifest.units:
        module = f"`{unit.module}`"
        for task in unit.tasks:
            needs = ", ".join(f"`{name}`" for name in task.depends)
            rows.append([module, f"`{task.id}`", task.title, f"{task.points:g}", needs])
            module = ""
    rows.append(["", "", "**Sum**", f"**{manifest.max_score:g}**", ""])
    return ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]


def chosen_pictures(
    pictures: Mapping[str, bytes], sheet: str, whole_sheet: str
) -> dict[str, bytes]:
    """Pictures by path without those that only left-out sections of the whole sheet show."""
    shown = set(_PICTURE.findall(sheet))
    gone = set(_PICTURE.findall(whole_sheet)) - shown
    return {name: content for name, content in pictures.items() if name not in gone}


def chosen_checks(files: Mapping[str, bytes], manifest: Manifest) -> dict[str, bytes]:
    """Files of checks by path without those whose checks all belong to tasks switched off."""
    off = manifest.switched_off.keys()
    kept = {}
    for name, content in files.items():
        tasks = _tasks_of(content) if name.endswith(".py") else set()
        if not tasks or not tasks <= off:
            kept[name] = content
    return kept


def _tasks_of(content: bytes) -> set[str]:
    """The tasks that a file's checks are marked with; none if that cannot be told."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return set()
    return {
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.task"
        for argument in node.args[:1]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
