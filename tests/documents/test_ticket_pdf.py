"""A printed ticket says everything, scans, is readable for everybody, and its making opens nothing but our own fonts."""

from __future__ import annotations

import builtins
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from easyticket.core.errors import Unavailable
from easyticket.documents.pdf import render_pdf
from easyticket.documents.ticket_paper import TicketPaper, paper_of, printable
from easyticket.documents.ticket_pdf import render_tickets_pdf
from easyticket.models import CheckInPolicy, Event, Order, Ticket, TicketStatus, User

DOTS_PER_MM = 8
PAPER = TicketPaper(
    event_id=7,
    title="Highlife Under the Stars",
    day="Sat 12 December 2026",
    hours="18:00–23:00 GMT",
    venue="National Theatre",
    address="Liberia Road, Accra, Ghana",
    organizer="Ama Live",
    ticket_name="Regular",
    valid_on="",
    entry="It admits one person, once.",
    attendee="Ɔbenewa Ŋkrumah-Ɛdusei",
    price="GH₵\N{NO-BREAK SPACE}52.50",
    order_number="OE-20261121-0001",
    code="TKT-20261212-7K3QX9WMRB",
    qr_content="0123456789abcdef" * 4,
)


@pytest.fixture(autouse=True)
def _templates() -> Iterator[None]:
    """Paper needs the templates, and nothing else of the application."""
    with Flask("easyticket").app_context():
        yield


def reader_of(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader_of(content).pages).split())


def picture_of(content: bytes, page: int = 0) -> Image.Image:
    with closing(pypdfium2.PdfDocument(content)) as document, closing(document[page]) as drawn:
        return drawn.render(scale=DOTS_PER_MM * 25.4 / 72).to_pil()


def code_on(picture: Image.Image) -> tuple[str, float]:
    """What a scanner reads, and how wide the code is in mm, without its quiet zone."""
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text, (found.position.top_right.x - found.position.top_left.x) / DOTS_PER_MM


def objects_of(content: bytes) -> Iterator[dict[str, Any]]:
    reader = reader_of(content)
    for number in range(1, len(reader.xref_objStm) + sum(len(part) for part in reader.xref.values()) + 1):
        value = reader.get_object(number)
        if isinstance(value, dict):
            yield value


# What stands on it


def test_it_says_who_what_when_and_where() -> None:
    text = text_of(render_tickets_pdf([PAPER]))
    for part in (
        PAPER.title,
        PAPER.day,
        PAPER.hours,
        PAPER.venue,
        PAPER.address,
        PAPER.ticket_name,
        PAPER.attendee,
    ):
        assert part in text
    for part in ("GH₵ 52.50", PAPER.order_number, PAPER.code, PAPER.organizer, PAPER.entry):
        assert part in text


def test_each_ticket_has_a_page_of_its_own_with_its_own_code() -> None:
    papers = [replace(PAPER, code=f"TKT-20261212-000000000{n}", qr_content=f"{n:064x}") for n in range(3)]
    content = render_tickets_pdf(papers)
    pages = reader_of(content).pages
    assert [paper.code in page.extract_text() for paper, page in zip(papers, pages, strict=True)] == [
        True
    ] * 3
    assert [code_on(picture_of(content, n))[0] for n in range(3)] == [paper.qr_content for paper in papers]


def test_the_code_scans_from_the_page_and_is_at_least_30_mm_wide_on_white() -> None:
    picture = picture_of(render_tickets_pdf([PAPER]))
    content, width = code_on(picture)
    assert content == PAPER.qr_content
    assert width >= 30
    (found,) = zxingcpp.read_barcodes(picture)
    edge = found.position.top_left
    quiet = picture.convert("L").crop(
        (edge.x - 4 * DOTS_PER_MM, edge.y - 2 * DOTS_PER_MM, edge.x - 8, edge.y + 200)
    )
    assert quiet.getextrema() == (255, 255)


def test_a_cancelled_ticket_says_so_and_has_no_code_to_scan() -> None:
    content = render_tickets_pdf([replace(PAPER, qr_content="")])
    assert "Not valid" in text_of(content)
    assert zxingcpp.read_barcodes(picture_of(content)) == []


def test_the_longest_names_stay_on_their_page_and_leave_the_code_alone() -> None:
    paper = replace(
        PAPER,
        title="W" * 255,
        venue="W" * 255,
        address="W" * 600,
        attendee="W" * 255,
        organizer="W" * 300,
        ticket_name="W" * 204,
        valid_on="Only on Wed 30 September 2026",
        day="Wed 30 September to Thu 31 December 2026",
        price="₦10,000,000,000.00",
    )
    content = render_tickets_pdf([paper, PAPER])
    assert len(reader_of(content).pages) == 2
    assert code_on(picture_of(content))[0] == PAPER.qr_content
    text = reader_of(content).pages[0].extract_text()
    assert paper.code in text and paper.order_number in text and paper.day in " ".join(text.split())


# Who can read it


def test_it_is_tagged_and_names_its_title_and_language() -> None:
    root: Any = reader_of(render_tickets_pdf([PAPER])).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 (a PDF object)
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    information = reader_of(render_tickets_pdf([PAPER])).metadata
    assert information is not None and information.title == f"Ticket {PAPER.code} · {PAPER.title}"


def test_the_code_is_the_only_picture_a_screen_reader_hears_of(caplog: pytest.LogCaptureFixture) -> None:
    objects = list(objects_of(render_tickets_pdf([PAPER, replace(PAPER, qr_content="")])))
    figures = [value for value in objects if value.get("/S") == "/Figure"]
    assert [str(figure["/Alt"]) for figure in figures] == [
        f"QR code of ticket {PAPER.code}. At the gate the code can also be read out."
    ]
    assert [record.message[:200] for record in caplog.records if record.levelname != "INFO"] == []


def test_every_font_is_our_own_and_is_embedded() -> None:
    content = render_tickets_pdf([replace(PAPER, attendee="Ɛƒua Ŋɔʋi Ɣaɖe Ọláṣọlá Ńgọ́zi")])
    fonts = [value for value in objects_of(content) if value.get("/Type") == "/FontDescriptor"]
    assert fonts and all("/FontFile2" in font for font in fonts)
    names = {str(font["/FontName"]).partition("+")[2].partition("-")[0] for font in fonts}
    assert names == {"Text", "Head", "Code"}


def test_a_title_of_emoji_is_left_out_rather_than_printed_as_boxes() -> None:
    assert printable("Afrobeats 🔥 Night 👩🏾‍🎤🇬🇭") == "Afrobeats Night"
    assert printable("🎉🎉") == ""
    assert printable("Ŋkɔmɔ\r\nƐdwom – „Straße“ 東京 №1") == "Ŋkɔmɔ Ɛdwom – „Straße“ 東京 №1"
    assert printable("evil\u202egpj") == "evilgpj"


def test_the_same_ticket_is_always_the_same_file() -> None:
    assert render_tickets_pdf([PAPER]) == render_tickets_pdf([PAPER])


# What it is made from


def a_ticket(**fields: Any) -> Ticket:
    event = Event(
        id=7,
        title="Afro Nation 🎉",
        start_at=datetime(2026, 12, 12, 17, tzinfo=UTC),
        end_at=datetime(2026, 12, 13, 2, tzinfo=UTC),
        time_zone="Africa/Lagos",
        venue_name="Terra Kulture",
        venue_address="1376 Tiamiyu Savage St",
        venue_city="Lagos",
        venue_country="Nigeria",
        check_in_policy=CheckInPolicy.DAILY,
        organizer=User(first_name="Ama", last_name="Live", email="ama@example.org"),
    )
    values = {
        "event": event,
        "order": Order(number="OE-20261121-0001"),
        "code": PAPER.code,
        "ticket_name": "Pass",
        "tier_name": "VIP",
        "day_name": "Day 1",
        "day_on": date(2026, 12, 12),
        "is_all_days": False,
        "attendee_name": "Kofi Mensah",
        "paid_minor": 1_250_000,
        "currency": "NGN",
        "status": TicketStatus.ACTIVE,
    }
    return Ticket(**{**values, **fields})


def test_the_paper_tells_times_of_the_events_zone_and_what_was_paid() -> None:
    paper = paper_of(a_ticket(), "ab" * 32)
    assert (paper.title, paper.day, paper.hours) == ("Afro Nation", "Sat 12 December 2026", "18:00–03:00 WAT")
    assert (paper.ticket_name, paper.valid_on) == ("Pass - VIP - Day 1", "Only on Sat 12 December 2026")
    assert (paper.price, paper.qr_content) == ("₦12,500.00", "ab" * 32)
    assert paper.address == "1376 Tiamiyu Savage St, Lagos, Nigeria"
    assert "once on each day" in paper.entry


def test_an_event_of_several_days_says_from_when_to_when() -> None:
    ticket = a_ticket(is_all_days=True, day_on=None)
    ticket.event.end_at = datetime(2026, 12, 14, 20, tzinfo=UTC)
    paper = paper_of(ticket, "ab" * 32)
    assert (paper.day, paper.hours) == ("Sat 12 December to Mon 14 December 2026", "Begins at 18:00 WAT")
    assert paper.valid_on == "Every day of the event"


def test_a_cancelled_ticket_gets_no_code_whoever_asks() -> None:
    assert paper_of(a_ticket(status=TicketStatus.CANCELLED), "ab" * 32).qr_content == ""


# What its making may open


@pytest.fixture
def canary() -> Iterator[tuple[str, list[object]]]:
    """A server on this machine and the list of those who called it."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, who = server.accept()
                except OSError:
                    return
                calls.append(who)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)


def test_markup_in_a_title_is_only_text() -> None:
    title = "<img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>{{7*7}}"
    content = render_tickets_pdf([replace(PAPER, title=title, attendee=title)])
    assert "file:///etc/passwd" in text_of(content)
    assert "root:" not in text_of(content)
    assert reader_of(content).attachments == {}


def test_even_hostile_html_opens_no_file_and_no_connection(canary: tuple[str, list[object]]) -> None:
    address, calls = canary
    content = render_pdf(
        f"""<!doctype html><html lang="en"><head><title>x</title>
        <link rel="stylesheet" href="http://{address}/a.css"><link rel="attachment" href="file:///etc/passwd">
        <link rel="attachment" href="http://{address}/b"><style>@import "http://{address}/c.css";
        @font-face {{ font-family: x; src: url("http://{address}/d.ttf"), url("file:///etc/passwd"), local("Arial") }}
        body {{ background: url("ftp://{address}/e.png"); list-style-image: url("file:///etc/passwd") }}</style></head>
        <body style="font-family: x"><img src="http://{address}/f.png"><img src="file:///etc/passwd">
        <object data="http://{address}/g.svg"></object><embed src="file:///etc/passwd">
        <a rel="attachment" href="file:///etc/passwd">text</a><img src="font:../../../../../etc/passwd">
        <svg><image href="http://{address}/h.png"/><use href="file:///etc/passwd#a"/></svg>
        <img src="data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg'&gt;&lt;image href='http://{address}/i'/&gt;&lt;/svg&gt;">
        </body></html>"""
    )
    assert calls == []
    assert "root:" not in text_of(content) and b"root:" not in content
    assert reader_of(content).attachments == {}


def test_a_server_without_pango_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_pango(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(Unavailable, match="lacks the Pango library"):
        render_tickets_pdf([PAPER])
