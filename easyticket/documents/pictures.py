"""A stranger's picture becomes our own: decoded with limits, turned upright, and encoded anew as WebP in a few sizes.

Nothing of the file itself is kept, so what was hidden in it (place and camera, scripts, a second file) is gone.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings

from PIL import ExifTags, Image, ImageCms, ImageFile

from easyticket.rules.pictures import MOST_PIXELS, NO_PICTURE, TOO_MANY_PIXELS, Size, sizes_of

# Pillow looks at the size itself before it makes room for a picture; what it only warns of by itself is refused, too.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# What is wrong with a stranger's metadata, which is thrown away, interests nobody.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Pictures of telephones that hold a second view (MPO) begin as a JPEG and are read as one.
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
# A progressive JPEG has about ten scans. One of thousands is small and keeps a processor busy for minutes.
_MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
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
# Decoding takes up to 350 MB for some files: never two at once in one process.
_room = threading.Lock()


class PictureRefusedError(ValueError):
    """The file is not a picture that is taken; the message says why, for the person who sent it."""


def render_picture(content: bytes) -> dict[Size, bytes]:
    """Return the picture as WebP files by size, the smallest first: upright, in sRGB, without anything else in it.

    :raises PictureRefusedError: it is no JPEG, PNG or WebP, is damaged, or has too many pixels.
    """
    with _room:
        picture, sizes = _decoded(content)
        return {size: _webp(_resized(picture, size)) for size in sizes}


def check_picture(content: bytes) -> None:
    """Return if this is a picture that would be taken; it is decoded and nothing is made of it.

    :raises PictureRefusedError: as `render_picture`.
    """
    with _room:
        _decoded(content)


def _decoded(content: bytes) -> tuple[Image.Image, tuple[Size, ...]]:
    try:
        return _largest(content)
    except _BOMBS:
        raise PictureRefusedError(TOO_MANY_PIXELS) from None
    except _FAULTS:
        raise PictureRefusedError(NO_PICTURE) from None


def _largest(content: bytes) -> tuple[Image.Image, tuple[Size, ...]]:
    """Return the first frame in the largest size it is kept in, and all those sizes."""
    # WeasyPrint sets this for the whole process when it is imported, and half a picture would count as a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        if image.format != "PNG" and image.format != "WEBP" and content.count(_START_OF_SCAN) > _MOST_SCANS:
            raise SyntaxError("a JPEG of too many scans")
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


def _in_full_colours(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Pillow cuts these off at white instead of scaling them.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBa"):
        return image.convert("RGBA")
    if image.mode in ("L", "RGB", "RGBA", "CMYK"):
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
    image.save(content, "WEBP", quality=_QUALITY, method=4)
    return content.getvalue()
