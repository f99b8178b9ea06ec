"""Long test modules run first, so that two processes end at about the same time."""

LONG = ("test_submissions", "test_faults", "test_core", "test_run", "test_grading")


def pytest_collection_modifyitems(items):
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.module.__name__, len(LONG)))
