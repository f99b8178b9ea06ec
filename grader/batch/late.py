"""What lateness costs: the policy of ``[late]`` in ``assignment.toml`` applied by rule.

A submission is late from the end of the grace period, and each started day from there costs
`percent_per_day` of the points earned, of which `floor_percent` remain. Past `cutoff_days`
nothing remains. How late it was is what the platform says, since the platform knows of
extensions; where it does not say, the time of handing in against `due`.

A submission that its platform marks as late without saying by how much loses no points: a rule
without a number would be a guess. :func:`open_question` says so, for a person to settle with an
adjustment in the gradebook.
"""

import math
from datetime import datetime
from typing import Final

from grader.manifest import Late
from grader.scores import Penalty, Score
from grader.texts import number

PLACES: Final = 2
"""Decimals that points are rounded to."""
_DAY_S: Final = 86_400


def lateness(
    *, late_seconds: float | None, submitted_at: datetime | None, policy: Late | None
) -> float | None:
    """Seconds after the due time, at most 0 for one on time; None where nothing says.

    Raises
    ------
    ValueError
        `submitted_at` has no time zone.
    """
    if submitted_at is not None and submitted_at.tzinfo is None:
        raise ValueError(f"submitted_at needs a time zone: {submitted_at.isoformat()}")
    if late_seconds is not None and math.isfinite(late_seconds):
        return late_seconds
    if submitted_at is not None and policy is not None and policy.due is not None:
        return (submitted_at - policy.due).total_seconds()
    return None


def penalty(
    points: float,
    *,
    late_seconds: float | None = None,
    submitted_at: datetime | None = None,
    policy: Late | None,
) -> Penalty | None:
    """What a submission loses for lateness.

    Parameters
    ----------
    points
        Points earned, before anything is taken off.
    late_seconds
        How late the platform says it was.
    submitted_at
        When it was handed in, with a time zone.
    policy
        None takes nothing off.

    Returns
    -------
    Penalty or None
        None for a submission on time or of unknown lateness, and where the policy costs nothing.

    Raises
    ------
    ValueError
        `submitted_at` has no time zone.
    """
    seconds = lateness(late_seconds=late_seconds, submitted_at=submitted_at, policy=policy)
    if policy is None or seconds is None:
        return None
    beyond = seconds - 60 * policy.grace_minutes
    if beyond <= 0:
        return None
    days = math.ceil(beyond / _DAY_S)
    late = f"{days} day{'s' if days > 1 else ''} late"
    earned = f"{number(points)} points"
    if policy.cutoff_days is not None and beyond > policy.cutoff_days * _DAY_S:
        limit = number(policy.cutoff_days)
        reason = f"{late}, past the cutoff of {limit} day{'' if limit == '1' else 's'}"
        return Penalty(reason=f"{reason}: all of {earned}", points=points)
    percent, most = days * policy.percent_per_day, 100 - policy.floor_percent
    if not percent or not most:
        return None
    floor = f"; at least {number(policy.floor_percent)} % remain" if percent > most < 100 else ""
    percent = min(percent, most)
    return Penalty(
        reason=f"{late}: {number(percent)} % of {earned}{floor}",
        points=round(points * percent / 100, PLACES),
    )


def open_question(
    *,
    late: bool,
    late_seconds: float | None = None,
    submitted_at: datetime | None = None,
    policy: Late | None,
) -> str | None:
    """What a person has to settle about a submission's lateness; None where the rule does.

    Parameters
    ----------
    late
        Whether the platform marks it as late; the rest as for :func:`penalty`.
    """
    if not late or policy is None:
        return None
    seconds = lateness(late_seconds=late_seconds, submitted_at=submitted_at, policy=policy)
    if seconds is None:
        return (
            "marked as late, but not by how much: no points were taken off; "
            "settle it with an adjustment"
        )
    if seconds <= 0:
        return (
            "marked as late, but on time by the times that are known: no points were taken off; "
            "settle it with an adjustment, or correct `due` in [late] of assignment.toml"
        )
    return None


def after_penalty(score: Score) -> float:
    """The points of a score with its penalty taken off; never below 0.

    ``score.score`` is what the tasks add up to, before the penalty.
    """
    taken = score.penalty.points if score.penalty else 0.0
    return max(0.0, round(score.score - taken, PLACES))
