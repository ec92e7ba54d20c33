"""What administrators look for in a list: words, one kind of rows, a page. What makes no sense is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from easyticket.web.forms.searches import read_page

_LONGEST = 255


@dataclass(frozen=True, slots=True)
class ListSearch:
    """The words that were typed, the kind that was chosen ("" where none was), and the page."""

    words: str = ""
    kind: str = ""
    page: int = 1

    @property
    def arguments(self) -> dict[str, Any]:
        """What of it belongs into an address beside the page."""
        return {name: text for name, text in (("q", self.words), ("kind", self.kind)) if text}


def read_list_search(arguments: Mapping[str, str], kinds: Iterable[str] = ()) -> ListSearch:
    """Return the search that the arguments of an address describe."""
    kind = arguments.get("kind", "")
    return ListSearch(
        words=arguments.get("q", "").strip()[:_LONGEST],
        kind=kind if kind in set(kinds) else "",
        page=read_page(arguments.get("page", "")),
    )
