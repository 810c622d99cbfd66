"""Fields in the description: which of them `fields` may name, and which of them no change can clear."""

from typing import Any

# Whose answers call them otherwise, or are null where they were not stated.
_NEVER_CLEARED = {
    "ActionUpdate": ("co_lead_ids",),
    "RiskUpdate": ("strategic_lead_ids",),
    "UpdateCreate": ("status", "points", "depends_on"),
}


def keep_from_null(schemas: dict[str, Any]) -> None:
    """Take null from the fields of a change that cannot be cleared: those that its record always has.

    In the models they may be null, which is how they are left out; services refuse a null that was sent.
    """
    for name, schema in schemas.items():
        read = schemas.get(name.removesuffix("Update") + "Read", {}).get("properties", {})
        for field, shape in schema.get("properties", {}).items():
            always = name.endswith("Update") and field in read and not _nullable(read[field])
            if _nullable(shape) and (always or field in _NEVER_CLEARED.get(name, ())):
                kept = [one for one in shape.pop("anyOf") if one.get("type") != "null"]
                shape |= kept[0] if len(kept) == 1 else {"anyOf": kept}
                shape.pop("default", None)


def _nullable(shape: dict[str, Any]) -> bool:
    return any(one.get("type") == "null" for one in shape.get("anyOf", ()))


def add_to(document: dict[str, Any]) -> None:
    """Name the fields of each answer in its parameter `fields`: a list without spaces, parted by commas."""
    schemas = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter.get("name") == "fields" and parameter["in"] == "query":
                    parameter |= {"style": "form", "explode": False}
                    names = _names(schemas, operation)
                    parameter["schema"] = {
                        "type": "array",
                        "items": {"type": "string", "enum": names},
                        "minItems": 1,
                        "uniqueItems": True,
                    }


def _names(schemas: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    content = operation["responses"]["200"]["content"]["application/json"]
    properties = _schema(schemas, content["schema"])["properties"]
    if {"items", "next"} <= properties.keys():
        properties = _schema(schemas, properties["items"]["items"])["properties"]
    return list(properties)


def _schema(schemas: dict[str, Any], reference: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = schemas[reference["$ref"].rpartition("/")[2]]
    return found
