"""The tables: columns, named constraints and relationships. No rule that needs a clock, no query, no write lives here."""

import easyticket.models.postgresql_indexes  # noqa: F401 (it listens for tables being made)
from easyticket.integrations.providers import DisputeState
from easyticket.models.audit import AuditRun
from easyticket.models.category import Category
from easyticket.models.change import Change, ChangeAction
from easyticket.models.event import (
    CheckInPolicy,
    Event,
    EventDraft,
    EventImage,
    EventStatus,
    EventTrial,
    FeeBearer,
    PricingType,
)
from easyticket.models.ledger import LedgerAccount, LedgerEntry, LedgerPosting, PostingKind
from easyticket.models.message import ContactMessage, NewsletterSubscription
from easyticket.models.offer import Offer, OfferKind, OfferQuota
from easyticket.models.order import (
    Hold,
    HoldLine,
    HoldState,
    IdempotencyRecord,
    Order,
    OrderCounter,
    OrderLine,
    OrderStatus,
    SalesChannel,
)
from easyticket.models.outbox import Heartbeat, OutboxJob
from easyticket.models.payment import (
    Dispute,
    Payment,
    PaymentState,
    ProviderEvent,
    Refund,
    RefundState,
    RefundTicket,
)
from easyticket.models.payout import PaymentProfile, Payout, PayoutState, ProfileMethod, ProfileStatus
from easyticket.models.promo import PromoCode, PromoKind
from easyticket.models.quota import Quota, QuotaKind
from easyticket.models.receipt import Receipt, ReceiptCounter, ReceiptKind, SellerProfile
from easyticket.models.scan import Admission, Scan, ScanOutcome
from easyticket.models.ticket import RetiredCode, Ticket, TicketStatus, TicketTransfer
from easyticket.models.ticket_type import TicketType
from easyticket.models.user import MailToken, TokenPurpose, User, UserSession, UserType
from easyticket.models.visit import EventVisit

__all__ = [
    "Admission",
    "AuditRun",
    "Category",
    "Change",
    "ChangeAction",
    "CheckInPolicy",
    "ContactMessage",
    "Dispute",
    "DisputeState",
    "Event",
    "EventDraft",
    "EventImage",
    "EventStatus",
    "EventTrial",
    "EventVisit",
    "FeeBearer",
    "Heartbeat",
    "Hold",
    "HoldLine",
    "HoldState",
    "IdempotencyRecord",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPosting",
    "MailToken",
    "NewsletterSubscription",
    "Offer",
    "OfferKind",
    "OfferQuota",
    "Order",
    "OrderCounter",
    "OrderLine",
    "OrderStatus",
    "OutboxJob",
    "Payment",
    "PaymentProfile",
    "PaymentState",
    "Payout",
    "PayoutState",
    "PostingKind",
    "PricingType",
    "ProfileMethod",
    "ProfileStatus",
    "PromoCode",
    "PromoKind",
    "ProviderEvent",
    "Quota",
    "QuotaKind",
    "Receipt",
    "ReceiptCounter",
    "ReceiptKind",
    "Refund",
    "RefundState",
    "RefundTicket",
    "RetiredCode",
    "SalesChannel",
    "Scan",
    "ScanOutcome",
    "SellerProfile",
    "Ticket",
    "TicketStatus",
    "TicketTransfer",
    "TicketType",
    "TokenPurpose",
    "User",
    "UserSession",
    "UserType",
]
