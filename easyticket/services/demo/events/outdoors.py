"""Demo events: running and outdoors."""

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
    tier,
)

EVENTS = (
    EventPlan(
        title="Accra Sunrise 10K",
        category="running-outdoors",
        place=places.SHORE_PARK,
        when=When(45, "06:00", "09:30", weekday=SUNDAY),
        short="Ten kilometres along the sea before the city wakes up. Flat, fast, finished by breakfast.",
        description="""\
Start at **06:00** with the light, ten flat kilometres along the beach road and back, porridge at the finish. Pacers run
for 45, 50, 60 and 75 minutes, and the last of them walks.

- Chip timing, results by noon
- Water every two kilometres, also for those who come last
- The road is closed to cars until **08:30**

Numbers are handed out at the park on the Saturday before, from 12:00 to 18:00. Bring your ticket; a friend may collect
for you.""",
        tags="running, 10k, road race",
        pricing=PricingType.TIERED,
        types=(
            TypePlan(
                "Runner",
                340,
                benefits="Number with chip\nShirt\nPorridge",
                offers=(
                    tier(1, "Early bird", "80.00", 60, sold=19, closes=-2),
                    tier(2, "Regular", "100.00", 220, sold=4, opens=-2),
                    tier(3, "Late", "130.00", 60, opens=30),
                ),
            ),
        ),
        capacity=340,
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="Around the Lake: A Bosomtwe Ride",
        category="running-outdoors",
        place=places.LAKE_LODGE,
        when=When(37, "07:00", "15:00", weekday=SATURDAY),
        short="Thirty kilometres of red road around the crater lake, at the speed of conversation.",
        description="""\
One lap around the lake, thirty kilometres of red laterite through twenty villages. We ride in three groups; the slowest
stops for photographs, fried fish and every goat.

You need a bicycle with real tyres, or borrow one of fifteen. A pick-up follows for tired legs.""",
        tags="cycling, lake, gravel",
        types=(
            TypePlan("Own bicycle", 60, price="110.00", sold=10),
            TypePlan("Borrowed bicycle", 15, price="190.00", sold=9, most=2),
        ),
    ),
    EventPlan(
        title="Third Bridge Night Run",
        category="running-outdoors",
        place=places.LAGOON_STAGE,
        when=When(-17, "20:00", "23:00", weekday=SATURDAY),
        short="Eight kilometres over water with a lamp on your head.",
        description="""\
Eight kilometres over the water after dark. The bridge is ours from **20:00** to **22:30**, and two hundred head lamps make
a better skyline than the skyline. Lamps are lent against a deposit. Medals glow.""",
        tags="night run, bridge, 8k",
        types=(TypePlan("Runner", 120, price="8000.00", sold=26),),
        gate=GatePlan(("North end", "South end"), percent=89, again=2, unknown=2),
        troubles=Troubles(expired=1, cancelled=1, refunded=2),
        refund_policy="Full refund until the numbers are printed, one week before.",
    ),
    EventPlan(
        title="Prospect Loop Relay",
        category="running-outdoors",
        place=places.PARK_GATE,
        when=When(24, "08:30", "12:00", weekday=SUNDAY),
        short="Four runners, one baton, one hill. Teams only, costumes tolerated.",
        description="""\
Teams of four run the loop one after the other; the hill is in the third part, so send somebody who likes hills. There is a
prize for the fastest team, for the best baton that is not a baton, and for the team with the largest sum of ages.

One purchase is one team: **four tickets**.""",
        tags="relay, team, park",
        types=(TypePlan("Runner of a team", 120, price="14.00", sold=16, least=4, most=4),),
    ),
)
