"""The page of one's own account, and what its forms refuse."""

import re
from base64 import b32decode
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import clock, db
from app.access import app_codes
from app.access.roles import Principal, Role
from app.services import users as users_service
from app.web import record_forms
from tests.web.conftest import Visitor, errors, fields, words

EMAIL, PASSWORD = "sam@halton.example", "board papers of june"


def signed_in(http: TestClient) -> Visitor:
    """One more browser of Sam's."""
    answer = http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 303, errors(answer.text)
    return Visitor(http, session_in(answer))


def session_in(answer: Any) -> str:
    found = re.search(r"(?:^|, )session=([^;]+)", answer.headers["set-cookie"])
    assert found
    return found[1]


@pytest.fixture
def sam(http: TestClient, area: Principal) -> Visitor:
    with db.write(area) as writer:
        hashed = users_service.hash_new_password(EMAIL, PASSWORD)
        users_service.create_demo_user(
            writer, area, clock.moment(), email=EMAIL, role=Role.viewer, password_hash=hashed
        )
    return signed_in(http)


def code_for(html: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", html)
    assert found
    return app_codes.code_of(b32decode(found[1].replace(" ", "")), app_codes.step_at(clock.now()))


def test_everybody_finds_their_account_from_every_page(sam: Visitor) -> None:
    assert '<a class="govuk-link" href="/account">sam@halton.example</a>' in sam.get("/")
    page = words(sam.get("/account"))
    assert "Viewer" in page
    assert "This browser" in page
    assert "Sign out everywhere else" not in page, "there is no other"


def test_signing_out_everywhere_else_leaves_this_browser_alone(sam: Visitor, http: TestClient) -> None:
    other = signed_in(http)
    assert words(sam.get("/account")).count("Another browser") == 1
    answer = sam.send("/account/sessions", {"which": "others"}, 303)
    assert "signed out everywhere else" in words(sam.get(answer.headers["location"]))
    assert other.answer("GET", "/account").headers["location"].startswith("/sign-in")
    assert sam.send("/account/sessions", {"which": "all"}, 303).headers["location"] == "/sign-in"
    assert sam.answer("GET", "/account").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Enter your current password"),
        (
            {"current": "wrong", "password": "x" * 20, "repeated": "x" * 20},
            "This is not your current password",
        ),
        ({"current": PASSWORD, "password": "one", "repeated": "two"}, "Type the same password twice"),
        ({"current": PASSWORD, "password": "short", "repeated": "short"}, "Choose a longer password"),
        (
            {"current": PASSWORD, "password": "sam of halton", "repeated": "sam of halton"},
            "name in your e-mail",
        ),
    ],
)
def test_a_password_is_changed_only_by_who_knows_it_and_to_a_good_one(
    sam: Visitor, typed: dict[str, str], says: str
) -> None:
    answer = sam.send("/account/password", typed, 422)
    assert says in errors(answer.text)[0]
    assert "<title>Error: " in answer.text
    assert "x" * 20 not in answer.text


def test_a_changed_password_ends_the_other_browsers(sam: Visitor, http: TestClient) -> None:
    other, word = signed_in(http), "board papers of july"
    sam.send("/account/password", {"current": PASSWORD, "password": word, "repeated": word}, 303)
    assert sam.answer("GET", "/account").status_code == 200
    assert other.answer("GET", "/account").status_code == 303
    assert http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 422
    assert http.post("/sign-in", data={"email": EMAIL, "password": word}).status_code == 303


def test_guesses_of_the_current_password_lock_the_account(sam: Visitor, http: TestClient) -> None:
    for _ in range(10):
        sam.send("/account/authenticator/remove", {"current": "guess"}, 422)
    assert http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 422
    word = "board papers of july"
    sam.send("/account/password", {"current": PASSWORD, "password": word, "repeated": word}, 422)


def test_an_app_is_wanted_at_the_next_sign_in_and_shown_nowhere_again(sam: Visitor, http: TestClient) -> None:
    html = sam.get("/account/authenticator")
    sent = {**fields(html), "code": code_for(html), "current": PASSWORD}
    codes = re.findall(
        r"<li><code>([a-z2-7-]+)</code></li>", sam.send("/account/authenticator", sent, 200).text
    )
    assert len(codes) == 10
    again = sam.send("/account/authenticator", sent, 303)
    assert again.headers["location"] == "/account?said=added", "a button pressed twice shows no codes"
    page = sam.get("/account")
    assert not [code for code in codes if code in page]

    answer = http.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": "/plans"})
    assert answer.headers["location"] == "/sign-in/code?next=/plans"
    assert "session=" not in answer.headers["set-cookie"]
    ticket = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
    assert "HttpOnly" in answer.headers["set-cookie"]
    empty = http.post("/sign-in/code", data={}, headers=ticket)
    assert errors(empty.text) == ["Enter the code that the app shows, or a recovery code"]
    wrong = http.post("/sign-in/code", data={"code": "1"}, headers=ticket)
    assert "This code is wrong" in errors(wrong.text)[0]
    done = http.post("/sign-in/code", data={"code": codes[3], "next": "/plans"}, headers=ticket)
    assert done.headers["location"] == "/plans"
    assert Visitor(http, session_in(done)).answer("GET", "/account").status_code == 200


def test_without_the_password_before_it_no_code_is_asked_for(anybody: Visitor) -> None:
    assert anybody.answer("GET", "/sign-in/code").headers["location"] == "/sign-in?over=1"
    assert anybody.send("/sign-in/code", {"code": "123456"}, 303).headers["location"] == "/sign-in?over=1"
    assert "Begin again" in words(anybody.get("/sign-in?over=1"))


def test_the_secret_of_another_person_s_form_is_not_taken(sam: Visitor, editor: Visitor) -> None:
    html = editor.get("/account/authenticator")
    sent = {**fields(html), "code": code_for(html), "current": PASSWORD}
    assert record_forms.NOT_WHOLE.rstrip(".") in words(sam.send("/account/authenticator", sent, 422).text)
