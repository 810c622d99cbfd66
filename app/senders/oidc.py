"""OpenID Connect with a provider of single sign-on: code flow with PKCE (Core, section 3.1; RFC 7636).

The provider is the operator's choice, not an administrator's, so it is asked directly, through the proxy that
the environment names. What it answers is believed only in a signed ID token that fits the question.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from app.config import SignOn
from app.logs import log

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client
    from joserfc.jwk import KeySet

TIMEOUT_SECONDS = 5.0
KNOWN_SECONDS = 3600.0
"""How long a provider's addresses and keys are taken for known."""
ASKED_AGAIN_SECONDS = 30.0
"""How soon keys may be asked for again, when a token names one that is not known."""
LEEWAY_SECONDS = 60
SCOPES = "openid profile email"
# Signatures by keys that only the provider has: never "none", never a shared secret (RFC 8725, section 3.1).
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MOST_SUBJECT = 255


class Refused(Exception):
    """What the provider answered is not believed, or there is no answer; the message is for the log."""


class Unreachable(Refused):
    """The provider did not answer."""


class Proof(NamedTuple):
    """What only the browser that began can bring back: state, nonce and the verifier of PKCE."""

    state: str
    nonce: str
    verifier: str


class Claims(NamedTuple):
    """Who the provider says has signed in. ``email`` is None where it gives none that is confirmed."""

    issuer: str
    subject: str
    email: str | None
    roles: tuple[str, ...]


def authorization_address(provider: SignOn, back: str, proof: Proof) -> str:
    """The provider's address on which somebody signs in, to come back to ``back``. Raises Refused."""
    known = _known(provider)
    with _client(provider, back) as client:
        address, _ = client.create_authorization_url(
            known.metadata["authorization_endpoint"],
            state=proof.state,
            nonce=proof.nonce,
            code_verifier=proof.verifier,
        )
    return str(address)


def claims_of(provider: SignOn, back: str, code: str, proof: Proof, now: datetime) -> Claims:
    """What the provider says of whoever brought this code. Raises Refused."""
    known = _known(provider)
    with _client(provider, back) as client:
        answer = _asked(
            lambda: client.fetch_token(
                known.metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=proof.verifier,
            )
        )
    token = answer.get("id_token") if isinstance(answer, Mapping) else None
    if not isinstance(token, str):
        raise Refused("the provider answered without an ID token")
    return _believed(provider, token, answer.get("access_token"), proof.nonce, now)


def end_session_address(provider: SignOn, back: str) -> str:
    """The provider's address on which its own session ends (RP-Initiated Logout); "" where it has none.

    Raises Refused.
    """
    address = _known(provider).metadata.get("end_session_endpoint")
    if not isinstance(address, str) or not _is_as_safe(address, provider):
        return ""
    asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back})
    return f"{address}{'&' if urlsplit(address).query else '?'}{asked}"


# --- The ID token -----------------------------------------------------------------------------------------


def _believed(provider: SignOn, token: str, access_token: object, nonce: str, now: datetime) -> Claims:
    """The claims of a token that the provider signed, for this service, in answer to this question."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    options: Any = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token}
    try:
        header, found = _signed(provider, token)
        claims: Any = CodeIDToken(found, header, options, params)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(f"the ID token is not good: {_named(error)}") from error
    subject = found["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_SUBJECT or not subject.isascii():
        raise Refused("the ID token names nobody")
    return Claims(provider.issuer, subject, _email(found), _roles(found))


def _signed(provider: SignOn, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token with a good signature. Keys are asked for again if one is not known."""
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
    try:
        found = jwt.decode(token, _known(provider).keys, registry=registry)
    except InvalidKeyIdError:
        found = jwt.decode(token, _known(provider, is_stale=True).keys, registry=registry)
    return dict(found.header), dict(found.claims)


def _email(claims: Mapping[str, Any]) -> str | None:
    """The address that the provider vouches for; of Entra ID, which may leave it out, the sign-in name."""
    if claims.get("email_verified") is False:
        return None
    for name in ("email", "preferred_username"):
        found = claims.get(name)
        if isinstance(found, str) and "@" in found:
            return found
    return None


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get("roles")
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


# --- The provider -----------------------------------------------------------------------------------------


class _Known(NamedTuple):
    """What a provider says of itself, and its keys; ``at`` on the monotonic clock."""

    metadata: dict[str, Any]
    keys: "KeySet"
    at: float


_providers: dict[str, _Known] = {}
_asking = Lock()


def _known(provider: SignOn, *, is_stale: bool = False) -> _Known:
    """The provider's addresses and keys, asked for once an hour; sooner when what is known does not do."""
    longest = ASKED_AGAIN_SECONDS if is_stale else KNOWN_SECONDS
    with _asking:
        found = _providers.get(provider.issuer)
        if found is None or time.monotonic() - found.at >= longest:
            found = _providers[provider.issuer] = _discovered(provider)
        return found


def _discovered(provider: SignOn) -> _Known:
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    metadata = _json(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if metadata.get("issuer") != provider.issuer:
        raise Refused("the provider calls itself by another issuer")
    for name in _ADDRESSES:
        if not isinstance(metadata.get(name), str) or not _is_as_safe(metadata[name], provider):
            raise Refused(f"the provider's {name} is not safe")
    try:
        keys = KeySet.import_key_set(_json(metadata["jwks_uri"]))  # type: ignore[arg-type]  # checked inside
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Refused(f"the provider's keys cannot be read: {_named(error)}") from error
    return _Known(metadata, keys, time.monotonic())


def _is_as_safe(address: str, provider: SignOn) -> bool:
    """Whether an address is https, or http where the issuer itself is: here, in a demonstration."""
    return urlsplit(address).scheme in ("https", urlsplit(provider.issuer).scheme)


def _json(address: str) -> dict[str, Any]:
    import httpx2

    def get() -> Any:
        answer = httpx2.get(address, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        return answer.json()

    found = _asked(get)
    if not isinstance(found, dict):
        raise Refused("the provider did not answer with an object")
    return found


def _asked(ask: Any) -> Any:
    """What the provider answers. Raises Unreachable, and Refused for an error in its words."""
    import httpx2
    from authlib.integrations.base_client import OAuthError

    try:
        return ask()
    except OAuthError as error:
        raise Refused(f"the provider refused: {error.error}") from error
    except httpx2.HTTPStatusError as error:
        raise Unreachable(f"the provider answered {error.response.status_code}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, TypeError) as error:
        log.warning("the provider of single sign-on did not answer", error=_named(error))
        raise Unreachable(_named(error)) from error


def _client(provider: SignOn, back: str) -> "OAuth2Client":
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        provider.client_id,
        provider.client_secret.get_secret_value(),
        redirect_uri=back,
        scope=SCOPES,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
    )


def _named(error: Exception) -> str:
    """An error without what it holds: that may be a token."""
    return type(error).__name__
