"""Independent pieces of work on all cores, in processes that begin as copies of this one."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final, TypeVar

from grader.machine import cores

LEAST: Final = 32
"""Pieces of work for which one more process is worth its start."""
_AT_ONCE: Final = 8
"""Pieces that are handed to a process together."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_work: Callable[[Any], Any]


def on_all_cores(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
    """The results of work on items, in their order; of few items, or without fork, here.

    Parameters
    ----------
    work
        Called with each item, maybe in another process: what it changes in memory is lost. Whatever
        it holds is there, since that process is a copy; results must be such as can be pickled.
    items
        Such as can be pickled.
    """
    jobs = min(cores(), len(items) // LEAST)
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, items)
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(work,)) as pool:
        yield from pool.map(_call, items, chunksize=_AT_ONCE)


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # of a process that does nothing else
    _work = work


def _call(item: Any) -> Any:
    return _work(item)
