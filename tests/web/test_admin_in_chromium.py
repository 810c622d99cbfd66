"""An admin's journeys: users, roles and passwords, the look of the area, its statements, the journal."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from app.access.roles import Role
from tests.factories import png
from tests.visits import Visit, journey, somebody

BRAND = "rgb(0, 90, 48)"
CHAIR = "new.chair@halton.example"


@journey(
    "Somebody is invited and sets a password",
    "A user gets another role",
    "A password is reset by a link",
    "An account is disabled and enabled again",
)
def test_somebody_is_invited_promoted_helped_and_disabled(visit: Visit, browser: Browser) -> None:
    visit.begin(Role.admin)
    visit.follow("Admin", exact=True)
    visit.follow("Users", exact=True)
    visit.follow("Invite a user")
    visit.press("Make the invitation link")
    visit.is_refused()
    visit.fill("E-mail address", CHAIR)
    visit.tick("Contributor")
    visit.press("Make the invitation link")
    with somebody(browser, visit.address, visit.way) as chair:
        set_password(visit, chair, "board papers of june")
        chair.reads("Overview")
        visit.follow("I have copied it")

        visit.follow("Change role or person")
        visit.tick("Editor")
        visit.press("Save the account")
        visit.reads("Editor")
        visit.press("Make a link to set a new password")
        set_password(visit, chair, "board papers of july")
        chair.follow("Plans", exact=True)
        chair.follow("Add a plan", exact=True)

        visit.follow("I have copied it")
        visit.follow("Disable the account")
        visit.fill("Reason", "Left the council.")
        visit.press("Disable the account")
        chair.go("/plans")
        assert "/sign-in" in chair.page.url
        visit.follow("Enable the account")
        visit.press("Enable the account")
        chair.give_password(CHAIR, "board papers of july")
        assert chair.page.url == f"{chair.address}/plans"


def set_password(visit: Visit, chair: Visit, password: str) -> None:
    """The chair follows the link that the admin has made, and signs in."""
    chair.go(visit.page.locator("code").inner_text())
    chair.fill("New password", password)
    chair.fill("The same password again", password)
    chair.press("Set the password")
    chair.go("/sign-in")
    chair.give_password(CHAIR, password)


@journey("An area takes its own name, logo and colours")
def test_an_area_takes_its_own_name_colours_and_logo(visit: Visit, tmp_path: Path) -> None:
    visit.begin(Role.admin, "/admin")
    visit.follow("Area settings")
    visit.follow("Change name and colours")
    visit.fill("Brand colour", "#ff8800")
    visit.press("Save the settings")
    visit.is_refused()
    visit.go_to_mistake("Choose a darker colour")
    visit.fill("Brand colour", "#005a30")
    visit.fill("On target colour", "#7a005a")
    visit.fill("Name of the partnership", "Marsh local partnership")
    visit.press("Save the settings")
    visit.follow("Choose a logo")
    file = tmp_path / "logo.png"
    file.write_bytes(png(300, 80))
    visit.attach("File", file)
    visit.press("Save the logo")
    visit.go("/")
    visit.check()
    visit.reads("Marsh local partnership")
    logo = visit.page.locator("header img")
    assert logo.evaluate("image => [image.complete, image.naturalWidth]") == [True, 300]
    link = visit.page.get_by_role("main").get_by_role("link").first
    assert link.evaluate("link => getComputedStyle(link).color") == BRAND
    tag = visit.page.locator("#m-on_target circle").last
    assert tag.evaluate("mark => getComputedStyle(mark).fill") == "rgb(122, 0, 90)"


@journey("A statement is completed and published", "The journal is read and verified")
def test_a_statement_is_completed_and_the_journal_is_verified(visit: Visit) -> None:
    visit.begin(Role.admin, "/admin")
    visit.follow("Statements", exact=True)
    visit.follow("Complete the accessibility statement")
    visit.fill("Organisation that runs the service", "Marsh Council " * 8)
    visit.fill("E-mail address for questions", "help@marsh.example")
    visit.fill("Working days until you reply", "5")
    visit.tick("Partially compliant")
    visit.give_date("Date of this statement", "28", "6", "2024")
    visit.press("Publish the statement")
    visit.follow("Accessibility", exact=True)
    visit.reads("help@marsh.example")
    visit.go("/admin")
    visit.follow("Journal", exact=True)
    visit.choose("Kind of record", "area_settings")
    visit.press("Show")
    expect(visit.page.locator("main")).to_contain_text("rea settings")
    visit.follow("Verify the journal")
    visit.reads("The journal is as it was written")
