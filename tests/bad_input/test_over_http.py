"""The same requests at the real server, which reads them first; FULL=1 sends 10,000 and measures each.

And what is no HTTP: the server says so or hangs up, and goes on serving.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from zlib import crc32

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.bad_input import addresses, hostile, judging, wire
from tests.bad_input.asking import Request
from tests.bad_input.demo import Demo
from tests.stack import running

FULL = bool(os.environ.get("FULL"))
ALL = 10_000 if FULL else 300
# Of one answer, on a machine with nothing else to do.
SECONDS = 2


@pytest.fixture(scope="module")
def stack(request):
    folder = Path(tempfile.mkdtemp(prefix="undersigned-input-"))
    provider = {"MAIL_PROVIDER": "postmark", "ANYMAIL_WEBHOOK_SECRET": "name:password"}
    with running(folder, parts=("web",), **provider) as made:
        yield made
    if not request.session.testsfailed:
        shutil.rmtree(folder, ignore_errors=True)


def asked(stack, address, number):
    """So many requests at an address: what is wrong with the first that is answered as none may be."""
    found = []

    @settings(max_examples=number, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @seed(crc32(address.name.encode()))  # the same in every run
    @given(request=hostile.requests(address, addresses.asked_for()))
    def put(request):
        if found:
            return
        request.headers = {name: value for name, value in request.headers.items() if name != "Host"}
        began = time.monotonic()
        try:
            answer = wire.send(stack, request)
        except OSError as error:
            found.append(f"{error!r}\n  {request}")
            return
        seconds = time.monotonic() - began
        wrong = judging.faults(request, answer)
        if FULL and seconds > SECONDS:
            wrong.append(f"took {seconds:.1f} s")
        if wrong:
            found.append(f"{', '.join(wrong)}\n  {request}")

    put()
    return "".join(found)


def test_no_request_breaks_any_address_or_takes_long(stack):
    with override_settings(ROOT_URLCONF="tests.bad_input.urls"):
        all_of_them = [each for each in addresses.all_of_them() if not each.name.startswith(("mailbox", "mail-events"))]
    place = Demo(stack)
    all_of_them.append(addresses.Address("mail-events", "mail/events/postmark/", (), False))
    all_of_them.append(addresses.Address("healthz", "healthz", (), False))
    if FULL:
        for each in all_of_them:
            if not each.is_staffs:
                addresses.look(each, place, lambda request: wire.send(stack, request))
    weights = {each.name: 1 if each.is_staffs else 12 if each.forms else 6 for each in all_of_them}
    wrong, sent = {}, 0
    for each in all_of_them:
        number = max(1, round(ALL * weights[each.name] / sum(weights.values())))
        sent += number
        if words := asked(stack, each, number):
            wrong[each.name] = words
    assert wrong == {}, "\n".join(f"{name}: {words}" for name, words in wrong.items())
    assert sent >= ALL * 0.9
    assert "Traceback" not in stack.log("web"), stack.log("web")[-5000:]


GOOD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
END = b"\r\n\r\n"
NO_HTTP = {
    "nothing": b"",
    "two line ends": END,
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": GOOD + b"Host: evil.example" + END,
    "another host in the target": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example" + END,
    "no version": b"GET /" + END,
    "HTTP/0.9": b"GET / HTTP/0.9" + END,
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 60,
    "a header without a colon": GOOD + b"nonsense" + END,
    "a space before the colon": GOOD + b"X-A : b" + END,
    "a folded header": GOOD + b"X-A: b\r\n c" + END,
    "NUL in a header": GOOD + b"X-A: b\0c" + END,
    "NUL in the target": b"GET /a\0b HTTP/1.1\r\nHost: localhost" + END,
    "a bare line feed": b"GET / HTTP/1.1\nHost: localhost\n\n",
    "a target in no encoding": b"GET /\xff\xfe\xc0\xaf HTTP/1.1\r\nHost: localhost" + END,
    "a target without a slash": b"GET statements HTTP/1.1\r\nHost: localhost" + END,
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: localhost" + END,
    "a tunnel": b"CONNECT db:5432 HTTP/1.1\r\nHost: db:5432" + END,
    "a target of 100 kB": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost" + END,
    "a header of a megabyte": GOOD + b"X-A: " + b"a" * 1_000_000 + END,
    "5,000 headers": GOOD + b"X-A: b\r\n" * 5000 + END,
    "a cookie of 60 kB": GOOD + b"Cookie: sessionid=" + b"a" * 60_000 + END,
    "a cookie in no encoding": GOOD + b"Cookie: sessionid=\xff\xfe\x80; =; ;;; csrftoken" + END,
    "a length that is none": b"POST /verify/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: bytes" + END,
    "a negative length": b"POST /verify/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1" + END,
    "two lengths": b"POST /verify/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\na",
    "less than promised": b"POST /sign-ons/link/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\nemail=a",
    "a length and chunks": b"POST /sign-ons/link/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /desk/ HTTP/1.1\r\n\r\n",
    "a chunk that is none": b"POST /sign-ons/link/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"zz\r\n",
    "a chunk without end": b"POST /sign-ons/link/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"ffffffffffffffff\r\na",
    "another coding": b"POST /sign-ons/link/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\na",
}  # fmt: skip


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_good_http_is_refused_and_the_next_is_served(stack, name):
    came = wire.send_bytes(stack, NO_HTTP[name])
    status = int(came.split(b" ", 2)[1]) if came else 400
    assert status < 500, came[:500]
    assert b"Traceback" not in came
    assert wire.send(stack, Request("GET", "/healthz")).status == 200


def test_no_host_but_ours_is_answered_or_believed(stack):
    for headers in ({"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        answer = wire.send(stack, Request("GET", "/statements/initial-elements-2016/", headers=headers))
        assert "evil.example" not in answer.text
        assert answer.status == (400 if "Host" in headers else 200)


def test_who_says_to_be_many_networks_is_one(stack):
    """No proxy is trusted here: what a client writes of its address is thrown away."""
    answers = {
        wire.send(stack, Request("GET", "/", headers={"X-Forwarded-For": value, "X-Forwarded-Proto": "https"})).status
        for value in ("8.8.8.8", "not an address", "::1, 8.8.8.8", "8.8.8.8" * 500)
    }
    assert answers == {200}
