"""Notebooks as submissions: read, and turned into the modules of the assignment's units."""

from grader.batch.ipynb.extract import Extract, extract
from grader.batch.ipynb.origin import ModuleOrigin, Origin
from grader.batch.ipynb.outline import Outline, read_outlines
from grader.batch.ipynb.read import MAX_BYTES, Notebook, NotebookError, read_notebook
from grader.batch.ipynb.statements import Listing, list_statements

__all__ = [
    "MAX_BYTES",
    "Extract",
    "Listing",
    "ModuleOrigin",
    "Notebook",
    "NotebookError",
    "Origin",
    "Outline",
    "extract",
    "list_statements",
    "read_notebook",
    "read_outlines",
]
