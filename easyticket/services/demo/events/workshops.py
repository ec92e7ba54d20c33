"""Demo events: workshops."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    SATURDAY,
    SUNDAY,
    TUESDAY,
    EventPlan,
    GatePlan,
    Troubles,
    TypePlan,
    When,
    cell,
)

_SATURDAY, _SUNDAY = (1, "Saturday"), (2, "Sunday")
_OWN, _LENT = (1, "Own camera"), (2, "With a camera from us")

EVENTS = (
    EventPlan(
        title="Adinkra Printing: Carve, Ink, Press",
        category="workshops",
        place=places.WEAVERS_HOUSE,
        when=When(12, "10:00", "16:00", weekday=SATURDAY),
        short="Carve a calabash stamp, cook the ink from bark, print two metres of cloth.",
        description="""\
A day with two printers from Ntonso. You choose a symbol and learn what it says, carve it into a piece of calabash, and
print it with ink that has been cooked from bark since the day before.

You take home the stamp, two metres of cloth and black fingers. Wear something old. Lunch is included; say when you
book if you do not eat meat.""",
        tags="adinkra, printing, craft",
        types=(TypePlan("Place", 20, price="180.00", sold=6, most=3),),
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="First Aid in a Day",
        category="workshops",
        place=places.CULTURE_COURT,
        when=When(27, "09:00", "17:00", weekday=SATURDAY),
        short="Burns, falls, fainting, choking: what to do in the eight minutes before help comes.",
        description="""\
Two nurses and a fire officer teach one group of twenty-four. Half of the day is practice: you will bandage, turn, press
and call, until it no longer feels strange. Everybody gets a certificate and a card for the wallet.

**The sale opens later**, so that people whose employers sign them up get their places first.""",
        tags="first aid, health, certificate",
        types=(TypePlan("Place", 24, price="250.00", most=4, opens=13),),
    ),
    EventPlan(
        title="Slow Light: A Weekend of Analogue Photography",
        category="workshops",
        place=places.LICHTSAAL,
        when=When(35, "10:00", "18:00", weekday=SATURDAY, more_days=1),
        short="One roll of film on Saturday, the darkroom on Sunday. Come for one day or for both.",
        description="""\
On **Saturday** we walk with one roll of film each and twelve questions. On **Sunday** the films are developed, and
everybody prints the one picture they did not expect.

Each day can be booked by itself: whoever comes on Sunday only gets a film to develop. Bring a camera, or take one of
ours; they are old, simple and checked.""",
        tags="photography, analogue, darkroom",
        is_second=True,
        pricing=PricingType.TIER_AND_DAY,
        types=(
            TypePlan(
                "Day",
                48,
                most=4,
                benefits="Film and paper\nChemicals\nSoup",
                offers=(
                    cell(_SATURDAY, _OWN, "55.00", 16, sold=2),
                    cell(_SATURDAY, _LENT, "70.00", 8, sold=3),
                    cell(_SUNDAY, _OWN, "75.00", 16, sold=2),
                    cell(_SUNDAY, _LENT, "90.00", 8, sold=8),
                ),
            ),
        ),
    ),
    EventPlan(
        title="Write the Grant: One Evening, One Page",
        category="workshops",
        place=places.LOFT_44,
        when=When(-25, "18:00", "21:00", weekday=TUESDAY),
        short="Come with a project, leave with the one page that every funder asks for.",
        description="""\
Three hours, one page. You write the paragraph about why, swap it with the person on your left, and write it again. By
nine o'clock everybody has one page that somebody outside their own head understands.

For artists, clubs and small organisations. Bring a project, even a vague one.""",
        tags="writing, funding, nonprofit",
        types=(TypePlan("Place", 30, price="40.00", sold=8, most=2),),
        gate=GatePlan(("Front desk",), percent=85, again=1, wrong_event=0),
        troubles=Troubles(refunded=1),
    ),
    EventPlan(
        title="Repair Together: Lamps, Radios, Zips",
        category="workshops",
        place=places.LOFT_44,
        when=When(13, "13:00", "17:00", weekday=SUNDAY),
        short="Bring something broken. Nine people who can fix things will show you how.",
        description="""\
Nine volunteers with soldering irons, sewing machines and patience. You bring one thing that is broken and can be
carried; you do the repairing, they show you how. About two thirds of the things go home working.

Free, with a hat for spare parts.""",
        tags="repair, free, neighbours",
        types=(TypePlan("Visitor with one thing", 60, price="0", sold=10, most=2),),
    ),
)
