"""An admin's journey with the keyboard alone and without scripts: users, look, statements, journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.roles import Role
from tests import browsers, servers, visits
from tests.factories import png
from tests.visits import check

BRAND = "rgb(0, 90, 48)"


@pytest.fixture
def admin(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An admin whose browser runs no script of the service."""
    with browsers.context(browser) as visitor:
        visitor.route("**/*.js", lambda route: route.abort())
        page = visitor.new_page()
        page.goto(f"{service.address}/")
        visits.sign_in(page, Role.admin)
        yield page


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name).first.press("Enter")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).press("Enter")


def test_somebody_is_invited_signs_in_and_is_disabled(
    admin: Page, browser: Browser, service: servers.Service
) -> None:
    admin.get_by_role("link", name="Admin", exact=True).press("Enter")
    check(admin)
    follow(admin, "Users")
    follow(admin, "Invite a user")
    press(admin, "Make the invitation link")
    assert admin.title().startswith("Error: ")
    check(admin)
    admin.get_by_label("E-mail address").fill("new.chair@halton.example")
    admin.get_by_label("Editor", exact=True).press("Space")
    press(admin, "Make the invitation link")
    check(admin)
    link = admin.locator("code").inner_text()
    with browsers.context(browser) as visitor:
        chair = visitor.new_page()
        chair.goto(link)
        for field in chair.locator("input[type=password]").all():
            field.fill("board papers of june")
        chair.locator("main button").press("Enter")
        chair.goto(f"{service.address}/sign-in")
        visits.give_password(chair, "new.chair@halton.example", "board papers of june")
        expect(chair.get_by_role("heading", name="Overview")).to_be_visible()
        follow(admin, "I have copied it")
        check(admin)
        follow(admin, "Disable the account")
        admin.get_by_label("Reason").fill("Left the council.")
        press(admin, "Disable the account")
        chair.goto(f"{service.address}/plans")
        assert "/sign-in" in chair.url


def test_an_area_takes_its_own_colours_and_logo(
    admin: Page, service: servers.Service, tmp_path: Path
) -> None:
    admin.goto(f"{service.address}/admin/area")
    follow(admin, "Change name and colours")
    admin.get_by_label("Brand colour").fill("#ff8800")
    press(admin, "Save the settings")
    check(admin)
    admin.get_by_role("link", name="Choose a darker colour").press("Enter")
    assert admin.evaluate("document.activeElement.id") == "brand_colour"
    admin.get_by_label("Brand colour").fill("#005a30")
    admin.get_by_label("On target colour").fill("#7a005a")
    press(admin, "Save the settings")
    follow(admin, "Choose a logo")
    file = tmp_path / "logo.png"
    file.write_bytes(png(300, 80))
    admin.get_by_label("File").set_input_files(file)
    press(admin, "Save the logo")
    check(admin)
    admin.goto(f"{service.address}/")
    check(admin)
    logo = admin.locator("header img")
    assert logo.evaluate("image => [image.complete, image.naturalWidth]") == [True, 300]
    link = admin.get_by_role("main").get_by_role("link").first
    assert link.evaluate("link => getComputedStyle(link).color") == BRAND
    tag = admin.locator("#m-on_target circle").last
    assert tag.evaluate("mark => getComputedStyle(mark).fill") == "rgb(122, 0, 90)"


def test_a_statement_is_completed_and_the_journal_is_verified(admin: Page, service: servers.Service) -> None:
    admin.goto(f"{service.address}/admin/statements")
    follow(admin, "Complete the accessibility statement")
    admin.get_by_label("Organisation that runs the service").fill("Marsh Council " * 8)
    admin.get_by_label("E-mail address for questions").fill("help@marsh.example")
    admin.get_by_label("Working days until you reply").fill("5")
    admin.get_by_label("Partially compliant", exact=True).press("Space")
    group = admin.get_by_role("group", name="Date of this statement")
    for part, typed in (("Day", "28"), ("Month", "6"), ("Year", "2024")):
        group.get_by_label(part).fill(typed)
    press(admin, "Publish the statement")
    admin.goto(f"{service.address}/accessibility")
    check(admin)
    expect(admin.get_by_role("link", name="help@marsh.example")).to_be_visible()
    admin.goto(f"{service.address}/admin/journal")
    admin.get_by_label("Kind of record").select_option("area_settings")
    press(admin, "Show")
    check(admin)
    follow(admin, "Verify the journal")
    expect(admin.get_by_text("The journal is as it was written")).to_be_visible()
    check(admin)
