import json
import struct

import pytest
from report_class import picture
from sample_scores import make_task

from grader.report.pictures import MAX_BYTES, Unshown, caption, read_artifacts, read_picture

CURVE = {"title": "t", "x": "x", "y": "y", "series": [{"name": "s", "x": [0, 1], "y": [2, 3]}]}


@pytest.fixture
def shown(tmp_path):
    (tmp_path / "artifacts").mkdir()

    def read(name, content):
        (tmp_path / "artifacts" / name).write_bytes(content)
        return read_artifacts(make_task("t", 1, 1, artifacts=[f"artifacts/{name}"]), tmp_path)

    return read


def test_a_picture_becomes_data_and_small_ones_keep_their_pixels(shown):
    (found,) = shown("own_digits.png", picture(0)).pictures
    assert found.data.startswith("data:image/png;base64,iVBOR")
    assert found.small
    assert caption(found.name) == "own digits"


def test_svg_is_data_behind_an_image_whatever_it_holds(shown):
    (found,) = shown("a.svg", b"<svg onload='x'><script>x</script></svg>").pictures
    assert found.data.startswith("data:image/svg+xml;base64,")
    assert "<" not in found.data


def test_a_curve_is_read(shown):
    (found,) = shown("loss.curve.json", json.dumps(CURVE).encode()).curves
    assert found.series[0].y == (2, 3)


def wide(width, height):
    content = picture(0)
    return content[:16] + struct.pack(">II", width, height) + content[24:]


def series(**more):
    return json.dumps(CURVE | {"series": [CURVE["series"][0] | more]}).encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bomb.png", wide(60_000, 60_000), "more pixels"),
        ("empty.png", wide(0, 5), "more pixels"),
        ("short.png", b"\x89PNG\r\n\x1a\n", "damaged"),
        ("page.png", b"<script>", "no PNG"),
        ("page.html", b"<script>", "no PNG"),
        ("large.png", picture(0) + bytes(MAX_BYTES), "larger"),
        ("a.curve.json", b"{}", "no curve"),
        ("b.curve.json", b"[" * 9999, "no curve"),
        ("b.curve.json", b'{"\xeb": 1}', "no curve"),
        ("c.curve.json", series(x=[1]), "as many x as y"),
        ("d.curve.json", series(y=[1, 1e300]), "too large"),
        ("e.curve.json", series(name=""), "no curve"),
    ],
)
def test_what_cannot_be_shown_is_named_with_the_reason(shown, name, content, reason):
    found = shown(name, content)
    assert not found.pictures
    assert not found.curves
    (missing,) = found.unshown
    assert missing.name == name
    assert reason in missing.reason


def test_a_missing_file_and_a_link_are_not_followed(tmp_path):
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "secret.png").write_bytes(picture(0))
    (tmp_path / "artifacts" / "link.png").symlink_to(tmp_path / "secret.png")
    task = make_task("t", 1, 1, artifacts=["artifacts/link.png", "artifacts/gone.png"])
    found = read_artifacts(task, tmp_path)
    assert [type(item) for item in found.unshown] == [Unshown, Unshown]
    assert read_picture(tmp_path / "artifacts" / "link.png") is None
    assert read_picture(tmp_path / "secret.png") is not None
