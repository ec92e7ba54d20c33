"""What an uploaded picture may be, in which sizes it is kept, and how its files are called.

A column stores one name, `<32 hex digits>-<width>x<height>.webp`: the file of the largest size. The names of the smaller
files follow from it, so that every page can name all sizes of a picture without opening a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTHS = (480, 960, 1600)
# A picture narrower than its height allows is kept smaller: WebP ends at 16,383 pixels, and nobody scrolls for long.
HIGHEST = 3200
_MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * _MEGABYTE
MOST_PIXELS = 25_000_000
# So much more a pixel costs to read with transparency, or with 16 bits for each colour, than one of a photograph.
_TRANSPARENT_COSTS, _DEEP_COSTS = 2.0, 1.5
EXTENSIONS = ("jpg", "jpeg", "png", "webp")

EMPTY = "The submitted file is empty."
_TOO_LARGE = "The picture is larger than {most} MB. Please choose a smaller one."
TOO_LARGE = _TOO_LARGE.format(most=5)
TOO_MANY_PIXELS = "The picture has more than 25 million pixels. Please choose a smaller one."
_TOO_MANY_OF_THIS_KIND = (
    "A picture with transparency or with 16 bits per colour may have at most {most:g} million pixels. "
    "Please choose a smaller one, or save it as JPEG."
)
NO_PICTURE = (
    "Upload a valid image. The file you uploaded was either not an image or a corrupted image: "
    "JPEG, PNG and WebP are taken."
)

IDENTITY_LETTERS = 32
_NAME = re.compile(r"(?P<identity>[0-9a-f]{32})-(?P<width>[1-9][0-9]{0,3})x(?P<height>[1-9][0-9]{0,3})\.webp")


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def shrunk_to(self, width: int) -> Size:
        """Return the size with that width and the same proportions, at least one pixel high."""
        return Size(width, max(round(self.height * width / self.width), 1))


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One file of a stored picture."""

    name: str
    size: Size


def why_no_upload(content: bytes, file_name: str, *, most_bytes: int = MOST_BYTES) -> str | None:
    """Return why a file is refused before anybody looks into it, or None. A file without an extension is looked into."""
    _, dot, extension = file_name.rpartition(".")
    if dot and extension.lower() not in EXTENSIONS:
        # Only letters and digits are said back: the name is a stranger's.
        shown = "".join(letter for letter in extension if letter.isalnum())[:10]
        allowed = ", ".join(EXTENSIONS)
        return f"File extension “{shown}” is not allowed. Allowed extensions are: {allowed}."
    if not content:
        return EMPTY
    too_large = _TOO_LARGE.format(most=most_bytes // _MEGABYTE)
    return too_large if len(content) > most_bytes else None


def why_too_many_pixels(pixels: int, *, is_transparent: bool, is_deep: bool) -> str | None:
    """Return why a picture of so many pixels is refused before it is decoded, or None; `is_deep`: 16 bits per colour."""
    cost = (_TRANSPARENT_COSTS if is_transparent else 1) * (_DEEP_COSTS if is_deep else 1)
    if pixels > MOST_PIXELS:
        return TOO_MANY_PIXELS
    if pixels * cost <= MOST_PIXELS:
        return None
    return _TOO_MANY_OF_THIS_KIND.format(most=MOST_PIXELS // (cost * 100_000) / 10)


def sizes_of(original: Size) -> tuple[Size, ...]:
    """Return the sizes a picture is kept in, the smallest first: none is larger than the original, all have its proportions."""
    width = min(original.width, WIDTHS[-1])
    if original.shrunk_to(width).height > HIGHEST:
        width = max(original.width * HIGHEST // original.height, 1)
    largest = original.shrunk_to(width)
    largest = Size(largest.width, min(largest.height, HIGHEST))
    return (*smaller_sizes(largest), largest)


def smaller_sizes(largest: Size) -> tuple[Size, ...]:
    """Return the sizes kept beside the largest one, the smallest first."""
    return tuple(largest.shrunk_to(width) for width in WIDTHS if width < largest.width)


def name_of(identity: str, size: Size) -> str:
    """Return what the file of one size is called; `identity` (32 hex digits) is the picture's own."""
    return f"{identity}-{size.width}x{size.height}.webp"


def identity_of(name: str) -> str:
    """Return what all files of one picture have in common, and no file of another one: how their names begin."""
    return name[:IDENTITY_LETTERS]


def files_of(stored: str) -> Sequence[PictureFile]:
    """Return the files of the picture a column names, the smallest first; nothing for a name of another form."""
    match = _NAME.fullmatch(stored)
    if match is None:
        return ()
    largest = Size(int(match["width"]), int(match["height"]))
    return [
        PictureFile(name_of(match["identity"], size), size) for size in (*smaller_sizes(largest), largest)
    ]
