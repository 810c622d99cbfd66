"""The command line: what it does and prints, its exit codes, and errors in one line that says what to do."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, NoReturn

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app import cli, config, db
from app.access.roles import system
from app.cli import database, failures, opening
from app.cli.web import place_of
from app.clock import moment
from app.migrations import append_only, downgrade, head
from app.models.people import PersonCreate
from app.models.tables import action_states, areas, clients, plans, updates, users
from app.services import areas as areas_service
from app.services import checks, people
from app.services import tokens as tokens_service
from app.services import users as users_service
from tests import databases, factories, servers

COMMANDS = (
    "migrate",
    "serve",
    "worker",
    "demo",
    "openapi",
    "create-area",
    "create-user",
    "list-clients",
    "create-client",
    "rotate-client",
    "revoke-client-secret",
    "revoke-client",
    "report",
    "check",
    "reconcile",
)


class Done(NamedTuple):
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error."""
        assert self.out == ""
        assert re.fullmatch(r"[^\n]+\n", self.err), self.err
        return self.err


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs a command in this process, with the environment as it is then."""

    def command(*arguments: str) -> Done:
        config.settings.cache_clear()
        try:
            code = cli.main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        return Done(code, *capsys.readouterr())

    yield command
    db.close()
    config.settings.cache_clear()


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated, empty database that the settings name."""
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an SQLite file that is not there yet, which the settings name."""
    found = f"sqlite:///{tmp_path / 'tracker.db'}"
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", found)
    return found


@pytest.fixture
def north(url: str, run: Run) -> str:
    """The URL of a database with one area."""
    assert run("create-area", "--slug", "north", "--name", "North SEND partnership").code == 0
    return url


# --- Use --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert (
        f"examples:\n  SEND_TRACKER_DATABASE_URL=sqlite:///tracker.db send-tracker {command}" in done.out
        or (f"send-tracker {command}" in done.out.split("examples:")[1])
    )


def test_help_lists_every_command_and_setting(run: Run) -> None:
    done = run("--help")
    assert done.code == 0
    for name in (*COMMANDS, *(f"SEND_TRACKER_{field.upper()}" for field in config.Settings.model_fields)):
        assert name in done.out


def test_help_answers_without_loading_the_service() -> None:
    script = (
        "import sys; from app import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: print(sorted({'sqlalchemy', 'fastapi', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=servers.ROOT)
    assert done.stdout.endswith("[]\n"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["serve", "--port", "65536"], "give a port from 0 to 65535"),
        (["serve", "--port", "http"], "give a port from 0 to 65535"),
        (["create-area", "--slug", "north"], "--name"),
        (["create-user", "--email", "a@b.example", "--area", "a", "--role", "owner"], "choose from"),
        (["create-client", "--name", "A", "--area", "a"], "--scope"),
        (["check", "--jso"], "unrecognized arguments: --jso"),
        (["check", "--head", "0" * 64], "--head needs --journal"),
        (["check", "--journal", "--head", "latest"], "give a head as printed"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: list[str], says: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert says in done.line
    assert "--help" in done.line


# --- Settings and database --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "set SEND_TRACKER_DATABASE_URL"),
        ({"DATABASE_URL": "rubbish"}, "sqlite:///tracker.db or postgresql://user@host/name"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "check SEND_TRACKER_DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:s3cret@127.0.0.1:1/x"}, "check SEND_TRACKER_DATABASE_URL"),
        (
            {"DATABASE_URL": "sqlite:///x.db", "ENVIRONMENT": "staging"},
            "SEND_TRACKER_ENVIRONMENT: use demo or production",
        ),
        (
            {"DATABASE_URL": "sqlite:///x.db", "TODAY": ""},
            "SEND_TRACKER_TODAY: use a day that there is, as 2024-07-01",
        ),
        (
            {"DATABASE_URL": "sqlite:///x.db", "ENVIRONMENT": "production"},
            "SEND_TRACKER_TODAY is for demo only",
        ),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "serve", "worker", "demo"])
def test_bad_settings_are_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, settings: dict[str, str], says: str
) -> None:
    monkeypatch.delenv("SEND_TRACKER_DATABASE_URL", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"SEND_TRACKER_{name}", value)
    done = run(command)
    assert done.code == 1
    assert says in done.line
    assert "s3cret" not in done.line


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve"],
        ["worker"],
        ["demo"],
        ["check"],
        ["create-area", "--slug", "north", "--name", "North"],
        ["create-user", "--email", "a@b.example", "--area", "north", "--role", "admin"],
        ["create-client", "--name", "A", "--area", "north", "--scope", "read"],
    ],
)
def test_a_database_that_is_not_migrated_is_refused(run: Run, file: str, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 1
    assert "the database has no tables yet: run send-tracker migrate" in done.line


def test_a_database_of_another_version_is_refused() -> None:
    assert opening.migration_fault(head()) is None
    assert "run send-tracker migrate" in str(opening.migration_fault("0000"))
    assert "install the newer version" in str(opening.migration_fault("9999"))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer than this version: install the newer"),
        ("DELETE FROM alembic_version", "has tables, but does not say of which version: restore a backup"),
        ("DROP TABLE alembic_version", "has tables, but does not say of which version: restore a backup"),
    ],
)
def test_migrating_refuses_what_serving_refuses_in_the_same_words(
    run: Run, url: str, statement: str, says: str
) -> None:
    db.open(url)
    with db.write(None) as writer:
        writer.execute(text(statement))
    db.close()
    serving, migrating = run("serve"), run("migrate")
    assert (serving.code, migrating.code) == (1, 1)
    assert says in migrating.line
    assert migrating.line.partition(": ")[2] == serving.line.partition(": ")[2]


def test_a_copy_that_cannot_be_written_says_where_to_check_it(tmp_path: Any) -> None:
    (tmp_path / "copy.db").touch()
    with (
        closing(sqlite3.connect(f"file:{tmp_path / 'copy.db'}?mode=ro", uri=True)) as copy,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        copy.execute("CREATE TABLE x (y)")
    code, words = failures.explain(OperationalError("", {}, caught.value))
    assert code == 1
    assert words.startswith("the file of SEND_TRACKER_DATABASE_URL or its folder cannot be written")


def test_migrating_is_done_once(run: Run, url: str) -> None:
    downgrade(url, "base")
    assert run("migrate") == Done(0, f"The database is at revision {head()}.\n", "")
    assert run("migrate") == Done(0, f"The database is at revision {head()} already.\n", "")


def test_check_finds_a_good_database(run: Run, url: str) -> None:
    said = f"The database answers and is at revision {head()}, the newest.\n"
    said += "Every record of plans and registers, and every entry, is what the journal tells of it.\n"
    said += "Every state follows from its entries, every published period from those before it.\n"
    assert run("check") == Done(0, said, "")
    done = run("check", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {"database": "ok", "revision": head(), "head": head(), "faults": []}


def test_check_finds_faults(run: Run, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("check", "--json")
    assert done.code == 1
    assert json.loads(done.out)["faults"] == ["the database has no tables yet: run send-tracker migrate"]
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", "postgresql://127.0.0.1:1/x")
    done = run("check", "--json")
    assert done.code == 1
    assert json.loads(done.out)["database"] == "unreachable"


def test_check_finds_states_that_do_not_follow_from_the_entries(
    run: Run, sample_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", sample_url)
    assert run("check").code == 0
    db.open(sample_url)
    with db.write(None) as writer:
        survey = writer.execute(
            select(action_states.c.action_id).where(action_states.c.ref == "1.9")
        ).scalar()
        wrong = action_states.update().where(action_states.c.action_id == survey)
        writer.execute(wrong.values(path_to_green="typed by hand"))
    done = run("check")
    assert done.code == 1
    said = f"The states of action 1.9 of plan PAP (id {survey}) do not follow from its entries."
    assert done.err.splitlines() == [f"send-tracker check: {said}", f"send-tracker check: {database.ADVICE}"]
    assert json.loads(run("check", "--json").out)["advice"] == database.ADVICE


def test_check_finds_a_published_period_that_does_not_follow_from_the_entries_before_it(
    run: Run, sample_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", sample_url)
    db.open(sample_url)
    with db.write(None) as writer:
        area = writer.execute(select(areas.c.id, areas.c.name)).one()
        plan = writer.execute(select(plans.c.id).where(plans.c.ref == "PAP")).scalar_one()
    period = factories.make_published(system(*area), plan, last_day=date(2024, 6, 30))
    assert run("check").code == 0
    db.open(sample_url)
    with db.write(None) as writer:
        append_only.release(writer, "updates")
        earlier = updates.update().where(updates.c.effective_on > date(2024, 6, 1))
        writer.execute(earlier.values(effective_on=date(2024, 5, 1)))
    done = run("check")
    assert done.code == 1
    assert f"Replay of period {period['ref']} of plan PAP (id {period['id']}) gives" in done.err
    assert "(" not in done.err.partition("Replay of ")[2].partition("gives")[2].partition("\n")[0]
    assert "tells otherwise of its effective date" in done.err
    assert "The table updates no longer refuses changes" in done.err


@pytest.fixture
def published(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The file of a database with the sample, where period 2024-06 of plan PAP is published."""
    with databases.copy_of("sample", "sqlite") as url:
        monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", url)
        _publish_june(url)
        yield url.removeprefix("sqlite:///")


def _publish_june(url: str) -> None:
    db.open(url)
    with db.read(None) as reader:
        area = reader.execute(select(areas.c.id, areas.c.name)).one()
        plan = reader.execute(select(plans.c.id).where(plans.c.ref == "PAP")).scalar_one()
    factories.make_published(system(*area), plan, ref="2024-06", last_day=date(2024, 6, 30))
    db.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE publications SET content = replace(CAST(content AS TEXT), '73', '93')",
            "The publication of period 2024-06 of plan PAP",
        ),
        ("UPDATE publications SET content = '{'", "The publication of period 2024-06 of plan PAP"),
        ("UPDATE publications SET period_id = 'none'", "The publication of period (id none) cannot be read"),
        ("UPDATE updates SET facts = '{no json'", "cannot be read: a stored value is of no use"),
        ("UPDATE updates SET narrative = CAST(x'ff00fe' AS TEXT)", "tells otherwise of its narrative"),
        ("UPDATE updates SET effective_on = 5, sequence = 'x'", "An update of action 1.1 of plan PAP"),
        ("UPDATE actions SET title = CAST(x'ff' AS TEXT)", "The action * otherwise of its title"),
        ("UPDATE actions SET id = 'x' WHERE id = (SELECT min(id) FROM actions)", "was put there"),
        ("UPDATE actions SET evidence_links = '{'", "The action * otherwise of its evidence links"),
        ("UPDATE people SET name = CAST(x'ff' AS TEXT)", "The person * otherwise of its name"),
        ("UPDATE plans SET ref = CAST(x'ff' AS TEXT) WHERE ref = 'PAP'", "The plan * otherwise of its ref"),
        (
            "UPDATE risk_states SET risk_id = 'x' WHERE risk_id = (SELECT min(risk_id) FROM risk_states)",
            "do not follow from its entries",
        ),
        ("UPDATE matrix_versions SET bands = 5", "tells otherwise of its bands"),
        ("UPDATE areas SET name = CAST(x'ff' AS TEXT)", ""),
        ("UPDATE areas SET id = 'x'", "was"),
        ("UPDATE journal_entries SET after = x'00ff', subject_id = 7", "of the journal"),
    ],
)
def test_check_says_in_lines_what_it_cannot_read(run: Run, published: str, statement: str, says: str) -> None:
    """SQLite takes any value in any column: none of them ends in a traceback."""
    with closing(sqlite3.connect(published)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
        connection.commit()
    for arguments in (["check"], ["check", "--journal", "--json"]):
        done = run(*arguments)
        assert done.code == 1
        assert fnmatchcase(done.err, f"*{says}*")
        assert done.err.count("\n") < 300
        assert all(line.startswith("send-tracker check: ") for line in done.err.splitlines())


# --- The journal ------------------------------------------------------------------------------------------


def heads(run: Run) -> dict[str, str]:
    """The head of every area's journal, as it is printed."""
    done = run("check", "--journal", "--json")
    assert (done.code, done.err) == (0, "")
    return {one["area"]: one["head"] for one in json.loads(done.out)["journals"]}


def tamper(url: str, *statements: str) -> None:
    """Write to the journal as somebody who may alter its table."""
    db.open(url)
    with db.write(None) as writer:
        append_only.release(writer, "journal_entries")
        for statement in statements:
            writer.execute(text(statement))
        append_only.protect(writer, "journal_entries", *append_only.PROTECTED["journal_entries"])
    db.close()


def test_check_prints_the_head_of_every_journal(run: Run, north: str) -> None:
    run("create-area", "--slug", "south", "--name", "South SEND partnership")
    printed = heads(run)
    assert list(printed) == ["north", "south"]
    done = run("check", "--journal")
    assert (done.code, done.err) == (0, "")
    for area, hashed in printed.items():
        assert re.fullmatch("[0-9a-f]{64}", hashed)
        assert f"The journal of {area} ends at entry 1, head {hashed}.\n" in done.out


def test_check_finds_a_head_that_was_printed_earlier(run: Run, north: str) -> None:
    printed = heads(run)["north"]
    run("create-client", "--name", "Reporting", "--area", "north", "--scope", "read")
    done = run("check", "--journal", "--head", printed.upper())
    assert (done.code, done.err) == (0, "")
    assert f"The head {printed} is entry 1 of north.\n" in done.out
    assert "ends at entry 2" in done.out
    answer = json.loads(run("check", "--journal", "--head", printed, "--json").out)
    assert answer["known_head"] == {"hash": printed, "area": "north", "sequence": 1}


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE journal_entries SET reason = 'x' WHERE sequence = 2", "entry 2 was edited"),
        ("DELETE FROM journal_entries WHERE sequence = 2", "entry 2 is missing"),
        ("DELETE FROM journal_entries WHERE sequence IN (1, 2)", "entries 1 to 2 are missing"),
        ("DELETE FROM journal_entries WHERE sequence = 4", "it was cut, entries from 4 to 4 are missing"),
        ("UPDATE areas SET last_sequence = 3", "entry 4 was inserted"),
        (
            "UPDATE journal_entries SET sequence = 9 WHERE sequence = 2;"
            "UPDATE journal_entries SET sequence = 2 WHERE sequence = 3;"
            "UPDATE journal_entries SET sequence = 3 WHERE sequence = 9",
            "entry 2 was swapped, in its place stands entry 3",
        ),
    ],
)
def test_check_names_what_was_done_to_a_journal(run: Run, north: str, tampering: str, says: str) -> None:
    for name in ("One", "Two", "Three"):
        run("create-client", "--name", name, "--area", "north", "--scope", "read")
    tamper(north, *tampering.split(";"))
    assert run("check").code == 0
    done = run("check", "--journal")
    assert done.code == 1
    assert done.err.startswith(f"send-tracker check: The journal of north: {says}")
    assert done.err.count("\n") == 2
    assert len(json.loads(run("check", "--journal", "--json").out)["faults"]) == 1


def test_a_journal_that_was_cut_whole_is_found_by_its_head_alone(run: Run, north: str) -> None:
    run("create-client", "--name", "One", "--area", "north", "--scope", "read")
    printed = heads(run)["north"]
    tamper(north, "DELETE FROM journal_entries WHERE sequence = 2", "UPDATE areas SET last_sequence = 1")
    assert run("check", "--journal").code == 0
    done = run("check", "--journal", "--head", printed)
    assert done.code == 1
    assert f"The head {printed} is in no journal: one was cut or written anew since." in done.err
    answer = json.loads(run("check", "--journal", "--head", printed, "--json").out)
    assert answer["known_head"] is None


def test_check_does_not_stumble_over_what_is_no_value_at_all(run: Run, file: str) -> None:
    """SQLite takes any value in any column."""
    run("migrate")
    run("create-area", "--slug", "north", "--name", "North SEND partnership")
    for number in range(2, 16):
        run("create-client", "--name", f"Client {number}", "--area", "north", "--scope", "read")
    tamper(
        file,
        "UPDATE journal_entries SET after = '{no json' WHERE sequence = 2",
        "UPDATE journal_entries SET after = x'00ff' WHERE sequence = 4",
        "UPDATE journal_entries SET recorded_at = 'yesterday' WHERE sequence = 6",
        "UPDATE journal_entries SET id = 5 WHERE sequence = 8",
        "UPDATE journal_entries SET author_id = 'nobody' WHERE sequence = 10",
        "UPDATE journal_entries SET hash = 5 WHERE sequence = 12",
        "UPDATE journal_entries SET sequence = 'fourteen' WHERE sequence = 14",
    )
    faults = json.loads(run("check", "--journal", "--json").out)["faults"]
    for number in range(2, 14, 2):
        assert any(f"entry {number} was edited" in fault for fault in faults), faults
    assert any("entry 14 is missing" in fault for fault in faults), faults


def test_with_another_key_check_asks_for_the_right_one(
    run: Run, north: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        run("create-client", "--name", f"Client {number}", "--area", "north", "--scope", "read")
    monkeypatch.setenv("SEND_TRACKER_JOURNAL_KEY", "another key of more than thirty-two characters")
    done = run("check", "--journal")
    assert done.code == 1
    assert "Is SEND_TRACKER_JOURNAL_KEY the key that they were written with?" in done.err


def test_a_failure_that_we_did_not_foresee_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        failures.explain(ZeroDivisionError())


# --- Areas, accounts, clients -----------------------------------------------------------------------------


def test_an_area_is_created(run: Run, url: str) -> None:
    done = run("create-area", "--slug", "north-west", "--name", "North West SEND partnership", "--json")
    assert (done.code, done.err) == (0, "")
    db.open(url)
    with db.read(None) as reader:
        row = reader.execute(select(areas)).one()
    assert json.loads(done.out) == {"id": str(row.id), "slug": "north-west"}
    assert row.name == "North West SEND partnership"


@pytest.mark.parametrize(
    ("slug", "name", "code", "says"),
    [
        ("north", "Again", 1, "used already"),
        ("south", "", 2, "--name: give some text"),
        ("North West", "N", 2, "--slug: use 1 to 40 small letters, digits and hyphens"),
        ("south", " ", 2, "--name: "),
    ],
)
def test_a_wrong_area_is_refused(run: Run, north: str, slug: str, name: str, code: int, says: str) -> None:
    done = run("create-area", "--slug", slug, "--name", name)
    assert done.code == code
    assert says in done.line


def test_an_account_is_created_with_a_link_that_works(run: Run, north: str) -> None:
    done = run("create-user", "--email", "Pat@North.example", "--area", "north", "--role", "admin")
    assert (done.code, done.err) == (0, "")
    assert "within 72 hours" in done.out
    [token] = re.findall(r"^/set-password/([\w-]{43})$", done.out, re.MULTILINE)
    db.open(north)
    with db.read(None) as reader:
        account = users_service.open_link(reader, token, moment().now)
    assert account is not None
    assert (account["email"], account["role"]) == ("pat@north.example", "admin")


def test_an_account_can_be_a_person_of_the_area(run: Run, north: str) -> None:
    db.open(north)
    with db.write(None) as writer:
        who = areas_service.by_slug(writer, "north")
        for name, organisation in (("AP lead", None), ("Data officer", "ICB"), ("Data officer", "Council")):
            body = PersonCreate(name=name, organisation=organisation)
            people.create_person(writer, who, moment(), body)
    create = ("create-user", "--area", "north", "--role", "contributor", "--json")
    done = run(*create, "--email", "lee@north.example", "--person", "AP lead")
    assert json.loads(done.out)["link"].startswith("/set-password/")
    db.open(north)
    with db.read(None) as reader:
        assert reader.execute(select(users.c.person_id)).scalar_one() is not None
    for person, says in (
        ("Data officer", "several people are named Data officer"),
        ("AP", "there is no person named AP"),
        ("AP lead", "This person has an account already"),
    ):
        assert says in run(*create, "--email", "b@north.example", "--person", person).line
    assert "has an account already" in run(*create, "--email", "lee@north.example").line
    assert "Give an e-mail address" in run(*create, "--email", "lee").line


def test_a_client_is_created_with_a_secret_that_works(run: Run, north: str) -> None:
    create = ("create-client", "--name", "Reporting", "--area", "north", "--scope", "write")
    done = run(*create, "--scope", "read", "--days", "30", "--json")
    assert (done.code, done.err) == (0, "")
    answer = json.loads(done.out)
    assert set(answer) == {"client_id", "client_secret"}
    db.open(north)
    at = moment()
    with db.write(None) as writer:
        token = tokens_service.issue_token(writer, answer["client_id"], answer["client_secret"], None, at.now)
        expires_at = writer.execute(select(clients.c.expires_at)).scalar_one()
    assert token["scope"] == "read write"
    assert (expires_at - at.now).days in (29, 30)
    assert "client_secret  " in run(*create).out
    assert "number of days" in run(*create, "--days", "0").line


@pytest.mark.parametrize(
    "arguments",
    [
        ["create-user", "--email", "a@b.example", "--role", "admin"],
        ["create-client", "--name", "A", "--scope", "read"],
    ],
)
def test_an_unknown_area_is_refused(run: Run, url: str, arguments: list[str]) -> None:
    done = run(*arguments, "--area", "south")
    assert done.code == 1
    assert "there is no area south: create it with send-tracker create-area" in done.line


# --- Sample, contract, serving ----------------------------------------------------------------------------


def test_the_sample_is_loaded_once(run: Run, url: str) -> None:
    done = run("demo")
    assert (done.code, done.err) == (0, ""), "no progress bar where nobody watches"
    loaded = "plan PAP with 89 actions and 4 risks, programme DBV with 148 actions and 13 risks, 4 accounts"
    assert done.out == f"Loaded {loaded}.\n"
    assert run("demo") == Done(0, "The sample is loaded already.\n", "")
    db.open(url)
    with db.read(None) as reader:
        assert checks.newest_effective_on(reader) == date(2024, 6, 28)


def test_the_sample_is_refused_in_production(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEND_TRACKER_TODAY")
    for name, value in (("ENVIRONMENT", "production"), ("SECRET_KEY", "s" * 32), ("JOURNAL_KEY", "j" * 32)):
        monkeypatch.setenv(f"SEND_TRACKER_{name}", value)
    done = run("demo")
    assert done.code == 1
    assert "set SEND_TRACKER_ENVIRONMENT=demo" in done.line


def test_the_contract_needs_no_database_and_is_stable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEND_TRACKER_DATABASE_URL", raising=False)
    done = run("openapi")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["openapi"].startswith("3.1")
    assert done.out.endswith("}\n")
    assert run("openapi").out == done.out


def test_a_reader_that_goes_away_is_no_error(run: Run, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    def closed(*_: Any) -> NoReturn:
        raise BrokenPipeError

    monkeypatch.setattr("app.cli.database.settings", closed)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    assert run("migrate") == Done(1, "", "")


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_a_mail_folder_that_cannot_be_written_is_refused_by_its_setting(
    run: Run, url: str, command: list[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SEND_TRACKER_MAIL_FOLDER", str(tmp_path / "file" / "mail"))
    done = run(*command)
    assert done.code == 1
    assert "set SEND_TRACKER_MAIL_FOLDER to a folder that can be written" in done.line


def test_serving_says_where_and_how_to_sign_in(served_sample: servers.Service) -> None:
    said = served_sample.log.read_text()
    assert f"Improvement plan tracker: {served_sample.address}/\n" in said
    assert "today is taken to be 2024-07-01" in said
    assert "Sign in as viewer@halton.example, password: " in said
    assert "each message is a file in /" in said


@pytest.mark.parametrize(
    ("host", "opened_at"),
    [
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("vm", "http://vm:80"),
    ],
)
def test_what_is_served_on_every_address_is_opened_on_this_machine(host: str, opened_at: str) -> None:
    assert place_of(host, 80) == opened_at


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_serving_an_empty_demonstration_says_so(url: str) -> None:
    with servers.serve(url) as service:
        said = service.log.read_text()
    assert "load the sample with send-tracker demo" in said
    assert "password" not in said


def test_a_connection_that_was_idle_for_six_seconds_is_used_again(served_sample: servers.Service) -> None:
    """A proxy that finds it closed, as uvicorn does after five, has lost what it is sending."""
    with socket.create_connection(("127.0.0.1", port_of(served_sample)), timeout=10) as proxy:
        for pause in (6, 0):
            proxy.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert proxy.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(pause)


def test_no_secret_reaches_the_log(served_sample: servers.Service) -> None:
    with socket.create_connection(("127.0.0.1", port_of(served_sample))) as browser:
        browser.sendall(
            b"GET /set-password/s3cret-link?token=s3cret-token HTTP/1.1\r\nHost: localhost\r\n"
            b"Authorization: Bearer s3cret-bearer\r\nConnection: close\r\n\r\n"
        )
        while browser.recv(65536):
            pass
    said = served_sample.log.read_text()
    assert "/set-password/" in said, "the route is logged"
    assert "s3cret" not in said


def port_of(service: servers.Service) -> int:
    return int(service.address.rsplit(":", 1)[1])


def test_a_day_before_the_newest_entry_is_refused(
    run: Run, sample_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", sample_url)
    monkeypatch.setenv("SEND_TRACKER_TODAY", "2024-06-27")
    done = run("serve", "--port", "0")
    assert done.code == 1
    assert "an entry is effective on 2024-06-28, but today is 2024-06-27: set SEND_TRACKER_TODAY" in done.line


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "nowhere.invalid"])
def test_a_port_that_cannot_be_used_is_refused(run: Run, url: str, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server(("127.0.0.1" if "." in host else host, 0), family=family) as taken:
        done = run("serve", "--host", host, "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "Choose others with --host and --port" in done.line


def test_the_program_is_the_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--version"],
        capture_output=True,
        text=True,
        cwd=servers.ROOT,
        env={"PATH": os.environ["PATH"]},
    )
    assert re.fullmatch(r"send-tracker \d+\.\d+\.\d+\n", done.stdout)


# --- Reconciling ------------------------------------------------------------------------------------------

PUBLISHED = servers.ROOT / "app" / "sample" / "halton-pap" / "published-progress.csv"
FIGURES = "scope,complete,on_target,delayed,not_started"


@pytest.fixture
def figures(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Writes a CSV file and gives its path; no database is named."""
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", "")

    def write(content: bytes) -> str:
        path = tmp_path / "published.csv"
        path.write_bytes(content)
        return str(path)

    return write


def test_reconcile_says_what_cannot_be_and_ends_well(run: Run, figures: Callable[[bytes], str]) -> None:
    done = run("reconcile", figures(PUBLISHED.read_bytes()))
    assert (done.code, done.err) == (0, "")
    first, *rows = done.out.splitlines()
    assert first.endswith(
        "together 67.0%. With at least 16.5% complete, the priorities' own figures allow 66.05% at most."
    )
    assert [row.split(",")[0].strip() for row in rows] == ["overall", *(f"PAP {n}" for n in range(1, 6))]
    assert "needs at least 55 actions" in rows[1]


def test_reconcile_prints_json_for_programs(run: Run, figures: Callable[[bytes], str]) -> None:
    done = run("reconcile", figures(PUBLISHED.read_bytes()), "--json")
    found = json.loads(done.out)
    assert list(found) == ["scopes", "verdict", "explanation"]
    assert found["verdict"] == "impossible"
    assert found["scopes"][5] == {
        "scope": "PAP 5",
        "verdict": "possible",
        "smallest_actions": 60,
        "smallest_counts": {"complete": 13, "on_target": 24, "delayed": 9, "not_started": 14},
        "explanation": "Possible by itself: it needs at least 60 actions, 13 complete, 24 on target, "
        "9 delayed and 14 not started.",
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (f"{FIGURES}\nPAP 1,44,101,,".encode(), "Row 2 (PAP 1), on_target: give a whole percentage"),
        (f"{FIGURES}\n\nPAP 1,50,50,20,20".encode(), "Row 3 (PAP 1): 50 + 50 + 20 + 20 is 140. The four"),
        (
            f"{FIGURES}\nPAP 1,44,,,\npap 1,44,,,".encode(),
            "Row 3: scope pap 1 is there twice. Give each scope once.",
        ),
        (f"{FIGURES},actions\nA,44,,,,9\nB,44,,,,".encode(), "Row 3 (B), actions: give the number"),
        (f"{FIGURES},actions\nA,44,,,,0".encode(), "Row 2 (A), actions: give the number of actions"),
        (b"scope,complete\nPAP 1,44", "Missing: on_target, delayed, not_started."),
        (b"", "The first row must name these columns: scope, complete,"),
        (FIGURES.encode(), "There is no row"),
        (b"\xff\xfe", "save it as CSV UTF-8"),
        (b"x" * 1_000_001, "more than 1 MB"),
    ],
)
def test_reconcile_refuses_a_bad_file_by_row_and_field(
    run: Run, figures: Callable[[bytes], str], content: bytes, says: str
) -> None:
    done = run("reconcile", figures(content), "--json")
    assert done.code == 2
    assert says in done.line


@pytest.mark.parametrize("file", ["missing.csv", ".", "a\x00b"])
def test_reconcile_refuses_what_is_no_file(run: Run, file: str) -> None:
    done = run("reconcile", file)
    assert done.code == 2
    assert "give the path of a CSV file" in done.line
