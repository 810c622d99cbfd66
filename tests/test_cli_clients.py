"""The commands that manage clients: what they print and do, exit codes, and what they never print."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, db
from app.models.tables import access_tokens
from app.services import tokens
from tests.test_cli import Run, file, north, run, url

__all__ = ["file", "north", "run", "url"]
NOBODY = "01900000-0000-7000-8000-000000000000"


def create(run: Run, *more: str) -> dict[str, str]:
    done = run("create-client", "--name", "Reporting", "--area", "north", "--scope", "read", *more, "--json")
    assert done.code == 0, done.err
    answer: dict[str, str] = json.loads(done.out)
    return answer


def listed(run: Run) -> list[dict[str, Any]]:
    done = run("list-clients", "--area", "north", "--json")
    assert (done.code, done.err) == (0, "")
    items: list[dict[str, Any]] = json.loads(done.out)["items"]
    return items


def token(url: str, client: dict[str, str]) -> str:
    """A token for these credentials; raises OAuthError."""
    db.open(url)
    with db.write(None) as writer:
        answer = tokens.issue_token(writer, client["client_id"], client["client_secret"], None, clock.now())
    db.close()
    return str(answer["access_token"])


def live_tokens(url: str) -> int:
    db.open(url)
    with db.read(None) as reader:
        found = len(reader.execute(select(access_tokens.c.token_hash)).all())
    db.close()
    return found


def test_clients_are_listed_with_their_ends_and_never_a_secret(run: Run, north: str) -> None:
    assert listed(run) == []
    assert "north has no clients" in run("list-clients", "--area", "north").out
    made = create(run, "--quota", "600", "--days", "10")
    [client] = listed(run)
    assert (client["client_id"], client["name"], client["scopes"]) == (
        made["client_id"],
        "Reporting",
        ["read"],
    )
    assert (client["quota"], client["state"], client["last_used_at"]) == (600, "expires_soon", None)
    assert len(client["secrets"]) == 1
    table = run("list-clients", "--area", "north").out
    for shown in (made["client_id"], "600", "expires soon", "never", client["secrets"][0]["secret_id"]):
        assert shown in table
    assert made["client_secret"] not in table + json.dumps(client)


def test_a_secret_is_replaced_without_a_break(run: Run, north: str) -> None:
    old = create(run)
    token(north, old)
    done = run("rotate-client", "--area", "north", "--client", old["client_id"], "--json")
    new = json.loads(done.out)
    assert set(new) == {"client_id", "client_secret", "secret_id"}
    token(north, old)
    token(north, new)
    third = run("rotate-client", "--area", "north", "--client", old["client_id"])
    assert third.code == 1
    assert "Revoke the one that is no longer used" in third.line
    first = next(
        one["secret_id"] for one in listed(run)[0]["secrets"] if one["secret_id"] != new["secret_id"]
    )
    revoke = ("revoke-client-secret", "--area", "north", "--client", old["client_id"], "--secret")
    assert f"The secret {first} is revoked" in run(*revoke, first).out
    assert live_tokens(north) == 1, "the tokens of the other secret stay"
    with pytest.raises(tokens.OAuthError):
        token(north, old)
    token(north, new)
    again = run(*revoke, first)
    assert again.code == 1
    assert f"has no live secret {first}. Live: {new['secret_id']}" in again.line


def test_a_client_is_revoked_at_once(run: Run, north: str) -> None:
    made = create(run)
    token(north, made)
    revoke = ("revoke-client", "--area", "north", "--client", made["client_id"])
    assert "is revoked" in run(*revoke).out
    assert json.loads(run(*revoke, "--json").out)["revoked"] is True, "a second time changes nothing"
    assert live_tokens(north) == 0
    assert [one["state"] for one in listed(run)] == ["revoked"]
    rotated = run("rotate-client", "--area", "north", "--client", made["client_id"])
    assert (rotated.code, "Create a new one" in rotated.line) == (1, True)


@pytest.mark.parametrize("command", ["rotate-client", "revoke-client", "revoke-client-secret"])
def test_a_client_of_another_area_is_refused_like_one_that_never_was(
    run: Run, north: str, command: str
) -> None:
    run("create-area", "--slug", "south", "--name", "South SEND partnership")
    made = create(run)
    more = ("--secret", "0" * 8) if command == "revoke-client-secret" else ()
    said = [
        run(command, "--area", area, "--client", client, *more)
        for area, client in (("south", made["client_id"]), ("north", NOBODY))
    ]
    assert [one.code for one in said] == [1, 1]
    assert said[0].line == said[1].line
    assert [one["state"] for one in listed(run)] == ["live"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["rotate-client", "--area", "north", "--client", "x"], 2, "as send-tracker list-clients prints it"),
        (["revoke-client", "--area", "north"], 2, "--client"),
        (["revoke-client-secret", "--area", "north", "--client", NOBODY], 2, "--secret"),
        (["list-clients", "--area", "east"], 1, "there is no area east"),
        (
            ["create-client", "--name", "A", "--area", "north", "--scope", "read", "--quota", "0"],
            1,
            "from 1 to",
        ),
        (
            ["create-client", "--name", "A", "--area", "north", "--scope", "read", "--quota", "x"],
            2,
            "--quota",
        ),
        (
            ["create-client", "--name", "A", "--area", "north", "--scope", "read", "--quota", "1000000001"],
            1,
            "from 1 to 1,000,000,000",
        ),
    ],
)
def test_wrong_use_is_one_line(run: Run, north: str, arguments: list[str], code: int, says: str) -> None:
    done = run(*arguments)
    assert done.code == code
    assert says in done.line
