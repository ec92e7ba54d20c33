"""The picture of an event as its organizer chooses it: a file, and which part of it is shown."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import IntegerRangeField
from wtforms.validators import NumberRange

from easyticket.http.files import read_upload
from easyticket.rules.covers import LEAST_ZOOM, MOST_ZOOM, Cut
from easyticket.rules.pictures import MOST_BYTES
from easyticket.services.images import Upload
from easyticket.web.forms.fields import Form

_PERCENT = [NumberRange(0, 100, message="Choose from 0 to 100.")]


class CoverForm(Form):
    """A file, or none to keep the picture there is, and the cut in percents."""

    picture = FileField("Picture")
    across = IntegerRangeField("From left to right", _PERCENT, default=50)
    down = IntegerRangeField("From top to bottom", _PERCENT, default=50)
    zoom = IntegerRangeField(
        "How close",
        [NumberRange(LEAST_ZOOM, MOST_ZOOM, message=f"Choose from {LEAST_ZOOM} to {MOST_ZOOM}.")],
        default=LEAST_ZOOM,
    )

    def upload(self) -> Upload | None:
        """Return the file that was chosen, or None; too much of it is read to be taken, and no more."""
        file = self.picture.data
        return read_upload(file, MOST_BYTES) if file else None

    def cut(self) -> Cut:
        """Return which part was chosen."""
        return Cut(across=self.across.data or 0, down=self.down.data or 0, zoom=self.zoom.data or LEAST_ZOOM)
