"""What a surface's OpenAPI document says of its operations, and what it fails to say: clients are generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

#: (method, path), the parts of a path that vary in braces.
Operation = tuple[str, str]
METHODS = ("get", "post", "put", "patch", "delete")


def described_operations(document: dict[str, Any]) -> dict[Operation, dict[str, Any]]:
    """Return everything the document describes, by operation."""
    return {
        (method.upper(), path): said
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method in METHODS
    }


def missing_words(said: dict[str, Any]) -> list[str]:
    """Return which of its words an operation lacks: what it does, in short and at length, and who may."""
    return [part for part in ("summary", "description", "security") if not said.get(part)]


def unnamed_statuses(operation: Operation, said: dict[str, Any], *, unlimited: str = " ") -> set[str]:
    """Return the statuses that follow from what an operation takes and that it does not name; `unlimited` has no 429."""
    expected = {"429", "500"} - ({"429"} if operation[1].startswith(unlimited) else set())
    expected |= {"404"} if "{" in operation[1] else set()
    expected |= {"400", "413"} if "requestBody" in said else set()
    expected |= {"401"} if {} not in said["security"] else set()
    named = set(said["responses"])
    return (expected - named) | (set() if any(status[0] in "23" for status in named) else {"2xx"})


def contents_without_example(document: dict[str, Any], said: dict[str, Any]) -> set[str]:
    """Return which of what an operation takes (`body`) and gives (by status) is shown by no example."""
    return {
        name
        for name, content in _contents(document, said)
        if not _examples(content) and not _is_all_files(content["schema"])
    }


def example_faults(document: dict[str, Any], said: dict[str, Any]) -> list[str]:
    """Return where examples of an operation are not what its schemas say."""
    return [
        f"{name} {error.json_path}: {error.message}"
        for name, content in _contents(document, said)
        for example in _examples(content)
        for error in OAS30Validator(
            {**_without_files(content["schema"]), "components": document["components"]},
            format_checker=oas30_format_checker,
        ).iter_errors(example)
    ]


def _contents(document: dict[str, Any], said: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every content an operation takes or gives, named `body` or by its status; of files there is nothing to show."""
    bodies = {"body": said.get("requestBody", {})} | {
        status: _in_full(document, response) for status, response in said["responses"].items()
    }
    for name, body in bodies.items():
        for content in body.get("content", {}).values():
            if not _is_file(content["schema"]):
                yield name, content


def _is_file(schema: dict[str, Any]) -> bool:
    return "binary" in (schema.get("format"), schema.get("items", {}).get("format"))


def _is_all_files(schema: dict[str, Any]) -> bool:
    return all(map(_is_file, schema.get("properties", {"": schema}).values()))


def _without_files(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a form as an example has to be, which holds no files, the needed ones neither."""
    files = {name for name, part in schema.get("properties", {}).items() if _is_file(part)}
    needed = [name for name in schema.get("required", ()) if name not in files]
    bare = {key: value for key, value in schema.items() if key != "required"}
    return bare | ({"required": needed} if needed else {})


def _in_full(document: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").rpartition("/")[2]
    return document["components"]["responses"][name] if name else response  # type: ignore[no-any-return]


def _examples(content: dict[str, Any]) -> list[Any]:
    named = [example["value"] for example in content.get("examples", {}).values()]
    return [*named, content["example"]] if "example" in content else named
