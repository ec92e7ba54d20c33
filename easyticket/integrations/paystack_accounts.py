"""Paystack behind the protocol of parties that know whose an account is. What it cannot look up, people check by hand."""

from __future__ import annotations

from easyticket.integrations.account_check import AccountAnswer, AccountQuestion, CheckState
from easyticket.integrations.paystack_banks import account_number, bank_code, is_network
from easyticket.integrations.paystack_client import PaystackClient, Refusal
from easyticket.integrations.paystack_values import text_in

_NOT_FOUND = "Account number not found"
_NO_SUCH_BANK = "The bank's code is not known"


class PaystackAccountVerifier:
    """Looks accounts up by number and bank."""

    def __init__(self, client: PaystackClient) -> None:
        self._client = client

    def check(self, question: AccountQuestion) -> AccountAnswer:
        """Tell under which name the account is held."""
        found = self._client.get(
            "/bank/resolve",
            account_number=account_number(question.number),
            bank_code=bank_code(question.bank),
        )
        if not isinstance(found, Refusal):
            return AccountAnswer(CheckState.FOUND, resolved_name=text_in(found, "account_name"))
        if found.says("could not resolve"):
            return AccountAnswer(CheckState.UNKNOWN, reason=_NOT_FOUND)
        if is_network(question.bank) or not found.says("bank"):
            # Names of mobile money accounts are not promised, and other refusals say nothing about this account.
            return AccountAnswer(CheckState.BY_HAND, reason=found.message)
        return AccountAnswer(CheckState.UNKNOWN, reason=_NO_SUCH_BANK)
