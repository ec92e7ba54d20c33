"""A stranger's picture becomes our own: decoded with limits, turned upright, and encoded anew as WebP in a few sizes.

Nothing of the file itself is kept, so what was hidden in it (place and camera, scripts, a second file) is gone.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ExifTags, Image, ImageCms, ImageFile

from easyticket.core.errors import Unavailable
from easyticket.rules.covers import Cut, box_of
from easyticket.rules.pictures import (
    MOST_PIXELS,
    NO_PICTURE,
    TOO_MANY_PIXELS,
    Size,
    sizes_of,
    why_too_many_pixels,
)

# Pillow looks at the size itself before it makes room for a picture; what it only warns of by itself is refused, too.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# What is wrong with a stranger's metadata, which is thrown away, interests nobody.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Pictures of telephones that hold a second view (MPO) begin as a JPEG and are read as one.
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
# Above so many pixels, of which a transparent one counts twice, compressing well would take longer than everything else.
_WELL_COMPRESSED = 2_000_000
# A progressive JPEG has about ten scans. One of thousands is small and keeps a processor busy for minutes.
_MOST_SCANS = 50
_START_OF_SCAN, _END_OF_JPEG = b"\xff\xda", b"\xff\xd9"
# A file of 10 MB is read in some thousand pieces. One of a million empty ones keeps a processor busy for seconds.
_MOST_PIECES = 20_000
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LIES_ON_ITS_SIDE = (5, 6, 7, 8)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# How decoders fail on a file that is none, or not all there.
_FAULTS = (OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError, struct.error)
# Decoding takes up to 350 MB for some files: never two at once in one process. Whoever waits holds a thread that others
# need to be answered, so that only a few may, and not for long.
_room = threading.Lock()
_MOST_WAITING = 2
_places = threading.BoundedSemaphore(1 + _MOST_WAITING)
_PATIENCE = 2.0
_ASK_AGAIN = 5


class PictureRefusedError(ValueError):
    """The file is not a picture that is taken; the message says why, for the person who sent it."""


def render_picture(content: bytes) -> dict[Size, bytes]:
    """Return the picture as WebP files by size, the smallest first: upright, in sRGB, without anything else in it.

    :raises PictureRefusedError: it is no JPEG, PNG or WebP, is damaged, or has too many pixels.
    :raises Unavailable: others are being worked on; a moment later there is room.
    """
    with _turn(), _refusals():
        picture, sizes = _largest(content)
        return {size: _webp(_resized(picture, size)) for size in sizes}


def render_cut(content: bytes, cut: Cut) -> dict[Size, bytes]:
    """Return a part of a picture that was rendered before, as WebP files by size, the smallest first.

    :raises PictureRefusedError, Unavailable: as `render_picture`.
    """
    with _turn(), _refusals(), _opened(content) as image:
        part = _in_full_colours(image).crop(box_of(Size(*image.size), cut))
        return {size: _webp(_resized(part, size)) for size in sizes_of(Size(*part.size))}


def check_picture(content: bytes) -> None:
    """Return if this looks like a picture that would be taken: its kind, its size and its end. Nothing of it is decoded.

    :raises PictureRefusedError: as `render_picture`.
    """
    with _refusals(), _opened(content) as image:
        if _is_jpeg(image) and content.find(_END_OF_JPEG, content.find(_START_OF_SCAN)) < 0:
            raise EOFError
        image.verify()


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for one's turn to decode."""
    if not _places.acquire(blocking=False):
        raise _busy()
    try:
        if not _room.acquire(timeout=_PATIENCE):
            raise _busy()
        try:
            yield
        finally:
            _room.release()
    finally:
        _places.release()


def _busy() -> Unavailable:
    sentence = "Other pictures are being worked on at the moment. Please try again in a few seconds."
    return Unavailable(sentence, code="busy", retry_after=_ASK_AGAIN)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except _BOMBS:
        raise PictureRefusedError(TOO_MANY_PIXELS) from None
    except PictureRefusedError:
        raise
    except _FAULTS:
        raise PictureRefusedError(NO_PICTURE) from None


class _Pieces(io.BytesIO):
    """The file, until it was read in too many pieces: what is said in each of them is looked at one after the other."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._left = _MOST_PIECES

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise SyntaxError("a file of too many pieces")
        return super().read(size)


@contextmanager
def _opened(content: bytes) -> Iterator[ImageFile.ImageFile]:
    """Give the picture, of which nothing is decoded yet, if it does not take too much to do that."""
    # WeasyPrint sets this for the whole process when it is imported, and half a picture would count as a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(_Pieces(content), formats=_FORMATS) as image:
        pixels = image.width * image.height
        if refusal := why_too_many_pixels(
            pixels, is_transparent=_is_transparent(image), is_deep=_is_deep(image)
        ):
            raise PictureRefusedError(refusal)
        if _is_jpeg(image) and content.count(_START_OF_SCAN) > _MOST_SCANS:
            raise SyntaxError("a JPEG of too many scans")
        yield image


def _largest(content: bytes) -> tuple[Image.Image, tuple[Size, ...]]:
    """Return the first frame in the largest size it is kept in, and all those sizes."""
    with _opened(content) as image:
        turn = image.getexif().get(ExifTags.Base.Orientation)
        is_on_side = turn in _LIES_ON_ITS_SIDE
        width, height = (image.height, image.width) if is_on_side else image.size
        sizes = sizes_of(Size(width, height))
        largest = sizes[-1]
        lying = Size(largest.height, largest.width) if is_on_side else largest
        # A JPEG is decoded no larger than needed.
        image.draft(None, (lying.width, lying.height))
        small = _in_srgb(_resized(_in_full_colours(image), lying), image.info.get("icc_profile"))
    return (small.transpose(_UPRIGHT[turn]) if turn in _UPRIGHT else small), sizes


def _is_jpeg(image: Image.Image) -> bool:
    return image.format not in ("PNG", "WEBP")


def _is_transparent(image: Image.Image) -> bool:
    return "transparency" in image.info or image.mode in ("RGBA", "LA", "La", "PA", "RGBa")


def _is_deep(image: ImageFile.ImageFile) -> bool:
    """Tell whether the file has 16 bits per colour; Pillow says it only in how the bytes will be taken apart."""
    return any("16" in str(tile.args) for tile in image.tile if tile.codec_name == "zip")


def _in_full_colours(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Pillow cuts these off at white instead of scaling them.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if _is_transparent(image):
        return image if image.mode == "RGBA" and "transparency" not in image.info else image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("RGB")


def _resized(image: Image.Image, size: Size) -> Image.Image:
    return image.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the colours as every screen shows them: telephones and printers have other ones, said in a profile."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if not profile:
        return image.convert(mode)
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError):
        # A profile that cannot be read, or is for other colours than these, says nothing.
        return image.convert(mode)
    assert converted is not None  # noqa: S101 (only in-place conversion gives nothing)
    return converted


def _webp(image: Image.Image) -> bytes:
    content = io.BytesIO()
    pixels = image.width * image.height * (2 if image.mode == "RGBA" else 1)
    image.save(content, "WEBP", quality=_QUALITY, method=4 if pixels <= _WELL_COMPRESSED else 1)
    return content.getvalue()
