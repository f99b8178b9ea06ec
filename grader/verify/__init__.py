"""What ``grader verify`` does: find out whether graders are to be trusted."""

from grader.verify.findings import Findings
from grader.verify.run import Verification, Wanted

__all__ = ["Findings", "Verification", "Wanted"]
