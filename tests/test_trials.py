"""A sandbox that stops nothing is found out before the first submission."""

import sys

import pytest
from confined import python, script

from grader.judge import workers
from grader.judge.workers import SandboxError
from grader.worker import landlock, seccomp, trials
from grader.worker.confinement import CONFINEMENT
from grader.worker.layers import in_force, survey
from grader.worker.sandbox import zygote_command

LAYERS = in_force(survey())
pytestmark = pytest.mark.skipif(
    not (landlock.version() and seccomp.libseccomp()), reason="this machine lacks layers to try"
)
needs_namespaces = pytest.mark.skipif(
    "namespaces" not in LAYERS, reason="this machine has no user namespaces"
)

PROVE = """
from grader.worker import trials, zygote
def prove(*layers, say=True):
    confinement = Confinement(layers, [Path("/usr")])
    {sabotage}
    print(*(zygote._prove(confinement, layers) or ["all stopped"]), sep="\\n")
"""
"""What a zygote does at its start, outside bubblewrap and without torch."""


def prove(*layers, sabotage="pass"):
    """What got through in front of some layers, one of which is perhaps only said to be there."""
    return script(PROVE.replace("{sabotage}", sabotage) + f"prove(*{layers})").splitlines()


INSIDE = [*CONFINEMENT, "rlimits"]


@needs_namespaces
def test_layers_that_hold_are_found_to_hold():
    assert prove("namespaces", *INSIDE) == ["all stopped"]


def test_they_hold_without_any_namespace():
    assert prove("landlock", "seccomp", "no_new_privs", "rlimits") == ["all stopped"]


@needs_namespaces
@pytest.mark.parametrize(
    ("sabotage", "layer", "through"),
    [
        (
            "landlock.restrict = lambda **_: None",
            "landlock",
            {"read a file outside", "write a file outside", "connect or bind"},
        ),
        (
            "seccomp.Filter.load = lambda self: None",
            "seccomp",
            {"ptrace", "unshare", "open a socket", "pair datagram sockets", "clone3", "io_uring"},
        ),
        (
            "privileges.drop_capabilities = lambda: None",
            "capabilities",
            {"mount", "chroot", "keep a capability"},
        ),
        (
            "setup.limit = lambda **_: None",
            "rlimits",
            {"fork without end", "write a file without end", "take memory without end"},
        ),
        (
            "setup.mount_private = setup.mount_nothing = lambda *_: None",
            "namespaces",
            {"read /proc", "see files of others"},
        ),
    ],
)
def test_a_layer_that_stops_nothing_is_named(sabotage, layer, through):
    found = prove("namespaces", *INSIDE, sabotage=sabotage)
    assert {line for line in found if line.startswith(f"{layer}: ")} >= {
        f"{layer}: {what}" for what in through
    }


@needs_namespaces
def test_a_layer_is_found_out_although_another_stops_the_same():
    found = prove("namespaces", *INSIDE, sabotage="privileges.drop_capabilities = lambda: None")
    assert "capabilities: mount" in found  # Landlock and seccomp refuse it as well


def test_a_trial_that_breaks_off_is_not_passed():
    found = prove("landlock", sabotage="trials.run = lambda layers: os._exit(0)")
    assert found == [": the trial broke off: ", *["landlock: the trial broke off: "] * 2]
    found = prove("seccomp", sabotage="seccomp.Filter.load = lambda self: 1 / 0")
    assert "ZeroDivisionError: division by zero" in found


def test_an_attempt_that_fails_for_another_reason_proves_nothing():
    found = script(
        "from grader.worker import trials\n"
        "def broken():\n"
        "    raise OSError(errno.EIO, 'broken')\n"
        "trials.TRIALS = (trials.Trial('landlock', 'read a file outside', broken),)\n"
        "print(trials.run(['landlock']))"
    )
    assert found == "['landlock: read a file outside failed otherwise: [Errno 5] broken']"


def test_every_layer_has_an_attempt():
    assert {trial.layer for trial in trials.TRIALS} == {
        "bubblewrap",
        "namespaces",
        "rlimits",
        *CONFINEMENT,
    }


@pytest.mark.skipif("bubblewrap" not in LAYERS, reason="this machine has no bubblewrap")
def test_without_its_walls_bubblewrap_is_found_out():
    found = python(
        "from grader.worker import trials\n"
        "print(*trials.run(['bubblewrap']), sep='\\n')"  # here, where there are none
    )
    assert "bubblewrap: open /etc/passwd" in found
    assert "bubblewrap: read an environment" in found


def test_a_zygote_whose_sandbox_stops_nothing_does_not_start(monkeypatch):
    sabotaged = (
        "import sys; from grader.worker import seccomp, zygote\n"
        "seccomp.Filter.load = lambda self: None\n"
        "zygote.main()"
    )

    def command(**options):
        plain = zygote_command(**options | {"layers": ["landlock", "seccomp", "rlimits"]})
        start = plain.index("-m")
        return [*plain[:start], "-c", sabotaged, *plain[start + 2 :]]

    assert sys.executable in command(isolate=False, data=None)
    monkeypatch.setattr(workers, "zygote_command", command)
    with pytest.raises(SandboxError, match=r"does not stop what it must: .*seccomp: ptrace"):
        workers.Zygote(isolate=False, data=None)
