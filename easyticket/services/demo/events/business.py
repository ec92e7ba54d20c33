"""Demo events: business and tech."""

from __future__ import annotations

from easyticket.models import FeeBearer, PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    SATURDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    EventPlan,
    GatePlan,
    PromoPlan,
    Troubles,
    TypePlan,
    When,
    cell,
)

_DAYS = ((1, "Wednesday"), (2, "Thursday"), (3, "Friday"))
_LEVELS = ((1, "Community", "90.00", 30), (2, "Standard", "240.00", 60), (3, "Backstage", "520.00", 12))
_SOLD = {(1, 1): 4, (1, 2): 9, (1, 3): 2, (2, 1): 5, (2, 2): 12, (2, 3): 3, (3, 1): 2, (3, 2): 6, (3, 3): 12}

EVENTS = (
    EventPlan(
        title="Build West Africa: Product and Engineering Days",
        category="business-tech",
        place=places.RIDGE_HALL,
        when=When(40, "09:00", "18:00", weekday=WEDNESDAY, more_days=2),
        short="Three days for people who build software for slow phones, shaky networks and real customers.",
        description="""\
Three days about building things that work **here**: payments that survive a dropped connection, pages that open on a
five-year-old phone, teams that hire where the talent is.

| Day | About |
|---|---|
| Wednesday | Product: what people pay for, and why they stop |
| Thursday | Engineering: offline first, money, maps, languages |
| Friday | Operations: power cuts, support, growing without breaking |

*Community* is for students and people between jobs. *Standard* has lunch and the workshops. *Backstage* sits in on the
evening rounds with the speakers and is limited to twelve a day.

Every talk is captioned live. Childcare is free; tell us two weeks ahead.""",
        tags="software, product, startups, conference",
        pricing=PricingType.TIER_AND_DAY,
        is_featured=True,
        types=(
            TypePlan(
                "Day ticket",
                306,
                most=15,
                benefits="All talks\nRecordings afterwards",
                offers=tuple(
                    cell(day, (number, name), price, quantity, sold=_SOLD[(day[0], number)])
                    for day in _DAYS
                    for number, name, price, quantity in _LEVELS
                ),
            ),
        ),
        capacity=300,
        promo=PromoPlan("BUILD15", percent=15, uses=100, used=4),
        troubles=Troubles(expired=2, cancelled=1, refunded=1, partly_refunded=1),
        refund_policy="Full refund until 14 days before, half until 3 days before. A ticket may change its holder at any time.",
        terms="By coming you agree to our code of conduct: be kind, ask before you photograph, leave when asked to.",
        attendee=(("Day ticket - Standard - Thursday", 1),),
    ),
    EventPlan(
        title="Founders' Breakfast, Long Table Edition",
        category="business-tech",
        place=places.MARINA_ROOMS,
        when=When(8, "07:30", "09:30", weekday=TUESDAY),
        short="Forty founders, one table, no slides. Akara is served at eight.",
        description="""\
One long table, forty places, no slides and no pitches. Three founders each tell of a decision they would take back, and
then the table talks. It ends at half past nine because people have work to do.

The price is the price: the service fee is on us.""",
        tags="founders, breakfast, networking",
        fee_bearer=FeeBearer.ORGANIZER,
        types=(TypePlan("Place at the table", 40, price="12000.00", sold=14, most=4),),
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="Data for Small Farms",
        category="business-tech",
        place=places.CULTURE_COURT,
        when=When(-19, "10:00", "16:00", weekday=THURSDAY),
        short="What a phone can tell a farmer, and what a farmer can tell a data scientist.",
        description="""\
A free day for farmers' groups, extension officers and people who work with numbers. In the morning five groups show what
they measure today, with a phone or a notebook. After lunch we sit down in mixed tables and build the one form that would
have saved them the most work.

Twi and English, with people at each table who speak both.""",
        tags="agriculture, data, free",
        types=(TypePlan("Participant", 60, price="0", sold=18),),
        gate=GatePlan(("Court gate",), percent=77),
    ),
    EventPlan(
        title="Open City Data Day",
        category="business-tech",
        place=places.ALTE_MOLKEREI,
        when=When(-22, "09:30", "17:30", weekday=SATURDAY),
        short="Trees, trains and tenders: a day with the data the city already publishes.",
        description="""\
Twelve short talks by people who did something with the city's open data, then an afternoon of doing it yourself. Bring a
laptop, or share one. No question is too basic: the first table is for people who have never opened a CSV file.

In German and English. Lunch is vegan and included.""",
        tags="open data, civic tech, hackday",
        is_second=True,
        types=(
            TypePlan("Participant", 60, price="9.00", sold=14),
            TypePlan(
                "Supporter", 20, price="35.00", sold=4, description="Pays for somebody else's lunch too."
            ),
        ),
        gate=GatePlan(("Entrance",), percent=91, again=1),
        troubles=Troubles(cancelled=1, partly_refunded=1),
    ),
    EventPlan(
        title="Lagos Tech Quiz Night",
        category="business-tech",
        place=places.YABA_WORKS,
        when=When(50, "18:30", "22:00", weekday=THURSDAY),
        short="Eight rounds, teams of five, one trophy made of old keyboards.",
        description="""\
Eight rounds from transistors to telenovela subplots about transistors. Teams of up to five; people who come alone are
put together at the door. *Still to settle: the picture round, and who keeps the score.*""",
        tags="quiz, tech, teams",
        is_draft=True,
        types=(TypePlan("Seat in a team", 100, price="5000.00", most=5),),
    ),
)
