"""Every kind of problem that the API answers with: what it means, what a program does about it, a sample.

The contract and the reference page are made from this list; a test holds it against the errors in the code.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.api.bodies import DEEPEST
from app.api.problems import TYPE
from app.engines import LOCK_WAIT_SECONDS

_PLAN = "/api/v1/plans/0197f6a0-5a02-7c3e-8a77-0d3a1f2b4c22"
_CURSOR = (
    "Send the `next` value of the answer before, unchanged, with the same filters, order and day. "
    "Where that is not possible, begin again without a cursor."
)
_ELSEWHERE = "elsewhere"


class ProblemType(NamedTuple):
    """One kind of problem. ``needs`` is what an operation must have before it can answer so; "" is nothing.

    It may need a "body", a "cursor", "If-Match", an "Idempotency-Key", or be "by-ref". What is "elsewhere"
    is no answer of an operation: an unknown address, a fault of the service.
    """

    kind: str
    status: int
    title: str
    meaning: str
    advice: str
    detail: str
    instance: str = _PLAN
    more: Mapping[str, Any] = {}
    needs: str = ""

    @property
    def sample(self) -> dict[str, Any]:
        """The problem as it is answered."""
        return {
            "type": TYPE + self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": self.instance,
            **self.more,
        }


PROBLEM_TYPES = (
    ProblemType(
        "malformed",
        400,
        "The request could not be read",
        f"The body is not text in UTF-8, or is nested more than {DEEPEST} levels deep.",
        "Mend the program: sending the same again gives the same answer.",
        "Send a body in JSON, as UTF-8.",
        "/api/v1/plans",
    ),
    ProblemType(
        "not-authenticated",
        401,
        "Sign in first",
        "There is no access token, or it is unknown, expired or revoked.",
        "Get a new token from `POST /oauth/token` and send the request again, once.",
        "The access token is unknown, expired or revoked. Ask POST /oauth/token for a new one.",
    ),
    ProblemType(
        "not-allowed",
        403,
        "You may not do this",
        "The token is good, but its scopes do not allow this operation.",
        "Ask for a client with the scope that the operation names.",
        "This needs the scope `write`. Ask for a client that has it.",
    ),
    ProblemType(
        "not-found",
        404,
        "Not found",
        "There is no such record in the client's area. A record of another area looks exactly the same.",
        "Check the id. Of what was found once, only a period that was not published, and a plan or priority "
        "with nothing in it, can have been deleted: `/changes` tells of it.",
        "There is no such plan in your area. Check the address or the id.",
    ),
    ProblemType(
        "no-such-address",
        404,
        "No such address",
        "The path is not one of the API's.",
        "Mend the program: compare the path with the contract.",
        "Check the address with the API description.",
        "/api/v1/plan",
        needs=_ELSEWHERE,
    ),
    ProblemType(
        "method-not-allowed",
        405,
        "This address does not take this method",
        "The path exists, the method does not.",
        "Use one of the methods in the `Allow` header.",
        "Use one of those in `Allow`.",
        needs=_ELSEWHERE,
    ),
    ProblemType(
        "conflict",
        409,
        "This does not fit the present state",
        "The change is well formed but cannot be made to the record as it is now.",
        "Read the record, and decide again whether the change is still needed.",
        "This action is withdrawn already. Reinstate it first.",
        "/api/v1/actions/0197f6a0-5c21-7b66-9e01-1a2b3c4d5e44/withdrawal",
    ),
    ProblemType(
        "idempotency-key-in-use",
        409,
        "The first request with this key is still running",
        "A request with the same `Idempotency-Key` has not ended yet.",
        "Send it again, with the same key, after the seconds in `Retry-After`: its answer is then there.",
        "Send the request again in a second, with the same key: its answer is then there.",
        "/api/v1/plans",
        needs="Idempotency-Key",
    ),
    ProblemType(
        "stale",
        412,
        "Someone changed this since you read it",
        "`If-Match` names a version that is no longer the newest. `current` is the record as it is now, and "
        "the `ETag` header is its version.",
        "Merge your change with `current` and send it again with the new `ETag`.",
        "Read the current version, merge your change, and send it again with its ETag.",
        more={
            "current": {
                "id": "0197f6a0-5a02-7c3e-8a77-0d3a1f2b4c22",
                "ref": "PAP",
                "title": "SEND priority action plan",
                "version": 3,
            }
        },
        needs="If-Match",
    ),
    ProblemType(
        "nothing-to-match",
        412,
        "There is no such record yet",
        "`If-Match` was sent for a ref that no record has.",
        "Leave `If-Match` out to add the record.",
        "Leave If-Match out to add the record.",
        _PLAN + "/actions/by-ref/6.1",
        needs="by-ref",
    ),
    ProblemType(
        "too-large",
        413,
        "The body is too large",
        "The body is larger than 1 MB, or that of a bulk than 5 MB.",
        "Send less in one request.",
        "Send at most 1 MB.",
        "/api/v1/plans",
    ),
    ProblemType(
        "media-type",
        415,
        "This media type is not taken",
        "The body is not declared as JSON.",
        "Send `Content-Type: application/json`.",
        "Send `application/json`.",
        "/api/v1/plans",
    ),
    ProblemType(
        "invalid",
        422,
        "The input is not valid",
        "A field, a parameter or a rule is broken. `errors` has one entry for each, with a JSON pointer into "
        "the body (or `/name` for a parameter) and what to do.",
        "Show `errors` to whoever can mend the data. Sending the same again gives the same answer.",
        "Another priority or action of this plan has the ref PAP 1. Choose another ref.",
        _PLAN + "/priorities",
        {"errors": [{"pointer": "/ref", "message": "This ref is taken in the plan: choose another one."}]},
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        "This key was used for another request",
        "The `Idempotency-Key` belongs to a request with another method, address, query or body. Nothing of "
        "this one was done.",
        "Make a new key for each new request.",
        "A key belongs to one request: its method, address, query and body. Send another request with a key "
        "of its own.",
        "/api/v1/plans",
        needs="Idempotency-Key",
    ),
    ProblemType(
        "cursor",
        422,
        "The cursor does not fit this list",
        "`cursor` is not one of this list, with these filters, this order and this day.",
        "Begin again without a cursor.",
        _CURSOR,
        "/api/v1/plans",
        {"errors": [{"pointer": "/cursor", "message": _CURSOR}]},
        needs="cursor",
    ),
    ProblemType(
        "if-match-required",
        428,
        "If-Match is required",
        "The change does not say which version it is meant for.",
        "Read the record and send its `ETag` in `If-Match`.",
        "Send the ETag of the version that you read in the If-Match header.",
        needs="If-Match",
    ),
    ProblemType(
        "quota",
        429,
        "Too many requests",
        "The client has made as many requests in this minute as were agreed with it.",
        "Wait for the seconds in `Retry-After`, then go on; spread the work, or read with the change feed.",
        "This client may make 6000 requests in a minute. Try again in 12 seconds.",
    ),
    ProblemType(
        "busy",
        503,
        "The service is busy",
        f"Others wrote for so long that the request gave up waiting, after {LOCK_WAIT_SECONDS:.0f} seconds. "
        "Nothing was stored.",
        "Send the same again after the seconds in `Retry-After`.",
        "Others are writing for longer than expected. Nothing was stored: try again.",
        needs=_ELSEWHERE,
    ),
    ProblemType(
        "http",
        417,
        "Expectation Failed",
        "Any other error of HTTP, under its own status. A request that is no HTTP, or whose address is over "
        "64 kB, is refused in plain text.",
        "Do what the status says.",
        "Expectation Failed",
        needs=_ELSEWHERE,
    ),
    ProblemType(
        "error",
        500,
        "Something went wrong",
        "A fault of the service. Nothing was stored.",
        "Try again later; if it stays, tell the service's owner the `X-Request-Id` of the answer.",
        "Something went wrong here. Try again; if it stays, tell the service's owner the request id.",
        needs=_ELSEWHERE,
    ),
)


def of_status(status: int, features: frozenset[str]) -> tuple[ProblemType, ...]:
    """The kinds with which an operation that has these features answers under this status."""
    return tuple(one for one in PROBLEM_TYPES if one.status == status and {one.needs} <= {"", *features})
