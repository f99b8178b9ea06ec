import os

import pytest
from rich.console import Console

from grader.batch.doctor import Finding, examine, print_findings
from grader.worker import landlock, layers, seccomp


def test_each_layer_says_whether_it_works_and_what_would_mend_it():
    found = layers.survey()
    assert tuple(layer.name for layer in found) == layers.REQUIRED
    for layer in found:
        assert layer.detail
        assert layer.works or layer.fix or layer.detail == "needs bubblewrap"


def test_without_bubblewrap_nothing_that_rests_on_it_is_said_to_be_in_force(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {layer.name: layer for layer in layers.survey()}
    assert not found["bubblewrap"].works
    assert "apt-get install bubblewrap" in found["bubblewrap"].fix
    assert not found["namespaces"].works
    named = layers.in_force(list(found.values()))
    assert not {"bubblewrap", "namespaces"} & set(named)
    assert named[-1] == "rlimits"


def test_a_bubblewrap_that_fails_is_reported_with_what_it_said(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'no permission to create namespaces' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    layer = layers.survey()[0]
    assert not layer.works
    assert "no permission" in layer.detail
    assert "userns" in layer.fix


def test_landlock_seccomp_and_limits_remain_without_bubblewrap(monkeypatch, tmp_path):
    if not landlock.version() or seccomp.libseccomp() is None:
        pytest.skip("this machine has no Landlock or no libseccomp")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert {"landlock", "seccomp", "no_new_privs", "rlimits"} <= set(
        layers.in_force(layers.survey())
    )


def test_root_whose_interpreter_nobody_can_read_is_told_where_to_put_it(monkeypatch, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root becomes nobody")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "python").touch()
    monkeypatch.setattr(layers, "readable", lambda: [closed / "python"])
    monkeypatch.setenv("PATH", str(tmp_path))
    layer = layers.survey()[-1]
    assert layer.name == "capabilities"
    assert not layer.works
    assert str(closed) in layer.detail
    assert "/opt" in layer.fix
    monkeypatch.undo()
    assert layers.survey()[-1].works is layers.survey()[0].works


def test_a_missing_library_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(seccomp, "libseccomp", lambda: None)
    does_not = dict.fromkeys(("landlock", "seccomp", "no_new_privs"), "it does not work")
    monkeypatch.setattr(layers, "_confined", lambda: does_not)
    layer = {layer.name: layer for layer in layers.survey()}["seccomp"]
    assert not layer.works
    assert "apt-get install libseccomp2" in layer.fix


@pytest.mark.parametrize(
    ("layer", "sabotage"),
    [
        ("landlock", "landlock.restrict = lambda **_: None"),
        ("seccomp", "seccomp.Filter.load = lambda self: None"),
        ("no_new_privs", "privileges.has_no_new_privs = lambda: False"),
    ],
)
def test_a_layer_that_is_on_and_stops_nothing_does_not_work(monkeypatch, layer, sabotage):
    code = layers._CONFINED.replace("seccomp\n", f"seccomp\n{sabotage}\n", 1)
    assert sabotage in code
    assert layers._confined()[layer] is None
    monkeypatch.setattr(layers, "_CONFINED", code)
    said = layers._confined()
    assert said.pop(layer) == "it is on and stops nothing"
    assert set(said.values()) == {None}


def test_a_layer_that_kills_who_puts_it_on_does_not_work(monkeypatch):
    kills = "seccomp\nseccomp.compile_filter = lambda: os.kill(os.getpid(), 9)\n"
    monkeypatch.setattr(layers, "_CONFINED", layers._CONFINED.replace("seccomp\n", kills, 1))
    found = {layer.name: layer for layer in layers.survey()}
    assert (found["seccomp"].works, found["landlock"].works) == (False, True)
    assert found["seccomp"].detail == "it kills the process"


def test_what_keeps_layers_from_being_tried_is_said_of_each(monkeypatch):
    monkeypatch.setattr(layers, "_CONFINED", "raise OSError('no room')")
    assert set(layers._confined().values()) == {"OSError: no room"}


@pytest.mark.parametrize("good", [True, False])
def test_a_gap_stands_beside_its_fix(good):
    console = Console(width=80, record=True)
    thing = Finding(name="thing", good=good, detail="seen", fix="get thing")
    print_findings(console, [thing, Finding(name="cores", good=True, detail="2")])
    text = console.export_text()
    assert ("    get thing" in text) is not good
    assert ("can be graded in the sandbox" in text) is good
    assert max(map(len, text.splitlines())) <= 80


def test_the_examination_covers_what_grading_needs():
    names = {finding.name for finding in examine()}
    assert {"bubblewrap", "namespaces", "torch", "torchvision", "cores", "disk"} <= names
