"""How texts are compared when people search: without case, accents and special letters."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from easyticket.models import Event, TicketType

# A longer query is no search any more, and every word costs the database a pass.
MAX_WORDS = 8
_MAX_QUERY = 200
_MAX_CITY = 100

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {
        # Akan, Ewe, Ga and their neighbours; Hausa; Scandinavia, Poland, the Balkans, Turkey, France, Germany
        **dict(zip("ɛɔŋɖƒɣʋɩʊɲ", "eondfgviun", strict=True)),
        **dict(zip("ɓɗƙƴǝəı", "bdkyeei", strict=True)),
        **dict(zip("øłđðħ", "olddh", strict=True)),
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MODIFIER LETTER APOSTROPHE}": "'",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
    }
)
# Marks on letters, characters that are not seen (soft hyphen, zero-width joiner), and half pairs no database takes.
_DROPPED = {"Mn", "Me", "Cf", "Cs"}


def fold(text: str) -> str:
    """Return `text` as it is compared: lower case, no accents, plain letters, single spaces."""
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(map(_bare, taken_apart))
    return " ".join(bare.casefold().translate(_PLAIN).split())


def _bare(letter: str) -> str:
    category = unicodedata.category(letter)
    return " " if category == "Cc" else "" if category in _DROPPED else letter


def city_key_of(city: str) -> str:
    """Return the folded city an event is filtered by, cut to what its column takes."""
    return fold(city)[:_MAX_CITY]


def search_text_of(event: Event) -> str:
    """Return what the search looks through: title, descriptions, tags and venue, folded, one a line."""
    venue = (event.venue_name, event.venue_address, event.venue_city, event.venue_state, event.venue_country)
    return _folded(event.title, event.short_description, event.description, event.tags, *venue)


def search_text_of_type(ticket_type: TicketType) -> str:
    """Return what the search of ticket types looks through: name, description and benefits, folded, one a line."""
    return _folded(ticket_type.name, ticket_type.description, ticket_type.benefits)


def _folded(*texts: str | None) -> str:
    return "\n".join(folded for folded in map(fold, (text or "" for text in texts)) if folded)


def words_of(query: str) -> tuple[str, ...]:
    """Return the folded words of a query, each once, all of which have to be found; at most `MAX_WORDS`."""
    words = dict.fromkeys(fold(query[:_MAX_QUERY]).replace(",", " ").split())
    return tuple(words)[:MAX_WORDS]
