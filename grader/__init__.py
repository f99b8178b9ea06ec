"""Autograded deep-learning assignments: stubs, checks, and scores that course staff can trust."""

from importlib.metadata import version as _version

__all__ = ["__version__"]

__version__ = _version("autoencoder-grader")
