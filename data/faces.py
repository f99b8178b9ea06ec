"""Draw faces, happy and angry, from random parameters: as many as you like, and no two alike.

    python data/faces.py --out faces --count 200 --seed 7

writes 100 angry and 100 happy faces, PNG files of 128 x 128 pixels, into faces/angry and
faces/happy, as torchvision.datasets.ImageFolder reads them. The same seed gives the same faces;
face number n does not depend on how many follow. With --mixed they come like photographs from
several cameras: of many sizes, upright and lying, some of them grey.

In Python, ``draw_faces(count, seed)`` gives them as arrays.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CLASSES = ("angry", "happy")
"""In the order of ImageFolder, so that 0 means angry and 1 happy."""
SIDE = 128
MIXED_SIZES = ((150, 150), (128, 170), (190, 140), (96, 96), (140, 200), (160, 121))
"""Heights and widths of --mixed, one after the other; every fourth picture is grey."""
HAIR = ((0.09, 0.07, 0.06), (0.29, 0.18, 0.10), (0.55, 0.38, 0.18), (0.80, 0.68, 0.42))
HAIR += ((0.52, 0.22, 0.10), (0.62, 0.61, 0.60))
SKIN = ((0.98, 0.83, 0.72), (0.91, 0.71, 0.56), (0.76, 0.55, 0.40), (0.56, 0.38, 0.26))
SKIN += ((0.36, 0.24, 0.17),)
IRIS = ((0.25, 0.45, 0.65), (0.25, 0.45, 0.28), (0.33, 0.20, 0.10), (0.45, 0.47, 0.50))

WHITE, BLACK = np.array([0.95, 0.95, 0.93]), np.array([0.05, 0.05, 0.06])
THROAT = np.array([0.25, 0.06, 0.07])
EVEN = (0.0, 0.0)

Field = np.ndarray
"""A number for each pixel, (height, width)."""
Colour = np.ndarray
"""Red, green and blue in [0, 1]."""
Light = tuple[float, float]
"""How much brighter things get to the right, and downwards."""
Line = tuple[float, float, float]
"""Height of a parabola in its middle, its slope there, and how far its ends lie below."""


class Chance:
    """Random numbers that stay the same in every version of NumPy.

    NumPy promises that for the raw stream of a bit generator, not for what Generator makes of it.
    """

    def __init__(self, seed: int, number: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, number]))

    def between(self, low: float, high: float) -> float:
        """A number of the uniform distribution."""
        share = (int(self._bits.random_raw()) >> 11) * 2.0**-53
        return low + share * (high - low)

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.between(0, 1) < probability

    def colour(self, low: float = 0.0, high: float = 1.0) -> Colour:
        """Red, green and blue, each for itself."""
        return np.array([self.between(low, high) for _ in range(3)])

    def mixture(self, colours: Sequence[Sequence[float]]) -> Colour:
        """A colour between two neighbours of a list."""
        place = self.between(0, len(colours) - 1)
        first = min(int(place), len(colours) - 2)
        share = place - first
        return (1 - share) * np.array(colours[first]) + share * np.array(colours[first + 1])


@dataclass(frozen=True)
class Face:
    """What a face looks like. Lengths are in half widths of the head, v grows downwards."""

    label: int
    strength: float
    """How much of the expression there is, up to 1."""
    tilt: float
    """Tangent of half the angle by which the head leans."""
    scale: float
    """Half width of the head, in half sides of the picture."""
    shift: tuple[float, float]
    turn: tuple[float, float]
    """Shift of the features in the head, as if it looked sideways or down."""
    height: float
    """Of the head, in its widths."""
    skin: Colour
    hair: Colour
    hairline: float
    long_hair: bool
    beard: float
    background: tuple[Colour, Colour]
    blobs: tuple[tuple[float, float, float, Colour], ...]
    slope: tuple[float, float]
    clothes: Colour
    light: Light
    exposure: Colour
    eyes: tuple[float, float, float]
    """Distance from the middle, radius, and openness."""
    gaze: tuple[float, float]
    iris: Colour
    glasses: bool
    brows: tuple[float, float]
    """Height over the eyes, and thickness."""
    nose: tuple[float, float]
    mouth: tuple[float, float, float]
    """Place, half width and thickness."""
    gape: float
    """How far the mouth is open; 0: closed."""
    lips: Colour


def sample(seed: int, number: int) -> Face:
    """The parameters of one face; even numbers are angry, odd ones happy.

    Both kinds draw everything but the label from the same distributions.
    """
    chance = Chance(seed, number)
    between, happens = chance.between, chance.happens
    skin = chance.mixture(SKIN)
    return Face(
        label=number % 2,
        strength=between(0.6, 1.0),
        tilt=between(-0.14, 0.14),
        scale=between(0.46, 0.64),
        shift=(between(-0.2, 0.2), between(-0.22, 0.16)),
        turn=(between(-0.16, 0.16), between(-0.08, 0.1)),
        height=between(1.12, 1.34),
        skin=skin,
        hair=chance.mixture(HAIR),
        hairline=between(0.45, 0.85),
        long_hair=happens(0.4),
        beard=between(0.3, 0.8) if happens(0.2) else 0.0,
        background=(chance.colour(0.15, 0.9), chance.colour(0.15, 0.9)),
        blobs=tuple(
            (between(-1, 1), between(-1, 1), between(0.2, 0.6), chance.colour(0.1, 0.95))
            for _ in range(3)
        ),
        slope=(between(-0.5, 0.5), between(-0.5, 0.5)),
        clothes=chance.colour(0.05, 0.95),
        light=(between(-0.22, 0.22), between(-0.18, 0.1)),
        exposure=between(0.7, 1.15) * (1 + chance.colour(-0.08, 0.08)),
        eyes=(between(0.36, 0.46), between(0.13, 0.19), between(0.5, 1.0)),
        gaze=(between(-0.3, 0.3), between(-0.2, 0.2)),
        iris=chance.mixture(IRIS),
        glasses=happens(0.2),
        brows=(between(0.24, 0.34), between(0.04, 0.08)),
        nose=(between(0.18, 0.32), between(0.10, 0.18)),
        mouth=(between(0.58, 0.70), between(0.32, 0.44), between(0.035, 0.065)),
        gape=between(0.12, 0.26) if happens(0.45) else 0.0,
        lips=skin * np.array([between(0.75, 0.95), between(0.4, 0.6), between(0.4, 0.65)]),
    )


class Canvas:
    """A picture in the making, or a part of it. Shapes have soft edges of one pixel.

    Only sums, products, quotients and square roots are computed, which processors round alike.
    """

    def __init__(self, pixels: np.ndarray, x: Field, y: Field, pixel: float) -> None:
        self.pixels = pixels
        """(3, height, width)"""
        self.x, self.y = x, y
        self._pixel = pixel

    @classmethod
    def empty(cls, height: int, width: int) -> "Canvas":
        """Black, measured in half sides from the middle; the shorter side counts."""
        short = min(height, width)
        x = (2 * np.arange(width) + 1 - width) / short
        y = (2 * np.arange(height) + 1 - height) / short
        zero = np.zeros((height, width))
        return cls(np.zeros((3, height, width)), zero + x, zero + y[:, None], 2 / short)

    def posed(self, face: Face) -> "Canvas":
        """The same picture, measured in half widths of the head from its middle."""
        cosine = (1 - face.tilt**2) / (1 + face.tilt**2)
        sine = 2 * face.tilt / (1 + face.tilt**2)
        x, y = self.x - face.shift[0], self.y - face.shift[1]
        u, v = cosine * x + sine * y, cosine * y - sine * x
        return Canvas(self.pixels, u / face.scale, v / face.scale, self._pixel / face.scale)

    def part(self, u: float, v: float, across: float, down: float) -> "Canvas":
        """The part around a rectangle with these half sides; what is painted there, stays."""
        far = np.maximum(np.abs(self.x - u) - across, np.abs(self.y - v) - down)
        near = far < 2 * self._pixel
        rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        if not len(rows):
            rows = columns = np.array([0, -1])
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        return Canvas(self.pixels[:, *box], self.x[box], self.y[box], self._pixel)

    def inside(self, distance: Field) -> Field:
        """How much of each pixel a shape covers, by the distance from its edge (inside < 0)."""
        return np.clip(0.5 - distance / self._pixel, 0, 1)

    def paint(self, cover: Field, colour: Colour, lit: float | Field = 1.0) -> None:
        """Lay a colour over the picture; `lit` makes it brighter or darker."""
        for channel, value in zip(self.pixels, colour, strict=True):
            channel += cover * (value * lit - channel)

    def away(self, u: float, v: float, across: float, down: float) -> Field:
        """Distance, nearly, from an ellipse with these half axes."""
        x, y = (self.x - u) / across, (self.y - v) / down
        return (np.sqrt(x * x + y * y) - 1) * min(across, down)

    def ellipse(
        self, u: float, v: float, across: float, down: float, colour: Colour, light: Light = EVEN
    ) -> None:
        """Paint an ellipse."""
        part = self.part(u, v, across, down)
        part.paint(part.inside(part.away(u, v, across, down)), colour, part.lit(light))

    def stroke(
        self, u: float, half: float, line: Line, width: float, colour: Colour, light: Light = EVEN
    ) -> None:
        """Paint a thick parabola over [u - half, u + half]."""
        middle, slope, bend = line
        reach = abs(slope) + abs(bend) + width
        part = self.part(u, middle, half + width, reach)
        place = np.clip((part.x - u) / half, -1, 1)
        lean = (slope + 2 * bend * place) / half
        across = part.x - u - half * place
        up = part.y - (middle + slope * place + bend * place * place)
        away = np.sqrt(across * across + up * up / (1 + lean * lean)) - width
        part.paint(part.inside(away), colour, part.lit(light))

    def lit(self, light: Light) -> float | Field:
        """How bright things are under a light from one side."""
        return 1 + light[0] * self.x + light[1] * self.y if light != EVEN else 1.0


def draw(face: Face, height: int = SIDE, width: int = SIDE) -> np.ndarray:
    """The picture of a face, (height, width, 3), values 0 to 255 (uint8)."""
    canvas = Canvas.empty(height, width)
    draw_background(canvas, face)
    posed = canvas.posed(face)
    draw_head(posed, face)
    draw_eyes(posed, face)
    draw_mouth(posed, face)
    shown = np.clip(canvas.pixels * face.exposure[:, None, None], 0, 1)
    return np.floor(255 * shown + 0.5).astype(np.uint8).transpose(1, 2, 0)


def draw_background(canvas: Canvas, face: Face) -> None:
    """A wall in two colours that run into each other, with blurred things before it."""
    share = np.clip(0.5 + face.slope[0] * canvas.x + face.slope[1] * canvas.y, 0, 1)
    first, second = face.background
    canvas.paint(np.ones_like(share), first)
    canvas.paint(share, second)
    for u, v, radius, colour in face.blobs:
        part = canvas.part(u, v, radius, radius)
        x, y = part.x - u, part.y - v
        part.paint(np.clip(2 - 2 * np.sqrt(x * x + y * y) / radius, 0, 0.6), colour)


def draw_head(canvas: Canvas, face: Face) -> None:
    """Hair, shoulders, neck, ears and head; nose and beard."""
    tall, light, skin = face.height, face.light, face.skin
    if face.long_hair:
        canvas.ellipse(0, 0.15, 1.22, tall + 0.2, face.hair * 0.85)
    canvas.ellipse(0, tall + 1.3, 1.7, 1.0, face.clothes)
    canvas.ellipse(0, tall, 0.42, 0.6, skin * 0.86, light)
    for side in (-1, 1):
        canvas.ellipse(side * 0.98, 0.05, 0.16, 0.26, skin * 0.92, light)
    canvas.ellipse(0, 0, 1, tall, skin, light)
    u, v = face.turn
    line = -tall + face.hairline * 0.62 + v
    part = canvas.part(0, -0.5 * tall, 1.05, 0.6 * tall)
    fringe = part.y - line - 0.35 * (part.x - u) * (part.x - u)
    scalp = np.maximum(part.away(0, -0.03, 1.05, tall + 0.06), fringe)
    part.paint(part.inside(scalp), face.hair, part.lit(light))
    if face.beard:
        part = canvas.part(0, 0.5 * tall, 1, 0.6 * tall)
        edge = 0.42 + v - part.y + 0.25 * part.x * part.x
        chin = np.maximum(part.away(0, 0, 1, tall), edge)
        part.paint(face.beard * part.inside(chin), face.hair * 0.9)
    low, wide = face.nose
    canvas.stroke(1.4 * u, wide, (v + low + 0.04, 0, -0.07), 0.03, skin * 0.7, light)
    canvas.stroke(1.4 * u + 0.7 * wide, 0.03, (v + 0.5 * low, 0.1, 0), 0.02, skin * 0.8, light)


def draw_eyes(canvas: Canvas, face: Face) -> None:
    """Eyes, brows and glasses. Angry brows come down to the nose, happy ones are arched."""
    apart, radius, openness = face.eyes
    height, thick = face.brows
    u, v = face.turn
    v -= 0.12
    angry = face.strength if face.label == 0 else 0.0
    happy = face.strength if face.label == 1 else 0.0
    tall = radius * (0.35 + 0.4 * openness)
    for side in (-1, 1):
        middle = u + side * apart
        part = canvas.part(middle, v, radius, tall)
        white = part.inside(part.away(middle, v, radius, tall))
        part.paint(white, WHITE)
        for size, colour in ((0.6 * radius, face.iris), (0.3 * radius, BLACK)):
            at = (middle + face.gaze[0] * radius, v + face.gaze[1] * tall)
            part.paint(np.minimum(white, part.inside(part.away(*at, size, size))), colour)
        canvas.stroke(middle, radius, (v - tall, 0, 0.9 * tall), 0.022, face.skin * 0.3)
        # The slope is that of the outer end against the middle; both kinds lie equally high.
        bend = 0.02 * angry + 0.13 * happy
        line = (v - height - bend / 3, side * (0.04 * happy - 0.15 * angry), bend)
        canvas.stroke(middle, radius * 1.35, line, thick, face.hair * 0.6)
        if face.glasses:
            part = canvas.part(middle, v, radius * 1.7, radius * 1.5)
            rim = np.abs(part.away(middle, v + 0.02, radius * 1.55, radius * 1.35)) - 0.022
            part.paint(part.inside(rim), BLACK)
    if face.glasses:
        canvas.stroke(u, max(apart - radius * 1.55, 0.02), (v, 0, 0), 0.02, BLACK)


def draw_mouth(canvas: Canvas, face: Face) -> None:
    """A mouth with its corners up or down; one is the other turned over, so both are as large."""
    place, half, thick = face.mouth
    u, v = face.turn
    middle, way = v + place, 1 if face.label == 1 else -1
    bend = 0.17 * face.strength
    # The ends of a happy mouth lie above its middle. A third of the bend keeps the mean height.
    near = (middle + way * bend / 3, 0.0, -way * bend)
    if not face.gape:
        canvas.stroke(u, half, near, thick, face.lips)
        return
    far = (middle + way * (bend / 3 + face.gape), 0.0, -way * (bend + face.gape))
    part = canvas.part(u, middle, half + thick, bend + face.gape + thick)
    share = (part.x - u) / half
    first, second = (way * (part.y - m - b * share * share) for m, _, b in (near, far))
    hole = np.maximum(np.maximum(-first, second), np.abs(part.x - u) - half)
    part.paint(part.inside(hole - 0.6 * thick), face.lips)
    part.paint(part.inside(hole + 0.3 * thick), THROAT)
    part.paint(part.inside(np.maximum(hole + 0.3 * thick, first - 0.45 * face.gape)), WHITE)


def draw_faces(count: int, seed: int, size: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Faces as arrays.

    Parameters
    ----------
    count
        How many; angry and happy ones take turns.
    seed
        Which ones: 0 or more.
    size
        Height and width in pixels.

    Returns
    -------
    images, labels
        uint8 (count, size, size, 3), and int64 (count,) with 0 for angry and 1 for happy.
    """
    faces = [sample(seed, number) for number in range(count)]
    images = np.empty((count, size, size, 3), np.uint8)
    for image, face in zip(images, faces, strict=True):
        image[:] = draw(face, size, size)
    return images, np.array([face.label for face in faces], np.int64)


def pictures(count: int, seed: int, mixed: bool = False) -> dict[str, np.ndarray]:
    """Pictures by the path below the folder: uint8 (H, W, 3), or (H, W) where they are grey."""
    found = {}
    for number in range(count):
        face = sample(seed, number)
        order = number // 2 + 3 * face.label  # so that no size belongs to one of the kinds
        size = MIXED_SIZES[order % len(MIXED_SIZES)] if mixed else (SIDE, SIDE)
        picture = draw(face, *size)
        if mixed and (number // 2) % 4 == 1:
            picture = (picture.astype(np.int64) @ np.array([299, 587, 114]) // 1000).astype(
                np.uint8
            )
        found[f"{CLASSES[face.label]}/{number:04d}.png"] = picture
    return found


def write(out: Path, found: dict[str, np.ndarray]) -> None:
    """Write pictures as PNG files.

    Raises
    ------
    FileExistsError
        Other files lie where they belong; nothing was written.
    """
    from PIL import Image  # comes with torchvision

    for name in CLASSES:
        if (out / name).is_dir() and any((out / name).iterdir()):
            raise FileExistsError(
                f"{out / name} holds files already, which would count as faces; "
                "name another folder with --out, or remove it first"
            )
    for name in CLASSES:
        (out / name).mkdir(parents=True, exist_ok=True)
    for name, picture in found.items():
        Image.fromarray(picture).save(out / name, optimize=True)


def whole_number(least: int, what: str):
    """An argparse type: a whole number that is not too small."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(
                f"{what} is a whole number from {least} on, not {text!r}"
            )
        return value

    return parse


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw as the command line says; the exit status: 0 done, 1 not written, 2 usage."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for angry/ and happy/"
    )
    parser.add_argument(
        "--count",
        type=whole_number(2, "the number of faces"),
        default=200,
        metavar="N",
        help="how many in all, half of them happy (200)",
    )
    parser.add_argument(
        "--seed",
        type=whole_number(0, "a seed"),
        default=0,
        metavar="S",
        help="which faces: another whole number, other faces (0)",
    )
    parser.add_argument(
        "--mixed", action="store_true", help="many sizes and some grey pictures, like photographs"
    )
    options = parser.parse_args(arguments)
    try:
        write(options.out, pictures(options.count, options.seed, options.mixed))
    except FileExistsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write to {options.out}: {error}", file=sys.stderr)
        return 1
    angry = (options.count + 1) // 2
    print(f"{angry} angry and {options.count - angry} happy faces are in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
