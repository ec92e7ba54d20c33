"""What the pages of the API's documents show of it to a browser that runs no scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def operations_by_tag(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tags of an OpenAPI document in their order, each with `operations` of `method`, `path`, `summary`."""
    groups: dict[str, list[dict[str, str]]] = {tag["name"]: [] for tag in document.get("tags", ())}
    for tag, operation in _operations(document):
        groups[tag].append(operation)
    return [{"name": name, "operations": operations} for name, operations in groups.items()]


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "tags" in operation:  # what is no operation holds for all of the path
                shown = {"method": method.upper(), "path": path, "summary": operation["summary"]}
                yield operation["tags"][0], shown
