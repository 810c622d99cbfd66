"""How `fields` stands in the description: which fields an operation has, and that commas part them."""

from typing import Any


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
