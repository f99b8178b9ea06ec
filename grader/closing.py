"""What is closed when a ``with`` block ends."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """A context manager whose end is ``close()``."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is held; it cannot be used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
