"""What the gradebook keeps of a submission that was taken in."""

import msgspec

from grader.batch.records import Entry
from grader.batch.submission import Submission


def entry(submission: Submission) -> Entry:
    """A submission as the gradebook has it."""
    student = submission.student
    return Entry(
        id=submission.id,
        name=student.name,
        user_id=student.user_id,
        email=student.email,
        login=student.login,
        sis_id=student.sis_id,
        more={
            "identifiers": student.identifiers,
            "partners": [msgspec.to_builtins(partner) for partner in submission.partners],
            "notes": list(submission.notes),
            "notebooks": sorted({o.notebook for o in submission.origin.modules.values()}),
        },
        source=str(submission.source),
        layout=submission.layout,
        late=submission.late,
        late_seconds=submission.late_seconds,
        submitted_at=submission.submitted_at,
        digest=submission.digest,
        problem=submission.problem,
    )
