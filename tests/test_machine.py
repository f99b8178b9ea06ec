import subprocess
import sys

import family

from grader.machine import cores

WAITS = """
import os, sys, time
from grader.machine import die_with
die_with(os.getppid())
print(os.getpid(), flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]])
"""


def test_there_is_a_core_to_work_with():
    assert cores() >= 1


def test_a_process_dies_with_its_parent():
    command = [sys.executable, "-c", PARENT, WAITS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    family.until(lambda: family.is_gone(child))


def test_a_process_whose_parent_is_gone_already_ends_at_once():
    code = "from grader.machine import die_with; die_with(1 << 30); print('it goes on')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""


def test_a_process_whose_parent_is_there_goes_on():
    code = "import os; from grader.machine import die_with; die_with(os.getppid()); print('on')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout == b"on\n"
