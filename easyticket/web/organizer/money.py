"""The organizer's money: what there is of each currency, asking for it, and what their receipts say."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from easyticket.core import clock
from easyticket.core.errors import NotFound
from easyticket.core.money import CURRENCIES, Money
from easyticket.http.auth import current_actor, organizer_only
from easyticket.queries.balances import get_balance
from easyticket.queries.organizer_money import get_money_report, get_payout_choice
from easyticket.queries.receipts import find_seller
from easyticket.queries.withdrawals import get_withdrawal, list_withdrawals
from easyticket.rules.permissions import Permission, may
from easyticket.rules.wording import sum_text
from easyticket.services.sellers import choose_automatic_payouts, save_seller
from easyticket.services.withdrawals import cancel_withdrawal, request_withdrawal_once
from easyticket.web.forms.fields import Form, text_of
from easyticket.web.forms.money import PayoutForm, SellerForm
from easyticket.web.forms.refusals import refusals_shown_in, status_of
from easyticket.web.organizer import blueprint
from easyticket.web.views.money import money_page, payout_accounts, payout_row

_PER_PAGE = 10


@blueprint.get("/money/")
@organizer_only
def money() -> ResponseReturnValue:
    """Show what there is, what was paid out, and where it goes."""
    actor, now = current_actor(), clock.now()
    zone = current_app.config["SETTINGS"].default_time_zone
    number = request.args.get("page", 1, type=int)
    payouts = list_withdrawals(actor, page=number, per_page=_PER_PAGE)
    return render_template(
        "organizer/money/overview.html",
        page=money_page(get_money_report(actor, now), zone, now),
        payouts=payouts.map(partial(payout_row, zone=zone)),
        may_change=may(actor, Permission.EDIT_SELLER),
    )


@blueprint.route("/money/payouts/new/<currency>/", methods=["GET", "POST"])
@organizer_only
def ask_for_payout(currency: str) -> ResponseReturnValue:
    """Have money paid out to one of the organizer's accounts."""
    if currency not in CURRENCIES:
        raise NotFound("There is no such currency here.")
    actor, now = current_actor(), clock.now()
    balance = get_balance(actor.user_id or 0, currency, now)
    payable = Money(balance.payable_minor, currency)
    form = PayoutForm(amount=payable.as_text())
    choice = get_payout_choice(actor, currency, now)
    form.offer(currency, choice.payable)
    if form.validate_on_submit():
        with refusals_shown_in(form):
            request_withdrawal_once(
                actor=actor,
                key=text_of(form.key),
                amount=form.money(),
                currency=currency,
                profile_uuid=UUID(form.profile.data),
                now=now,
            )
            flash("Asked for. You can take it back until it is sent.", "success")
            return redirect(url_for("organizer.money"))
    page = render_template(
        "organizer/money/ask.html",
        form=form,
        currency=currency,
        payable=sum_text(payable),
        to=payout_accounts(currency, choice),
    )
    return page, status_of(form)


@blueprint.post("/money/payouts/<uuid:uuid>/cancel/")
@organizer_only
def cancel_payout(uuid: UUID) -> ResponseReturnValue:
    """Take back what was asked for."""
    if Form().validate_on_submit():
        actor = current_actor()
        cancel_withdrawal(actor=actor, payout=get_withdrawal(actor, uuid), now=clock.now())
        flash("Taken back. The money is in your balance again.", "success")
    return redirect(url_for("organizer.money"))


@blueprint.post("/money/automatic/")
@organizer_only
def automatic_payouts() -> ResponseReturnValue:
    """Switch automatic payouts on or off."""
    if Form().validate_on_submit():
        is_wanted = request.form.get("is_wanted") == "1"
        choose_automatic_payouts(actor=current_actor(), is_wanted=is_wanted, now=clock.now())
        now_so = "What can be paid out is paid out once a day from now on."
        flash(now_so if is_wanted else "You are paid out when you ask for it.", "success")
    return redirect(url_for("organizer.money"))


@blueprint.route("/money/receipts/", methods=["GET", "POST"])
@organizer_only
def seller() -> ResponseReturnValue:
    """Change what the receipts of the organizer's buyers say."""
    form = SellerForm()
    if not form.is_submitted():
        form.show(find_seller(current_actor()))
    elif form.validate():
        with refusals_shown_in(form, tax_basis_points="tax_rate"):
            save_seller(actor=current_actor(), draft=form.draft(), now=clock.now())
            flash("Saved. Receipts written from now on say so.", "success")
            return redirect(url_for("organizer.money"))
    return render_template("organizer/money/seller.html", form=form), status_of(form)
