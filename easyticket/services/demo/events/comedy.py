"""Demo events: comedy."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    FRIDAY,
    SATURDAY,
    THURSDAY,
    EventPlan,
    GatePlan,
    Troubles,
    TypePlan,
    When,
    tier,
)

EVENTS = (
    EventPlan(
        title="Small Chops Comedy Hour",
        category="comedy",
        place=places.LAGOON_STAGE,
        when=When(4, "20:00", "22:00", weekday=FRIDAY),
        short="Six comics, seven minutes each, and a tray that goes round whenever a joke fails.",
        description="""\
Six comics, seven minutes each. When a joke dies, the host rings the bell and a tray of small chops goes round the room
to console everybody, which is why nobody here minds a bad joke.

Doors at **19:00**. Two rows in front are for people who like to be talked to; sit there at your own risk.""",
        tags="stand-up, pidgin, english",
        pricing=PricingType.TIERED,
        types=(
            TypePlan(
                "Seat",
                97,
                offers=(
                    tier(1, "Early bird", "6000.00", 15, sold=15),
                    tier(2, "Regular", "10000.00", 70, sold=10),
                    tier(3, "Front rows", "14000.00", 12, sold=10),
                ),
            ),
        ),
        age=18,
        troubles=Troubles(cancelled=1),
    ),
    EventPlan(
        title="Please Mind the Gap: Stand-up in English",
        category="comedy",
        place=places.LICHTSAAL,
        when=When(2, "20:00", "22:00", weekday=THURSDAY),
        short="Four people who moved to Berlin explain Berlin to people who moved to Berlin.",
        description="""\
Four comics with four kinds of residence permit on queues, bicycles, cash only and the weather. In English, with German
words where there is no other word.

The hall has eighty seats and a bar that takes cards, which is a joke in itself.""",
        tags="stand-up, english, expats",
        is_second=True,
        types=(
            TypePlan("Seat", 80, price="12.00", sold=13),
            TypePlan(
                "Reduced",
                20,
                price="7.00",
                sold=4,
                description="Students, and whoever needs it. We do not ask.",
            ),
        ),
    ),
    EventPlan(
        title="Laugh Line: The Accra Season Finale",
        category="comedy",
        place=places.RIDGE_HALL,
        when=When(-11, "19:30", "22:30", weekday=SATURDAY),
        short="The eight funniest people of the season, on one stage, for the last time this year.",
        description="""\
Forty-one comics played the Laugh Line this season. The audience voted, and these are the eight it wants to see again,
each with the best ten minutes they have. There will be a band, there will be prizes, and there will be somebody's mother.""",
        tags="stand-up, finale, ghana",
        pricing=PricingType.TIERED,
        types=(
            TypePlan(
                "Hall",
                150,
                offers=(
                    tier(1, "Early bird", "70.00", 40, sold=10),
                    tier(2, "Regular", "100.00", 110, sold=25),
                ),
            ),
        ),
        gate=GatePlan(("Main door", "Side door"), percent=92, again=3, unknown=2),
        troubles=Troubles(expired=2, refunded=2, partly_refunded=1),
        attendee=(("Hall - Regular", 2),),
    ),
    EventPlan(
        title="Open Mic at Number Nine",
        category="comedy",
        place=places.PIER_NINE,
        when=When(7, "19:00", "22:00", weekday=THURSDAY),
        short="Five minutes for whoever dares. Free to watch, free to fail.",
        description="""\
Put your name in the bucket before **19:15** and you may be one of the fifteen who get five minutes. Everybody else gets
to watch, which is free as well. First-timers are announced as such and treated gently.

Tickets cost nothing and keep the fire marshal happy.""",
        tags="open mic, free, stand-up",
        types=(TypePlan("Seat", 70, price="0", sold=14, most=4),),
    ),
)
