"""No change without a journal entry: every route and command that writes, tried until it succeeds.

A new route or command fails here until it has a case, or says why it needs no entry.
"""

import re
from argparse import _SubParsersAction
from base64 import b32decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, Table, select
from starlette.testclient import TestClient

from app import cli, clock, config, db
from app.access import app_codes
from app.access.roles import Principal, Role
from app.api.examples import REQUESTS
from app.journal.verification import verify
from app.models import tables
from app.models.base import new_id
from app.services import checks, record_traces, traces
from app.services import stored as stored_rows
from app.services import users as users_service
from tests import doors
from tests.databases import KINDS, copy_of, open_copy, opened
from tests.doors import API, Program
from tests.factories import png
from tests.reports import word_files
from tests.test_access import routes
from tests.web.conftest import errors, fields

# Written without an entry. Sign-in, tokens and their counting are bookkeeping: nobody's data changes.
BOOKKEEPING = {
    *("sessions", "access_tokens", "worker_heartbeats", "heartbeats", "client_secrets", "client_usage"),
    *(
        "kept_answers",
        "drafts",
        "saved_views",
        "jobs",
        "webhook_deliveries",
        "webhook_attempts",
        "schedule_runs",
        "run_deliveries",
        "reminded",
        "spent_sign_ins",
    ),
    # The bytes of the logo and of the Word template; their digests are journalled with the settings.
    *("area_logos", "area_templates"),
}
COUNTED_AT_SIGN_IN = {"failures", "locked_until"}
UNJOURNALLED_ROUTES = {
    "POST /oauth/token": "gives out a token: bookkeeping",
    "POST /sign-in": "begins a session: bookkeeping",
    "POST /sign-out": "ends a session: bookkeeping",
    "POST /drafts": "keeps what is typed and not saved: bookkeeping",
    "POST /drafts/removal": "forgets what was typed and not saved: bookkeeping",
    "POST /views/new": "keeps how somebody looks at a list: bookkeeping",
    "POST /views/edit": "keeps how somebody looks at a list: bookkeeping",
    "POST /views/remove": "forgets how somebody looked at a list: bookkeeping",
    "POST /sign-in/code": "begins a session: bookkeeping",
    "POST /account/sessions": "ends sessions: bookkeeping",
    "POST /account/single-sign-on": "shows the way to the provider; what comes back is journalled",
    "POST /api/v1/reconciliations": "works something out and stores nothing",
    "POST /reconcile": "works something out and stores nothing",
    "POST /api/v1/schedules/{schedule_id}/runs": "enters a run: bookkeeping",
    "POST /api/v1/run-deliveries/{run_delivery_id}/resending": "enters a delivery again: bookkeeping",
    "POST /schedules/{schedule_id}/now": "enters a run: bookkeeping",
    "POST /schedules/{schedule_id}/test": "enters a run: bookkeeping",
    "POST /run-deliveries/{run_delivery_id}/again": "enters a delivery again: bookkeeping",
    "POST /run-deliveries/{run_delivery_id}/arrived": "ends a delivery: bookkeeping",
    "POST /api/v1/webhooks/{webhook_id}/test": "enters a delivery: bookkeeping",
    "POST /admin/webhooks/{webhook_id}/test": "enters a delivery: bookkeeping",
    "POST /admin/webhook-deliveries/{delivery_id}/redelivery": "enters a delivery again: bookkeeping",
    "POST /api/v1/webhook-deliveries/{delivery_id}/redelivery": "enters a delivery again: bookkeeping",
}
UNJOURNALLED_COMMANDS = {
    "migrate": "changes tables, not what is in them",
    "serve": "writes nothing by itself",
    "worker": "clears away expired sessions and tokens: bookkeeping",
    "openapi": "prints",
    "check": "reads",
    "list-clients": "reads",
    "reconcile": "works something out and stores nothing",
    "report": "reads, and writes files",
}

# --- Routes -----------------------------------------------------------------------------------------------

WRITING = [
    route
    for route in routes()
    if route.split()[0] not in ("GET", "HEAD", "OPTIONS") and route not in UNJOURNALLED_ROUTES
]
# What must be done first for a route to succeed: route and body's name in the examples.
FIRST: dict[str, list[str]] = {
    f"POST {API}/actions/{{action_id}}/reinstatement": [f"POST {API}/actions/{{action_id}}/withdrawal"],
    f"POST {API}/risks/{{risk_id}}/reopening": [f"POST {API}/risks/{{risk_id}}/closure"],
    f"POST {API}/schedules/{{schedule_id}}/pause": [f"POST {API}/schedules/{{schedule_id}}/resume"],
}
# What of an example does not fit the records of the test: refs that are taken, days that are too early.
CHANGED: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class World:
    """An area with one of everything, and who writes there."""

    http: TestClient
    who: Principal
    ids: dict[str, str]


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def http(database_kind: str) -> Iterator[TestClient]:
    with open_copy("migrated", database_kind), doors.opened() as started:
        yield started


@pytest.fixture
def world(http: TestClient, request: pytest.FixtureRequest) -> World:
    who = doors.area(f"area-{abs(hash(request.node.nodeid)):x}"[:40])
    ids = doors.records(Program(http, doors.token(who, "write"), is_checked=False))
    return World(http, who, ids | doors.client_ids(who))


def stored(area_id: UUID | None = None) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table, or an area's, but for what is bookkeeping."""
    with db.read(None) as reader:
        return {
            one.name: {
                tuple(row._mapping[key.name] for key in one.primary_key): {
                    name: value for name, value in row._mapping.items() if name not in COUNTED_AT_SIGN_IN
                }
                for row in reader.execute(_rows(one, area_id))
            }
            for one in tables.metadata.sorted_tables
            if one.name not in BOOKKEEPING
        }


def _rows(table: Table, area_id: UUID | None) -> Select[Any]:
    return select(table).where(*([table.c.area_id == area_id] if area_id and "area_id" in table.c else []))


def journalled(area_id: UUID) -> int:
    """How many entries an area's journal has; the chain fits to the last one."""
    with db.read(None) as reader:
        found = next(one for one in checks.journals(reader) if one.area_id == area_id)
        verdict = verify(
            checks.journal_entries(reader, found), config.settings().chain_key(), found.last_sequence
        )
    assert list(checks.journal_faults(found, verdict)) == []
    return found.last_sequence


def changes(work: Callable[[], Any], area_id: UUID) -> tuple[set[str], int]:
    """The tables that something changed, but for the journal's own, and how many entries it left."""
    rows, entries = stored(area_id), journalled(area_id)
    work()
    after = stored(area_id)
    changed = {name for name in after if after[name] != rows[name]} - {"journal_entries", "areas"}
    return changed, journalled(area_id) - entries


def unused(world: World, route: str) -> World:
    """The world with a record that nothing hangs on yet, for a route that deletes one."""
    program = Program(world.http, doors.token(world.who, "write"), is_checked=False)
    return replace(world, ids=doors.unused(program, world.ids, route.split()[1]))


def send(world: World, route: str) -> None:
    """Ask for a route with the example of its body; AssertionError unless it succeeds."""
    method, path = route.split()
    program = Program(world.http, doors.token(world.who, "write", "admin"), is_checked=False)
    operation = doors.application().openapi()["paths"][path][method.lower()]
    options: dict[str, Any] = {}
    if "requestBody" in operation:
        shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        example = REQUESTS[shape] | CHANGED.get(route, {})
        options["json"] = doors.with_ids(example, world.ids)
    address = doors.address(path, world.ids)
    answer = program.send(method, address, **options)
    if answer.status_code == 428:
        tag = program.get(address.removesuffix("/publication")).headers["etag"]
        answer = program.send(method, address, headers={"if-match": tag}, **options)
    assert answer.status_code in (200, 201, 204), answer.text


@pytest.mark.parametrize("route", [route for route in WRITING if API in route])
def test_every_change_through_the_api_is_journalled(world: World, route: str) -> None:
    for first in FIRST.get(route, ()):
        send(world, first)
    if route.startswith("DELETE"):
        world = unused(world, route)
    changed, entries = changes(lambda: send(world, route), world.who.area_id)
    assert changed, "nothing was changed, so nothing was shown"
    assert entries >= 1


def fill(world: World, route: str, **typed: str) -> None:
    """Send the form of a page as it is shown, with these fields filled in and the first of each choice."""
    ids = world.ids | {name: world.ids[other] for name, other in OTHER.get(route, {}).items()}
    path = doors.address(route.split()[1], ids)
    shown = doors.address(STANDS_ON.get(route, route.split()[1]), ids)
    is_admins = any(part in path for part in ("/admin/", "/matrix/", "/schedules/"))
    role = Role.admin if is_admins else Role.editor
    headers = {"cookie": f"session={doors.session(world.who, role)}"}
    html = world.http.get(shown, headers=headers).text
    chosen = dict(reversed(re.findall(r'<input [^>]*?name="(\w+)" [^>]*?type="radio" value="([^"]+)"', html)))
    given = {name: doors.address(value, ids) for name, value in typed.items()}
    answer = world.http.post(path, data={**chosen, **fields(html), **given}, headers=headers)
    expected = 200 if route in SHOWN_ONCE else 303
    assert answer.status_code == expected, errors(answer.text) or answer.text[-2000:]


def set_password(world: World) -> None:
    with db.write(world.who) as writer:
        token = users_service.create_user(
            writer, world.who, clock.moment(), email=f"pat@{world.who.area_id}.example", role=Role.viewer
        )
    word = "board papers of june"
    answer = world.http.post(f"/set-password/{token}", data={"password": word, "repeated": word})
    assert answer.status_code == 303, errors(answer.text)


def upload(world: World, name: str, content: bytes) -> None:
    path, headers = f"/admin/area/{name}", {"cookie": f"session={doors.session(world.who, Role.admin)}"}
    version = fields(world.http.get(path, headers=headers).text)["version"]
    sent = {"data": {"version": version}, "files": {name: ("file", content, "application/octet-stream")}}
    answer = world.http.post(path, headers=headers, **sent)
    assert answer.status_code == 303, errors(answer.text)


UPLOADS = {"logo": png(9, 9), "template": word_files.template(mark=True)}


def unsubscribe(world: World) -> None:
    answer = world.http.post(f"/unsubscribe/{world.ids['link']}", data={"step": "stop"})
    assert answer.status_code == 303


def day(name: str, iso: str) -> dict[str, str]:
    """A day as a form takes it."""
    return {
        f"{name}-{part}": value for part, value in zip(("year", "month", "day"), iso.split("-"), strict=True)
    }


# What is typed into each form, beside what it shows already.
FORMS: dict[str, dict[str, str]] = {
    "POST /actions/{action_id}/update": {"status": "on_target", "narrative": "Agreed."},
    "POST /updates": {"status-1": "on_target", "narrative-1": "Agreed."},
    "POST /actions/{action_id}/acknowledge": {"reason": "Told to the board."},
    "POST /risks/{risk_id}/assess": {"kind": "same", "reason": "Reviewed."},
    "POST /risks/{risk_id}/acknowledge": {"reason": "Told to the board."},
}
FORMS |= {
    "POST /plans/{plan_id}/cadence": {"kind": "quarterly", **day("anchor", "2024-04-01")},
    "POST /plans/{plan_id}/periods/new": {
        "ref": "2024-06",
        **day("first_day", "2024-04-01"),
        **day("last_day", "2024-06-30"),
    },
    "POST /periods/{period_id}/edit": {"title": "October to December 2023"},
    "POST /periods/{period_id}/state": {"state": "in_review"},
    "POST /periods/{period_id}/delete": {},
    "POST /priorities/{priority_id}/delete": {},
    "POST /plans/{plan_id}/delete": {},
    "POST /schedules/{schedule_id}/delete": {},
    "POST /periods/{period_id}/publication": {},
    "POST /periods/{period_id}/errata": {"text": "Action 7.2 was overdue."},
    "POST /periods/{period_id}/commentary": {"text": "The board saw a draft dashboard."},
    "POST /periods/{period_id}/priorities/{priority_id}/commentary": {"text": "Two posts are filled."},
}
FORMS |= {
    "POST /admin/area/edit": {"name": "Northern SEND partnership", "brand_colour": "#004d40"},
    "POST /admin/area/logo/remove": {},
    "POST /admin/area/template/remove": {},
    "POST /admin/statements/accessibility": {
        "organisation": "North Council",
        "contact_email": "help@north.example",
        "reply_days": "5",
        "compliance": "partial",
        **day("prepared_on", "2024-06-28"),
    },
    "POST /admin/statements/privacy": {
        "controller": "North Council",
        "contact_email": "privacy@north.example",
        "protection_officer": "Information governance lead",
        "lawful_basis": "a task in the public interest",
        "kept_for": "Six years after the plan ends.",
        **day("prepared_on", "2024-06-28"),
    },
    "POST /admin/users/new": {"email": "new@north.example"},
    "POST /admin/users/{user_id}/edit": {"role": "editor"},
    "POST /admin/users/{user_id}/link": {},
    "POST /admin/users/{user_id}/authenticator": {},
    "POST /admin/users/{user_id}/disable": {"reason": "Left the council."},
    "POST /admin/users/{user_id}/enable": {},
    "POST /admin/clients/new": {"name": "Data warehouse"},
    "POST /admin/clients/{client_id}/edit": {"name": "Data warehouse", "quota": "600", "days": "30"},
    "POST /admin/clients/{client_id}/secrets": {},
    "POST /admin/clients/{client_id}/secrets/{secret_id}/revoke": {},
    "POST /admin/clients/{client_id}/revoke": {},
    "POST /schedules/new": {"name": "Fridays", "plan_id": "{plan_id}"},
    "POST /schedules/{schedule_id}/edit": {"name": "Mondays"},
    "POST /schedules/{schedule_id}/state": {"state": "active"},
    "POST /schedules/{schedule_id}/recipients/new": {"addresses": "jo@council.example"},
    "POST /schedules/{schedule_id}/recipients/{recipient_id}/removal": {},
    "POST /admin/webhooks/new": {"url": "https://receiver.example/hook", "told": "chosen"},
    "POST /admin/webhooks/{webhook_id}/edit": {"description": "Data warehouse", "told": "chosen"},
    "POST /admin/webhooks/{webhook_id}/state": {"state": "paused"},
    "POST /admin/webhooks/{webhook_id}/secret": {},
    "POST /admin/webhooks/{webhook_id}/delete": {},
}
FORMS |= {
    "POST /plans/new": {"ref": "SIP-2", "title": "Second plan"},
    "POST /plans/{plan_id}/edit": {"title": "Improvement plan"},
    "POST /plans/{plan_id}/copy": {"ref": "SIP-2", "dates": "left_out"},
    "POST /plans/{plan_id}/order": {"place_1": "2"},
    "POST /plans/{plan_id}/priorities/new": {"ref": "SIP 3", "title": "Transitions"},
    "POST /priorities/{priority_id}/edit": {"title": "Leadership"},
    "POST /priorities/{priority_id}/order": {"place_1": "2", "reason": "As in the report."},
    "POST /plans/{plan_id}/actions/new": {"title": "Agree a joint process", "points_0": "7.9"},
    "POST /actions/{action_id}/edit": {"title": "Build the dashboard again"},
    "POST /actions/{action_id}/copy": {},
    "POST /actions/{action_id}/dates": day("review_on", "2024-09-30"),
    "POST /actions/{action_id}/points": {"points_1": "8.9"},
    "POST /actions/{action_id}/withdrawal": {"reason": "Merged."},
    "POST /updates/{update_id}/correction": {"narrative": "Agreed.", "reason": "It was agreed."},
    "POST /people/new": {"name": "Chair of the board"},
    "POST /people/{person_id}/edit": {"organisation": "ICB"},
}
SIDES = {"likelihood_labels": "Rare\nHalf\nHigh\nNear\nSure", "impact_labels": "A\nB\nC\nD\nE"}
FORMS |= {
    "POST /registers/new": {"ref": "RR-2", "title": "Second register", **SIDES},
    "POST /registers/{register_id}/edit": {"title": "Register of the board"},
    "POST /registers/{register_id}/matrix/new": {"reason": "A new policy.", **SIDES},
    "POST /registers/{register_id}/risks/new": {"ref": "R99", "description": "Posts may stay empty."},
    "POST /risks/{risk_id}/edit": {"description": "Posts may stay empty.", "effect": "Children wait longer."},
    "POST /risks/{risk_id}/move": {"priority_id": "", "reason": "It threatens the whole plan."},
    "POST /risks/{risk_id}/acceptance": {
        "accepted_by_id": "{person_id}",
        "reason": "Agreed.",
        **day("accepted_until", "2024-12-31"),
    },
    "POST /risks/{risk_id}/materialisation": {"reason": "It has happened."},
    "POST /assessments/{assessment_id}/correction": {"narrative": "Agreed.", "reason": "It was agreed."},
    "POST /risks/{risk_id}/closure": {"reason": "Its cause has gone."},
    "POST /risks/{risk_id}/reopening": {"reason": "It is back."},
    "POST /risks/{risk_id}/controls/new": {"description": "Monthly panel"},
    "POST /controls/{control_id}/edit": {"description": "Weekly panel"},
    "POST /risks/{risk_id}/management-actions/new": {"title": "Recruit"},
    "POST /management-actions/{management_action_id}/edit": {"title": "Recruit two"},
    "POST /management-actions/{management_action_id}/update": {"narrative": "Advertised."},
    "POST /management-actions/{management_action_id}/updates/{entry_id}/correction": {
        "narrative": "Not begun.",
        "reason": "It was another one.",
    },
}
# Forms that answer with a page: what it shows is shown there alone.
SHOWN_ONCE = {
    "POST /admin/users/new",
    "POST /admin/users/{user_id}/link",
    "POST /admin/clients/new",
    "POST /admin/clients/{client_id}/secrets",
    "POST /admin/webhooks/new",
    "POST /admin/webhooks/{webhook_id}/secret",
}
# Forms that stand on another page than that of their address.
STANDS_ON = {
    "POST /updates": "/updates?action={action_id}",
    "POST /periods/{period_id}/state": "/periods/{period_id}",
    "POST /schedules/{schedule_id}/state": "/schedules/{schedule_id}",
    "POST /admin/users/{user_id}/link": "/admin/users/{user_id}",
    "POST /admin/clients/{client_id}/secrets": "/admin/clients/{client_id}",
    "POST /admin/webhooks/{webhook_id}/state": "/admin/webhooks/{webhook_id}",
    "POST /admin/webhooks/{webhook_id}/secret": "/admin/webhooks/{webhook_id}",
}
# What must be done first for a form to change anything.
BEFORE = {
    "POST /admin/users/{user_id}/enable": "POST /admin/users/{user_id}/disable",
    "POST /risks/{risk_id}/reopening": "POST /risks/{risk_id}/closure",
}
# Forms that only a record with something to say in it has: the name of its id among the records.
OTHER = {"POST /actions/{action_id}/acknowledge": {"action_id": "other_action_id"}}
# What somebody does to their own account, in an order in which each step can be taken.
OWN_STEPS = (
    "POST /account/authenticator",
    "POST /account/recovery-codes",
    "POST /account/authenticator/remove",
    "POST /account/password",
)


def own_steps(world: World, last: str) -> None:
    """Take the steps of one's own account up to this one."""
    word, other = "board papers of june", "board papers of july"
    with db.write(world.who) as writer:
        email = f"pat-{new_id()}@north.example"
        users_service.create_demo_user(
            writer,
            world.who,
            clock.moment(),
            email=email,
            role=Role.viewer,
            password_hash=users_service.hash_new_password(email, word),
        )
    signed_in = world.http.post("/sign-in", data={"email": email, "password": word})
    headers = {"cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    for step in OWN_STEPS[: OWN_STEPS.index(last) + 1]:
        path = step.split()[1]
        html = world.http.get(path, headers=headers).text
        typed = {"current": word, "password": other, "repeated": other}
        if secret := re.search(r"<code>([A-Z2-7 ]+)</code>", html):
            now = app_codes.step_at(clock.now())
            typed["code"] = app_codes.code_of(b32decode(secret[1].replace(" ", "")), now)
        answer = world.http.post(path, data={**fields(html), **typed}, headers=headers)
        assert answer.status_code in (200, 303), errors(answer.text)


LINKS: dict[str, Callable[[World], None]] = {
    "POST /set-password/{token}": set_password,
    "POST /unsubscribe/{link}": unsubscribe,
    **{
        f"POST /admin/area/{name}": partial(upload, name=name, content=file) for name, file in UPLOADS.items()
    },
    **{route: partial(own_steps, last=route) for route in OWN_STEPS},
}


def test_every_form_has_a_case() -> None:
    assert {route for route in WRITING if API not in route} == FORMS.keys() | LINKS.keys()
    assert UNJOURNALLED_ROUTES.keys() <= routes().keys()


@pytest.mark.parametrize("route", FORMS)
def test_every_change_through_a_form_is_journalled(world: World, route: str) -> None:
    if before := BEFORE.get(route):
        fill(world, before, **FORMS[before])
    if route.endswith("/delete"):
        world = unused(world, route)
    changed, entries = changes(lambda: fill(world, route, **FORMS[route]), world.who.area_id)
    # Whoever sends the form was added for that: a user, which is an entry of its own.
    assert "users" in changed if "/admin/users" in route else changed - {"users"}
    assert entries >= 2


@pytest.mark.parametrize("route", [route for route in LINKS if "/account" in route])
def test_what_somebody_changes_of_their_own_account_is_journalled(world: World, route: str) -> None:
    changed, entries = changes(lambda: LINKS[route](world), world.who.area_id)
    assert changed & {"users", "authenticators", "recovery_codes"}
    assert entries > len(OWN_STEPS[: OWN_STEPS.index(route) + 1]), "the account, and each step"


@pytest.mark.parametrize("name", UPLOADS)
def test_a_file_that_is_chosen_is_journalled(world: World, name: str) -> None:
    changed, entries = changes(lambda: upload(world, name, UPLOADS[name]), world.who.area_id)
    assert changed == {"users", "area_settings"}
    assert entries == 2, "the admin, and the settings with the file's digest"


def test_a_password_that_is_set_is_journalled(world: World) -> None:
    changed, entries = changes(lambda: set_password(world), world.who.area_id)
    assert changed == {"users"}
    assert entries == 2, "the account, and its password"


def test_who_stops_messages_by_a_link_is_journalled(world: World) -> None:
    changed, entries = changes(lambda: unsubscribe(world), world.who.area_id)
    assert changed == {"schedule_recipients"}
    assert entries == 1


def test_all_that_was_written_is_what_the_journal_tells(http: TestClient) -> None:
    """After the tests above: no false alarm, whatever a route or form wrote."""
    with db.read(None) as reader:
        assert stored_rows.summed(reader, traces.wrong_entries(reader)) == []
        assert stored_rows.summed(reader, record_traces.wrong_records(reader)) == []
        assert checks.missing_triggers(reader) == []


# --- Commands ---------------------------------------------------------------------------------------------

COMMANDS: dict[str, list[str]] = {
    "create-area": ["--slug", "north", "--name", "North SEND partnership"],
    "create-user": ["--email", "pat@north.example", "--area", "north", "--role", "viewer"],
    "create-client": ["--name", "Reporting", "--area", "north", "--scope", "read"],
    "rotate-client": ["--area", "north", "--client", "{client_id}"],
    "revoke-client-secret": ["--area", "north", "--client", "{client_id}", "--secret", "{secret_id}"],
    "revoke-client": ["--area", "north", "--client", "{client_id}"],
    "demo": [],
    "schedules": ["create", "--area", "halton", "--plan", "PAP", "--name", "Summary", "--cron", "0 8 * * 1"],
}


def _filled(option: str) -> str:
    """An option with the ids of the client that was created before."""
    if "{" not in option:
        return option
    secret = tables.client_secrets.c
    with db.read(None) as reader:
        client_id, secret_id = reader.execute(select(secret.client_id, secret.id)).first() or ("", "")
    return option.format(client_id=client_id, secret_id=secret_id)


def test_every_command_has_a_case() -> None:
    [subparsers] = (one for one in cli._parser()._actions if isinstance(one, _SubParsersAction))
    assert set(subparsers.choices) == COMMANDS.keys() | UNJOURNALLED_COMMANDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_every_change_by_a_command_is_journalled(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with copy_of("migrated", kind) as url:
        monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", url)
        for command, options in COMMANDS.items():
            with opened(url):
                rows, entries = stored(), _entries_of_all()
                given = [_filled(option) for option in options]
            assert cli.main([command, *given]) == 0, capsys.readouterr().err
            with opened(url):
                assert stored() != rows
                assert _entries_of_all() > entries, f"{command} left no entry"


def _entries_of_all() -> int:
    with db.read(None) as reader:
        return sum(journalled(one.area_id) for one in checks.journals(reader))
