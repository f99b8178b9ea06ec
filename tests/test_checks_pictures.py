"""The picture of a figure that is kept holds pixels and nothing else."""

import io
import struct
import zlib

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from grader.checks import CheckFailure, figure_picture
from grader.checks.pictures import PictureError, plain_png
from grader.worker.probes_figures import describe_figure


def picture(mode="RGB", size=(5, 3), **options):
    """A PNG of noise, as PIL writes it."""
    channels = {"L": (), "LA": (2,), "RGB": (3,), "RGBA": (4,)}[mode]
    pixels = np.random.default_rng(5).integers(0, 256, (size[1], size[0], *channels), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels, mode).save(stream, "PNG", **options)
    return stream.getvalue()


def pixels(content):
    return np.asarray(Image.open(io.BytesIO(content), formats=["PNG"])).tolist()


def header(content, width, height=3, bits=8, colour=2, methods=(0, 0, 0)):
    """The same PNG with another header."""
    data = struct.pack(">IIBBBBB", width, height, bits, colour, *methods)
    checked = b"IHDR" + data
    return content[:12] + checked + struct.pack(">I", zlib.crc32(checked)) + content[33:]


@pytest.mark.filterwarnings("ignore:'mode' parameter")
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_pixels_stay_as_they_are(mode):
    content = picture(mode)
    assert pixels(plain_png(content)) == pixels(content)
    assert plain_png(plain_png(content)) == plain_png(content)


@pytest.mark.filterwarnings("ignore:'mode' parameter")
def test_texts_and_what_lies_behind_the_picture_are_left_out():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>")
    content = picture(pnginfo=info, dpi=(80, 80)) + b"<script>"
    assert content.count(b"<script>") == 2
    plain = plain_png(content)
    assert b"<script>" not in plain
    assert Image.open(io.BytesIO(plain)).info == {}
    assert pixels(plain) == pixels(content)


BROKEN = {
    "nothing": (lambda c: b"", "no PNG"),
    "a page": (lambda c: b"<script>", "no PNG"),
    "the beginning only": (lambda c: c[:8], "damaged"),
    "no pixels": (lambda c: c[:33] + c[-12:], "damaged"),
    "pixels that end early": (lambda c: c[:60], "damaged"),
    "pixels that are not packed": (lambda c: c.replace(c[41:50], b"\xff" * 9), "damaged"),
    "more pixels than there are": (lambda c: header(c, 6), "damaged"),
    "fewer pixels than there are": (lambda c: header(c, 4), "damaged"),
    "no width": (lambda c: header(c, 0), "0 x 3 pixels"),
    "a million pixels": (lambda c: header(c, 10**6), "1000000 x 3 pixels"),
    "16 bits": (lambda c: header(c, 5, bits=16), "unusual"),
    "a palette": (lambda c: header(c, 5, colour=3), "unusual"),
    "interlaced": (lambda c: header(c, 5, methods=(0, 0, 1)), "unusual"),
    "an unknown filter": (
        lambda c: header(c, 5, height=1)[:33] + chunk(b"IDAT", zlib.compress(b"\7" * 16)),
        "damaged",
    ),
    "a bomb": (
        lambda c: c[:33] + chunk(b"IDAT", zlib.compress(bytes(50_000_000))),
        "damaged",
    ),
}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.filterwarnings("ignore:'mode' parameter")
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_ordinary_picture_is_refused(name):
    change, message = BROKEN[name]
    with pytest.raises(PictureError, match=message):
        plain_png(change(picture()))


def test_the_picture_of_a_figure_is_kept():
    figure = Figure(figsize=(2, 1))
    figure.subplots().imshow([[0, 1]])
    described = describe_figure(figure)
    kept = figure_picture(described)
    assert pixels(kept) == pixels(described["png"])
    assert Image.open(io.BytesIO(kept)).size == (200, 100)


def test_a_figure_without_a_picture_is_a_failure():
    with pytest.raises(CheckFailure, match="cannot be judged"):
        figure_picture(describe_figure("no figure"))
    described = describe_figure(Figure(figsize=(2, 1))) | {"png": b"<script>"}
    with pytest.raises(CheckFailure, match="cannot be kept: it is no PNG"):
        figure_picture(described)
