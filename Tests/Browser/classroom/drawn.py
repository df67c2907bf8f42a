"""Faces of nobody, drawn from a few numbers: enough of a face for the detector to find and the classifier to read.

All lengths are in hundredths of `SIZE` around the middle of the head, x to the right and y down.
"""

import dataclasses
import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

FRAME = (640, 480)
MIDDLE, SIZE = (320, 225), 150
# Masks are drawn this much larger and scaled down, for smooth edges.
FINE = 2

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


@dataclasses.dataclass(frozen=True)
class Person:
    skin: Colour
    hair: Colour
    shirt: Colour
    wall: Colour = (150, 160, 165)
    eyes: Colour = (92, 64, 44)
    lips: Colour = (176, 92, 88)


PEOPLE = [
    Person((224, 172, 140), (60, 40, 30), (70, 86, 110)),
    Person((236, 194, 166), (120, 84, 48), (128, 62, 66), (176, 168, 152), (84, 98, 110)),
    Person((176, 122, 88), (34, 26, 24), (64, 104, 88), (140, 150, 166), (58, 40, 30), (146, 76, 72)),
    Person((228, 182, 148), (28, 26, 28), (196, 190, 176), (158, 150, 148), (60, 44, 34)),
    Person((206, 156, 122), (84, 50, 30), (88, 74, 124), (168, 174, 160)),
    Person((232, 188, 162), (150, 116, 70), (60, 70, 76), (134, 148, 160), (90, 110, 96)),
]


@dataclasses.dataclass(frozen=True)
class Expression:
    """`smile` -1…1, `mouth` open 0…1, `brows` up 0…1, `frown` -1 (inner ends up) … 1 (drawn together), `eyes` wide 0…1."""

    smile: float = 0
    mouth: float = 0
    brows: float = 0
    frown: float = 0
    eyes: float = 0

    def mixed(self, other: "Expression", share: float) -> "Expression":
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Expression(*(a + (b - a) * share for a, b in pairs))


CALM = Expression(smile=0.4)
MOODS = [
    Expression(smile=1, mouth=0.5),
    Expression(mouth=1, brows=1, eyes=1),
    Expression(smile=-0.8, frown=-1),
    Expression(smile=-0.5, frown=1),
]
EXPRESSIONS = [CALM, Expression(), *(CALM.mixed(mood, share) for mood in MOODS for share in (0.6, 0.9))]


def shade(colour: Colour, factor: float) -> Colour:
    return tuple(min(255, int(part * factor)) for part in colour)


def curve(start: tuple[float, float], pull: tuple[float, float], end: tuple[float, float]) -> Points:
    """A quadratic Bézier curve."""
    shares = [number / 20 for number in range(21)]
    return [
        tuple((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(start, pull, end, strict=True))
        for t in shares
    ]


def oval(x: float, y: float, wide: float, tall: float, chin: float = 0) -> Points:
    """`chin` is how much narrower the lower half becomes."""
    turns = [number / 60 * math.tau for number in range(60)]
    return [(x + math.cos(t) * wide * (1 - chin * max(0, math.sin(t)) ** 2), y + math.sin(t) * tall) for t in turns]


def pixels(points: Points) -> Points:
    return [(MIDDLE[0] + x * SIZE / 100, MIDDLE[1] + y * SIZE / 100) for x, y in points]


class Canvas:
    """A picture that is painted in blurred areas; `within` keeps the paint inside an outline."""

    def __init__(self, wall: Colour, seed: int):
        self.noise = np.random.default_rng(seed).normal(0, 3, (FRAME[1], FRAME[0], 1))
        light = np.linspace(1.08, 0.85, FRAME[0])[None, :, None] * np.linspace(1.05, 0.92, FRAME[1])[:, None, None]
        self.image = Image.fromarray((np.array(wall) * light).clip(0, 255).astype(np.uint8))

    def paint(
        self, points: Points, colour: Colour, blur: float = 0.8, strength: float = 1, within: Points | None = None
    ):
        self._put(points, colour, blur, strength, within, 0)

    def stroke(self, points: Points, width: float, colour: Colour, blur: float = 0.8, strength: float = 1):
        self._put(points, colour, blur, strength, None, width)

    def _put(self, points: Points, colour: Colour, blur: float, strength: float, within: Points | None, width: float):
        outline = pixels(points)
        room = int(3 * blur + width * SIZE / 100) + 2
        left, top = (int(min(p[axis] for p in outline)) - room for axis in (0, 1))
        size = tuple(int(max(p[axis] for p in outline)) + room - edge for axis, edge in ((0, left), (1, top)))

        def mask(shape: Points, wide: float = 0) -> Image.Image:
            drawn = Image.new("L", (size[0] * FINE, size[1] * FINE))
            corners = [((x - left) * FINE, (y - top) * FINE) for x, y in shape]
            if wide:
                ImageDraw.Draw(drawn).line(corners, 255, max(1, round(wide * SIZE / 100 * FINE)), joint="curve")
            else:
                ImageDraw.Draw(drawn).polygon(corners, 255)
            return drawn.resize(size, Image.Resampling.BOX)

        area = mask(outline, width).filter(ImageFilter.GaussianBlur(blur)).point(lambda value: int(value * strength))
        if within:
            area = ImageChops.multiply(area, mask(pixels(within)))
        self.image.paste(Image.new("RGB", size, colour), (left, top), area)

    def finished(self) -> Image.Image:
        """With the camera's noise."""
        return Image.fromarray((np.asarray(self.image) + self.noise).clip(0, 255).astype(np.uint8))


def draw(person: Person, look: Expression = CALM, seed: int = 0) -> Image.Image:
    """A head and shoulders before a wall, 640×480."""
    canvas = Canvas(person.wall, seed)
    head = oval(0, 0, 66, 88, chin=0.22)
    _bust(canvas, person, head)
    for side in (-1, 1):
        _eye(canvas, person, look, side)
    _mouth(canvas, person, look)
    _fringe(canvas, person)
    return canvas.finished()


def _bust(canvas: Canvas, person: Person, head: Points) -> None:
    dark, light, deep = (shade(person.skin, factor) for factor in (0.72, 1.1, 0.5))
    canvas.paint(oval(0, -18, 74, 88), person.hair, 2)
    canvas.paint([(-26, 60), (26, 60), (31, 140), (-31, 140)], dark, 2)
    canvas.paint(oval(0, 190, 120, 78), person.shirt, 1.5)
    for side in (-1, 1):
        canvas.paint(oval(side * 67, 4, 9, 17), dark, 1)
    canvas.paint(head, person.skin, 1)
    for area, colour, blur, strength in (
        (oval(60, 20, 26, 90), dark, 16, 0.6),
        (oval(-66, 20, 16, 90), dark, 14, 0.5),
        (oval(-8, -48, 38, 20), light, 14, 0.7),
        (oval(-30, 26, 16, 12), light, 10, 0.6),
        (oval(30, 26, 14, 12), light, 10, 0.4),
        (oval(0, 84, 36, 14), dark, 9, 0.6),
        ([(6, -14), (12, 26), (2, 28)], dark, 5, 0.7),
        (oval(-1, 18, 6, 12), light, 5, 0.6),
        (oval(0, 31, 16, 5), dark, 3, 0.8),
        (oval(-7, 31, 3.6, 2.2), deep, 1.2, 0.9),
        (oval(7, 31, 3.6, 2.2), deep, 1.2, 0.9),
    ):
        canvas.paint(area, colour, blur, strength, within=head)


def _eye(canvas: Canvas, person: Person, look: Expression, side: int) -> None:
    deep, (x, y) = shade(person.skin, 0.5), (side * 28, -12)
    canvas.paint(oval(side * 29, -16, 20, 13), shade(person.skin, 0.72), 8, 0.6)
    tall = 6.4 + 3 * look.eyes - 1.4 * max(0, look.smile) - 1.6 * max(0, look.frown)
    upper = curve((x - 14, y + 1), (x, y - 2 * tall), (x + 14, y + 1))
    lower = curve((x + 14, y + 1), (x, y + 1.35 * tall), (x - 14, y + 1))
    canvas.paint(upper + lower, (240, 236, 232), 0.7)
    canvas.paint(oval(x, y - 0.5, 6.6, 6.6), person.eyes, 0.5, within=upper + lower)
    canvas.paint(oval(x, y - 0.5, 3, 3), (18, 14, 12), 0.4, within=upper + lower)
    canvas.paint(oval(x - 2, y - 3, 1.4, 1.4), (255, 255, 255), 0.4)
    canvas.stroke(upper, 2.4, (45, 30, 26), 0.8, 0.95)
    canvas.stroke(lower, 1.1, deep, 0.8, 0.7)
    canvas.stroke(curve((x - 13, y - 7), (x, y - 2 * tall - 6), (x + 13, y - 7)), 1.2, deep, 1, 0.6)
    brow, worried = -30 - 8 * look.brows, max(0, -look.frown)
    inner, outer = brow + 3 - worried + 9 * look.frown, brow + 4 - 3 * max(0, look.frown) + 2 * worried
    arch = curve((side * 13, inner), (side * 29, brow - 5 - 2 * look.brows), (side * 45, outer))
    canvas.stroke(arch, 5.2, shade(person.hair, 0.9), 1.4, 0.92)
    canvas.stroke([(side * 4, -34), (side * 5, -22)], 1.6, deep, 1.5, max(0, look.frown))


def _mouth(canvas: Canvas, person: Person, look: Expression) -> None:
    smile, gape = look.smile, look.mouth
    dark, deep = shade(person.skin, 0.72), shade(person.skin, 0.5)
    wide, y = 19 + 6 * smile - 3 * gape * look.eyes, 52 - look.brows
    corner = y - 9 * smile
    for side in (-1, 1):
        fold = curve((side * 16, 28), (side * (28 + 3 * smile), 36), (side * (29 + 5 * smile), 52))
        canvas.stroke(fold, 2.4, dark, 2.5, min(1, 0.25 + 0.6 * abs(smile)))
    sag = (6 if smile > 0 else 7) * smile
    upper = curve((-wide, corner), (0, y - 1 + sag - 5 * gape), (wide, corner))
    lower = curve((wide, corner), (0, y + 1 + (9 if smile > 0 else 7) * smile + 24 * gape), (-wide, corner))
    bow = (0, y - 5 + 4 * smile - 4 * gape)
    peak = y - 9 + 5 * smile - 5 * gape
    rim = curve((-wide, corner), (-wide * 0.35, peak), bow) + curve(bow, (wide * 0.35, peak), (wide, corner))
    canvas.paint(rim + upper[::-1], shade(person.lips, 0.82), 0.9, 0.9)
    pout = curve((wide, corner), (0, y + 14 + 9 * smile + 26 * gape), (-wide, corner))
    canvas.paint(lower + pout[::-1], person.lips, 0.9, 0.9)
    if gape > 0.05:
        canvas.paint(upper + lower, (52, 22, 22), 0.7)
        if smile > 0.3:
            teeth = corner + 4 + 3 * gape
            canvas.paint(upper + [(wide * 0.8, teeth), (-wide * 0.8, teeth)], (238, 232, 224), 0.8)
    else:
        canvas.stroke(upper, 1.8, (70, 34, 34), 0.7, 0.9)
    for side in (-1, 1):
        canvas.paint(oval(side * wide, corner, 2.4, 2.4), deep, 1.6, 0.7)
    canvas.paint(oval(0, y + 17 + 20 * gape, 11, 3), dark, 3, 0.6)


def _fringe(canvas: Canvas, person: Person) -> None:
    line = curve((-72, 10), (-70, -62), (-18, -64)) + curve((-18, -64), (40, -62), (60, -30))
    line += curve((60, -30), (66, -14), (70, 8)) + curve((74, 8), (82, -112), (0, -108))
    canvas.paint(line + curve((0, -108), (-84, -108), (-74, 10)), person.hair, 1.5)
