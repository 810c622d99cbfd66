"""The setting that names internal networks for webhooks."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from app.config import settings
from tests import servers

NAME = "SEND_TRACKER_WEBHOOK_NETWORKS"
HOW = "write networks as 10.20.0.0/16, with commas between them"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SEND_TRACKER_DATABASE_URL", "sqlite:///tracker.db")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "given, networks",
    [
        (None, []),
        ("", []),
        ("10.20.0.0/16", ["10.20.0.0/16"]),
        (" 10.20.0.0/16 , fd12::/32,192.168.7.9,", ["10.20.0.0/16", "fd12::/32", "192.168.7.9/32"]),
    ],
)
def test_networks_are_written_with_commas_between(
    monkeypatch: pytest.MonkeyPatch, given: str | None, networks: list[str]
) -> None:
    if given is not None:
        monkeypatch.setenv(NAME, given)
    assert settings().webhook_networks == tuple(map(ip_network, networks))


@pytest.mark.parametrize("given", ["10.20.0.1/16", "10.20.0.0/33", "intranet", "10.20.0.0/16;10.21.0.0/16"])
def test_what_is_no_network_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv(NAME, given)
    with pytest.raises(ValidationError, match=HOW):
        settings()


def test_a_wrong_one_stops_the_start_and_says_how_to_write_it() -> None:
    done = servers.run("sqlite:///tracker.db", "worker", **{NAME: "intranet"})
    assert done.returncode != 0
    assert NAME in done.stderr
    assert HOW in done.stderr
    assert "Traceback" not in done.stderr
