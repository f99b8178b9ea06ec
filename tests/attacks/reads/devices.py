import inside
import os

from right import *

names = {"mem", "kmem", "port", "kmsg", "full", "tty", "console", "ptmx", "fuse", "kvm"}
names |= {"sda", "vda", "nvme0n1", "loop0", "loop-control", "net/tun", "vsock", "uinput", "rtc0"}
names |= {f"pts/{number}" for number in range(8)} | {f"tty{number}" for number in range(8)}
inside.refused(os.listdir, "/dev")
for name in sorted(names):
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
        if not os.path.isdir(f"/dev/{name}") and not os.path.islink(f"/dev/{name}"):
            inside.refused(os.open, f"/dev/{name}", flags | os.O_NONBLOCK)
