"""The feedback page of a notebook: the student's own, with what the checks say under its tasks.

nbconvert renders the cells. What comes of each is cleaned by itself, by a parser that makes whole
HTML of anything, down to a short list of tags and attributes: no script, no style, no form, no
address but those of links, nothing that could pass for a result or leave its cell. What the checks
say is rendered apart from it and put between the cells.
"""

import importlib
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from markupsafe import Markup, escape

from grader.batch.ipynb import NotebookError, Origin
from grader.notebook.view import View, read_views
from grader.report.feedback import Feedback, TaskFeedback
from grader.report.rendering import render
from grader.report.text import visible

_TEXT_TAGS: Final = (
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li "
    "mark ol p pre q s samp small span strong sub summary sup u ul var"
)
_TABLE_TAGS: Final = "caption col colgroup figcaption figure table tbody td tfoot th thead tr"
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_DATA: Final = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_PICTURE: Final = re.compile(r"(data:image/[a-z+]+;base64,[A-Za-z0-9+/=]*)")
_LINK: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_NO_WORDS: Final = "No description has been provided"
"""What nbconvert says of a picture that comes without words."""
_MARKDOWN_CELL: Final = 8_000
_MARKDOWN_PAGE: Final = 200_000
"""Characters that are read as Markdown; the parser's time grows with their square."""
_TEMPLATE: Final = """\
{%- extends 'basic/index.html.j2' -%}
{%- block any_cell -%}{{ resources['grader_mark'] }}{{ super() }}{%- endblock any_cell -%}
"""


class PageError(Exception):
    """A page cannot be made; the message says why and what to do."""


class ShownCell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of the page."""

    number: int
    kind: str
    content: Markup
    """Clean HTML."""
    tasks: tuple[TaskFeedback, ...]
    """What the checks say of the tasks that were taken from this cell."""


class ShownNotebook(msgspec.Struct, frozen=True, kw_only=True):
    """One notebook of the page."""

    name: str
    cells: tuple[ShownCell, ...]


def notebook_page(
    feedback: Feedback, notebooks: Sequence[tuple[str, Path]], origin: Origin
) -> bytes:
    """The feedback of a submission that was read from notebooks.

    Parameters
    ----------
    feedback
        What the student is shown.
    notebooks
        Names and copies of the notebooks.
    origin
        Which cells the tasks were taken from.

    Returns
    -------
    bytes
        HTML in UTF-8.

    Raises
    ------
    PageError
        A package is missing.
    """
    left = {task.id: task for task in feedback.tasks}
    shown = []
    for name, path in notebooks:
        try:
            _, views = read_views(path.read_bytes())
        except (NotebookError, OSError):
            continue
        under: dict[int, list[TaskFeedback]] = {}
        for task, number in _cells(origin, name).items():
            if task in left:
                under.setdefault(number, []).append(left.pop(task))
        cells = tuple(
            ShownCell(
                number=view.number,
                kind=view.kind,
                content=content,
                tasks=tuple(under.get(view.number, ())),
            )
            for view, content in zip(views, clean_cells(views), strict=True)
        )
        shown.append(ShownNotebook(name=name, cells=cells))
    return render(
        "notebook.html.j2",
        extra_style=_style(),
        feedback=feedback,
        notebooks=shown,
        rest=tuple(left.values()),
    )


def _cells(origin: Origin, name: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for module in origin.modules.values():
        if module.notebook == name:
            found |= module.tasks
    return found


def clean_cells(views: Sequence[View]) -> list[Markup]:
    """The cells as clean HTML, in order.

    Raises
    ------
    PageError
        nbconvert or nh3 is missing.
    """
    nh3 = _load("nh3")
    return [
        Markup(
            nh3.clean(
                _visible(part),
                tags={*_TEXT_TAGS.split(), *_TABLE_TAGS.split()},
                clean_content_tags={"script", "style", "iframe", "object", "svg", "math", "title"},
                attributes=_ATTRIBUTES | {"*": set()},
                allowed_classes={tag: _classes() for tag in ("span", "div", "pre", "table")},
                attribute_filter=_attribute,
                url_schemes={"http", "https", "mailto", "data"},
                link_rel="noopener noreferrer nofollow",
            )
        )
        for part in _rendered(_bounded(views))
    ]


def _visible(html: str) -> str:
    """HTML without hidden characters; pictures, which are long and have none, are passed over."""
    pieces = _PICTURE.split(html)
    return "".join(p if place % 2 else visible(p) for place, p in enumerate(pieces))


def _bounded(views: Sequence[View]) -> list[View]:
    """The cells, of which texts that would take a Markdown parser long are shown as they are."""
    room = _MARKDOWN_PAGE
    bounded = []
    for view in views:
        if view.kind == "markdown":
            room -= len(view.source)
            if len(view.source) > _MARKDOWN_CELL or room < 0:
                view = msgspec.structs.replace(view, kind="raw")
        bounded.append(view)
    return bounded


def _rendered(views: Sequence[View]) -> list[str]:
    """HTML of cells as nbconvert makes it, not to be trusted.

    What it stumbles over, such as an attachment that is not there, is shown as the text it is.
    """
    try:
        return _exported(views)
    except PageError:
        raise
    except Exception:  # a converter of whatever text may fail in any way
        if len(views) > 1:
            return [part for view in views for part in _rendered([view])]
        return [f"<pre>{escape(views[0].source)}</pre>"]


def _exported(views: Sequence[View]) -> list[str]:
    mark = f"grader-{secrets.token_hex(16)}"  # nobody can have written it into a notebook
    content = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [_as_nbformat(view) for view in views],
    }
    made = _load("nbformat").from_dict(content)
    body, _ = _exporter().from_notebook_node(made, resources={"grader_mark": mark})
    return str(body).split(mark)[1:]


def _attribute(tag: str, name: str, value: str) -> str | None:
    """An attribute's value, or None to drop it."""
    if name == "src":
        return value if _DATA.fullmatch(value) else None
    if name == "alt" and value.startswith(_NO_WORDS):
        return "A figure of this cell"
    if name == "href":
        return value if _LINK.match(value) else None
    return value


def _as_nbformat(view: View) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": view.source}
    if view.kind == "code":
        outputs = list(view.outputs)
        return cell | {"cell_type": "code", "execution_count": None, "outputs": outputs}
    if view.kind != "markdown":
        return cell | {"source": _fenced(view.source)}
    return cell | ({"attachments": view.attachments} if view.attachments else {})


def _fenced(text: str) -> str:
    """Text of a raw cell, as it is."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


@cache
def _exporter() -> Any:
    from jinja2 import DictLoader

    exporter = _load("nbconvert").HTMLExporter(
        template_name="basic", extra_loaders=[DictLoader({"grader.html.j2": _TEMPLATE})]
    )
    exporter.template_file = "grader.html.j2"
    exporter.exclude_input_prompt = True
    exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    return exporter


@cache
def _classes() -> set[str]:
    """Classes of coloured code and text, which mean nothing else on the page."""
    colours = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    ansi = {f"ansi-{colour}{more}-fg" for colour in colours for more in ("", "-intense")}
    kinds = {"highlight", "dataframe", "output_stderr", "output_error", "ansi-bold"}
    return {name for name in _load("pygments.token").STANDARD_TYPES.values() if name} | ansi | kinds


@cache
def _style() -> str:
    html = _load("pygments.formatters").HtmlFormatter
    light = html(style="default").get_style_defs(".student .highlight")
    dark = html(style="github-dark").get_style_defs(".student .highlight")
    plain = "\n.student .highlight { background: var(--sunk); color: var(--ink); }"
    return f"{light}{plain}\n@media (prefers-color-scheme: dark) {{\n{dark}{plain}\n}}\n"


def _load(name: str) -> Any:
    """A package of the extra ``notebook``, which nothing but notebooks needs."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PageError(
            f"{error.name} is missing; install it with: pip install 'autoencoder-grader[notebook]'"
        ) from error
