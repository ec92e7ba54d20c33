"""Settings: the only reader of the environment. Every variable EasyTicket understands is documented in `SETTINGS`.

`load_settings(os.environ)` returns a frozen, typed `Settings` or raises `SettingsError` with one sentence that names
the wrong variable. `.env.example` lists the same variables; a test compares the two.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET = "development-only-secret-that-production-refuses"
# What Paystack collects at all; which of them an account does depends on its country.
PAYSTACK_CURRENCIES = ("GHS", "NGN", "ZAR", "KES", "USD", "XOF")
ENVIRONMENTS = ("development", "production", "testing")

# Variable -> what it does. The order is the order of .env.example.
SETTINGS: dict[str, str] = {
    "EASYTICKET_ENV": "development (default), production or testing. Production refuses the development secret, the sandbox provider and debug.",
    "DEBUG": "true shows tracebacks of faults in the browser; development only. Default false.",
    "PORT": "The port to serve on, 1 to 65535. Default 8001.",
    "PUBLIC_URL": "The address people reach the site at; every absolute link is made from it. Default http://127.0.0.1:PORT.",
    "SOURCE_URL": "Where users find the source code of this installation, which the AGPL grants them; linked in the footer. Default none.",
    "SECRET_KEY": "At least 32 characters; signs sessions, links and ticket codes. Needed in production.",
    "DATABASE_URL": "sqlite:///path or postgresql+psycopg://user:password@host/name. Default: a SQLite file in var/.",
    "REDIS_URL": "redis://host:6379/0: jobs go to RQ workers and rate limits are shared. Empty (default): jobs run in the serving process.",
    "MAIL_URL": "smtp://user:password@host:587 (STARTTLS where offered) or smtps://…:465. Empty (default): mail goes to MAIL_DIR.",
    "MAIL_DIR": "Folder where each mail becomes an .eml file while MAIL_URL is empty; shown at /dev/mailbox/ in development. Default var/mail.",
    "MAIL_FROM": "The sender of every mail. Default EasyTicket <tickets@easyticket.example>.",
    "STORAGE_DIR": "Folder for uploaded pictures. What no row of the database names is deleted after a day. Default var/storage.",
    "RATELIMIT_ENABLED": "false switches rate limits off. Default true.",
    "PROXY_HOPS": "How many reverse proxies stand in front; the client's address is read from that many hops only. Default 0.",
    "CORS_ORIGINS": "Comma-separated origins of separate front ends that may call the APIs with credentials. Default none.",
    "FRONTEND_URL": "The address of a separate front end of the EasyTicket API: mails that verify an address link to its page /verify-email?token=…. Empty (default): to our own page.",
    "CAFA_FRONTEND_URL": "The address of a separate front end of the Cafa Tickets API: payers return to its page /payment-results, and its mails link to /activate/… and /password-reset. Empty (default): our own pages.",
    "CAFA_CALLBACK_HOSTS": "Comma-separated hosts that payers may be sent back to when a client of the Cafa Tickets API asks for it, besides CAFA_FRONTEND_URL and its app. Default none.",
    "DEMO": "true loads the demo events and accounts at the first start. Default true in development, else false.",
    "MAINTENANCE": "true pauses buying and selling with a page that says so (503); gates, orders and payments go on. Default false.",
    "DEFAULT_CURRENCY": "ISO code for new events. Default USD.",
    "V1_DEFAULT_CURRENCY": "ISO code for events made through the Cafa Tickets API. Default GHS.",
    "V1_LOGIN_NEEDS_VERIFIED_EMAIL": "true refuses logins of the Cafa Tickets API (403) until the e-mail address is verified. Default false.",
    "V1_ABSOLUTE_MEDIA_URLS": "true makes addresses of pictures in the Cafa Tickets API absolute; else they begin with /media/. Default false.",
    "DEFAULT_TIME_ZONE": "IANA zone offered for new events. Default Africa/Accra.",
    "FEE_BASIS_POINTS": "Service fee on top of the price, in hundredths of a percent, 0 to 5000. Default 500 (5 %).",
    "HOLD_MINUTES": "How long tickets are held for a buyer on the web pages, 1 to 120. Default 15.",
    "MIN_PAYOUT": "The least an organizer can ask to be paid out, in whole units of the currency, 1 to 100000. Default 10.",
    "PAYOUT_DELAY_DAYS": "How many days after a sale its money can be paid out, and never before the event is over, 0 to 60. Default 7.",
    "CONTACT_EMAIL": "Where messages of the contact form are mailed, and payments, refunds and audits that need a person. Default the address of MAIL_FROM.",
    "STRIPE_SECRET_KEY": "Stripe's secret key (sk_test_… or sk_live_…). Empty (default): Stripe is off.",
    "STRIPE_PUBLISHABLE_KEY": "Stripe's publishable key (pk_…); needed with the secret key.",
    "STRIPE_WEBHOOK_SECRET": "The signing secret of the Stripe webhook (whsec_…); needed with the secret key.",
    "STRIPE_API_URL": "Another address of Stripe's API, for a stand-in; production refuses it. Empty (default): Stripe's own.",
    "PAYSTACK_SECRET_KEY": "Paystack's secret key (sk_test_… or sk_live_…). Empty (default): Paystack is off.",
    "PAYSTACK_PUBLIC_KEY": "Paystack's public key (pk_…); needed with the secret key.",
    "PAYSTACK_CURRENCIES": "Comma-separated currencies that the Paystack account collects, of GHS, NGN, ZAR, KES, USD and XOF; the others go to Stripe. Default GHS.",
    "PAYSTACK_TRANSFERS": "true pays organizers by Paystack transfer, which needs a registered business; else they are paid by hand. Default false.",
    "PAYSTACK_API_URL": "Another address of Paystack's API, for a stand-in; production refuses it. Empty (default): Paystack's own.",
    "SANDBOX_PAYMENTS": "true offers the sandbox payment page while neither Stripe nor Paystack is set up. Default true outside production; production refuses it.",
}


class SettingsError(Exception):
    """A setting is wrong; the message is one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides, checked and typed. See `SETTINGS` for what each one means."""

    environment: str
    debug: bool
    port: int
    public_url: str
    source_url: str
    secret_key: str
    database_url: str
    redis_url: str
    mail_url: str
    mail_dir: Path
    mail_from: str
    storage_dir: Path
    ratelimit_enabled: bool
    proxy_hops: int
    cors_origins: tuple[str, ...]
    frontend_url: str
    cafa_frontend_url: str
    cafa_callback_hosts: tuple[str, ...]
    demo: bool
    maintenance: bool
    default_currency: str
    v1_default_currency: str
    v1_login_needs_verified_email: bool
    v1_absolute_media_urls: bool
    default_time_zone: str
    fee_basis_points: int
    hold_minutes: int
    min_payout: int
    payout_delay_days: int
    contact_email: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    stripe_api_url: str
    paystack_secret_key: str
    paystack_public_key: str
    paystack_currencies: tuple[str, ...]
    paystack_transfers: bool
    paystack_api_url: str
    sandbox_payments: bool

    @property
    def is_production(self) -> bool:
        """True where real people buy."""
        return self.environment == "production"

    @property
    def is_secure(self) -> bool:
        """True when the site is reached over https, so that cookies may be marked Secure."""
        return self.public_url.startswith("https://")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings that `environ` describes.

    :raises SettingsError: one sentence naming the variable that is wrong or missing.
    """
    read = _Reader(environ)
    environment = read.choice("EASYTICKET_ENV", "development", ENVIRONMENTS)
    production = environment == "production"
    port = read.number("PORT", 8001, 1, 65535)
    settings = Settings(
        environment=environment,
        debug=read.flag("DEBUG", default=False),
        port=port,
        public_url=read.url("PUBLIC_URL", f"http://127.0.0.1:{port}", ("http", "https")),
        source_url=read.url("SOURCE_URL", "", ("http", "https")),
        secret_key=read.text("SECRET_KEY", DEVELOPMENT_SECRET),
        database_url=_database_url(read),
        redis_url=read.url("REDIS_URL", "", ("redis", "rediss", "unix")),
        mail_url=read.url("MAIL_URL", "", ("smtp", "smtps")),
        mail_dir=read.folder("MAIL_DIR", ROOT / "var" / "mail"),
        mail_from=read.text("MAIL_FROM", "EasyTicket <tickets@easyticket.example>"),
        storage_dir=read.folder("STORAGE_DIR", ROOT / "var" / "storage"),
        ratelimit_enabled=read.flag("RATELIMIT_ENABLED", default=True),
        proxy_hops=read.number("PROXY_HOPS", 0, 0, 10),
        cors_origins=read.origins("CORS_ORIGINS"),
        frontend_url=read.url("FRONTEND_URL", "", ("http", "https")),
        cafa_frontend_url=read.url("CAFA_FRONTEND_URL", "", ("http", "https")),
        cafa_callback_hosts=read.hosts("CAFA_CALLBACK_HOSTS"),
        demo=read.flag("DEMO", default=environment == "development"),
        maintenance=read.flag("MAINTENANCE", default=False),
        default_currency=_currency(read, "DEFAULT_CURRENCY", "USD"),
        v1_default_currency=_currency(read, "V1_DEFAULT_CURRENCY", "GHS"),
        v1_login_needs_verified_email=read.flag("V1_LOGIN_NEEDS_VERIFIED_EMAIL", default=False),
        v1_absolute_media_urls=read.flag("V1_ABSOLUTE_MEDIA_URLS", default=False),
        default_time_zone=_time_zone(read),
        fee_basis_points=read.number("FEE_BASIS_POINTS", 500, 0, 5000),
        hold_minutes=read.number("HOLD_MINUTES", 15, 1, 120),
        min_payout=read.number("MIN_PAYOUT", 10, 1, 100_000),
        payout_delay_days=read.number("PAYOUT_DELAY_DAYS", 7, 0, 60),
        contact_email=read.text("CONTACT_EMAIL", ""),
        stripe_secret_key=read.text("STRIPE_SECRET_KEY", ""),
        stripe_publishable_key=read.text("STRIPE_PUBLISHABLE_KEY", ""),
        stripe_webhook_secret=read.text("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_url=read.url("STRIPE_API_URL", "", ("http", "https")),
        paystack_secret_key=read.text("PAYSTACK_SECRET_KEY", ""),
        paystack_public_key=read.text("PAYSTACK_PUBLIC_KEY", ""),
        paystack_currencies=read.some_of("PAYSTACK_CURRENCIES", "GHS", PAYSTACK_CURRENCIES),
        paystack_transfers=read.flag("PAYSTACK_TRANSFERS", default=False),
        paystack_api_url=read.url("PAYSTACK_API_URL", "", ("http", "https")),
        sandbox_payments=read.flag("SANDBOX_PAYMENTS", default=not production),
    )
    _refuse_unsafe(settings)
    _refuse_half_configured(settings)
    return settings


def _refuse_unsafe(settings: Settings) -> None:
    if len(settings.secret_key) < 32:
        raise SettingsError(
            f"SECRET_KEY must have at least 32 characters, for example {secrets.token_urlsafe(32)}."
        )
    if not settings.is_production:
        return
    if settings.secret_key == DEVELOPMENT_SECRET:
        raise SettingsError("SECRET_KEY must be set in production: at least 32 random characters.")
    if settings.sandbox_payments:
        raise SettingsError("SANDBOX_PAYMENTS must be false in production: the sandbox takes no real money.")
    for name in ("stripe_api_url", "paystack_api_url"):
        if getattr(settings, name):
            raise SettingsError(f"{name.upper()} must be empty in production: it is for stand-ins.")
    if settings.debug:
        raise SettingsError(
            "DEBUG must be false in production: it shows the inside of the site to everybody."
        )
    if settings.demo:
        raise SettingsError("DEMO must be false in production: the demo accounts have a public password.")


def _refuse_half_configured(settings: Settings) -> None:
    if settings.stripe_secret_key and not settings.stripe_secret_key.startswith(
        ("sk_test_", "sk_live_", "rk_")
    ):
        raise SettingsError("STRIPE_SECRET_KEY must begin with sk_test_, sk_live_ or rk_.")
    if settings.stripe_secret_key and not settings.stripe_publishable_key.startswith("pk_"):
        raise SettingsError("STRIPE_PUBLISHABLE_KEY must be set with STRIPE_SECRET_KEY and begin with pk_.")
    if settings.stripe_secret_key and not settings.stripe_webhook_secret.startswith("whsec_"):
        raise SettingsError("STRIPE_WEBHOOK_SECRET must be set with STRIPE_SECRET_KEY and begin with whsec_.")
    if settings.paystack_secret_key and not settings.paystack_secret_key.startswith(("sk_test_", "sk_live_")):
        raise SettingsError("PAYSTACK_SECRET_KEY must begin with sk_test_ or sk_live_.")
    if settings.paystack_transfers and not settings.paystack_secret_key:
        raise SettingsError("PAYSTACK_TRANSFERS needs PAYSTACK_SECRET_KEY.")
    if settings.paystack_secret_key and not settings.paystack_public_key.startswith("pk_"):
        raise SettingsError("PAYSTACK_PUBLIC_KEY must be set with PAYSTACK_SECRET_KEY and begin with pk_.")


def _database_url(read: _Reader) -> str:
    default = f"sqlite:///{ROOT / 'var' / 'easyticket.db'}"
    value = read.text("DATABASE_URL", default)
    if value.startswith("postgresql+psycopg://") and urlsplit(value).path.strip("/"):
        return value
    path = unquote(value.removeprefix("sqlite:///"))
    if value.startswith("sqlite:///") and path not in ("", ":memory:"):
        # A relative path means: from where EasyTicket was started, as on any command line.
        return f"sqlite:///{Path(path).expanduser().absolute()}"
    raise SettingsError(
        "DATABASE_URL must be sqlite:///path/to/file or postgresql+psycopg://user:password@host/name."
    )


def _currency(read: _Reader, name: str, default: str) -> str:
    from easyticket.core.money import CURRENCIES

    return read.choice(name, default, CURRENCIES)


def _time_zone(read: _Reader) -> str:
    from zoneinfo import available_timezones

    value = read.text("DEFAULT_TIME_ZONE", "Africa/Accra")
    if value not in available_timezones():
        raise SettingsError("DEFAULT_TIME_ZONE must be an IANA zone such as Africa/Accra or Europe/Berlin.")
    return value


class _Reader:
    """Reads one variable at a time; an empty value counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str) -> str:
        if name not in SETTINGS:
            raise KeyError(f"{name} is not documented in SETTINGS")
        return self._environ.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value in ("true", "1", "yes", "on"):
            return True
        if value in ("false", "0", "no", "off"):
            return False
        raise SettingsError(f"{name} must be true or false.")

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        value = self.text(name, str(default))
        if not (value.isascii() and value.isdigit() and lowest <= int(value) <= highest):
            raise SettingsError(f"{name} must be a whole number from {lowest} to {highest}.")
        return int(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}.")
        return value

    def some_of(self, name: str, default: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        values = tuple(part.strip().upper() for part in self.text(name, default).split(",") if part.strip())
        if not set(values) <= set(allowed):
            raise SettingsError(f"{name} must be some of {', '.join(allowed)}, separated by commas.")
        return values

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default).rstrip("/")
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
            raise SettingsError(
                f"{name} must be an address that begins with {' or '.join(f'{s}://' for s in schemes)}."
            )
        return value

    def folder(self, name: str, default: Path) -> Path:
        path = Path(self.text(name, str(default))).expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise SettingsError(f"{name} must name a folder, and {path} is a file.")
        return path

    def origins(self, name: str) -> tuple[str, ...]:
        origins = tuple(part.strip().rstrip("/") for part in self.text(name, "").split(",") if part.strip())
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
                raise SettingsError(
                    f"{name} must list origins such as https://shop.example, and {origin!r} is none."
                )
        return origins

    def hosts(self, name: str) -> tuple[str, ...]:
        hosts = tuple(part.strip().lower() for part in self.text(name, "").split(",") if part.strip())
        for host in hosts:
            if urlsplit(f"https://{host}").netloc != host or "@" in host:
                raise SettingsError(f"{name} must list hosts such as shop.example, and {host!r} is none.")
        return hosts
