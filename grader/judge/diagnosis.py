"""Finds the misconception behind the failed checks of a task.

Each misconception of the task is asked what the submission was asked. One that gives the same
answers throughout, and other ones than the reference at least once, explains the failure, if no
other does so as well. Two at once are looked for where none does alone. What was found for earlier
tasks is taken into account: their bugs may be the reason why this task's checks fail.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice
from pathlib import Path
from typing import Any, Final

from grader.judge.diagnosis_evidence import canonical, of, same, same_form
from grader.judge.diagnosis_memory import Marks, Memory, Recalling
from grader.judge.diagnosis_order import cheapest_first
from grader.judge.diagnosis_replay import Answer, Replay, replaying
from grader.judge.diagnosis_transcript import Transcript
from grader.judge.diagnosis_verdict import Segment, Verdict, compare, judge
from grader.manifest import Manifest
from grader.variants import Catalogue, Variant, apply, fit_together

SAMPLES: Final = 10
"""Replays of what depends on chance."""
MOST_PAIRS: Final = 10
CLEARLY: Final = 100.0
"""Of two misconceptions that both agree with a submission, the one this much nearer is meant."""

Hypothesis = tuple[Variant, ...]
Judged = Callable[[Hypothesis], "list[Verdict]"]
Replies = list[list[Answer]]
"""By transcript, then by request."""


class OutOfTimeError(Exception):
    """The time for diagnosis is used up."""


@dataclass(frozen=True)
class Case:
    """Everything known of one submission, for its diagnosis."""

    solution: Path
    manifest: Manifest
    catalogue: Catalogue
    transcripts: Mapping[str, Transcript]
    """By check."""
    tasks: Mapping[str, str]
    """The task of each check that has passed or failed."""
    failed: frozenset[str]
    """Checks."""
    states: Mapping[int, Any]
    """Parameters of the submission's networks, by handle."""
    memory: Memory
    """What variants replied before."""
    seconds: float
    """Processor time that a diagnosis may take."""


def diagnose(case: Case) -> Iterable[tuple[str, str]]:
    """Failed checks, each with the id of the misconception behind it, as they are found."""
    end = time.process_time() + case.seconds
    known: Hypothesis = ()
    for task in case.manifest.task_ids():
        segments = [
            Segment(check, case.transcripts[check], check in case.failed)
            for check, owner in case.tasks.items()
            if owner == task and check in case.transcripts
        ]
        segments = [segments[n] for n in cheapest_first([s.transcript for s in segments])]
        if not any(segment.failed for segment in segments):
            continue
        try:
            found = _Diagnosis(case, task, segments, known, end).find()
        except OutOfTimeError:
            return
        if found is None:
            continue
        for segment, name in _names(task, segments, found):
            yield segment.check, name
        known = found.hypothesis


@dataclass(frozen=True)
class Found:
    """The hypothesis that explains a task's failures."""

    hypothesis: Hypothesis
    verdicts: list[Verdict]
    """By check."""
    without: list[list[Verdict] | None]
    """The same without each part of it; None where nothing is left."""


class _Diagnosis:
    """The diagnosis of one task."""

    def __init__(
        self, case: Case, task: str, segments: Sequence[Segment], known: Hypothesis, end: float
    ) -> None:
        self.case = case
        self.segments = segments
        self.known = known
        self.end = end
        self.marks = Marks(
            [segment.check for segment in segments],
            [segment.transcript for segment in segments],
            case.states,
        )
        fitting = (
            variant for variant in case.catalogue.of_task(task) if fit_together((*known, variant))
        )
        self.single: list[Hypothesis] = [(*known, variant) for variant in fitting]
        if known:
            self.single.insert(0, known)
        self.replies: dict[Hypothesis, list[Replies]] = {}
        self.exactly: dict[Hypothesis, list[Verdict]] = {}
        self.impossible: set[Hypothesis] = set()
        """Those that a check refutes whatever chance did."""

    def find(self) -> Found | None:
        """The one hypothesis that explains the failures, or None."""
        for hypotheses, judged in self._stages():
            holding = self._holding(hypotheses, judged)
            if holding:
                return self._chosen(holding, judged)
        return None

    def _stages(self) -> Iterator[tuple[Iterable[Hypothesis], Judged]]:
        """What is tried one after the other, until something holds."""
        yield filter(self._stands, self.single), self.exact
        left = [hypothesis for hypothesis in self.single if self._left_to_chance(hypothesis)]
        yield left, self.by_chance
        yield left, self.by_form
        pairs = self._pairs()
        yield pairs, self.exact
        yield [pair for pair in pairs if self._left_to_chance(pair)], self.by_chance

    def _holding(self, hypotheses: Iterable[Hypothesis], judged: Judged) -> list[Hypothesis]:
        """Those that nothing refutes and that explain something."""
        holding = []
        for hypothesis in hypotheses:
            verdicts = judged(hypothesis)
            if not any(v.refuted for v in verdicts) and any(v.tells for v in verdicts):
                holding.append(hypothesis)
                if hypothesis == self.known:  # known bugs explain it all
                    break
        return holding

    def _chosen(self, holding: Sequence[Hypothesis], judged: Judged) -> Found | None:
        """The one that is meant, of several that hold; None where that cannot be said."""
        if self.known in holding:
            holding = [self.known]
        if len(holding) > 1:
            holding = [h for h in holding if not any(v.strained for v in judged(h))] or holding
        if len(holding) > 1:
            holding = [
                one
                for one in holding
                if all(o is one or _nearer(judged(one), judged(o)) for o in holding)
            ]
        if len(holding) != 1:
            return None
        (hypothesis,) = holding
        rests = [tuple(v for v in hypothesis if v is not variant) for variant in hypothesis]
        without = [judged(rest) if rest else None for rest in rests]
        return Found(hypothesis, judged(hypothesis), without)

    def exact(self, hypothesis: Hypothesis) -> list[Verdict]:
        """What each check says, if the submission drew the same random numbers."""
        if hypothesis not in self.exactly:
            self.exactly[hypothesis] = self._compared(hypothesis)
        return self.exactly[hypothesis]

    def _stands(self, hypothesis: Hypothesis) -> bool:
        """Whether no check refutes it exactly; checks after the first that does are not asked.

        Most hypotheses fall at a cheap check, long before one that trains.
        """
        verdicts = self._compared(hypothesis, to_the_end=False)
        if any(verdict.hard for verdict in verdicts):
            self.impossible.add(hypothesis)
        if any(verdict.refuted for verdict in verdicts):
            return False
        self.exactly[hypothesis] = verdicts
        return True

    def _compared(self, hypothesis: Hypothesis, *, to_the_end: bool = True) -> list[Verdict]:
        """What each check says; unless asked to the end, nothing after the first refutation."""
        (reference,) = self._samples((), 1)
        verdicts = [Verdict() for _ in self.segments]

        def enough(place: int, number: int, answer: Answer) -> bool:
            segment, verdict = self.segments[place], verdicts[place]
            request, right = segment.transcript.requests[number], reference[place]
            verdict.last = number
            return compare(
                verdict,
                canonical(request, of(request)),
                [canonical(request, answer)],
                [canonical(request, a) for a in right[number : number + 1]],
                failed=segment.failed,
            )

        def over() -> bool:
            return not to_the_end and any(verdict.refuted for verdict in verdicts)

        replies = self._replay(hypothesis, 0, enough, over)
        for verdict, answers in zip(verdicts, replies, strict=True):
            verdict.reply = answers[-1] if answers else None
        return verdicts

    def by_chance(self, hypothesis: Hypothesis, *, forms: bool = False) -> list[Verdict]:
        """What each check says, whatever random numbers the submission drew."""
        reference, own = self._samples((), SAMPLES), self._samples(hypothesis, SAMPLES)
        return [
            judge(
                segment,
                [replies[place] for replies in own],
                [replies[place] for replies in reference],
                forms=forms,
            )
            for place, segment in enumerate(self.segments)
        ]

    def by_form(self, hypothesis: Hypothesis) -> list[Verdict]:
        """The same, but of numbers that depend on chance only how many they are."""
        return self.by_chance(hypothesis, forms=True)

    def _left_to_chance(self, hypothesis: Hypothesis) -> bool:
        """Whether a hypothesis that is refuted would stand with other random numbers."""
        if hypothesis in self.impossible:
            return False
        verdicts = self.exact(hypothesis)
        if any(verdict.hard for verdict in verdicts) or not any(v.soft for v in verdicts):
            return False

        def enough(place: int, number: int, answer: Answer) -> bool:
            return number >= verdicts[place].last

        again = self._replay(hypothesis, 1, enough)
        return all(
            not verdict.soft or _differ(verdict, answers)
            for verdict, answers in zip(verdicts, again, strict=True)
        )

    def _pairs(self) -> list[Hypothesis]:
        """Pairs of misconceptions, each of which explains a failed check by itself."""
        partial = []
        for hypothesis in self.single:
            verdicts = self.exact(hypothesis)
            if any(
                segment.failed and verdict.tells and not verdict.hard
                for verdict, segment in zip(verdicts, self.segments, strict=True)
            ):
                partial.append(hypothesis)
        pairs = (
            (*one, other[-1])
            for one, other in combinations(partial, 2)
            if one != self.known and fit_together((*one, other[-1]))
        )
        return list(islice(pairs, MOST_PAIRS))

    def _samples(self, hypothesis: Hypothesis, count: int) -> list[Replies]:
        """All replies of a solution with some misconceptions, with other random numbers each."""
        kept = self.replies.setdefault(hypothesis, [])
        while len(kept) < count:
            kept.append(self._replay(hypothesis, len(kept), lambda *_: False))
        return kept[:count]

    def _replay(
        self,
        hypothesis: Hypothesis,
        shift: int,
        enough: Callable[[int, int, Answer], bool],
        over: Callable[[], bool] = lambda: False,
    ) -> Replies:
        """The replies to every check, each as far as is enough; none once it is over."""
        if time.process_time() > self.end:
            raise OutOfTimeError
        found: Replies = []
        with ExitStack() as stack:

            @cache
            def variant() -> Replay:
                modules = apply(self.case.solution, self.case.manifest, hypothesis)
                return stack.enter_context(replaying(modules, shift=shift, states=self.case.states))

            name = " ".join([str(shift), *(part.id for part in hypothesis)])
            recalling = Recalling(self.marks, self.case.memory, name, variant)
            for place in range(len(self.segments)):
                found.append([])
                if over():
                    continue
                with closing(recalling.answers(place)) as answers:
                    for number, answer in enumerate(answers):
                        found[-1].append(answer)
                        if enough(place, number, answer):
                            break
        return found


def _differ(verdict: Verdict, again: Sequence[Answer]) -> bool:
    """Whether the reply that refuted a hypothesis depends on chance."""
    if verdict.reply is None or len(again) <= verdict.last:
        return False
    other = again[verdict.last]
    return not (same_form(verdict.reply, other) and same(verdict.reply, other))


def _nearer(one: Sequence[Verdict], other: Sequence[Verdict]) -> bool:
    """Whether one hypothesis is clearly nearer to a submission than another, and never farther."""
    pairs = [
        pair
        for mine, theirs in zip(one, other, strict=True)
        for pair in zip(mine.distances, theirs.distances, strict=False)
    ]
    clearly = any(theirs > CLEARLY * max(mine, 1e-15) for mine, theirs in pairs)
    return clearly and not any(mine > CLEARLY * max(theirs, 1e-15) for mine, theirs in pairs)


def _names(task: str, segments: Sequence[Segment], found: Found) -> Iterable[tuple[Segment, str]]:
    """The failed checks that a hypothesis explains, each with the id of its part that does.

    A part is the reason where the others do not explain a check without it; of several reasons,
    the one of the check's own task.
    """
    for place, segment in enumerate(segments):
        if not segment.failed or not (found.verdicts[place].tells or segment.empty):
            continue
        reasons = [
            variant
            for variant, others in zip(found.hypothesis, found.without, strict=True)
            if others is None or others[place].refuted or not others[place].tells
        ]
        own = [variant for variant in reasons if variant.task == task]
        named = reasons if len(reasons) == 1 else own
        if len(named) == 1:
            yield segment, named[0].id
