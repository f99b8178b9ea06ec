"""What the replies to one check say of a misconception."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.judge.diagnosis_evidence import (
    canonical,
    distance,
    of,
    related,
    same,
    same_form,
    telling,
    within,
)
from grader.judge.diagnosis_replay import Answer
from grader.judge.diagnosis_transcript import Transcript

RECENT: Final = 8
"""Answers that the zeros of the next one are held against."""


@dataclass(frozen=True)
class Segment:
    """The part of one check."""

    check: str
    transcript: Transcript
    failed: bool

    @property
    def empty(self) -> bool:
        """Whether the check asked nothing by itself: another check of the task did so before."""
        return all(request.operation == "seed" for request in self.transcript.requests)


@dataclass
class Verdict:
    """What the replies to one check say of a hypothesis."""

    hard: bool = False
    """It is refuted, whatever chance did."""
    soft: bool = False
    """It is refuted, unless what differs depends on chance."""
    strained: bool = False
    """The submission passed with an answer that is neither the reference's nor this one's."""
    tells: bool = False
    """It explains something that the reference does not."""
    distances: list[float] = field(default_factory=list)
    last: int = -1
    """The number of the last request that was compared."""
    reply: Answer | None = None
    """The hypothesis's reply to it."""

    @property
    def refuted(self) -> bool:
        """Whether the hypothesis does not hold."""
        return self.hard or self.soft


def judge(
    segment: Segment, own: Sequence[list[Answer]], reference: Sequence[list[Answer]], *, forms: bool
) -> Verdict:
    """What one check says of a hypothesis.

    Parameters
    ----------
    segment
        What was asked, and what the submission replied.
    own, reference
        Samples of what the hypothesis and the reference reply.
    forms
        Leave the values of numbers that depend on chance out of account.
    """
    verdict = Verdict()
    requests = segment.transcript.requests
    said = [canonical(request, of(request)) for request in requests]
    ours, right = [
        [[canonical(*pair) for pair in zip(requests, answers, strict=False)] for answers in samples]
        for samples in (own, reference)
    ]
    for place in range(min(map(len, (said, *ours)))):
        recent = slice(max(0, place - RECENT), place + 1)
        if compare(
            verdict,
            related(said[recent]),
            [related(answers[recent]) for answers in ours],
            [related(answers[recent]) for answers in right if place < len(answers)],
            forms=forms,
            failed=segment.failed,
        ):
            break
    return verdict


def compare(
    verdict: Verdict,
    student: Answer,
    ours: Sequence[Answer],
    right: Sequence[Answer],
    *,
    failed: bool,
    forms: bool = False,
) -> bool:
    """Add the replies to one request to a verdict; whether nothing more can be learnt."""
    first, reference = ours[0], right[0] if right else None
    if not same_form(student, first):
        if not all(same_form(first, other) for other in ours):
            return False  # the form itself depends on chance
        verdict.hard = failed or _agrees(student, right)
        verdict.strained = not verdict.hard
        return verdict.hard
    matches = same(student, first, reference)
    if not matches:
        chance = not all(same_form(first, o) and same(first, o) for o in ours[1:])
        near = chance and (forms or within(student, ours))
        if not near:
            refuted = failed or _agrees(student, right)
            verdict.soft = refuted and len(ours) == 1
            verdict.hard = refuted and len(ours) > 1
            verdict.strained |= not refuted
            return refuted
    verdict.distances.append(distance(student, first))
    if reference is None:
        return False
    if not same_form(student, reference):
        verdict.tells |= all(same_form(reference, other) for other in right)
    elif matches:
        verdict.tells |= not same(student, reference)
    elif not forms:
        verdict.tells |= telling(ours) and not within(student, right)
    return False


def _agrees(student: Answer, right: Sequence[Answer]) -> bool:
    """Whether a submission answered as the reference did."""
    if not right:
        return False
    if not same_form(student, right[0]):
        return False
    return same(student, right[0]) or (len(right) > 1 and within(student, right))
