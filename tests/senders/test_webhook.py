"""Webhooks as they are sent: to whom, signed how, and what a receiver can do about it."""

import base64
import json
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import standardwebhooks
import trustme
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.senders import addresses, pinned, trust, webhook
from app.senders.webhook import Outcome, Refused, check_url, send, sign
from tests.senders.receivers import (
    OK,
    Behaviour,
    answering,
    dripping,
    flooding,
    hanging,
    receiver,
    resetting,
)

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PUBLIC = "93.184.215.14"
SECRET, OLD_SECRET = b"n" * 32, b"o" * 32
BODY = json.dumps({"type": "action.updated", "note": "Déjà vu — ok"}, ensure_ascii=False).encode()


def deliver(url: str, *, networks: Any = LOOPBACK, timeout: float = 10.0, **given: Any) -> Outcome:
    wanted = {"message_id": "msg_1", "timestamp": clock.now(), "body": BODY, "secrets": [SECRET], **given}
    return send(url, networks=networks, timeout=timeout, **wanted)


def at(port: int, host: str = "127.0.0.1", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{port}/hook?area=north"


class Names:
    """The answers of a name server, by name: one list, or one after the other."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def look_up(self, host: str, port: int) -> list[Any]:
        self.asked.append(host)
        if host not in self.answers:
            raise socket.gaierror(-2, "Name or service not known")
        found = self.answers[host]
        chosen = found.pop(0) if len(found) > 1 else found[0]
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in chosen]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Names of our own; literal addresses are their own answer."""
    known = Names()
    real = addresses.look_up

    def look_up(host: str, port: int) -> list[Any]:
        try:
            ip_address(host)
        except ValueError:
            return known.look_up(host, port)
        return real(host, port)

    monkeypatch.setattr(addresses, "look_up", look_up)
    return known


# --- Signatures -------------------------------------------------------------------------------------------


def test_the_reference_library_verifies_what_is_sent() -> None:
    with receiver(answering(OK)) as one:
        outcome = deliver(at(one.port), secrets=[SECRET])
    assert (outcome.status, outcome.error) == (204, None)
    assert one.body == BODY
    told = standardwebhooks.Webhook(f"whsec_{base64.b64encode(SECRET).decode()}").verify(
        one.body, one.headers
    )
    assert told == json.loads(BODY)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OLD_SECRET).verify(one.body, one.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(one.body + b" ", one.headers)


def test_while_a_secret_is_replaced_either_verifies() -> None:
    with receiver(answering(OK)) as one:
        deliver(at(one.port), secrets=[SECRET, OLD_SECRET])
    assert len(one.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OLD_SECRET):
        assert standardwebhooks.Webhook(secret).verify(one.body, one.headers) == json.loads(BODY)


@given(
    secret=st.binary(min_size=1, max_size=64),
    message=st.from_regex(r"[\w-]{1,40}", fullmatch=True),
    body=st.text(max_size=200),
    moment=st.integers(1_500_000_000, 4_000_000_000).map(lambda n: datetime.fromtimestamp(n, UTC)),
)
def test_signatures_are_those_of_the_reference_library(
    secret: bytes, message: str, body: str, moment: datetime
) -> None:
    expected = standardwebhooks.Webhook(secret).sign(message, moment, body)
    assert sign(secret, message, moment, body.encode()) == expected
    zone = moment.astimezone(clock.LONDON)
    assert sign(secret, message, zone, body.encode()) == expected, "a moment, whatever its zone"


def test_the_known_signature_of_the_specification() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    moment = datetime.fromtimestamp(1614265330, UTC)
    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_one_json_post_with_nothing_of_ours_in_it() -> None:
    with receiver(answering(OK)) as one:
        deliver(at(one.port), message_id="msg_2")
    assert one.requests[0].startswith(b"POST /hook?area=north HTTP/1.1\r\n")
    assert set(one.headers) == {
        "host",
        "content-type",
        "content-length",
        "user-agent",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }
    assert one.headers["host"] == f"127.0.0.1:{one.port}"
    assert one.headers["webhook-id"] == "msg_2"
    sent_at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
    assert abs(sent_at - clock.now()) < timedelta(seconds=20)


# --- Where nothing is sent --------------------------------------------------------------------------------

INWARD = (
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.215.14",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::10.0.0.1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:5db8:d70e::1",
    "2606:2800:21f::5efe:10.0.0.1",
    "2606:2800:21f:0:200:5efe:c0a8:101",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)


def literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.mark.parametrize("address", INWARD)
def test_addresses_that_point_inward_are_refused_written_out_or_named(names: Names, address: str) -> None:
    with pytest.raises(Refused, match="public address"):
        check_url(f"https://{literal(address)}/hook", networks=())
    names.answers["host.example"] = [[PUBLIC, address]]
    with pytest.raises(Refused, match="public address"):
        check_url("https://host.example/hook", networks=())


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_are_taken(names: Names, address: str) -> None:
    names.answers["host.example"] = [[address]]
    for host in (literal(address), "host.example", "HOST.example"):
        for port in ("", ":443", ":8443"):
            check_url(f"https://{host}{port}/hook", networks=())
    assert set(names.asked) == {"host.example"}


def test_translated_public_addresses_are_taken(names: Names) -> None:
    names.answers["host.example"] = [["64:ff9b::5db8:d70e"]]
    check_url("https://host.example/", networks=())


@given(st.integers(0, 2**32 - 1))
def test_no_writing_of_an_inward_number_is_taken(number: int) -> None:
    """Whatever the number: written as one, or in parts, in any base."""
    octets = number.to_bytes(4)
    short = f"{octets[0]}.{int.from_bytes(octets[1:])}"
    written = [str(number), hex(number), f"0{number:o}", short, "0x" + octets.hex(), f"127.{number % 2**24}"]
    written.append(".".join(f"0x{octet:x}" for octet in octets))
    written.append(".".join(f"0{octet:o}" for octet in octets))
    for host in written:
        with pytest.raises(Refused):
            check_url(f"https://{host}/", networks=LOOPBACK)


@pytest.mark.parametrize(
    "url, why",
    [
        ("", "visible"),
        ("host.example/hook", "begin with https"),
        ("//host.example/hook", "begin with https"),
        ("http://host.example/hook", "begin with https"),
        ("ftp://host.example/hook", "begin with https"),
        ("file:tracker.db", "begin with https"),
        ("javascript:alert(1)", "begin with https"),
        ("https://", "begin with https"),
        ("https:///hook", "begin with https"),
        ("https:host.example", "begin with https"),
        ("https://:443/", "not a name"),
        ("https://user@host.example/", "user name"),
        ("https://user:word@host.example/", "user name"),
        ("https://host.example@127.0.0.1/", "user name"),
        ("https://host.example\\@127.0.0.1/", "visible"),
        ("https://host.example#@127.0.0.1/", "after #"),
        ("https://host.example/#part", "after #"),
        ("https://host.example/a b", "visible"),
        (" https://host.example/", "visible"),
        ("https://host.example/\r\nX: y", "visible"),
        ("https://host.example/\x00", "visible"),
        ("https://hôst.example/", "xn--"),
        ("https://127。0。0。1/", "xn--"),
        ("https://①②⑦.0.0.1/", "xn--"),
        ("https://host.example./", "without a dot"),
        ("https://host..example/", "not a name"),
        ("https://-host.example/", "not a name"),
        ("https://host%2eexample/", "not a name"),
        (f"https://{'h' * 64}.example/", "not a name"),
        (f"https://{'h.' * 130}example/", "not a name"),
        ("https://[::1%25eth0]/", "interface"),
        ("https://[fe80::1%eth0]/", "interface"),
        ("https://[::1/", "not an address"),
        ("https://[v1.x]/", "not an address"),
        ("https://[host.example]/", "not an address"),
        ("https://127.0.0.1.5/", "not an address"),
        ("https://1.2.3.256/", "not an address"),
        ("https://host.example:0/", "port"),
        ("https://host.example:65536/", "port"),
        ("https://host.example:x/", "port"),
        ("https://host.example:80/", "443 or 8443"),
        ("https://host.example:22/", "443 or 8443"),
        ("https://unknown.example/", "not known"),
        (f"https://host.example/{'p' * 2000}", "longer"),
    ],
)
def test_what_is_no_address_for_a_webhook_is_refused_with_a_reason(names: Names, url: str, why: str) -> None:
    names.answers["host.example"] = [[PUBLIC]]
    with pytest.raises(Refused, match=why):
        check_url(url, networks=())
    outcome = deliver(url, networks=())
    assert outcome.status is None
    assert why in (outcome.error or "")


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/", f"https://127.0.0.1:{text}"):
        with pytest.raises(Refused):
            check_url(url, networks=[])


def test_named_networks_are_reached_over_http_and_on_any_port(names: Names) -> None:
    inside = [ip_network("10.20.0.0/16")]
    names.answers["intranet"] = [["10.20.1.1"]]
    names.answers["both.example"] = [["10.20.1.1", PUBLIC]]
    names.answers["beside.example"] = [["10.20.1.1", "10.21.1.1"]]
    check_url("http://intranet:8080/hook", networks=inside)
    check_url("https://10.20.255.255:9000/hook", networks=inside)
    with pytest.raises(Refused, match="begin with https"):
        check_url("http://both.example/hook", networks=inside)
    with pytest.raises(Refused, match="443"):
        check_url("https://both.example:9000/hook", networks=inside)
    for url in ("https://beside.example/", "https://10.21.1.1/", "https://[::ffff:10.20.1.1]/"):
        with pytest.raises(Refused, match="public address"):
            check_url(url, networks=inside)


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda *_: time.sleep(3))
    began = time.monotonic()
    outcome = deliver("https://host.example/", timeout=0.3)
    assert time.monotonic() - began < 1.5
    assert outcome.error == "The host host.example could not be looked up in time."


# --- Exactly the checked address --------------------------------------------------------------------------


def test_a_name_that_turns_inward_between_check_and_connection_gains_nothing(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []

    def connect(address: Any, timeout: Any = None, *_: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    names.answers["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    deliver("https://rebind.example/", networks=())
    assert connected == [(PUBLIC, 443)]
    assert names.asked == ["rebind.example"], "looked up once"
    assert "public" in (deliver("https://rebind.example/", networks=()).error or "")
    assert connected == [(PUBLIC, 443)]


def test_the_checked_address_is_connected_to_with_the_name_in_the_request(names: Names) -> None:
    names.answers["inside.example"] = [["127.0.0.1"], ["127.0.0.9"]]
    with receiver(answering(OK)) as one:
        assert deliver(at(one.port, "inside.example")).status == 204
    assert one.headers["host"] == f"inside.example:{one.port}"


def test_the_next_of_its_addresses_is_tried_where_one_does_not_answer(names: Names) -> None:
    names.answers["two.example"] = [["::1", "127.0.0.1"]]
    with receiver(answering(OK)) as one:
        assert deliver(at(one.port, "two.example")).status == 204


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver(answering(OK)) as proxy, receiver(answering(OK)) as one:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert deliver(at(one.port)).status == 204
    assert (proxy.connections, one.connections) == (0, 1)


def test_an_ipv6_receiver_is_reached() -> None:
    with receiver(answering(OK), host="::1") as one:
        assert deliver(at(one.port, "[::1]")).status == 204
    assert one.headers["host"] == f"[::1]:{one.port}"


# --- TLS --------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """A certificate authority that this machine trusts, for the test."""
    made = trustme.CA()
    with made.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        trust.trusted.cache_clear()
        yield made
    trust.trusted.cache_clear()


def served(authority: trustme.CA, *hosts: str, **given: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts, **given).configure_cert(context)
    return context


def test_the_certificate_is_checked_for_the_name(names: Names, authority: trustme.CA) -> None:
    names.answers["secure.example"] = [["127.0.0.1"]]
    names.answers["other.example"] = [["127.0.0.1"]]
    with receiver(answering(OK), context=served(authority, "secure.example", "127.0.0.1")) as one:
        assert deliver(at(one.port, "secure.example", "https")).status == 204
        assert deliver(at(one.port, "127.0.0.1", "https")).status == 204
        refused = deliver(at(one.port, "other.example", "https"))
    assert one.names == ["secure.example", None, "other.example"]
    assert refused.status is None
    assert (refused.error or "").startswith("The certificate is not valid (Hostname mismatch")
    assert len(one.requests) == 2, "nothing was sent to it"


@pytest.mark.parametrize("fault", ["unknown authority", "expired"])
def test_certificates_that_cannot_be_trusted_are_refused(
    names: Names, authority: trustme.CA, fault: str
) -> None:
    names.answers["secure.example"] = [["127.0.0.1"]]
    context = (
        served(trustme.CA(), "secure.example")
        if fault == "unknown authority"
        else served(authority, "secure.example", not_after=datetime(2021, 1, 1, tzinfo=UTC))
    )
    with receiver(answering(OK), context=context) as one:
        outcome = deliver(at(one.port, "secure.example", "https"))
    assert (outcome.status, one.requests) == (None, [])
    assert (outcome.error or "").startswith("The certificate is not valid (")


def test_a_receiver_that_speaks_no_tls_gets_nothing(names: Names) -> None:
    with receiver(answering(b"HTTP/1.1 200 OK\r\n\r\n"), reads=False) as one:
        outcome = deliver(at(one.port, scheme="https"))
    assert outcome.status is None
    assert outcome.error == "No secure connection could be made."


# --- What a receiver can do -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 204, 400, 410, 429, 500, 503])
def test_its_status_is_how_it_took_the_message(status: int) -> None:
    with receiver(answering(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nno".encode())) as one:
        outcome = deliver(at(one.port))
    assert (outcome.status, outcome.error) == (status, None)
    assert 0 <= outcome.milliseconds < 10_000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with receiver(answering(OK)) as other:
        answer = f"HTTP/1.1 {status} X\r\nLocation: {at(other.port)}\r\nContent-Length: 0\r\n\r\n"
        with receiver(answering(answer.encode())) as one:
            assert deliver(at(one.port)).status == status
    assert other.connections == 0


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"
SLOW: dict[str, tuple[Behaviour, bool]] = {
    "hangs": (hanging, True),
    "never reads": (hanging, False),
    "drips its head": (dripping(b"HTTP/1.1 200 OK\r\nX: "), True),
    "drips 1xx answers": (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), True),
}


@pytest.mark.parametrize("how", SLOW)
@pytest.mark.parametrize("tls", [False, True])
def test_a_receiver_that_dawdles_is_left_at_the_deadline(
    names: Names, authority: trustme.CA, how: str, tls: bool
) -> None:
    names.answers["secure.example"] = [["127.0.0.1"]]
    behave, reads = SLOW[how]
    context = served(authority, "secure.example") if tls else None
    body = BODY if reads else b"x" * 30_000_000
    with receiver(behave, context=context, reads=reads) as one:
        url = at(one.port, "secure.example", "https" if tls else "http")
        began = time.monotonic()
        outcome = deliver(url, timeout=1.0, body=body)
        took = time.monotonic() - began
    assert outcome.status is None
    assert outcome.error == "There was no answer in time."
    assert 0.8 < took < 3.0
    assert abs(outcome.milliseconds - took * 1000) < 500


def test_a_handshake_that_never_ends_is_left_at_the_deadline() -> None:
    with receiver(hanging, reads=False) as one:
        began = time.monotonic()
        outcome = deliver(at(one.port, scheme="https"), timeout=0.5)
        assert time.monotonic() - began < 2.0
    assert outcome.error == "There was no answer in time."


def test_a_body_that_drips_is_not_waited_for_longer_than_the_deadline() -> None:
    with receiver(dripping(HEAD)) as one:
        began = time.monotonic()
        outcome = deliver(at(one.port), timeout=0.7)
        assert time.monotonic() - began < 2.0
    assert (outcome.status, outcome.error) == (200, None), "it has said how it took the message"


def test_of_a_huge_body_no_more_is_read_than_64_kb(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = pinned._Stream.read

    def counted(stream: Any, *given: Any, **named: Any) -> bytes:
        found = real(stream, *given, **named)
        read.append(len(found))
        return found

    monkeypatch.setattr(pinned._Stream, "read", counted)
    with receiver(flooding(HEAD, b"x" * 65536)) as one:
        outcome = deliver(at(one.port))
    assert (outcome.status, outcome.error) == (200, None)
    assert sum(read) <= 3 * 65536
    assert outcome.milliseconds < 5000


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_head_without_end_is_left(start: bytes) -> None:
    piece = start if start.endswith(b"\r\n\r\n") else b"x" * 4096
    with receiver(flooding(start, piece)) as one:
        outcome = deliver(at(one.port))
    assert outcome.status is None
    assert outcome.error in ("The answer was too large.", "The answer was not one of HTTP.")
    assert outcome.milliseconds < 5000


@pytest.mark.parametrize(
    "behave, error",
    [
        (resetting, "The connection was broken off."),
        (answering(b""), "The answer was not one of HTTP."),
        (answering(b"SSH-2.0-OpenSSH_9\r\n"), "The answer was not one of HTTP."),
        (answering(b"\xff\x00" * 100), "The answer was not one of HTTP."),
        (answering(b"HTTP/1.1 2000 OK\r\n\r\n"), "The answer was not one of HTTP."),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "The answer was not one of HTTP."),
    ],
)
def test_a_receiver_that_breaks_off_or_talks_nonsense_is_a_failure(behave: Behaviour, error: str) -> None:
    with receiver(behave) as one:
        outcome = deliver(at(one.port))
    assert (outcome.status, outcome.error) == (None, error)


def test_nobody_there_is_a_failure() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        outcome = deliver(at(unheard.getsockname()[1]))
    assert (outcome.status, outcome.error) == (None, "The connection was refused.")


def test_a_body_cut_short_does_not_take_the_status_back() -> None:
    with receiver(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")) as one:
        assert deliver(at(one.port)).status == 200


@given(st.binary(max_size=300))
def test_whatever_it_answers_nothing_is_raised(answer: bytes) -> None:
    with receiver(answering(answer)) as one:
        outcome = deliver(at(one.port), timeout=2.0)
    assert (outcome.status is None) is (outcome.error is not None)


def test_errors_hold_nothing_of_what_was_sent_or_received(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("whsec_secret https://host.example/?token=secret")

    monkeypatch.setattr(pinned, "check", fail)
    found = deliver("https://host.example/?token=secret")
    assert found._replace(milliseconds=0) == Outcome(None, "There was no answer (ValueError).", 0)
    assert webhook.DEADLINE_SECONDS == 10.0
