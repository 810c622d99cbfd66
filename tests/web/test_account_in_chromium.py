"""One's own account and both ways to sign in, with the keyboard alone and without a barrier."""

import json
import re
from base64 import b32decode
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app import clock
from app.access import app_codes
from app.access.roles import Role
from tests import browsers, provider, servers, visits
from tests.databases import copy_of
from tests.provider import Provider
from tests.visits import check, follow, press

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")  # the mock's own
EDITOR = visits.account(Role.editor)


@pytest.fixture(scope="module")
def there() -> Iterator[Provider]:
    with provider.started() as found:
        found.is_known("alice", email="alice@council.example", roles=["Plans.Viewer"])
        found.is_known("bob", email="bob@council.example", roles=[])
        yield found


@pytest.fixture(scope="module")
def service(there: Provider) -> Iterator[servers.Service]:
    """The service with a sample of this file's own, and with single sign-on."""
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
        with servers.serve(url, settings=settings) as started:
            yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """Somebody who has not signed in, with no scripts but those of the checks."""
    with browsers.context(browser) as visitor:
        page = visitor.new_page()
        page.route("**/*.js", lambda route: route.abort())
        page.goto(f"{service.address}/sign-in")
        yield page


def test_an_authenticator_app_is_added_and_used_with_the_keyboard_alone(visit: Page) -> None:
    check(visit)
    visits.sign_in(visit, Role.editor)
    check(visit)
    visit.locator(".app-header__user").get_by_role("link").press("Enter")
    visit.wait_for_url("**/account")
    check(visit)
    assert visit.get_by_role("heading", level=1).text_content() == "Your account"

    follow(visit, "Add an authenticator app")
    assert visit.get_by_role("img", name="QR code to scan").is_visible()
    press(visit, "Add the app", exact=True)
    assert visit.title().startswith("Error: ")
    visit.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
    secret = re.sub(r"\s", "", visit.locator("p.app-code code").text_content() or "")
    visit.get_by_label("Code", exact=True).fill("000000")
    visit.get_by_label("Current password").fill(EDITOR.password)
    press(visit, "Add the app", exact=True)
    assert visit.get_by_text("This code is wrong").first.is_visible()
    assert re.sub(r"\s", "", visit.locator("p.app-code code").text_content() or "") == secret
    code = app_codes.code_of(b32decode(secret), app_codes.step_at(clock.now()))
    visit.get_by_label("Code", exact=True).fill(code)
    visit.get_by_label("Current password").fill(EDITOR.password)
    press(visit, "Add the app", exact=True)
    recovery = visit.locator(".app-codes code").all_text_contents()
    assert len(recovery) == 10
    follow(visit, "I have kept them")
    assert visit.get_by_text("You have 10 recovery codes left").is_visible()

    press(visit, "Sign out", exact=True)
    visits.sign_in(visit, Role.editor)
    check(visit)
    assert visit.get_by_role("heading", level=1).text_content() == "Enter the code from your app"
    visit.get_by_label("Code").fill(code)
    press(visit, "Sign in", exact=True)
    assert visit.get_by_text("was used already").first.is_visible()
    visit.get_by_label("Code").fill(recovery[0])
    press(visit, "Sign in", exact=True)
    assert "/sign-in" not in visit.url
    visit.locator(".app-header__user").get_by_role("link").press("Enter")
    for link in ("Make new recovery codes", "Remove the authenticator app"):
        follow(visit, link)
        follow(visit, "Your account")
    follow(visit, "Change your password")
    press(visit, "Change the password", exact=True)
    assert visit.title().startswith("Error: ")
    follow(visit, "Cancel")
    follow(visit, "Use it instead of the password")
    visit.get_by_label("Current password").fill(EDITOR.password)
    press(visit, "Continue", exact=True)
    assert visit.get_by_role("link", name="Continue to your council account").is_visible()


def test_single_sign_on_leads_there_and_back_and_out_again(visit: Page) -> None:
    for subject, heading in (("bob", "You are not signed in"), ("alice", "Your account")):
        visit.goto(visit.url.split("/sign-in")[0] + "/sign-in?next=/account")
        visit.get_by_role("link", name="Sign in with your council account").press("Enter")
        visit.wait_for_url("**/oauth2/authorize?*")
        visit.locator("input[name=sub]").fill(subject)
        visit.locator("button[type=submit]").first.press("Enter")
        visit.wait_for_load_state()
        assert visit.get_by_role("heading", level=1).text_content() == heading
        check(visit)
    assert visit.get_by_text("By single sign-on: your council account").is_visible()
    assert visit.get_by_role("link", name="Change your password").count() == 0
    press(visit, "Sign out everywhere", exact=True)
    visit.get_by_role("link", name="Sign in with your council account").press("Enter")
    visit.locator("input[name=sub]").fill("alice")
    visit.locator("button[type=submit]").first.press("Enter")
    visit.wait_for_load_state()
    press(visit, "Sign out", exact=True)
    assert visit.get_by_text("You are signed out of this service, but not of").is_visible()
    visit.get_by_role("link", name="sign out of your council account too").press("Enter")
    visit.wait_for_url("**/oauth2/end_session?*")
