"""Limits where the kernel counts all processes of a user together."""

import os

import pytest
from confined import python, script

from grader.worker.layers import in_force, survey

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


COVER = """
from grader.worker import setup
setup.enter_namespaces()
setup.mount_nothing("/proc")
def said(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
print(os.listdir("/proc"), said(lambda: os.chmod("/proc", 0o777)),
      said(lambda: open("/proc/file", "w")))
"""


@pytest.mark.skipif("namespaces" not in in_force(survey()), reason="no user namespaces here")
def test_what_covers_a_folder_stays_empty_although_a_worker_owns_it():
    assert script(COVER) == "[] EROFS EROFS"
