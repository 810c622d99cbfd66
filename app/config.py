"""Settings, from the environment only. The service refuses to start with unsafe ones."""

import json
import re
from datetime import date
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.access.roles import Role

_DATABASE = re.compile(r"sqlite:///(?!:memory:).+|postgres(ql)?(\+\w+)?://.+")
DEMO_KEY = "demo-only-not-a-secret"
SHORTEST_KEY = 32


class Environment(StrEnum):
    """``demo`` loads the sample with fixed passwords and must never hold real data."""

    demo = "demo"
    production = "production"


class SignOn(BaseModel):
    """Single sign-on of one area: its provider, and which of its app roles give which role here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=80, description="what people know the account as")
    issuer: str = Field(max_length=500)
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: SecretStr = Field(min_length=1)
    roles: dict[str, Role] = Field(min_length=1)


def _is_safe_url(url: str, *, allows_http: bool) -> bool:
    """Whether a URL is https and plain; in a demonstration http to this machine will do."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    is_local = allows_http and parts.scheme == "http" and host in ("127.0.0.1", "localhost", "::1")
    is_plain = not parts.query and not parts.fragment and "@" not in parts.netloc and url.isprintable()
    return bool(host) and is_plain and (parts.scheme == "https" or is_local)


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

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration with the sample data."""
        return self.environment is Environment.demo

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
        named = [("SEND_TRACKER_ADDRESS", self.address)] if self.address else []
        named += [(f"the issuer of {slug}", found.issuer) for slug, found in self.single_sign_on.items()]
        for name, url in named:
            if not _is_safe_url(url, allows_http=self.is_demo):
                raise ValueError(f"{name} must be an address like https://host.example, without ? and #")
        if self.single_sign_on and not self.address:
            raise ValueError("set SEND_TRACKER_ADDRESS: single sign-on brings people back to it")
        if self.address != self.address.rstrip("/"):
            raise ValueError("SEND_TRACKER_ADDRESS ends without a slash")
        return self

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.database_url:
            raise ValueError("set SEND_TRACKER_DATABASE_URL, for example sqlite:///tracker.db")
        if not _DATABASE.match(self.database_url):
            raise ValueError(
                "SEND_TRACKER_DATABASE_URL must be sqlite:///tracker.db or postgresql://user@host/name"
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
