"""HTML to PDF by WeasyPrint, shut off from the world: it can open our own fonts and what stands in the page, nothing else."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from easyticket.core.errors import Unavailable

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
# What a page may name in url(): these and data: addresses.
ASSETS = {
    f"font:{style}": FONTS / f"NotoSansEasy-{style}.ttf"
    for style in ("Regular", "Bold", "CondensedBold", "Code")
}


def render_pdf(html: str) -> bytes:
    """Return the page as a tagged PDF (PDF/UA-1) with embedded fonts.

    :raises Unavailable: this machine lacks Pango, which WeasyPrint draws text with.
    """
    weasyprint = _load_weasyprint()
    page = weasyprint.HTML(string=html, url_fetcher=_closed_fetcher())
    content: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    return content


def _load_weasyprint() -> ModuleType:
    # Half a second, and only what makes PDFs needs it: not at the start of the application.
    try:
        import weasyprint
    except OSError as error:
        raise Unavailable(
            "This server cannot make PDFs: it lacks the Pango library. Run `make setup` on it; until then the "
            "tickets can be shown and printed from the order page."
        ) from error
    module: ModuleType = weasyprint
    return module


def _closed_fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]
        """Also asked for style sheets, fonts, pictures, attachments and metadata: there is no other way out."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url in ASSETS:
                return URLFetcherResponse(url, ASSETS[url].read_bytes(), {"Content-Type": "font/ttf"})
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise ValueError("only our own fonts and data: addresses are opened")

    return ClosedFetcher(allowed_protocols=("data",), allow_redirects=False)
