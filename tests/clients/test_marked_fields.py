"""What a client breaks without, or shows nonsense: each thing with the test that asserts it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients import test_mobile_client as mobile
from tests.clients import test_web_client as web
from tests.clients import test_web_organizer as desk
from tests.clients import wire

ASSERTED_BY: dict[str, tuple[Callable[..., object], ...]] = {
    "tokens: JWTs of three parts with a numeric exp, readable with plain base64 as well": (
        web.test_tokens_are_renewed_before_they_run_out_and_the_refresh_token_stays_good,
        mobile.test_the_app_reads_tokens_with_plain_base64_and_drops_them_when_a_renewal_is_refused,
    ),
    "errors: error, message and status_code; details is left out or has lists of texts": (
        wire.is_readable_refusal,  # asked of every refusal that a client meets
        web.test_signing_up_activating_and_signing_in,
        mobile.test_messages_that_cannot_be_taken_say_why,
    ),
    "pages: page_size, total_pages, current_page": (
        web.test_the_home_page_and_the_lists_show_every_event,
        mobile.test_lists_go_on_until_next_is_null,
    ),
    "events: category, organizer, venue are objects and additional_images is a list, never null": (
        web.test_the_home_page_and_the_lists_show_every_event,
        web.test_an_events_page_has_all_that_is_drawn,
    ),
    "login: tokens.access, tokens.refresh, user": (web.test_signing_up_activating_and_signing_in,),
    "ticket types: min_purchase, max_purchase and tickets_remaining are numbers": (
        web.test_an_events_page_has_all_that_is_drawn,
    ),
    "a created event: id and slug at the top as in data": (
        desk.test_an_event_is_created_edited_and_its_tickets_changed,
        mobile.test_an_event_is_made_and_changed_with_what_the_app_sends,
    ),
    "an edited event: the slug stays when the title changes": (
        desk.test_an_event_is_created_edited_and_its_tickets_changed,
        mobile.test_an_event_is_made_and_changed_with_what_the_app_sends,
    ),
    "my events: each with its organizer": (desk.test_my_events_tell_what_was_sold,),
    "my tickets: event.category.name": (web.test_bought_tickets_are_listed_opened_and_printed,),
    "attended events: event.category is a text": (
        desk.test_at_the_gate_a_code_is_let_in_once_and_everybody_sees_it,
    ),
    "payment profiles: is_verified and is_default, without which no event form can be sent": (
        desk.test_payment_profiles_are_added_chosen_and_removed,
        mobile.test_the_accounts_name_stands_for_the_banks_holder,
    ),
    "attendees: summary.check_in_percentage is a number": (
        desk.test_at_the_gate_a_code_is_let_in_once_and_everybody_sees_it,
    ),
    "a refused check-in: ticket.checked_in_by is a text": (
        desk.test_at_the_gate_a_code_is_let_in_once_and_everybody_sees_it,
    ),
    "verify: amount and ticket_count are numbers": (
        web.test_buying_goes_through_the_providers_page_to_the_tickets,
    ),
}


@pytest.mark.parametrize("thing", ASSERTED_BY)
def test_each_thing_has_a_test_that_runs(thing: str) -> None:
    for asserting in ASSERTED_BY[thing]:
        assert asserting is wire.is_readable_refusal or asserting.__name__.startswith("test_")
