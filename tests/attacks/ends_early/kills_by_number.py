import inside
import os
import signal

from right import *

mine = {0, os.getpid()}
for pid in [os.getppid(), *range(2, 400)]:
    if pid not in mine:
        inside.refused(os.kill, pid, signal.SIGUSR1)
        inside.refused(os.kill, -pid, signal.SIGUSR1)
        inside.refused(os.killpg, pid, signal.SIGSTOP)
        inside.refused(os.pidfd_open, pid)
