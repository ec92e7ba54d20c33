"""What a list is sorted by, as clients write it (`-start_date,title`), for the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from easyticket.db import Base

Columns = Mapping[str, InstrumentedAttribute[Any] | sa.ColumnElement[Any]]


def sorted_by(
    wanted: str, columns: Columns, *, default: str, model: type[Base], empty_last: Collection[str] = ()
) -> tuple[Any, ...]:
    """Return what to sort by for the names in `wanted`, each with `-` before it for the largest first.

    Names that are not known are ignored, and `default` counts when none is left. The row's number comes last, in the
    direction of the name before it, so that pages never overlap and an index can be read either way. `empty_last` names
    the columns that may be empty; those rows come last both ways.
    """
    keys = _known(wanted, columns) or _known(default, columns)
    found = [_directed(columns[name], is_descending) for name, is_descending in keys.items()]
    found = [
        sa.nulls_last(each) if name in empty_last else each for name, each in zip(keys, found, strict=True)
    ]
    return *found, _directed(model.id, list(keys.values())[-1])


def _known(wanted: str, columns: Columns) -> dict[str, bool]:
    """Return the known names in their order, each once, with whether it is turned round."""
    keys: dict[str, bool] = {}
    for key in wanted.split(","):
        name = key.strip().removeprefix("-")
        if name in columns:
            keys.setdefault(name, key.strip().startswith("-"))
    return keys


def _directed(column: InstrumentedAttribute[Any] | sa.ColumnElement[Any], is_descending: bool) -> Any:
    return column.desc() if is_descending else column.asc()
