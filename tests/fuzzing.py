"""Schemathesis against the service: what a run is fed with, how it asks, and what it found.

    ids = doors.records(program)
    found = fuzzing.run(fuzzing.settings(ids, token, phases=fuzzing.DRAWN, examples=2), app=application)
    assert not found.failures, found.told()

A run holds every answer against all checks of Schemathesis, and to the last property against the contract. A
failure is dropped only by ``tests/explained.py``, which says why.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import hypothesis.strategies as st
import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.hooks import HookContext

from tests import doors, explained
from tests.doors import REFS

SCOPES = {
    "nobody": (),
    "expired": ("read", "write", "admin"),
    "read": ("read",),
    "write": ("write",),
    "admin": ("admin",),
    "both": ("write", "admin"),
}
"""The scopes of each role. Nobody has no token; that of ``expired`` was given out yesterday."""
LIMITS = ("coverage",)
"""The phase that tries the limits of every field one by one, and methods that an address does not take."""
STORIES = ("stateful",)
"""The phase that goes on with the ids of the answers, by links."""
DRAWN = ("fuzzing", *STORIES)
"""The phases that draw requests at random, on each operation and as stories."""

# The published period could not be written to; no address or body of its own names the third action.
_NOT_FED = {"published_period_id", "third_action_id"}
_PEOPLE = ("lead_id", "sro_id", "owner_id", "accepted_by_id", "strategic_lead_ids[*]", "co_lead_ids[*]")


@dataclass
class Found:
    """What a run asked for and what it found."""

    requests: int = 0
    linked: int = 0
    statuses: Counter[int | None] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    """The last request of each operation, one that was taken if there was one."""

    def told(self) -> str:
        """The failures, each with the request that shows it."""
        return "\n\n".join([f"{len(self.failures)} failures", *self.failures[:20]])

    def summary(self) -> str:
        """How much was asked for, and how it was answered."""
        counts = sorted(self.statuses.items(), key=str)
        statuses = ", ".join(f"{count} x {status}" for status, count in counts)
        return (
            f"{self.requests} requests, {self.linked} of them by links, {len(self.operations)} operations, "
            f"{len(self.failures)} failures: {statuses}"
        )


def headers(token: str | None) -> dict[str, str]:
    """How a program with this token shows who it is."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def operations() -> set[str]:
    """Every operation of the contract, as a run names it."""
    paths = doors.application().openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def refused(scopes: tuple[str, ...]) -> set[str]:
    """The operations that the contract refuses to a client with these scopes."""
    paths = doors.application().openapi()["paths"]
    return {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
        if operation["security"] and not any(one["client"][0] in scopes for one in operation["security"])
    }


def settings(
    ids: Mapping[str, str],
    token: str | None,
    *,
    phases: tuple[str, ...],
    examples: int = 1,
    address: str | None = None,
    seed: int = 1,
) -> SchemathesisConfig:
    """The settings of a run by the program with this token, the same requests each time.

    Most ids that it sends are those of these records; of ``LIMITS`` all in addresses are, since such a run
    would draw others each time and look no further than 404.
    """
    fed = {f"path.{name}": [value] for name, value in ids.items() if name not in _NOT_FED}
    fixed = {}
    if phases == LIMITS:
        fixed, fed = {name: values[0] for name, values in fed.items()}, {}
    else:
        fed |= {"path.ref": [*REFS.values()]}
        fed |= {f"query.{name}": [value] for name, value in ids.items()}
        fed |= {f"body.{name}": [ids["person_id"]] for name in _PEOPLE}
        fed |= {"body.depends_on[*]": [ids["other_action_id"]], "body.subject_id": [ids["risk_id"]]}
    # Of each operation there are `examples`; of stories that follow links there are so many in all.
    stories = {"stateful": {"enabled": "stateful" in phases, "generation": {"max-examples": 8 * examples}}}
    bound = {name: {"dictionary": _word(name), "probability": 0.8} for name in fed}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": headers(token),
            "continue-on-failure": True,
            "dictionaries": {_word(name): {"values": values} for name, values in fed.items()},
            "parameters": {**fixed, **bound},
            "checks": {name: {"expected-statuses": some} for name, some in explained.STATUSES.items()},
            "phases": {"enabled": False, **{name: {"enabled": True} for name in phases}, **stories},
            "generation": {
                "max-examples": examples,
                # Stories end early where a story told again is answered otherwise: each seed tells others.
                "deterministic": phases != STORIES,
                "database": "none",
                "no-shrink": True,
            },
            "cache": {"enabled": False},
            # What stands in the source of the service is not what programs would send.
            "analysis": {"constants": {"enabled": False}},
            "output": {"sanitization": {"enabled": False}},
            # They ask for quicker or smaller examples; the contract is as large as it is.
            "suppress-health-check": ["all"],
            **({"base-url": address} if address else {}),
        }
    )


def _word(name: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in name)


# --- Running ----------------------------------------------------------------------------------------------


def run(config: SchemathesisConfig, *, app: Any = None, only: Iterable[str] = ()) -> Found:
    """Run the phases of the settings against ``app`` in this process, or the address of the settings.

    ``only`` names the operations to ask for, as :func:`operations` does; all of them by default.
    """
    found = Found()
    schema = schemathesis.openapi.from_dict(doors.application().openapi(), config=config)
    schema.app, schema.location = app, "/reference/openapi.json"

    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        reason = explained.reason(failure, response)
        if reason is not None:
            found.explained[reason] += 1
        return reason is None

    @schema.hook
    def after_call(context: HookContext, case: Case, response: Response) -> None:
        if case.method in ("GET", "PATCH", "PUT") and (tag := response.headers.get("etag")):
            _versions[case.formatted_path] = tag[0]

    chosen = schema.include(name=list(only)) if only else schema
    for event in from_schema(chosen).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(found, event)
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            found.failures.append(str(getattr(event, "info", None) or event.exception))
    return found


def _note(found: Found, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    for key, one in recorder.interactions.items():
        case = recorder.cases[key].value
        status = one.response.status_code if one.response else None
        label = case.operation.label
        found.requests += 1
        found.linked += recorder.cases[key].is_transition_applied
        found.statuses[status] += 1
        # The limits ask for other methods too, in the name of the operation.
        if case.method == label.split()[0]:
            found.operations[label] += 1
            if label not in found.cases or (status is not None and status < 300):
                found.cases[label] = case
        if one.response is None:
            found.failures.append(f"{label}: no answer")
    for key, checks in recorder.checks.items():
        for check in checks:
            if (failed := check.failure_info) is not None:
                answer = recorder.interactions[key].response if key in recorder.interactions else None
                body = answer.content[:4000] if answer and answer.content else b""
                found.failures.append(
                    f"{event.phase} {check.name} {failed.failure.operation}\n{failed.failure}\n"
                    f"{failed.code_sample[:2000]}\n{answer and answer.status_code} {body!r}"
                )


def again(found: Found, token: str | None) -> tuple[dict[str, int], list[str]]:
    """Send the last request of each operation once more with another token: the statuses, and failures."""
    statuses, failures = {}, []
    for label, case in found.cases.items():
        shown = headers(token)
        answer = case.call(headers=shown or {"Authorization": ""})
        statuses[label] = answer.status_code
        try:
            case.validate_response(answer, headers=shown)
        except FailureGroup as group:
            failures += [f"{label}: {failure}\n{answer.content!r}" for failure in group.exceptions]
    return statuses, failures


# --- What is sent -----------------------------------------------------------------------------------------

_versions: dict[str, str] = {}
"""The ETag that each address answered last: of its record, or in a 412 of what stands there."""


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Send the version that stands, and with each request a key of its own.

    As drawn nearly every change would end with 412, or with 422 since the key was used for another request.
    What a request is meant to get wrong stays as it is.
    """
    if not case.headers or case.meta is None or case.meta.is_negative_at(ParameterLocation.HEADER):
        return
    if "If-Match" in case.headers and case.formatted_path in _versions:
        case.headers["If-Match"] = _versions[case.formatted_path]
    if "Idempotency-Key" in case.headers:
        sent = repr((case.formatted_path, case.query, case.body)).encode()
        case.headers["Idempotency-Key"] = hashlib.sha256(sent).hexdigest()


# Of days of all calendars nearly none would be taken.
_DAYS = st.dates(explained.EARLIEST, explained.LATEST).map(str)
schemathesis.openapi.format("date", _DAYS)
schemathesis.openapi.format("date-time", _DAYS.map("{}T09:30:00Z".format))


@schemathesis.check
def contract_to_the_last_property(context: CheckContext, response: Response, case: Case) -> None:
    """An answer holds every property that the contract has for it, and no other one; with `fields` those."""
    url = str(response.request.url)
    parts = urlsplit(url)
    answer = SimpleNamespace(
        status_code=response.status_code,
        headers={name: values[0] for name, values in response.headers.items()},
        content=response.content,
        json=response.json,
        request=SimpleNamespace(url=SimpleNamespace(params=dict(parse_qsl(parts.query)))),
    )
    if response.status_code not in (204, 304, 405):
        doors.check_contract(str(response.request.method), url, answer)
