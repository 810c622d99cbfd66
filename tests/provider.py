"""A provider of single sign-on (oidc-provider-mock), which can be made to answer as none should.

with provider.started() as found:
    found.is_known("alice", email="alice@halton.example", roles=["Plans.Editor"])
    found.alter = lambda header, claims: found.signed(header, claims | {"aud": "another"})
"""

import base64
import json
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the mock uses what the library has named old
    import flask
    import oidc_provider_mock

TOKEN = "/oauth2/token"
Alter = Callable[[dict[str, Any], dict[str, Any]], str]


class Provider:
    """A running provider. ``alter`` makes another ID token of header and claims before it is answered."""

    def __init__(self) -> None:
        self.app = oidc_provider_mock.app()
        self.alter: Alter | None = None
        self.metadata: dict[str, Any] = {}
        self.keys: dict[str, Any] | None = None
        self.asked: list[dict[str, list[str]]] = []
        self.issuer = ""
        self._storage: Any = None
        self._inner = self.app.wsgi_app
        self.app.before_request(self._remember)

    def _remember(self) -> None:
        self._storage = flask.g.oidc_provider_mock_storage
        if flask.request.path == TOKEN:
            self.asked.append({name: [value] for name, value in flask.request.form.items()})

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """WSGI: the mock's answer, altered where that is wanted."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self._inner(environ, lambda status, headers, *_: begun.append((status, headers))))
        status, headers = begun[0]
        path = environ["PATH_INFO"]
        if status.startswith("200") and path == TOKEN:
            body = self._altered(body)
        elif path == "/.well-known/openid-configuration":
            body = json.dumps(json.loads(body) | self.metadata).encode()
        elif path == "/jwks" and self.keys is not None:
            body = json.dumps(self.keys).encode()
        # Its pages would ask a stranger for their style.
        body = re.sub(rb"<link[^>]*>", b"", body)
        kept = [pair for pair in headers if pair[0].lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    def _altered(self, body: bytes) -> bytes:
        answer = json.loads(body)
        if self.alter is not None:
            header, claims, _ = answer["id_token"].split(".")
            answer["id_token"] = self.alter(_read(header), _read(claims))
        return json.dumps(answer).encode()

    def is_known(self, subject: str, **claims: Any) -> None:
        """Somebody who has an account there."""
        httpx2.put(f"{self.issuer}/users/{quote(subject)}", json=claims).raise_for_status()

    def signed(self, header: dict[str, Any], claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """A token signed with the provider's key, or with another one."""
        own = RSAKey.import_key(self._storage.jwk.as_dict(is_private=True))
        return jwt.encode(header, claims, key or own)

    def authorize(self, address: str, subject: str) -> str:
        """The address that a browser is sent back to, when this person has signed in on the page there."""
        answer = httpx2.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text[:500]
        return answer.headers["location"]


def _read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token without a signature, as ``alg: none`` has it."""
    parts = [{**header, "alg": "none"}, claims]
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
        + "."
    )


def query(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@contextmanager
def started() -> Iterator[Provider]:
    """A provider on a free port of this machine, ended on leaving."""
    found = Provider()
    server = make_server("127.0.0.1", 0, found, threaded=True)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
