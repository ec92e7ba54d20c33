"""Demo events: food and drink."""

from __future__ import annotations

from easyticket.models import PricingType
from easyticket.services.demo import places
from easyticket.services.demo.plans import (
    SATURDAY,
    SUNDAY,
    EventPlan,
    Troubles,
    TypePlan,
    When,
    all_days,
    day_pass,
)

EVENTS = (
    EventPlan(
        title="Waakye & Friends: A Street Food Saturday",
        category="food-drink",
        place=places.LANTERN_SQUARE,
        when=When(4, "11:00", "19:00", weekday=SATURDAY),
        short="Twenty-two cooks, eleven kinds of pepper, and one question: whose waakye?",
        description="""\
Twenty-two cooks set up around the square from **11:00**. Your ticket comes with three tasting tokens; more are sold at
the gate. At **16:00** the blindfolded jury, three grandmothers and a taxi driver, say whose waakye it is this year.

There is shade, there is water, there is a corner for small children. Most stalls have something without meat, and the
board at each stall says what is in it.""",
        tags="street food, waakye, family",
        is_featured=True,
        types=(
            TypePlan("Taster", 160, price="30.00", sold=20, benefits="Three tasting tokens"),
            TypePlan(
                "Family table", 12, price="110.00", sold=10, benefits="Table for five\nTwelve tokens", most=2
            ),
        ),
        troubles=Troubles(cancelled=1),
    ),
    EventPlan(
        title="Jollof Without Borders",
        category="food-drink",
        place=places.MARINA_ROOMS,
        when=When(33, "12:00", "20:00", weekday=SATURDAY, more_days=1),
        short="Six countries, six pots, no winner. Two days of tasting and friendly argument.",
        description="""\
Cooks from six countries bring their own rice, their own pot and their own opinion. There is no competition, on purpose:
you get a card, you eat, you write down what you liked, and the cards go on the wall.

On Sunday afternoon the cooks swap recipes and cook each other's. That is worth staying for.""",
        tags="jollof, tasting, cooking",
        pricing=PricingType.DAY_BASED,
        types=(
            TypePlan(
                "Tasting card",
                200,
                offers=(
                    day_pass(1, "Saturday", "9000.00", 80, sold=8),
                    day_pass(2, "Sunday", "9000.00", 80, sold=5),
                    all_days("Weekend", "15000.00", 40, sold=8),
                ),
            ),
        ),
    ),
    EventPlan(
        title="Bread, Brine and Patience: A Fermentation Class",
        category="food-drink",
        place=places.ALTE_MOLKEREI,
        when=When(16, "10:00", "15:00", weekday=SUNDAY),
        short="Sourdough, kraut and a jar of something wild to take home. Sixteen places.",
        description="""\
Five hours with your hands in dough and cabbage. You bake one loaf, fill two jars and learn what the bubbles want from
you. Everything is there: flour, jars, aprons, coffee. You leave with a starter that needs a name.

Taught in English with German asides. Vegan from beginning to end.""",
        tags="fermentation, sourdough, class, vegan",
        is_second=True,
        types=(TypePlan("Place", 16, price="65.00", sold=14, most=2),),
        troubles=Troubles(refunded=1),
        refund_policy="Full refund until five days before. We shop on the fourth.",
    ),
    EventPlan(
        title="Supper Club on the Pier",
        category="food-drink",
        place=places.PIER_NINE,
        when=When(21, "19:00", "22:30", weekday=SATURDAY),
        short="Sixteen strangers, five courses, one tablecloth.",
        description="""\
One table for sixteen along the length of the hall, five courses from what the boats bring in that morning, and a rule:
nobody sits beside the person they came with until the fish.

Tell us about allergies when you book. Wine is included, and so is a very good ginger thing for those who do not drink.""",
        tags="supper club, seafood, dinner",
        types=(TypePlan("Seat", 16, price="95.00", sold=16, most=4),),
        age=21,
        troubles=Troubles(expired=1),
    ),
)
