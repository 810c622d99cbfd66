"""Failures of Schemathesis that are none, each with its reason. What is not here fails the run.

The check "positive data is accepted" takes a contract to say all about what is valid. Ours says the form of
each field; rules between fields, and the state of the records, are told by the answer alone. So what the
contract takes may be refused by a rule of the domain, but never for its form: it would say too little then.
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
STATUSES = {
    # RFC 6585 made 428 for this header; who may not do this at all is told so first.
    "missing_required_header": ["401", "403", "428"],
    # The version is looked at before the rest of the request: refused all the same, and nothing is stored.
    "negative_data_rejection": ["400", "401", "403", "404", "405", "409", "412", "415", "422", "428"],
}
"""With what a request that is wrong on purpose may be refused."""

KINDS = {
    "stale": "the version stands no more: the record changed since",
    "nothing-to-match": "a version was named of what is not there yet",
    "if-match-required": "only where the record is there already must its version be named",
    "cursor": "a cursor is what an earlier answer gave: made up ones are refused",
}
"""Kinds of problem that depend on what stands, and never on the form of the request."""

FORM = (
    r"Give (this field: it is needed|a whole number|true or false|a text\.|a list|an (id|object)|one of)"
    r"|Give (some text|at most \d+\.|at least one\.|a day that there is|a date (as|between)|a time with)"
    r"|Give (a web address|an e-mail address)|This (must|is not in the form|cannot be cleared)|The text must"
    r"|A ref (has no slash|is more than a dot)|There is no such field here|Remove |Send "
)
"""What answers say where the form of a field is wrong: the contract must say it too, but for ``BEYOND``."""

_TEXT = "asked of all text: as a pattern it would stand a hundred times in the contract"
BEYOND = {
    r"Send the `ETag` of what you read": "an ETag is what an earlier answer gave: made up ones are refused",
    r"Remove the (unseen character|line breaks|NUL character)": _TEXT,
    r"Give some text: it must not be empty": _TEXT + "; spaces around it are no text",
    r"Give a date between 1990": "JSON Schema has no range for days",
    r"Give (an e-mail|a web) address": r"its pattern has \s: more letters here than in JSON Schema",
}
"""Faults of form that the contract does not say."""

_BY_REF = "null is as left out where the ref is new, and refused where a record stands"
_DOMAIN = "a rule of the domain: between fields, days and records"


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
    by_ref = re.search(r"/by-ref/|/bulk$", problem["instance"])
    rules = BEYOND | ({r"This cannot be cleared": _BY_REF} if by_ref else {})
    reasons = [_rule(fault["message"], rules) for fault in problem.get("errors") or ()]
    return reasons[0] if reasons and all(reasons) else None


def _rule(message: str, rules: dict[str, str]) -> str | None:
    """Why such a fault may be found in what the contract takes; None where it may not."""
    known = next((why for pattern, why in rules.items() if re.match(pattern, message)), None)
    return known or (None if re.match(FORM, message) else _DOMAIN)
