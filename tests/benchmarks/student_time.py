"""A pytest plugin that measures the time spent in a submission's code, graded in this process.

Use it with ``-p student_time`` and STUDENT_TIME=FILE; it writes seconds of training (calls of
``train`` and ``fit``) and of all calls, without imports.
"""

import json
import os
import time
from pathlib import Path

from grader.worker.executor import Executor

spent = {"training": 0.0, "calls": 0.0}


def _timed(name: str) -> None:
    method = getattr(Executor, name)

    def timed(self, target, *args, **kwargs):
        began = time.perf_counter()
        try:
            return method(self, target, *args, **kwargs)
        finally:
            seconds = time.perf_counter() - began
            spent["calls"] += seconds
            if getattr(target, "path", ())[-1:] == ("train",):
                spent["training"] += seconds

    setattr(Executor, name, timed)


for _name in ("call", "observe", "probe", "value"):
    _timed(_name)


def pytest_sessionfinish() -> None:
    """Write what was measured."""
    Path(os.environ["STUDENT_TIME"]).write_text(json.dumps(spent))
