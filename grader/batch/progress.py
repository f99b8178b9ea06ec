"""How a run looks while it goes on: a live bar on a terminal, plain lines elsewhere."""

from collections import Counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.live import Live
from grader.scores import Score
from grader.texts import number


class RunProgress(Live):
    """Shows how many submissions are done, by status, and how long it may take."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(console)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._done = 0

    def begin(self, total: int, reused: int) -> None:
        """`total` submissions were taken in, of which `reused` need no grading."""
        self._total = total - reused
        self.say(f"{total} submissions, {reused} of them graded before")
        if self._console.is_terminal and self._total:
            bar = self._show(
                TextColumn("{task.description}"),
                BarColumn(bar_width=20),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
            )
            self._task = bar.add_task("starting judges", total=self._total, rate="")

    def graded(self, submission: str, score: Score) -> None:
        """One more submission has its score, and the score is kept."""
        self._done += 1
        self._counts[score.status.replace("_", " ")] += 1
        counts = ", ".join(f"{count} {word}" for word, count in sorted(self._counts.items()))
        if self._bar is not None and self._task is not None:
            elapsed = self._bar.tasks[0].elapsed or 0
            rate = f"{self._done / elapsed:.1f}/s" if elapsed else ""
            self._bar.update(self._task, advance=1, description=counts, rate=rate)
            return
        points = f"{number(score.score)} / {number(score.max_score)}"
        mark = "needs review" if score.status == "needs_review" else points
        self.say(f"{self._done}/{self._total}  {submission}  {mark}")
