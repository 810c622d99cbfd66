"""GOV.UK Notify: what it is given, and how each of its answers ends (docs/mail.md)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import clock
from app.senders.mail import ACCEPTED, Attachment, Mail, Verdict
from app.senders.notify import NO_FILES, Notify
from tests.senders.notify_server import KEY, TEMPLATE, NotifyServer, error, notify_server


def a_mail(**changed: Any) -> Mail:
    values = {
        "message_id": "<0001@council.example>",
        "sent_at": datetime(2024, 7, 1, 7, 0, tzinfo=UTC),
        "to_address": "chair@example.org",
        "to_name": "Chair",
        "subject": "61% complete or on target",
        "text": "61% of action points.\nRead on.",
        "html": "<p>61%</p>",
        "unsubscribe_url": "https://plans.council.example/unsubscribe/token",
    }
    return Mail(**{**values, **changed})


@pytest.fixture(scope="module")
def shared_server() -> Iterator[NotifyServer]:
    with notify_server() as found:
        yield found


@pytest.fixture
def server(shared_server: NotifyServer) -> NotifyServer:
    shared_server.taken.clear()
    shared_server.answers.clear()
    return shared_server


@pytest.fixture
def sender(server: NotifyServer) -> Iterator[Notify]:
    found = Notify(server.url, KEY, TEMPLATE, timeout=1)
    yield found
    found.close()


def nothing() -> None:
    """Nobody wants to know."""


def test_a_message_goes_into_the_template_as_plain_text(server: NotifyServer, sender: Notify) -> None:
    assert sender.send(a_mail(), before_data=nothing) == ACCEPTED

    (taken,) = server.taken
    del taken["id"]
    assert taken == {
        "email_address": "chair@example.org",
        "template_id": str(TEMPLATE),
        "personalisation": {
            "subject": "61% complete or on target",
            "body": "61% of action points.\nRead on.",
        },
        "reference": "<0001@council.example>",
        "one_click_unsubscribe_url": "https://plans.council.example/unsubscribe/token",
    }


def test_what_it_does_not_carry_is_said(server: NotifyServer, sender: Notify) -> None:
    file = Attachment("report.pdf", "application/pdf", b"%PDF")
    local = a_mail(attachments=(file,), unsubscribe_url="http://127.0.0.1:8000/unsubscribe/token")
    assert sender.send(local, before_data=nothing) == ACCEPTED
    assert server.taken[0]["personalisation"]["body"].endswith(NO_FILES)
    assert "one_click_unsubscribe_url" not in server.taken[0]


def test_it_can_be_asked_whether_it_has_a_message(server: NotifyServer, sender: Notify) -> None:
    assert sender.has(a_mail().message_id) is False
    sender.send(a_mail(), before_data=nothing)
    assert sender.has(a_mail().message_id) is True
    stranger = Notify(server.url, KEY[:-1] + "1", TEMPLATE)
    assert stranger.has(a_mail().message_id) is None
    stranger.close()


@pytest.mark.parametrize(
    "answer, verdict, retry_after, words",
    [
        (error(400, "BadRequestError", "Can't send to this recipient"), "permanent", None, "Can't send to"),
        (error(400, "ValidationError", "not valid\nat all"), "permanent", None, "400: not valid at all"),
        (error(403, "AuthError", "Invalid token"), "temporary", 300, "403: Invalid token"),
        (error(429, "RateLimitError", "Exceeded rate limit"), "temporary", 60, "429"),
        (error(429, "TooManyRequestsError", "Exceeded send limits"), "temporary", 3600, "for today|limits"),
        (error(500, "Exception", "Internal server error"), "temporary", None, "500"),
        (error(502, "Exception", "Bad gateway"), "doubtful", None, "may have taken"),
        ((302, {}), "doubtful", None, "302"),
        ((200, {}), "doubtful", None, "200"),
        ("hang", "doubtful", None, "may have taken"),
        ("drop", "doubtful", None, "may have taken"),
        ("lose", "doubtful", None, "may have taken"),
    ],
)
def test_each_answer_ends_as_documented(
    server: NotifyServer, sender: Notify, answer: Any, verdict: str, retry_after: int | None, words: str
) -> None:
    server.answers.append(answer)
    outcome = sender.send(a_mail(), before_data=nothing)
    assert (outcome.verdict, outcome.retry_after) == (verdict, retry_after)
    assert any(one in (outcome.error or "") for one in words.split("|"))
    assert sender.send(a_mail(), before_data=nothing) == ACCEPTED


def test_a_doubt_is_settled_by_the_reference(server: NotifyServer, sender: Notify) -> None:
    for how, is_there in (("lose", False), ("drop", True)):
        server.answers.append(how)
        assert sender.send(a_mail(), before_data=nothing).verdict is Verdict.doubtful
        assert sender.has(a_mail().message_id) is is_there


def test_a_server_that_is_not_there_is_told_of() -> None:
    sender = Notify("http://127.0.0.1:9", KEY, TEMPLATE)
    outcome = sender.send(a_mail(), before_data=nothing)
    assert (outcome.verdict, outcome.retry_after) == (Verdict.temporary, 30)
    assert sender.has("<a@b>") is None
    sender.close()


def test_a_clock_that_is_wrong_is_told_of(server: NotifyServer) -> None:
    sender = Notify(server.url, KEY, TEMPLATE, now=lambda: clock.now() - timedelta(minutes=5))
    outcome = sender.send(a_mail(), before_data=nothing)
    assert outcome.verdict is Verdict.temporary
    assert "clock" in (outcome.error or "")
    sender.close()


def test_what_it_cannot_be_given_is_refused_before(server: NotifyServer, sender: Notify) -> None:
    for changed in ({"to_address": "a@b.example\n"}, {"text": "x" * 200_000}):
        assert sender.send(a_mail(**changed), before_data=nothing).verdict is Verdict.permanent
    assert server.taken == []
    odd = a_mail(subject="one\r\ntwo\u2028three", text="a\0b\r\nc")
    assert sender.send(odd, before_data=nothing) == ACCEPTED
    assert server.taken[0]["personalisation"] == {"subject": "one two three", "body": "a\ufffdb\nc"}


def test_what_before_data_raises_goes_through_and_nothing_is_sent(
    server: NotifyServer, sender: Notify
) -> None:
    def lost() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        sender.send(a_mail(), before_data=lost)
    assert server.taken == []
