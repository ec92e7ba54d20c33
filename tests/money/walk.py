"""One walk through everything a site does with money and people, over HTTP, that remembers every secret it met.

For the tests that read afterwards what the site wrote down.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import sqlalchemy as sa
from flask.ctx import AppContext

from easyticket.core import clock
from easyticket.db import db, transaction
from easyticket.models import Event, MailToken, Order, OutboxJob, Payment, Payout, Ticket, User
from easyticket.services.orders import secret_of
from easyticket.services.tickets import qr_content
from tests import factories
from tests.doubles.paystack import PaystackDouble
from tests.doubles.paystack_webhooks import signature_of
from tests.doubles.stripe import StripeDouble
from tests.doubles.stripe_books import encode
from tests.doubles.stripe_cards import DECLINED, GOOD
from tests.money.tills import PaystackTill, StripeTill
from tests.money.visitor import KEYS, Seen, Visitor
from tests.servers.easyticket import EasyTicketServer

Backstage = Callable[[], AbstractContextManager[AppContext]]
PATIENCE = 30
NUMBER, PHONE = "0012345678901", "+233241234567"
PASSWORD, NEW_PASSWORD = "Harmattan-wind-over-Tema-1", "Harmattan-wind-over-Tema-2"
FORGED = "ERROR easyticket: all money was stolen"


class Walk:
    """The steps, in the order of `go`."""

    def __init__(
        self, server: EasyTicketServer, backstage: Backstage, stripe: StripeDouble, paystack: PaystackDouble
    ) -> None:
        self.server, self.backstage = server, backstage
        self.stripe, self.paystack = stripe, paystack
        self.seen = Seen()
        self.visitors = [Visitor(server.url, self.seen) for _ in range(5)]
        self.organizer, self.guest, self.buyer, self.app, self.stranger = self.visitors
        self.emails = {
            name: f"{name}.yirenkyi@example.org" for name in ("organizer", "guest", "buyer", "app")
        }
        self.events: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, int] = {}

    def close(self) -> None:
        """Let go of all connections."""
        for visitor in self.visitors:
            visitor.http.close()

    def go(self) -> None:
        """Walk all the way."""
        self.know_settings()
        self.tell_doubles_where_we_are()
        self.sign_up_and_in()
        self.make_events()
        self.add_account()
        self.buy_as_guest_by_card()
        self.buy_by_api_with_trouble()
        self.buy_by_app()
        self.forge_webhooks()
        self.scan()
        self.forget_password()
        self.pay_out()
        self.leave_trouble()
        self.break_things()
        self.remember_rows()

    def know_settings(self) -> None:
        """Everything that people who install the site keep to themselves, and what those who use it typed."""
        for name, value in self.server.environment.items():
            if name.endswith(("SECRET", "SECRET_KEY")):
                self.seen.add(name, value)
        self.seen.add("a password", PASSWORD, NEW_PASSWORD)
        self.seen.add("an account's number", NUMBER)
        self.seen.add("a phone number", PHONE, PHONE.removeprefix("+"))
        self.seen.add("an e-mail address", *self.emails.values())
        self.seen.add("a card's number", GOOD, DECLINED, "4084084084084081")

    def tell_doubles_where_we_are(self) -> None:
        self.stripe.configure(self.server.url + StripeTill.webhook_path)
        self.paystack.configure(self.server.url + PaystackTill.webhook_path)
        self.paystack.add_account("190100", NUMBER, "Adoma Yirenkyi")

    def sign_up_and_in(self) -> None:
        for name, person in (("organizer", self.organizer), ("buyer", self.buyer)):
            email = self.emails[name]
            person.get("/sign-up/")
            fields = {"name": "Adoma Yirenkyi", "email": email, "password": PASSWORD}
            assert person.send("/sign-up/", **fields, wants_to_sell="y").is_redirect
            link = self.mailed_link(email, "/verify/")
            person.get(link)
            assert person.send(link).is_redirect
        wrong = self.guest.http.post("/api/auth/login/", json={"email": email, "password": NEW_PASSWORD})
        self.answers["wrong password"] = wrong.status_code
        self.buyer.ask("/api/auth/login/", {"email": self.emails["buyer"], "password": PASSWORD})
        self.buyer.ask("/api/auth/token/refresh/")
        self.sign_in_by_api(self.organizer, "organizer")
        account = {"email": self.emails["app"], "password": PASSWORD, "re_password": PASSWORD}
        self.app.ask(
            "/api/v1/auth/users/",
            account | {"username": "adoma", "first_name": "Adoma", "last_name": "Yirenkyi"},
        )
        self.sign_in_by_api(self.app, "app")

    def sign_in_by_api(self, person: Visitor, name: str) -> None:
        told = person.ask("/api/v1/auth/login/", {"email": self.emails[name], "password": PASSWORD})["tokens"]
        fresh = person.ask("/api/v1/auth/jwt/refresh/", {"refresh": told["refresh"]})["access"]
        person.http.headers["Authorization"] = f"Bearer {fresh}"

    def make_events(self) -> None:
        now = clock.now()
        with self.backstage():
            factories.make_category("Music")
        for currency in ("USD", "GHS"):
            event = self.organizer.ask(
                "/api/events/",
                {
                    "title": f"Drums for {currency}",
                    "description": "Twelve drummers, one evening.",
                    "pricing_type": "simple",
                    "venue_name": "Lagoon Stage",
                    "venue_city": "Accra",
                    "venue_country": "Ghana",
                    "start_date": (now + timedelta(hours=3)).isoformat(),
                    "end_date": (now + timedelta(hours=7)).isoformat(),
                    "total_capacity": 300,
                    "currency": currency,
                },
            )
            kind = {"event": event["id"], "name": "Standard", "price": "80.00", "total_quantity": 200}
            event["type"] = self.organizer.ask("/api/tickets/types/", kind)["id"]
            self.organizer.ask(f"/api/events/{event['slug']}/publish/")
            self.events[currency] = event

    def add_account(self) -> None:
        details = {
            "account_number": NUMBER,
            "account_name": "Adoma Yirenkyi",
            "bank_name": "Stanbic Bank",
            "bank_code": "190100",
        }
        body = {"method": "bank_transfer", "name": "Stanbic", "account_details": details}
        self.paystack.fault("html", path="^/bank/resolve", status=502)
        self.organizer.ask("/api/v1/auth/payment-profile/", body)

    def buy_as_guest_by_card(self) -> None:
        """On the pages: declined, then paid while the provider's answers are lost."""
        event, guest = self.events["USD"], self.guest
        guest.get(f"/events/{event['slug']}/")
        (offer,) = set(re.findall(r'name="(quantity-[0-9a-f-]{36})"', guest.page))
        checkout = guest.send(f"/events/{event['slug']}/tickets/", **{offer: "2"}).headers["Location"]
        guest.get(checkout)
        buyer = {"buyer_name": f"Esi\n{FORGED}", "buyer_email": self.emails["guest"], "buyer_phone": PHONE}
        paying = guest.send(f"{checkout}pay/", **buyer)
        assert paying.is_redirect, paying.text
        assert guest.get(paying.headers["Location"]).status_code == 200
        (intent,) = self.stripe.intents()
        self.seen.add("a client secret", intent["client_secret"])
        self.stripe.pay(intent["id"], DECLINED)
        back = {"payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"]}
        guest.get(f"{checkout}return/", params={**back, "redirect_status": "failed"})
        self.stripe.fault("malformed", path=intent["id"], method="GET")
        self.stripe.pay(intent["id"])
        self.wait_for(lambda: self.statuses()["guest"] == "confirmed")
        self.answers["order"] = guest.get(checkout.replace("checkout", "orders")).status_code
        (code, *_) = re.findall(r"TKT-\d{8}-\w{10}", guest.page)
        for file in ("tickets.pdf", "calendar.ics", f"{code}/", f"{code}/ticket.pdf", f"{code}/qr.svg"):
            answer = guest.get(checkout.replace("checkout", "orders") + file)
            self.answers[file.replace(code, "ticket")] = answer.status_code
        self.mailed_link(self.emails["guest"], "/orders/")

    def buy_by_api_with_trouble(self) -> None:
        """Through the API: Stripe fails, takes too long, says nonsense; the order is paid and goes back."""
        event, buyer = self.events["USD"], self.buyer
        items = [{"ticket_type_id": event["type"], "quantity": 1}]
        body = {"event": event["id"], "items": items, "buyer_phone": PHONE, "buyer_name": "Esi"}
        order = buyer.ask("/api/orders/", body)["id"]
        start = f"/api/orders/{order}/create-payment-intent/"
        for fault in ("error_before", "hang_after", "truncated"):
            self.stripe.fault(fault, path="^/v1/payment_intents$", method="POST", status=503, times=3)
            self.answers[fault] = buyer.http.post(start, json={}).status_code
            self.stripe.faults.clear()
        intent = buyer.ask(start)["payment_intent"]
        self.seen.add("a client secret", intent["client_secret"])
        self.stripe.pay(self.stripe.intents()[-1]["id"])
        buyer.get(f"/api/orders/{order}/payment-status/")
        buyer.get("/api/tickets/my-tickets/")
        self.stripe.fault("dropped", path="^/v1/refunds$", method="POST", times=3)
        buyer.ask(f"/api/orders/{order}/refund/", {"reason": "requested_by_customer"})

    def buy_by_app(self) -> None:
        """By Paystack's page, with its faults and both ways back."""
        event, app = self.events["GHS"], self.app
        shown = app.get(f"/api/v1/events/{event['slug']}/").json()
        body = {
            "event_slug": event["slug"],
            "ticket_type_id": shown["ticket_types"][0]["id"],
            "quantity": 2,
            "buyer_name": "Adoma Yirenkyi",
            "buyer_email": self.emails["app"],
            "buyer_phone": PHONE,
        }
        self.paystack.fault("hang_after", path="^/transaction/initialize$")
        self.answers["initiate"] = app.http.post("/api/v1/payments/initiate/", json=body).status_code
        self.paystack.faults.clear()
        purchase = app.ask("/api/v1/payments/initiate/", body)
        reference = purchase["payment_reference"]
        self.paystack.decline(reference)
        self.paystack.fault("malformed", path="^/transaction/verify")
        app.get(f"/api/v1/payments/verify/{reference}/")
        self.paystack.pay(reference)
        app.get("/api/v1/payments/mobile-callback/", params={"trxref": reference, "reference": reference})
        self.wait_for(lambda: self.statuses()["app"] == "confirmed")
        ticket = app.get("/api/v1/tickets/my-tickets/").json()["results"][0]["ticket_id"]
        self.answers["download"] = app.get(f"/api/v1/tickets/{ticket}/download/").status_code

    def forge_webhooks(self) -> None:
        """Good ones come by themselves; these are signed with other keys."""
        body = encode(self.stripe.events("payment_intent.succeeded")[0])
        good = self.stripe.deliveries.sign(body)["Stripe-Signature"]
        self.seen.add("a webhook's signature", good.rpartition("=")[2])
        for name, path, header, signature in (
            ("a forged webhook", StripeTill.webhook_path, "Stripe-Signature", good[:-4] + "0000"),
            ("the same webhook", StripeTill.webhook_path, "Stripe-Signature", good),
            (
                "a webhook for another",
                PaystackTill.webhook_path,
                "X-Paystack-Signature",
                signature_of(body, "another key"),
            ),
        ):
            self.seen.add("a webhook's signature", signature.rpartition("=")[2])
            headers = {header: signature, "Content-Type": "application/json"}
            answer = httpx.post(self.server.url + path, content=body, headers=headers, trust_env=False)
            self.answers[name] = answer.status_code
        self.seen.add(
            "a webhook's signature", *(t["headers"]["X-Paystack-Signature"] for t in self.paystack.told())
        )

    def scan(self) -> None:
        """At the gate: by the QR code on the page, by the printed code through the API, and as a picture."""
        event, door = self.events["USD"], self.organizer
        with self.backstage():
            ticket = db.session.scalars(sa.select(Ticket).order_by(Ticket.id)).first()
            assert ticket is not None
            qr, code = qr_content(ticket), ticket.code
        gate = f"/gate/{event['slug']}/"
        door.get(gate, params={"gate": "Main door"})
        door.get(gate)
        (key,) = re.findall(r'name="scan_key"[^>]*value="([^"]+)"', door.page)
        self.answers["gate"] = door.send(f"{gate}scan/", code=qr, scan_key=key, gate="Main door").status_code
        path = f"/api/v1/events/{self.events['GHS']['slug']}/checkin/"
        self.answers["checkin"] = door.http.post(path, json={"ticket_id": code}).status_code
        self.answers["qr"] = door.get(f"/qr/{qr}.png").status_code

    def forget_password(self) -> None:
        email, stranger = self.emails["buyer"], self.stranger
        stranger.get("/forgotten/")
        stranger.send("/forgotten/", email=email)
        link = self.mailed_link(email, "/reset/")
        stranger.get(link)
        assert stranger.send(link, password=NEW_PASSWORD).is_redirect

    def pay_out(self) -> None:
        """The event is over: its organizer asks for the money, and Paystack sends it."""
        with self.backstage(), transaction() as session:
            ago = clock.now() - timedelta(hours=1)
            over = {"start_at": ago - timedelta(hours=3), "end_at": ago, "promised_end_at": None}
            session.execute(sa.update(Event).values(over))
        self.wait_for(self.is_account_verified)
        self.paystack.set_balance(1_000_000)
        self.paystack.fault("truncated", path="^/transfer$", method="POST")
        self.organizer.ask("/api/v1/auth/withdrawal/request/", {"amount": "50.00", "currency": "GHS"})
        self.wait_for(lambda: bool(self.paystack.transfers()))
        (transfer,) = self.paystack.transfers()
        self.paystack.finish_transfer(transfer["reference"])
        self.wait_for(lambda: self.payout_state() == "paid")

    def is_account_verified(self) -> bool:
        (profile,) = self.organizer.get("/api/v1/auth/payment-profile/").json()["results"]
        return bool(profile["is_verified"])

    def leave_trouble(self) -> None:
        """A declined payment, and a job that finds its provider down: both are remembered in rows."""
        buyer, event = self.buyer, self.events["USD"]
        with self.backstage(), transaction() as session:
            session.execute(sa.update(Event).values(end_at=clock.now() + timedelta(hours=3)))
        buyer.http.cookies.clear()
        buyer.ask("/api/auth/login/", {"email": self.emails["buyer"], "password": NEW_PASSWORD})
        items = [{"ticket_type_id": event["type"], "quantity": 1}]
        order = buyer.ask("/api/orders/", {"event": event["id"], "items": items})["id"]
        buyer.ask(f"/api/orders/{order}/create-payment-intent/")
        intent = self.stripe.intents()[-1]["id"]
        self.stripe.pay(intent, DECLINED)
        buyer.get(f"/api/orders/{order}/payment-status/")
        self.stripe.fault("error_before", path="^/v1/", status=503, times=1000)
        self.stripe.pay(intent)
        self.wait_for(self.has_failed_job)

    def has_failed_job(self) -> bool:
        with self.backstage():
            return (
                db.session.scalars(sa.select(OutboxJob.id).where(OutboxJob.error != "")).first() is not None
            )

    def break_things(self) -> None:
        """A row that no code of ours writes makes a page fail, with a line break in what the fault says."""
        with self.backstage():
            order = db.session.scalars(sa.select(Order).order_by(Order.id).limit(1)).one()
            secret = secret_of(order)
            with transaction() as session:
                session.execute(sa.update(Event).values(time_zone=f"Nowhere\n{FORGED}"))
        self.answers["fault"] = self.guest.get(f"/orders/{secret}/").status_code
        self.answers["missing"] = self.guest.get(f"/orders/%0A{FORGED}/").status_code
        self.guest.get("/", headers={"User-Agent": f"curl {self.emails['guest']}"})

    def remember_rows(self) -> None:
        """What nobody was shown, and what can be made from the database with the key."""
        with self.backstage():
            for payment in db.session.scalars(sa.select(Payment)):
                self.seen.add("a client secret", payment.client_secret)
                self.seen.add("a payment's reference", payment.reference)
            for order in db.session.scalars(sa.select(Order)):
                self.seen.add("an order's secret", secret_of(order))
                self.seen.add("a purchase's code", order.purchase_code)
            for ticket in db.session.scalars(sa.select(Ticket)):
                self.seen.add("a ticket's QR content", qr_content(ticket))
                self.seen.add("a ticket's code", ticket.code)
            self.seen.add("a hash", *db.session.scalars(sa.select(User.password_hash)))
            self.seen.add("a hash", *db.session.scalars(sa.select(MailToken.token_digest)))

    def statuses(self) -> dict[str, str]:
        """Return how the last order of each person stands."""
        with self.backstage():
            rows = db.session.execute(sa.select(Order.buyer_email, Order.status).order_by(Order.id))
            return {"guest": "", "app": ""} | {
                email.partition(".")[0]: status.value for email, status in rows
            }

    def payout_state(self) -> str:
        with self.backstage():
            return db.session.scalars(sa.select(Payout.state)).one().value

    def mailed_link(self, email: str, path: str) -> str:
        """Return the address that a mail leads to, without the site."""
        found: list[str] = []

        def is_there() -> bool:
            for mail in self.server.mails():
                if email in str(mail["To"]) and (body := mail.get_body(("plain",))) is not None:
                    found.extend(re.findall(rf"https?://\S*?({path}\S+)", body.get_content()))
            return bool(found)

        self.wait_for(is_there)
        link = urlsplit(found[-1]).path
        self.seen.add("a mailed link", *KEYS.findall(link))
        return link

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, as people do who look again now and then."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"nothing came of it: {is_so}"
            time.sleep(0.1)
