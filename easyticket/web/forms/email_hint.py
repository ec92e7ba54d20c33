"""A second look at a typed e-mail address: "gmial.com" is rarely meant. It only ever suggests, and refuses nothing."""

from __future__ import annotations

from difflib import get_close_matches

# Where most people here have their mail. Real domains that look alike stand in the list too, so that none is "corrected".
KNOWN_DOMAINS = (
    *(
        "gmail.com",
        "googlemail.com",
        "mail.com",
        "email.com",
        "ymail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.de",
    ),
    *(
        "yahoo.com",
        "yahoo.co.uk",
        "yahoo.de",
        "yahoo.fr",
        "rocketmail.com",
        "aol.com",
        "zoho.com",
        "t-online.de",
    ),
    *(
        "hotmail.com",
        "hotmail.co.uk",
        "hotmail.de",
        "hotmail.fr",
        "outlook.com",
        "outlook.de",
        "live.com",
        "msn.com",
    ),
    *("icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "fastmail.com", "posteo.de"),
    *("mailbox.org", "ug.edu.gh", "knust.edu.gh", "ashesi.edu.gh", "unilag.edu.ng"),
)
# How alike two domains must be, from 0 to 1: one slip of the finger in "gmail.com", two in a longer one.
_ALIKE = 0.82


def suggested_email(typed: str) -> str:
    """Return the address that was probably meant, or nothing when the typed one looks right."""
    name, at, domain = typed.strip().rpartition("@")
    domain = domain.lower()
    if not (name and at and domain) or domain in KNOWN_DOMAINS:
        return ""
    close = get_close_matches(domain, KNOWN_DOMAINS, n=1, cutoff=_ALIKE)
    return f"{name}@{close[0]}" if close else ""
