"""Failures of Schemathesis that are none, each with its reason. What is not here fails the run.

The check "positive data is accepted" takes a contract to say all about what is valid. Ours says the form of
each field; rules between fields, and the state of the records, are told by the answer alone. So a refusal is
right when every fault that it names is one of ``RULES``.
"""

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData

# Days that inputs take (Domain rules, section 1); JSON Schema has no range for days.
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)

KINDS = {
    "stale": "the version stands no more: the record changed since",
    "nothing-to-match": "a version was named of what is not there yet",
    "if-match-required": "only where the record is there already must its version be named",
    "cursor": "a cursor is what an earlier answer gave: made up ones are refused",
}
"""Kinds of problem that depend on what stands, and never on the form of the request."""

_STATE = "whether this is there depends on the records"
_TOGETHER = "what fields say together: a schema describes them one by one"
_DAYS = "depends on the day of asking, or on the days of other records"
_HOST = "which hosts are known depends on the network of the service"
_URL = "a rule about addresses that no format of a text says"
_TEXT = "asked of all text: as a pattern it would stand a hundred times in the contract"
RULES = {
    r"There is no ": _STATE,
    r"This ref is used already": _STATE,
    r"The journal of your area ends at \d+": _STATE,
    r"Give this field: there is no (action|priority|risk) with this ref yet": _STATE,
    r"On \S+ the \w+ would go from .* Correct that entry first": _STATE,
    r"Name an entry of this record that counts": _STATE,
    r"The (impact|likelihood) must be from 1 to \d+": _STATE,
    r"The risk was not in the register yet": _STATE,
    r"Choose days outside the period": _DAYS,
    r"Give (today, )?\S+ or an? (earlier|later) day": _DAYS,
    r"The board meets about a period when it is over": _DAYS,
    r"State (a status, a due date|at least one fact)": _TOGETHER,
    r".* is used twice; each name must be different": _TOGETHER,
    r"Scope .* is there twice": _TOGETHER,
    r".* The (two|three|four) shares must add up to about 100": _TOGETHER,
    r"Leave this out: it belongs to": _TOGETHER,
    r"Only a complete action has a completion date": _TOGETHER,
    r"A named matrix has no": _TOGETHER,
    r"The bands of a named matrix have no scores": _TOGETHER,
    r"Give 2 to 10 labels": _TOGETHER,
    r"Give the (lowest|highest) score of": _TOGETHER,
    r".* ends at \d+, before it starts": _TOGETHER,
    r"No band holds the score": _TOGETHER,
    r"Give how many days before a meeting": _TOGETHER,
    r"The due date, .* must not be before the start": _TOGETHER,
    r"The last day must not be before the first": _TOGETHER,
    r"Give at least one date": _TOGETHER,
    r"Give a reason: ": _TOGETHER,
    r"Give a first day that is not after the last": _TOGETHER,
    r"Give a span of at most 120 months": _TOGETHER,
    r"Keep the ref of the address, .* on one of the points": _TOGETHER,
    r"Publish it by POST to its `publication`": "this value of a known list is reached by another operation",
    r"The host .* (is not known|could not be looked up in time)": _HOST,
    r"The address (must begin with https:// and a host|may hold visible ASCII)": _URL,
    r"Give some text: it must not be empty": _TEXT + "; spaces around it are no text",
    r"Give the scope a name of 1 to 120": _TEXT + "; spaces around it are no text",
    r"Remove the (control characters|NUL character)": _TEXT,
    r"Give a text that can be seen": _TEXT,
}


_CLEARED = r"This cannot be cleared"
_BY_REF = "null is as left out where the ref is new, and refused where a record stands"
STATUSES = {
    # RFC 6585 made 428 for this header; who may not do this at all is told so first.
    "missing_required_header": ["401", "403", "428"],
    # The version is looked at before the rest of the request: refused all the same, and nothing is stored.
    "negative_data_rejection": ["400", "401", "403", "404", "405", "409", "412", "415", "422", "428"],
}
"""With what a request that is wrong on purpose may be refused."""


def reason(failure: Failure, response: Response) -> str | None:
    """The reason why this is no failure; None where it is one."""
    if isinstance(failure, JsonSchemaError) and is_sparse(response):
        return "with `fields` an answer holds those alone: contract_to_the_last_property looks at it"
    if isinstance(failure, RejectedPositiveData) and response.status_code in (412, 422, 428):
        return _refused(response.json())
    return None


def is_sparse(response: Response) -> bool:
    """Whether some fields alone were asked for and answered."""
    asked = parse_qs(urlsplit(str(response.request.url)).query)
    return response.status_code == 200 and "fields" in asked


def _refused(problem: dict[str, Any]) -> str | None:
    kind = problem["type"].rpartition(":")[2]
    if kind in KINDS:
        return KINDS[kind]
    rules = {_CLEARED: _BY_REF} if re.search(r"/by-ref/|/bulk$", problem["instance"]) else {}
    messages = [fault["message"] for fault in problem.get("errors") or ()]
    reasons = [_rule(message, RULES | rules) for message in messages]
    return reasons[0] if reasons and all(reasons) else None


def _rule(message: str, rules: dict[str, str]) -> str | None:
    return next((why for pattern, why in rules.items() if re.match(pattern, message)), None)
