"""Grading many submissions: intake, judges, results, gradebook."""
