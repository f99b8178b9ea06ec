"""Takes results apart: pairs, triples, entries of a dict; a failure where they are not so."""

from typing import Any

from grader.checks.failure import CheckFailure, hide_failure

__tracebackhide__ = hide_failure


def unpack(value: object, count: int, *, name: str, hint: str | None = None) -> tuple[Any, ...]:
    """The items of a tuple or list of exactly `count`.

    Raises
    ------
    CheckFailure
        It is something else, or has another number of items.
    """
    if type(value) not in (tuple, list):
        raise CheckFailure(
            f"{name} is no tuple",
            expected=f"{count} results",
            actual=f"an object of type {type(value).__name__}",
            hint=hint,
        )
    items: tuple[Any, ...] = tuple(value)  # type: ignore[arg-type]  # a tuple or list, as seen
    if len(items) != count:
        raise CheckFailure(
            f"{name} has the wrong number of results",
            expected=f"{count}",
            actual=f"{len(items)}",
            hint=hint,
        )
    return items


def entry(mapping: object, key: str, *, name: str, hint: str | None = None) -> Any:
    """``mapping[key]`` of a dict.

    Raises
    ------
    CheckFailure
        It is no dict, or has no such key.
    """
    if type(mapping) is not dict:
        raise CheckFailure(
            f"{name} is no dict",
            expected=f"a dict with {key!r}",
            actual=f"an object of type {type(mapping).__name__}",
            hint=hint,
        )
    if key not in mapping:
        raise CheckFailure(
            f"{name} has no {key!r}",
            expected=f"an entry {key!r}",
            actual=", ".join(map(repr, mapping)) or "an empty dict",
            hint=hint,
        )
    return mapping[key]
