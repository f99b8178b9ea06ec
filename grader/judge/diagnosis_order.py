"""The order in which checks are asked again: what takes little time first.

Most misconceptions fall at a cheap check. Where a dear one comes before it, such as one that trains
a network, each of them is trained for nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from grader.judge.diagnosis_transcript import Transcript
from grader.worker.handles import Handle, Target

_Leaf = TypeVar("_Leaf")


def cheapest_first(transcripts: Sequence[Transcript]) -> list[int]:
    """Places of transcripts by the time they took, none before another whose objects it needs."""
    makers: dict[int | str, int] = {}
    costs: list[float] = []
    for place, transcript in enumerate(transcripts):
        made, used = set(_made(transcript)), set(_used(transcript))
        needed = [costs[makers[name]] for name in used - made if name in makers]
        costs.append(max([transcript.seconds, *needed]))
        for name in made:
            makers.setdefault(name, place)
    return sorted(range(len(costs)), key=lambda place: (costs[place], place))


def _made(transcript: Transcript) -> Iterator[int | str]:
    """Objects by number and modules by name that are there afterwards."""
    for request in transcript.requests:
        if request.operation == "load":
            yield from request.arguments
        yield from (handle.id for handle in leaves(request.reply, Handle))


def _used(transcript: Transcript) -> Iterator[int | str]:
    """Objects by number and modules by name that its requests speak of."""
    for request in transcript.requests:
        yield from (target.root for target in leaves(request.arguments, Target))


def leaves(value: Any, kind: type[_Leaf]) -> Iterator[_Leaf]:
    """What is of a kind, anywhere in plain data."""
    if type(value) in (list, tuple):
        for item in value:
            yield from leaves(item, kind)
    elif type(value) is dict:
        for item in value.values():
            yield from leaves(item, kind)
    elif type(value) is kind:
        yield value
