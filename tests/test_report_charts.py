import pytest

from grader.report.charts import curve_chart, score_chart, ticks
from grader.report.pictures import Curve, Level, Series
from grader.report.statistics import Bin


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.113, [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]),
        (-3, 4, [-4, -2, 0, 2, 4]),
    ],
)
def test_ticks_are_round_and_cover_the_range(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high"), [(5, 5), (0, 0), (1e14, 1e14 + 0.01), (0, 5e-324), (-1e15, 1e15), (3, 2)]
)
def test_ticks_of_any_range_are_few_and_rise(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 14
    assert found == sorted(set(found))


def test_bars_stand_on_the_axis_and_reach_their_count():
    chart = score_chart([Bin(low=0, high=5, count=1), Bin(low=5, high=10, count=4)], median=5)
    low, high = chart.bars
    assert low.y + low.height == high.y + high.height == chart.bottom
    assert high.height == pytest.approx(4 * low.height)
    assert chart.median == (chart.left + chart.right) / 2
    assert [tick.text for tick in chart.y_ticks] == ["0", "1", "2", "3", "4"]
    assert (chart.x, chart.y) == ("points", "submissions")
    assert score_chart([], None) is None


def test_a_curve_stays_inside_its_axes():
    curve = Curve(
        title="T",
        x="steps",
        y="loss",
        series=(Series(name="s", x=(0, 7, 313), y=(0.113, 0.068, 0.031)),),
        levels=(Level(name="level", y=0.2),),
    )
    chart = curve_chart(curve)
    points = chart.paths[0].points
    assert all(chart.left <= x <= chart.right and chart.top <= y <= chart.bottom for x, y in points)
    assert [y for _, y in points] == sorted(y for _, y in points)
    assert chart.levels[0].text == "level, 0.2"
    assert chart.levels[0].at < points[0][1]
