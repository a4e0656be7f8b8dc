"""Abstract pictures for the demonstration, drawn when it is loaded: no photograph of real people or places."""

import math
import random
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageColor, ImageDraw

SIZE = (1200, 675)

Colours = list[tuple[int, int, int]]
Motif = Callable[[ImageDraw.ImageDraw, Colours, random.Random], None]


def draw_picture(*, motif: str, colours: list[str], seed: str) -> bytes:
    """Return a JPEG, always the same for the same arguments; KeyError for an unknown motif, ValueError for a colour."""
    palette = [ImageColor.getrgb(colour)[:3] for colour in colours]
    image = Image.new("RGB", SIZE, palette[0])
    MOTIFS[motif](ImageDraw.Draw(image), palette[1:], random.Random(seed))  # noqa: S311 — a drawing is no secret
    stream = BytesIO()
    image.save(stream, "JPEG", quality=82)
    return stream.getvalue()


def _houses(draw: ImageDraw.ImageDraw, colours: Colours, chance: random.Random) -> None:
    width, height = SIZE
    left = -20
    while left < width:
        breadth, tall = chance.randint(110, 200), chance.randint(220, 460)
        wall, roof = chance.choice(colours), chance.choice(colours)
        top = height - tall
        draw.rectangle((left, top, left + breadth, height), fill=wall)
        draw.polygon([(left - 12, top), (left + breadth // 2, top - 90), (left + breadth + 12, top)], fill=roof)
        window = chance.choice([colour for colour in colours if colour != wall] or colours)
        for row in range(top + 40, height - 60, 90):
            for column in (left + breadth // 4 - 14, left + 3 * breadth // 4 - 14):
                draw.rectangle((column, row, column + 28, row + 42), fill=window)
        left += breadth + chance.randint(6, 40)


def _paths(draw: ImageDraw.ImageDraw, colours: Colours, chance: random.Random) -> None:
    """Ways that cross and go on together."""
    width, height = SIZE
    for index in range(9):
        phase, swing = chance.uniform(0, math.tau), chance.randint(40, 150)
        middle = height * (index + 1) // 10
        points = [
            (x, middle + swing * math.sin(phase + x / chance.randint(190, 200))) for x in range(-40, width + 80, 40)
        ]
        draw.line(points, fill=colours[index % len(colours)], width=chance.randint(12, 26), joint="curve")


def _circles(draw: ImageDraw.ImageDraw, colours: Colours, chance: random.Random) -> None:
    """People around a table, seen from above."""
    width, height = SIZE
    for ring in range(3):
        centre = (width * (2 * ring + 1) // 6, height // 2 + chance.randint(-60, 60))
        seats, radius = chance.randint(6, 9), chance.randint(120, 160)
        draw.ellipse(_box(centre, radius - 55), fill=colours[ring % len(colours)])
        for seat in range(seats):
            angle = math.tau * seat / seats
            place = (int(centre[0] + radius * math.cos(angle)), int(centre[1] + radius * math.sin(angle)))
            draw.ellipse(_box(place, 30), fill=colours[(seat + ring) % len(colours)])


def _hills(draw: ImageDraw.ImageDraw, colours: Colours, chance: random.Random) -> None:
    width, height = SIZE
    draw.ellipse(_box((chance.randint(200, width - 200), 150), 70), fill=colours[-1])
    for layer, colour in enumerate(colours[:-1] or colours):
        base = 260 + layer * 110
        phase = chance.uniform(0, math.tau)
        line = [(x, base + 50 * math.sin(phase + x / (150 + 40 * layer))) for x in range(0, width + 20, 20)]
        draw.polygon([*line, (width, height), (0, height)], fill=colour)


def _tiles(draw: ImageDraw.ImageDraw, colours: Colours, chance: random.Random) -> None:
    """A patchwork of rooms."""
    side = 135
    for left in range(0, SIZE[0], side):
        for top in range(0, SIZE[1], side):
            colour = chance.choice(colours)
            corner = chance.randint(0, 3)
            box = (left, top, left + side, top + side)
            draw.rectangle(box, fill=chance.choice(colours))
            draw.pieslice(_quarter(box, corner), 90 * corner, 90 * corner + 90, fill=colour)


MOTIFS: dict[str, Motif] = {"houses": _houses, "paths": _paths, "circles": _circles, "hills": _hills, "tiles": _tiles}


def _box(centre: tuple[int, int], radius: int) -> tuple[int, int, int, int]:
    return (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)


def _quarter(box: tuple[int, int, int, int], corner: int) -> tuple[int, int, int, int]:
    """The circle whose quarter number ``corner`` (clockwise from the lower right) fills a square."""
    left, top, right, bottom = box
    side = right - left
    centre = (left if corner in {0, 3} else right, top if corner in {0, 1} else bottom)
    return _box(centre, side)
