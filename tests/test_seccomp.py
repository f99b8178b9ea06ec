"""The system call filter alone: each attack gets through without it, and is stopped with it."""

import ctypes
import json
import platform

import pytest
from confined import attempt, python, script

from grader.worker import seccomp

pytestmark = pytest.mark.skipif(seccomp.libseccomp() is None, reason="libseccomp is not installed")
onoff = pytest.mark.parametrize("layers", [[], ["seccomp"]], ids=["without", "with"])
x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="of x86-64 only")
ALWAYS = {name: row.error for row in seccomp.DENIED if row.when is None for name in row.calls}


def number(name):
    found = seccomp.libseccomp().seccomp_syscall_resolve_name(name.encode())
    return found if found >= 0 else seccomp.NUMBERS.get(name, -1)


HERE = [name for name in ALWAYS if number(name) >= 0]
"""Those that this architecture has."""


def outcome(layers, through, stopped="EPERM"):
    return stopped if layers else through


CALL = """
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""
SENSELESS = (-1,) * 6
"""Arguments with which no call does anything, if it should get through."""


@pytest.fixture(scope="module")
def answers():
    """What every call that is always denied answers under the filter."""
    numbers = {name: number(name) for name in HERE}
    code = f"{CALL}json.dumps({{n: call(i, *{SENSELESS}) for n, i in {numbers}.items()}})"
    return json.loads(attempt(code, layers=["seccomp"]))


@pytest.mark.parametrize("name", HERE)
def test_a_denied_call_answers_as_the_table_says(name, answers):
    assert answers[name] == {1: "EPERM", 38: "ENOSYS"}[ALWAYS[name]]


@onoff
@pytest.mark.parametrize(
    ("attack", "through"),
    [
        ("call(number['ptrace'], 0, 0, 0, 0)", "done"),
        ("call(number['unshare'], 0x200)", "done"),  # CLONE_FS, which needs no right
        ("call(number['process_vm_readv'], os.getpid(), 0, 0, 0, 0, 0)", "done"),
        ("call(number['kcmp'], os.getpid(), os.getpid(), 1, 0, 0)", "done"),
        ("call(number['keyctl'], 9999)", "ENOTSUP"),
        ("call(number['add_key'], -1, -1, 0, 0, 0)", "EFAULT"),
        ("call(number['io_uring_setup'], 0, 0)", "EFAULT"),
        ("call(number['clone3'], 0, 0)", "EINVAL"),
        ("call(number['userfaultfd'], -1)", "EINVAL"),
        ("call(number['name_to_handle_at'], -1, 0, 0, 0, 0)", "EFAULT"),
        ("call(number['personality'], -1)", "done"),
        ("call(number['shmget'], 0, 4096, 0o600)", "done"),
        ("call(number['memfd_secret'], -1)", "EINVAL"),
        ("call(number['setsid'])", "done"),
        ("call(number['setpriority'], 0, 0, 5)", "done"),
        ("socket.socket(socket.AF_INET).type.name", "SOCK_STREAM"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).type.name", "SOCK_DGRAM"),
        ("socket.socket(socket.AF_UNIX).type.name", "SOCK_STREAM"),
        ("socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).type.name", "SOCK_RAW"),
    ],
)
def test_the_filter_is_what_stops_it(layers, attack, through):
    names = "ptrace unshare process_vm_readv kcmp keyctl add_key io_uring_setup clone3 userfaultfd "
    names += "name_to_handle_at personality shmget memfd_secret setsid setpriority"
    before = f"{CALL}\nnumber = { ({name: number(name) for name in names.split()}) }"
    found = attempt(attack, before=before, layers=layers)
    stopped = "ENOSYS" if "io_uring" in attack or "clone3" in attack else "EPERM"
    assert found == outcome(layers, through, stopped)


@pytest.mark.parametrize(
    "namespace", [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
)
def test_no_process_starts_in_a_new_namespace(namespace):
    code = f"{CALL}call({number('clone')}, {namespace | 17}, 0, 0, 0, 0)"
    assert attempt(code, layers=["seccomp"]) == "EPERM"


@onoff
def test_a_user_namespace_by_clone_is_what_the_filter_stops(layers):
    act = f"""
{CALL}
def attack():
    result = libc.syscall(ctypes.c_long({number("clone")}), ctypes.c_long(0x10000000 | 17), 0, 0, 0, 0)
    if result == 0:
        os._exit(0)
    return "born" if result > 0 else errno.errorcode[ctypes.get_errno()]
attack()
"""  # noqa: E501  # one call
    assert attempt(act, layers=layers) == outcome(layers, "born")


@onoff
@pytest.mark.parametrize("kind", ["SOCK_DGRAM", "SOCK_RAW"])
def test_no_pair_of_sockets_that_reach_others_by_address(layers, kind):
    act = f"type(socket.socketpair(socket.AF_UNIX, socket.{kind} | socket.SOCK_CLOEXEC)).__name__"
    assert attempt(act, layers=layers) == outcome(layers, "tuple")


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_SEQPACKET"])
def test_a_pair_of_sockets_for_processes_of_ones_own_stays(kind):
    act = f"""
a, b = socket.socketpair(socket.AF_UNIX, socket.{kind})
a.send(b"hello")
b.recv(9).decode()
"""
    assert attempt(act, layers=["seccomp"]) == "hello"


@onoff
@pytest.mark.parametrize("request_number", [0x5412, 0x5412 | 1 << 40, 0x540E, 0x541C])
def test_terminal_requests_are_refused_whatever_the_upper_half_says(layers, request_number):
    act = f"{CALL}call({number('ioctl')}, {{0}}, {request_number}, 0)".format(
        "os.open('/dev/null', os.O_RDWR)"
    )
    assert attempt(act, layers=layers) == outcome(layers, "ENOTTY")


@onoff
@pytest.mark.parametrize("request_number", [0x8912, 0x8912 | 1 << 40, 0x8927, 0x8933])
def test_no_socket_tells_the_addresses_of_the_machine(layers, request_number):
    act = f"{CALL}pair = socket.socketpair()\nname = (ctypes.c_char * 4096)(*b'lo')\n"
    act += f"call({number('ioctl')}, pair[0].fileno(), {request_number}, ctypes.addressof(name))"
    assert attempt(act, layers=layers) == outcome(layers, "done")


def test_other_requests_pass():
    act = "a, b = os.pipe()\nos.write(b, b'123')\nimport fcntl, termios\n"
    act += "list(fcntl.ioctl(a, termios.FIONREAD, bytes(4)))[0]"
    assert attempt(act, layers=["seccomp"]) == "3"


@onoff
def test_only_its_own_limits_are_a_workers_to_change(layers):
    act = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)
type(resource.prlimit(child.pid, resource.RLIMIT_CORE)).__name__
"""
    assert attempt(act, layers=layers) == outcome(layers, "tuple")


@x86_64
@onoff
def test_the_other_architectures_of_the_processor_are_closed(layers):
    x32_getpid = 0x40000000 | 39
    found = attempt(f"{CALL}call({x32_getpid})", layers=layers)
    assert found in outcome(layers, ("done", "ENOSYS"), ("EPERM",))
    act = """
import mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))  # mov eax, getpid; int 0x80; ret
getpid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
child = os.fork()
if child == 0:
    os._exit(0 if getpid() == os.getpid() else 3)
os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    found = attempt(act, layers=layers)
    assert found in outcome(layers, ("0", "-11"), ("3", "-11"))  # -11: the kernel has no i386


def test_calls_newer_than_the_table_are_unknown():
    for unknown in (seccomp.UNKNOWN[0], 512, 600, seccomp.UNKNOWN[-1]):
        assert attempt(f"{CALL}call({unknown})", layers=["seccomp"]) == "ENOSYS"


def test_what_courses_use_works_under_the_filter():
    act = """
    import asyncio, concurrent.futures, io, multiprocessing, subprocess, threading, os, socket
    import torch, numpy as np
    from matplotlib.figure import Figure
    from grader.worker import privileges
    from grader.worker.confinement import Confinement
    if os.geteuid() == 0:
        privileges.become_nobody(keep_reading=True)
    Confinement(["seccomp"], []).put_on(own=[])
    torch.set_num_threads(2)
    parts = torch.nn.Conv2d(1, 3, 3), torch.nn.Flatten(), torch.nn.Linear(108, 2)
    model = torch.nn.Sequential(*parts)
    optimizer = torch.optim.Adam(model.parameters())
    loader = torch.utils.data.DataLoader(torch.randn(7, 1, 8, 8), batch_size=4, shuffle=True)
    for batch in loader:
        model(batch).square().sum().backward()
        optimizer.step()
    np.linalg.svd(np.random.default_rng(3).normal(size=(200, 90)))
    figure = Figure(); figure.add_subplot().plot([1, 2, 4]); figure.savefig(io.BytesIO())
    async def nap():
        await asyncio.sleep(0.001)
        return 1
    print(asyncio.run(nap()))
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        print(sum(pool.map(abs, range(-4, 4))))
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=there.send, args=("piped",))
    process.start(); print(here.recv()); process.join()
    print(subprocess.run(["/bin/echo", "echoed"], capture_output=True).stdout.decode().strip())
    """
    import textwrap

    assert python(textwrap.dedent(act)).split() == ["1", "16", "piped", "echoed"]


def test_every_denied_call_has_a_reason_and_is_spelt_as_the_system_spells_it():
    for row in seccomp.DENIED:
        assert row.reason
        for name in row.calls:
            known = seccomp.libseccomp().seccomp_syscall_resolve_name(name.encode()) != -1
            assert known or name in seccomp.NUMBERS, name
    listed = [(name, row.when) for row in seccomp.DENIED for name in row.calls]
    assert len(listed) == len(set(listed))


def test_without_the_library_the_layer_is_an_error_that_names_the_fix():
    found = script(
        "from grader.worker.confinement import ConfinementError\n"
        "seccomp.LIBRARY = 'libnowhere.so.9'\n"
        "try:\n"
        "    Confinement(['seccomp'], [])\n"
        "except ConfinementError as error:\n"
        "    print(error)\n"
    )
    assert found.startswith("seccomp: libnowhere.so.9 is not installed")
    assert "apt-get install libseccomp2" in found


def test_a_rule_that_libseccomp_refuses_is_named():
    found = script(
        "seccomp.DENIED = (seccomp.Denied(calls=('getpid',), reason='', error=9999),)\n"
        "try:\n"
        "    seccomp.compile_filter()\n"
        "except seccomp.SeccompError as error:\n"
        "    print(error)\n"
    )
    assert "libseccomp refuses the filter: system call" in found


def test_a_filter_needs_no_new_privs_and_says_so():
    found = script(
        "try:\n"
        "    seccomp.compile_filter().load()\n"
        "except seccomp.SeccompError as error:\n"
        "    print(error)\n"
    )
    assert "the kernel takes no filter (Permission denied)" in found


def test_the_filter_is_compiled_to_whole_instructions():
    code = seccomp.compile_filter().code
    assert len(code) % 8 == 0
    assert 100 < len(code) // 8 < 4096  # the kernel takes no more
    assert ctypes.sizeof(ctypes.c_void_p) == 8
