"""How long the report of a class takes: to write, and to open, sort and filter in Chromium.

python tests/benchmarks/report.py [SUBMISSIONS]
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import browser
from figures import record, spread
from report_class import write

from grader.report import write_report

OPENED = 7
"""Times the page is opened, each in a browser context without anything cached."""
SETTLED = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


def timed(action, page):
    """Seconds until an action is done and the page is drawn again."""
    started = time.perf_counter()
    action()
    page.evaluate(SETTLED)
    return time.perf_counter() - started


def open_page(chromium, index):
    """Seconds to open, sort and filter the first page."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    figures = (
        timed(lambda: page.goto(index.as_uri()), page),
        timed(lambda: page.get_by_role("button", name="Points", exact=True).click(), page),
        timed(lambda: page.get_by_label("Name or id").fill("müller-7"), page),
    )
    context.close()
    return figures


def main():
    """Measure, print and keep the figures."""
    submissions = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        results = write(Path(folder) / "class", submissions)
        started = time.perf_counter()
        index = write_report(results, results.parent / "solution").index
        written = time.perf_counter() - started
        size = index.stat().st_size
        with browser.started() as chromium:
            found = [open_page(chromium, index) for _ in range(OPENED)]
    opened, sorted_, filtered = (spread(list(values)) for values in zip(*found, strict=True))
    record(
        "report",
        submissions=submissions,
        index_bytes=size,
        write_s=round(written, 2),
        open_s=opened,
        sort_s=sorted_,
        filter_s=filtered,
    )


if __name__ == "__main__":
    main()
