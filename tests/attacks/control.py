"""Does in the outer net what no attack must achieve, so that a test sees that it would be noticed.

python -m attacks.control
"""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from attacks import net
from attacks.surroundings import (
    ABSTRACT,
    PATH,
    PORT,
    Canaries,
    Listeners,
    Surroundings,
    Victims,
    remove_shared_memory,
    shared_memory,
)


def main() -> None:
    """Reach out, signal, change and leave behind one thing of every kind."""
    if not net.is_inside():
        raise SystemExit("this runs in the outer net only: use attacks.net.run")
    canaries = Canaries()
    canaries.plant(Path("/tmp/changed"))
    canaries.plant(Path("/tmp/removed"))
    listeners, victims = Listeners(), Victims(canaries, count=3)
    except_here = Path("/tmp/run")
    except_here.mkdir()
    before = Surroundings(except_here)
    for family, address in ((socket.AF_INET, ("127.0.0.1", PORT)), (socket.AF_INET6, ("::1", PORT)),
                            (socket.AF_UNIX, ABSTRACT), (socket.AF_UNIX, str(PATH))):  # fmt: skip
        with socket.socket(family) as caller:
            caller.connect(address)
        if family != socket.AF_UNIX:
            with socket.socket(family, socket.SOCK_DGRAM) as caller:
                caller.sendto(b"hello", address)
    for process, number in zip(
        victims.processes, (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL), strict=True
    ):
        process.send_signal(number)
    left = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    Path("/tmp/changed").write_text("otherwise")
    Path("/tmp/removed").unlink()
    Path("/dev/shm/left").touch()
    (except_here / "result").touch()
    memory = shared_memory(canaries)
    os.waitid(os.P_PID, victims.processes[2].pid, os.WEXITED | os.WNOWAIT)
    changes = Surroundings(except_here).changes(before)
    remove_shared_memory(memory)
    left.kill()
    left.communicate()
    report = {"changes": changes, "victims": victims.close(), "heard": listeners.close()}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
