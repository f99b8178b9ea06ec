"""Scores in the formats of learning platforms and of machines."""

from grader.export.formats import EACH, FORMATS, Export, Options, export, members_of
from grader.export.lti import users
from grader.export.records import ExportError, Graded, read_graded

__all__ = [
    "EACH",
    "FORMATS",
    "Export",
    "ExportError",
    "Graded",
    "Options",
    "export",
    "members_of",
    "read_graded",
    "users",
]
