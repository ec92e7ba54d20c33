"""Long lists by pages: what one page holds and which pages there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from easyticket.core.errors import NotFound

T = TypeVar("T")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `page` counts from 1, `count` is how many items all pages have together."""

    items: Sequence[T]
    page: int
    per_page: int
    count: int

    def map(self, shape: Callable[[T], Other]) -> Page[Other]:
        """Return the same page with each item as `shape` makes it."""
        return Page([shape(item) for item in self.items], self.page, self.per_page, self.count)

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(-(-self.count // self.per_page), 1)

    @property
    def has_previous(self) -> bool:
        """True if there is a page before this one."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """True if there is a page after this one."""
        return self.page < self.pages

    @property
    def first_number(self) -> int:
        """Which item of the whole list this page begins with; 0 for an empty list."""
        return (self.page - 1) * self.per_page + 1 if self.count else 0

    @property
    def last_number(self) -> int:
        """Which item of the whole list this page ends with."""
        return min(self.page * self.per_page, self.count)


def page_of(load: Callable[[int, int], Sequence[T]], *, count: int, page: int, per_page: int) -> Page[T]:
    """Return page `page`, its items loaded by `load(limit, offset)`.

    :raises NotFound: there is no such page.
    """
    if page < 1 or (page - 1) * per_page >= max(count, 1):
        raise NotFound(f"There is no page {page} of this list.", code="no_such_page")
    items = load(per_page, (page - 1) * per_page) if count else ()
    return Page(items=items, page=page, per_page=per_page, count=count)
