"""Settings of single sign-on: what cannot be right is refused at the start, and no secret is printed."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from app.access.roles import Role
from app.config import Settings

NORTH = {
    "name": "your council account",
    "issuer": "https://login.council.example/tenant/v2.0",
    "client_id": "plans",
    "client_secret": "very-secret",
    "roles": {"Plans.Editor": "editor"},
}


@pytest.fixture(autouse=True)
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEND_TRACKER_TODAY")


def made(given: Any, **more: str) -> Settings:
    options = {
        "database_url": "sqlite:///x.db",
        "environment": "production",
        "secret_key": "s" * 32,
        "journal_key": "j" * 32,
        "address": "https://plans.council.example",
        "single_sign_on": given if isinstance(given, str) else json.dumps(given),
    }
    return Settings(**{**options, **more})


def test_each_area_has_its_own_provider_and_roles() -> None:
    found = made({"north": NORTH}).single_sign_on["north"]
    assert (found.name, found.roles) == ("your council account", {"Plans.Editor": Role.editor})
    assert found.client_secret.get_secret_value() == "very-secret"
    assert made("").single_sign_on == made("{}", address="").single_sign_on == {}


@pytest.mark.parametrize(
    ("changed", "more", "says"),
    [
        ({"issuer": "http://login.council.example"}, {}, "the issuer of north must be an address like https"),
        ({"issuer": "http://localhost:9400"}, {}, "the issuer of north must be an address like https"),
        ({"issuer": "https://login.example/?x"}, {}, "without"),
        ({"issuer": "login.council.example"}, {}, "the issuer of north"),
        ({"roles": {}}, {}, "at least 1 item"),
        ({"roles": {"Plans.Owner": "owner"}}, {}, "Input should be"),
        ({"client_secret": ""}, {}, "at least 1"),
        ({"tenant": "x"}, {}, "Extra inputs"),
        ({}, {"address": ""}, "set SEND_TRACKER_ADDRESS"),
        ({}, {"address": "https://plans.council.example/"}, "without a slash"),
        ({}, {"address": "http://plans.council.example"}, "SEND_TRACKER_ADDRESS must be an address"),
    ],
)
def test_what_cannot_be_right_is_refused(changed: dict[str, Any], more: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        made({"north": NORTH | changed}, **more)
    assert says in str(refused.value)
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "given", ['{"north": {"client_secret": "very-secret"', "very-secret", '["very-secret"]']
)
def test_what_is_no_json_is_refused_without_being_shown(given: str) -> None:
    with pytest.raises(ValidationError) as refused:
        made(given)
    assert "very-secret" not in str(refused.value)
    assert "very-secret" not in repr(made({"north": NORTH}))


def test_a_demonstration_may_ask_a_provider_on_this_machine() -> None:
    given = {"north": NORTH | {"issuer": "http://localhost:9400"}}
    assert made(given, environment="demo", address="http://127.0.0.1:8000").single_sign_on
    with pytest.raises(ValidationError, match="the issuer of north must be"):
        made({"north": NORTH | {"issuer": "http://login.example"}}, environment="demo")


def test_a_demonstration_may_be_opened_from_other_machines() -> None:
    assert made("", environment="demo", address="http://vm:8000").opened_at == "http://vm:8000"
    with pytest.raises(ValidationError, match="SEND_TRACKER_ADDRESS must be"):
        made("", environment="demo", address="http://vm:8000/?x")
