"""Demo events: arts and theatre."""

from __future__ import annotations

from easyticket.models import CheckInPolicy, PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    FRIDAY,
    SATURDAY,
    EventPlan,
    GatePlan,
    Troubles,
    TypePlan,
    When,
    day_pass,
)

EVENTS = (
    EventPlan(
        title="Threads: Kente, Then and Now",
        category="arts-theatre",
        place=places.WEAVERS_HOUSE,
        when=When(-4, "09:00", "18:00", more_days=16),
        short="Sixty cloths from four generations of weavers, and a loom you may sit down at.",
        description="""\
Sixty cloths hang in the five rooms of the Weavers' House, the oldest from before the railway, the newest finished last
month. Beside each stands what its pattern says and who wove it, where that is still known.

In the last room two looms are at work every day from **11:00** to **15:00**. Sit down at the third one: somebody will
show you the first row.

## Your ticket

It lets you in **once a day for as long as the exhibition runs**, so come back with fresh eyes. Photographs are welcome
without flash.""",
        tags="kente, textile, exhibition, craft",
        is_featured=True,
        check_in=CheckInPolicy.DAILY,
        types=(
            TypePlan("Visitor", 120, price="40.00", sold=15),
            TypePlan(
                "Student", 60, price="15.00", sold=5, description="With a valid student card at the door."
            ),
            TypePlan("Child", 60, price="0", sold=4, description="Up to 12 years, with an adult."),
        ),
        gate=GatePlan(("Front door",), percent=62, again=2),
        troubles=Troubles(expired=1, refunded=1),
        refund_policy="Unused tickets are refunded until the exhibition closes.",
    ),
    EventPlan(
        title="Letters to the City Not Yet Built: Spoken Word, Strings and Lamplight Inside the Old Walls",
        category="arts-theatre",
        place=places.OLD_YARD,
        when=When(13, "20:00", "22:00", weekday=FRIDAY),
        short="Seven writers read letters to Accra in a hundred years. A string quartet answers.",
        description="""\
Seven writers were asked for a letter to the people who will live in this city in a hundred years. They read them
between the old walls by lamplight, and a string quartet answers each one with a piece made for it.

There is no stage: sit on the steps, the walls or the cushions. The letters go into a box that is bricked into the wall
afterwards. Bring one of your own, if you like; there is room.""",
        tags="spoken word, strings, literature",
        types=(
            TypePlan("Seat", 70, price="60.00", sold=10),
            TypePlan(
                "Seat and printed letters",
                30,
                price="95.00",
                sold=6,
                benefits="The seven letters as a booklet",
            ),
        ),
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="The Cartographer's Daughter",
        category="arts-theatre",
        place=places.PIER_NINE,
        when=When(14, "19:30", "22:00", weekday=FRIDAY, more_days=2),
        short="A play about a map with one street too many. Three evenings at the pier.",
        description="""\
Her father drew the city for forty years. On the last sheet he left there is a street that nobody can find. A play for
four actors, one table and a great deal of paper, in English with captions above the stage.

Three performances; each ticket is for **one evening**. Ninety minutes and a break. The talk with the company is after
the Saturday show. Step-free from the ferry slip, with a hearing loop in the first five rows.""",
        tags="theatre, new play, captions",
        pricing=PricingType.DAY_BASED,
        types=(
            TypePlan(
                "Seat",
                180,
                most=6,
                offers=(
                    day_pass(1, "Friday evening", "35.00", 60, sold=7),
                    day_pass(2, "Saturday evening", "45.00", 60, sold=11),
                    day_pass(3, "Sunday matinee", "30.00", 60, sold=4),
                ),
            ),
        ),
        troubles=Troubles(cancelled=1),
    ),
    EventPlan(
        title="Night of the Open Studios",
        category="arts-theatre",
        place=places.HINTERHOF,
        when=When(30, "17:00", "23:00", weekday=SATURDAY),
        short="Thirty doors that are closed on every other day of the year. Free, with a map at the gate.",
        description="""\
Printers, a harpsichord maker, two people who repair globes, a great many painters: thirty workshops of the block open
their doors for one evening. The map at the gate says who shows what and when.

It costs nothing. We ask for a ticket because the stairwells are old and only so many people may be in the house at once.""",
        tags="studios, free, art, neighbourhood",
        is_second=True,
        types=(TypePlan("Visitor", 150, price="0", sold=16, most=5),),
    ),
)
