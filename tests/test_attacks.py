"""The corpus of attacks, graded in one batch among honest submissions, in an outer net.

Nothing here is dangerous outside it: see tests/attacks/net.py and docs/attacks.md.
"""

import ast
import io
import json
import os
import re
import runpy
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from attacks import corpus, net

from grader.worker.layers import REQUIRED, in_force, survey

ATTACKS = corpus.load()
LIMIT_S = 400
"""Wall-clock seconds of the whole batch: five times what it takes on two cores."""
PROBLEM = net.problem()
if PROBLEM is None and set(REQUIRED) - set(in_force(survey())):
    PROBLEM = "this machine lacks layers of the sandbox"
there_is_a_net = pytest.mark.skipif(PROBLEM is not None, reason=f"no outer net: {PROBLEM}")


def in_the_net(test):
    """A test of the one long batch."""
    return pytest.mark.proof(there_is_a_net(test))


ACTING = (
    "ends_early", "exhausts", "network", "protocol", "reads", "takeover", "upward", "writes",
)  # fmt: skip
"""Families whose attacks act on something beyond their own results."""


@dataclass
class Batch:
    """What came of grading the corpus."""

    folder: Path
    report: dict
    scores: dict
    """By submission id, of all; `alone` the same of the honest ones graded by themselves."""
    alone: dict

    @property
    def attacks(self):
        """(attack, score) pairs."""
        by_id = {attack.id: attack for attack in ATTACKS}
        return [
            (by_id[kind], self.scores[name])
            for name, kind in self.report["submissions"].items()
            if kind in by_id
        ]


def read_scores(results):
    return {path.parent.name: json.loads(path.read_text()) for path in results.glob("*/score.json")}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    done = net.run("batch", timeout_s=LIMIT_S)
    assert done.returncode == 0, done.stderr.decode()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    report = json.loads((folder / "report.json").read_text())
    runs = folder / "runs"
    return Batch(
        folder,
        report,
        read_scores(runs / "out" / "results"),
        read_scores(runs / "alone" / "results"),
    )


def checks(score):
    return [check for task in score["tasks"] for check in task["checks"]]


@in_the_net
def test_every_submission_has_its_score_and_there_is_no_other(batch):
    assert batch.scores.keys() == batch.report["submissions"].keys()
    results = batch.folder / "runs" / "out" / "results"
    folders = {path.name for path in results.iterdir() if path.is_dir()}
    assert folders == batch.report["submissions"].keys()
    assert len(batch.attacks) == len(ATTACKS) >= 100
    for name, score in batch.scores.items():
        assert score["submission"] == name
        assert score["max_score"] == 12
    said = (batch.folder / "runs" / "out" / "stderr").read_text()
    assert batch.report["out"]["status"] in (0, 1), said
    assert f"{len(batch.scores)}/{len(batch.scores)}" in said


@in_the_net
def test_no_attack_scores_more_than_its_honest_part(batch):
    wrong = {
        attack.id: f"{score['score']} points for {attack.honest}"
        for attack, score in batch.attacks
        if score["score"] > attack.honest or (attack.exact and score["score"] != attack.honest)
    }
    assert wrong == {}


@in_the_net
def test_no_attack_got_through(batch):
    """Attacks that succeed raise an exception of that name, which their score then shows."""
    through = {
        attack.id: check["message"]
        for attack, score in batch.attacks
        for check in checks(score)
        if (check["message"] or "").startswith("Breach: ")
    }
    assert through == {}


@in_the_net
def test_a_score_is_the_sum_of_checks_that_were_expected(batch):
    expected = {name: [c["id"] for c in checks(s)] for name, s in batch.alone.items()}
    (wanted,) = {tuple(ids) for ids in expected.values()}
    for attack, score in batch.attacks:
        if score["tasks"]:  # none where a person has to look
            assert tuple(check["id"] for check in checks(score)) == wanted, attack.id
        else:
            assert (score["status"], score["score"]) == ("needs_review", 0), attack.id


@in_the_net
def test_no_canary_is_in_anything_written(batch):
    places = batch.report["canaries"]
    assert len(places) > 20
    found = {
        f"{places[canary]} in {path.name}"
        for path in (batch.folder / "runs").rglob("*")
        if path.is_file()
        for canary in re.findall(r"canary-[0-9a-f]{16}", path.read_bytes().decode("latin-1"))
    }
    assert found == set()


@in_the_net
def test_honest_submissions_score_as_if_they_were_alone(batch):
    honest = {n: k for n, k in batch.report["submissions"].items() if k in corpus.HONEST}
    assert set(honest.values()) == set(corpus.HONEST)
    assert batch.alone.keys() == honest.keys()
    for name, kind in honest.items():
        among, alone = batch.scores[name], batch.alone[name]
        assert among["score"] == corpus.HONEST[kind], name
        for score in (among, alone):
            for check in checks(score):
                del check["duration_s"]
        same = ("status", "reason", "score", "tasks", "penalty", "environment", "digest")
        assert {key: among[key] for key in same} == {key: alone[key] for key in same}, name


@in_the_net
def test_nothing_is_left_behind_and_nothing_is_changed(batch):
    assert batch.report["changes"] == []
    assert batch.report["victims"] == []


@in_the_net
def test_nobody_was_called(batch):
    assert batch.report["heard"] == []


@in_the_net
def test_every_layer_was_in_force(batch):
    layers = [score["environment"]["isolation"] for score in batch.scores.values()]
    assert all(found == [*REQUIRED, "rlimits"] for found in layers)


@in_the_net
def test_what_watches_would_notice():
    """Something of every kind that the tests above look for is done, and is noticed."""
    done = net.run("control", timeout_s=60)
    assert done.returncode == 0, done.stderr.decode()
    report = json.loads(done.stdout)
    assert len(report["heard"]) == len(set(report["heard"])) == 6
    assert sorted(report["victims"]) == ["signal 15", "victim ended with -9", "victim was stopped"]
    assert {": ".join(change.split(": ")[:2]) for change in report["changes"]} == {
        "processes: left over",
        "processes: gone",
        "memory: left over",
        "files: /dev/shm/left",
        "files: /tmp/changed",
        "files: /tmp/removed",
    }
    assert not [change for change in report["changes"] if "/tmp/run" in change]


@in_the_net
def test_the_net_looks_at_its_walls_before_anything_acts():
    here = {name: os.readlink(f"/proc/self/ns/{name}") for name in net.NAMESPACES}  # noqa: PTH115
    holes = "\n".join(net._walls(here))
    for name in net.NAMESPACES:
        assert f"the {name} namespace is not its own" in holes
    assert "there are other processes" in holes
    assert f"{net.ROOT} can be written" in holes
    assert "/tmp is not small" in holes


@pytest.mark.parametrize("module", ["batch", "control"])
def test_outside_the_net_nothing_is_graded(module):
    done = subprocess.run(
        [sys.executable, "-m", f"attacks.{module}"],
        cwd=net.ROOT / "tests",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "in the outer net only" in done.stderr


def test_outside_the_net_an_attack_refuses_to_act():
    assert not net.is_inside()
    with pytest.raises(RuntimeError, match="inside the outer net only"):
        runpy.run_path(str(corpus.PARTS / "inside.py"))
    assert runpy.run_path(str(corpus.HERE / "net.py"))["MARK"] == net.MARK
    assert f"MARK = ({net.MARK[0]:_}, {net.MARK[1]:_})" in (corpus.PARTS / "inside.py").read_text()


def modules(family):
    return [
        path
        for attack in ATTACKS
        if attack.family == family
        for path in ([attack.path] if attack.path.is_file() else attack.path.rglob("*.py"))
    ]


@pytest.mark.parametrize("family", ACTING)
def test_before_an_attack_does_anything_it_makes_sure_of_the_net(family):
    assert modules(family)
    for path in modules(family):
        first = ast.parse(path.read_text()).body[0]
        assert isinstance(first, ast.Import), path
        assert [alias.name for alias in first.names] == ["inside"], path


def test_attacks_name_no_address_but_the_loopback():
    families = {attack.family for attack in ATTACKS}
    for path in (path for family in families for path in modules(family)):
        text = path.read_text(errors="replace")
        assert set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text)) <= {"127.0.0.1", "0.0.0.0"}, path
        hosts = re.findall(r"\w+://([^/\"'\s:]+)", text)
        assert set(hosts) <= {"127.0.0.1", "localhost"}, path


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("", "no entry for the attack good"),
        ('[good]\ntries = "x"\nhonest = 1\n[bad]\ntries = "x"\nhonest = 1\n', "no file for .* bad"),
        ('[good]\ntries = "x"\n', "good: give tries"),
        ('[good]\ntries = ""\nhonest = 1\n', "good: give tries"),
        ('[good]\ntries = "x"\nhonest = 13\n', "good: give tries"),
        ('[good]\ntries = "x"\nhonest = 1\nexact = 1\n', "good: give tries"),
        ('[good]\ntries = "x"\nhonest = 1\nother = 1\n', "good: give tries"),
    ],
)
def test_a_corpus_that_is_not_in_order_is_refused(tmp_path, entry, message):
    (tmp_path / "family").mkdir()
    (tmp_path / "family" / "good.py").touch()
    (tmp_path / "family" / "attacks.toml").write_text(entry)
    with pytest.raises(corpus.CorpusError, match=message):
        corpus.load(tmp_path)
