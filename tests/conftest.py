"""Long test modules run first, so that two processes end at about the same time."""

import signal

import pytest

pytest.register_assert_rewrite("unit_tests")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script: what tests start would inherit a Ctrl-C without effect.
    signal.signal(signal.SIGINT, signal.default_int_handler)

LONG = ("test_attacks", "test_submissions", "test_faults", "test_core", "test_run", "test_grading")


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.module.__name__, len(LONG)))
