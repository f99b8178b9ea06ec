from pathlib import Path

import pytest

from grader.release.errors import ReleaseError
from grader.release.imports import import_stubs
from grader.release.stub import cut

GOOD = "def f():\n    # BEGIN SOLUTION slope\n    return 3\n    # END SOLUTION\n"


def check(limit_s: float = 60.0, **sources: str) -> None:
    stubs = {
        f"{name}.py": cut(f"solution/{name}.py", source.encode(), ("slope",))
        for name, source in sources.items()
    }
    import_stubs({name: stub.content for name, stub in stubs.items()}, stubs, limit_s)


def refusal(limit_s: float = 60.0, **sources: str) -> str:
    with pytest.raises(ReleaseError) as caught:
        check(limit_s, **sources)
    return str(caught.value)


def test_stubs_that_import_each_other_pass() -> None:
    check(unit_a=GOOD, unit_b="from unit_a import f\n" + GOOD.replace("f()", "g()"))


def test_a_raise_at_import_names_its_region_and_the_way_out() -> None:
    message = refusal(unit_a="x = 1\n\n# BEGIN SOLUTION slope\ny = 2\n# END SOLUTION\n")
    assert message == (
        "solution/unit_a.py:3: the stub does not import: NotImplementedError: TODO slope; "
        "in region 'slope' (lines 3-5): say with '# STUB: code' lines inside it what stands in "
        "for the solution, or move its markers"
    )


def test_a_name_that_the_cut_took_away_names_the_line_and_the_nearest_region() -> None:
    source = """if True:
    x = 1
    # BEGIN SOLUTION slope
    a = 1
    b = 2
    factor = 4
    # STUB: pass
    # END SOLUTION

y = factor + 1
"""
    message = refusal(unit_a=source)
    assert message.startswith("solution/unit_a.py:10: the stub does not import: NameError")
    assert "the nearest is region 'slope' (lines 3-8)" in message


def test_a_failure_in_another_stub_is_mapped_to_that_file() -> None:
    broken = "def f():\n    # BEGIN SOLUTION slope\n    return 3\n    # END SOLUTION\nz = 1\nf()\n"
    message = refusal(unit_a="import unit_b\n" + GOOD, unit_b=broken)
    assert message.startswith("solution/unit_b.py:2: the stub does not import")


def test_a_module_that_is_not_released_is_missed() -> None:
    message = refusal(unit_a=GOOD, unit_b="import not_released_at_all\n" + GOOD)
    assert message.startswith("solution/unit_b.py:1: the stub does not import: ModuleNotFoundErr")


def test_a_unit_named_like_a_module_in_use_is_an_error() -> None:
    message = refusal(json=GOOD)
    assert message.startswith("solution/json.py:1: ")
    assert "the name 'json' belongs to another module" in message


def test_work_at_import_that_takes_too_long_is_an_error() -> None:
    message = refusal(limit_s=1.5, unit_a="import time\ntime.sleep(500)\n" + GOOD)
    assert message == (
        "solution/unit_a.py:1: importing the stub took more than 1.5 s; do no work at import"
    )


def test_a_stub_that_ends_the_process_is_an_error() -> None:
    message = refusal(unit_a=GOOD, unit_b="import os\nos._exit(0)\n" + GOOD)
    assert message.startswith("solution/unit_b.py:1: importing the stub ended the whole process")


def test_a_stub_that_exits_politely_is_an_error_too() -> None:
    message = refusal(unit_a="raise SystemExit(0)\n" + GOOD)
    assert message.startswith("solution/unit_a.py:1: the stub does not import: SystemExit: 0")


def test_what_a_stub_prints_and_writes_stays_out_of_the_way(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check(unit_a="print('noise')\nopen('litter', 'w').close()\n" + GOOD)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_environment_does_not_reach_the_stubs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beside.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "No module named 'beside'" in refusal(unit_a="import beside\n" + GOOD)


def test_torchvision_imports_beside_this_machines_torch() -> None:
    check(unit_a="from torchvision.datasets import MNIST\n" + GOOD)
