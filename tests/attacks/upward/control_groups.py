import inside
import os

from right import *

for place in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/proc/self"):
    for name in ("cgroup.procs", "cgroup.subtree_control", "memory.max", "release_agent", "cgroup"):
        inside.refused(open, f"{place}/{name}", "r+")
    inside.refused(os.mkdir, f"{place}/mine")
