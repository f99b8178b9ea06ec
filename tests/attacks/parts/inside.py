"""Laid beside every attack: lets it act in the outer net only, and lets it say that it got through.

An attack imports this module first. Elsewhere the import fails, or there is no such module.
"""

import re
import resource

MARK = (20_777, 20_777)
"""Limit on message queues that the outer net sets and nobody else; see tests/attacks/net.py."""


def require():
    if resource.getrlimit(resource.RLIMIT_MSGQUEUE) != MARK:
        raise RuntimeError("this attack acts inside the outer net only; see docs/attacks.md")


require()


class Breach(BaseException):
    """An attack got through; its text stands in the score, where the test looks for it."""


def breach(what):
    raise Breach(what)


def refused(attempt, *arguments):
    """Try something: whatever does not raise an exception has got through."""
    try:
        result = attempt(*arguments)
    except Exception:
        return
    breach(f"{getattr(attempt, '__name__', attempt)}{arguments} gave {result!r}"[:300])


def attempt(call, *arguments):
    """Try something that may work, such as in a private /tmp: its effect is looked for elsewhere."""
    try:
        return call(*arguments)
    except Exception:
        return None


def search(content):
    """Look for canaries in what was read."""
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogateescape")
    for token in set(re.findall(rb"canary-[0-9a-f]{16}", content)):
        breach(f"found {token.decode()}")


def search_file(path):
    try:
        with open(path, "rb") as stream:
            search(stream.read(2**20))
    except OSError:
        return
