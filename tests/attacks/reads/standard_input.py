import inside
import os
import sys

from right import *

inside.search(sys.stdin.read())
inside.refused(input)
inside.search(os.read(0, 1000))
inside.refused(open, "/dev/tty")
inside.refused(os.ttyname, 0)
inside.refused(os.open, "/dev/stdin", os.O_RDONLY)
