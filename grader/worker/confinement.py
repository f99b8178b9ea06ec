"""What a worker gives up for good, after its set-up and before any student code."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from grader.worker import landlock, privileges, seccomp

CONFINEMENT: Final = ("landlock", "seccomp", "no_new_privs", "capabilities")
"""Layers that a worker puts on by itself, wherever it runs; by default all of them."""


class ConfinementError(Exception):
    """A layer cannot be put on here; the message names it and what would mend it."""


class Confinement:
    """Some layers of the sandbox, made ready once, for every worker to put on."""

    def __init__(
        self, layers: Collection[str], readable: Sequence[Path], devices: Sequence[Path] = ()
    ) -> None:
        """Make ready.

        Parameters
        ----------
        layers
            Names out of :data:`CONFINEMENT`; others are the business of others.
        readable
            What every worker may read.
        devices
            Device nodes that every worker may use.

        Raises
        ------
        ConfinementError
            A layer is asked for that this machine does not have.
        """
        self.layers = frozenset(layers) & frozenset(CONFINEMENT)
        self._readable = readable
        self._devices = devices
        self._filter: seccomp.Filter | None = None
        if "landlock" in self.layers and not landlock.version():
            raise ConfinementError("landlock: this kernel has none; run 'grader doctor'")
        if "seccomp" in self.layers:
            try:
                self._filter = seccomp.compile_filter()
            except seccomp.SeccompError as error:
                raise ConfinementError(f"seccomp: {error}") from error

    def only(self, layers: Collection[str]) -> "Confinement":
        """The same with some of its layers only."""
        fewer = Confinement((), self._readable, self._devices)
        fewer.layers = self.layers & frozenset(layers)
        fewer._filter = self._filter
        return fewer

    def put_on(self, *, own: Sequence[Path], readable: Sequence[Path] = ()) -> None:
        """Confine this process and all it starts, which may then write in its own folders only.

        The order matters: each step needs what a later one takes away. `readable` is what only
        this worker may read.
        """
        if self.layers - {"capabilities"}:
            privileges.set_no_new_privs()  # the kernel asks it of Landlock and seccomp as well
        if "landlock" in self.layers:
            places = [*self._readable, *readable]
            landlock.restrict(readable=places, own=own, devices=self._devices)
        if "capabilities" in self.layers:
            privileges.drop_capabilities()
        if "seccomp" in self.layers and self._filter is not None:
            self._filter.load()
