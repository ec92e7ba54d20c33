"""Puts the application together: settings, database, surfaces, errors, commands. No logic lives here."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, load_settings
from easyticket import api, api_v1, cli
from easyticket.db import configure_engine, db
from easyticket.http import (
    api_limits,
    auth,
    characters,
    compression,
    errors,
    headers,
    limits,
    logs,
    maintenance,
    numbers,
    origins,
    sizes,
    tokens,
)
from easyticket.web import (
    account,
    admin,
    checkout,
    dev,
    events,
    gate,
    orders,
    organizer,
    qr,
    receipts,
    render,
    sandbox,
    site,
    tickets,
    webhooks,
)
from easyticket.web.checkout import card

_BLUEPRINTS = (
    site.blueprint,
    events.blueprint,
    checkout.blueprint,
    card.blueprint,
    orders.blueprint,
    tickets.blueprint,
    receipts.blueprint,
    qr.blueprint,
    account.blueprint,
    organizer.blueprint,
    admin.blueprint,
    gate.blueprint,
    webhooks.blueprint,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for `settings`, by default those of the environment.

    :raises config.SettingsError: a variable of the environment is wrong.
    """
    settings = settings or load_settings(os.environ)
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config.update(_flask_config(settings))
    app.config["SETTINGS"] = settings
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops)  # type: ignore[method-assign]
    _init_database(app)
    logs.init_logs(app)
    compression.init_compression(app)
    origins.init_origins(app)
    tokens.init_tokens(app)
    api_limits.init_api_limits(app)
    maintenance.init_maintenance(app)
    sizes.init_sizes(app)
    characters.init_characters(app)
    numbers.init_numbers(app)
    auth.init_auth(app)
    headers.init_headers(app)
    errors.init_errors(app)
    limits.init_limits(app)
    render.init_render(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.init_api(app)
    api_v1.init_api_v1(app)
    if settings.sandbox_payments:
        app.register_blueprint(sandbox.blueprint)
    if not settings.is_production:
        app.register_blueprint(dev.blueprint)
    cli.init_commands(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "DEBUG": settings.debug,
        "TESTING": settings.environment == "testing",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings),
        "SESSION_COOKIE_NAME": "__Host-session" if settings.is_secure else "session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        # Else every answer renews the cookie, style sheets that others may keep for a year among them.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        # Pages whose address is a secret send no Referer, so it cannot be asked for; the token is what counts.
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
    }


# Compiling a plan takes longer than all our statements, and one plan for all values would not suit both the large and the
# small city (docs/performance.md).
_POSTGRES_OPTIONS = "-c lock_timeout=5s -c timezone=UTC -c jit=off -c plan_cache_mode=force_custom_plan"


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {"pool_size": 16, "hide_parameters": True}
    return {
        "hide_parameters": True,  # parameters are names, addresses and secrets: not for a log
        "pool_size": 16,
        "pool_pre_ping": True,
        "connect_args": {"connect_timeout": 5, "options": _POSTGRES_OPTIONS},
    }


def _init_database(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
