"""Which layers of the sandbox a run rests on, and what is said where one is missing."""

from collections.abc import Callable, Sequence

from grader.worker.layers import REQUIRED, Layer, in_force, survey


class IsolationError(Exception):
    """A layer is missing that the command requires; the message names it and the fix."""


def layers(
    sandbox: str,
    say: Callable[[str], None],
    *,
    found: Callable[[], Sequence[Layer]] = survey,
) -> list[str]:
    """Names of the layers in force.

    Parameters
    ----------
    sandbox
        ``require``: missing layers are an error; ``auto``: they are said; ``none``: use none.
    say
        Gets a warning line.
    found
        Gives what was found on this machine; by default it is looked for now.

    Raises
    ------
    IsolationError
        A layer is missing and `sandbox` is ``require``.
    """
    if sandbox == "none":
        say("WARNING: --sandbox none: student code can read everything you can, and change it")
        return ["rlimits"]
    there = found()
    working = in_force(there)
    missing = [name for name in REQUIRED if name not in working]
    if missing and sandbox == "require":
        fixes = "; ".join(layer.fix for layer in there if layer.name in missing and layer.fix)
        raise IsolationError(
            f"--sandbox require: {', '.join(missing)} missing on this machine; {fixes}"
        )
    if missing:
        say(
            f"WARNING: grading without {', '.join(missing)}; what that leaves open is in "
            "docs/sandbox.md, and 'grader doctor' says what mends it"
        )
    return working
