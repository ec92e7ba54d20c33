"""The people who run the site check accounts and note what they have paid, without seeing numbers they need not see."""

from __future__ import annotations

from flask import Flask

from easyticket.db import db, transaction
from easyticket.models import PayoutState, ProfileStatus
from tests import factories
from tests.services.test_withdrawals import ask, make_earner, make_profile


def run(app: Flask, *args: str) -> tuple[int, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=args)
    return result.exit_code, result.output.strip()


def test_accounts_are_verified_and_rejected_by_hand(app: Flask) -> None:
    with app.app_context():
        user = factories.make_organizer(email="ama@example.org", first_name="Ama", last_name="Owusu")
        profile = make_profile(user, status=ProfileStatus.PENDING, verification_attempts=2)
        uuid = str(profile.uuid)
        listed = f"{uuid}  attempt 2  ama@example.org  Ama Owusu, CAL Bank 140100, "
        assert run(app, "waiting-profiles") == (0, f"{listed}******7890 (pending_verification)")
        assert run(app, "waiting-profiles", "--with-numbers") == (
            0,
            f"{listed}1234567890 (pending_verification)",
        )
        assert run(app, "verify-profile", uuid)[0] == 2
        code, said = run(app, "verify-profile", uuid, "--attempt", "1")
        assert (code, said.startswith("Error: This payment profile is at another attempt now.")) == (1, True)
        assert run(app, "verify-profile", uuid, "--attempt", "2") == (0, f"{uuid} is verified.")
        assert run(app, "waiting-profiles") == (0, "")
        assert run(app, "verify-profile", uuid, "--attempt", "2")[0] == 1
        rejecting = ("reject-profile", uuid, "--reason", "Another holder", "--attempt")
        assert [run(app, *rejecting, attempt)[0] for attempt in ("1", "2")] == [1, 0]
        db.session.expire_all()
        assert (profile.status, profile.failure_reason) == (ProfileStatus.FAILED, "Another holder")


def test_what_must_not_be_paid_is_marked_and_refused(app: Flask) -> None:
    with app.app_context():
        user = make_earner()
        payout = ask(user, "42.50")
        reference, profile = payout.reference, payout.payment_profile
        assert profile is not None
        with transaction():
            profile.status = ProfileStatus.FAILED
        reason = "the payment profile is not verified (verification_failed)"
        _, listed = run(app, "waiting-payouts")
        assert listed.endswith(f"  must not be paid: {reason}")
        code, said = run(app, "payout-paid", reference)
        assert (code, said) == (1, f"Error: This withdrawal must not be paid: {reason}.")
        db.session.expire_all()
        assert payout.state is PayoutState.REQUESTED


def test_what_was_paid_by_hand_is_noted_once(app: Flask) -> None:
    with app.app_context():
        payout = ask(make_earner(), "42.50")
        reference = payout.reference
        code, listed = run(app, "waiting-payouts")
        assert (code, listed.startswith(f"{reference}  GHS 42.50  ")) == (0, True)
        assert listed.endswith("******7890")
        assert run(app, "payout-paid", reference) == (0, f"{reference} is paid.")
        assert run(app, "payout-paid", reference)[0] == 1
        db.session.expire_all()
        assert payout.state is PayoutState.PAID
