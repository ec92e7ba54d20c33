"""What an organizer types to copy an event: what the copy is called and when it begins."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired

from easyticket.models import Event
from easyticket.web.forms.checks import required
from easyticket.web.forms.moments import HasMoments, MomentField


class CopyForm(HasMoments):
    """The title and the beginning of a copy, by the clocks at the event's venue."""

    title = StringField("Title", required("Give the event a title.", 255))
    start_at = MomentField("Begins", [InputRequired("Say when it begins.")])

    event: Event

    def copy_of(self, event: Event) -> None:
        """Say which event is copied, before anything is checked."""
        self.event = event

    def validate_start_at(self, field: MomentField) -> None:
        """Refuse a time that clocks skip."""
        self.validate_moment(field, self.event.time_zone)
