"""``grader grade --cluster``: a real scheduler and real workers, as processes on loopback."""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import family
import pytest
import tiny
from dask_cluster import dask_cluster
from family import until
from test_faults import SLOW, Course

from grader.batch.cluster.connection import Cluster
from grader.batch.cluster.errors import ClusterError
from grader.batch.options import judge_options
from grader.judge.messages import Job
from grader.manifest import load_manifest
from grader.worker.layers import in_force, survey

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        "namespaces" not in in_force(survey()), reason="this machine has no bubblewrap"
    ),
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None,
        reason="the extra 'cluster' is not installed",
    ),
]
QUICK = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}


class Class(Course):
    """A course that is graded on a cluster."""

    @contextlib.contextmanager
    def on(self, address, *arguments, **variables):
        """The command as a process; its messages are a pipe."""
        command = [sys.executable, "-m", "grader", "grade", "class", "--seed=31"]
        process = subprocess.Popen(
            [*command, f"--cluster={address}", *arguments],
            cwd=self.folder,
            env={**os.environ, **QUICK, "TMPDIR": str(self.temporary), **variables},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    def grade_on(self, address, *arguments, **variables):
        """Run the command to its end: its exit status, and what it said."""
        with self.on(address, *arguments, **variables) as process:
            _, said = process.communicate()
        assert "Traceback" not in said, said
        return process.returncode, said

    def submit_quick(self, size):
        """Right submissions that take some hundredths of a second; their names."""
        names = [f"s{number:03}" for number in range(size)]
        for name in names:
            self.submit(name, f"{tiny.SOLUTION}\n# {name}\n")
        return names


@pytest.fixture
def course(tmp_path):
    return Class(tmp_path)


def judges(cluster):
    """Judges of all workers: their own children, or those of the processes their nannies start."""
    found = []
    for member in cluster.workers:
        for pid in (member.process.pid, *family.descendants(member.process.pid)):
            found += [judge for judge in family.judges(pid) if judge.zygote]
    return found


def struck(cluster, names):
    """A submission of :data:`SLOW` that is at work, by its name, the Dask worker, and the judge."""
    for member in cluster.workers:
        for judge in family.judges(member.process.pid):
            for worker in judge.workers:
                name = family.name(worker).removesuffix("-one")
                if name in names:
                    return name, member, judge
    return None


def tasks(cluster):
    """How many tasks that grade have ended well since its scheduler started."""
    distributed = importlib.import_module("distributed")
    with distributed.Client(cluster.address, set_as_default=False) as client:
        prefixes = client.run_on_scheduler(
            lambda dask_scheduler: {
                name: prefix.state_counts["memory"]
                for name, prefix in dask_scheduler.task_prefixes.items()
            }
        )
    return prefixes.get("grader-grade", 0)


def at_work(cluster):
    """How many Dask workers have a submission of :data:`SLOW` at work."""
    names = [
        {
            family.name(worker)
            for judge in family.judges(member.process.pid)
            for worker in judge.workers
        }
        for member in cluster.workers
    ]
    return sum(any(name.endswith(("-one", "-two")) for name in found) for found in names)


def permissions(stations):
    """Of what lies in the folders of all workers, once one of them is laid out."""
    found = {path.name: path.stat().st_mode & 0o777 for path in stations.glob("*/*")}
    return found if "submissions" in found else None


# Two workers, on which several tests grade


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("two") / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        cluster.add_worker("--no-nanny")
        yield cluster


WITH_DATA = '''
import pytest


@pytest.mark.task("predict")
def test_data(data):
    """The data are there."""
    assert (data / "deep" / "seven.txt").read_text() == "7"
'''


def test_scores_and_pictures_are_those_of_the_local_run(course, two):
    points = course.submit_class(9)
    tiny.write(
        course.folder / "solution",
        **{
            "assignment.toml": 'data = "../numbers"\n' + tiny.MANIFEST,
            "checks/public/test_data.py": WITH_DATA,
            "../numbers/deep/seven.txt": "7",
        },
    )
    with course.on(two.address) as run:
        modes = until(lambda: permissions(two.stations))
        assert course.grade("--out=local")[0] == 0  # meanwhile
        _, said = run.communicate()
    assert run.returncode == 0, said
    assert "9/9" in said
    assert {modes[name] for name in ("solution", "submissions")} == {0o700}
    assert modes["data"] == 0o755
    assert course.scores() == course.scores("local")
    assert course.points()["s000"] == points["s000"] == 10
    assert course.attempts() == dict.fromkeys(points, 1)
    picture = "s000/artifacts/note.png"
    assert (course.results / picture).read_bytes() == (
        course.folder / "local" / picture
    ).read_bytes()
    assert course.strays() == []
    until(lambda: not judges(two))
    until(lambda: not list(two.stations.iterdir()))
    _, said = course.grade_on(two.address)
    assert "9 submissions, 9 of them graded before" in said


@pytest.mark.proof
@pytest.mark.parametrize("count", [2, 5])
def test_all_workers_take_part_however_small_the_class_is(course, two, count):
    for number in range(count):
        course.submit(f"s{number}", SLOW.replace("ID", f"s{number}"))
    with course.on(two.address) as run:
        assert until(lambda: at_work(two) == 2 or run.poll() is not None)
        assert run.poll() is None, "one worker did it all"
        _, said = run.communicate()
    assert run.returncode == 0, said
    assert course.points() == {f"s{number}": 10 for number in range(count)}


@pytest.mark.proof
def test_all_workers_take_part_after_a_long_wait_for_the_first_submission(course, two, tmp_path):
    solution = course.folder / "solution"
    manifest = load_manifest(solution)
    jobs = []
    for name in "ab":
        course.submit(name, SLOW.replace("ID", name).replace("0.7", "5"))
        (tmp_path / name).mkdir()
        folder = course.folder / "class" / name
        jobs.append(Job(id=name, folder=str(folder), seed=1, artifacts=str(tmp_path / name)))
    with contextlib.closing(Cluster(two.address, sandbox="auto", say=print)) as cluster:
        options = judge_options(
            solution,
            manifest,
            tasks=manifest.task_ids(),
            layers=cluster.layers,
            sandbox="auto",
            device=cluster.device,
        )
        with contextlib.closing(cluster.dispatch(options)) as dispatch:
            time.sleep(5)  # every 2 s Dask looks for copies that nothing waits for
            with ThreadPoolExecutor(1) as thread:
                graded = thread.submit(lambda: list(dispatch.grade(jobs)))
                assert until(lambda: at_work(two) == 2 or graded.done())
                assert not graded.done(), "one worker did it all"
                assert all(verdict.score for _, verdict in graded.result())


@pytest.mark.proof
def test_what_cannot_be_graded_needs_a_person_and_stops_nobody(course, two):
    course.submit("right", (course.folder / "solution/ridge.py").read_text())
    (course.folder / "class/empty").mkdir()
    (course.folder / "class/empty/notes.txt").write_text("sorry")
    status, said = course.grade_on(two.address)
    assert status == 1, said
    assert course.scores()["right"]["score"] == 10
    assert course.scores()["empty"]["status"] == "needs_review"


@pytest.mark.proof
def test_checks_that_no_worker_can_load_end_the_run_with_what_is_wrong(course, two):
    course.submit_class(1)
    (course.folder / "solution/checks/public/test_ridge.py").write_text(
        "def test_x():\n  '''X'''\n"
    )
    status, said = course.grade_on(two.address)
    assert status == 2
    assert "belongs to no task" in said
    assert course.scores() == {}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:port",
        "smoke://127.0.0.1:9",
        "tcp://:8786",
        "tcp://[::1:9",
    ],
)
def test_what_is_no_address_is_an_error_with_an_example(address):
    with pytest.raises(
        ClusterError, match=r"must be the address of .* such as tcp://10\.0\.0\.5:8786"
    ):
        Cluster(address, sandbox="auto", say=print)


def test_an_address_where_nobody_answers_is_an_error_that_names_the_fix(course):
    course.submit_class(1)
    status, said = course.grade_on("tcp://127.0.0.1:9")
    assert status == 2
    assert "nobody answers there as a Dask scheduler" in said
    assert (
        "start one with 'dask scheduler', and workers with 'dask worker tcp://127.0.0.1:9'" in said
    )


def test_jobs_are_the_business_of_the_workers(course):
    status, said = course.grade_on("tcp://127.0.0.1:9", "--jobs=2")
    assert status == 2
    assert "dask worker --nthreads" in said


def test_without_dask_the_option_says_what_to_install(course, tmp_path):
    course.submit_class(1)
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "distributed.py").write_text("raise ImportError('not here')\n")
    status, said = course.grade_on("tcp://127.0.0.1:9", PYTHONPATH=str(hidden))
    assert status == 2
    assert "pip install 'autoencoder-grader[cluster]'" in said


def test_without_the_option_dask_is_not_loaded():
    code = (
        "import sys, grader.batch.run, grader.cli, grader.batch.cluster\n"
        "raise SystemExit('distributed' in sys.modules or 'dask' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("openssl") is None, reason="this machine has no openssl")
def test_with_tls_only_who_has_a_certificate_gets_in(course, tmp_path):
    points = course.submit_class(2)
    certificate, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=grading"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], capture_output=True, check=True)
    tls = {"DASK_DISTRIBUTED__COMM__TLS__CA_FILE": certificate}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__CERT"] = certificate
        tls[f"DASK_DISTRIBUTED__COMM__TLS__{role}__KEY"] = key
    with dask_cluster(tmp_path / "cluster", scheme="tls", **tls) as cluster:
        cluster.add_worker("--no-nanny")
        assert cluster.address.startswith("tls://")
        status, said = course.grade_on(cluster.address)
        assert status == 2
        assert "names no certificate" in said
        status, said = course.grade_on(cluster.address.replace("tls://", "tcp://"))
        assert status == 2
        assert "nobody answers there" in said
        status, said = course.grade_on(cluster.address, **tls)
        assert status == 0, said
        assert course.points() == points


# Workers that must not grade


def test_a_worker_of_another_torch_is_refused_by_name_and_the_others_go_on(course, tmp_path):
    points = course.submit_class(5)
    other = tmp_path / "other" / "torch-1.13.1.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 1.13.1\n")
    with dask_cluster(tmp_path / "cluster") as cluster:
        odd = cluster.add_worker("--no-nanny", PYTHONPATH=str(other.parent))
        address = odd.said(r"Start worker at:\s+(\S+)")
        cluster.add_worker("--no-nanny")
        status, said = course.grade_on(cluster.address)
        assert status == 0, said
        assert f"REFUSED worker {address}: torch is 1.13.1 there and " in said
        assert course.points() == points
        assert "close_run" in odd.log.read_text()
        assert not list(family.judges(odd.process.pid))


@pytest.mark.proof
def test_a_worker_without_a_layer_is_refused_by_name(course, tmp_path):
    points = course.submit_class(2)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("true", "ps"):
        (programs / name).symlink_to(shutil.which(name))
    with dask_cluster(tmp_path / "cluster") as cluster:
        bare = cluster.add_worker("--no-nanny", PATH=str(programs))
        address = bare.said(r"Start worker at:\s+(\S+)")
        status, said = course.grade_on(cluster.address, "--sandbox=require")
        assert status == 2
        assert f"REFUSED worker {address}: without bubblewrap" in said
        assert "apt-get install bubblewrap" in said
        assert "no worker may grade" in said
        assert course.scores() == {}
        cluster.add_worker("--no-nanny")
        status, said = course.grade_on(cluster.address)
        assert status == 0, said
        assert f"REFUSED worker {address}: without bubblewrap" in said
        assert course.points() == points


def test_cuda_needs_a_worker_that_offers_a_gpu(course, two):
    course.submit_class(1)
    status, said = course.grade_on(two.address, "--device=cuda")
    assert status == 2
    assert "--resources GPU=1" in said


@pytest.mark.proof
def test_a_worker_that_offers_a_gpu_it_does_not_have_is_refused(course, tmp_path):
    if Path("/dev/nvidiactl").exists():
        pytest.skip("this machine has a graphics processor")
    course.submit_class(1)
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny", "--resources", "GPU=1")
        status, said = course.grade_on(cluster.address, "--device=auto")
    assert status == 2
    assert "inside the sandbox the graphics processor does not work" in said
    assert course.scores() == {}


# Faults


@pytest.mark.proof
def test_a_worker_killed_over_a_submission_costs_nothing_once_and_a_person_twice(course, tmp_path):
    for name in "ab":
        course.submit(name, SLOW.replace("ID", name))
    left = Counter(a=1, b=2)
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        with course.on(cluster.address) as run:
            while left:
                found = until(lambda: struck(cluster, left) or run.poll() is not None)  # noqa: B023  # asked at once
                assert found is not True, run.communicate()
                victim, member, judge = found
                member.stop()
                until(lambda: family.is_gone(judge.pid))  # noqa: B023  # asked at once
                cluster.workers.remove(member)
                left -= Counter([victim])
                cluster.add_worker("--no-nanny")
            _, said = run.communicate()
        assert run.returncode == 1, said
        assert course.scores()["a"]["score"] == 10
        assert course.scores()["b"]["status"] == "needs_review"
        assert "was lost 2 times" in course.scores()["b"]["reason"]
        assert course.attempts() == {"a": 1, "b": 1}
        status, said = course.grade_on(cluster.address)
        assert status == 0, said
        assert "2 submissions, 1 of them graded before" in said
        assert course.points() == {"a": 10, "b": 10}
        assert course.strays() == []


@contextlib.contextmanager
def unfetched(cluster, run):
    """The only worker has graded a submission and is killed before anybody fetches the result.

    Within it the run stands still.
    """
    before = tasks(cluster)
    assert until(lambda: struck(cluster, {"a"}) or run.poll() is not None) is not True
    run.send_signal(signal.SIGSTOP)
    until(lambda: tasks(cluster) > before)
    cluster.workers.pop().stop()
    yield
    run.send_signal(signal.SIGCONT)
    time.sleep(3)  # it waits for the result for two seconds


@pytest.mark.proof
def test_a_result_that_goes_with_its_worker_is_not_held_against_the_submission(course, tmp_path):
    course.submit("a", SLOW.replace("ID", "a"))
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        with course.on(cluster.address) as run:
            with unfetched(cluster, run):
                another = cluster.add_worker("--no-nanny")
                _, _, judge = until(lambda: struck(cluster, {"a"}))
                another.stop()
                until(lambda: family.is_gone(judge.pid))
                cluster.workers.remove(another)
            cluster.add_worker("--no-nanny")
            _, said = run.communicate()
    assert run.returncode == 0, said
    assert course.points() == {"a": 10}
    assert course.attempts() == {"a": 1}


@pytest.mark.proof
def test_results_that_go_with_their_workers_again_and_again_need_a_person(course, tmp_path):
    course.submit("a", SLOW.replace("ID", "a"))
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        with course.on(cluster.address) as run:
            for _ in range(3):
                with unfetched(cluster, run):
                    pass
                cluster.add_worker("--no-nanny")
            _, said = run.communicate()
    assert run.returncode == 1, said
    assert "was lost 2 times" in course.scores()["a"]["reason"]


@pytest.mark.proof
@pytest.mark.parametrize("strikes", [1, 9])
def test_a_worker_killed_over_one_of_many_costs_the_others_nothing(course, tmp_path, strikes):
    quick = course.submit_quick(40)
    course.submit("s020-slow", SLOW.replace("ID", "slow"))
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        with course.on(cluster.address) as run:
            for strike in range(strikes):
                found = until(lambda: struck(cluster, {"slow"}) or run.poll() is not None)
                if found is True:
                    break
                # Twice together and twice alone; each time Dask may be at it once more by itself
                # before the run has heard.
                assert strike < 6, "given up too late"
                _, member, judge = found
                member.stop()
                until(lambda: family.is_gone(judge.pid))  # noqa: B023  # asked at once
                cluster.workers.remove(member)
                cluster.add_worker("--no-nanny")
            _, said = run.communicate()
        assert tasks(cluster) < 30
    assert run.returncode == (0 if strikes == 1 else 1), said
    scores = course.scores()
    slow = scores.pop("s020-slow")
    assert {name: score["score"] for name, score in scores.items()} == dict.fromkeys(quick, 10)
    assert course.attempts() == dict.fromkeys([*quick, "s020-slow"], 1)
    if strikes == 1:
        assert slow["score"] == 10
    else:
        assert "was lost 2 times" in slow["reason"]
    assert course.strays() == []


@pytest.mark.proof
def test_a_scheduler_that_ends_stops_the_run_and_the_next_goes_on(course, tmp_path):
    for number in range(6):
        course.submit(f"s{number}", SLOW.replace("ID", f"s{number}"))
    with dask_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--no-nanny")
        with course.on(cluster.address) as run:
            for line in run.stderr:
                if line.startswith("1/"):
                    break
            cluster.restart_scheduler()
            _, said = run.communicate()
        assert run.returncode == 2
        assert "the scheduler is gone; what is graded is kept" in said
        assert "Traceback" not in said
        kept = course.scores()
        assert 1 <= len(kept) < 6
        cluster.add_worker("--no-nanny")
        status, said = course.grade_on(cluster.address)
        assert status == 0, said
        assert f"6 submissions, {len(kept)} of them graded before" in said
        assert course.points() == {f"s{number}": 10 for number in range(6)}
        assert {name: course.scores()[name] for name in kept} == kept
        assert course.attempts() == {f"s{number}": 1 for number in range(6)}
        assert course.strays() == []


@pytest.mark.proof
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_coordinator_that_is_stopped_leaves_nothing_and_the_next_goes_on(course, two, how):
    for number in range(6):
        course.submit(f"s{number}", SLOW.replace("ID", f"s{number}"))
    with course.on(two.address) as run:
        for line in run.stderr:
            if line.startswith("1/"):
                break
        run.send_signal(how)
        run.communicate()
    assert run.returncode == (130 if how == signal.SIGINT else -how)
    until(lambda: not judges(two))
    until(lambda: not list(two.stations.iterdir()))
    kept = course.scores()
    assert 1 <= len(kept) < 6
    status, said = course.grade_on(two.address)
    assert status == 0, said
    assert f"6 submissions, {len(kept)} of them graded before" in said
    assert course.points() == {f"s{number}": 10 for number in range(6)}
    assert course.attempts() == {f"s{number}": 1 for number in range(6)}
    assert course.strays() == []
