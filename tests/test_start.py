import subprocess
import sys

import pytest

LOADED = "import sys, {module}; print(*sorted({{'numpy', 'pytest', 'torch'}} & set(sys.modules)))"


@pytest.mark.parametrize("module", ["grader.batch.run", "grader.cli.grade", "grader.judge.start"])
def test_a_zygote_loads_torch_before_anybody_else_loads_it_or_pytest(module):
    command = [sys.executable, "-c", LOADED.format(module=module)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
