"""The folder of messages, and which mail system the settings choose."""

import email
import email.policy
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.config import MailSystem, Settings, is_mail_address
from app.senders import mail
from app.senders.folder import Folder
from app.senders.mail import ACCEPTED, Mail, Verdict
from app.senders.notify import Notify
from app.senders.smtp import Smtp
from tests.senders.notify_server import KEY, TEMPLATE

FROM = "plans@council.example"


def a_mail(**changed: Any) -> Mail:
    values = {
        "message_id": "<0001@council.example>",
        "sent_at": datetime(2024, 7, 1, 7, 0, tzinfo=UTC),
        "to_address": "chair@example.org",
        "to_name": "Chair",
        "subject": "61% complete or on target",
        "text": "61% of action points.",
    }
    return Mail(**{**values, **changed})


def nothing() -> None:
    """Nobody wants to know."""


def files(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_each_message_is_a_file_that_mail_programs_open(tmp_path: Path) -> None:
    sender = Folder(tmp_path / "var" / "mail", FROM)
    assert sender.has("<0001@council.example>") is False

    assert sender.send(a_mail(), before_data=nothing) == ACCEPTED
    assert sender.send(a_mail(message_id="<0002@council.example>"), before_data=nothing) == ACCEPTED

    assert files(tmp_path / "var" / "mail") == ["0001.eml", "0002.eml"]
    found = email.message_from_bytes(
        (tmp_path / "var" / "mail" / "0001.eml").read_bytes(), policy=email.policy.default
    )
    assert (found["From"], found["Subject"]) == (FROM, "61% complete or on target")
    assert sender.has("<0001@council.example>") is True


def test_the_same_message_twice_is_one_file(tmp_path: Path) -> None:
    sender = Folder(tmp_path, FROM)
    for text in ("first", "second"):
        sender.send(a_mail(text=text), before_data=nothing)
    assert files(tmp_path) == ["0001.eml"]
    assert b"second" in (tmp_path / "0001.eml").read_bytes()


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = Folder(tmp_path, FROM)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.senders.folder.os.fsync", full)
    outcome = sender.send(a_mail(), before_data=nothing)
    assert outcome.verdict is Verdict.temporary
    assert outcome.error == (
        "The folder for messages (SEND_TRACKER_MAIL_FOLDER) cannot be written: No space left on device."
    )
    assert files(tmp_path) == []


def test_what_cannot_be_sent_or_is_lost_leaves_no_file(tmp_path: Path) -> None:
    def lost() -> None:
        raise LookupError

    sender = Folder(tmp_path, FROM)
    assert sender.send(a_mail(to_address="a@b\n"), before_data=nothing).verdict is Verdict.permanent
    with pytest.raises(LookupError):
        sender.send(a_mail(), before_data=lost)
    assert files(tmp_path) == []


def test_what_killed_processes_left_unfinished_is_cleared_at_the_next_message(tmp_path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    ended, now = int(gone.stdout), time.time()
    ages = {
        f".0001.eml.{ended}-0123abcd": 120,  # its process is gone
        f".0002.eml.{os.getpid()}-0123abcd": 7200,  # its number is another's now
        f".0003.eml.{os.getpid()}-0123abcd": 120,
        f".0004.eml.{ended}-0123abcd": 1,  # maybe of another machine, at this moment
        ".kept": 7200,
        "0005.eml": 7200,
    }
    for name, age in ages.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - age, now - age))
    assert Folder(tmp_path, FROM).send(a_mail(message_id="<0006@x.example>"), before_data=nothing) == ACCEPTED
    assert files(tmp_path) == sorted([*list(ages)[2:], "0006.eml"])


def test_a_folder_that_cannot_be_written_says_so_by_its_setting_and_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    sender = Folder(tmp_path / "file" / "mail", FROM)
    assert "set SEND_TRACKER_MAIL_FOLDER to a folder that can be written" in sender.fault()
    assert sender.send(a_mail(), before_data=nothing).verdict is Verdict.temporary
    good = Folder(tmp_path / "a" / "b", FROM)
    assert (good.fault(), (tmp_path / "a").exists()) == ("", False)

    def denied(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", denied)
    assert good.has("<0001@council.example>") is None
    assert good.fault() != ""


# --- Settings ---------------------------------------------------------------------------------------------

SMTP = {
    "mail": "smtp",
    "mail_from": FROM,
    "smtp_host": "mail.council.example",
    "smtp_user": "tracker",
    "smtp_password": "correct horse",
    "address": "https://plans.council.example",
}
NOTIFY = {
    "mail": "notify",
    "notify_key": KEY,
    "notify_template": str(TEMPLATE),
    "address": "https://plans.council.example",
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    monkeypatch.delenv("SEND_TRACKER_TODAY")
    options = {
        "database_url": "sqlite:////srv/tracker/tracker.db",
        "environment": "production",
        "secret_key": "s" * 32,
        "journal_key": "j" * 32,
    }
    return lambda **more: Settings(**{**options, **more})


def test_messages_go_to_a_folder_beside_the_database_unless_set_otherwise(
    made: Callable[..., Settings],
) -> None:
    assert made().mail is MailSystem.folder
    assert made().mail_directory == Path("/srv/tracker/mail")
    assert made(mail_folder="/srv/mail").mail_directory == Path("/srv/mail")
    assert made(database_url="postgresql://tracker@host/name").mail_directory == Path("var/mail")
    assert made().opened_at == "http://127.0.0.1:8000"


def test_the_port_of_a_mail_server_goes_by_how_it_is_encrypted(made: Callable[..., Settings]) -> None:
    def port(**given: str) -> int:
        return Smtp.of(made(**SMTP, **given))._server[1]

    assert (port(), port(smtp_tls="implicit"), port(smtp_tls="implicit", smtp_port="2465")) == (
        587,
        465,
        2465,
    )


def test_the_settings_choose_the_mail_system(made: Callable[..., Settings]) -> None:
    for given, kind in (({}, Folder), (SMTP, Smtp), (NOTIFY, Notify)):
        assert isinstance(mail.sender_of(made(**given)), kind)


@pytest.mark.parametrize(
    "given, says",
    [
        ({"mail": "pigeon"}, "Input should be 'folder', 'smtp' or 'notify'"),
        ({"mail_from": "plans@council.example\r\nBcc: x@y.example"}, "SEND_TRACKER_MAIL_FROM must be"),
        ({**SMTP, "address": ""}, "set SEND_TRACKER_ADDRESS: links in messages"),
        ({**SMTP, "smtp_host": ""}, "set SEND_TRACKER_SMTP_HOST"),
        ({**SMTP, "smtp_host": "mail host"}, "set SEND_TRACKER_SMTP_HOST"),
        ({**SMTP, "smtp_port": "0"}, "greater than or equal to 1"),
        ({name: value for name, value in SMTP.items() if name != "mail_from"}, "set SEND_TRACKER_MAIL_FROM"),
        ({**SMTP, "smtp_password": ""}, "set both SEND_TRACKER_SMTP_USER and SEND_TRACKER_SMTP_PASSWORD"),
        ({**SMTP, "smtp_tls": "off"}, "a password is never sent unencrypted"),
        ({**SMTP, "smtp_tls": "false"}, "'starttls', 'implicit' or 'off'"),
        ({**SMTP, "smtp_password": "pässword-correct horse"}, "ASCII"),
        ({**NOTIFY, "notify_key": "correct horse"}, "set SEND_TRACKER_NOTIFY_KEY"),
        ({**NOTIFY, "notify_template": "x"}, "valid UUID"),
        ({**NOTIFY, "notify_template": None}, "set SEND_TRACKER_NOTIFY_TEMPLATE"),
        ({**NOTIFY, "notify_url": "http://notify.example"}, "SEND_TRACKER_NOTIFY_URL must be"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(
    made: Callable[..., Settings], given: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        made(**given)
    assert says in str(refused.value)
    assert "correct horse" not in str(refused.value)


def test_no_secret_is_printed(made: Callable[..., Settings]) -> None:
    assert "correct horse" not in repr(made(**SMTP))
    assert KEY not in repr(made(**NOTIFY))


def test_a_message_id_is_the_delivery_s_at_the_domain_that_sends(
    made: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "settings", lambda: made(**SMTP))
    delivery = UUID("0197f6a0-0000-7000-8000-000000000001")
    assert mail.new_message_id(delivery) == f"<{delivery}@council.example>"
    assert is_mail_address(FROM)
