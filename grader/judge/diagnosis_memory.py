"""Remembers what variants of the solution replied, so that the same is not computed twice.

Submissions of one run are graded with the same seed, so most of what a misconception is asked for
one of them it has been asked for another. What it replied then lies in a folder that the judges of
the run share. A reply is taken from there only if all that it depends on is the same: the variant,
the seeds, the request, the requests of the check before it, and those of other checks that made
the objects it speaks of.
"""

import contextlib
import hashlib
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grader.judge.diagnosis_order import leaves
from grader.judge.diagnosis_replay import Answer, NoAnswerError, Replay
from grader.judge.diagnosis_transcript import Transcript
from grader.worker import wire
from grader.worker.handles import Handle, Target

WORTH_S: Final = 0.02
"""Processor time from which on the replies to a check are kept."""
MAX_BYTES: Final = 512 * 2**20
"""Of all that is kept."""

Kept = list[tuple[bytes, Answer | None]]
"""The replies to one check's requests, each with the mark of its request; None: it had none."""


class Memory:
    """A folder of replies, which several processes read and write.

    Parameters
    ----------
    folder
        An existing folder that only judges can write to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def recall(self, name: str) -> Kept:
        """What is kept under a name; nothing where that is nothing, or cannot be read."""
        try:
            content = wire.unpack((self._folder / name).read_bytes())
            return [(mark, _answer(told)) for mark, told in content]
        except (OSError, wire.ProtocolError, ValueError, TypeError):
            return []

    def keep(self, name: str, kept: Kept) -> None:
        """Keep replies under a name in place of what was there, if there is room."""
        with contextlib.suppress(OSError, wire.ProtocolError, ValueError, TypeError, OverflowError):
            content = wire.pack([[mark, _told(answer)] for mark, answer in kept])
            taken = sum(path.stat().st_size for path in self._folder.iterdir())
            if taken + len(content) > MAX_BYTES:
                return
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(content)
            Path(file.name).replace(self._folder / name)


def _told(answer: Answer | None) -> list[Any] | None:
    return None if answer is None else [answer.reply, answer.error]


def _answer(told: list[Any] | None) -> Answer | None:
    if told is None:
        return None
    reply, error = told
    return Answer(reply=reply, error=error)


class Marks:
    """The requests of a task's checks, each with a mark by which it is known again.

    Numbers of objects and of copies of the process are told by the check that they first came up
    in, since they count what a submission was asked before, in other tasks as well.

    Parameters
    ----------
    names
        Of the checks.
    transcripts
        What each asked, an object never before the check that made it.
    states
        Parameters that are put into networks as they are made, by handle.
    """

    def __init__(
        self, names: Sequence[str], transcripts: Sequence[Transcript], states: Mapping[int, Any]
    ) -> None:
        self.names = names
        self.transcripts = transcripts
        self.marks: list[list[bytes]] = []
        self.needs: list[set[int]] = []
        """Places of the earlier checks that each needs, those that they need included."""
        self._states = states
        self._objects: dict[int, dict[int, _Origin]] = {0: {}}
        """By context, then by number."""
        self._contexts: dict[int, _Origin | None] = {0: None}
        self._loaded: dict[str, int] = {}
        """The place of the check that loaded a module."""
        for place, (name, transcript) in enumerate(zip(names, transcripts, strict=True)):
            self._add(place, name, transcript)

    def _add(self, place: int, name: str, transcript: Transcript) -> None:
        numbers, direct, marks = itertools.count(), set(), []
        requests = transcript.requests
        if requests and requests[0].operation != "seed":
            direct |= set(range(place))  # it goes on with the random numbers of those before
        for request in requests:
            objects = self._objects.get(request.context, {})
            told: Any = request.arguments
            if request.operation in ("snapshot", "anew"):
                (context,) = request.arguments
                self._objects[context] = dict(objects) if request.operation == "snapshot" else {}
                self._contexts[context] = _Origin(place, name, next(numbers))
                told = ()
            elif request.operation == "load":
                self._loaded.setdefault(request.arguments[0], place)
            for target in leaves(request.arguments, Target):
                direct |= self._needed(target.root, objects)
            content = [request.operation, _renumbered(told, objects), request.error is None]
            for number, handle in enumerate(leaves(request.reply, Handle)):
                objects[handle.id] = _Origin(place, name, next(numbers))
                own = self._states.get(handle.id) if request.context == 0 else None
                content.append([number, handle.kind, own if request.operation == "call" else None])
            context_told = _told_origin(self._contexts.get(request.context))
            marks.append(_digest([context_told, content]))
        self.marks.append(marks)
        earlier = direct - {place}
        self.needs.append(earlier.union(*(self.needs[other] for other in earlier)))

    def _needed(self, root: int | str, objects: Mapping[int, "_Origin"]) -> set[int]:
        """The place of the check that made an object or loaded a module."""
        if isinstance(root, str):
            return {self._loaded[root]} if root in self._loaded else set()
        return {objects[root].place} if root in objects else set()


@dataclass(frozen=True)
class _Origin:
    """Where an object or a copy of the process comes from."""

    place: int
    check: str
    number: int


def _told_origin(origin: _Origin | None) -> list[Any] | None:
    return None if origin is None else [origin.check, origin.number]


def _renumbered(value: Any, objects: Mapping[int, _Origin]) -> Any:
    kind = type(value)
    if kind is Target and type(value.root) is int:
        return ["object", _told_origin(objects.get(value.root)), list(value.path)]
    if kind in (list, tuple):
        return [kind.__name__, *(_renumbered(item, objects) for item in value)]
    if kind is dict:
        return {key: _renumbered(item, objects) for key, item in value.items()}
    return value


def _digest(value: Any) -> bytes:
    """A digest of plain data; of anything else one that comes up once."""
    try:
        content = wire.pack(value)
    except (wire.ProtocolError, TypeError, ValueError, OverflowError):
        content = os.urandom(16)
    return hashlib.blake2b(content, digest_size=16).digest()


class Recalling:
    """The replies of one variant, from memory as far as they are there.

    Parameters
    ----------
    marks
        Of the checks' requests.
    memory
        Where replies are looked for and kept.
    variant
        What tells the variant and the seeds of this replay from all others of the run.
    replay
        Gives the variant itself, when it has to be asked.
    """

    def __init__(
        self, marks: Marks, memory: Memory, variant: str, replay: Callable[[], Replay]
    ) -> None:
        self._marks = marks
        self._memory = memory
        self._variant = variant
        self._replay = replay
        self._asked = [0] * len(marks.transcripts)
        self._asked_really = [0] * len(marks.transcripts)

    def answers(self, place: int) -> Generator[Answer, None, None]:
        """The answers to the requests of a check, one by one, as long as any can be had."""
        name = self._name(place)
        kept = self._memory.recall(name)
        spent, known = 0.0, len(kept)
        try:
            for number, request in enumerate(self._marks.transcripts[place].requests):
                if not request.done:
                    return
                mark = self._marks.marks[place][number]
                if number >= len(kept) or kept[number][0] != mark:
                    del kept[number:]
                    known = -1
                    start = time.process_time()
                    kept.append((mark, self._ask(place, number)))
                    spent += time.process_time() - start
                self._asked[place] = number + 1
                answer = kept[number][1]
                if answer is None:
                    return
                yield answer
        finally:
            if known < 0 and spent > WORTH_S:
                self._memory.keep(name, kept)

    def _name(self, place: int) -> str:
        """The name of a check's replies: what came before them and matters."""
        before = [
            self._marks.marks[other][: self._asked[other]]
            for other in sorted(self._marks.needs[place])
        ]
        first = self._marks.marks[place][:1]
        return _digest([self._variant, self._marks.names[place], before, first]).hex()

    def _ask(self, place: int, number: int) -> Answer | None:
        """The answer of the variant itself, once it has been asked what came before."""
        for other in sorted(self._marks.needs[place]):
            self._catch_up(other, self._asked[other])
        self._catch_up(place, number)
        self._asked_really[place] = number + 1
        try:
            return self._replay().ask(self._marks.transcripts[place].requests[number])
        except NoAnswerError:
            return None

    def _catch_up(self, place: int, count: int) -> None:
        requests = self._marks.transcripts[place].requests
        for number in range(self._asked_really[place], count):
            self._asked_really[place] = number + 1
            with contextlib.suppress(NoAnswerError):
                self._replay().ask(requests[number])
