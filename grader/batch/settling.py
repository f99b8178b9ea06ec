"""Submissions of which the last results hold: their scores are brought up to date without grading.

Titles, points and penalties may be others now, such as after an extension.
"""

from collections.abc import Callable, Iterable

from grader.batch.explain import Explanation
from grader.batch.keeping import Keeping
from grader.batch.late import open_question, penalty
from grader.batch.regrade import Plan, Regrading
from grader.batch.submission import Submission
from grader.batch.tally import Tally
from grader.manifest import Late
from grader.scores import Penalty, Score


def settle(
    submissions: Iterable[Submission],
    regrading: Regrading,
    kept: Keeping,
    tally: Tally,
    *,
    fresh: bool,
    explain: Callable[[str], None] | None,
) -> dict[str, Plan | None]:
    """What is to be graded, by submission; None for one that cannot be.

    Parameters
    ----------
    submissions
        All of a run.
    regrading
        Decides what has to be graded.
    kept, tally
        Get the scores of the others.
    fresh
        Whether to grade everything.
    explain
        Gets lines that say why; None: nothing is said.
    """
    plans: dict[str, Plan | None] = {}
    explanation = Explanation(regrading.tasks)
    for submission in submissions:
        if submission.files is None:
            plans[submission.id] = None
            continue
        last = kept.last(submission.id)
        plan = regrading.plan(submission, last, kept.folder(submission.id), fresh=fresh)
        explanation.add(submission.id, plan.why)
        if plan.why or last is None:
            plans[submission.id] = plan
            continue
        score = regrading.refreshed(last.score, submission.digest)
        score.penalty = penalty_of(submission, score, regrading.manifest.late)
        kept.renew(score, last, plan)
        tally.add(submission, score)
    kept.flush()
    if explain is not None:
        for line in explanation.lines():
            explain(line)
    return plans


def penalty_of(submission: Submission, score: Score, policy: Late | None) -> Penalty | None:
    """What a submission's lateness costs it."""
    return penalty(
        score.score,
        late_seconds=submission.late_seconds,
        submitted_at=submission.submitted_at,
        policy=policy,
    )


def open_questions(submissions: Iterable[Submission], policy: Late | None) -> dict[str, str]:
    """What a person has to settle about lateness, by submission."""
    found = {
        submission.id: open_question(
            late=submission.late,
            late_seconds=submission.late_seconds,
            submitted_at=submission.submitted_at,
            policy=policy,
        )
        for submission in submissions
    }
    return {name: question for name, question in found.items() if question}
