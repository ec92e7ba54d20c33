"""The ten categories of the demo; icons are names of the react-icons/fa set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """One category."""

    slug: str
    name: str
    icon: str
    description: str


CATEGORIES = (
    CategoryPlan("music", "Music", "FaMusic", "Concerts, live sessions and nights out."),
    CategoryPlan("sports", "Sports", "FaFootballBall", "Matches, tournaments and games to watch or to play."),
    CategoryPlan(
        "arts-theatre", "Arts & Theatre", "FaPaintBrush", "Exhibitions, plays, spoken word and open studios."
    ),
    CategoryPlan(
        "business-tech", "Business & Tech", "FaBriefcase", "Conferences, meetups and breakfasts with a point."
    ),
    CategoryPlan("food-drink", "Food & Drink", "FaUtensils", "Markets, tastings and tables for strangers."),
    CategoryPlan("comedy", "Comedy", "FaLaugh", "Stand-up, improv and open stages."),
    CategoryPlan(
        "workshops", "Workshops", "FaGraduationCap", "Learn something with your hands or your head."
    ),
    CategoryPlan(
        "community", "Festivals & Community", "FaCalendarAlt", "Street festivals, markets and neighbours."
    ),
    CategoryPlan("film", "Film", "FaFilm", "Screenings, short films and talks after the credits."),
    CategoryPlan(
        "running-outdoors", "Running & Outdoors", "FaRunning", "Road races, trails and rides for every pace."
    ),
)
