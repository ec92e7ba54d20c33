"""Texts by organizers as HTML: Markdown, with or without the HTML some clients of the APIs send. What leaves here has been
through nh3."""

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
_NEVER_SHOWN = {"script", "style", "title", "textarea", "noscript", "svg", "math"}
# Markdown goes on after a block of HTML only where an empty line ends it, which few people know.
_END_OF_BLOCK = re.compile(
    r"(</(?:p|div|h[1-6]|ul|ol|table|blockquote|pre|section|script|style)>)[ \t]*\n", re.IGNORECASE
)
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")

# HTML passes through it and is cleaned afterwards. No code by indentation: HTML is often indented, and organizers write none.
_markdown = (
    MarkdownIt("commonmark", {"html": True, "breaks": True})
    .enable(["table", "strikethrough"])
    .disable("code")
)


def render_markdown(text: str) -> Markup:
    """Return safe HTML: headings from the third level on, no pictures, links that neither follow nor hand over the page."""
    raw = _markdown.render(_END_OF_BLOCK.sub(r"\1\n\n", text))
    clean = nh3.clean(
        _lowered(raw),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
        clean_content_tags=_NEVER_SHOWN,
    )
    return Markup(_EMPTY_PARAGRAPH.sub("", clean))  # noqa: S704 (cleaned above)


def plain_text(text: str, longest: int) -> str:
    """Return the words of such a text on one line, cut after a word with an ellipsis where it is longer than `longest`."""
    words = " ".join(
        html.unescape(nh3.clean(str(render_markdown(text)).replace("<", " <"), tags=set())).split()
    )
    if len(words) <= longest:
        return words
    return words[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _lowered(raw: str) -> str:
    """Make the two highest headings third ones, as the page has its own above them, and other blocks paragraphs."""
    raw = re.sub(r"<(/?)(?:div|section|article)\b", r"<\1p", raw, flags=re.IGNORECASE)
    return re.sub(r"<(/?)h[12]\b", r"<\1h3", raw, flags=re.IGNORECASE)
