import inside
import os
import shutil
import subprocess
import sys

from right import *

with open("program", "w") as stream:
    stream.write("#!/bin/sh\ncat /tmp/canary /tmp/course/solution/work.py\n")
os.chmod("program", 0o755)
shutil.copy("/bin/true", "/tmp/true")
os.chmod("/tmp/true", 0o4755)
for command in (["./program"], ["/tmp/true"], ["/dev/shm/true"]):
    inside.refused(subprocess.check_output, command)
for command in (["/bin/cat", "/tmp/canary"], ["/bin/sh", "program"],
                [sys.executable, "-c", "print(open('/tmp/canary').read())"]):
    try:
        done = subprocess.run(command, capture_output=True)
    except OSError:
        continue
    inside.search(done.stdout + done.stderr)
