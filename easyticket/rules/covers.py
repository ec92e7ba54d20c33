"""Which part of a picture is an event's cover: always 16 by 9, placed and enlarged as its organizer chose."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from easyticket.rules.pictures import Size

WIDE, HIGH = 16, 9
# In percent: the whole width or height of the picture, and a third of it.
LEAST_ZOOM, MOST_ZOOM = 100, 300


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a picture, in whole percents.

    `across` and `down` say where it lies within the room there is: 0 at the left or top, 50 in the middle, 100 at the right
    or bottom. `zoom` is how much it is enlarged: at 100 it is as large as the picture allows.
    """

    across: int = 50
    down: int = 50
    zoom: int = LEAST_ZOOM

    def __post_init__(self) -> None:
        if not (0 <= self.across <= 100 and 0 <= self.down <= 100 and LEAST_ZOOM <= self.zoom <= MOST_ZOOM):
            raise ValueError(f"{self} does not lie in the picture")

    def as_fields(self) -> dict[str, int]:
        """Return what is stored of it."""
        return asdict(self)


def cut_of(stored: dict[str, Any] | None) -> Cut:
    """Return the cut that was stored; the middle where there is none."""
    return Cut(**stored) if stored else Cut()


def box_of(picture: Size, cut: Cut) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part in pixels, at least one pixel wide and high."""
    is_wider = picture.width * HIGH > picture.height * WIDE
    width = picture.height * WIDE / HIGH if is_wider else picture.width
    height = picture.height if is_wider else picture.width * HIGH / WIDE
    size = Size(_scaled(width, cut), _scaled(height, cut))
    left = (picture.width - size.width) * cut.across // 100
    top = (picture.height - size.height) * cut.down // 100
    return left, top, left + size.width, top + size.height


def _scaled(length: float, cut: Cut) -> int:
    return max(int(length * 100 / cut.zoom), 1)
