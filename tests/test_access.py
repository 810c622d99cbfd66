"""Who may do what: every route has a stated rule, and is asked for by everybody, here and in another area.

Programs: no token, a bad, an expired and a revoked one, the three scopes. People: nobody, the four roles and
a stranger from another area. A route that is not in ``RULES`` fails the test: say there who may use it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from app.access.roles import Operation, Role
from app.api.deps import Allow
from app.api.examples import REQUESTS
from app.web.deps import visit
from tests import doors
from tests.databases import KINDS, open_copy
from tests.doors import API, NOBODY, Program

# --- The rules --------------------------------------------------------------------------------------------

READ, CONTRIBUTE, EDIT, MATRIX = Operation.read, Operation.contribute, Operation.edit, Operation.set_matrix
WEBHOOKS = Operation.manage_webhooks
SCHEDULES = Operation.manage_schedules
ADMINISTER = Operation.administer
PUBLIC, SIGNED_IN = "public", "signed in"

RULES: dict[str, str] = {
    # For machines, and for signing in.
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    # By a token of its own; nobody may while none is set (tests/api/test_metrics.py).
    "GET /metrics": PUBLIC,
    "POST /oauth/token": PUBLIC,
    # The API.
    "GET /api/v1/areas": READ,
    "GET /api/v1/areas/{area_id}": READ,
    "GET /api/v1/people": READ,
    "POST /api/v1/people": EDIT,
    "GET /api/v1/people/{person_id}": READ,
    "PATCH /api/v1/people/{person_id}": EDIT,
    "GET /api/v1/plans": READ,
    "POST /api/v1/plans": EDIT,
    "GET /api/v1/plans/{plan_id}": READ,
    "PATCH /api/v1/plans/{plan_id}": EDIT,
    "DELETE /api/v1/plans/{plan_id}": EDIT,
    "GET /api/v1/plans/{plan_id}/progress": READ,
    "GET /api/v1/plans/{plan_id}/progress/history": READ,
    "GET /api/v1/plans/{plan_id}/comparison": READ,
    "GET /api/v1/plans/{plan_id}/cadence": READ,
    "PUT /api/v1/plans/{plan_id}/cadence": EDIT,
    "GET /api/v1/plans/{plan_id}/periods": READ,
    "POST /api/v1/plans/{plan_id}/periods": EDIT,
    "GET /api/v1/periods/{period_id}": READ,
    "PATCH /api/v1/periods/{period_id}": EDIT,
    "DELETE /api/v1/periods/{period_id}": EDIT,
    "GET /api/v1/periods/{period_id}/commentaries": READ,
    "PUT /api/v1/periods/{period_id}/commentary": EDIT,
    "PUT /api/v1/periods/{period_id}/priorities/{priority_id}/commentary": EDIT,
    "POST /api/v1/periods/{period_id}/publication": EDIT,
    "GET /api/v1/periods/{period_id}/report.json": READ,
    "GET /api/v1/periods/{period_id}/report.html": READ,
    "GET /api/v1/periods/{period_id}/report.pdf": READ,
    "GET /api/v1/periods/{period_id}/report.docx": READ,
    "GET /api/v1/periods/{period_id}/report.xlsx": READ,
    "GET /api/v1/plans/{plan_id}/report.json": READ,
    "GET /api/v1/plans/{plan_id}/report.html": READ,
    "GET /api/v1/plans/{plan_id}/report.pdf": READ,
    "GET /api/v1/plans/{plan_id}/report.docx": READ,
    "GET /api/v1/plans/{plan_id}/report.xlsx": READ,
    "GET /api/v1/periods/{period_id}/differences": READ,
    "GET /api/v1/periods/{period_id}/replay": READ,
    "GET /api/v1/periods/{period_id}/errata": READ,
    "POST /api/v1/periods/{period_id}/errata": EDIT,
    "GET /api/v1/plans/{plan_id}/priorities": READ,
    "POST /api/v1/plans/{plan_id}/priorities": EDIT,
    "GET /api/v1/priorities/{priority_id}": READ,
    "PATCH /api/v1/priorities/{priority_id}": EDIT,
    "DELETE /api/v1/priorities/{priority_id}": EDIT,
    "GET /api/v1/plans/{plan_id}/actions": READ,
    "POST /api/v1/plans/{plan_id}/actions": EDIT,
    "GET /api/v1/actions/{action_id}": READ,
    "PATCH /api/v1/actions/{action_id}": EDIT,
    "GET /api/v1/actions/{action_id}/updates": READ,
    "POST /api/v1/actions/{action_id}/updates": CONTRIBUTE,
    "POST /api/v1/actions/{action_id}/withdrawal": EDIT,
    "POST /api/v1/actions/{action_id}/reinstatement": EDIT,
    "GET /api/v1/plans/{plan_id}/priorities/by-ref/{ref}": READ,
    "PUT /api/v1/plans/{plan_id}/priorities/by-ref/{ref}": EDIT,
    "GET /api/v1/plans/{plan_id}/actions/by-ref/{ref}": READ,
    "PUT /api/v1/plans/{plan_id}/actions/by-ref/{ref}": EDIT,
    "GET /api/v1/registers/{register_id}/risks/by-ref/{ref}": READ,
    "PUT /api/v1/registers/{register_id}/risks/by-ref/{ref}": EDIT,
    "POST /api/v1/bulk": EDIT,
    "GET /api/v1/registers": READ,
    "POST /api/v1/registers": EDIT,
    "GET /api/v1/registers/{register_id}": READ,
    "PATCH /api/v1/registers/{register_id}": EDIT,
    "GET /api/v1/registers/{register_id}/heat-map": READ,
    "GET /api/v1/registers/{register_id}/matrix": READ,
    "POST /api/v1/registers/{register_id}/matrix": MATRIX,
    "GET /api/v1/registers/{register_id}/risks": READ,
    "POST /api/v1/registers/{register_id}/risks": EDIT,
    "GET /api/v1/risks/{risk_id}": READ,
    "PATCH /api/v1/risks/{risk_id}": EDIT,
    "GET /api/v1/risks/{risk_id}/assessments": READ,
    "POST /api/v1/risks/{risk_id}/assessments": CONTRIBUTE,
    "POST /api/v1/risks/{risk_id}/acceptance": EDIT,
    "POST /api/v1/risks/{risk_id}/materialisation": EDIT,
    "POST /api/v1/risks/{risk_id}/closure": EDIT,
    "POST /api/v1/risks/{risk_id}/reopening": EDIT,
    "GET /api/v1/risks/{risk_id}/controls": READ,
    "POST /api/v1/risks/{risk_id}/controls": EDIT,
    "GET /api/v1/controls/{control_id}": READ,
    "PATCH /api/v1/controls/{control_id}": EDIT,
    "GET /api/v1/risks/{risk_id}/management-actions": READ,
    "POST /api/v1/risks/{risk_id}/management-actions": EDIT,
    "GET /api/v1/management-actions/{management_action_id}": READ,
    "PATCH /api/v1/management-actions/{management_action_id}": EDIT,
    "GET /api/v1/management-actions/{management_action_id}/updates": READ,
    "POST /api/v1/management-actions/{management_action_id}/updates": EDIT,
    "GET /api/v1/data-quality": READ,
    "POST /api/v1/data-quality/acknowledgements": EDIT,
    "POST /api/v1/reconciliations": READ,
    "GET /api/v1/schedules": READ,
    "POST /api/v1/schedules": SCHEDULES,
    "GET /api/v1/schedules/{schedule_id}": READ,
    "PATCH /api/v1/schedules/{schedule_id}": SCHEDULES,
    "DELETE /api/v1/schedules/{schedule_id}": SCHEDULES,
    "POST /api/v1/schedules/{schedule_id}/pause": SCHEDULES,
    "POST /api/v1/schedules/{schedule_id}/resume": SCHEDULES,
    "GET /api/v1/schedules/{schedule_id}/preview": READ,
    "GET /api/v1/schedules/{schedule_id}/recipients": SCHEDULES,
    "POST /api/v1/schedules/{schedule_id}/recipients": SCHEDULES,
    "DELETE /api/v1/schedules/{schedule_id}/recipients/{recipient_id}": SCHEDULES,
    "GET /api/v1/schedules/{schedule_id}/runs": READ,
    "POST /api/v1/schedules/{schedule_id}/runs": SCHEDULES,
    "GET /api/v1/runs/{run_id}": READ,
    "GET /api/v1/runs/{run_id}/deliveries": SCHEDULES,
    "GET /api/v1/run-deliveries/{run_delivery_id}": SCHEDULES,
    "POST /api/v1/run-deliveries/{run_delivery_id}/resending": SCHEDULES,
    "GET /api/v1/webhooks": WEBHOOKS,
    "POST /api/v1/webhooks": WEBHOOKS,
    "GET /api/v1/webhooks/{webhook_id}": WEBHOOKS,
    "PATCH /api/v1/webhooks/{webhook_id}": WEBHOOKS,
    "DELETE /api/v1/webhooks/{webhook_id}": WEBHOOKS,
    "POST /api/v1/webhooks/{webhook_id}/secret": WEBHOOKS,
    "POST /api/v1/webhooks/{webhook_id}/test": WEBHOOKS,
    "GET /api/v1/webhooks/{webhook_id}/deliveries": WEBHOOKS,
    "GET /api/v1/webhook-deliveries/{delivery_id}": WEBHOOKS,
    "POST /api/v1/webhook-deliveries/{delivery_id}/redelivery": WEBHOOKS,
    "GET /api/v1/changes": READ,
    "GET /api/v1/plans/{plan_id}/export.json": READ,
    "GET /api/v1/plans/{plan_id}/export.zip": READ,
    # Pages.
    "GET /static/{digest}/{name}": PUBLIC,
    # Colours alone, as they stand in the address.
    "GET /looks/{digest}/{name}": PUBLIC,
    "GET /logos/{logo}": SIGNED_IN,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "GET /sign-in/code": PUBLIC,
    "GET /sign-in/with/{name}": PUBLIC,
    "GET /sign-in/callback": PUBLIC,
    "GET /sign-out/{name}": PUBLIC,
    "POST /sign-in/code": PUBLIC,
    "POST /sign-out": PUBLIC,
    "GET /set-password/{token}": PUBLIC,
    "POST /set-password/{token}": PUBLIC,
    "GET /accessibility": PUBLIC,
    "GET /privacy": PUBLIC,
    "GET /help": PUBLIC,
    # They describe the API and say nothing of an area: whoever writes a program reads them before signing in.
    "GET /help/{name}": PUBLIC,
    "GET /reference": PUBLIC,
    "GET /reference/openapi.json": PUBLIC,
    "GET /reference/problems": PUBLIC,
    "GET /reference/{name}": PUBLIC,
    "GET /": SIGNED_IN,
    "GET /account": SIGNED_IN,
    "POST /account/sessions": SIGNED_IN,
    "POST /drafts": SIGNED_IN,
    "POST /drafts/removal": SIGNED_IN,
    "GET /account/single-sign-on": SIGNED_IN,
    "POST /account/single-sign-on": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "GET /account/authenticator": SIGNED_IN,
    "POST /account/authenticator": SIGNED_IN,
    "GET /account/authenticator/remove": SIGNED_IN,
    "POST /account/authenticator/remove": SIGNED_IN,
    "GET /account/recovery-codes": SIGNED_IN,
    "POST /account/recovery-codes": SIGNED_IN,
    "GET /plans": SIGNED_IN,
    "GET /plans/{plan_id}": SIGNED_IN,
    "GET /plans/{plan_id}/timeline": SIGNED_IN,
    "GET /plans/{plan_id}/export.json": SIGNED_IN,
    "GET /plans/{plan_id}/export.zip": SIGNED_IN,
    "GET /reports": SIGNED_IN,
    "GET /periods/{period_id}/report": SIGNED_IN,
    "GET /plans/{plan_id}/report": SIGNED_IN,
    **{
        f"GET /{of}/report.{kind}": SIGNED_IN
        for of in ("periods/{period_id}", "plans/{plan_id}")
        for kind in ("html", "pdf", "docx", "xlsx", "json")
    },
    "GET /priorities/{priority_id}": SIGNED_IN,
    "GET /plans/new": EDIT,
    "POST /plans/new": EDIT,
    "GET /plans/{plan_id}/edit": EDIT,
    "POST /plans/{plan_id}/edit": EDIT,
    "GET /plans/{plan_id}/delete": EDIT,
    "POST /plans/{plan_id}/delete": EDIT,
    "GET /priorities/{priority_id}/delete": EDIT,
    "POST /priorities/{priority_id}/delete": EDIT,
    "GET /periods/{period_id}/delete": EDIT,
    "POST /periods/{period_id}/delete": EDIT,
    "GET /plans/{plan_id}/copy": EDIT,
    "POST /plans/{plan_id}/copy": EDIT,
    "GET /plans/{plan_id}/order": EDIT,
    "POST /plans/{plan_id}/order": EDIT,
    "GET /plans/{plan_id}/priorities/new": EDIT,
    "POST /plans/{plan_id}/priorities/new": EDIT,
    "GET /priorities/{priority_id}/edit": EDIT,
    "POST /priorities/{priority_id}/edit": EDIT,
    "GET /priorities/{priority_id}/order": EDIT,
    "POST /priorities/{priority_id}/order": EDIT,
    "GET /plans/{plan_id}/actions/new": EDIT,
    "POST /plans/{plan_id}/actions/new": EDIT,
    "GET /actions/{action_id}/edit": EDIT,
    "POST /actions/{action_id}/edit": EDIT,
    "GET /actions/{action_id}/copy": EDIT,
    "POST /actions/{action_id}/copy": EDIT,
    "GET /actions/{action_id}/dates": CONTRIBUTE,
    "POST /actions/{action_id}/dates": CONTRIBUTE,
    "GET /updates/{update_id}/correction": CONTRIBUTE,
    "POST /updates/{update_id}/correction": CONTRIBUTE,
    "GET /actions/{action_id}/points": EDIT,
    "POST /actions/{action_id}/points": EDIT,
    "GET /actions/{action_id}/withdrawal": EDIT,
    "POST /actions/{action_id}/withdrawal": EDIT,
    "GET /people": SIGNED_IN,
    "GET /people/new": EDIT,
    "POST /people/new": EDIT,
    "GET /people/{person_id}/edit": EDIT,
    "POST /people/{person_id}/edit": EDIT,
    "GET /reconcile": SIGNED_IN,
    "POST /reconcile": SIGNED_IN,
    "GET /actions/{action_id}": SIGNED_IN,
    "GET /actions/{action_id}/update": CONTRIBUTE,
    "POST /actions/{action_id}/update": CONTRIBUTE,
    "GET /changes": SIGNED_IN,
    "GET /my-actions": SIGNED_IN,
    "GET /my-priority": SIGNED_IN,
    "GET /briefing": SIGNED_IN,
    # Which actions: those that are named and the visitor's own.
    "GET /updates": SIGNED_IN,
    "POST /updates": SIGNED_IN,
    "GET /plans/{plan_id}/updates": SIGNED_IN,
    "GET /search": SIGNED_IN,
    "GET /views": SIGNED_IN,
    "GET /views/new": SIGNED_IN,
    "POST /views/new": SIGNED_IN,
    "GET /views/edit": SIGNED_IN,
    "POST /views/edit": SIGNED_IN,
    "GET /views/remove": SIGNED_IN,
    "POST /views/remove": SIGNED_IN,
    "GET /data-quality": SIGNED_IN,
    "GET /plans/{plan_id}/cadence": EDIT,
    "POST /plans/{plan_id}/cadence": EDIT,
    "GET /periods": SIGNED_IN,
    "GET /plans/{plan_id}/periods/new": EDIT,
    "POST /plans/{plan_id}/periods/new": EDIT,
    "GET /periods/{period_id}": SIGNED_IN,
    "GET /periods/{period_id}/edit": EDIT,
    "POST /periods/{period_id}/edit": EDIT,
    "POST /periods/{period_id}/state": EDIT,
    "GET /periods/{period_id}/publication": EDIT,
    "POST /periods/{period_id}/publication": EDIT,
    "GET /periods/{period_id}/errata": EDIT,
    "POST /periods/{period_id}/errata": EDIT,
    "GET /periods/{period_id}/commentary": EDIT,
    "POST /periods/{period_id}/commentary": EDIT,
    "GET /periods/{period_id}/priorities/{priority_id}/commentary": EDIT,
    "POST /periods/{period_id}/priorities/{priority_id}/commentary": EDIT,
    "GET /actions/{action_id}/acknowledge": EDIT,
    "POST /actions/{action_id}/acknowledge": EDIT,
    "GET /risks/{risk_id}/acknowledge": EDIT,
    "POST /risks/{risk_id}/acknowledge": EDIT,
    "GET /plans/{plan_id}/history": SIGNED_IN,
    "GET /priorities/{priority_id}/history": SIGNED_IN,
    "GET /actions/{action_id}/history": SIGNED_IN,
    "GET /registers/{register_id}/history": SIGNED_IN,
    "GET /risks/{risk_id}/history": SIGNED_IN,
    "GET /periods/{period_id}/history": SIGNED_IN,
    "GET /registers": SIGNED_IN,
    "GET /registers/{register_id}": SIGNED_IN,
    "GET /risks/{risk_id}": SIGNED_IN,
    "GET /risks/{risk_id}/assess": CONTRIBUTE,
    "POST /risks/{risk_id}/assess": CONTRIBUTE,
    "GET /registers/new": EDIT,
    "POST /registers/new": EDIT,
    "GET /registers/{register_id}/edit": EDIT,
    "POST /registers/{register_id}/edit": EDIT,
    "GET /registers/{register_id}/matrix": SIGNED_IN,
    "GET /registers/{register_id}/matrix/new": MATRIX,
    "POST /registers/{register_id}/matrix/new": MATRIX,
    "GET /registers/{register_id}/risks/new": EDIT,
    "POST /registers/{register_id}/risks/new": EDIT,
    "GET /risks/{risk_id}/edit": EDIT,
    "POST /risks/{risk_id}/edit": EDIT,
    "GET /risks/{risk_id}/move": EDIT,
    "POST /risks/{risk_id}/move": EDIT,
    "GET /risks/{risk_id}/acceptance": EDIT,
    "POST /risks/{risk_id}/acceptance": EDIT,
    "GET /risks/{risk_id}/materialisation": EDIT,
    "POST /risks/{risk_id}/materialisation": EDIT,
    "GET /assessments/{assessment_id}/correction": CONTRIBUTE,
    "POST /assessments/{assessment_id}/correction": CONTRIBUTE,
    "GET /risks/{risk_id}/closure": EDIT,
    "POST /risks/{risk_id}/closure": EDIT,
    "GET /risks/{risk_id}/reopening": EDIT,
    "POST /risks/{risk_id}/reopening": EDIT,
    "GET /risks/{risk_id}/controls/new": EDIT,
    "POST /risks/{risk_id}/controls/new": EDIT,
    "GET /controls/{control_id}/edit": EDIT,
    "POST /controls/{control_id}/edit": EDIT,
    "GET /risks/{risk_id}/management-actions/new": EDIT,
    "POST /risks/{risk_id}/management-actions/new": EDIT,
    "GET /management-actions/{management_action_id}/edit": EDIT,
    "POST /management-actions/{management_action_id}/edit": EDIT,
    "GET /management-actions/{management_action_id}/updates": SIGNED_IN,
    "GET /management-actions/{management_action_id}/updates/{entry_id}/correction": EDIT,
    "POST /management-actions/{management_action_id}/updates/{entry_id}/correction": EDIT,
    "GET /management-actions/{management_action_id}/update": EDIT,
    "POST /management-actions/{management_action_id}/update": EDIT,
    "GET /schedules": SIGNED_IN,
    "GET /schedules/new": SCHEDULES,
    "POST /schedules/new": SCHEDULES,
    "GET /schedules/{schedule_id}": SIGNED_IN,
    "GET /schedules/{schedule_id}/edit": SCHEDULES,
    "POST /schedules/{schedule_id}/edit": SCHEDULES,
    "GET /schedules/{schedule_id}/delete": SCHEDULES,
    "POST /schedules/{schedule_id}/delete": SCHEDULES,
    "POST /schedules/{schedule_id}/state": SCHEDULES,
    "GET /schedules/{schedule_id}/now": SCHEDULES,
    "POST /schedules/{schedule_id}/now": SCHEDULES,
    "POST /schedules/{schedule_id}/test": SCHEDULES,
    "GET /schedules/{schedule_id}/preview": SCHEDULES,
    "GET /schedules/{schedule_id}/preview/message": SCHEDULES,
    "GET /schedules/{schedule_id}/recipients": SCHEDULES,
    "GET /schedules/{schedule_id}/recipients/new": SCHEDULES,
    "POST /schedules/{schedule_id}/recipients/new": SCHEDULES,
    "GET /schedules/{schedule_id}/recipients/{recipient_id}/removal": SCHEDULES,
    "POST /schedules/{schedule_id}/recipients/{recipient_id}/removal": SCHEDULES,
    # What it sent to how many; addresses and what became of each message are for admins.
    "GET /schedule-runs/{run_id}": SIGNED_IN,
    "GET /run-deliveries/{run_delivery_id}/again": SCHEDULES,
    "POST /run-deliveries/{run_delivery_id}/again": SCHEDULES,
    "POST /run-deliveries/{run_delivery_id}/arrived": SCHEDULES,
    # Whoever holds the link of a message.
    "GET /unsubscribe/{link}": PUBLIC,
    "POST /unsubscribe/{link}": PUBLIC,
    "GET /admin": ADMINISTER,
    "GET /admin/area": ADMINISTER,
    "GET /admin/area/edit": ADMINISTER,
    "POST /admin/area/edit": ADMINISTER,
    "GET /admin/area/logo": ADMINISTER,
    "POST /admin/area/logo": ADMINISTER,
    "GET /admin/area/logo/remove": ADMINISTER,
    "POST /admin/area/logo/remove": ADMINISTER,
    "GET /admin/area/template": ADMINISTER,
    "POST /admin/area/template": ADMINISTER,
    "GET /admin/area/template.docx": ADMINISTER,
    "GET /admin/area/template/remove": ADMINISTER,
    "POST /admin/area/template/remove": ADMINISTER,
    "GET /admin/statements": ADMINISTER,
    "GET /admin/statements/accessibility": ADMINISTER,
    "POST /admin/statements/accessibility": ADMINISTER,
    "GET /admin/statements/privacy": ADMINISTER,
    "POST /admin/statements/privacy": ADMINISTER,
    "GET /admin/journal": ADMINISTER,
    "GET /admin/journal/verification": ADMINISTER,
    "GET /admin/users": ADMINISTER,
    "GET /admin/users/new": ADMINISTER,
    "POST /admin/users/new": ADMINISTER,
    "GET /admin/users/{user_id}": ADMINISTER,
    "GET /admin/users/{user_id}/edit": ADMINISTER,
    "POST /admin/users/{user_id}/edit": ADMINISTER,
    "POST /admin/users/{user_id}/link": ADMINISTER,
    "GET /admin/users/{user_id}/authenticator": ADMINISTER,
    "POST /admin/users/{user_id}/authenticator": ADMINISTER,
    "GET /admin/users/{user_id}/disable": ADMINISTER,
    "POST /admin/users/{user_id}/disable": ADMINISTER,
    "GET /admin/users/{user_id}/enable": ADMINISTER,
    "POST /admin/users/{user_id}/enable": ADMINISTER,
    "GET /admin/clients": ADMINISTER,
    "GET /admin/clients/new": ADMINISTER,
    "POST /admin/clients/new": ADMINISTER,
    "GET /admin/clients/{client_id}": ADMINISTER,
    "GET /admin/clients/{client_id}/edit": ADMINISTER,
    "POST /admin/clients/{client_id}/edit": ADMINISTER,
    "POST /admin/clients/{client_id}/secrets": ADMINISTER,
    "GET /admin/clients/{client_id}/secrets/{secret_id}/revoke": ADMINISTER,
    "POST /admin/clients/{client_id}/secrets/{secret_id}/revoke": ADMINISTER,
    "GET /admin/clients/{client_id}/revoke": ADMINISTER,
    "POST /admin/clients/{client_id}/revoke": ADMINISTER,
    "GET /admin/webhooks": WEBHOOKS,
    "GET /admin/webhooks/new": WEBHOOKS,
    "POST /admin/webhooks/new": WEBHOOKS,
    "GET /admin/webhooks/{webhook_id}": WEBHOOKS,
    "GET /admin/webhooks/{webhook_id}/edit": WEBHOOKS,
    "POST /admin/webhooks/{webhook_id}/edit": WEBHOOKS,
    "POST /admin/webhooks/{webhook_id}/state": WEBHOOKS,
    "POST /admin/webhooks/{webhook_id}/secret": WEBHOOKS,
    "POST /admin/webhooks/{webhook_id}/test": WEBHOOKS,
    "GET /admin/webhooks/{webhook_id}/delete": WEBHOOKS,
    "POST /admin/webhooks/{webhook_id}/delete": WEBHOOKS,
    "GET /admin/webhook-deliveries/{delivery_id}": WEBHOOKS,
    "POST /admin/webhook-deliveries/{delivery_id}/redelivery": WEBHOOKS,
}
ANSWERED = {"POST /api/v1/reconciliations"}
"""What takes a body, stores nothing and answers 200."""
MADE = {"POST /api/v1/bulk"}
"""What answers 200 for what it made and changed."""
NOT_NOW = {"/risks/{risk_id}/reopening"}
"""Pages of steps that the records here cannot take: an open risk is not reopened."""
ENTRIES = ("update_id", "assessment_id")
"""Ids of entries: of a record that somebody leads or owns, and of another."""
API_RULES = {route: rule for route, rule in RULES.items() if API in route}
PAGE_RULES = {route: rule for route, rule in RULES.items() if API not in route and rule != PUBLIC}

# domain rules, section 8: what each scope may do.
SCOPES = {"read": {READ}, "write": {READ, CONTRIBUTE, EDIT}, "admin": {READ, MATRIX, WEBHOOKS, SCHEDULES}}
# Who may contribute, to their own records and to others'.
OWN = {Role.contributor, Role.editor, Role.admin}
ANY = {Role.editor, Role.admin}


# --- The routes -------------------------------------------------------------------------------------------


def leaves(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Every route with its whole path, through mounts and through routers that FastAPI keeps nested."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from leaves(inner.routes, prefix)
        elif (nested := getattr(route, "routes", None)) is not None:
            yield from leaves(nested, prefix + getattr(route, "path", ""))
        else:
            yield prefix + route.path, route  # type: ignore[attr-defined]  # every leaf has a path


def routes() -> dict[str, BaseRoute]:
    """Every route by method and path."""
    return {
        f"{method} {path}": route
        for path, route in leaves(doors.application().routes)
        for method in sorted(getattr(route, "methods", None) or {"*"} - {"HEAD"})
        if method != "HEAD"
    }


def calls(dependant: Dependant) -> Iterator[Any]:
    """Everything that a route depends on."""
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def test_every_route_has_a_stated_rule() -> None:
    assert routes().keys() == RULES.keys()


@pytest.mark.parametrize("route", RULES)
def test_the_rule_is_the_one_that_the_route_declares(route: str) -> None:
    found = routes()[route]
    assert isinstance(found, APIRoute)
    declared = [call.operation for call in calls(found.dependant) if isinstance(call, Allow)]
    signed_in = visit in set(calls(found.dependant))
    if route in API_RULES:
        assert declared == [RULES[route]], "an API route asks for one operation"
    else:
        assert declared == []
        assert signed_in == (RULES[route] != PUBLIC)


# --- The cast ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class World:
    """Two areas with the same records, everybody who may ask, and the application."""

    http: TestClient
    area_id: str
    ids: dict[str, str]
    others: dict[str, str]
    tokens: dict[str, str | None]
    sessions: dict[str, str | None]
    unowned: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def world(database_kind: str) -> Iterator[World]:
    with open_copy("migrated", database_kind), doors.opened() as http:
        north, south = doors.area("north"), doors.area("south")
        ids = doors.records(Program(http, doors.token(north, "write")))
        others = doors.records(Program(http, doors.token(south, "write")))
        ids |= doors.client_ids(north)
        others |= doors.client_ids(south)
        gone_id, gone_secret = doors.client(north, "read", "write", "admin")
        gone = doors.token_of(gone_id, gone_secret)
        doors.revoke(north, gone_id)
        tokens = {
            "nobody": None,
            "bad": "x" * 43,
            "expired": doors.token(north, "read", "write", "admin", age=timedelta(hours=2)),
            "revoked": gone,
            **{scope: doors.token(north, scope) for scope in SCOPES},
        }
        roles = {
            role: doors.session(north, role, ids["person_id"] if role is Role.contributor else None)
            for role in Role
        }
        sessions = {"nobody": None, **roles, "stranger": doors.session(south, Role.admin)}
        others_of = {name: f"other_{name}" for name in ("action_id", "risk_id", *ENTRIES)}
        unowned = {**ids, **{name: ids[other] for name, other in others_of.items()}}
        yield World(http, str(north.area_id), ids, others, tokens, sessions, unowned)


# --- Programs ---------------------------------------------------------------------------------------------


def sent(route: str, ids: dict[str, str], of: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Method, address of ``of``'s record and a body that a route takes, from the contract's examples."""
    method, path = route.split()
    operation = doors.application().openapi()["paths"][path][method.lower()]
    options: dict[str, Any] = {}
    if "requestBody" in operation:
        shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        options["json"] = {**doors.with_ids(REQUESTS[shape], ids)}
    return method, doors.address(path, of), options


@pytest.mark.parametrize("who", ["nobody", "bad", "expired", "revoked"])
@pytest.mark.parametrize("route", API_RULES)
def test_without_a_good_token_every_route_of_the_api_refuses(world: World, route: str, who: str) -> None:
    program = Program(world.http, world.tokens[who])
    for of in (world.ids, world.others, dict.fromkeys(world.ids, NOBODY)):
        method, path, options = sent(route, world.ids, of)
        answer = program.send(method, path, 401, **options)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("route", API_RULES)
def test_a_scope_may_do_what_the_rule_says_in_its_own_area_alone(
    world: World, route: str, scope: str
) -> None:
    program = Program(world.http, world.tokens[scope])
    allowed = RULES[route] in SCOPES[scope]
    method, path, options = sent(route, world.ids, world.ids)
    before = doors.counts(), doors.sequence(world.area_id)
    if method == "GET":
        program.get(path, 200 if allowed else 403)
        assert (doors.counts(), doors.sequence(world.area_id)) == before, "reading wrote something"
    elif not allowed:
        program.send(method, path, 403, **options)
    else:
        # Accepted, or refused for what it says: a second plan with the same ref, a risk that is open already.
        answer = program.send(method, path, headers={"if-match": '"0"'}, **options)
        assert answer.status_code in ((200,) if route in ANSWERED | MADE else (201, 409, 412, 422)), (
            answer.text
        )
    if route in ANSWERED:
        assert (doors.counts(), doors.sequence(world.area_id)) == before, "a question was stored"
    if not allowed:
        assert (doors.counts(), doors.sequence(world.area_id)) == before
    if "{" in route:
        _refuses_others_alike(world, program, route, 404 if allowed else 403)


def _refuses_others_alike(world: World, program: Program, route: str, status: int) -> None:
    """Another area's record and an unknown one get the same answer but for the address; nothing changes."""
    answers, before = [], doors.counts()
    for of in (world.others, dict.fromkeys(world.others, NOBODY)):
        method, path, options = sent(route, world.ids, of)
        answer = program.send(method, path, status, headers={"if-match": '"1"'}, **options)
        problem = answer.json()
        assert problem.pop("instance") == path
        others = ("x-request-id", "ratelimit-remaining", "ratelimit-reset")
        kept = {name: value for name, value in answer.headers.items() if name not in others}
        kept.pop("content-length")
        answers.append((problem, kept))
    assert answers[0] == answers[1]
    assert doors.counts() == before


@pytest.mark.parametrize(
    "route", [route for route in API_RULES if route.startswith("GET") and "{" not in route]
)
def test_lists_hold_nothing_of_another_area(world: World, route: str) -> None:
    program = Program(world.http, world.tokens["admin"])
    text = program.get(route.split()[1], 200).text
    assert not [name for name, value in world.others.items() if value in text]


def test_a_session_opens_no_route_of_the_api_and_a_token_no_page(world: World) -> None:
    cookie = {"cookie": f"session={world.sessions[Role.admin]}"}
    Program(world.http, None).send("GET", "/plans", 401, headers=cookie)
    page = world.http.get("/plans", headers={"authorization": f"Bearer {world.tokens['admin']}"})
    assert page.status_code == 303


# --- People -----------------------------------------------------------------------------------------------


def ask(world: World, route: str, who: str, of: dict[str, str]) -> Any:
    method, path = route.split()
    token = world.sessions[who]
    headers = {"cookie": f"session={token}"} if token else {}
    if method == "POST":
        return world.http.post(doors.address(path, of), data={"narrative": "x"}, headers=headers)
    return world.http.get(doors.address(path, of), headers=headers)


@pytest.mark.parametrize("who", ["nobody", *Role, "stranger"])
@pytest.mark.parametrize("route", PAGE_RULES)
def test_a_page_opens_for_those_whom_the_rule_names(world: World, route: str, who: str) -> None:
    before = doors.counts(), doors.sequence(world.area_id)
    rule = RULES[route]
    for of, contributing in ((world.ids, OWN), (world.unowned, ANY)):
        of_admins = {one: {Role.admin} for one in (ADMINISTER, WEBHOOKS, SCHEDULES, MATRIX)}
        named = {CONTRIBUTE: contributing, EDIT: ANY, **of_admins}
        may = named.get(rule, {*Role})
        answer = ask(world, route, who, of)
        if who == "nobody":
            expected = {303}
            assert answer.headers["location"].startswith("/sign-in")
        elif who == "stranger":
            expected = {404} if "{" in route else {422} if route.startswith("POST") else {200}
        elif who not in may:
            expected = {403}
        else:
            # A form that is not whole is shown again.
            expected = {422} if route.startswith("POST") else {200}
            expected = {409} if route.split()[1] in NOT_NOW else expected
        assert answer.status_code in expected, (answer.status_code, answer.text[:500])
        if who == "stranger":
            assert "North" not in answer.text
    assert (doors.counts(), doors.sequence(world.area_id)) == before, "reading, or a refusal, wrote something"


@pytest.mark.parametrize("who", [*Role])
@pytest.mark.parametrize("route", [route for route in PAGE_RULES if "{" in route])
def test_pages_of_another_area_look_like_pages_that_are_not_there(world: World, route: str, who: str) -> None:
    shown = []
    for of in (world.others, dict.fromkeys(world.others, NOBODY)):
        answer = ask(world, route, who, of)
        assert answer.status_code == 404
        shown.append(answer.text.replace(doors.address(route.split()[1], of), ""))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("route", [route for route, rule in RULES.items() if rule == PUBLIC])
def test_public_routes_open_for_everybody_and_show_nothing_of_an_area(world: World, route: str) -> None:
    method, path = route.split()
    for headers in ({}, {"cookie": f"session={world.sessions[Role.viewer]}"}, {"cookie": "session=x"}):
        address = path.format(digest="x", name="x", token="x", link="x")
        answer = world.http.request(method, address, headers=headers)
        assert answer.status_code in (200, 303, 400, 404, 422), answer.text[:300]
        if not headers:
            assert "North" not in answer.text
