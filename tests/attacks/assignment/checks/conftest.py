"""What public and hidden checks share: points of three classes."""

import pytest
import torch

CLASSES = 3


class Points:
    """Three centres in four dimensions, far from each other, and points around them."""

    def __init__(self, generator):
        self.generator = generator
        directions = torch.linalg.qr(torch.randn(4, 4, generator=generator)).Q[:CLASSES]
        self.centres = 4 * directions

    def draw(self, count):
        """Points (count, 4) and their classes (count,)."""
        classes = torch.randint(CLASSES, (count,), generator=self.generator)
        noise = 0.4 * torch.randn(count, 4, generator=self.generator)
        return self.centres[classes] + noise, classes


@pytest.fixture
def points(torch_rng):
    return Points(torch_rng)
