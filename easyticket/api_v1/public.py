"""For everybody: the numbers of the site, a message to the people who run it, and the newsletter."""

from __future__ import annotations

from typing import Any

from easyticket.api_v1.blueprint import V1Blueprint
from easyticket.api_v1.schemas.public import (
    MESSAGE_EXAMPLE,
    SENT_EXAMPLE,
    SITE_EXAMPLE,
    SUBSCRIBED_EXAMPLE,
    ContactAnswer,
    ContactBody,
    NewsletterAnswer,
    NewsletterBody,
    SiteAnswer,
)
from easyticket.api_v1.shapes.public import message_shape, site_shape, subscription_shape
from easyticket.core import clock
from easyticket.http.api_limits import CONTACT, FORMS, count_for_account, limited
from easyticket.http.auth import current_actor, token_ignored, token_optional
from easyticket.queries.site_stats import get_site_stats
from easyticket.services.messages import MessageDraft, send_contact_message, subscribe_to_newsletter

blueprint = V1Blueprint(
    "public", __name__, tag="Public", description="The site's numbers, contact and newsletter."
)
# The numbers are summed up over everything there is: front ends and proxies need not ask for each of their visitors.
_KEPT = {"Cache-Control": "public, max-age=60"}


@blueprint.route("/public/stats/", methods=["GET"])
@token_ignored
@blueprint.operation("Site stats")
@blueprint.answers(200, SiteAnswer, example=SITE_EXAMPLE)
def get_public_stats() -> tuple[dict[str, Any], int, dict[str, str]]:
    """How much goes on at the site: events, tickets, organizers, and the event that sells best now. May be a minute old."""
    now = clock.now()
    return site_shape(get_site_stats(now), now), 200, _KEPT


@blueprint.route("/contact/", methods=["POST"])
@token_optional
@limited(FORMS)
@blueprint.operation("Contact form")
@blueprint.takes(ContactBody, example=MESSAGE_EXAMPLE)
@blueprint.answers(201, ContactAnswer, example=SENT_EXAMPLE)
def write_message(body: dict[str, Any]) -> dict[str, Any]:
    """Write to the people who run the site; they answer to `email`. Five an hour with one e-mail address."""
    count_for_account(body["email"], CONTACT)
    draft = MessageDraft(**body)
    return message_shape(send_contact_message(actor=current_actor(), draft=draft, now=clock.now()))


@blueprint.route("/newsletter/subscribe/", methods=["POST"])
@token_ignored
@limited(FORMS)
@blueprint.operation(
    "Subscribe to the newsletter", refuses={400: "This email is already subscribed to the newsletter."}
)
@blueprint.takes(NewsletterBody, example={"email": "ama@example.org"})
@blueprint.answers(201, NewsletterAnswer, example=SUBSCRIBED_EXAMPLE)
def subscribe(body: dict[str, Any]) -> dict[str, Any]:
    """Note an address for the newsletter. One that is there already is refused."""
    return subscription_shape(subscribe_to_newsletter(email=body["email"], now=clock.now()))
