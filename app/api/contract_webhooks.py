"""The events of webhooks in the contract: one of each type, with what is sent and what may be answered."""

from typing import Any

from pydantic import BaseModel

from app.models.change_kinds import CHANGE_KINDS, href
from app.models.webhooks import TEST_EVENT, ChangeEvent, WebhookTestEvent

_SCHEMAS: tuple[type[BaseModel], ...] = (ChangeEvent, WebhookTestEvent)
_HEADERS = {
    "webhook-id": ("Identifier of the event, the same at each try: act on each once.", "uuid"),
    "webhook-timestamp": (
        "When this try was sent, Unix time in seconds. Refuse one over 5 minutes old.",
        "",
    ),
    "webhook-signature": (
        "`v1,` and base64 of HMAC-SHA256 over id, timestamp and body with dots between; two, with a space "
        "between, while a secret is being replaced.",
        "",
    ),
}
_ID = "0197f6a0-5c21-7b66-9e01-1a2b3c4d5e44"
_PERIOD = "0197f6a0-5e43-7d88-9a23-3c4d5e6f6a66"
_PLAN = "0197f6a0-5a02-7c3e-8a77-0d3a1f2b4c22"
_REGISTER = "0197f6a0-5f54-7e99-8b34-4d5e6f7a7b77"
_DATED = ("added", "updated", "withdrawn", "reinstated", "assessed", "accepted", "materialised")
_MOVED = ("closed", "reopened")
_OF_REGISTER = ("register", "matrix", "risk", "control", "management_action")
_OF_NONE = ("area", "person")
_TITLES = {
    "action": ("2.5", "Survey of parents and carers"),
    "risk": ("1", "Too few educational psychologists"),
    "plan": ("PAP", "SEND priority action plan"),
    "priority": ("PAP 2", "Information and communication"),
    "period": ("2024-Q2", "April to June 2024"),
    "person": (None, "Joint commissioning lead"),
    "register": ("RR", "Risk register"),
}


def add_to(found: dict[str, Any]) -> None:
    """Add the events, and what they share, to the description."""
    components = found["components"]
    for model in _SCHEMAS:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        components["schemas"] |= schema.pop("$defs", {})
        components["schemas"][model.__name__] = schema
    components.setdefault("parameters", {}).update({_name(header): _parameter(header) for header in _HEADERS})
    found["webhooks"] = {kind.event_type: _of_kind(*kind) for kind in CHANGE_KINDS} | {TEST_EVENT: _test()}


def _name(header: str) -> str:
    return header.title().replace("-", "")


def _parameter(header: str) -> dict[str, Any]:
    text, form = _HEADERS[header]
    schema = {"type": "string", **({"format": form} if form else {})}
    return {"name": header, "in": "header", "required": True, "description": text, "schema": schema}


def _of_kind(noun: str, operation: str, meaning: str) -> dict[str, Any]:
    event_type = f"{noun}.{operation}"
    return _event(event_type, meaning, "ChangeEvent", _example(noun, operation))


def _test() -> dict[str, Any]:
    data = {"webhook_id": "0197f6a0-6065-7faa-9c45-5e6f7a8b8c88"}
    example = {"type": TEST_EVENT, "timestamp": "2024-07-01T08:30:00Z", "data": data}
    return _event(TEST_EVENT, "An administrator tries the webhook.", "WebhookTestEvent", example)


def _event(event_type: str, meaning: str, schema: str, example: dict[str, Any]) -> dict[str, Any]:
    shape = {
        "allOf": [
            {"$ref": f"#/components/schemas/{schema}"},
            {"type": "object", "properties": {"type": {"const": event_type}}},
        ]
    }
    return {
        "post": {
            "operationId": f"event_{event_type.replace('.', '_')}",
            "summary": event_type,
            "description": meaning,
            "tags": ["webhooks"],
            "security": [],
            "parameters": [{"$ref": f"#/components/parameters/{_name(header)}"} for header in _HEADERS],
            "requestBody": {
                "required": True,
                "description": "What is signed, to the byte.",
                "content": {"application/json": {"schema": shape, "example": example}},
            },
            "responses": {
                "2XX": {"description": "The receiver has it. Answer within 15 seconds, then work on it."},
                "410": {"description": "The receiver wants no more events: the webhook is disabled."},
                "429": {"description": "Too busy: `Retry-After` is kept to, up to a day."},
                "default": {"description": "Tried ten times over three days. No redirect is followed."},
            },
        }
    }


def _example(noun: str, operation: str) -> dict[str, Any]:
    ref, title = _TITLES.get(noun, (None, None))
    is_dated = operation in _DATED + _MOVED
    data = {
        "sequence": 1407,
        "noun": noun,
        "id": _ID,
        "operation": operation,
        "ref": ref,
        "title": title,
        "plan_id": None if noun in _OF_NONE else _PLAN,
        "register_id": _REGISTER if noun in _OF_REGISTER else None,
        "effective_on": "2024-06-30" if is_dated else None,
        "reason": "Agreed by the board" if is_dated else None,
        "href": href(noun, _ID, after={"subject_noun": "risk"}, period_id=_PERIOD),
    }
    return {"type": f"{noun}.{operation}", "timestamp": "2024-07-01T08:30:00Z", "data": data}
