"""Run a piece of code in a process of its own, with some layers of the sandbox and no others.

Nothing here runs as root: a test whose layer fails must do no harm.
"""

import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

_PRELUDE = """\
import ctypes, errno, json, os, socket, subprocess, sys, threading
from pathlib import Path
from grader.worker import landlock, privileges, seccomp, setup
from grader.worker.confinement import Confinement
libc = ctypes.CDLL(None, use_errno=True)
layers, readable, own = json.loads(sys.argv[1])
if os.geteuid() == 0:
    privileges.become_nobody(keep_reading=True)  # the interpreter may lie in root's home
"""
_CONFINE = """
Confinement(layers, [Path(p) for p in readable]).put_on(own=[Path(p) for p in own])
"""
_ATTEMPT = """
try:
    print(attempt())
except OSError as error:
    print(errno.errorcode[error.errno])
"""
PROGRAMS = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache")
"""What a program of the system needs to run."""


def attempt(
    body: str,
    *,
    layers: Collection[str] = (),
    before: str = "",
    readable: Sequence[str | Path] = (),
    own: Sequence[str | Path] = (),
) -> str:
    """What the last line `body` comes to as an expression, or the name of its error.

    `before` runs ahead of the layers, in the same process.
    """
    *first, last = body.strip().splitlines()
    code = [_PRELUDE, before, _CONFINE, *first, f"attempt = lambda: {last}", _ATTEMPT]
    return python("\n".join(code), list(layers), list(map(str, readable)), list(map(str, own)))


def python(code: str, *arguments: object) -> str:
    """What a script prints, which gets its arguments as JSON; an error of it fails the test."""
    import json

    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix("\n")


def script(code: str) -> str:
    """What a script prints that starts as an ordinary user, with the usual names imported."""
    return python(_PRELUDE + code, [], [], [])
