"""Times at a venue: fields for what its clocks show, and forms that refuse times which they skip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField
from wtforms.validators import ValidationError

from easyticket.rules.event_fields import known_zones, moment_of
from easyticket.web.forms.fields import Form


class MomentField(DateTimeLocalField):
    """Date and time as the clocks at the venue show them; the form's `time_zone` says where that is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs})

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed, in words of our own where it is no time."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Enter a date and a time.") from None

    def moment(self, zone: str) -> datetime | None:
        """Return the UTC moment that was typed."""
        return moment_of(self.data, zone) if self.data else None

    def moment_or_kept(self, zone: str, stored: datetime | None) -> datetime | None:
        """Return the UTC moment that was typed; one that reads as the stored one did is that one, seconds included."""
        moment = self.moment(zone)
        is_as_shown = stored is not None and moment == stored.replace(second=0, microsecond=0)
        return stored if is_as_shown else moment


class HasMoments(Form):
    """A form with times at a venue: those that clocks there skip are refused."""

    def validate_moment(self, field: MomentField, zone: str) -> None:
        """Refuse a time that does not exist in the zone."""
        check_moment(field, zone)


def check_moment(field: MomentField, zone: str) -> None:
    """Refuse a time that does not exist in the zone.

    :raises ValidationError: with a sentence that says why.
    """
    if field.data is None or zone not in known_zones():
        return
    try:
        moment_of(field.data, zone)
    except OverflowError:
        raise ValidationError("This date is too far away.") from None
    except ValueError as fault:
        raise ValidationError(str(fault)) from None


def check_window(starts: MomentField, ends: MomentField, zone: str) -> None:
    """Refuse, at its end, a sale that ends in an hour clocks skip, or before it begins.

    :raises ValidationError: with a sentence that says why.
    """
    check_moment(ends, zone)
    if ends.data and starts.data and ends.data <= starts.data:
        raise ValidationError("The sale ends before it begins.")
