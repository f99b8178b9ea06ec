"""Reads Gradescope's export of submissions: folders, and who they are from in a YAML file.

``submission_metadata.yml`` is written by Ruby, so keys are symbols (``:name``), and values may
have tags of Ruby's classes, which are read as the plain data they hold::

    submission_1234:
      :submitters:
      - :name: Ada Lovelace
        :sid: '1815'
        :email: ada@example.org
      :created_at: 2026-11-03 14:22:32.365935000 Z
      :history: []

The export says when a submission was made and not whether that was late.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

import yaml  # type: ignore[import-untyped]  # its types are a package of their own

from grader.batch.names import shown
from grader.batch.parts import Part, of_tree
from grader.batch.submission import IntakeError, Student
from grader.batch.tree import MIB, Tree, UnreadableError

METADATA: Final = "submission_metadata.yml"
_MOST: Final = 256 * MIB
_FOLDER: Final = re.compile(r"submission_\d+")

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where it is built


class _Loader(_Base):  # type: ignore[misc]  # PyYAML has no types here
    """Safe loading, in which an unknown tag means nothing."""


def _untagged(loader: Any, _tag: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("!", _untagged)


def gradescope(tree: Tree, name: str) -> list[Part] | None:
    """Recognise an export; None if there is no metadata, or it is about something else.

    Raises
    ------
    IntakeError
        The metadata is there and cannot be read.
    """
    file = next((file for file in tree.files if file.name == METADATA), None)
    folders = tree.top_folders()
    if file is None:
        return None
    try:
        records = yaml.load(file.read(_MOST), Loader=_Loader)  # a SafeLoader
    except (UnreadableError, yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise IntakeError(
            f"{shown(name)}: {METADATA} cannot be read ({reason}); download the export again"
        ) from error
    if not isinstance(records, dict) or not any(
        _FOLDER.fullmatch(str(key)) or key in folders for key in records
    ):
        return None
    keys = [str(key) for key in records]
    unlisted = [folder for folder in folders if folder not in keys]
    by_key = {str(key): record for key, record in records.items()}
    inside = tree.split()
    return [_part(inside, key, by_key.get(key)) for key in [*keys, *unlisted]]


def _part(inside: dict[str, Tree], key: str, record: Any) -> Part:
    record = record if isinstance(record, dict) else {}
    listed = _field(record, "submitters")
    students = (
        [_student(entry, key) for entry in listed if isinstance(entry, dict)]
        if (isinstance(listed, list))
        else []
    )
    first = students[0] if students else Student(identifiers={"gradescope_submission": key})
    who = first.sis_id or first.email
    label = " ".join(filter(None, (first.name, who))) if students and who else key
    history = _field(record, "history")
    return Part(
        label,
        "gradescope",
        of_tree(inside.get(key, Tree())),
        key,
        key if key in inside else "",
        first,
        tuple(students[1:]),
        submitted_at=_time(_field(record, "created_at")),
        attempt=len(history) + 1 if isinstance(history, list) else None,
        problem=None
        if key in inside
        else f"{METADATA} lists {shown(key)}, but its folder is not there; download it again",
    )


def _field(record: dict[Any, Any], name: str) -> Any:
    """A field by its Ruby symbol, or by its plain name."""
    return record.get(f":{name}", record.get(name))


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and str(value).strip() else None


def _student(entry: dict[Any, Any], key: str) -> Student:
    return Student(
        name=_text(_field(entry, "name")),
        email=_text(_field(entry, "email")),
        sis_id=_text(_field(entry, "sid")),
        identifiers={"gradescope_submission": key},
    )


def _time(value: Any) -> datetime | None:
    if isinstance(value, dict):  # ActiveSupport::TimeWithZone
        value = value.get("utc")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
