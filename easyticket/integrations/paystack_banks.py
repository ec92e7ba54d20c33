"""How Paystack names banks and mobile money accounts: codes of networks, numbers as people dial them, kinds of recipients."""

from __future__ import annotations

# Our names of networks, in the codes of Paystack's list of banks.
_NETWORKS = {"MTN": "MTN", "Vodafone": "VOD", "AirtelTigo": "ATL"}
_COUNTRY, _TRUNK = "+233", "0"
# What a bank account is called in the country of each currency.
BANK_KINDS = {"GHS": "ghipss", "NGN": "nuban", "ZAR": "basa", "KES": "kepss"}
MOBILE_KIND = "mobile_money"


def is_network(bank: str) -> bool:
    """Tell whether this names a mobile money network, not a bank."""
    return bank in _NETWORKS


def bank_code(bank: str) -> str:
    """Return the code of a network, or the bank's code as it is."""
    return _NETWORKS.get(bank, bank)


def account_number(number: str) -> str:
    """Return a number as it is written in its country: `+233241234567` is `0241234567`."""
    return f"{_TRUNK}{number.removeprefix(_COUNTRY)}" if number.startswith(_COUNTRY) else number
