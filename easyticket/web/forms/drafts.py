"""Forms whose typing is kept before it is saved: when their page was made, what stands in them, and how it comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from easyticket.core import clock
from easyticket.models import EventDraft
from easyticket.web.forms.fields import Form

_LONG_AGO = datetime.fromtimestamp(0, UTC)
_NOT_KEPT = ("csrf_token", "opened_at")


class OpenedAtField(HiddenField):
    """When the page with the form was made: the page that is made now says now, whatever the last one said."""

    @property
    def moment(self) -> datetime:
        """Return what the page said about itself; long ago where it said no moment."""
        try:
            moment = datetime.fromisoformat(self.data or "")
        except ValueError:
            return _LONG_AGO
        return moment if moment.tzinfo else _LONG_AGO

    def _value(self) -> str:
        return clock.now().isoformat()


class KeptForm(Form):
    """A form that can be left and gone on with."""

    opened_at = OpenedAtField()

    @classmethod
    def gone_on_with(cls, draft: EventDraft | None, **given: Any) -> Self:
        """Return the form as it was left, or as it is given where nothing was kept."""
        return cls(**given) if draft is None else cls(MultiDict(draft.fields), **given)

    def typed(self) -> dict[str, str]:
        """Return what stands in the form as it was sent, right or wrong."""
        return {
            field.name: field.raw_data[0]
            for field in self
            if field.name not in _NOT_KEPT and field.raw_data and isinstance(field.raw_data[0], str)
        }
