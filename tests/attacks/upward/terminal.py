import inside
import fcntl
import os

from right import *

TIOCSTI, TIOCLINUX, TIOCSCTTY = 0x5412, 0x541C, 0x540E
for descriptor in range(4):
    for request in (TIOCSTI, TIOCLINUX, TIOCSCTTY):
        inside.refused(fcntl.ioctl, descriptor, request, b"x")
inside.refused(os.openpty)
inside.refused(os.open, "/dev/ptmx", os.O_RDWR)
inside.refused(os.setsid)
inside.refused(os.tcsetpgrp, 0, 1)
