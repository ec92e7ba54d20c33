"""Whole numbers in a path: those that can be the number of a row. A larger one is an address that nothing is at."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

# What a column for numbers holds at most, on both databases.
_LARGEST = 2**63 - 1


class _Number(IntegerConverter):
    """As Werkzeug's own, with an end."""

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number > _LARGEST:
            raise ValidationError
        return number


def init_numbers(app: Flask) -> None:
    """Have `<int:…>` in every path know how large a number can be."""
    app.url_map.converters["int"] = _Number
