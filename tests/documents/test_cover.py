"""Drawn covers: the same cloth for the same event always, light, and nothing that a strict content policy refuses."""

from __future__ import annotations

import hashlib
from xml.etree import ElementTree

import pytest

from easyticket.documents.cover import BANDS, FIGURES, PALETTES, choose_cloth, render_cover

SEEDS = range(1, 400)


def _drawn(seed: int, width: int, height: int) -> ElementTree.Element:
    return ElementTree.fromstring(render_cover(seed, width, height))  # noqa: S314 - our own drawing


def test_an_event_keeps_its_cover_for_ever() -> None:
    """A changed digest means that every event would change its face: change it only on purpose."""
    covers = "".join(render_cover(seed, 600, 400) for seed in range(1, 50))
    assert hashlib.sha256(covers.encode()).hexdigest()[:16] == "7cd7451a78a2a3d1"


def test_covers_differ_from_event_to_event() -> None:
    cloths = {choose_cloth(seed) for seed in SEEDS}
    assert len(cloths) > 0.95 * len(SEEDS)
    assert {cloth.figure for cloth in cloths} == set(FIGURES)
    assert {cloth.palette for cloth in cloths} == set(PALETTES)


@pytest.mark.parametrize(("width", "height"), [(600, 400), (960, 540), (1200, 630), (400, 900)])
def test_a_cover_is_a_picture_of_the_wanted_size(width: int, height: int) -> None:
    root = _drawn(7, width, height)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert (root.get("width"), root.get("height")) == (str(width), str(height))


def test_a_cover_weighs_less_than_four_kilobytes() -> None:
    assert max(len(render_cover(seed, 600, 400).encode()) for seed in SEEDS) < 4096


def test_a_cover_has_no_script_no_style_and_no_outside_address() -> None:
    for element in (node for seed in SEEDS for node in _drawn(seed, 600, 400).iter()):
        assert element.tag.rpartition("}")[2] in {"svg", "defs", "g", "path", "pattern", "use"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert element.get("href", "#").startswith("#")


def test_the_bands_of_a_block_fill_exactly_half_of_it() -> None:
    assert {sum(bands) for bands in BANDS} == {6}
