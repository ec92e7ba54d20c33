"""The drawn cover as a PNG: the same cloth as the SVG, in the same colours."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from easyticket.documents.cover import choose_cloth
from easyticket.documents.shared_cover import render_shared_cover


def shares(content: bytes) -> dict[str, float]:
    """Return how much of the picture each colour covers."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    counts = picture.getcolors(maxcolors=2**24) or []
    return {
        "#{:02x}{:02x}{:02x}".format(*colour): count / (picture.width * picture.height)
        for count, colour in counts
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_picture_has_the_size_messengers_ask_for_and_the_colours_of_its_cloth(seed: int) -> None:
    content = render_shared_cover(seed, 1200, 630)
    assert Image.open(io.BytesIO(content)).size == (1200, 630)
    assert len(content) < 60_000
    found = shares(content)
    of_cloth = [found[colour] for colour in set(choose_cloth(seed).palette) if colour in found]
    # The rest is where two colours meet.
    assert sum(of_cloth) > 0.85
    assert len(of_cloth) >= 2


def test_the_same_number_gives_the_same_picture() -> None:
    assert render_shared_cover(7, 600, 315) == render_shared_cover(7, 600, 315)
    assert render_shared_cover(7, 600, 315) != render_shared_cover(8, 600, 315)
