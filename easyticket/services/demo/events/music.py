"""Demo events: music."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    FRIDAY,
    SATURDAY,
    SUNDAY,
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
        title="Harmattan Nights: Highlife Under the Baobab",
        category="music",
        place=places.BAOBAB_GARDEN,
        when=When(18, "19:00", "00:30", weekday=SATURDAY),
        short="Two highlife bands, one palm-wine trio and a dance floor of packed earth.",
        description="""\
The garden behind the old airport houses fills with lanterns for one night. A **palm-wine trio** plays while the
grills are lit, then two nine-piece highlife bands share the stage until after midnight. There are benches at the
back and room to dance at the front.

## The evening

- 19:00 gates, food stalls, palm-wine trio
- 20:30 the Evening Star Orchestra
- 22:15 Harbour Brass and the Old Roads choir
- 00:15 last song, last orders

Bring something warm: the wind comes down from the north at night. It is outdoors and goes ahead in light
rain. The paths are level, and the stage can be seen from the wheelchair platform beside the sound desk.""",
        tags="highlife, live music, outdoor, dance",
        pricing=PricingType.TIERED,
        is_featured=True,
        types=(
            TypePlan(
                "Garden",
                240,
                description="Standing and dancing, benches at the back.",
                offers=(
                    tier(1, "Early bird", "120.00", 20, sold=20),
                    tier(2, "Regular", "160.00", 180, sold=22),
                    tier(3, "Last call", "200.00", 40, opens=16),
                ),
            ),
            TypePlan(
                "Terrace",
                40,
                description="A seat at a table above the garden.",
                benefits="Table service\nOne drink\nOwn entrance",
                most=6,
                offers=(tier(1, "Table seat", "320.00", 40, sold=10),),
            ),
        ),
        capacity=280,
        troubles=Troubles(expired=2, cancelled=1, refunded=1),
        refund_policy="Full refund until seven days before. After that, tickets can be given to somebody else.",
        attendee=(("Garden - Regular", 2),),
    ),
    EventPlan(
        title="Lagoon Sessions: Afro-soul at Sundown",
        category="music",
        place=places.LAGOON_STAGE,
        when=When(25, "17:30", "23:00", weekday=SATURDAY),
        short="Four singers, one house band and the light going down over the water.",
        description="""\
The **Lagoon Sessions** put four singers in front of the same ten-piece house band, each for half an hour, without a
break for changing the stage. What they have in common is soul; where they take it is up to them.

The stage stands on the jetty and the sun sets behind it, so come in time. Water and food are sold inside at street
prices. Boats to the mainland leave from the next pier until midnight.

*Good to know:* the Front Deck is standing room within ten metres of the stage and is nearly gone.""",
        tags="afro-soul, live music, lagoon, outdoor",
        is_featured=True,
        types=(
            TypePlan(
                "Deck", 160, price="15000.00", sold=23, description="Standing, everywhere but the front."
            ),
            TypePlan(
                "Front Deck",
                20,
                price="45000.00",
                sold=18,
                description="Within ten metres of the stage.",
                most=4,
            ),
        ),
        capacity=180,
        age=16,
        troubles=Troubles(cancelled=1),
    ),
    EventPlan(
        title="Kiezklang: Four Bands, One Courtyard",
        category="music",
        place=places.HINTERHOF,
        when=When(11, "19:30", "23:00", weekday=FRIDAY),
        short="Neighbours on guitars, neighbours at the windows. Twenty-four places, all of them gone.",
        description="""\
Four bands from the same street play in the courtyard they rehearse above: a surf trio, two songwriters, a brass
quartet that swears it is a punk band, and a synthesizer duo who promise to be quiet after ten.

Doors at **19:30**, the last song at **22:45** because people live here. Drinks are in the bicycle cellar, the money
goes into a new roof for it. If it pours, everybody moves into the stairwell, which sounds better anyway.""",
        tags="indie, courtyard, neighbourhood, live music",
        is_second=True,
        types=(TypePlan("Courtyard", 24, price="18.00", sold=24, most=4),),
        refund_policy="No refunds, but you may give your ticket to a friend.",
        troubles=Troubles(expired=1),
    ),
    EventPlan(
        title="Brass on the Rooftop",
        category="music",
        place=places.LOFT_44,
        when=When(9, "18:30", "21:30", weekday=THURSDAY),
        short="A twelve-piece brass band, a roof above the rail yard, sixteen chairs.",
        description="""\
Three trombones, four trumpets, two saxophones, a sousaphone, snare and bass drum: it is a lot of band for a roof with
sixteen chairs. They play second-line standards, a few arrangements of their own and whatever the passing trains suggest.

The lift goes to the top floor, then there are twelve steps; tell us if you need the goods lift instead. In bad weather
the concert moves one floor down to the loft, with the windows open.""",
        tags="brass, rooftop, jazz",
        types=(TypePlan("Chair", 16, price="28.00", sold=10, most=4),),
        held=6,
    ),
    EventPlan(
        title="Choirs of the Garden City",
        category="music",
        place=places.CULTURE_COURT,
        when=When(-13, "15:00", "18:00", weekday=SUNDAY),
        short="Five choirs from Kumasi and one evening hour that all of them sing together.",
        description="""\
Five choirs, from a school in Asokwa to the retired nurses of the teaching hospital, sing for half an hour each. The
last hour belongs to all of them and to the audience: the words are on the back of the programme.

Children sit on the mats in front. The court is open to the sky, with shade along both sides.""",
        tags="choir, gospel, family",
        types=(
            TypePlan("Adult", 90, price="35.00", sold=16),
            TypePlan("Child", 40, price="10.00", sold=6, description="Up to 12 years."),
        ),
        gate=GatePlan(("Court gate",), percent=88),
        troubles=Troubles(refunded=1),
    ),
)
