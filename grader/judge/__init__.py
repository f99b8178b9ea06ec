"""The trusted side of a grading: checks, student proxy, scoring, and the pytest plugin."""
