"""Demo events: festivals and community."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    SATURDAY,
    SUNDAY,
    EventPlan,
    GatePlan,
    Troubles,
    TypePlan,
    When,
    all_days,
    day_pass,
)

EVENTS = (
    EventPlan(
        title="Osu Lantern Festival",
        category="community",
        place=places.LANTERN_SQUARE,
        when=When(-1, "10:00", "23:00", more_days=2),
        short="Three days of drums, paper lanterns and food between the sea and the old streets.",
        description="""\
For three days the square belongs to people on foot. Drummers and dancers in the afternoon, stories for children at five,
and every evening at **19:00** the lanterns: a thousand of them, made in the schools around, carried down to the water.

- **Day one** drums and dance groups from six regions
- **Day two** the night market and the long table
- **Day three** the big procession, and the burning of last year's lantern

Day tickets are good on their day. The festival pass lets you in **once on each day**. Neighbours with a red door pass
need no ticket.""",
        tags="festival, lanterns, street, family",
        pricing=PricingType.DAY_BASED,
        is_featured=True,
        types=(
            TypePlan(
                "Festival ticket",
                310,
                offers=(
                    day_pass(1, "Day one", "35.00", 90, sold=16),
                    day_pass(2, "Day two", "35.00", 90, sold=19),
                    day_pass(3, "Day three", "45.00", 90, sold=10),
                    all_days("Festival pass", "90.00", 40, sold=13),
                ),
            ),
        ),
        gate=GatePlan(("Beach gate", "Market gate"), percent=84, again=4, unknown=2, wrong_event=2),
        troubles=Troubles(expired=2, cancelled=1, refunded=1),
        attendee=(("Festival ticket - Festival pass", 1),),
    ),
    EventPlan(
        title="Courtyard Flea Market",
        category="community",
        place=places.HINTERHOF,
        when=When(10, "10:00", "16:00", weekday=SUNDAY),
        short="Forty tables, one waffle iron. Selling costs ten euros, looking costs nothing.",
        description="""\
Forty tables through three courtyards. Take a **table** if you have things to sell; come with a **visitor** ticket if you
want to look. At three o'clock everything that is left may be swapped, and at four it has to be gone.

The waffles are for the kindergarten on the second floor.""",
        tags="flea market, neighbourhood, second hand",
        is_second=True,
        types=(
            TypePlan("Table", 40, price="10.00", sold=7, most=1),
            TypePlan("Visitor", 120, price="0", sold=10),
        ),
    ),
    EventPlan(
        title="Homecoming Picnic at the Lake",
        category="community",
        place=places.LAKE_LODGE,
        when=When(22, "11:00", "18:00", weekday=SATURDAY),
        short="A day on the grass for everybody who grew up here and lives elsewhere now.",
        description="""\
Buses from Kejetia at nine, boats at noon, oware tournament in the shade. Bring your children and the story of how you
left. There will be fufu for three hundred.""",
        tags="picnic, lake, family",
        types=(
            TypePlan("Adult with bus", 60, price="95.00", sold=8),
            TypePlan("Child with bus", 40, price="45.00", sold=4),
        ),
        cancelled_because="The road to the lake is closed for repairs until next month. All tickets are refunded.",
        attendee=(("Adult with bus", 2),),
    ),
    EventPlan(
        title="Stoop Stories",
        category="community",
        place=places.PARK_GATE,
        when=When(6, "17:00", "19:30", weekday=SUNDAY),
        short="Ten neighbours, ten true stories, seven minutes each. Pay what the bench is worth to you.",
        description="""\
Ten people who live within a mile of the park tell a true story without notes. The theme is *the key under the mat*. After
the break the bucket goes round for names, and two more are drawn.

Blankets welcome. If it rains we go under the arch, which is tight, so there are only ninety tickets.""",
        tags="storytelling, neighbours, outdoor",
        types=(
            TypePlan("Bench", 60, price="8.00", sold=11),
            TypePlan("Bench for a generous neighbour", 30, price="20.00", sold=4),
        ),
    ),
)
