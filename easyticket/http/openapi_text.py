"""The OpenAPI document of a surface as text, JSON or YAML, written once for each application: it changes with the code alone."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import yaml

from easyticket.http.openapi import JsonApi

_ORDER = ("openapi", "info", "tags", "paths", "components")


@lru_cache(maxsize=2)
def as_json(api: JsonApi) -> str:
    """Return the document as indented JSON, what it is about first, with a newline at its end."""
    document = api.spec.to_dict()
    ordered = {key: document[key] for key in (*_ORDER, *sorted(document.keys() - set(_ORDER)))}
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


@lru_cache(maxsize=2)
def as_yaml(api: JsonApi) -> str:
    """Return the same document as YAML."""
    document = json.loads(as_json(api))
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes everything out where it stands: anchors for what occurs twice are read by few tools and fewer people."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
