"""What the fields in the log are called, and what their choices are called. Those of a plain name need no line here."""

from __future__ import annotations

# Not shown: it is said otherwise, or tells people nothing.
SILENT = frozenset({"currency", "is_acting", "refund", "search_text", "list", "format"})

LABELS = {
    "start_at": "Starts",
    "end_at": "Ends",
    "time_zone": "Time zone",
    "venue_name": "Place",
    "venue_address": "Address",
    "venue_city": "City",
    "venue_state": "Region",
    "venue_country": "Country",
    "venue_postal_code": "Postal code",
    "total_capacity": "Room for people",
    "total_quantity": "How many",
    "quantity": "How many",
    "price_minor": "Price",
    "base_price_minor": "Price from",
    "amount_minor": "Amount",
    "offers": "Prices",
    "fee_basis_points": "Service fee",
    "fee_bearer": "Who bears the fee",
    "payment_profile": "Paid out to",
    "buyer_refund_days": "Buyers may return tickets",
    "recurrence": "Repeats",
    "is_featured": "Featured",
    "is_free": "Free event",
    "is_active": "On sale",
    "is_hidden": "Hidden from lists",
    "hidden_at": "Hidden from lists",
    "taken_down_at": "Taken down",
    "takedown_reason": "Reason",
    "is_all_days": "For all days",
    "day_on": "Day",
    "banner_image": "Picture",
    "thumbnail_image": "Small picture",
    "pictures_added": "Pictures added",
    "online_link": "Online address",
    "position": "Place in the list",
    "min_purchase": "Least per order",
    "max_purchase": "Most per order",
    "sales_start_at": "On sale from",
    "sales_end_at": "On sale until",
    "attendee_name": "Name",
    "attendee_email": "E-mail",
    "attendee_phone": "Phone",
    "buyer_name": "Buyer",
    "buyer_email": "Buyer's e-mail",
    "tax_basis_points": "Tax rate",
    "is_paid_automatically": "Paid out by itself",
    "is_default": "Default account",
    "failure_reason": "Why not",
    "email": "E-mail",
    "user_type": "Kind of account",
    "is_staff": "Administrator",
    "email_verified_at": "E-mail verified",
    "decision": "Decided",
    "cash_minor": "Cash",
}

# Fields of the same name that mean something else: by how the names of the actions begin.
OWN_LABELS = {
    "user_": {"is_active": "Can sign in"},
    "category_": {"is_active": "Can be chosen"},
}

EMPTY = {
    "total_capacity": "no limit",
    "quantity": "no limit of its own",
    "fee_basis_points": "the site's",
    "buyer_refund_days": "never",
    "recurrence": "once",
    "payment_profile": "the default account",
    "category": "none",
    "banner_image": "none",
    "thumbnail_image": "none",
    "sales_start_at": "at once",
    "sales_end_at": "until it ends",
    "age_restriction": "none",
    "hidden_at": "no",
    "taken_down_at": "no",
    "email_verified_at": "no",
}

CHOICES = {
    "status": {
        "draft": "draft",
        "published": "published",
        "cancelled": "cancelled",
        "pending": "being checked",
        "verified": "verified",
        "failed": "refused",
    },
    "fee_bearer": {"buyer": "the buyer", "organizer": "the organizer"},
    "check_in_policy": {
        "single_entry": "once",
        "daily_entry": "once a day",
        "multiple_entry": "any number of times",
    },
    "pricing_type": {
        "simple": "one price each",
        "tiered": "tiers",
        "day_based": "days",
        "tier_and_day": "tiers and days",
    },
    "user_type": {"consumer": "buyer", "organizer": "organizer", "admin": "administrator"},
    "decision": {"returned": "the money goes back", "left": "seen to, it stays as it is"},
    "format": {"csv": "CSV", "xlsx": "XLSX"},
}
