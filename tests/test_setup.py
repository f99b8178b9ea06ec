"""Limits where the kernel counts all processes of a user together."""

import os

import pytest
from confined import python

LIMIT = """
import json, os, sys, threading
from grader.worker import setup
uid = 50_000 + os.getpid() % 10_000  # a user with no other process
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
gate = threading.Event()
threads = [threading.Thread(target=gate.wait) for _ in range(3)]
for thread in threads:
    thread.start()
print(setup._tasks_of(uid), setup._tasks_of(uid + 1))
setup.limit(
    memory_mb=64, processes=5, files_mb=1, cpu_s=9, others=json.loads(sys.argv[1])[0]
)
born = 0
reader, writer = os.pipe()
try:
    while born < 20:
        if os.fork() == 0:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
        born += 1
except BlockingIOError:
    print(born)
gate.set()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be a user of its choice")
@pytest.mark.parametrize(("others", "born"), [(True, 5), (False, 1)])
def test_a_users_other_processes_do_not_use_up_a_workers_own(others, born):
    assert python(LIMIT, others) == f"4 0\n{born}"
