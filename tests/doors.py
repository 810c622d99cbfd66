"""Both doors of the service in this process: programs with tokens, people with sessions, and records.

with doors.opened() as http:
    area = doors.area("north")
    program = doors.Program(http, doors.token(area, "write"))
    records = doors.records(program)
    program.get(f"/plans/{records['plan_id']}", 200)
"""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from fastapi import FastAPI
from jsonschema import Draft202012Validator
from sqlalchemy import Connection, delete, func, insert, select, update
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role, Scope, system
from app.main import create_app
from app.models import tables
from app.models.areas import AreaBase
from app.models.base import new_id
from app.models.looks import DIGEST_DIGITS
from app.models.recipients import RecipientCreate
from app.models.schedule_runs import MailState
from app.models.schedules import RuleStated, ScheduleCreate
from app.models.webhooks import DeliveryState, WebhookCreate
from app.reports.word_templates import WordTemplate
from app.schedules.rules import RuleKind, Weekday
from app.services import area_settings as settings_service
from app.services import areas as areas_service
from app.services import clients as clients_service
from app.services import recipients as recipients_service
from app.services import schedule_runs as runs_service
from app.services import schedules as schedules_service
from app.services import signing_in, subscriptions
from app.services import tokens as tokens_service
from app.services import users as users_service
from app.services import webhook_deliveries as deliveries_service
from app.services import webhooks as webhooks_service
from app.services.images import read_image
from tests.factories import FIVE_BY_FIVE, png
from tests.reports import word_files

API = "/api/v1"
# An address that no record has: for unknown ids.
NOBODY = "01900000-0000-7000-8000-000000000000"


@cache
def application() -> FastAPI:
    """One application for all tests of this process; it takes whatever database is open."""
    return create_app()


@contextmanager
def opened() -> Iterator[TestClient]:
    """The application, started; a fault in it answers 500 instead of raising here.

    Forms are sent as by its own pages; programs need not say where they stand.
    """
    with TestClient(application(), raise_server_exceptions=False, follow_redirects=False) as http:
        http.headers["origin"] = str(http.base_url)
        yield http


class Program:
    """An API client with a token, or without one; its answers are held against the contract."""

    def __init__(self, http: TestClient, token: str | None, *, is_checked: bool = True) -> None:
        self.http, self.is_checked = http, is_checked
        # Plain answers: their ETags are those that If-Match names and that changes answer with.
        self.headers = {"accept-encoding": "identity"}
        if token:
            self.headers["authorization"] = f"Bearer {token}"

    def send(self, method: str, path: str, expected: int | None = None, **options: Any) -> Any:
        """The answer; AssertionError with its text when the status is not the expected one."""
        headers = {**self.headers, **options.pop("headers", {})}
        whole = path if path.startswith((API, "/oauth")) else API + path
        answer = self.http.request(method, whole, headers=headers, **options)
        assert expected is None or answer.status_code == expected, (
            f"{method} {whole} answered {answer.status_code}: {answer.text[:1000]}"
        )
        assert answer.status_code < 500, f"{method} {whole}: {answer.text[:1000]}"
        if self.is_checked:
            check_contract(method, whole, answer)
        return answer

    def get(self, path: str, expected: int | None = None, **options: Any) -> Any:
        return self.send("GET", path, expected, **options)

    def post(self, path: str, body: Any, expected: int | None = None, **options: Any) -> Any:
        return self.send("POST", path, expected, json=body, **options)

    def patch(self, path: str, body: Any, expected: int | None = None, **options: Any) -> Any:
        """Change the version that stands now, unless ``version`` names another."""
        version = options.pop("version", None) or self.get(path).headers.get("etag", '"1"')
        headers = {"if-match": version, **options.pop("headers", {})}
        return self.send("PATCH", path, expected, json=body, headers=headers, **options)

    def put(self, path: str, body: Any, expected: int | None = None, **options: Any) -> Any:
        """Set the whole, in place of ``version`` where there is one."""
        version = options.pop("version", None)
        headers = {**({"if-match": version} if version else {}), **options.pop("headers", {})}
        return self.send("PUT", path, expected, json=body, headers=headers, **options)


def version_of(answer: Any) -> int:
    """The version in the ETag of a record: what stands before the dot."""
    found = re.fullmatch(r'"(\d+)\.[0-9a-f]{16}"', answer.headers["etag"])
    assert found, answer.headers["etag"]
    return int(found[1])


# --- The contract -----------------------------------------------------------------------------------------


def check_contract(method: str, address: str, answer: Any) -> None:
    """Raise AssertionError when an answer of the API is not what the contract says, to the last property.

    HEAD answers as GET, without the body.
    """
    operation = next(
        (
            one
            for found, path, one in _operations()
            if found == ("GET" if method == "HEAD" else method) and path.fullmatch(urlsplit(address).path)
        ),
        None,
    )
    if operation is None:
        assert answer.status_code in (401, 404, 405, 307), f"{method} {address} is not in the contract"
        return
    described = operation["responses"].get(str(answer.status_code))
    assert described, f"{method} {address} answered {answer.status_code}, which the contract leaves out"
    if "$ref" in described:
        described = _components()["responses"][described["$ref"].rpartition("/")[2]]
    if method == "HEAD" or "content" not in described:
        assert not answer.content
        return
    kind, content = next(iter(described["content"].items()))
    assert answer.headers["content-type"] == kind
    if "json" not in kind:
        return
    fields = answer.request.url.params.get("fields") if answer.status_code == 200 else None
    for fault in _validator(content["schema"]["$ref"], fields).iter_errors(answer.json()):
        raise AssertionError(f"{method} {address}: {fault.json_path}: {fault.message[:300]}")


@cache
def _operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    return [
        (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
        for path, found in application().openapi()["paths"].items()
        for method, operation in found.items()
    ]


@cache
def _components() -> dict[str, Any]:
    """The shapes of the contract. Of answers every property is there and no other one."""
    components: dict[str, Any] = copy.deepcopy(application().openapi()["components"])
    for name, schema in components["schemas"].items():
        if "properties" in schema and "Error" not in name:
            schema["additionalProperties"] = False
            # Sections of a report without data are left out.
            if not name.startswith("Report"):
                schema["required"] = list(schema["properties"])
    components["schemas"]["Problem"]["required"] = ["type", "title", "status", "detail", "instance"]
    return components


@cache
def _validator(ref: str, fields: str | None = None) -> Draft202012Validator:
    """What an answer is held against: with ``fields`` those alone, of a record or of a list's records."""
    shape = {"$ref": ref, "components": _components()}
    if fields is not None:
        whole = _components()["schemas"][ref.rpartition("/")[2]]
        if {"items", "next"} <= whole["properties"].keys():
            inner = whole["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
            some = _some(_components()["schemas"][inner], fields)
            items = {"type": "array", "items": some}
            shape |= {**whole, "properties": {**whole["properties"], "items": items}}
        else:
            shape |= _some(whole, fields)
        del shape["$ref"]
    return Draft202012Validator(shape, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _some(whole: dict[str, Any], fields: str) -> dict[str, Any]:
    names = fields.split(",")
    return {**whole, "properties": {name: whole["properties"][name] for name in names}, "required": names}


# --- Credentials ------------------------------------------------------------------------------------------


def area(slug: str) -> Principal:
    """A new area and the service acting in it."""
    with db.write(None) as writer:
        body = AreaBase(slug=slug, name=f"{slug.title()} SEND partnership")
        return areas_service.create_area(writer, clock.moment(), body)


def client(who: Principal, *scopes: str, quota: int = 1_000_000) -> tuple[UUID, str]:
    """The id and secret of a new API client."""
    granted = [Scope(scope) for scope in scopes]
    with db.write(who) as writer:
        return clients_service.create_client(
            writer, who, clock.moment(), name="Programme office", scopes=granted, quota=quota
        )


def token(who: Principal, *scopes: str, age: timedelta = timedelta(0), quota: int = 1_000_000) -> str:
    """A bearer token of a new client, given out ``age`` ago."""
    client_id, secret = client(who, *scopes, quota=quota)
    return token_of(client_id, secret, age=age)


def token_of(client_id: UUID, secret: str, *, age: timedelta = timedelta(0)) -> str:
    """A bearer token of this client, given out ``age`` ago."""
    with db.write(None) as writer:
        answer = tokens_service.issue_token(writer, str(client_id), secret, None, clock.now() - age)
    return str(answer["access_token"])


def client_ids(who: Principal) -> dict[str, str]:
    """The ids of what admins look after, by the names that addresses use.

    A new API client and its secret, an invited user with an app, and the digest of a logo of the area's own,
    which then has a template for reports in Word, too.
    """
    client_id, _ = client(who, "read")
    with db.read(who) as reader:
        found = clients_service.get_client(reader, who, client_id, clock.now())
    ids = {"client_id": str(client_id), "secret_id": str(found["secrets"][0]["id"])}
    user_id, image = new_id(), read_image(png(who.area_id.int % 2000 + 1))
    email = f"{user_id}@{who.area_id}.example"
    with db.write(who) as writer:
        users_service.create_user(writer, who, clock.moment(), email=email, role=Role.viewer, user_id=user_id)
        app = {"user_id": user_id, "key": new_id(), "last_step": 0, "added_at": clock.now()}
        writer.execute(insert(tables.authenticators), app)
        settings_service.set_logo(writer, who, clock.moment(), image, version=None)
        template = WordTemplate(word_files.template())
        settings_service.set_template(writer, who, clock.moment(), template, version=None)
    return {**ids, "user_id": str(user_id), "logo": image.digest[:DIGEST_DIGITS]}


def revoke(who: Principal, client_id: UUID) -> None:
    """End a client and its tokens."""
    with db.write(who) as writer:
        clients_service.revoke_client(writer, who, clock.moment(), client_id)


def session(who: Principal, role: Role, person_id: str | None = None) -> str:
    """The session cookie of a new user of this role. No password is hashed: that takes 150 ms."""
    email = f"{role}-{new_id()}@{who.area_id}.example"
    with db.write(who) as writer:
        users_service.create_demo_user(
            writer,
            who,
            clock.moment(),
            email=email,
            role=role,
            password_hash="unused",
            person_id=UUID(person_id) if person_id else None,
        )
    with db.read(None) as reader:
        account = signing_in.find_account(reader, email, clock.now())
    with db.write(None) as writer:
        found = signing_in.sign_in(writer, account, True, clock.now())
    assert found is not None
    return found


# --- Records ----------------------------------------------------------------------------------------------


REFS = {"priorities": "SIP 1", "actions": "7.1", "risks": "1"}
"""The refs of the records that ``records`` makes, by the noun of their addresses."""


def unused(editor: Program, ids: dict[str, str], path: str) -> dict[str, str]:
    """The ids for an address that deletes, with a plan, priority or schedule that nothing hangs on yet.

    For any other address, and for a period, the ids as they are.
    """
    wanted = path.removeprefix(API).removesuffix("/delete")
    if wanted == "/schedules/{schedule_id}":
        area_id = UUID(ids["area_id"])
        with db.write(system(area_id, "The area")) as writer:
            return {**ids, "schedule_id": str(_planned(writer, area_id, UUID(ids["plan_id"]))["id"])}
    ref = {"ref": str(uuid4())[:8], "title": "Added by mistake"}
    fresh = {
        "/plans/{plan_id}": ("plan_id", "/plans"),
        "/priorities/{priority_id}": ("priority_id", f"/plans/{ids['plan_id']}/priorities"),
    }
    if found := fresh.get(wanted):
        name, parent = found
        return {**ids, name: str(editor.post(parent, ref, 201).json()["id"])}
    return ids


def records(editor: Program, person: str = "Programme lead") -> dict[str, str]:
    """A small plan and register, made through the API; the ids by the names that addresses use.

    The action is led, and the risk owned, by ``person_id``; ``other_action_id`` and ``other_risk_id`` by
    nobody.
    """

    def made(path: str, **body: Any) -> str:
        return str(editor.post(path, body, 201).json()["id"])

    early = "2024-04-01"
    ids = {"area_id": editor.get("/areas", 200).json()["items"][0]["id"]}
    ids["person_id"] = made("/people", name=person, organisation="Local authority")
    ids["plan_id"] = plan = made("/plans", ref="SIP", title="SEND improvement plan")
    ids["priority_id"] = first = made(f"/plans/{plan}/priorities", ref="SIP 1", title="Governance")
    ids["second_priority_id"] = second = made(f"/plans/{plan}/priorities", ref="SIP 2", title="Information")
    ids["action_id"] = made(
        f"/plans/{plan}/actions",
        title="Build the dashboard",
        lead_id=ids["person_id"],
        points=[{"priority_id": first, "ref": "7.1"}],
        effective_on=early,
        start_on=early,
        due_on="2024-09-30",
    )
    ids["other_action_id"] = made(
        f"/plans/{plan}/actions",
        title="Survey of parents and carers",
        points=[{"priority_id": first, "ref": "7.2"}, {"priority_id": second, "ref": "8.1"}],
        effective_on=early,
        due_on="2024-05-31",
    )
    ids["third_action_id"] = made(
        f"/plans/{plan}/actions",
        title="Agree the list of indicators",
        points=[{"priority_id": second, "ref": "8.2"}],
        effective_on=early,
    )
    ids["register_id"] = register = made(
        "/registers",
        ref="RR",
        title="Risk register",
        plan_id=plan,
        matrix={**FIVE_BY_FIVE, "effective_on": early},
    )
    ids["risk_id"] = made(
        f"/registers/{register}/risks",
        ref="1",
        description="No dashboard: leaders cannot see delivery.",
        current={"likelihood": 4, "impact": 4},
        target={"likelihood": 1, "impact": 4},
        owner_id=ids["person_id"],
        priority_id=first,
        effective_on=early,
    )
    ids["other_risk_id"] = made(
        f"/registers/{register}/risks", ref="2", description="Capacity delays work.", effective_on=early
    )
    risk = ids["risk_id"]
    ids["control_id"] = made(f"/risks/{risk}/controls", description="Working group established")
    ids["management_action_id"] = made(
        f"/risks/{risk}/management-actions", title="Finalise the indicators", effective_on=early
    )
    measure = f"/management-actions/{ids['management_action_id']}"
    ids["entry_id"] = made(f"{measure}/updates", narrative="Begun.", effective_on=early)
    ids["period_id"] = made(
        f"/plans/{plan}/periods", ref="2023-12", first_day="2023-10-01", last_day="2023-12-31"
    )
    ids["published_period_id"] = earlier = made(
        f"/plans/{plan}/periods", ref="2023-09", first_day="2023-07-01", last_day="2023-09-30"
    )
    editor.post(f"/periods/{earlier}/publication", None, 201, headers={"if-match": '"1"'})
    ids |= webhook(UUID(ids["area_id"]))
    ids |= schedule(UUID(ids["area_id"]), UUID(ids["plan_id"]))
    begun = {"narrative": "Begun.", "effective_on": early}
    for name in ("", "other_"):
        ids[f"{name}update_id"] = made(f"/actions/{ids[f'{name}action_id']}/updates", **begun)
        reviewed = {"reason": "Reviewed.", "effective_on": early}
        ids[f"{name}assessment_id"] = made(f"/risks/{ids[f'{name}risk_id']}/assessments", **reviewed)
    return ids


def webhook(area_id: UUID) -> dict[str, str]:
    """The ids of a webhook of the area and of a delivery of it that was given up. Nothing is sent."""
    who, at = system(area_id, "The area"), clock.moment()
    with db.write(who) as writer:
        body = WebhookCreate(url="https://receiver.example/hook")
        made = webhooks_service.create_webhook(writer, who, at, body)
        delivery = deliveries_service.test_webhook(writer, who, at, made["id"])
        of_delivery = tables.jobs.c.key == str(delivery["id"])
        writer.execute(delete(tables.jobs).where(of_delivery))
        table = tables.webhook_deliveries
        ended = update(table).where(table.c.id == delivery["id"])
        writer.execute(ended.values(state=DeliveryState.dead, finished_at=at.now))
    return {"webhook_id": str(made["id"]), "delivery_id": str(delivery["id"])}


def schedule(area_id: UUID, plan_id: UUID) -> dict[str, str]:
    """The ids of a paused schedule of the plan, a recipient, a run and a message that was given up.

    Nothing is sent.
    """
    who, at = system(area_id, "The area"), clock.moment()
    with db.write(who) as writer:
        made = _planned(writer, area_id, plan_id)
        [recipient] = recipients_service.list_recipients(writer, who, made["id"])["items"]
        run = runs_service.send_now(writer, who, at, made["id"])
        writer.execute(delete(tables.jobs).where(tables.jobs.c.key == str(run["id"])))
        delivery = {
            "id": new_id(),
            "area_id": area_id,
            "run_id": run["id"],
            "recipient_id": recipient["id"],
            "address": recipient["address"],
            "message_id": f"<{run['id']}@tracker.example>",
            "state": MailState.dead,
            "attempts": 11,
            "last_error": "The mail server answered 451: try later.",
            "created_at": at.now,
        }
        writer.execute(insert(tables.run_deliveries), [delivery])
    return {
        "schedule_id": str(made["id"]),
        "recipient_id": str(recipient["id"]),
        "run_id": str(run["id"]),
        "run_delivery_id": str(delivery["id"]),
        "link": subscriptions.token_of(made["id"], recipient["id"]),
    }


def _planned(writer: Connection, area_id: UUID, plan_id: UUID) -> dict[str, Any]:
    """A paused schedule of the plan with a recipient."""
    body = ScheduleCreate(
        plan_id=plan_id,
        name="Monday summary",
        rule=RuleStated(kind=RuleKind.weekly, weekday=Weekday.monday, time="08:00"),
        recipients=[RecipientCreate(address="board@council.example", group_name="Board members")],
    )
    who = system(area_id, "The area")
    return schedules_service.create_schedule(writer, who, clock.moment(), body)


def address(path: str, ids: dict[str, str]) -> str:
    """The address of a record; of the published period where only a published one has such a thing."""
    is_published = path.endswith(("/errata", "/differences", "/replay"))
    noun = path.partition("/by-ref/")[0].rpartition("/")[2]
    values = {**ids, "ref": REFS.get(noun, "")}
    return path.format(**{**values, "period_id": ids["published_period_id"]} if is_published else values)


def counts() -> dict[str, int]:
    """How many rows every table has, but for what reading may keep books of: sessions and tokens."""
    kept = [one for one in tables.metadata.sorted_tables if one.name not in ("sessions", "access_tokens")]
    with db.read(None) as reader:
        return {one.name: reader.execute(select(func.count()).select_from(one)).scalar_one() for one in kept}


def sequence(area_id: UUID | str) -> int:
    """The place of the newest entry in the area's journal: it rises with every change of anything."""
    areas = tables.areas
    with db.read(None) as reader:
        found = select(areas.c.last_sequence).where(areas.c.id == UUID(str(area_id)))
        return int(reader.execute(found).scalar_one())


_PEOPLE = ("lead_id", "sro_id", "owner_id", "accepted_by_id", "co_lead_ids", "strategic_lead_ids")
_NAMED = {
    **dict.fromkeys(_PEOPLE, "person_id"),
    "depends_on": "third_action_id",
    "subject_id": "other_risk_id",
}


def with_ids(example: Any, ids: dict[str, str], name: str = "", place: int = 0) -> Any:
    """An example of the contract with the ids of records that exist."""
    if isinstance(example, dict):
        if "priority_ref" in example and "ref" in example:
            return {"priority_ref": REFS["priorities"], "ref": REFS["actions"]}
        return {field: with_ids(value, ids, field, place) for field, value in example.items()}
    if isinstance(example, list):
        return [with_ids(value, ids, name, number) for number, value in enumerate(example)]
    if name == "priority_id" and place:
        return ids["second_priority_id"]
    known = _NAMED.get(name, name if name.endswith("_id") else "")
    return ids[known] if known and example is not None else example
