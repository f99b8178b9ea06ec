import inside
import os
import stat
import subprocess

from right import *

# Programs that belong to root and give its rights to whoever runs them.
for folder in ("/usr/bin", "/usr/sbin", "/usr/lib/openssh", "/usr/lib/dbus-1.0", "/usr/libexec"):
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        path = os.path.join(folder, name)
        if os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID) if os.path.exists(path) else 0:
            inside.refused(
                lambda: subprocess.run([path, "--help"], check=True, capture_output=True,
                                       stdin=subprocess.DEVNULL, timeout=0.2).stdout.index(b"uid=0")
            )
for command in (["su", "-c", "id"], ["sudo", "-n", "id"], ["pkexec", "id"], ["newgrp", "root"]):
    inside.refused(lambda: subprocess.run(command, check=True, capture_output=True, timeout=0.2,
                                          stdin=subprocess.DEVNULL))
