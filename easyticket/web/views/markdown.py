"""Texts by organizers as HTML: Markdown, or the HTML some clients of the APIs send. What leaves here has been through nh3."""

from __future__ import annotations

import html
import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {
    "p",
    "br",
    "hr",
    "strong",
    "b",
    "em",
    "i",
    "s",
    "del",
    "u",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
}
_TAGS |= {"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_HAS_TAGS = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*[\s/>]")

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def render_markdown(text: str) -> Markup:
    """Return safe HTML: headings from the third level on, no pictures, links that neither follow nor hand over the page."""
    raw = text if _HAS_TAGS.search(text) else _markdown.render(text)
    clean = nh3.clean(
        _lowered(raw),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
        clean_content_tags={"script", "style", "title", "textarea", "noscript", "svg", "math"},
    )
    return Markup(clean)  # noqa: S704 (cleaned in the line above)


def plain_text(text: str, longest: int) -> str:
    """Return the words of such a text on one line, cut after a word with an ellipsis where it is longer than `longest`."""
    words = " ".join(
        html.unescape(nh3.clean(str(render_markdown(text)).replace("<", " <"), tags=set())).split()
    )
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _lowered(raw: str) -> str:
    """Make the two highest headings third ones: the page has its own above them."""
    return re.sub(r"<(/?)h[12]\b", r"<\1h3", raw, flags=re.IGNORECASE)
