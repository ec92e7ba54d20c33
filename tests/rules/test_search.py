"""How searching compares texts."""

from __future__ import annotations

import pytest

from easyticket.models import Event
from easyticket.rules.search import MAX_WORDS, city_key_of, fold, search_text_of, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Düsseldorf", "dusseldorf"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ɛyɛ Ɔdɔ", "eye odo"),
        ("Ŋutsu Ɖeka Ƒo Ɣe Ʋu", "nutsu deka fo ge vu"),
        ("Ẹ káàbọ̀", "e kaabo"),
        ("Ọṣun", "osun"),
        ("Ɓaure ɗan ƙasa ƴa", "baure dan kasa ya"),
        ("Łódź Øresund Æther Œuvre Þór", "lodz oresund aether oeuvre thor"),
        ("İstanbul ıslak", "istanbul islak"),
        ("Kofi’s Night – live", "kofi's night - live"),
        ("  many \t blanks\u00a0here ", "many blanks here"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("ＦＵＬＬ ﬁt ①", "full fit 1"),
    ],
)
def test_letters_are_compared_plain(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_twice_changes_nothing() -> None:
    once = fold("Ǆ ẞ ŉ ΐ ﬀ Ɛ Ñandú")
    assert fold(once) == once


def test_what_no_database_takes_is_left_out() -> None:
    assert fold("a\x00b \ud800c") == "a b c"


def test_a_city_is_the_same_however_it_is_written() -> None:
    assert city_key_of(" ACCRA ") == city_key_of("Accra") == "accra"
    assert len(city_key_of("ﷺ" * 100)) == 100


def test_a_query_is_its_words_each_once() -> None:
    assert words_of("  Drums ACCRA drums ") == ("drums", "accra")
    assert words_of(" \t ,") == ()
    assert words_of("Lagos, Nigeria,drums") == ("lagos", "nigeria", "drums")


def test_a_query_has_no_more_words_than_the_database_should_look_for() -> None:
    assert len(words_of(" ".join(f"w{number}" for number in range(50)))) == MAX_WORDS


def test_the_search_looks_through_title_descriptions_tags_and_venue() -> None:
    event = Event(
        title="Nacht der Trommeln",
        short_description="Kurz",
        description="Lang\nund breit",
        tags="drums,live",
        venue_name="Großer Saal",
        venue_address="Hauptstraße 1",
        venue_city="Köln",
        venue_country="Germany",
    )
    text = search_text_of(event)
    for word in ("trommeln", "kurz", "breit", "drums", "grosser", "hauptstrasse", "koln", "germany"):
        assert word in text
