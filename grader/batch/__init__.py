"""Grading many submissions: intake, judges, results, gradebook."""

from grader.batch.intake import collect
from grader.batch.submission import IntakeError, Student, Submission

__all__ = ["IntakeError", "Student", "Submission", "collect"]
