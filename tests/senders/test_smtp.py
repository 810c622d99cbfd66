"""Sending to a real mail server: what arrives, and how each refusal and fault ends (docs/mail.md)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from app.config import SmtpTls
from app.senders.mail import ACCEPTED, Attachment, Mail, Outcome, Verdict
from app.senders.smtp import Limits, Smtp
from tests.mail_server import FROM, QUICK, Fault, MailServer, mail_server, trusting
from tests.senders.receivers import answering, hanging, receiver

NO_COMMAND = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
"""The test server knows of TLS by the command alone, not of that from the first byte on."""
SENT_AT = datetime(2024, 7, 1, 7, 0, tzinfo=UTC)


def a_mail(to: str = "chair@example.org", number: int = 1, **changed: Any) -> Mail:
    values = {
        "message_id": f"<{number:08d}@council.example>",
        "sent_at": SENT_AT,
        "to_address": to,
        "to_name": "Chair of the board",
        "subject": "61% complete or on target",
        "text": "61% of action points are complete or on target.\n.\n..two dots\nFrom here on\n",
    }
    return Mail(**{**values, **changed})


class Handed:
    """Counts how often a sender said that it is about to hand a message over."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture(scope="module")
def shared_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(shared_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    shared_server.messages.clear()
    shared_server.faults.clear()
    shared_server.times.clear()
    shared_server.connections = shared_server.sign_ins = 0
    with trusting(shared_server, monkeypatch):
        yield shared_server


@pytest.fixture
def sender(server: MailServer) -> Iterator[Smtp]:
    found = server.sender()
    yield found
    found.close()


def send(sender: Smtp, mail: Mail) -> tuple[Outcome, int]:
    handed = Handed()
    return sender.send(mail, before_data=handed), handed.times


def test_a_message_arrives_as_it_was_written(server: MailServer, sender: Smtp) -> None:
    attachment = Attachment("report.pdf", "application/pdf", b"%PDF" + bytes(range(256)) * 500)
    mail = a_mail(html="<p>61%</p>", attachments=(attachment,))

    assert send(sender, mail) == (ACCEPTED, 1)

    (received,) = server.messages
    assert (received.sender, received.recipient) == (FROM, "chair@example.org")
    found = received.message
    assert found["Message-ID"] == mail.message_id
    assert found.get_body(("plain",)).get_content().replace("\r\n", "\n") == mail.text
    assert found.get_body(("html",)).get_content().strip() == mail.html
    (file,) = found.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("report.pdf", attachment.data)


def test_one_connection_serves_many_messages_and_threads_have_their_own(
    server: MailServer, sender: Smtp
) -> None:
    for number in range(10):
        assert send(sender, a_mail(number=number)) == (ACCEPTED, 1)
    assert (server.connections, server.sign_ins) == (1, 1)

    barrier = threading.Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(
            lambda number: sender.send(a_mail(number=number), before_data=barrier.wait), range(10, 14)
        )
        assert list(found) == [ACCEPTED] * 4
    assert server.connections == 4
    assert len(server.count()) == len(server.messages) == 14


def test_a_connection_that_the_server_closed_meanwhile_costs_nothing(
    server: MailServer, sender: Smtp
) -> None:
    send(sender, a_mail(number=1))
    sender._idle[0].connection.sock.shutdown(2)

    assert send(sender, a_mail(number=2)) == (ACCEPTED, 1)
    assert set(server.count().values()) == {1}
    assert server.connections == 2


def test_a_kept_connection_that_the_server_ends_with_421_costs_nothing(
    server: MailServer, sender: Smtp
) -> None:
    send(sender, a_mail(number=1))
    server.faults["chair@example.org"] = Fault.closes
    server.times["chair@example.org"] = 1

    assert send(sender, a_mail(number=2)) == (ACCEPTED, 1)
    assert server.connections == 2


@pytest.mark.parametrize(
    "fault, verdict, handed, words",
    [
        (Fault.refused, Verdict.permanent, 0, "550 5.1.1 No such user"),
        (Fault.full, Verdict.temporary, 0, "452"),
        (Fault.greylisted, Verdict.temporary, 0, "451 4.7.1 Try again later"),
        (Fault.closes, Verdict.temporary, 0, "421"),
        (Fault.hangs_at_recipient, Verdict.temporary, 0, "did not answer in time"),
        (Fault.drops_at_recipient, Verdict.temporary, 0, "hung up"),
        (Fault.text_refused, Verdict.permanent, 1, "554"),
        (Fault.text_later, Verdict.temporary, 1, "451"),
        (Fault.hangs_after_text, Verdict.doubtful, 1, "may have been sent"),
        (Fault.drops_after_text, Verdict.doubtful, 1, "may have been sent"),
        (Fault.loses_text, Verdict.doubtful, 1, "may have been sent"),
    ],
)
def test_each_fault_ends_as_documented_and_harms_no_other_message(
    server: MailServer, sender: Smtp, fault: Fault, verdict: Verdict, handed: int, words: str
) -> None:
    server.faults["bad@example.org"] = fault

    outcome, times = send(sender, a_mail("bad@example.org"))

    assert (outcome.verdict, times) == (verdict, handed)
    assert words in (outcome.error or "")
    assert send(sender, a_mail("good@example.org", 2)) == (ACCEPTED, 1)
    assert [one.recipient for one in server.messages][-1] == "good@example.org"


def test_a_message_is_sent_again_with_the_same_id_after_a_doubt(server: MailServer, sender: Smtp) -> None:
    server.faults["chair@example.org"] = Fault.drops_after_text
    server.times["chair@example.org"] = 1

    assert send(sender, a_mail())[0].verdict is Verdict.doubtful
    assert send(sender, a_mail())[0] == ACCEPTED
    assert server.count() == {a_mail().message_id: 2}


def test_what_before_data_raises_goes_through_and_nothing_is_sent(server: MailServer, sender: Smtp) -> None:
    def lost() -> None:
        raise LookupError("the job is somebody else's now")

    with pytest.raises(LookupError):
        sender.send(a_mail(), before_data=lost)
    assert send(sender, a_mail(number=2)) == (ACCEPTED, 1)
    assert server.count() == {a_mail(number=2).message_id: 1}


def test_nothing_that_is_no_address_is_sent_anywhere(server: MailServer, sender: Smtp) -> None:
    for address in ("a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example>", "", "a@b.example, c@d.example"):
        outcome, times = send(sender, a_mail(address))
        assert (outcome.verdict, times) == (Verdict.permanent, 0)
    assert server.connections == 0


# --- What keeps us from the server ------------------------------------------------------------------------


def is_kept_out(sender: Smtp, words: str) -> None:
    """The try failed for now, before anything was handed over; the next one does not even connect."""
    outcome, times = send(sender, a_mail())
    assert (outcome.verdict, times, outcome.retry_after) == (Verdict.temporary, 0, 1)
    assert words in (outcome.error or "")
    again, _ = send(sender, a_mail())
    assert (again.verdict, again.error) == (Verdict.temporary, outcome.error)
    assert "correct horse" not in (outcome.error or "")


def test_a_wrong_password_is_tried_once_and_then_not_for_a_while(server: MailServer) -> None:
    is_kept_out(server.sender(password="wrong"), "did not take the user name and password")
    # One try is up to three sign-ins: smtplib goes through the ways that the server offers.
    assert (server.connections, server.sign_ins) == (1, 2)
    assert server.messages == []


def test_a_server_that_is_mended_is_used_again(server: MailServer) -> None:
    sender = server.sender(password="wrong", limits=QUICK._replace(misfit=0))
    assert send(sender, a_mail())[0].verdict is Verdict.temporary
    sender._account = ("tracker", "correct horse")
    assert send(sender, a_mail()) == (ACCEPTED, 1)
    sender.close()


def test_without_starttls_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tls=SmtpTls.off, password=False) as server, trusting(server, monkeypatch):
        is_kept_out(server.sender(), "offers no STARTTLS")
        assert (server.sign_ins, server.messages) == (0, [])


def test_with_starttls_switched_off_a_plain_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tls=SmtpTls.off, password=False) as server:
        sender = server.sender(tls=SmtpTls.off, user="", password="")
        assert send(sender, a_mail()) == (ACCEPTED, 1)
        sender.close()
        assert len(server.messages) == 1


@NO_COMMAND
def test_tls_from_the_first_byte_on_is_used_where_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tls=SmtpTls.implicit) as server, trusting(server, monkeypatch):
        sender = server.sender(tls=SmtpTls.implicit)
        assert send(sender, a_mail(number=1)) == (ACCEPTED, 1)
        assert send(sender, a_mail(number=2)) == (ACCEPTED, 1)
        sender.close()
        assert (len(server.messages), server.connections, server.sign_ins) == (2, 1, 1)
        limits = QUICK._replace(connect=0.3)
        is_kept_out(server.sender(limits=limits), "did not answer in time")  # it waits to be greeted by TLS


@NO_COMMAND
def test_tls_from_the_first_byte_on_needs_a_server_that_is_the_one(monkeypatch: pytest.MonkeyPatch) -> None:
    implicit = SmtpTls.implicit
    with mail_server(tls=implicit, certificate_for="other.example") as server, trusting(server, monkeypatch):
        is_kept_out(server.sender(tls=implicit), "certificate of the mail server is not valid")
        assert (server.sign_ins, server.messages) == (0, [])
    with mail_server() as server, trusting(server, monkeypatch):
        is_kept_out(server.sender(tls=implicit), "No secure connection to the mail server could be made")
        assert (server.sign_ins, server.messages) == (0, [])
    limits = Limits(connect=0.3, talk=0.3, answer=0.3, unreachable=1, misfit=1)
    with receiver(hanging, reads=False) as found:
        never = Smtp("127.0.0.1", found.port, FROM, tls=implicit, limits=limits)
        is_kept_out(never, "did not answer in time")


def test_a_certificate_of_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(certificate_for="other.example") as server, trusting(server, monkeypatch):
        is_kept_out(server.sender(), "certificate")
        assert server.messages == []


def test_a_certificate_of_an_unknown_authority_is_refused(server: MailServer) -> None:
    with mail_server() as other:  # signed by an authority that is not trusted here
        is_kept_out(other.sender(), "certificate")


@pytest.mark.parametrize(
    "greeting, words",
    [
        (b"554 No service\r\n", "554 No service"),
        (b"421 Too busy\r\n", "421 Too busy"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no answer of mail: /1.1 400 Bad Request"),
        (b"", "hung up"),
        (b"2" * 100_000, "500 Line too long"),
    ],
)
def test_a_server_that_does_not_want_us_is_left_alone(greeting: bytes, words: str) -> None:
    with receiver(answering(greeting), reads=False) as found:
        is_kept_out(Smtp("127.0.0.1", found.port, FROM, tls=SmtpTls.off, limits=QUICK), words)


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    limits = Limits(connect=0.3, talk=0.3, answer=0.3, unreachable=1, misfit=1)
    with receiver(hanging, reads=False) as found:
        began = datetime.now(UTC)
        is_kept_out(Smtp("127.0.0.1", found.port, FROM, limits=limits), "did not answer in time")
        assert (datetime.now(UTC) - began).total_seconds() < 2


def test_a_server_that_is_not_there_is_told_of() -> None:
    is_kept_out(Smtp("127.0.0.1", 9, FROM, limits=QUICK), "refused the connection")
