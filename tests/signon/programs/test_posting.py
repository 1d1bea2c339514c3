"""To the outside alone, once, without redirects, and not for long."""

import socket
import threading
import time
from ipaddress import ip_network

import pytest

from signon.programs import posting
from tests.receiver import DRIP, HANG, receiving
from tests.smtp import free_port

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(autouse=True)
def _inside(settings):
    settings.WEBHOOK_NETWORKS = LOOPBACK


def test_it_is_sent_with_its_headers_and_only_the_status_comes_back():
    with receiving((200, {"X-Name": "Asha Rao"})) as receiver:
        answer = posting.post(f"{receiver.url}?a=1", b"{}", {"webhook-id": "msg_1"})
    assert answer == posting.Answer(200, "200")
    (headers, body), path = receiver.taken[0], receiver.paths[0]
    assert (headers["webhook-id"], body, path) == ("msg_1", b"{}", "/hooks/names?a=1")


def test_a_redirect_is_not_followed():
    with receiving(204) as inside, receiving((302, {"Location": inside.url})) as receiver:
        answer = posting.post(receiver.url, b"{}", {})
    assert (answer.status, answer.is_taken, inside.paths) == (302, False, [])


def test_what_is_no_http_is_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak():
            connection, _peer = server.accept()
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.close()

        speaker = threading.Thread(target=speak)
        speaker.start()
        answer = posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        speaker.join(10)
    assert (answer.status, answer.words.startswith("no answer")) == (0, True)


@pytest.mark.parametrize("turn", [HANG, DRIP])
def test_who_hangs_or_drips_is_cut_off(turn):
    with receiving(turn) as receiver:
        began = time.monotonic()
        answer = posting.post(receiver.url, b"{}", {}, longest=0.3)
        assert time.monotonic() - began < 3
    assert answer.status == 0
    assert answer.words.startswith("no answer")


def test_where_nobody_listens_there_is_no_answer():
    answer = posting.post(f"http://127.0.0.1:{free_port()}/", b"{}", {})
    assert (answer.status, answer.words.startswith("no answer")) == (0, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://user:secret@example.org/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https:///",
        "https://example.org:99999/",
        "nothing",
    ],
)
def test_nothing_is_sent_inside_or_in_the_clear(url, settings):
    settings.WEBHOOK_NETWORKS = []
    if url == "http://example.org/" or not url.startswith("http"):
        with pytest.raises(posting.Refused):
            posting.check(url)
    answer = posting.post(url, b"{}", {})
    assert answer.status == 0
    assert not answer.words.startswith("no answer")


@pytest.mark.parametrize(
    "address",
    [
        "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[fec0::1]", "[5f00::1]", "[100::1]", "[64:ff9b:1::7f00:1]", "[ff0e::1]",
        "[2001::1]", "[2001:20::1]", "[2001:db8::1]", "[3fff::1]", "[2002:7f00:1::]", "192.0.0.8", "192.88.99.1",
        "198.18.0.1", "203.0.113.1", "240.0.0.1", "[::ffff:192.0.0.8]",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plainly_public_is_refused(address, settings):
    settings.WEBHOOK_NETWORKS = []
    with pytest.raises(posting.Refused, match="not public"):
        posting.check(f"https://{address}/")


@pytest.mark.parametrize("address", ["8.8.8.8", "[2606:4700:4700::1111]", "[2a00:1450:4001::1]", "[::ffff:8.8.8.8]"])
def test_a_public_address_is_not(address, settings):
    settings.WEBHOOK_NETWORKS = []
    posting.check(f"https://{address}/")


@pytest.mark.parametrize("literal", ["127.0.0.1", "2130706433", "0x7f.1", "127.1"])
def test_an_address_in_disguise_is_still_inside(literal, settings):
    settings.WEBHOOK_NETWORKS = []
    assert posting.post(f"https://{literal}/", b"{}", {}).words == "The address leads to a network that is not public."


def test_a_name_that_leads_inside_is_refused_also_where_another_of_its_addresses_does_not(settings, monkeypatch):
    settings.WEBHOOK_NETWORKS = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    assert posting.post("https://example.org/", b"{}", {}).words == "The address leads to a network that is not public."


def test_it_goes_to_the_very_address_that_was_checked(monkeypatch):
    """A name server that says something else a moment later changes nothing: it is asked once."""
    asked = []

    def resolve(host, port, **how):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with receiving(204) as receiver:
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *rest, **how: resolve(host, *rest, **how) if host == "hooks.example"
            else real(host, *rest, **how),
        )  # fmt: skip
        answer = posting.post(receiver.url.replace("127.0.0.1", "hooks.example"), b"{}", {})
        headers = receiver.taken[0][0]
    assert (answer.status, asked) == (204, ["hooks.example"])
    assert headers["Host"].startswith("hooks.example:")
