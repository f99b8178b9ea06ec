"""No new rights through programs, no capability, not root: each alone."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from confined import attempt, python, script

from grader.worker import privileges

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can set this up")
onoff = pytest.mark.parametrize("on", [False, True], ids=["without", "with"])

NAMESPACE = """
uid, gid = os.getuid(), os.getgid()
if libc.unshare(0x10000000 | 0x20000):
    raise SystemExit(print("no namespace"))
Path("/proc/self/setgroups").write_text("deny")
Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
"""
"""Into a user namespace of one's own, where one has every capability."""


@pytest.fixture
def program():
    """A copy of id that runs as root whoever starts it."""
    folder = Path(tempfile.mkdtemp(prefix="privileges."))
    folder.chmod(0o755)
    file = folder / "id"
    shutil.copy("/usr/bin/id", file)
    file.chmod(0o4755)
    yield file
    shutil.rmtree(folder)


@as_root
@onoff
def test_a_program_that_belongs_to_root_gives_no_rights(program, on):
    found = attempt(
        f"subprocess.run([{str(program)!r}, '-u'], capture_output=True).stdout.decode().strip()",
        layers=["no_new_privs"] if on else [],
    )
    if os.statvfs(program).f_flag & os.ST_NOSUID:
        pytest.skip("temporary files are on a file system that ignores set-user-id")
    assert found == ("65534" if on else "0")


def test_it_is_known_whether_it_holds():
    shown = "privileges.has_no_new_privs()"
    assert attempt(shown, layers=["no_new_privs"]) == "True"
    assert script(f"privileges.set_no_new_privs(); print({shown})") == "True"


@onoff
@pytest.mark.parametrize(
    "attack",
    [
        "libc.mount(b'tmpfs', b'/tmp', b'tmpfs', ctypes.c_ulong(0), None)",
        "libc.chroot(b'/')",
        "libc.unshare(0x20000)",
        "libc.sethostname(b'x', -1) == -1 and ctypes.get_errno() - 22",  # EINVAL: a right to ask
    ],
)
def test_capabilities_in_a_namespace_of_ones_own_are_gone(attack, on):
    before = NAMESPACE
    if "sethostname" in attack:
        before += "libc.unshare(0x04000000)"
    found = attempt(attack, before=before, layers=["capabilities"] if on else [])
    if found == "no namespace":
        pytest.skip("this machine has no user namespaces")
    assert (found == "0") is not on


def test_every_set_of_capabilities_is_empty_and_stays_so():
    found = attempt(
        "[privileges.capabilities(), privileges.bounding_set(), libc.prctl(27, 0, 0, 0, 0)]",
        before=NAMESPACE,
        layers=["capabilities"],
    )
    if found == "no namespace":
        pytest.skip("this machine has no user namespaces")
    assert found == "[(0, 0, 0), [], 239]"  # 239: the secure bits, all locked


def test_a_layer_that_cannot_be_had_is_an_error():
    code = (
        "try:\n"
        "    privileges.drop_capabilities()\n"
        "except privileges.PrivilegeError as error:\n"
        "    print(error)\n"
    )
    sabotage = "privileges._set_capabilities = lambda held: None\n"
    found = script(NAMESPACE + sabotage + code)
    if found == "no namespace":
        pytest.skip("this machine has no user namespaces")
    assert found.startswith("capabilities: some are left: (")


@as_root
def test_student_code_as_root_is_an_error():
    found = python(
        "from grader.worker import privileges\n"
        "try:\n"
        "    privileges.drop_capabilities()\n"
        "except privileges.PrivilegeError as error:\n"
        "    print(error)\n"
    )
    assert found == "capabilities: student code would run as root"


@as_root
@pytest.mark.parametrize(("keep", "held"), [(False, (0, 0, 0)), (True, (4, 4, 0))])
def test_root_becomes_nobody_and_cannot_turn_back(keep, held):
    found = python(
        "import os\n"
        "from grader.worker import privileges\n"
        f"privileges.become_nobody(keep_reading={keep})\n"
        "print(os.getresuid(), os.getresgid(), os.getgroups(), privileges.capabilities())\n"
        "print(privileges.bounding_set())\n"
        "try:\n"
        "    os.setuid(0)\n"
        "except PermissionError:\n"
        "    print('no way back')\n"
    )
    nobody = (65534,) * 3
    assert found.splitlines() == [f"{nobody} {nobody} [] {held}", "[]", "no way back"]


@as_root
def test_what_nobody_cannot_read_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").touch()
    assert privileges.unreadable_to_nobody([Path("/usr"), closed / "file"]) == closed / "file"
    assert privileges.unreadable_to_nobody([Path("/usr"), Path("/bin")]) is None
    assert os.geteuid() == 0
    assert os.getegid() == 0
