"""One's own account and both ways to sign in, without a barrier."""

import json
import re
from base64 import b32decode
from collections.abc import Iterator

import pytest

from app import clock
from app.access import app_codes
from app.access.roles import Role
from tests import provider, servers, visits
from tests.databases import copy_of
from tests.provider import Provider
from tests.visits import Visit, Way, journey

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the mock's own
EDITOR = visits.account(Role.editor)


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with provider.started() as found:
        found.is_known("alice", email="alice@council.example", roles=["Plans.Viewer"])
        found.is_known("bob", email="bob@council.example", roles=[])
        yield found


@pytest.fixture(scope="module")
def service(there: Provider, way: Way) -> Iterator[servers.Service]:
    """The service with a sample of the way's own, and with single sign-on."""
    given = {
        "name": "your council account",
        "issuer": there.issuer,
        "client_id": "plans",
        "client_secret": "secret",
        "roles": {"Plans.Viewer": "viewer"},
    }
    port = servers.free_port()
    settings = {
        "SEND_TRACKER_ADDRESS": f"http://127.0.0.1:{port}",
        "SEND_TRACKER_SINGLE_SIGN_ON": json.dumps({"halton": given}),
    }
    with (
        pytest.MonkeyPatch.context() as patch,
        copy_of("sample", "sqlite") as url,
    ):
        patch.setattr(servers, "free_port", lambda: port)
        with servers.serve(url, "--no-worker", settings=settings) as started:
            yield started


@journey("An authenticator app is added, used and replaced")
def test_an_authenticator_app_is_added_and_used(visit: Visit) -> None:
    visit.check()
    visit.sign_in(Role.editor)
    visit.follow(EDITOR.email)
    visit.reads("Your account")

    visit.follow("Add an authenticator app")
    assert visit.named("img", "QR code to scan").is_visible()
    visit.press("Add the app", exact=True)
    visit.is_refused()
    secret = secret_of(visit)
    visit.fill("Code", "000000")
    visit.fill("Current password", EDITOR.password)
    visit.press("Add the app", exact=True)
    visit.reads("This code is wrong")
    assert secret_of(visit) == secret
    code = app_codes.code_of(b32decode(secret), app_codes.step_at(clock.now()))
    visit.fill("Code", code)
    visit.fill("Current password", EDITOR.password)
    visit.press("Add the app", exact=True)
    recovery = visit.page.locator(".app-codes code").all_text_contents()
    assert len(recovery) == 10
    visit.follow("I have kept them")
    visit.reads("You have 10 recovery codes left")

    visit.press("Sign out", exact=True)
    visit.sign_in(Role.editor)
    visit.check()
    visit.reads("Enter the code from your app")
    visit.fill("Code", code)
    visit.press("Sign in", exact=True)
    visit.reads("was used already")
    visit.fill("Code", recovery[0])
    visit.press("Sign in", exact=True)
    assert "/sign-in" not in visit.page.url
    visit.follow(EDITOR.email)
    for link in ("Make new recovery codes", "Remove the authenticator app"):
        visit.follow(link)
        visit.follow("Your account")
    visit.follow("Change your password")
    visit.press("Change the password", exact=True)
    visit.is_refused()
    visit.follow("Cancel")
    visit.follow("Use it instead of the password")
    visit.fill("Current password", EDITOR.password)
    visit.press("Continue", exact=True)
    visit.reads("Continue to your council account")


def secret_of(visit: Visit) -> str:
    """The secret that the page shows for the app."""
    return re.sub(r"\s", "", visit.page.locator("p.app-code code").text_content() or "")


@journey("Single sign-on leads there and back")
def test_single_sign_on_leads_there_and_back_and_out_again(visit: Visit) -> None:
    for subject, heading in (("bob", "You are not signed in"), ("alice", "Your account")):
        visit.go("/sign-in?next=/account")
        sign_in_there(visit, subject)
        visit.check()
        assert visit.page.get_by_role("heading", level=1).text_content() == heading
    visit.reads("By single sign-on: your council account")
    assert visit.page.get_by_role("link", name="Change your password").count() == 0
    visit.press("Sign out everywhere", exact=True)
    sign_in_there(visit, "alice")
    visit.press("Sign out", exact=True)
    visit.reads("You are signed out of this service, but not of")
    visit.use(visit.named("link", "sign out of your council account too"))
    visit.page.wait_for_url("**/oauth2/end_session?*")


def sign_in_there(visit: Visit, subject: str) -> None:
    """Follow the link to the council's own pages, say there who this is, and be led back."""
    visit.use(visit.named("link", "Sign in with your council account"))
    visit.page.wait_for_url("**/oauth2/authorize?*")
    visit.fill(visit.page.locator("input[name=sub]"), subject)
    visit.go_on(visit.page.locator("button[type=submit]").first)
