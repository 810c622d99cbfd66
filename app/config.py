"""Settings, from the environment only. The service refuses to start with unsafe ones."""

import re
from datetime import date
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_DATABASE = re.compile(r"sqlite:///(?!:memory:).+|postgres(ql)?(\+\w+)?://.+")
DEMO_KEY = "demo-only-not-a-secret"
SHORTEST_KEY = 32


class Environment(StrEnum):
    """``demo`` loads the sample with fixed passwords and must never hold real data."""

    demo = "demo"
    production = "production"


class Settings(BaseSettings):
    """Every setting of the service; each is the environment variable ``SEND_TRACKER_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="SEND_TRACKER_", extra="ignore", frozen=True)

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

    @property
    def is_demo(self) -> bool:
        """Whether this is a demonstration with the sample data."""
        return self.environment is Environment.demo

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
