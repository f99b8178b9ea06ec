"""Feedback as Markdown and as plain text."""

import textwrap
from functools import lru_cache
from typing import Final, TypeAlias

from grader.report.feedback import WORDS, Feedback, TaskFeedback
from grader.report.pictures import caption
from grader.report.text import fenced, markdown, one_line, visible
from grader.scores import Check

WIDTH: Final = 78
_Said: TypeAlias = tuple[tuple[str, str], ...]
"""Labels and texts."""


def feedback_markdown(feedback: Feedback) -> str:
    """Feedback as Markdown, in which nothing a student wrote is markup."""
    lines = [f"# {markdown(feedback.headline)}", ""]
    lines += [f"{markdown(feedback.assignment)}, {markdown(feedback.name)}", ""]
    for sentence in feedback.opening:
        lines += [markdown(sentence), ""]
    if feedback.sums:
        lines += ["| What | Points |", "|---|---:|"]
        lines += [f"| {markdown(what)} | {markdown(points)} |" for what, points in feedback.sums]
        lines.append("")
    if feedback.comments:
        lines += ["## From your course staff", ""]
        for comment in feedback.comments:
            lines += [*(f"> {markdown(line)}" for line in visible(comment).split("\n")), ""]
    if feedback.steps:
        lines += ["## What to try next", ""]
        for place, step in enumerate(feedback.steps, start=1):
            lines.append(f"{place}. **{markdown(step.task)}**: {markdown(step.text)}")
        lines.append("")
    if feedback.notes:
        lines += ["## How your notebook was read", ""]
        lines += [*(f"- {markdown(note)}" for note in feedback.notes), ""]
    for task in feedback.tasks:
        lines += _markdown_task(task)
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_task(task: TaskFeedback) -> list[str]:
    points = f", {task.points} points" if task.points else ""
    lines = [f"## {markdown(task.title)}", "", markdown(f"{task.status}{points}"), ""]
    for check in task.checks:
        lines += _markdown_check(*_what(check))
    lines.append("")
    lines += [f"{markdown(name)}: {markdown(value)}\n" for name, value in task.metrics]
    return lines


@lru_cache(maxsize=2000)  # a class is told much the same
def _markdown_check(
    status: str, title: str, said: _Said, hint: str | None, misconception: str | None
) -> tuple[str, ...]:
    mark = "x" if status == "passed" else " "
    lines = [f"- [{mark}] {markdown(title)}: {WORDS[status]}"]
    for label, text in said:
        lines += ["", f"  {label}:", "", *(f"  {line}" for line in fenced(text)), ""]
    if hint:
        lines += ["", f"  Hint: {markdown(hint)}", ""]
    if misconception:
        lines += ["", f"  This looks like: {markdown(_words(misconception))}", ""]
    return tuple(lines)


def feedback_text(feedback: Feedback) -> str:
    """Feedback as plain text, 78 columns, safe to print on a terminal."""
    title = one_line(feedback.headline)
    lines = [title, "=" * len(title)]
    lines += _wrapped(f"{one_line(feedback.assignment)}, {one_line(feedback.name)}")
    for sentence in feedback.opening:
        lines += ["", *_wrapped(one_line(sentence))]
    if feedback.sums:
        lines.append("")
        lines += [_row(one_line(what), one_line(points)) for what, points in feedback.sums]
    if feedback.comments:
        lines += ["", "From your course staff", "-" * 22]
        for comment in feedback.comments:
            lines += [line for part in visible(comment).split("\n") for line in _wrapped(part)]
    if feedback.steps:
        lines += ["", "What to try next", "-" * 16]
        for place, step in enumerate(feedback.steps, start=1):
            lines += _wrapped(f"{one_line(step.task)}: {one_line(step.text)}", f"{place}. ", "   ")
    if feedback.notes:
        lines += ["", "How your notebook was read", "-" * 26]
        lines += [line for note in feedback.notes for line in _wrapped(one_line(note), "- ", "  ")]
    for task in feedback.tasks:
        lines += _text_task(task)
    return "\n".join(lines) + "\n"


def _text_task(task: TaskFeedback) -> list[str]:
    title = one_line(task.title)
    points = f", {task.points} points" if task.points else ""
    lines = ["", title, "-" * len(title), f"{task.status}{points}"]
    for check in task.checks:
        lines += _text_check(*_what(check))
    lines += [f"{one_line(name)}: {value}" for name, value in task.metrics]
    pictures = [*(p.name for p in task.artifacts.pictures)]
    if pictures:
        names = ", ".join(one_line(caption(name)) for name in pictures)
        lines += _wrapped(f"Pictures, in feedback.html: {names}")
    return lines


@lru_cache(maxsize=2000)
def _text_check(
    status: str, title: str, said: _Said, hint: str | None, misconception: str | None
) -> tuple[str, ...]:
    mark = "[x]" if status == "passed" else "[ ]"
    lines = [*_wrapped(f"{one_line(title)}: {WORDS[status]}", f"{mark} ", "    ")]
    for label, text in said:
        lines.append(f"    {label}:")
        lines += [f"      {line}" for line in visible(text).expandtabs(4).split("\n")]
    if hint:
        lines += _wrapped(f"Hint: {one_line(hint)}", "    ", "    ")
    if misconception:
        lines += _wrapped(f"This looks like: {one_line(_words(misconception))}", "    ", "    ")
    return tuple(lines)


def _what(check: Check) -> tuple[str, str, _Said, str | None, str | None]:
    """What is told of a check: its end, title, what it said, hint and misconception."""
    if check.status == "passed":
        return check.status, check.title, (), None, check.misconception
    said = (("What came up", check.message), ("Expected", check.expected), ("Got", check.actual))
    told = tuple((label, text) for label, text in said if text)
    return check.status, check.title, told, check.hint, check.misconception


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")


def _row(what: str, points: str) -> str:
    room = WIDTH - len(points) - 2
    shown = what if len(what) <= room else what[: room - 3] + "..."
    return f"{shown}{' ' * (WIDTH - len(shown) - len(points))}{points}"


@lru_cache(maxsize=2000)
def _wrapped(text: str, first: str = "", rest: str = "") -> tuple[str, ...]:
    lines = textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)
    return tuple(lines) or (first,)
