import inside
import os
import resource
import signal

from right import *

# The process that watches this one runs outside its namespaces.
inside.refused(os.kill, os.getppid() or 2, signal.SIGKILL)
inside.refused(os.pidfd_open, os.getppid() or 2)
inside.refused(os.sched_setaffinity, os.getppid() or 2, {0})
inside.refused(resource.prlimit, os.getppid() or 2, resource.RLIMIT_CPU, (1, 1))
inside.refused(os.setpgid, 0, os.getppid() or 2)
if os.getppid():
    inside.breach("its parent has a number here")
