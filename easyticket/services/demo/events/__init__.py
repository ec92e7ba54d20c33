"""The events of the demo, one file per category. Everybody and everything in them is invented."""

from __future__ import annotations

from easyticket.services.demo.events import (
    arts,
    business,
    comedy,
    community,
    film,
    food,
    music,
    outdoors,
    sports,
    workshops,
)
from easyticket.services.demo.plans import EventPlan

EVENTS: tuple[EventPlan, ...] = (
    *music.EVENTS,
    *sports.EVENTS,
    *arts.EVENTS,
    *business.EVENTS,
    *food.EVENTS,
    *comedy.EVENTS,
    *workshops.EVENTS,
    *community.EVENTS,
    *film.EVENTS,
    *outdoors.EVENTS,
)
