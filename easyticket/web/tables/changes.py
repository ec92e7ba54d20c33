"""The columns of the log of changes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from easyticket.documents.tables import Columns
from easyticket.queries.changes import ChangeEntry
from easyticket.rules.change_wording import Difference
from easyticket.rules.permissions import Actor
from easyticket.web.views.changes import differences_in, sentence_in, who_text


def change_columns(reader: Actor, zone: str) -> Columns[ChangeEntry]:
    """Return the columns as `reader` may read them; times are in `zone`."""
    return (
        ("When", lambda entry: entry.change.changed_at.astimezone(ZoneInfo(zone))),
        ("Who", lambda entry: who_text(entry, reader)),
        ("What", lambda entry: sentence_in(entry)),
        ("Event", lambda entry: entry.event.title if entry.event else ""),
        ("Order", lambda entry: entry.order.number if entry.order else ""),
        ("Before and after", lambda entry: "; ".join(map(_difference_text, differences_in(entry)))),
    )


def _difference_text(difference: Difference) -> str:
    if difference.before is None:
        return f"{difference.label}: {difference.after}"
    return f"{difference.label}: {difference.before} → {difference.after}"
