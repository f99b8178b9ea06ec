"""Long test modules run first, so that two processes end at about the same time."""

LONG = ("test_submissions", "test_core", "test_faults", "test_run")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.module.__name__ not in LONG)
