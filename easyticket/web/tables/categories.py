"""The columns of the list of categories."""

from __future__ import annotations

from easyticket.documents.tables import Columns
from easyticket.queries.categories import CategoryCount

CATEGORY_COLUMNS: Columns[CategoryCount] = (
    ("Name", lambda counted: counted.category.name),
    ("Address", lambda counted: counted.category.slug),
    ("Description", lambda counted: counted.category.description),
    ("State", lambda counted: "On" if counted.category.is_active else "Switched off"),
    ("Published events", lambda counted: counted.published),
    ("Still to come", lambda counted: counted.current),
)
