"""Links of the description: what can be asked for with the id of a record that was just added."""

from typing import Any

_PREFIX = "/api/v1/"


def add_to(document: dict[str, Any]) -> None:
    """Link each answer 201 that holds a record to every operation on it: reading it, changing it, its parts.

    A record's address is the last noun of the address that it was added to, and its id.
    """
    schemas = document["components"]["schemas"]
    found = _by_noun(document["paths"])
    for path, methods in document["paths"].items():
        answer = methods.get("post", {}).get("responses", {}).get("201")
        linked = found.get(path.rpartition("/")[2], ())
        if answer is None or not linked:
            continue
        content = answer["content"]["application/json"]["schema"]
        if "id" in schemas[content["$ref"].rpartition("/")[2]]["properties"]:
            answer["links"] = {operation["operationId"]: _link(operation, name) for name, operation in linked}


def _by_noun(paths: dict[str, Any]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """The operations whose address has one id alone, that of a record, by the record's noun."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for path, methods in paths.items():
        noun, _, rest = path.removeprefix(_PREFIX).partition("/{")
        name, _, parts = rest.partition("}")
        if name.endswith("_id") and "{" not in parts:
            found.setdefault(noun, []).extend((name, operation) for operation in methods.values())
    return found


def _link(operation: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "operationId": operation["operationId"],
        "parameters": {name: "$response.body#/id"},
        "description": f"{operation['summary']}: with the `id` of this answer.",
    }
