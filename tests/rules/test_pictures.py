"""Which sizes a picture is kept in, what its files are called, and which uploads nobody looks into."""

from __future__ import annotations

import pytest

from easyticket.rules.pictures import (
    EMPTY,
    HIGHEST,
    MOST_BYTES,
    TOO_LARGE,
    Size,
    files_of,
    name_of,
    sizes_of,
    why_no_upload,
)

IDENTITY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("original", "sizes"),
    [
        ((3200, 1800), [(480, 270), (960, 540), (1600, 900)]),
        ((1600, 900), [(480, 270), (960, 540), (1600, 900)]),
        ((1000, 500), [(480, 240), (960, 480), (1000, 500)]),
        ((960, 960), [(480, 480), (960, 960)]),
        ((700, 100), [(480, 69), (700, 100)]),
        ((300, 200), [(300, 200)]),
        ((1, 1), [(1, 1)]),
        ((25_000, 1), [(480, 1), (960, 1), (1600, 1)]),
        ((2_000, 10_000), [(480, 2400), (640, 3200)]),
        ((1, 25_000), [(1, HIGHEST)]),
    ],
)
def test_a_picture_is_kept_in_three_widths_and_never_enlarged(
    original: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    assert [(size.width, size.height) for size in sizes_of(Size(*original))] == sizes


@pytest.mark.parametrize("width", [1, 2, 479, 480, 481, 959, 961, 1599, 1601, 4032, 9001])
@pytest.mark.parametrize("height", [1, 7, 480, 3023, 3201, 20_000])
def test_the_stored_name_tells_the_names_of_all_files(width: int, height: int) -> None:
    sizes = sizes_of(Size(width, height))
    found = files_of(name_of(IDENTITY, sizes[-1]))
    assert tuple(file.size for file in found) == sizes
    assert [file.name for file in found] == [name_of(IDENTITY, size) for size in sizes]


@pytest.mark.parametrize("name", ["", f"{IDENTITY}.jpg", f"{IDENTITY}-0x5.webp", f"../{IDENTITY}-5x5.webp"])
def test_a_name_of_another_form_has_no_sizes(name: str) -> None:
    assert files_of(name) == ()


@pytest.mark.parametrize("file_name", ["", "blob", "a.jpg", "A.JPEG", "x.y.png", "höhe.webp"])
def test_the_usual_names_are_looked_into(file_name: str) -> None:
    assert why_no_upload(b"x", file_name) is None


@pytest.mark.parametrize(
    ("file_name", "shown"),
    [
        ("a.svg", "svg"),
        ("a.jpg.GIF", "GIF"),
        ("x.<b>html</b>", "bhtmlb"),
        ("a.png.php", "php"),
        ("a.png ", "png"),
    ],
)
def test_another_extension_is_refused_whatever_is_inside(file_name: str, shown: str) -> None:
    assert why_no_upload(b"x", file_name) == (
        f"File extension “{shown}” is not allowed. Allowed extensions are: jpg, jpeg, png, webp."
    )


def test_an_empty_and_a_large_file_are_refused() -> None:
    assert why_no_upload(b"", "a.jpg") == EMPTY
    assert why_no_upload(bytes(MOST_BYTES), "a.jpg") is None
    assert why_no_upload(bytes(MOST_BYTES + 1), "a.jpg") == TOO_LARGE
