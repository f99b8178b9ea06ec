"""Landlock alone: each attack gets through without it, and is stopped with it."""

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from confined import PROGRAMS, attempt, script

from grader.worker import landlock

pytestmark = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
needs_tcp = pytest.mark.skipif(landlock.version() < 4, reason="Landlock knows TCP since ABI 4")
needs_scopes = pytest.mark.skipif(landlock.version() < 6, reason="scopes came with ABI 6")
onoff = pytest.mark.parametrize("layers", [[], ["landlock"]], ids=["without", "with"])


@pytest.fixture
def place():
    """A folder that every user may write in, below none that is closed."""
    folder = Path(tempfile.mkdtemp(prefix="landlock."))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def secret(place):
    file = place / "secret.txt"
    file.write_text("canary")
    file.chmod(0o666)
    return file


def outcome(layers, through, stopped="EACCES"):
    return stopped if layers else through


@onoff
def test_a_file_outside_cannot_be_read(layers, secret):
    found = attempt(f"open({str(secret)!r}).read()", layers=layers)
    assert found == outcome(layers, "canary")


@onoff
def test_a_folder_outside_cannot_be_listed(layers, secret):
    found = attempt(f"len(os.listdir({str(secret.parent)!r}))", layers=layers)
    assert found == outcome(layers, "1")


@onoff
@pytest.mark.parametrize(
    ("act", "left"),
    [
        ("open({0!r}, 'a').write('x')", "canaryx"),
        ("os.truncate({0!r}, 2)", "ca"),
        ("os.unlink({0!r})", None),
        ("os.rename({0!r}, {0!r} + '.moved')", None),
        ("os.mkdir({0!r} + '.folder')", "canary"),
        ("os.symlink('/', {0!r} + '.link')", "canary"),
        ("os.mkfifo({0!r} + '.fifo')", "canary"),
    ],
)
def test_nothing_outside_can_be_changed(layers, act, left, secret):
    before = set(secret.parent.iterdir())
    found = attempt(act.format(str(secret)), layers=layers)
    if layers:
        assert found == "EACCES"
        assert secret.read_text() == "canary"
        assert set(secret.parent.iterdir()) == before
    else:
        assert found != "EACCES"
        assert (secret.read_text() if secret.exists() else None) == left


@onoff
def test_what_a_worker_starts_is_bound_as_well(layers, secret):
    found = attempt(
        f"subprocess.run(['/bin/cat', {str(secret)!r}], capture_output=True).stdout.decode()",
        layers=layers,
        readable=PROGRAMS,
    )
    assert found == outcome(layers, "canary", "")


@onoff
@needs_tcp
def test_no_port_can_be_reached_or_bound(layers):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        found = attempt(f"socket.socket().connect({address})", layers=layers)
    assert found == outcome(layers, "None")
    found = attempt("socket.socket().bind(('127.0.0.1', 0))", layers=layers)
    assert found == outcome(layers, "None")


@onoff
@needs_scopes
def test_no_abstract_socket_outside_can_be_reached(layers):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("")  # the kernel picks an abstract name
        listener.listen()
        name = listener.getsockname()
        found = attempt(f"socket.socket(socket.AF_UNIX).connect({name!r})", layers=layers)
    assert found == outcome(layers, "None", "EPERM")


@onoff
@needs_scopes
def test_no_process_outside_can_be_signalled(layers):
    start = "victim = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)"
    found = attempt("victim.terminate()", before=start, layers=layers)
    assert found == outcome(layers, "None", "EPERM")


def test_a_worker_reads_what_it_may_and_does_as_it_likes_in_its_own_folder(place, secret):
    own = place / "own"
    own.mkdir()
    own.chmod(0o777)
    act = f"""
own = Path({str(own)!r})
(own / "folder").mkdir()
(own / "folder" / "a").write_text("12345")
os.truncate(own / "folder" / "a", 3)
os.rename(own / "folder" / "a", own / "b")
os.symlink("b", own / "link")
os.mkfifo(own / "fifo")
(own / "folder").rmdir()
text = (own / "link").read_text()
(own / "fifo").unlink()
Path("/dev/null").write_text("x")
zeros = len(open("/dev/zero", "rb").read(5)) + len(open("/dev/urandom", "rb").read(3))
[text, zeros, open({str(secret)!r}).read(), sorted(os.listdir(own))]
"""
    found = attempt(act, layers=["landlock"], readable=[secret], own=[own])
    assert found == str(["123", 8, "canary", ["b", "link"]])


@pytest.mark.parametrize(
    ("act", "error"),
    [
        ("os.execv({0!r} + '/program', ['program'])", "EACCES"),
        ("socket.socket(socket.AF_UNIX).bind({0!r} + '/socket')", "EACCES"),
    ],
)
def test_even_its_own_folder_holds_no_programs_and_no_sockets(place, act, error):
    shutil.copy("/bin/true", place / "program")
    assert attempt(act.format(str(place)), layers=["landlock"], own=[place]) == error


@pytest.mark.parametrize("device", ["/dev/full", "/dev/ptmx", "/dev/tty"])
def test_no_other_device_is_open(device):
    assert attempt(f"open({device!r}, 'rb')", layers=["landlock"]) == "EACCES"


@pytest.mark.parametrize("abi", range(1, landlock.version() + 1))
def test_an_older_kernel_gets_the_rules_that_it_knows(abi, secret):
    before = f"landlock.version = lambda: {abi}"
    found = attempt(f"open({str(secret)!r})", before=before, layers=["landlock"])
    assert found == "EACCES"
    tcp = attempt("socket.socket().bind(('127.0.0.1', 0))", before=before, layers=["landlock"])
    assert tcp == ("EACCES" if abi >= 4 else "None")


def test_places_that_are_not_there_are_passed_over(secret):
    readable = ["/nowhere/at/all", f"{secret}/below", secret]
    assert attempt(f"open({str(secret)!r}).read()", layers=["landlock"], readable=readable) == (
        "canary"
    )


def test_what_a_version_stops_is_said_in_words():
    assert landlock.stops(1) == "files"
    assert landlock.stops(4) == "files, TCP"
    assert landlock.stops(7) == "files, TCP, signals and abstract sockets"


@pytest.mark.parametrize(
    ("sabotage", "message"),
    [
        ("landlock.version = lambda: 0", "this kernel has no Landlock"),
        ("", "landlock_restrict_self: Operation not permitted"),
        (
            "landlock.READ = 1 << 40\nlandlock._handled = lambda abi: 1 << 40",
            "landlock_create_ruleset: Invalid argument",
        ),
        (
            "landlock.READ = landlock.File.READ_DIR | 1 << 14\nlandlock._OF_A_FILE = -1",
            "landlock_add_rule /etc/passwd: Invalid argument",
        ),
    ],
)
def test_a_kernel_that_refuses_is_an_error_that_says_what(sabotage, message):
    found = script(
        f"{sabotage}\n"
        "try:\n"
        "    landlock.restrict(readable=[Path('/etc/passwd')], own=[])\n"
        "except landlock.LandlockError as error:\n"
        "    print(error)\n"
    )
    assert found == message


def test_asking_for_it_where_the_kernel_has_none_names_the_layer():
    found = script(
        "from grader.worker.confinement import ConfinementError\n"
        "landlock.version = lambda: 0\n"
        "try:\n"
        "    Confinement(['landlock'], [])\n"
        "except ConfinementError as error:\n"
        "    print(error)\n"
    )
    assert found.startswith("landlock: ")


def test_files_that_are_open_already_stay_usable(secret):
    assert attempt(
        "opened.read()", before=f"opened = open({str(secret)!r})", layers=["landlock"]
    ) == ("canary")


def test_it_binds_an_ordinary_user_without_any_namespace(secret):
    code = (
        "import os; from grader.worker import landlock, privileges\n"
        "privileges.become_nobody() if os.geteuid() == 0 else None\n"
        "assert privileges.capabilities() == (0, 0, 0)\n"
        "privileges.set_no_new_privs(); landlock.restrict(readable=[], own=[])\n"
        "try:\n"
        f"    open({str(secret)!r})\n"
        "except PermissionError:\n"
        "    print('stopped')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "stopped\n", done.stderr
