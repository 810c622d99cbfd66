"""Single sign-on with a provider: who is let in with which role, who is not, and what is never believed."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.config import settings
from app.models.tables import identities, journal_entries, sessions, users
from app.senders import oidc
from app.services import single_sign_on as service
from app.services import users as users_service
from tests import doors, provider
from tests.provider import Provider
from tests.web.conftest import Visitor, words

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the mock's own
ON_ONE = pytest.mark.parametrize("database_kind", ["sqlite"])
"""Where nothing comes to the database, one kind will do."""
ROLES = {"Plans.Viewer": "viewer", "Plans.Editor": "editor", "Plans.Admin": "admin"}
ALICE = "alice"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider.started() as found:
        yield found


@pytest.fixture
def there(running: Provider, http: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The provider of the sample's area, honest, with one person who is an editor."""
    given = {
        "name": "your council account",
        "issuer": running.issuer,
        "client_id": "plans",
        "client_secret": "secret",
        "roles": ROLES,
    }
    monkeypatch.setenv("SEND_TRACKER_SINGLE_SIGN_ON", json.dumps({"halton": given}))
    monkeypatch.setenv("SEND_TRACKER_ADDRESS", "http://127.0.0.1:1")
    settings.cache_clear()
    oidc._providers.clear()
    running.alter, running.metadata, running.keys = None, {}, None
    running.asked.clear()
    running.is_known(ALICE, email="alice@council.example", roles=["Plans.Editor"])
    yield running
    settings.cache_clear()


@dataclass
class Browser:
    """A browser that keeps its cookies, as people have."""

    http: TestClient
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def send(self, method: str, path: str, **options: Any) -> Any:
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.http.request(method, path, headers={"cookie": carried} if carried else {}, **options)
        for one in answer.headers.get_list("set-cookie"):
            name, _, rest = one.partition("=")
            value = rest.partition(";")[0].strip('"')
            self.cookies.pop(name, None) if "Max-Age=0" in one else self.cookies.update({name: value})
        return answer

    def leave(self, path: str = "/sign-in/with/halton") -> str:
        """The provider's address that the browser is sent to."""
        answer = self.get(path)
        assert answer.status_code == 303, words(answer.text)
        return str(answer.headers["location"])

    def sign_in(self, there: Provider, subject: str = ALICE, path: str = "/sign-in/with/halton") -> Any:
        """Go there, sign in, and come back."""
        return self.get(_local(there.authorize(self.leave(path), subject)))

    @property
    def is_signed_in(self) -> bool:
        return "session" in self.cookies and self.get("/account").status_code == 200


def _local(address: str) -> str:
    assert address.startswith("http://127.0.0.1:1/sign-in/callback?"), address
    return address.removeprefix("http://127.0.0.1:1")


@pytest.fixture
def browser(http: TestClient) -> Browser:
    return Browser(http)


def user(email: str = "alice@council.example") -> Any:
    with db.read(None) as reader:
        return reader.execute(select(users).where(users.c.email == email)).one_or_none()


def told(user_id: Any) -> list[tuple[str, Any, Any]]:
    entry = journal_entries.c
    with db.read(None) as reader:
        rows = reader.execute(
            select(entry.operation, entry.before, entry.after, entry.author_name)
            .where(entry.subject_id == user_id)
            .order_by(entry.sequence)
        )
        return [(row.operation, row.before, row.after) for row in rows]


# --- Signing in -------------------------------------------------------------------------------------------


def test_whom_the_provider_gives_a_role_is_let_in_with_an_account_of_that_role(
    there: Provider, browser: Browser
) -> None:
    assert "Sign in with your council account" in words(browser.get("/sign-in").text)
    answer = browser.sign_in(there, path="/sign-in/with/halton?next=/plans")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plans")
    page = words(browser.get("/account").text)
    assert "alice@council.example" in page
    assert "Editor" in page
    assert "By single sign-on: your council account" in page
    found = user()
    assert (found.role, found.password_hash, found.link_hash) == ("editor", None, None)
    assert told(found.id) == [
        ("created", None, {"email": "alice@council.example", "role": "editor", "person_id": None}),
        ("connected", None, {"issuer": there.issuer, "subject": ALICE}),
    ]


@ON_ONE
def test_the_code_is_bound_to_the_browser_by_pkce_state_and_nonce(there: Provider, browser: Browser) -> None:
    address = browser.leave()
    asked = provider.query(address)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile email"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    browser.get(_local(there.authorize(address, ALICE)))
    [token_request] = there.asked
    [verifier] = token_request["code_verifier"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert challenge == asked["code_challenge"]
    assert browser.is_signed_in


def test_a_second_sign_in_finds_the_same_account_and_takes_over_role_and_address(
    there: Provider, browser: Browser, http: TestClient
) -> None:
    browser.sign_in(there)
    there.is_known(ALICE, email="alice.smith@council.example", roles=["Plans.Viewer", "Unknown"])
    other = Browser(http)
    other.sign_in(there)
    found = user("alice.smith@council.example")
    assert (found.role, user()) == ("viewer", None)
    assert told(found.id)[2:] == [
        (
            "changed",
            {"role": "editor", "email": "alice@council.example"},
            {"role": "viewer", "email": "alice.smith@council.example"},
        )
    ]
    assert other.is_signed_in
    assert not browser.is_signed_in, "a session of the higher role has ended"


@ON_ONE
def test_of_several_roles_the_highest_counts(there: Provider, browser: Browser) -> None:
    there.is_known(
        ALICE, email="alice@council.example", roles=["Plans.Viewer", "Plans.Admin", "Plans.Editor"]
    )
    browser.sign_in(there)
    assert user().role == "admin"


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"email": "bob@council.example", "roles": []}, "no role"),
        ({"email": "bob@council.example", "roles": ["Other.Admin"]}, "no role"),
        ({"email": "bob@council.example", "roles": "Plans.Admin"}, "no role"),
        ({"email": "bob@council.example"}, "no role"),
        ({"roles": ["Plans.Editor"]}, "told no e-mail address"),
        ({"email": "bob", "roles": ["Plans.Editor"]}, "told no e-mail address"),
        ({"email": "b@x\u202e", "roles": ["Plans.Editor"]}, "told no e-mail address"),
        (
            {"email": "b@c.example", "email_verified": False, "roles": ["Plans.Admin"]},
            "told no e-mail address",
        ),
        ({"email": "EDITOR@halton.example", "roles": ["Plans.Admin"]}, "an account with your e-mail address"),
    ],
)
def test_nobody_gets_an_account_without_a_role_an_address_or_by_the_address_of_another(
    there: Provider, browser: Browser, claims: dict[str, Any], says: str
) -> None:
    there.is_known("bob", **claims)
    before = doors.counts()
    answer = browser.sign_in(there, "bob")
    assert answer.status_code == 422
    assert says in words(answer.text)
    assert not browser.is_signed_in
    after = doors.counts()
    assert {name for name in after if after[name] != before[name]} <= {"spent_sign_ins"}


def test_who_loses_every_role_is_signed_out_everywhere_at_the_next_sign_in(
    there: Provider, browser: Browser, http: TestClient
) -> None:
    browser.sign_in(there)
    there.is_known(ALICE, email="alice@council.example", roles=[])
    assert "no role" in words(Browser(http).sign_in(there).text)
    assert not browser.is_signed_in


def test_a_disabled_account_stays_out(there: Provider, browser: Browser) -> None:
    browser.sign_in(there)
    with db.write(None) as writer:
        writer.execute(users.update().where(users.c.id == user().id).values(disabled=True))
    assert not browser.is_signed_in
    browser.cookies.clear()
    assert "disabled" in words(browser.sign_in(there).text)
    assert not browser.is_signed_in


def test_neither_password_nor_link_opens_an_account_of_single_sign_on(
    there: Provider, browser: Browser
) -> None:
    browser.sign_in(there)
    token, at = "a link", clock.moment()
    with db.write(None) as writer:
        link = users_service.one_time_link(token, at)
        writer.execute(users.update().where(users.c.id == user().id).values(**link))
    assert browser.get(f"/set-password/{token}").status_code == 404
    for path in ("/account/password", "/account/authenticator"):
        assert browser.get(path).headers["location"] == "/account?said=elsewhere"


# --- What is not believed ---------------------------------------------------------------------------------

STRANGE = RSAKey.generate_key(2048, auto_kid=False)


def with_claims(**changed: Any) -> Callable[[Provider], None]:
    """A token of the provider's own key with other claims; None takes a claim away."""

    def spoil(there: Provider) -> None:
        there.alter = lambda header, claims: there.signed(
            header, {name: value for name, value in (claims | changed).items() if value is not None}
        )

    return spoil


def by_stranger(there: Provider) -> None:
    there.alter = lambda header, claims: there.signed(header, claims, STRANGE)


def by_shared_secret(there: Provider) -> None:
    """Signed by a secret that is shared, as the client's is (RFC 8725, section 2.1)."""
    key = OctKey.import_key("secret" * 6)
    there.alter = lambda header, claims: jwt.encode({"alg": "HS256"}, claims, key)


def unsigned(there: Provider) -> None:
    there.alter = provider.unsigned


def with_other_keys(there: Provider) -> None:
    """The keys are exchanged for others after the token was signed."""
    there.keys = {"keys": [STRANGE.as_dict(private=False)]}


def altered_afterwards(there: Provider) -> None:
    def alter(header: dict[str, Any], claims: dict[str, Any]) -> str:
        head, _, seal = there.signed(header, claims).split(".")
        body = base64.urlsafe_b64encode(json.dumps(claims | {"roles": ["Plans.Admin"]}).encode())
        return f"{head}.{body.decode().rstrip('=')}.{seal}"

    there.alter = alter


def calling_itself_another(there: Provider) -> None:
    there.metadata = {"issuer": "https://login.evil.example"}


PAST = 1_700_000_000


@ON_ONE
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(with_claims(iss="https://login.evil.example"), id="wrong issuer"),
        pytest.param(with_claims(iss=None), id="no issuer"),
        pytest.param(with_claims(aud="another"), id="wrong audience"),
        pytest.param(with_claims(aud=None), id="no audience"),
        pytest.param(with_claims(aud=["plans", "another"], azp="another"), id="given to another"),
        pytest.param(with_claims(nonce="another"), id="wrong nonce"),
        pytest.param(with_claims(nonce=None), id="no nonce"),
        pytest.param(with_claims(nonce=None, nonce_supported=False), id="nonce said to be unsupported"),
        pytest.param(with_claims(exp=PAST), id="expired"),
        pytest.param(with_claims(exp=None), id="never expires"),
        pytest.param(with_claims(nbf=4_000_000_000), id="not yet good"),
        pytest.param(with_claims(at_hash="x" * 22), id="of another access token"),
        pytest.param(with_claims(sub=None), id="nobody"),
        pytest.param(with_claims(sub=7), id="no text for a subject"),
        pytest.param(with_claims(sub="x" * 256), id="too long a subject"),
        pytest.param(unsigned, id="alg none"),
        pytest.param(by_shared_secret, id="alg HS256"),
        pytest.param(by_stranger, id="another key"),
        pytest.param(with_other_keys, id="swapped key"),
        pytest.param(altered_afterwards, id="altered afterwards"),
        pytest.param(calling_itself_another, id="another issuer in the metadata"),
    ],
)
def test_a_token_that_does_not_fit_the_question_lets_nobody_in(
    there: Provider, browser: Browser, spoil: Callable[[Provider], None]
) -> None:
    address = browser.leave() if spoil is not calling_itself_another else ""
    before = doors.counts()
    spoil(there)
    oidc._providers.clear()
    answer = (
        browser.get(_local(there.authorize(address, ALICE)))
        if address
        else browser.get("/sign-in/with/halton")
    )
    assert answer.status_code == 422
    assert "You were not signed in with your council account" in words(answer.text)
    assert not browser.is_signed_in
    assert doors.counts() == before | {"spent_sign_ins": before["spent_sign_ins"] + bool(address)}


def test_an_answer_is_taken_once(there: Provider, browser: Browser) -> None:
    back = _local(there.authorize(browser.leave(), ALICE))
    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = Browser(browser.http, kept)
    answer = again.get(back)
    assert answer.status_code == 422
    assert "was done already" in words(answer.text)
    assert not again.is_signed_in
    assert len(there.asked) == 1, "the provider is not even asked"


def test_a_code_that_was_used_elsewhere_is_refused_by_the_provider(
    there: Provider, browser: Browser, http: TestClient
) -> None:
    back = _local(there.authorize(browser.leave(), ALICE))
    browser.get(back)
    thief = Browser(http)
    own = provider.query(thief.leave())
    stolen = f"/sign-in/callback?code={provider.query(back)['code']}&state={own['state']}"
    assert "You were not signed in with" in words(thief.get(stolen).text)
    assert not thief.is_signed_in


@ON_ONE
def test_an_answer_to_another_browser_or_to_none_is_refused(
    there: Provider, browser: Browser, http: TestClient
) -> None:
    victim = Browser(http)
    victim.leave()
    back = _local(there.authorize(browser.leave(), ALICE))
    for who in (victim, Browser(http)):
        answer = who.get(back)
        assert answer.status_code == 422
        assert "another browser" in words(answer.text)
        assert not who.is_signed_in
    wrong_state = back.replace("state=", "state=x")
    assert browser.get(wrong_state).status_code == 422
    assert not browser.is_signed_in
    assert there.asked == []


@ON_ONE
def test_what_the_browser_carries_cannot_be_altered_and_ends(
    there: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = _local(there.authorize(browser.leave(), ALICE))
    whole = browser.cookies["single-sign-on"]
    for altered in ("", "x", ".", whole[1:], whole[:-1], whole.replace(".", "A.")):
        assert Browser(browser.http, {"single-sign-on": altered}).get(back).status_code == 422
    late = clock.now() + service.LIFETIME
    assert service.opened(whole, late) is None
    assert there.asked == []
    assert Browser(browser.http, {"single-sign-on": whole}).get(back).status_code == 303


@ON_ONE
def test_somebody_who_turns_back_at_the_provider_is_not_signed_in(there: Provider, browser: Browser) -> None:
    state = provider.query(browser.leave())["state"]
    answer = browser.get(f"/sign-in/callback?error=access_denied&state={state}")
    assert answer.status_code == 422
    assert "You were not signed in with" in words(answer.text)
    assert "access_denied" not in answer.text


@ON_ONE
def test_a_provider_that_is_away_is_said_to_be_and_passwords_go_on(
    there: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = settings().single_sign_on["halton"].model_copy(update={"issuer": "http://localhost:1"})
    monkeypatch.setattr(service, "provider_of", lambda slug: gone)
    answer = browser.get("/sign-in/with/halton")
    assert answer.status_code == 503
    assert "Signing in with your council account does not work at the moment" in words(answer.text)
    sent = {"email": "editor@halton.example", "password": "board papers 2024"}
    assert browser.send("POST", "/sign-in", data=sent).status_code == 303


@ON_ONE
def test_a_key_that_is_new_at_the_provider_is_asked_for(
    there: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = RSAKey.generate_key(2048, auto_kid=True)
    address = browser.leave()
    there.keys = {"keys": [fresh.as_dict(private=False)]}
    there.alter = lambda header, claims: there.signed({**header, "kid": fresh.kid}, claims, fresh)
    monkeypatch.setattr(oidc, "ASKED_AGAIN_SECONDS", 0)
    assert browser.get(_local(there.authorize(address, ALICE))).status_code == 303


def test_an_area_without_a_provider_and_an_unknown_one_look_alike(there: Provider, browser: Browser) -> None:
    doors.area("south")
    for name in ("south", "nowhere"):
        assert browser.get(f"/sign-in/with/{name}").status_code == 404
        assert browser.get(f"/sign-out/{name}").status_code == 404


def test_an_identity_belongs_to_one_area(
    there: Provider, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.sign_in(there)
    doors.area("south")
    both = dict.fromkeys(("halton", "south"), settings().single_sign_on["halton"].model_dump(mode="json"))
    for one in both.values():
        one["client_secret"] = "secret"
    monkeypatch.setenv("SEND_TRACKER_SINGLE_SIGN_ON", json.dumps(both))
    settings.cache_clear()
    other = Browser(browser.http)
    assert "another area" in words(other.sign_in(there, path="/sign-in/with/south").text)
    assert not other.is_signed_in


# --- Signing out ------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_offers_to_end_the_provider_s_own(
    there: Provider, browser: Browser
) -> None:
    browser.sign_in(there)
    answer = browser.send("POST", "/sign-out")
    assert answer.headers["location"] == "/sign-in?out=halton"
    assert not browser.is_signed_in
    with db.read(None) as reader:
        live = (sessions.c.user_id == user().id) & (sessions.c.expires_at > clock.now())
        assert reader.execute(select(sessions).where(live)).all() == []
    page = browser.get("/sign-in?out=halton").text
    assert "but not of your council account" in words(page)
    assert 'href="/sign-out/halton"' in page
    address = browser.get("/sign-out/halton").headers["location"]
    assert urlsplit(address)._replace(query="").geturl() == f"{there.issuer}/oauth2/end_session"
    assert provider.query(address) == {
        "client_id": "plans",
        "post_logout_redirect_uri": "http://127.0.0.1:1/sign-in",
    }


@ON_ONE
def test_a_provider_without_an_end_of_sessions_leads_back(there: Provider, browser: Browser) -> None:
    there.metadata = {"end_session_endpoint": None}
    assert browser.get("/sign-out/halton").headers["location"] == "/sign-in"


def test_somebody_with_a_password_signs_out_as_before(there: Provider, editor: Visitor) -> None:
    assert editor.send("/sign-out", {}, 303).headers["location"] == "/sign-in"


# --- Connecting an account --------------------------------------------------------------------------------


@pytest.fixture
def sam(http: TestClient, area: Principal) -> Browser:
    """Somebody with a password, signed in."""
    email, password = "sam@halton.example", "board papers of june"
    with db.write(area) as writer:
        hashed = users_service.hash_new_password(email, password)
        users_service.create_demo_user(
            writer, area, clock.moment(), email=email, role=Role.viewer, password_hash=hashed
        )
    found = Browser(http)
    found.send("POST", "/sign-in", data={"email": email, "password": password})
    return found


def connecting(browser: Browser) -> str:
    """The link to the provider, for whoever gave their password."""
    answer = browser.send("POST", "/account/single-sign-on", data={"current": "board papers of june"})
    assert answer.status_code == 200, words(answer.text)
    start = answer.text.index("/sign-in/with/halton?ticket=")
    return str(answer.text[start : answer.text.index('"', start)])


def test_an_account_with_a_password_can_be_connected(there: Provider, sam: Browser) -> None:
    assert "Use it instead of the password" in words(sam.get("/account").text)
    refused = sam.send("POST", "/account/single-sign-on", data={"current": "wrong"})
    assert refused.status_code == 422
    answer = sam.sign_in(there, path=connecting(sam))
    assert answer.headers["location"] == "/account?said=connected"
    assert "Your account now signs in by single sign-on" in words(sam.get("/account?said=connected").text)
    assert user("sam@halton.example") is None, "the provider's address is taken over"
    found = user()
    assert (found.role, found.password_hash) == ("editor", None)
    assert [one[0] for one in told(found.id)] == ["created", "connected", "changed"]
    other = Browser(sam.http)
    other.sign_in(there)
    assert other.is_signed_in


def test_nobody_else_can_use_the_way_to_connect(there: Provider, sam: Browser, browser: Browser) -> None:
    path = connecting(sam)
    browser.sign_in(there)
    assert browser.get(path).status_code == 422, "somebody else is signed in"
    assert Browser(sam.http).get(path).status_code == 422, "nobody is signed in"
    answer = sam.sign_in(there, path=path)
    assert "connected already" in words(answer.text), "the identity has an account of its own"
    assert user("sam@halton.example").password_hash
    with db.read(None) as reader:
        assert len(reader.execute(select(identities)).all()) == 1


def test_who_signs_out_on_the_way_is_not_connected(there: Provider, sam: Browser) -> None:
    back = _local(there.authorize(sam.leave(connecting(sam)), ALICE))
    sam.cookies.pop("session")
    assert sam.get(back).status_code == 422
    assert user("sam@halton.example").password_hash


@ON_ONE
def test_without_a_provider_there_is_nothing_to_connect_to(sam: Browser) -> None:
    assert "There is no single sign-on" in words(sam.get("/account/single-sign-on").text)
    assert "single sign-on" not in words(sam.get("/sign-in").text)
    assert "/account/single-sign-on" not in sam.get("/account").text
