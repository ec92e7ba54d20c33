"""What a page offers: the addresses it leads to, and its forms, each button of them as what a browser would send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

# Attributes that name an address of ours which the page leads to, or asks for by itself. Not the streams of figures, which
# do not end: each is of the page that listens to it.
_LEADS = ("href", "src", "hx-get", "data-counts-url")
_TYPED = (
    "text",
    "search",
    "email",
    "tel",
    "url",
    "number",
    "date",
    "time",
    "datetime-local",
    "range",
    "file",
)
# Made anew for every page, so that nothing is done twice.
_ONE_TIME = {"csrf_token", "key", "token", "scan_key", "opened_at"}


@dataclass(frozen=True, slots=True)
class Button:
    """One button of a form: where it sends, how, and what. `is_bare` where nobody types or chooses anything first."""

    method: str
    address: str
    fields: Mapping[str, list[str]]
    is_bare: bool
    text: str

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes two buttons the same, on whichever page they stand."""
        lasting = {name: tuple(values) for name, values in self.fields.items() if name not in _ONE_TIME}
        return (self.method, self.address, frozenset(lasting.items()))


@dataclass(slots=True)
class _Form:
    method: str
    address: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    is_bare: bool = True

    def add(self, name: str | None, value: str) -> None:
        if name:
            self.fields.setdefault(name, []).append(value)

    def sent(self) -> Iterator[Button]:
        for name, value, address, texts in self.buttons:
            fields = {**self.fields, name: [value]} if name else dict(self.fields)
            text = " ".join(" ".join(texts).split())
            yield Button(self.method, address or self.address, fields, self.is_bare, text)


class Drawn(HTMLParser):
    """A page taken apart: `leads` in their order, and `buttons`."""

    @classmethod
    def of(cls, text: str, path: str) -> Self:
        """Take the page at `path` apart."""
        page = cls(path)
        page.feed(text)
        page.close()
        return page

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.leads: list[str] = []
        self.buttons: list[Button] = []
        self._form: _Form | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None
        self._text: list[str] | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag leads to, or adds to the form that is open."""
        has = {name: value or "" for name, value in attrs}
        self.leads += [has[name] for name in _LEADS if has.get(name) and tag != "link"]
        if tag == "form":
            self._form = _Form(has.get("method", "get").upper(), has.get("action") or self.path)
        elif self._form is not None:
            self._inside(self._form, tag, has)

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag closes."""
        if tag == "form" and self._form is not None:
            self.buttons += self._form.sent()
            self._form = None
        elif tag == "select" and self._select is not None and self._form is not None:
            name, options = self._select
            chosen = [value for value, is_selected in options if is_selected] or [
                value for value, _ in options[:1]
            ]
            for value in chosen:
                self._form.add(name, value)
            self._select = None
        elif tag == "textarea" and self._text is not None and self._form is not None:
            self._form.add(self._area, "".join(self._text).removeprefix("\n"))
            self._text = self._area = None
        elif tag == "button":
            self._text = None

    def handle_data(self, data: str) -> None:
        """Collect what stands in a button or a text field."""
        if self._text is not None:
            self._text.append(data)

    def _inside(self, form: _Form, tag: str, has: dict[str, str]) -> None:
        if "disabled" in has:
            return
        if tag == "button" and has.get("type", "submit") == "submit":
            self._text = []
            form.buttons.append(
                (has.get("name", ""), has.get("value", ""), has.get("formaction", ""), self._text)
            )
        elif tag == "input":
            self._input(form, has)
        elif tag == "select":
            form.is_bare, self._select = False, (has.get("name", ""), [])
        elif tag == "option" and self._select is not None:
            self._select[1].append((has.get("value", ""), "selected" in has))
        elif tag == "textarea":
            form.is_bare, self._text, self._area = False, [], has.get("name")

    def _input(self, form: _Form, has: dict[str, str]) -> None:
        kind = has.get("type", "text")
        form.is_bare = form.is_bare and kind == "hidden"
        if kind in ("checkbox", "radio"):
            if "checked" in has:
                form.add(has.get("name"), has.get("value", "on"))
        elif kind == "hidden" or kind in _TYPED:
            form.add(has.get("name"), has.get("value", ""))
