"""What people look at: the class report, and every student's feedback."""

from grader.report.records import ReportError
from grader.report.write import Written, write_report

__all__ = ["ReportError", "Written", "write_report"]
