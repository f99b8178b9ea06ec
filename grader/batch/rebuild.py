"""Opening the gradebook of a results folder so that it knows every score that lies there."""

from datetime import UTC, datetime
from pathlib import Path

from grader.batch.gradebook import Gradebook
from grader.batch.names import shown
from grader.batch.results import SCORE, graded_folders
from grader.scores import Score, ScoreError, read_score

GRADEBOOK = "gradebook.db"


def open_gradebook(results: Path) -> tuple[Gradebook, list[str]]:
    """Open ``gradebook.db`` and take over scores that it does not have yet.

    It lacks them when it was moved away, or when a run was killed between writing a score and
    recording it. A score is taken over if it began later than the last one recorded for its
    submission.

    Returns
    -------
    Gradebook, list of str
        And a message for each ``score.json`` that cannot be used; its submission will be graded
        again.

    Raises
    ------
    GradebookError
        As :class:`Gradebook`.
    """
    book = Gradebook(results / GRADEBOOK)
    problems = []
    try:
        known = book.begun()
        for folder in graded_folders(results):
            try:
                score = _own_score(folder)
            except ScoreError as error:
                problems.append(str(error))
                continue
            last = known.get(score.submission)
            if last is None or began(score.started_at) > began(last):
                book.record(None, score)
    except BaseException:
        book.close()
        raise
    return book, problems


def _own_score(folder: Path) -> Score:
    score = read_score(folder / SCORE)
    if score.submission != folder.name:
        raise ScoreError(
            f"{folder / SCORE}: is the score of {shown(score.submission)}, in the wrong folder"
        )
    return score


def began(started_at: str) -> datetime:
    """When a grading began; the beginning of time where that cannot be read."""
    try:
        at = datetime.fromisoformat(started_at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
