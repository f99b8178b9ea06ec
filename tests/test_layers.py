import pytest
from rich.console import Console

from grader.batch.doctor import Finding, examine, print_findings
from grader.worker import layers


def test_each_layer_says_whether_it_works_and_what_would_mend_it():
    found = layers.survey()
    assert [layer.name for layer in found] == ["bubblewrap", "namespaces", "landlock", "seccomp"]
    for layer in found:
        assert layer.detail
        assert layer.works or layer.fix or layer.detail == "needs bubblewrap"


def test_without_bubblewrap_nothing_that_rests_on_it_is_said_to_be_in_force(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {layer.name: layer for layer in layers.survey()}
    assert not found["bubblewrap"].works
    assert "apt-get install bubblewrap" in found["bubblewrap"].fix
    assert not found["namespaces"].works
    assert layers.in_force(list(found.values())) == ["rlimits"]


def test_a_bubblewrap_that_fails_is_reported_with_what_it_said(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'no permission to create namespaces' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    layer = layers.survey()[0]
    assert not layer.works
    assert "no permission" in layer.detail
    assert "userns" in layer.fix


@pytest.mark.parametrize("needed", [True, False])
def test_a_gap_stands_beside_its_fix(needed):
    console = Console(width=80, record=True)
    gap = Finding(name="thing", good=False, detail="gone", fix="get thing", needed=needed)
    print_findings(console, [gap, Finding(name="cores", good=True, detail="2")])
    text = console.export_text()
    assert "    get thing" in text
    assert ("can be graded in the sandbox" in text) is not needed
    assert max(map(len, text.splitlines())) <= 80


def test_the_examination_covers_what_grading_needs():
    names = {finding.name for finding in examine()}
    assert {"bubblewrap", "namespaces", "torch", "torchvision", "cores", "disk"} <= names
