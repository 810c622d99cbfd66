"""Signing in and out, and the one-time link."""

import pytest

from app import clock, db
from app.access.roles import Role
from app.demo import SIGN_INS
from app.services import users as users_service
from app.web.addresses import local_address
from tests import doors
from tests.web.conftest import Visitor, errors, words

EDITOR = next(one for one in SIGN_INS if one.role is Role.editor)


def test_who_has_not_signed_in_is_sent_to_sign_in_and_back(anybody):
    answer = anybody.answer("GET", "/plans?as_at=2024-06-30")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/plans%3Fas_at%3D2024-06-30"
    overview = anybody.answer("GET", "/?as_at=2024-06-30")
    assert overview.headers["location"] == "/sign-in?next=/%3Fas_at%3D2024-06-30"
    assert anybody.answer("GET", "/").headers["location"] == "/sign-in"
    form = anybody.get(answer.headers["location"])
    assert 'name="next" value="/plans?as_at=2024-06-30"' in form
    sent = {"email": EDITOR.email, "password": EDITOR.password, "next": "/plans?as_at=2024-06-30"}
    signed_in = anybody.send("/sign-in", sent, 303)
    assert signed_in.headers["location"] == "/plans?as_at=2024-06-30"
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_signing_out_ends_the_session_on_the_server(editor):
    assert "Sign out" in editor.get("/")
    answer = editor.send("/sign-out", {}, 303)
    assert answer.headers["location"] == "/sign-in"
    # This client keeps the cookie that a browser throws away: the session is over whoever shows it.
    assert editor.answer("GET", "/").headers["location"] == "/sign-in?ended=1"


@pytest.mark.parametrize(
    "email, password",
    [(EDITOR.email, "wrong"), ("nobody@halton.example", "wrong"), ("no address", "x")],
)
def test_one_message_for_every_reason_to_refuse(anybody, email, password):
    answer = anybody.send("/sign-in", {"email": email, "password": password}, 422)
    assert "The e-mail address or password is wrong, or too many attempts were made." in words(answer.text)
    assert "set-cookie" not in answer.headers
    assert password == "x" or f'value="{password}"' not in answer.text


def test_empty_fields_are_named(anybody):
    answer = anybody.send("/sign-in", {}, 422)
    assert errors(answer.text) == ["Enter your e-mail address", "Enter your password"]


@pytest.mark.parametrize(
    "typed", ["//evil.example", "https://evil.example", "/\\evil", "javascript:x", "/a\nb", ""]
)
def test_signing_in_leads_nowhere_else(typed):
    assert local_address(typed) == ""
    assert local_address("/plans/1?x=2") == "/plans/1?x=2"


def test_a_sign_in_form_of_another_site_is_refused(anybody):
    sent = {"email": EDITOR.email, "password": EDITOR.password}
    answer = anybody.answer("POST", "/sign-in", data=sent, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_a_link_sets_a_password_once(anybody, area):
    with db.write(area) as writer:
        token = users_service.create_user(
            writer, area, clock.moment(), email="new@halton.example", role=Role.viewer
        )
    path = f"/set-password/{token}"
    assert "new@halton.example" in anybody.get(path)
    typed = {"password": "correct horse battery", "repeated": "correct horse"}
    assert errors(anybody.send(path, typed, 422).text) == ["Type the same password twice"]
    short = anybody.send(path, {"password": "short", "repeated": "short"}, 422)
    assert errors(short.text) == ["Choose a longer password: at least 12 characters"]
    good = {"password": "correct horse battery", "repeated": "correct horse battery"}
    assert anybody.send(path, good, 303).headers["location"] == "/sign-in?set=1"
    assert "Your password is set." in words(anybody.get("/sign-in?set=1"))
    assert "used already or has expired" in words(anybody.get(path, 404))
    anybody.send(path, good, 404)
    anybody.send("/sign-in", {"email": "new@halton.example", "password": "correct horse battery"}, 303)


def test_an_api_token_does_not_open_pages(http, area):
    program = Visitor(http)
    program.headers = {"authorization": f"Bearer {doors.token(area, 'read')}"}
    assert program.answer("GET", "/").status_code == 303
