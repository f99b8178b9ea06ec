"""The side of a grading that runs a student's code; it imports nothing of the judge."""
