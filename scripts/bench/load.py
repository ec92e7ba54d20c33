"""Fills an empty migrated database with the measurement's rows, by whole tables and the same each time.

Rows come from generate_series, choices from a hash of the row's number. Events begin over three years and the next
months, in the order they were made; few events, cities, organizers and buyers have many rows and many have few.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from easyticket.core.clock import now
from easyticket.models import (
    Category,
    Event,
    Hold,
    Offer,
    OfferQuota,
    Order,
    OrderLine,
    Payment,
    Quota,
    Ticket,
    TicketType,
    User,
)
from scripts.bench.filling import fill
from scripts.bench.words import event_texts, ticket_type_texts

Connection = psycopg.Connection[Any]
Step = Callable[[Connection, "Sizes"], int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows are made; on average an event has two and a half ticket types, and a paid order three tickets."""

    events: int = 100_000
    organizers: int = 2_000
    cities: int = 200
    categories: int = 12
    buyers: int = 100_000
    orders: int = 400_000


_FUNCTIONS = """
CREATE FUNCTION pg_temp.now() RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$ SELECT '{now}'::timestamptz $$;
-- From 0 to below 1, always the same for the same number and salt.
CREATE FUNCTION pg_temp.chance(n bigint, salt bigint) RETURNS double precision IMMUTABLE LANGUAGE sql
AS $$ SELECT (hashint8extended(n, salt) & 2147483647) / 2147483648.0::double precision $$;
CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, VARIADIC choices text[]) RETURNS text IMMUTABLE LANGUAGE sql
AS $$ SELECT choices[1 + floor(array_length(choices, 1) * pg_temp.chance(n, salt))::int] $$;
CREATE FUNCTION pg_temp.price(n bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
AS $$ SELECT CASE WHEN n % 70 < 10 THEN 0 ELSE 100 * (5 + floor(400 * pg_temp.chance(n, 30) ^ 2)::bigint) END $$;
"""


def load(connection: Connection, sizes: Sizes = Sizes(), more: Sequence[Step] = ()) -> None:
    """Fill all tables, tell how long each took, and leave statistics and visibility as a settled database has them.

    The steps of `more` come last; they find what was sold in the table `order_plan`.
    """
    moment = now()
    connection.execute(_FUNCTIONS.replace("{now}", moment.isoformat()))
    # Rows are right by construction, and checking each key would only make this slow.
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET work_mem = '256MB'")
    steps: tuple[Step, ...] = (
        _categories, _users, _events, _ticket_types, _offers, _orders, _lines, _tickets, _payments, _holds,
        _quotas, _links, *more,
    )  # fmt: skip
    for step in steps:
        begun = time.monotonic()
        rows = step(connection, sizes)
        print(f"{step.__name__.lstrip('_'):14}{rows:>10,} rows {time.monotonic() - begun:6.1f} s", flush=True)
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM (ANALYZE)")


def _copy(connection: Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _categories(connection: Connection, sizes: Sizes) -> int:
    source = f"generate_series(1, {sizes.categories}) n"
    return fill(connection, Category, source, id="n", name="'Category ' || n", slug="'category-' || n")


def _users(connection: Connection, sizes: Sizes) -> int:
    return fill(
        connection,
        User,
        f"generate_series(1, {sizes.organizers + sizes.buyers}) n",
        id="n",
        email="'person' || n || '@example.org'",
        first_name="'Person'",
        last_name="n::text",
        password_hash="'x'",
        user_type=f"CASE WHEN n <= {sizes.organizers} THEN 'organizer' ELSE 'consumer' END",
        email_verified_at="pg_temp.now()",
        created_at="pg_temp.now() - interval '3 years'",
        updated_at="pg_temp.now()",
    )


def _events(connection: Connection, sizes: Sizes) -> int:
    connection.execute(
        "CREATE TEMP TABLE event_text (n bigint PRIMARY KEY, title text, short text, description text, tags text)"
    )
    _copy(connection, "event_text", event_texts(sizes.events))
    connection.execute(
        f"""
        CREATE TEMP TABLE event_plan AS
        SELECT n, text.title, text.short, text.description, text.tags, made_at,
               date_trunc('hour', made_at + interval '1 day' * (5 + 330 * pg_temp.chance(n, 1) ^ 2)) AS start_at,
               CASE WHEN price < .55 THEN 'simple' WHEN price < .8 THEN 'tiered'
                    WHEN price < .92 THEN 'day_based' ELSE 'tier_and_day' END AS pricing,
               floor({sizes.cities} * pg_temp.chance(n, 2) ^ 3)::int AS city,
               CASE WHEN pg_temp.chance(n, 3) < .9 THEN 'published'
                    WHEN pg_temp.chance(n, 3) < .96 THEN 'draft' ELSE 'cancelled' END AS status
        FROM event_text AS text,
             LATERAL (SELECT pg_temp.now() - interval '3 years' * (1 - n / {sizes.events}::float)) made(made_at),
             LATERAL (SELECT pg_temp.chance(n, 4)) priced(price)
        """
    )
    return fill(
        connection,
        Event,
        "event_plan ORDER BY n",
        id="n",
        slug="replace(title, ' ', '-') || '-' || n",
        title="title",
        organizer_id=f"1 + floor({sizes.organizers} * pg_temp.chance(n, 5) ^ 2)",
        category_id=f"CASE WHEN pg_temp.chance(n, 6) < .95 THEN 1 + floor({sizes.categories} * pg_temp.chance(n, 7) ^ 1.5) END",
        short_description="short",
        description="description",
        tags="tags",
        search_text="concat_ws(E'\\n', title, short, description, tags, 'hall ' || n % 900, 'city ' || city, 'ghana')",
        pricing_type="pricing",
        status="status",
        venue_name="'Hall ' || n % 900",
        venue_city="'City ' || city",
        venue_city_key="'city ' || city",
        venue_country="'Ghana'",
        time_zone="'Africa/Accra'",
        start_at="start_at",
        end_at="""start_at + CASE WHEN pricing LIKE '%day%' THEN interval '1 day' * (1 + n % 4)
            ELSE interval '1 hour' * (2 + n % 6) END""",
        currency="pg_temp.pick(n, 8, 'GHS', 'GHS', 'NGN', 'USD', 'EUR', 'XOF')",
        is_free="pg_temp.chance(n, 9) < .15",
        is_featured="pg_temp.chance(n, 10) < .01",
        base_price_minor="""CASE WHEN pg_temp.chance(n, 9) < .15 THEN 0
            WHEN pg_temp.chance(n, 11) < .8 THEN 100 * (5 + floor(300 * pg_temp.chance(n, 12) ^ 2)) END""",
        listed_price_thousandths="""CASE WHEN pg_temp.chance(n, 9) < .15 THEN 0
            ELSE 1000 * (5 + floor(300 * pg_temp.chance(n, 12) ^ 2)) END""",
        total_capacity="CASE WHEN n % 3 = 0 THEN 500 + n % 2000 END",
        published_at="CASE WHEN status <> 'draft' THEN made_at + interval '2 hours' END",
        cancelled_at="CASE WHEN status = 'cancelled' THEN made_at + interval '3 days' END",
        created_at="made_at",
        updated_at="made_at",
    )


def _ticket_types(connection: Connection, sizes: Sizes) -> int:
    connection.execute("CREATE TEMP TABLE type_text (t bigint PRIMARY KEY, description text, benefits text)")
    _copy(connection, "type_text", ticket_type_texts(sizes.events * 5 // 2))
    connection.execute(
        """
        CREATE TEMP TABLE type_plan AS
        SELECT row_number() OVER (ORDER BY n, k) AS t, n, k, pricing, start_at, made_at
        FROM event_plan, LATERAL generate_series(1, 1 + n % 4) k
        """
    )
    return fill(
        connection,
        TicketType,
        "type_plan JOIN type_text USING (t) ORDER BY t",
        id="t",
        event_id="n",
        name="(ARRAY['Standard', 'Balcony', 'Terrace', 'Group'])[k]",
        description="description",
        benefits="benefits",
        total_quantity="20 + floor(600 * pg_temp.chance(t, 20) ^ 2)",
        sales_start_at="CASE WHEN t % 5 < 2 THEN made_at + interval '1 day' * (t % 20) END",
        sales_end_at="CASE WHEN t % 2 = 0 THEN greatest(start_at, made_at + interval '21 days') END",
        is_active="pg_temp.chance(t, 21) < .97",
        position="k - 1",
        created_at="made_at + interval '1 minute' * k",
        updated_at="made_at",
        listed_price_minor="CASE WHEN pricing = 'simple' THEN pg_temp.price(t * 10 + 1) END",
        search_text="concat_ws(E'\n', lower((ARRAY['Standard', 'Balcony', 'Terrace', 'Group'])[k]), description, benefits)",
    )


def _offers(connection: Connection, _sizes: Sizes) -> int:
    # What each pricing type sells: two tiers, two days and all of them, two days by two tiers.
    connection.execute(
        """
        CREATE TEMP TABLE offer_plan AS
        SELECT row_number() OVER (ORDER BY t, p) AS o, t, n, p, kind, day, tier, is_all_days, start_at, made_at
        FROM type_plan,
             LATERAL (VALUES (1, 'simple', 'simple', NULL, NULL, false),
                             (1, 'tiered', 'tier', NULL, 1, false), (2, 'tiered', 'tier', NULL, 2, false),
                             (1, 'day_based', 'day_pass', 1, NULL, false), (2, 'day_based', 'day_pass', 2, NULL, false),
                             (3, 'day_based', 'day_pass', NULL, NULL, true),
                             (1, 'tier_and_day', 'day_tier', 1, 1, false), (2, 'tier_and_day', 'day_tier', 1, 2, false),
                             (3, 'tier_and_day', 'day_tier', 2, 1, false), (4, 'tier_and_day', 'day_tier', 2, 2, false))
             AS face (p, of, kind, day, tier, is_all_days)
        WHERE face.of = pricing
        """
    )
    return fill(
        connection,
        Offer,
        "offer_plan ORDER BY o",
        id="o",
        event_id="n",
        ticket_type_id="t",
        kind="kind",
        price_minor="pg_temp.price(t * 10 + p)",
        quantity="CASE WHEN kind <> 'simple' THEN 10 + o % 200 END",
        tier_number="tier",
        tier_name="coalesce((ARRAY['Regular', 'Gold'])[tier], '')",
        day_number="day",
        day_name="CASE WHEN is_all_days THEN 'All days' ELSE coalesce('Day ' || day, '') END",
        day_on="CASE WHEN day IS NOT NULL THEN (start_at + interval '1 day' * (day - 1))::date END",
        is_all_days="is_all_days",
        is_active="pg_temp.chance(o, 31) < .98",
        position="p - 1",
        created_at="made_at + interval '1 minute' * p",
        updated_at="made_at",
    )


def _orders(connection: Connection, sizes: Sizes) -> int:
    connection.execute(
        f"""
        CREATE TEMP TABLE offers_of AS
        SELECT n, min(o) AS first, count(*) AS number FROM offer_plan
        JOIN event_plan USING (n) WHERE status <> 'draft' GROUP BY n;
        CREATE UNIQUE INDEX ON offers_of (n);
        CREATE TEMP TABLE order_plan AS
        SELECT row_number() OVER (ORDER BY at) AS r, * FROM (
            SELECT j, n, at, start_at,
                   first + floor(number * pg_temp.chance(j, 41))::bigint AS o,
                   1 + floor(4.7 * pg_temp.chance(j, 42))::int AS quantity,
                   CASE WHEN pg_temp.chance(j, 43) < .9
                        THEN {sizes.organizers} + 1 + floor({sizes.buyers} * pg_temp.chance(j, 44) ^ 1.6)::bigint END AS buyer,
                   CASE WHEN at > pg_temp.now() - interval '15 minutes' THEN pg_temp.pick(j, 45, 'pending', 'processing')
                        WHEN decided < .88 THEN 'confirmed' WHEN decided < .94 THEN 'failed'
                        WHEN decided < .98 THEN 'cancelled' ELSE 'refunded' END AS status
            FROM (SELECT j, 1 + (floor({sizes.events} * pg_temp.chance(j, 40) ^ 2.2)::bigint * 48271) % {sizes.events} AS n
                  FROM generate_series(1, {sizes.orders} * 11 / 10) j) AS drawn
            JOIN offers_of USING (n) JOIN event_plan AS event USING (n),
                 LATERAL (SELECT made_at + (least(start_at, pg_temp.now()) - made_at) * (1 - pg_temp.chance(j, 46) ^ 2)) p(at),
                 LATERAL (SELECT pg_temp.chance(j, 47)) fate(decided)
            LIMIT {sizes.orders}
        ) AS placed;
        CREATE UNIQUE INDEX ON order_plan (r);
        """
    )
    return fill(
        connection,
        Order,
        """order_plan JOIN offer ON offer.id = o,
        LATERAL (SELECT order_plan.quantity * price_minor) a(subtotal), LATERAL (SELECT subtotal / 20) b(fee) ORDER BY r""",
        id="r",
        number="'OE-' || to_char(at, 'YYYYMMDD') || '-' || r",
        purchase_code="'PUR-' || r",
        secret_digest="md5(r::text) || md5((-r)::text)",
        event_id="n",
        user_id="buyer",
        channel="pg_temp.pick(j, 48, 'web', 'api', 'api_v1')",
        status="status",
        expires_at="at + interval '15 minutes'",
        buyer_email="coalesce('person' || buyer || '@example.org', 'guest' || j % 30000 || '@example.org')",
        buyer_name="'Person ' || j",
        currency="'GHS'",
        subtotal_minor="subtotal",
        fee_minor="fee",
        total_minor="subtotal + fee",
        platform_fee_minor="fee",
        refunded_minor="CASE WHEN status = 'refunded' THEN subtotal + fee ELSE 0 END",
        fee_basis_points="500",
        fee_bearer="'buyer'",
        payment_method="CASE WHEN status = 'pending' THEN 'pending' ELSE 'stripe' END",
        confirmed_at="CASE WHEN status IN ('confirmed', 'refunded') THEN at + interval '3 minutes' END",
        failed_at="CASE WHEN status = 'failed' THEN at + interval '15 minutes' END",
        cancelled_at="CASE WHEN status = 'cancelled' THEN at + interval '5 minutes' END",
        created_at="at",
        updated_at="at",
    )


def _lines(connection: Connection, _sizes: Sizes) -> int:
    return fill(
        connection,
        OrderLine,
        "order_plan JOIN offer ON offer.id = o JOIN ticket_type ON ticket_type.id = offer.ticket_type_id ORDER BY r",
        id="r",
        order_id="r",
        offer_id="o",
        quantity="order_plan.quantity",
        unit_price_minor="price_minor",
        subtotal_minor="price_minor * order_plan.quantity",
        fee_minor="price_minor * order_plan.quantity / 20",
        ticket_name="ticket_type.name",
        tier_name="tier_name",
        day_name="day_name",
        day_on="day_on",
        is_all_days="is_all_days",
        created_at="at",
    )


def _tickets(connection: Connection, _sizes: Sizes) -> int:
    return fill(
        connection,
        Ticket,
        """(SELECT row_number() OVER (ORDER BY r, seat) AS i, * FROM order_plan, LATERAL generate_series(1, quantity) seat
            WHERE status IN ('confirmed', 'refunded')) AS issued
        JOIN order_line AS line ON line.id = r
        JOIN event_plan USING (n) ORDER BY i""",
        id="i",
        code="'TKT-' || to_char(at, 'YYYYMMDD') || '-' || lpad(i::text, 10, '0')",
        qr_digest="md5(i::text) || md5((-i)::text)",
        order_id="r",
        order_line_id="r",
        event_id="n",
        offer_id="o",
        owner_id="buyer",
        attendee_name="'Person ' || j",
        attendee_email="''",
        ticket_name="line.ticket_name",
        tier_name="line.tier_name",
        day_name="line.day_name",
        day_on="line.day_on",
        is_all_days="line.is_all_days",
        price_minor="line.unit_price_minor",
        paid_minor="line.unit_price_minor + line.unit_price_minor / 20",
        currency="'GHS'",
        status="""CASE WHEN issued.status = 'refunded' THEN 'cancelled'
            WHEN issued.start_at < pg_temp.now() AND pg_temp.chance(i, 50) < .85 THEN 'used' ELSE 'active' END""",
        used_at="""CASE WHEN issued.status <> 'refunded' AND issued.start_at < pg_temp.now() AND pg_temp.chance(i, 50) < .85
            THEN issued.start_at END""",
        created_at="at + interval '3 minutes'",
        updated_at="at",
    )


def _payments(connection: Connection, _sizes: Sizes) -> int:
    return fill(
        connection,
        Payment,
        "\"order\" WHERE status IN ('confirmed', 'refunded') AND total_minor > 0 ORDER BY id",
        order_id="id",
        attempt="1",
        provider="'stripe'",
        reference="'ET-' || id",
        provider_ref="'pi_' || id",
        state="'paid'",
        amount_minor="total_minor",
        currency="currency",
        paid_at="confirmed_at",
        created_at="created_at",
        updated_at="created_at",
    )


def _holds(connection: Connection, _sizes: Sizes) -> int:
    return fill(
        connection,
        Hold,
        "order_plan ORDER BY r",
        id="r",
        order_id="r",
        event_id="n",
        state="""CASE WHEN status IN ('pending', 'processing') THEN 'held'
            WHEN status IN ('confirmed', 'refunded') THEN 'converted' ELSE 'released' END""",
        expires_at="at + interval '15 minutes'",
        created_at="at",
        ended_at="CASE WHEN status NOT IN ('pending', 'processing') THEN at + interval '3 minutes' END",
    )


def _quotas(connection: Connection, _sizes: Sizes) -> int:
    """Fill the counters of events, ticket types and offers, numbered in this order; one type in thirty is sold out."""
    connection.execute(
        """
        CREATE TEMP TABLE sold_of AS
        SELECT o, t, offer_plan.n, sum(quantity) AS sold FROM order_plan JOIN offer_plan USING (o)
        WHERE status = 'confirmed' GROUP BY o, t, offer_plan.n
        """
    )
    rows = 0
    for kind, table, key, capacity in (
        ("event", "event", "n", "total_capacity"),
        ("ticket_type", "ticket_type", "t", "total_quantity"),
        ("offer", "offer", "o", "owner.quantity"),
    ):
        event_id = "owner.id" if kind == "event" else "event_id"
        sold = f"CASE WHEN owner.id % 30 = 7 THEN coalesce({capacity}, 0) ELSE least(coalesce(sold, 0), {capacity}) END"
        rows += fill(
            connection,
            Quota,
            f"""{table} AS owner LEFT JOIN (SELECT {key}, sum(sold) AS sold FROM sold_of GROUP BY {key}) AS s
                ON s.{key} = owner.id {"WHERE kind <> 'simple'" if kind == "offer" else ""} ORDER BY owner.id""",
            kind=f"'{kind}'",
            owner_id="owner.id",
            event_id=event_id,
            capacity=capacity,
            sold=sold,
        )
    return rows


def _links(connection: Connection, _sizes: Sizes) -> int:
    return fill(
        connection,
        OfferQuota,
        """offer JOIN quota ON (quota.kind = 'event' AND quota.owner_id = offer.event_id)
            OR (quota.kind = 'ticket_type' AND quota.owner_id = offer.ticket_type_id)
            OR (quota.kind = 'offer' AND quota.owner_id = offer.id)""",
        offer_id="offer.id",
        quota_id="quota.id",
    )


def moment_of(connection: Connection) -> datetime:
    """Return the moment the data was made for: everything before it has happened."""
    row = connection.execute('SELECT max(created_at) FROM "order"').fetchone()
    if row is None:
        raise LookupError("the database is empty")
    moment: datetime = row[0]
    return moment
