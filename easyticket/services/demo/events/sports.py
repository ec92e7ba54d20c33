"""Demo events: sports."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    SATURDAY,
    SUNDAY,
    WEDNESDAY,
    EventPlan,
    Troubles,
    TypePlan,
    When,
    all_days,
    day_pass,
)

EVENTS = (
    EventPlan(
        title="Coastal Derby: Harbour Stars v Savanna United",
        category="sports",
        place=places.HARBOUR_GROUND,
        when=When(5, "15:00", "17:30", weekday=SUNDAY),
        short="The match the whole coast argues about, with brass bands behind both goals.",
        description="""\
Harbour Stars have not lost at home since the rains; Savanna United have not lost anywhere on a Sunday. Something has
to give. Gates open at **12:30**, the youth teams play at 13:00, kick-off is at **15:00**.

### Where to sit

- *Popular Stand*: behind the goals, standing, with the bands.
- *Centre Line*: numbered benches in the shade.
- *Covered Box*: twelve seats with a roof, a fan and cold water.

No bottles, no flares. Children up to six sit on a lap and need no ticket.""",
        tags="football, derby, family",
        types=(
            TypePlan("Popular Stand", 300, price="20.00", sold=28),
            TypePlan("Centre Line", 80, price="50.00", sold=10),
            TypePlan(
                "Covered Box",
                12,
                price="150.00",
                sold=10,
                benefits="Roof and fan\nCold water\nOwn entrance",
                most=4,
            ),
        ),
        troubles=Troubles(cancelled=1),
        refund_policy="Refunds until kick-off if the match is moved to another day. Otherwise none.",
    ),
    EventPlan(
        title="Three Courts: A Basketball Weekend",
        category="sports",
        place=places.YABA_WORKS,
        when=When(19, "10:00", "20:00", weekday=SATURDAY, more_days=1),
        short="Sixteen street teams, three courts in an old foundry, one weekend.",
        description="""\
Sixteen three-on-three teams play in the halls of the old foundry: group games on Saturday, knock-out on Sunday, the
final at **18:00** on the centre court. Between the games there is a shooting contest that anybody may enter.

The stands are close enough to hear the players argue. Food trucks are in the yard, and the roof keeps the rain out
but not the noise in.""",
        tags="basketball, 3x3, street",
        pricing=PricingType.DAY_BASED,
        types=(
            TypePlan(
                "Stand seat",
                150,
                offers=(
                    day_pass(1, "Saturday", "4000.00", 60, sold=8),
                    day_pass(2, "Sunday", "6000.00", 60, sold=5),
                    all_days("Both days", "8500.00", 30, sold=7),
                ),
            ),
        ),
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="Boulder Night Cup",
        category="sports",
        place=places.ALTE_MOLKEREI,
        when=When(20, "18:00", "23:00", weekday=SATURDAY),
        short="Twenty new routes, two hours to try them all, then a final for everyone to watch.",
        description="""\
The walls of the dairy get twenty new routes that nobody has climbed. From **18:00** everybody has two hours and keeps
their own score; the six best women and men climb the final at **21:30**, one at a time, with the lights down.

Shoes can be borrowed. You need no experience for the first ten routes, and somebody stands beside each of them to help.
Watching costs less than climbing and comes with the same soup.""",
        tags="climbing, bouldering, competition",
        is_second=True,
        types=(
            TypePlan("Climber", 60, price="22.00", sold=9, most=4),
            TypePlan("Spectator", 40, price="8.00", sold=4),
        ),
    ),
    EventPlan(
        title="Midweek Table Tennis Ladder",
        category="sports",
        place=places.LOFT_44,
        when=When(3, "18:00", "21:00", weekday=WEDNESDAY),
        short="Twelve tables, one ladder, no entry fee. Win and you move up, lose and you pour the tea.",
        description="""\
A friendly ladder on twelve tables. You are paired with somebody of your strength within ten minutes of arriving, play
to eleven, and move one table up or down. After two hours whoever is at table one gets the wooden spoon for a week.

Bats and balls are there. It is free, but places are counted, so take a ticket only if you are coming.""",
        tags="table tennis, free, beginners",
        types=(TypePlan("Player", 48, price="0", sold=13, most=2),),
    ),
)
