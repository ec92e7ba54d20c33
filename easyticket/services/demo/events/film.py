"""Demo events: film."""

from __future__ import annotations

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
)

EVENTS = (
    EventPlan(
        title="Short Films from Five Coasts",
        category="film",
        place=places.SHORE_PARK,
        when=When(17, "19:00", "21:30", weekday=FRIDAY),
        short="Eleven short films from Dakar to Durban, on a sail between two palm trees.",
        description="""\
The screen is a sail, the seats are mats, the films are between four and nineteen minutes long. Eleven of them, by people
who have made no long one yet, from five coasts of the continent. Three of the makers are there and take questions from
the mat beside you.

All films have English subtitles. Popcorn and grilled plantain from six.""",
        tags="short film, open air, african cinema",
        types=(
            TypePlan("Mat", 90, price="50.00", sold=14),
            TypePlan("Deck chair", 10, price="75.00", sold=8, most=4),
        ),
    ),
    EventPlan(
        title="Silent Film, Live Score: The Night Ferry",
        category="film",
        place=places.LICHTSAAL,
        when=When(-9, "20:00", "22:00", weekday=SATURDAY),
        short="A lost film from the twenties with a piano, a saw and forty wine glasses.",
        description="""\
Found in an attic, missing one reel, and better for it: *The Night Ferry* is seventy minutes of fog, smugglers and one
very brave dog. Three musicians play it on a piano, a singing saw and forty glasses tuned with tap water.

After the film they show how it was done, and you may try the glasses.""",
        tags="silent film, live music, piano",
        is_second=True,
        types=(TypePlan("Seat", 90, price="16.00", sold=19), TypePlan("Balcony", 24, price="21.00", sold=8)),
        gate=GatePlan(("Foyer",), percent=95, again=2),
        troubles=Troubles(expired=1, refunded=1),
        attendee=(("Balcony", 1),),
    ),
    EventPlan(
        title="Reel Marina: Lagos on 35 mm",
        category="film",
        place=places.MARINA_ROOMS,
        when=When(29, "18:00", "22:00", weekday=SATURDAY),
        short="Two features shot in the streets around the cinema, from real reels, with the projector in the room.",
        description="""\
Two features from the seventies, both shot within a mile of the building, shown from 35 mm with the projector in the
middle of the room. Between them a former camera assistant tells where they hid the crane.

The reels are fragile: if one tears, we mend it and go on.""",
        tags="35 mm, classic film, lagos",
        types=(TypePlan("Seat", 100, price="6000.00", sold=12),),
    ),
    EventPlan(
        title="Documentary Club: Rivers",
        category="film",
        place=places.PIER_NINE,
        when=When(44, "19:00", "21:30", weekday=THURSDAY),
        short="Three films about rivers and the people who argue over them.",
        description="""\
Our new series begins with three films about rivers. *Line-up to be confirmed; the second film still waits for its
subtitles.*""",
        tags="documentary, rivers",
        is_draft=True,
        types=(TypePlan("Seat", 100, price="14.00"),),
    ),
    EventPlan(
        title="Sunday Matinee for Small People",
        category="film",
        place=places.RIDGE_HALL,
        when=When(5, "11:00", "12:15", weekday=SUNDAY),
        short="Six animated films without a single word, with the lights half up and crawling allowed.",
        description="""\
Forty-five minutes of animated films without words, for people from two to six and whoever carries them. The lights stay
half up, the sound stays low, and nobody minds noise.

Prams park inside. Tickets are for knees as well: everybody who breathes needs one, but the small ones are free.""",
        tags="children, animation, matinee",
        types=(
            TypePlan("Grown-up", 50, price="30.00", sold=8),
            TypePlan("Small person", 60, price="0", sold=10, most=4),
        ),
    ),
)
