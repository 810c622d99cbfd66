"""Where the service may send to: public hosts over https, and the internal networks that the settings name.

Whoever administers an area chooses the address, and the service stands inside the council's network. So a
host is looked up here, every address it has is checked, and whoever sends connects to exactly those (a second
look-up could answer otherwise). Port 443 or 8443; inside the named networks any port, and http too.
"""

import re
import socket
import threading
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

PORTS = (443, 8443)
LOOK_UP_SECONDS = 5.0
LONGEST_URL = 2000
MOST_ADDRESSES = 8


class Refused(Exception):
    """The service does not send to this address; the message says why, and what is taken."""


class Target(NamedTuple):
    """A checked address: the parts of the URL, and the addresses that may be connected to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]


def check(url: str, *, networks: Sequence[Network], seconds: float = LOOK_UP_SECONDS) -> Target:
    """What the URL leads to. Raises Refused; looks the host's name up, for at most so many seconds."""
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    addresses = _addresses(host, port, seconds)
    outside = [one for one in addresses if not _within(one, networks)]
    for one in outside:
        if not is_public(one):
            named = host if host == str(one) else f"{host} is {one}, which"
            raise Refused(f"{named} is not a public address. Give a host on the internet.")
    if outside and parts.scheme != "https":
        raise Refused("The address must begin with https://.")
    if outside and port not in PORTS:
        raise Refused(f"Port {port} is not sent to: use 443 or 8443.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, tuple(addresses[:MOST_ADDRESSES]))


# --- The URL ----------------------------------------------------------------------------------------------

_VISIBLE = re.compile(r"[!-~]+", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        raise Refused(f"The address is longer than {LONGEST_URL} characters.")
    if not _VISIBLE.fullmatch(url) or "\\" in url:
        raise Refused(
            "The address may hold visible ASCII characters only: write a name in its xn-- form, a path in "
            "its %-form."
        )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused("This is not an address: give one like https://host.example/path.") from None
    if parts.scheme not in ("https", "http") or not parts.netloc:
        raise Refused("The address must begin with https:// and a host.")
    if "@" in parts.netloc:
        raise Refused("Leave the user name and password out of the address.")
    if "#" in url:
        raise Refused("Leave the part after # out of the address.")
    return parts


def _host(parts: SplitResult) -> str:
    """The host in lower case: a name, or an address in its one usual form."""
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return _literal(host)
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise Refused("The host is not a name: give one like host.example, without a dot at its end.")
    # 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 to some: whatever ends in a number is an address.
    return _literal(host) if _NUMBER.fullmatch(labels[-1]) else host


def _literal(host: str) -> str:
    try:
        found = ip_address(host)
    except ValueError:
        raise Refused("The host is not an address: write four decimal numbers, or [an IPv6 one].") from None
    if isinstance(found, IPv6Address) and found.scope_id is not None:
        raise Refused("The host's address may not name an interface of this machine (%).")
    return str(found)


def _port(parts: SplitResult) -> int:
    try:
        given = parts.port
    except ValueError:
        given = 0
    if given is None:
        return 443 if parts.scheme == "https" else 80
    if not given:
        raise Refused("The port is not a number from 1 to 65535.")
    return given


# --- What it leads to -------------------------------------------------------------------------------------


def look_up(host: str, port: int) -> list[Any]:
    """The system's answer on the host; blocks for as long as that takes."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _addresses(host: str, port: int, seconds: float) -> list[Address]:
    """Every address of the host, once each. Raises Refused."""
    answers: list[list[Any]] = []
    failures: list[Exception] = []

    def ask() -> None:
        try:
            answers.append(look_up(host, port))
        except Exception as error:  # told to whoever waits
            failures.append(error)

    # The system's look-up has no time limit: a thread is left behind until it ends.
    asking = threading.Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(seconds)
    if failures or not answers:
        why = "is not known" if failures else "could not be looked up in time"
        raise Refused(f"The host {host} {why}.")
    try:
        found = [ip_address(answer[4][0]) for answer in answers[0]]
    except ValueError:
        raise Refused(f"The host {host} has an address that cannot be read.") from None
    if not found:
        raise Refused(f"The host {host} has no address.")
    return list(dict.fromkeys(found))


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


# The registries of addresses for special use (IANA), and what is none of the internet's business.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by customers of one provider (CGNAT)
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure: the machine's own host
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, which holds an IPv4 address, and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4, which holds an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet's; those that hold an IPv4 one inside are judged by it."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _NOT_PUBLIC_4)
    inner = IPv4Address(address.packed[12:])
    if address in _NAT64:
        return is_public(inner)
    if address not in _PUBLIC_6 or any(address in network for network in _NOT_PUBLIC_6):
        return False
    return address.is_global and (address.packed[8:12] not in _ISATAP or is_public(inner))
