"""What a name server says of a sender's domain is told in words, with what to write where it is missing."""

import socket

import pytest
from dnslib import RR
from dnslib.server import BaseResolver, DNSServer

from signon.mail import sender_records

ZONE = """
good.example. 60 IN TXT "v=spf1 mx -all"
good.example. 60 IN TXT "other=1"
s1._domainkey.good.example. 60 IN TXT "v=DKIM1; k=rsa; p=MIGf" "MA0G"
_dmarc.good.example. 60 IN TXT "v=DMARC1; p=reject"
mail.good.example. 60 IN TXT "v=spf1 -all"
bad.example. 60 IN TXT "v=spf1 +all"
old._domainkey.bad.example. 60 IN TXT "v=DKIM1; p="
_dmarc.bad.example. 60 IN TXT "v=DMARC1; p=maybe"
two.example. 60 IN TXT "v=spf1 a -all"
two.example. 60 IN TXT "v=spf1 mx -all"
"""


class Zone(BaseResolver):
    def resolve(self, request, handler):
        reply = request.reply()
        for record in RR.fromZone(ZONE):
            if record.rname == request.q.qname and record.rtype == request.q.qtype:
                reply.add_answer(record)
        if not reply.rr:
            reply.header.rcode = 3
        return reply


@pytest.fixture(scope="module")
def asked():
    server = DNSServer(Zone(), address="127.0.0.1", port=0)
    server.start_thread()
    yield sender_records.resolver(["127.0.0.1"], server.server.server_address[1])
    server.stop()
    server.server.server_close()


def states(domain, selector, asked):
    return {each.name: each.state for each in sender_records.records(domain, selector, asked=asked)}


@pytest.mark.parametrize(
    ("domain", "selector", "expected"),
    [
        ("good.example", "s1", ("found", "found", "found")),
        ("good.example", "", ("found", "unknown", "found")),
        ("mail.good.example", "s1", ("found", "missing", "found")),
        ("bad.example", "old", ("wrong", "wrong", "wrong")),
        ("two.example", "s1", ("wrong", "missing", "missing")),
        ("none.example", "s1", ("missing", "missing", "missing")),
    ],
)
def test_each_record_is_found_missing_or_wrong(asked, domain, selector, expected):
    assert tuple(states(domain, selector, asked).values()) == expected


def test_what_is_missing_comes_with_what_to_write(asked):
    spf, dkim, dmarc = sender_records.records("none.example", "s1", asked=asked)
    assert spf.line == 'none.example. IN TXT "v=spf1 mx include:… -all"'
    assert dkim.line == 's1._domainkey.none.example. IN TXT "v=DKIM1; k=rsa; p=…"'
    assert dmarc.line.startswith('_dmarc.none.example. IN TXT "v=DMARC1; p=quarantine;')
    found = sender_records.records("good.example", "s1", asked=asked)[1]
    assert found.found == "v=DKIM1; k=rsa; p=MIGfMA0G"


def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_told(monkeypatch):
    monkeypatch.setattr(sender_records, "WAIT", 0.1)
    monkeypatch.setattr(sender_records, "LONGEST", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        silent_one = sender_records.resolver(["127.0.0.1"], silent.getsockname()[1])
        assert set(states("good.example", "s1", silent_one).values()) == {"unknown"}
