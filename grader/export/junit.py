"""JUnit XML as CI systems read it; points are properties, for which the format has no field."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as Xml

from grader.export.outcomes import Outcome, outcomes
from grader.export.records import Graded
from grader.export.tables import decimal

_SKIPPED: Final = ("skipped", "todo")
_ERRORS: Final = ("crashed", "timed_out", "grader_error")


def document(graded: Sequence[Graded]) -> bytes:
    """One test suite a submission, one test case a check."""
    root = Xml.Element("testsuites", name="grader")
    for item in graded:
        _suite(root, item)
    counts = ("tests", "failures", "errors", "skipped")
    for name in counts:
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    Xml.indent(root)
    content: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _suite(root: Xml.Element, item: Graded) -> None:
    found = outcomes(item.score)
    suite = Xml.SubElement(
        root,
        "testsuite",
        name=item.id,
        timestamp=_utc(item.score.started_at),
        time=decimal(item.score.duration_s),
        tests=str(len(found)),
        failures=str(sum(o.status == "failed" for o in found)),
        errors=str(sum(o.status in _ERRORS for o in found)),
        skipped=str(sum(o.status in _SKIPPED for o in found)),
    )
    values = {
        "assignment": item.score.assignment,
        "status": item.score.status,
        "max_points": decimal(item.score.max_score),
    }
    if not item.open:
        values["points"] = decimal(item.points)
    _properties(suite, values)
    durations = [check.duration_s for task in item.score.tasks for check in task.checks]
    for outcome, seconds in zip(found, durations, strict=True):
        _case(suite, outcome, seconds)


def _case(suite: Xml.Element, outcome: Outcome, seconds: float) -> None:
    case = Xml.SubElement(
        suite,
        "testcase",
        classname=f"{outcome.task.unit}.{outcome.task.id}",
        name=_legal(outcome.title),
        time=f"{seconds:.4f}",
    )
    points = {"points": decimal(outcome.points), "max_points": decimal(outcome.max_points)}
    _properties(case, points)
    if outcome.status == "passed":
        return
    kind = "skipped" if outcome.status in _SKIPPED else "failure"
    kind = "error" if outcome.status in _ERRORS else kind
    text = _legal(outcome.text)
    told = Xml.SubElement(case, kind, message=text.partition("\n")[0])
    if kind != "skipped":
        told.set("type", outcome.status)
    told.text = text


def _properties(parent: Xml.Element, values: dict[str, str]) -> None:
    properties = Xml.SubElement(parent, "properties")
    for name, value in values.items():
        Xml.SubElement(properties, "property", name=name, value=_legal(value))


def _utc(stamp: str) -> str:
    """Without an offset: the format has none."""
    return datetime.fromisoformat(stamp).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _legal(text: str) -> str:
    """Text without what XML 1.0 cannot hold, not even escaped."""
    return "".join(c if c in "\t\n\r" or _is_char(ord(c)) else f"\\u{ord(c):04x}" for c in text)


def _is_char(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
