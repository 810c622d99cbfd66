"""Pages of admins: users and their links, the look of the area, statements for all, the journal."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.models.tables import area_settings, journal_entries, sessions, users
from app.services import signing_in
from tests import doors
from tests.factories import make_plan, png
from tests.reports import word_files
from tests.web.conftest import Visitor, errors, fields, links, words

USERS = "/admin/users"
LINK = re.compile(r"/set-password/[\w-]+")
STATEMENT = {
    "controller": "Marsh Council",
    "contact_email": "privacy@marsh.example",
    "protection_officer": "Information governance lead",
    "lawful_basis": "a task in the public interest",
    "kept_for": "Six years after the plan ends.",
    "prepared_on-day": "28",
    "prepared_on-month": "6",
    "prepared_on-year": "2024",
}


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.admin))


def invite(admin: Visitor, **typed: str) -> Any:
    """The answer to an invitation form."""
    shown = fields(admin.get(f"{USERS}/new"))
    return admin.answer("POST", f"{USERS}/new", data=shown | {"email": "pat@halton.example"} | typed)


def account(admin: Visitor) -> str:
    """The address of the account of somebody who was invited."""
    return links(invite(admin).text, f"{USERS}/")[0]


# --- Users ------------------------------------------------------------------------------------------------


def test_an_invitation_is_one_link_that_sets_a_password_once(admin: Visitor, anybody: Visitor) -> None:
    answer = invite(admin, role="contributor")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    link = LINK.findall(answer.text)[0]
    path = links(answer.text, f"{USERS}/")[0]
    assert LINK.findall(admin.get(path) + admin.get(USERS)) == [], "it is shown only there"
    assert "Invited" in words(admin.get(USERS))
    word = {"password": "board papers of june", "repeated": "board papers of june"}
    anybody.send(link, word, 303)
    anybody.get(link, 404)
    assert "State Active" in words(admin.get(path))


def test_a_form_that_is_sent_twice_invites_once_and_shows_no_link_again(admin: Visitor) -> None:
    sent = fields(admin.get(f"{USERS}/new")) | {"email": "pat@halton.example"}
    admin.send(f"{USERS}/new", sent, 200)
    again = admin.send(f"{USERS}/new", sent, 303)
    assert "invited already" in words(admin.get(again.headers["location"]))


def test_a_form_of_somebody_invited_before_invites_the_next_once_it_is_sent_again(admin: Visitor) -> None:
    sent = fields(admin.get(f"{USERS}/new")) | {"email": "pat@halton.example"}
    admin.send("/drafts", sent, 204)
    admin.send(f"{USERS}/new", sent, 200)
    assert fields(admin.get(f"{USERS}/new"))["email"] == "", "the draft went with the invitation"
    refused = admin.send(f"{USERS}/new", sent | {"email": "kim@halton.example"}, 409).text
    assert "The form was used already, for something else" in words(refused)
    assert fields(refused)["email"] == "kim@halton.example"
    admin.send(f"{USERS}/new", fields(refused), 200)
    assert "kim@halton.example" in words(admin.get(USERS))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"email": ""}, "Give the e-mail address with which they sign in"),
        ({"email": "no address"}, "Give an e-mail address, for example name@council.example"),
        ({"email": "ADMIN@halton.example"}, "This e-mail address has an account already"),
        ({"role": "owner"}, "Choose one from the list: Role"),
        ({"person_id": "01900000-0000-7000-8000-000000000000"}, "Choose one from the list"),
        ({"set_aside": "another"}, ""),
    ],
)
def test_a_wrong_invitation_keeps_what_was_typed(admin: Visitor, typed: dict[str, str], message: str) -> None:
    answer = invite(admin, **typed)
    assert answer.status_code == 422
    assert message in " ".join(errors(answer.text))
    assert "<title>Error: " in answer.text
    assert fields(answer.text)["email"] == typed.get("email", "pat@halton.example")


def test_people_who_have_an_account_are_not_offered_again(admin: Visitor) -> None:
    shown = admin.get(f"{USERS}/new")
    person = re.findall(r'<option value="([0-9a-f-]{36})"', shown)[0]
    path = links(invite(admin, person_id=person).text, f"{USERS}/")[0]
    assert person not in admin.get(f"{USERS}/new")
    assert person in admin.get(f"{path}/edit"), "on their own account they are"


def test_a_disabled_user_is_out_from_the_next_request_on(
    admin: Visitor, http: TestClient, area: Principal
) -> None:
    other = Visitor(http, doors.session(area, Role.editor))
    with db.read(None) as reader:
        user_id = reader.execute(select(users.c.id).where(users.c.email.like("editor-%"))).scalar_one()
    path = f"{USERS}/{user_id}"
    other.get("/plans")
    sent = fields(admin.get(f"{path}/disable")) | {"reason": "Left the council."}
    answer = admin.send(f"{path}/disable", sent, 303)
    assert "Its sessions have ended" in words(admin.get(answer.headers["location"]))
    other.get("/plans", 303)
    admin.send(f"{path}/enable", fields(admin.get(f"{path}/enable")), 303)
    other.get("/plans", 303)
    with db.read(None) as reader:
        reason = select(journal_entries.c.reason).where(journal_entries.c.operation == "disabled")
        assert reader.execute(reason).scalar_one() == "Left the council."


def test_another_role_holds_from_the_next_request_on(
    admin: Visitor, http: TestClient, area: Principal
) -> None:
    path = account(admin)
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.link_hash.is_not(None)).values(password_hash="x"))
        found = signing_in.find_account(writer, "pat@halton.example", clock.now())
        token = signing_in.sign_in(writer, found, True, clock.now())
    pat = Visitor(http, str(token))
    pat.get("/plans")
    admin.send(f"{path}/edit", fields(admin.get(f"{path}/edit")) | {"role": "editor"}, 303)
    pat.get("/plans", 303)
    with db.read(None) as reader:
        assert reader.execute(select(users.c.role).where(users.c.email.like("pat%"))).scalar_one() == "editor"
        assert not [row for row in reader.execute(select(sessions)) if str(row.token_hash) == token]


def test_two_admins_at_one_account_see_both_versions(admin: Visitor) -> None:
    path = account(admin)
    stale = fields(admin.get(f"{path}/edit"))
    admin.send(f"{path}/edit", stale | {"role": "editor"}, 303)
    answer = admin.send(f"{path}/edit", stale | {"role": "contributor"}, 409)
    assert "Editor" in words(answer.text)
    assert "Contributor" in words(answer.text)


def test_a_link_button_that_is_pressed_twice_makes_one_link(admin: Visitor) -> None:
    path = account(admin)
    sent = {"version": fields(admin.get(path))["version"]}
    assert LINK.search(admin.send(f"{path}/link", sent, 200).text)
    again = admin.send(f"{path}/link", sent, 303)
    assert "No link was made" in words(admin.get(again.headers["location"]))


def test_nobody_is_offered_what_would_lock_them_out(admin: Visitor, area: Principal) -> None:
    own = next(one for one in links(admin.get(USERS), f"{USERS}/") if "your own" in words(admin.get(one)))
    assert f"{own}/disable" not in admin.get(own)
    assert "role" not in fields(admin.get(f"{own}/edit"))
    answer = admin.send(f"{own}/disable", fields(admin.get(f"{own}/disable")), 422)
    assert "nobody ends their own account" in words(answer.text)


def test_only_admins_see_the_way(admin: Visitor, editor: Visitor, viewer: Visitor) -> None:
    assert links(admin.get("/"), "/admin") == ["/admin"]
    pages = {USERS, "/admin/clients", "/admin/webhooks", "/admin/area", "/admin/statements", "/admin/journal"}
    assert pages <= set(links(admin.get("/admin"), "/admin"))
    for other in (editor, viewer):
        assert links(other.get("/"), "/admin") == []
        other.get("/admin", 403)


# --- The look of the area ---------------------------------------------------------------------------------


def edit(admin: Visitor, expected: int, **typed: str) -> str:
    shown = fields(admin.get("/admin/area/edit"))
    return admin.send("/admin/area/edit", shown | typed, expected).text


def test_colours_reach_every_page_of_the_area_and_no_other_one(
    admin: Visitor, viewer: Visitor, stranger: Visitor, anybody: Visitor
) -> None:
    edit(admin, 303, brand_colour="#005a30", delayed_colour="#8a3b00")
    [sheet] = links(viewer.get("/"), "/looks/")
    css = anybody.answer("GET", sheet)
    assert "immutable" in css.headers["cache-control"]
    assert "--govuk" not in css.text
    assert css.text.count("--brand: #005a30;") == css.text.count("--delayed-dark: #8a3b00;") == 1
    assert 'content="#005a30"' in viewer.get("/plans")
    for other in (stranger, anybody):
        assert "/looks/" not in other.get("/help")


def test_no_page_has_styles_of_its_own(admin: Visitor) -> None:
    edit(admin, 303, brand_colour="#005a30")
    for path in ("/admin", "/admin/area", "/admin/area/logo", "/admin/journal", USERS):
        html = admin.get(path)
        assert "style=" not in html
        assert "<style" not in html


@pytest.mark.parametrize("typed", ["red", "#12345", "#1234567", "#12345g", "#fff;}body{x:y", "javascript:1"])
def test_a_colour_that_is_none_is_refused_with_what_was_typed(admin: Visitor, typed: str) -> None:
    html = edit(admin, 422, brand_colour=typed)
    assert errors(html) == ["Give a colour as # and six digits or letters from a to f, for example #6b1f5f"]
    assert fields(html)["brand_colour"] == typed


def test_addresses_of_style_sheets_hold_colours_and_nothing_else(anybody: Visitor, admin: Visitor) -> None:
    edit(admin, 303, brand_colour="#005a30")
    [sheet] = links(admin.get("/"), "/looks/")
    folder = sheet.rpartition("/")[0]
    for name in ("x", "....css", "red.....css", "005a30....;}.css", "005a30.....css.css", "005A30.....css"):
        anybody.get(f"{folder}/{name}", 404)
    anybody.get(sheet.replace("/looks/", "/looks/0"), 404)


def upload(admin: Visitor, content: bytes, version: str | None = None) -> Any:
    version = version or fields(admin.get("/admin/area/logo"))["version"]
    files = {"logo": ("logo.svg", content, "image/svg+xml")}
    return admin.answer("POST", "/admin/area/logo", data={"version": version}, files=files)


def test_a_logo_stands_on_every_page_of_the_area_and_opens_for_nobody_else(
    admin: Visitor, viewer: Visitor, stranger: Visitor, anybody: Visitor
) -> None:
    assert upload(admin, png(40, 12)).status_code == 303
    [logo] = re.findall(r'src="(/logos/\w+)"', viewer.get("/plans"))
    answer = viewer.answer("GET", logo)
    assert (answer.headers["content-type"], answer.content) == ("image/png", png(40, 12))
    assert "private" in answer.headers["cache-control"]
    stranger.get(logo, 404)
    assert anybody.answer("GET", logo).status_code == 303
    sent = fields(admin.get("/admin/area/logo/remove"))
    admin.send("/admin/area/logo/remove", sent, 303)
    viewer.get(logo, 404)
    assert "/logos/" not in viewer.get("/plans")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choose a PNG or JPEG file"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "neither"),
        (png(40, 12)[:-20], "damaged"),
        (png(3000, 1), "smaller picture"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 250_000, "at most 200 kB"),
        (b"x" * 400_000, "at most 200 kB"),
    ],
)
def test_what_is_no_logo_is_refused_and_nothing_is_stored(
    admin: Visitor, content: bytes, message: str
) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert message in " ".join(errors(answer.text))
    with db.read(None) as reader:
        assert reader.execute(select(area_settings)).all() == []


def test_a_logo_over_one_that_somebody_else_chose_is_asked_about(admin: Visitor) -> None:
    version = fields(admin.get("/admin/area/logo"))["version"]
    upload(admin, png(40, 12), version)
    assert upload(admin, png(40, 12), version).status_code == 303, "the same form again"
    answer = upload(admin, png(50, 12), version)
    assert answer.status_code == 409
    assert upload(admin, png(50, 12), fields(answer.text)["version"]).status_code == 303


def test_a_logo_from_another_site_changes_nothing(admin: Visitor) -> None:
    files = {"logo": ("logo.png", png(), "image/png")}
    headers = {"sec-fetch-site": "cross-site"}
    answer = admin.answer("POST", "/admin/area/logo", data={"version": "0"}, files=files, headers=headers)
    assert answer.status_code == 403
    with db.read(None) as reader:
        assert reader.execute(select(area_settings)).all() == []


# --- The Word template ------------------------------------------------------------------------------------

TEMPLATE = "/admin/area/template"


def choose(admin: Visitor, content: bytes, version: str | None = None) -> Any:
    version = version or fields(admin.get(TEMPLATE))["version"]
    files = {"template": ("council.pdf", content, "application/pdf")}
    return admin.answer("POST", TEMPLATE, data={"version": version}, files=files)


def test_reports_in_word_go_into_the_template_of_the_area(
    area: Principal, admin: Visitor, viewer: Visitor
) -> None:
    report = f"/plans/{make_plan(area, ref='W')['id']}/report.docx"
    file = word_files.template(mark=True)
    assert choose(admin, file).status_code == 303
    assert "The template is saved" in admin.get("/admin/area?said=template")
    assert admin.answer("GET", f"{TEMPLATE}.docx").content == file
    texts = word_files.texts(viewer.answer("GET", report).content)
    assert (texts[0], texts[-1]) == ("Report to the committee", "Background papers")
    admin.send(f"{TEMPLATE}/remove", fields(admin.get(f"{TEMPLATE}/remove")), 303)
    assert "Report to the committee" not in word_files.texts(viewer.answer("GET", report).content)
    admin.get(f"{TEMPLATE}.docx", 404)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Choose a Word document (.docx) or template (.dotx)"),
        (b"%PDF-1.7", "neither"),
        (word_files.template()[:-200], "damaged"),
        (word_files.bomb(), "unpacked"),
        (b"x" * 950_000, "at most 900 kB"),
    ],
    ids=["nothing", "a PDF", "damaged", "a bomb", "too large"],
)
def test_what_is_no_template_is_refused_and_nothing_is_stored(
    admin: Visitor, content: bytes, message: str
) -> None:
    answer = choose(admin, content)
    assert answer.status_code == 422
    assert message in " ".join(errors(answer.text))
    with db.read(None) as reader:
        assert reader.execute(select(area_settings)).all() == []


def test_a_template_over_one_that_somebody_else_chose_is_asked_about(admin: Visitor) -> None:
    version = fields(admin.get(TEMPLATE))["version"]
    choose(admin, word_files.template(), version)
    assert choose(admin, word_files.template(), version).status_code == 303, "the same form again"
    answer = choose(admin, word_files.template(mark=True), version)
    assert answer.status_code == 409
    assert choose(admin, word_files.template(mark=True), fields(answer.text)["version"]).status_code == 303


# --- Statements -------------------------------------------------------------------------------------------


def test_a_statement_that_is_published_is_read_by_everybody(admin: Visitor, anybody: Visitor) -> None:
    assert "has not completed this notice yet" in words(anybody.get("/privacy"))
    sent = fields(admin.get("/admin/statements/privacy")) | STATEMENT
    script = {"shared_with": "The board.\n<script>alert(1)</script>"}
    admin.send("/admin/statements/privacy", sent | script, 303)
    html = anybody.get("/privacy")
    assert "Marsh Council is the data controller" in words(html)
    assert "prepared on 28 June 2024" in words(html)
    assert "<script>alert" not in html
    assert "has not completed this statement" in words(anybody.get("/accessibility"))
    doors.area("south")
    assert "Marsh" not in anybody.get("/privacy"), "of two areas nobody can tell which one is meant"
    assert "Marsh" in anybody.get("/privacy?area=halton")


def test_a_statement_with_gaps_is_refused_with_what_was_typed(admin: Visitor) -> None:
    sent = fields(admin.get("/admin/statements/accessibility"))
    typed = {"organisation": "Marsh Council", "contact_email": "nobody", "reply_days": "400"}
    html = admin.send("/admin/statements/accessibility", sent | typed, 422).text
    assert "Choose how far the service is compliant" in errors(html)
    assert len(errors(html)) >= 3
    assert fields(html)["organisation"] == "Marsh Council"


def test_two_admins_at_one_statement_see_both_versions(admin: Visitor, anybody: Visitor) -> None:
    path = "/admin/statements/privacy"
    opened = fields(admin.get(path)) | STATEMENT
    admin.send(path, opened, 303)
    admin.send(path, opened, 303)  # the same form again
    answer = admin.send(path, opened | {"controller": "Fen Council"}, 409)
    assert "Data controller Saved Marsh Council" in words(answer.text)
    assert "Saved None" not in words(answer.text)
    assert "Marsh Council" in anybody.get("/privacy")


# --- The journal ------------------------------------------------------------------------------------------


def test_the_journal_tells_who_did_what_and_can_be_filtered(admin: Visitor) -> None:
    account(admin)
    edit(admin, 303, name="Halton and Marsh SEND partnership")
    told = words(admin.get("/admin/journal"))
    assert "Name changed from Halton SEND partnership to Halton and Marsh SEND partnership" in told
    assert "pat@halton.example" in words(admin.get("/admin/journal?noun=user"))
    assert "pat@halton.example" not in words(admin.get("/admin/journal?noun=plan"))
    assert "No entry fits these filters" in words(admin.get("/admin/journal?author=nobody%25"))
    assert "No entry fits these filters" in words(admin.get("/admin/journal?until=2020-01-01"))
    html = admin.get("/admin/journal?author=service&since=2020-01-01")
    [following] = links(html, r"/admin/journal\?author=service&amp;since=2020-01-01&amp;cursor=")
    assert words(admin.get(following)) != words(html)
    admin.get("/admin/journal?since=yesterday", 422)


def test_the_journal_is_verified_on_a_page_and_a_noted_head_is_found_again(admin: Visitor) -> None:
    html = admin.get("/admin/journal/verification")
    assert "as it was written" in words(html)
    [head] = re.findall(r"<code[^>]*>([0-9a-f]{64})</code>", html)
    account(admin)
    assert "The head that you noted is that of entry" in words(
        admin.get(f"/admin/journal/verification?head={head}")
    )
    gone = "0" * 64
    assert "in the journal no more" in words(admin.get(f"/admin/journal/verification?head={gone}"))
    admin.get("/admin/journal/verification?head=x", 422)
