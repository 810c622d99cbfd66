"""The errors of the service: small classes that the doors render as problem+json or as a page."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One thing wrong with the input: where (a JSON pointer, "" for the whole) and what to do."""

    pointer: str
    message: str


class ServiceError(Exception):
    """Base of all errors that a user or client can cause. ``status`` is the HTTP status.

    ``retry_after`` are the seconds after which the same request may succeed, None where it will not.
    """

    status = 500
    kind = "error"
    title = "Something went wrong"
    retry_after: int | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Busy(ServiceError):
    """Others wrote for so long that this request gave up waiting; nothing was stored."""

    status = 503
    kind = "busy"
    title = "The service is busy"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("Others are writing for longer than expected. Nothing was stored: try again.")


class Malformed(ServiceError):
    """A request that cannot be read at all."""

    status = 400
    kind = "malformed"
    title = "The request could not be read"


class NotTaken(ServiceError):
    """A body of a kind that is not read here."""

    status = 415
    kind = "media-type"
    title = "This media type is not taken"


class NotAuthenticated(ServiceError):
    """No credential, or one that is unknown, expired or revoked."""

    status = 401
    kind = "not-authenticated"
    title = "Sign in first"


class NotAllowed(ServiceError):
    """The credential is good but does not allow this."""

    status = 403
    kind = "not-allowed"
    title = "You may not do this"


class NotFound(ServiceError):
    """No such record in the caller's area; another area's record looks exactly the same."""

    status = 404
    kind = "not-found"
    title = "Not found"

    def __init__(self, noun: str, *, hint: str = "") -> None:
        words = f"There is no such {noun} in your area. Check the address or the id."
        super().__init__(f"{words} {hint}" if hint else words)


class Conflict(ServiceError):
    """The change does not fit the present state of the record."""

    status = 409
    kind = "conflict"
    title = "This does not fit the present state"


class KeyInUse(ServiceError):
    """The first request with this Idempotency-Key is still running."""

    status = 409
    kind = "idempotency-key-in-use"
    title = "The first request with this key is still running"
    retry_after = 1

    def __init__(self) -> None:
        super().__init__("Send the request again in a second, with the same key: its answer is then there.")


class KeyReused(ServiceError):
    """This Idempotency-Key was used for another request. Nothing of this one was done."""

    status = 422
    kind = "idempotency-key-reused"
    title = "This key was used for another request"

    def __init__(self) -> None:
        super().__init__(
            "A key belongs to one request: its method, address, query and body. Send another request with a "
            "key of its own."
        )


class PreconditionFailed(ServiceError):
    """The record changed since it was read. ``current`` is what it is now, ``version`` its version."""

    status = 412
    kind = "stale"
    title = "Someone changed this since you read it"

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__("Read the current version, merge your change, and send it again with its ETag.")
        self.current = current


class NothingToMatch(ServiceError):
    """A version was sent for a record that is not there."""

    status = 412
    kind = "nothing-to-match"
    title = "There is no such record yet"

    def __init__(self) -> None:
        super().__init__("Leave If-Match out to add the record.")


class PreconditionRequired(ServiceError):
    """A change was sent without saying which version it changes."""

    status = 428
    kind = "if-match-required"
    title = "If-Match is required"

    def __init__(self) -> None:
        super().__init__("Send the ETag of the version that you read in the If-Match header.")


class QuotaUsedUp(ServiceError):
    """A client has made as many requests in this minute as were agreed with it."""

    status = 429
    kind = "quota"
    title = "Too many requests"

    def __init__(self, limit: int, seconds: int) -> None:
        wait = f"{seconds} second{'' if seconds == 1 else 's'}"
        super().__init__(f"This client may make {limit} requests in a minute. Try again in {wait}.")
        self.retry_after = seconds


class Invalid(ServiceError):
    """Input that breaks a rule; one fault per field, nothing was stored."""

    status = 422
    kind = "invalid"
    title = "The input is not valid"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class BadCursor(Invalid):
    """A cursor that is not of this list, as it is asked for now: the walk through it begins again."""

    kind = "cursor"
    title = "The cursor does not fit this list"

    def __init__(self) -> None:
        message = (
            "Send the `next` value of the answer before, unchanged, with the same filters, order and day. "
            "Where that is not possible, begin again without a cursor."
        )
        super().__init__([Fault("/cursor", message)])


def invalid(pointer: str, message: str) -> Invalid:
    """An Invalid with a single fault."""
    return Invalid([Fault(pointer, message)])
