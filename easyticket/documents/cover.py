"""The drawn cover of an event without a picture: a cloth of narrow woven strips in our palette.

The same number always gives the same cloth, on every machine and in every version, so it is drawn from a hash and
never from a random generator. Only presentation attributes are used: the strictest content policy shows it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

GREEN, DEEP, LEAF, GOLD, CLAY, INK, PAPER, SAND = (
    "#0f5132",
    "#0a3b25",
    "#2f7d4f",
    "#f2a900",
    "#b93a22",
    "#16201b",
    "#fbfaf6",
    "#ecdcb4",
)

#: Ground, figure, heart of the figure, and the two colours of the bands between.
PALETTES: tuple[tuple[str, str, str, str, str], ...] = (
    (GREEN, GOLD, CLAY, DEEP, GOLD),
    (INK, GOLD, PAPER, CLAY, GOLD),
    (CLAY, PAPER, INK, GOLD, INK),
    (SAND, GREEN, CLAY, PAPER, GREEN),
    (DEEP, LEAF, GOLD, INK, SAND),
    (GOLD, INK, CLAY, GREEN, PAPER),
    (PAPER, CLAY, GREEN, SAND, INK),
    (LEAF, PAPER, GOLD, GREEN, INK),
    (INK, CLAY, SAND, GREEN, SAND),
    (GREEN, SAND, INK, CLAY, PAPER),
)

#: One woven figure each, on a block of 12 x 12 threads: the figure and its heart.
FIGURES: dict[str, tuple[str, str]] = {
    "lozenge": ("M6 0l6 6-6 6-6-6z", "M6 3l3 3-3 3-3-3z"),
    "steps": ("M4 0h4v2h2v2h2v4h-2v2h-2v2H4v-2H2V8H0V4h2V2h2z", "M5 3h2v2h2v2H7v2H5V7H3V5h2z"),
    "hourglass": ("M0 0h12L0 12h12z", "M0 3l3 3-3 3zM12 3L9 6l3 3z"),
    "waves": ("M0 4l6-4 6 4v3L6 3 0 7z", "M0 10l6-4 6 4v2l-6-4-6 4z"),
    "combs": ("M0 0h12v3h-1v5H9V3H7v5H5V3H3v5H1V3H0z", "M0 12V9h3V4h2v5h2V4h2v5h3v3z"),
    "baskets": (
        "M0 0h6v6H0zM6 6h6v6H6z",
        "M0 1h6v1H0zM0 4h6v1H0zM6 7h6v1H6zM6 10h6v1H6zM7 0h1v6H7zM10 0h1v6h-1z",
    ),
    "crosses": ("M4 0h4v4h4v4H8v4H4V8H0V4h4z", "M5 2h2v3h3v2H7v3H5V7H2V5h3z"),
    "teeth": ("M0 6l3-6 3 6zM6 6l3-6 3 6z", "M0 12l3-6 3 6zM6 12l3-6 3 6z"),
    "ladders": ("M1 0h2v12H1zM9 0h2v12H9z", "M3 2h6v2H3zM3 8h6v2H3z"),
    "doors": ("M1 1h10v10H1zM3 3v6h6V3z", "M5 5h2v2H5z"),
}

#: Heights of the bands of a plain block, outermost first, mirrored in the middle; they sum to 6 threads.
BANDS: tuple[tuple[int, ...], ...] = (
    (1, 1, 1, 1, 2),
    (2, 1, 3),
    (3, 1, 2),
    (1, 2, 1, 2),
    (4, 2),
    (2, 2, 1, 1),
)

#: Which block (0 bands, 1 figure, 2 warp stripes) stands where; read across and down, repeated.
LAYOUTS: tuple[tuple[str, ...], ...] = (
    ("01", "10"),
    ("01",),
    ("012", "120", "201"),
    ("11", "00"),
    ("0121", "2101"),
    ("1",),
)


class Cloth(NamedTuple):
    """Everything that tells one cloth from another."""

    figure: str
    palette: tuple[str, str, str, str, str]
    bands: tuple[int, ...]
    layout: tuple[str, ...]
    strips: int
    is_shifted: bool


def render_cover(seed: int, width: int, height: int) -> str:
    """An SVG picture of ``width`` x ``height`` pixels, under 4 kB, the same for the same ``seed`` always."""
    cloth = choose_cloth(seed)
    across = cloth.strips * 12
    down = round(across * height / width, 2)
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {across} {down}" '
        'preserveAspectRatio="xMidYMid slice">',
        f"<defs>{_blocks(cloth)}{_threads()}</defs>",
        *_weave(cloth, down),
        f'<path fill="url(#t)" d="M0 0h{across}v{down}H0z"/>',
        f'<path stroke="{INK}" stroke-opacity=".5" stroke-width=".35" d="{_seams(cloth.strips, down)}"/>',
        "</svg>",
    )
    return "".join(parts)


def choose_cloth(seed: int) -> Cloth:
    """The cloth that belongs to ``seed``."""
    digest = hashlib.sha256(f"cover {seed}".encode()).digest()
    names = list(FIGURES)
    return Cloth(
        figure=names[digest[0] % len(names)],
        palette=PALETTES[digest[1] % len(PALETTES)],
        bands=BANDS[digest[2] % len(BANDS)],
        layout=LAYOUTS[digest[3] % len(LAYOUTS)],
        strips=5 + digest[4] % 5,
        is_shifted=digest[5] % 3 == 0,
    )


def _blocks(cloth: Cloth) -> str:
    """The three blocks the cloth is set from, each a stack of colours: bands, figure, warp stripes."""
    ground, figure, heart, first, second = cloth.palette
    outline, inner = FIGURES[cloth.figure]
    square = "M0 0h12v12H0z"
    blocks = (
        ((ground, square), (first, _bands_path(cloth.bands)), (second, "M0 5h12v2H0z")),
        ((ground, square), (figure, outline), (heart, inner)),
        ((first, square), (ground, "M1 0h2v12H1zM5 0h2v12H5zM9 0h2v12H9z")),
    )
    return "".join(
        f'<g id="b{number}">'
        + "".join(f'<path fill="{colour}" d="{path}"/>' for colour, path in layers)
        + "</g>"
        for number, layers in enumerate(blocks)
    )


def _bands_path(bands: Sequence[int]) -> str:
    """Every second band from the edge, and its mirror image."""
    path, at = "", 0
    for number, threads in enumerate(bands):
        if number % 2 == 0:
            path += f"M0 {at}h12v{threads}H0zM0 {12 - at - threads}h12v{threads}H0z"
        at += threads
    return path


def _threads() -> str:
    """A fine shade over everything that makes flat colour look woven."""
    return (
        '<pattern id="t" width="1" height="1" patternUnits="userSpaceOnUse">'
        f'<path fill="{INK}" fill-opacity=".13" d="M0 .7h1v.3H0z"/>'
        f'<path fill="{PAPER}" fill-opacity=".1" d="M0 0h.25v.7H0z"/></pattern>'
    )


def _weave(cloth: Cloth, down: float) -> Iterator[str]:
    """The blocks set at their places, strip by strip; shifted cloth starts every second strip half a block higher."""
    for strip in range(cloth.strips):
        top = -6 if cloth.is_shifted and strip % 2 else 0
        for row, y in enumerate(range(top, math.ceil(down), 12)):
            line = cloth.layout[row % len(cloth.layout)]
            yield f'<use href="#b{line[strip % len(line)]}" x="{strip * 12}" y="{y}"/>'


def _seams(strips: int, down: float) -> str:
    return "".join(f"M{strip * 12} 0v{down}" for strip in range(1, strips))
