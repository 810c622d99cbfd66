"""Settings, from the environment only. The service refuses to start with unsafe ones."""

import json
import re
from datetime import date
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.access.roles import Role

_DATABASE = re.compile(r"sqlite:///(?!:memory:).+|postgres(ql)?(\+\w+)?://.+")
DEMO_KEY = "demo-only-not-a-secret"
SHORTEST_KEY = 32
HERE = "http://127.0.0.1:8000"
"""Where the service is opened when no setting says so: on this machine, at the usual port."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z){_LOCAL}@{_LABEL}(\.{_LABEL})*", re.ASCII)
_NOTIFY_KEY = re.compile(
    r".*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


def is_mail_address(text: str) -> bool:
    """Whether a text is one address, name@host, and nothing else.

    ASCII only, without quotes, comments or routes (RFC 5321, section 4.1.2, its plain form), and nothing that
    looks like an encoded word: every other spelling is a way to smuggle something past a mail server, or is
    not delivered by many of them.
    """
    local = text.partition("@")[0]
    return bool(_MAIL_ADDRESS.fullmatch(text)) and len(local) <= 64 and "=?" not in local


class Environment(StrEnum):
    """``demo`` loads the sample with fixed passwords and must never hold real data."""

    demo = "demo"
    production = "production"


class MailSystem(StrEnum):
    """What takes the messages: files in a folder, a mail server, or GOV.UK Notify."""

    folder = "folder"
    smtp = "smtp"
    notify = "notify"


class SmtpTls(StrEnum):
    """How the connection to a mail server is encrypted: by STARTTLS, from its first byte on, or not."""

    starttls = "starttls"
    implicit = "implicit"
    off = "off"


class SignOn(BaseModel):
    """Single sign-on of one area: its provider, and which of its app roles give which role here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=80, description="what people know the account as")
    issuer: str = Field(max_length=500)
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr = Field(min_length=1)
    roles: dict[str, Role] = Field(min_length=1)


def _is_safe_url(url: str, *, allows_http: bool, anywhere: bool = False) -> bool:
    """Whether a URL is https and plain; in a demonstration http to this machine will do, or ``anywhere``."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_near = anywhere or host in ("127.0.0.1", "localhost", "::1")
    may_be_http = allows_http and parts.scheme == "http" and is_near
    is_plain = not parts.query and not parts.fragment and "@" not in parts.netloc and url.isprintable()
    return bool(host) and is_plain and (parts.scheme == "https" or may_be_http)


class Settings(BaseSettings):
    """Every setting of the service; each is the environment variable ``SEND_TRACKER_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix="SEND_TRACKER_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(default="", description="sqlite:///path.db or postgresql://user@host/name")
    environment: Environment = Environment.production
    secret_key: str = Field(default="", repr=False, description="at least 32 characters")
    journal_key: str = Field(default="", repr=False, description="at least 32 characters")
    name: str = Field(default="Improvement plan tracker", min_length=1, max_length=80)
    today: date | None = Field(default=None, description="demo only: the day taken for today")
    webhook_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default=(),
        description="internal networks that webhooks may reach, as 10.20.0.0/16, with commas between",
    )

    address: str = Field(default="", description="where people open the service: https://plans.example")
    single_sign_on: Annotated[dict[str, SignOn], NoDecode] = Field(
        default={}, repr=False, description="by an area's short name, as JSON: docs/single-sign-on.md"
    )

    mail: MailSystem = Field(default=MailSystem.folder, description="folder, smtp or notify: docs/mail.md")
    mail_from: str = Field(default="send-tracker@localhost", description="the address messages come from")
    mail_folder: str = Field(default="", description="folder for files; beside the SQLite file unless set")
    smtp_host: str = Field(default="", max_length=253, description="the mail server")
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="587; 465 where TLS is implicit")
    smtp_user: str = Field(default="", repr=False)
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: SmtpTls = Field(
        default=SmtpTls.starttls, description="starttls, implicit, or off: unencrypted, without a password"
    )
    notify_key: SecretStr = Field(default=SecretStr(""), description="API key of GOV.UK Notify")
    notify_template: UUID | None = Field(default=None, description="id of the e-mail template at Notify")
    notify_url: str = Field(default="https://api.notifications.service.gov.uk", max_length=500)

    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="what monitoring sends to read /metrics; 32 or more characters"
    )

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration with the sample data."""
        return self.environment is Environment.demo

    @property
    def opened_at(self) -> str:
        """Where links in messages lead to, without a slash at the end."""
        return self.address or HERE

    @property
    def mail_directory(self) -> Path:
        """The folder that takes messages as files, where no other mail system is chosen."""
        if self.mail_folder:
            return Path(self.mail_folder)
        _, is_sqlite, path = self.database_url.partition("sqlite:///")
        return Path(path.partition("?")[0]).parent / "mail" if is_sqlite else Path("var", "mail")

    @field_validator("single_sign_on", mode="before")
    @classmethod
    def _as_json(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value or "{}")
        except ValueError as error:
            # Not the text itself: it holds a secret.
            place = getattr(error, "pos", 0) + 1
            raise ValueError(f"this is not JSON from its character {place} on") from None

    @field_validator("webhook_networks", mode="before")
    @classmethod
    def _with_commas(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(one.strip()) for one in value.split(",") if one.strip())
        except ValueError as error:
            raise ValueError(f"{error}: write networks as 10.20.0.0/16, with commas between them") from None

    @model_validator(mode="after")
    def _has_safe_addresses(self) -> Self:
        wrong = "{} must be an address like https://host.example, without ? and #"
        # A demonstration is shown on whatever network there is.
        if self.address and not _is_safe_url(self.address, allows_http=self.is_demo, anywhere=True):
            raise ValueError(wrong.format("SEND_TRACKER_ADDRESS"))
        for slug, found in self.single_sign_on.items():
            if not _is_safe_url(found.issuer, allows_http=self.is_demo):
                raise ValueError(wrong.format(f"the issuer of {slug}"))
        if self.single_sign_on and not self.address:
            raise ValueError("set SEND_TRACKER_ADDRESS: single sign-on brings people back to it")
        if self.address != self.address.rstrip("/"):
            raise ValueError("SEND_TRACKER_ADDRESS ends without a slash")
        return self

    @model_validator(mode="after")
    def _can_send(self) -> Self:
        if not is_mail_address(self.mail_from):
            raise ValueError("SEND_TRACKER_MAIL_FROM must be an address like plans@council.example")
        if self.mail is MailSystem.folder:
            return self
        if not self.address:
            raise ValueError("set SEND_TRACKER_ADDRESS: links in messages lead to it")
        if self.mail is MailSystem.smtp:
            self._check_smtp()
        else:
            self._check_notify()
        return self

    def _check_smtp(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9.:_-]+", self.smtp_host):
            raise ValueError("set SEND_TRACKER_SMTP_HOST to the name of your mail server")
        if "mail_from" not in self.model_fields_set:
            raise ValueError("set SEND_TRACKER_MAIL_FROM to the address that messages come from")
        if bool(self.smtp_user) != bool(self.smtp_password.get_secret_value()):
            raise ValueError("set both SEND_TRACKER_SMTP_USER and SEND_TRACKER_SMTP_PASSWORD, or neither")
        if not (self.smtp_user + self.smtp_password.get_secret_value()).isascii():
            raise ValueError("SEND_TRACKER_SMTP_USER and _PASSWORD must be ASCII: SMTP has nothing else")
        if self.smtp_user and self.smtp_tls is SmtpTls.off:
            raise ValueError("SEND_TRACKER_SMTP_TLS is off: a password is never sent unencrypted")

    def _check_notify(self) -> None:
        if not _NOTIFY_KEY.fullmatch(self.notify_key.get_secret_value()):
            raise ValueError("set SEND_TRACKER_NOTIFY_KEY to a whole API key of GOV.UK Notify")
        if self.notify_template is None:
            raise ValueError("set SEND_TRACKER_NOTIFY_TEMPLATE to the id of your template at GOV.UK Notify")
        if not _is_safe_url(self.notify_url, allows_http=self.is_demo) or self.notify_url.endswith("/"):
            raise ValueError(
                "SEND_TRACKER_NOTIFY_URL must be like https://host.example, without a slash at its end"
            )

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.database_url:
            raise ValueError("set SEND_TRACKER_DATABASE_URL, for example sqlite:///tracker.db")
        if not _DATABASE.match(self.database_url):
            raise ValueError(
                "SEND_TRACKER_DATABASE_URL must be sqlite:///tracker.db or postgresql://user@host/name"
            )
        if 0 < len(self.metrics_token.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(
                f"SEND_TRACKER_METRICS_TOKEN must be a random value of at least {SHORTEST_KEY} characters"
            )
        if self.is_demo:
            return self
        if self.today is not None:
            raise ValueError("SEND_TRACKER_TODAY is for demo only: unset it")
        for name in ("secret_key", "journal_key"):
            value = getattr(self, name)
            if len(value) < SHORTEST_KEY:
                raise ValueError(
                    f"set SEND_TRACKER_{name.upper()} to a random value of at least {SHORTEST_KEY} characters"
                )
        if self.secret_key == self.journal_key:
            raise ValueError("SEND_TRACKER_SECRET_KEY and SEND_TRACKER_JOURNAL_KEY must differ")
        return self

    def key(self) -> str:
        """The key for hashing credentials; a fixed one in demo."""
        return self.secret_key or DEMO_KEY

    def chain_key(self) -> bytes:
        """The key of the journal's hash chains; a fixed one in demo."""
        return (self.journal_key or DEMO_KEY).encode()


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises pydantic's ValidationError when unsafe."""
    return Settings()
