"""GOV.UK Notify (its REST API): plain text, put into a template that the council keeps there.

The template has two fields, ((subject)) and ((body)). Notify sends no HTML of ours and no attachments: the
text says everything, and links to the rest. The Message-ID is the reference, by which Notify can be asked
whether it has a message.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app import clock
from app.config import Settings
from app.senders.mail import ACCEPTED, Mail, Outcome, Unsendable, Verdict, checked_address
from app.senders.message import LONGEST_SUBJECT, one_line, visible

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 20.0
LONGEST_ERROR = 300
LONGEST_TEXT = 100_000
"""Characters; far below what Notify takes in one request (2 MB)."""
UNREACHABLE_SECONDS = 30
MISFIT_SECONDS = 300
RATE_SECONDS = 60
"""Limits of Notify are by the minute, but for those of a day."""
DAY_SECONDS = 3600
NO_FILES = "Files are not sent by this mail system: open the page above to download them."
_UUID_LENGTH = 36


class Notify:
    """GOV.UK Notify, for any number of threads."""

    def __init__(
        self,
        url: str,
        key: str,
        template: UUID,
        *,
        now: Callable[[], datetime] = clock.now,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._url = url
        self._secret = key[-_UUID_LENGTH:]
        self._service = key[-2 * _UUID_LENGTH - 1 : -_UUID_LENGTH - 1]
        self._template = template
        self._now = now
        self._timeout = timeout
        self._client: httpx2.Client | None = None
        self._lock = Lock()

    @classmethod
    def of(cls, found: Settings) -> "Notify":
        """GOV.UK Notify of the settings."""
        assert found.notify_template is not None  # checked when the settings were read
        return cls(found.notify_url, found.notify_key.get_secret_value(), found.notify_template)

    def send(self, mail: Mail, *, before_data: Callable[[], None]) -> Outcome:
        """Hand one message over; see ``Sender``. ``before_data`` is called before the request."""
        import httpx2

        try:
            body = self._body(mail)
        except Unsendable as unsendable:
            return Outcome(Verdict.permanent, str(unsendable))
        client, headers = self._opened(), self._headers()
        before_data()
        try:
            answer = client.post(f"{self._url}/v2/notifications/email", json=body, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError) as error:
            words = f"GOV.UK Notify could not be reached ({type(error).__name__})."
            return Outcome(Verdict.temporary, words, UNREACHABLE_SECONDS)
        except Exception as error:  # the request was on its way
            words = f"GOV.UK Notify gave no answer ({type(error).__name__}). It may have taken the message."
            return Outcome(Verdict.doubtful, words)
        return _outcome(answer)

    def has(self, message_id: str) -> bool | None:
        """Whether Notify has a message with this reference; None where it does not say."""
        try:
            answer = self._opened().get(
                f"{self._url}/v2/notifications", params={"reference": message_id}, headers=self._headers()
            )
            found = answer.json()["notifications"] if answer.status_code == 200 else None
            return None if found is None else any(one.get("reference") == message_id for one in found)
        except Exception:  # asked for nothing that cannot be asked again
            return None

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _opened(self) -> "httpx2.Client":
        import httpx2

        with self._lock:
            if self._client is None:
                self._client = httpx2.Client(timeout=self._timeout, follow_redirects=False)
            return self._client

    def _headers(self) -> dict[str, str]:
        """A token of this moment: Notify takes it for 30 seconds."""
        from joserfc import jwt
        from joserfc.jwk import OctKey

        claims = {"iss": self._service, "iat": int(self._now().timestamp())}
        token = jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, OctKey.import_key(self._secret))
        return {"Authorization": f"Bearer {token}", "User-Agent": "send-tracker"}

    def _body(self, mail: Mail) -> dict[str, Any]:
        text = visible(mail.text)
        if mail.attachments:
            text = f"{text}\n\n{NO_FILES}"
        if len(text) > LONGEST_TEXT:
            raise Unsendable(f"The message is longer than {LONGEST_TEXT} characters.")
        body: dict[str, Any] = {
            "email_address": checked_address(mail.to_address),
            "template_id": str(self._template),
            "personalisation": {"subject": one_line(mail.subject, LONGEST_SUBJECT), "body": text},
            "reference": mail.message_id,
        }
        if mail.unsubscribe_url.startswith("https://"):
            body["one_click_unsubscribe_url"] = mail.unsubscribe_url
        return body


def _outcome(answer: "httpx2.Response") -> Outcome:
    """What an answer means: 4xx of the message itself are for good, those of the account are not."""
    status = answer.status_code
    if status == 201:
        return ACCEPTED
    kind, words = _error(answer)
    said = f"GOV.UK Notify answered {status}: {words}"[:LONGEST_ERROR]
    if status == 429:
        return Outcome(
            Verdict.temporary, said, DAY_SECONDS if kind == "TooManyRequestsError" else RATE_SECONDS
        )
    if status in (401, 403, 404):
        return Outcome(Verdict.temporary, said, MISFIT_SECONDS)
    if 400 <= status < 500:
        return Outcome(Verdict.permanent, said)
    if status in (500, 503):
        # "Notify was unable to process the request, resend your notification."
        return Outcome(Verdict.temporary, said)
    return Outcome(Verdict.doubtful, f"{said} It may have taken the message.")


def _error(answer: "httpx2.Response") -> tuple[str, str]:
    """The kind and the words of the first error, as one line each."""
    try:
        first = answer.json()["errors"][0]
        kind, words = str(first["error"]), str(first["message"])
    except Exception:
        kind, words = "", "no reason given"
    return one_line(kind, 80), one_line(words, LONGEST_ERROR)
