"""A stranger's picture becomes our own, upright and with nothing of the file in it; what is no picture is refused."""

from __future__ import annotations

import io
import struct
import threading
import time
import zlib

import pytest
from PIL import Image, ImageCms, ImageFile

from easyticket.core.errors import Unavailable
from easyticket.documents import pictures
from easyticket.documents.pictures import PictureRefusedError, check_picture, render_picture
from easyticket.rules.pictures import NO_PICTURE, TOO_MANY_PIXELS, Size

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)
PAYLOAD = b"<script>alert(1)</script>"


def drawn(width: int = 64, height: int = 32, mode: str = "RGB") -> Image.Image:
    """Return a picture that is red on the left and blue on the right."""
    picture = Image.new("RGB", (width, height), RIGHT)
    picture.paste(LEFT, (0, 0, width // 2, height))
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def largest(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(list(render_picture(content).values())[-1]))


def colours(picture: Image.Image) -> list[tuple[int, ...]]:
    """Return the colours in the middle of the left and the right half."""
    rgb = picture.convert("RGB")
    return [rgb.getpixel((rgb.width * part // 4, rgb.height // 2)) for part in (1, 3)]


def is_near(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]], most: int = 12) -> bool:
    pairs = zip(found, wanted, strict=True)
    return all(abs(a - b) <= most for one, two in pairs for a, b in zip(one, two, strict=True))


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def png_of(width: int, height: int, rows: int, *, depth: int = 8, kind: int = 0) -> bytes:
    """Return a PNG, grey if nothing else is said, that says it is so large and holds `rows` black rows."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(1 + width) * rows, 9))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_webp_in_every_size(kind: str) -> None:
    found = render_picture(encoded(drawn(2000, 1000), kind))
    assert list(found) == [Size(480, 240), Size(960, 480), Size(1600, 800)]
    for size, content in found.items():
        picture = Image.open(io.BytesIO(content))
        assert (picture.format, picture.size) == ("WEBP", (size.width, size.height))
        assert is_near(colours(picture), [LEFT, RIGHT])


@pytest.mark.parametrize("mode", ["P", "L", "1", "LA", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_look(mode: str) -> None:
    source = drawn()
    if mode == "I;16":
        source = drawn(mode="L").convert("I").point(lambda value: value * 256)
    content = encoded(source.quantize(8) if mode == "P" else source.convert(mode))
    expected = drawn(mode={"P": "RGB", "I;16": "L"}.get(mode, mode))
    assert is_near(colours(largest(content)), colours(expected), 25)


def test_what_was_transparent_stays_so() -> None:
    picture = drawn(mode="RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    assert largest(encoded(picture)).convert("RGBA").getpixel((5, 5))[3] == 0


def test_four_colours_for_print_become_three_for_screens() -> None:
    assert is_near(colours(largest(encoded(drawn(mode="CMYK"), "JPEG"))), [LEFT, RIGHT])


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_taken_sideways_is_turned_upright(turn: int) -> None:
    upright = drawn(600, 400)
    undone = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    taken = upright if undone is None else upright.transpose(Image.Transpose(undone))
    found = largest(encoded(taken, "JPEG", exif=exif))
    assert found.size == (600, 400)
    assert is_near(colours(found), [LEFT, RIGHT])


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker of cameras"
    exif[0x8825] = {1: "N", 2: (5.0, 36.0, 0.0)}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(drawn(), "JPEG", exif=exif, icc_profile=profile, comment=PAYLOAD) + PAYLOAD
    for found in render_picture(content).values():
        picture = Image.open(io.BytesIO(found))
        assert not {"exif", "icc_profile", "xmp"} & picture.info.keys()
        for trace in (PAYLOAD, b"maker", b"EXIF", b"ICCP", b"XMP "):
            assert trace not in found


def test_a_second_file_behind_the_picture_is_gone() -> None:
    archive = b"PK\x05\x06" + bytes(18)
    for kind in ("JPEG", "PNG", "WEBP"):
        (found,) = render_picture(encoded(drawn(), kind) + archive + PAYLOAD).values()
        assert archive not in found
        assert PAYLOAD not in found


def test_colours_of_another_space_are_brought_to_the_screens() -> None:
    # Lightness alone, in a space where everything is a shade of grey: a profile that fits no RGB picture says nothing.
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (lab, b"no profile at all"):
        assert is_near(colours(largest(encoded(drawn(), icc_profile=profile))), [LEFT, RIGHT])


def test_only_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (64, 32), "black")]
    for kind in ("WEBP", "PNG", "MPO"):
        found = largest(encoded(drawn(), kind, save_all=True, append_images=frames))
        assert getattr(found, "n_frames", 1) == 1
        assert is_near(colours(found), [LEFT, RIGHT])


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "PDF", "JPEG2000", "AVIF"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    with pytest.raises(PictureRefusedError, match="Upload a valid image"):
        render_picture(encoded(drawn(), kind))


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*" + bytes(40) + b"*/=1;",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"\x00",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureRefusedError) as refusal:
        render_picture(content)
    assert str(refusal.value) == NO_PICTURE


def test_a_page_before_the_picture_is_refused() -> None:
    with pytest.raises(PictureRefusedError):
        render_picture(PAYLOAD + encoded(drawn(), "JPEG"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_file_is_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # As it is once a PDF was drawn in this process.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), kind)
    with pytest.raises(PictureRefusedError):
        render_picture(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (5_001, 5_000), (2**31 - 1, 1), (1, 2**31 - 1)]
)
def test_a_flood_of_pixels_is_refused_before_it_comes_in(width: int, height: int) -> None:
    with pytest.raises(PictureRefusedError) as refusal:
        render_picture(png_of(width, height, 0) if max(width, height) > 10**6 else png_of(width, height, 3))
    assert str(refusal.value) == TOO_MANY_PIXELS


def test_a_small_webp_that_says_it_is_huge_is_refused() -> None:
    exif = Image.Exif()
    exif[0x010F] = "x"
    content = encoded(Image.new("RGB", (16, 16)), "WEBP", lossless=True, exif=exif)
    said = (15).to_bytes(3, "little") * 2
    assert content.count(said) == 1
    with pytest.raises(PictureRefusedError) as refusal:
        render_picture(content.replace(said, (16_382).to_bytes(3, "little") * 2))
    assert str(refusal.value) == TOO_MANY_PIXELS


def test_a_jpeg_of_endless_scans_costs_no_time() -> None:
    whole = encoded(Image.new("L", (4_900, 4_900)), "JPEG", progressive=True)
    last_scan = whole[whole.rfind(b"\xff\xda") : -2]
    began = time.perf_counter()
    with pytest.raises(PictureRefusedError):
        render_picture(whole[:-2] + last_scan * 20_000 + whole[-2:])
    assert time.perf_counter() - began < 2


def test_a_comment_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(50_000_000), 9))
    whole = encoded(drawn())
    with pytest.raises(PictureRefusedError):
        render_picture(whole[:33] + bomb * 3 + whole[33:])


@pytest.mark.parametrize(
    ("depth", "kind", "most"), [(16, 6, "8.3"), (8, 6, "12.5"), (8, 4, "12.5"), (16, 2, "16.6")]
)
def test_pixels_that_take_longer_are_taken_in_smaller_numbers(depth: int, kind: int, most: str) -> None:
    content = png_of(4_990, 5_000, 3, depth=depth, kind=kind)
    for look in (render_picture, check_picture):
        with pytest.raises(PictureRefusedError, match=f"at most {most} million pixels"):
            look(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8" + b"\xff\xe9\x00\x02" * 1_000_000,
        b"\xff\xd8" + b"\xff" * 4_000_000,
        png_of(8, 8, 8)[:33] + chunk(b"abCd", b"") * 400_000,
    ],
)
def test_a_file_of_a_million_empty_pieces_is_refused_at_once(content: bytes) -> None:
    began = time.perf_counter()
    for look in (render_picture, check_picture):
        with pytest.raises(PictureRefusedError):
            look(content)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_told_from_none_without_decoding_it(kind: str) -> None:
    whole = encoded(Image.effect_noise((200, 200), 60).convert("RGB"), kind)
    check_picture(whole)
    check_picture(whole + PAYLOAD)
    for content in (whole[: len(whole) // 2], PAYLOAD + whole, encoded(drawn(), "GIF")):
        with pytest.raises(PictureRefusedError, match="valid image"):
            check_picture(content)


def test_few_wait_and_not_for_long_while_another_picture_is_worked_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "_PATIENCE", 0.2)
    content, refused = encoded(drawn()), list[Unavailable]()

    def send() -> None:
        try:
            render_picture(content)
        except Unavailable as busy:
            refused.append(busy)

    with pictures._room:
        threads = [threading.Thread(target=send) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        # Looking at the header alone needs no turn.
        check_picture(content)
    assert [busy.retry_after for busy in refused] == [5] * 8
    assert render_picture(content)
