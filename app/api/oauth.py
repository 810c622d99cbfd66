"""The token endpoint: OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

import base64
import binascii
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.api.rendering import render
from app.clock import now
from app.db import read, write
from app.lazy_routes import apart_from_reads
from app.models.clients import TokenRead
from app.services import tokens as tokens_service
from app.services.tokens import OAuthError, WrongSecret


class _TokenRoute(APIRoute):
    """Refuses what is no form as OAuth has it: here no error is a problem of the API."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, apart_from_reads(endpoint), **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except (RequestValidationError, HTTPException) as error:
                if isinstance(error, HTTPException) and error.status_code != 400:
                    raise
                return _refusal(OAuthError("invalid_request", _NO_FORM))

        return answered


_NO_FORM = "Send grant_type, client_id and client_secret as text, as application/x-www-form-urlencoded."
router = APIRouter(tags=["access tokens"], route_class=_TokenRoute)


class TokenError(BaseModel):
    """An error of the token endpoint (RFC 6749, section 5.2)."""

    error: str = Field(
        description="`invalid_request`, `invalid_client`, `unsupported_grant_type` or `invalid_scope`.",
        examples=["invalid_client"],
    )
    error_description: str = Field(description="What is wrong and what to do.")


@router.post(
    "/oauth/token",
    response_model=TokenRead,
    operation_id="create_token",
    responses={
        400: {"model": TokenError, "description": "The request is not one that this endpoint takes."},
        401: {"model": TokenError, "description": "The client is unknown, expired or revoked."},
        413: {"description": "The body is larger than 1 MB."},
        429: {
            "model": TokenError,
            "description": "Too many wrong secrets for this client; `Retry-After` says how long to wait.",
        },
    },
)
def create_token(
    grant_type: Annotated[str | None, Form(description="Always `client_credentials`.")] = None,
    client_id: Annotated[str | None, Form(description="The client's id; or by HTTP Basic.")] = None,
    client_secret: Annotated[str | None, Form(description="The client's secret; or by HTTP Basic.")] = None,
    scope: Annotated[
        str | None, Form(description="Scopes separated by spaces; without it all that the client has.")
    ] = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Exchange a client's id and secret, in the form body or by HTTP Basic, for an access token.

    A token lives for an hour at most and never longer than its client. Revoking the client, or the secret
    that it was given out for, ends it at once. After ten wrong secrets for one client in a minute, further
    wrong ones are answered 429; the right one always gets a token.
    """
    try:
        tokens_service.check_grant_type(grant_type)
        given = _basic(authorization) if authorization else (client_id, client_secret)
        if not given[0] or not given[1]:
            raise OAuthError("invalid_client", "Send client_id and client_secret, or HTTP Basic.", 401)
        found = _token(given[0], given[1], scope)
    except OAuthError as error:
        return _refusal(error)
    return Response(
        render(TokenRead, found), media_type="application/json", headers={"cache-control": "no-store"}
    )


def _token(client_id: str, secret: str, scope: str | None) -> dict[str, Any]:
    """A token. Raises OAuthError; a wrong secret is counted."""
    at = now()
    try:
        # Looked at before anything is locked: who guesses does not hold up those who write.
        with read(None) as db:
            tokens_service.prove(db, client_id, secret, at)
        with write(None) as db:
            return tokens_service.issue_token(db, client_id, secret, scope, at)
    except WrongSecret as wrong:
        with read(None) as db:
            counted = tokens_service.failures(db, wrong.client_id, at)
        if counted >= tokens_service.MOST_FAILURES:
            raise tokens_service.too_many(at) from wrong
        with write(None) as db:
            tokens_service.count_failure(db, wrong.client_id, at)
        raise


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise OAuthError("invalid_client", "Send the client by HTTP Basic, as id:secret.", 401) from error
    return unquote_plus(name), unquote_plus(secret)


def _refusal(error: OAuthError) -> JSONResponse:
    headers = {"cache-control": "no-store"}
    if error.status == 401:
        headers["www-authenticate"] = 'Basic realm="send-tracker"'
    if error.wait:
        headers["retry-after"] = str(error.wait)
    content = {"error": error.error, "error_description": error.error_description}
    return JSONResponse(content, status_code=error.status, headers=headers)
