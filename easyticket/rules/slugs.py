"""What an event's or a category's address may be called: readable, never a number or a UUID, never a word a route uses."""

from __future__ import annotations

from uuid import UUID

from slugify import slugify

_LONGEST = 80

# Second path parts under /events/, /organizer/events/, /gate/ and both APIs (the API contract): an event called
# "Search" must be reachable.
_ROUTE_WORDS = frozenset(
    "attended-events attendees by-event by_event cancel categories checkin create delete drafts edit featured gate "
    "mine my-events my_events new page past publish scan search tickets upcoming update".split()
)


def slug_of(title: str, *, otherwise: str) -> str:
    """Return the slug a title asks for; `otherwise` (such as "event") stands for, or before, what may not stand alone."""
    slug = slugify(
        title.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", ""),
        max_length=_LONGEST,
        word_boundary=True,
    )
    if not slug:
        return otherwise
    if slug in _ROUTE_WORDS or slug.replace("-", "").isdigit() or _is_uuid(slug):
        return f"{otherwise}-{slug}"
    return slug


def slug_or_number(text: str) -> str | int:
    """Return what clients name an event or a category by, as queries take it: all digits are its number, and no slug is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text


def numbered(slug: str, taken: set[str]) -> str:
    """Return `slug`, or `slug-2`, `slug-3` and so on: the first that is not taken."""
    if slug not in taken:
        return slug
    return next(
        name for name in (f"{slug}-{number}" for number in range(2, len(taken) + 3)) if name not in taken
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
