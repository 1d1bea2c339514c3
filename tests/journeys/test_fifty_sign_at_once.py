"""Fifty organizations sign over plain HTTP at the same moment; nobody is lost and nobody counts twice."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

from tests.posted import typed
from tests.smtp import links
from tests.stack import wait_for

STATEMENT = "/statements/initial-elements-2016/"


def addresses():
    return [f"representative{number}@organization{number}.example" for number in range(50)]


def sign(stack, number, address):
    data = typed(organization_name=f"Organization {number} & Friends", email=address)
    answer = stack.post(f"{STATEMENT}sign/", data)
    return answer.status, answer.headers["Location"]


def confirm(stack, address):
    link = next(link for link in links(stack.mail.to(address)[0]) if "/confirm/" in link)
    opened = stack.get(link)
    assert (opened.status, opened.headers["Cache-Control"], opened.headers["Referrer-Policy"]) == (
        200,
        "no-store",
        "strict-origin",
    )
    return stack.post(link, {"version": "1"}).status


def test_fifty_sign_at_once_and_fifty_are_mailed_confirmed_accepted_and_exported(stack):
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda pair: sign(stack, *pair), enumerate(addresses())))
        assert answers == [(302, f"{STATEMENT}sign/sent/")] * 50
        wait_for(lambda: len(stack.mail.mails) >= 50, 60, "fifty mails")
        assert sorted(mail["To"] for mail in stack.mail.mails) == sorted(addresses())
        assert len({mail["Message-ID"] for mail in stack.mail.mails}) == 50
        assert list(pool.map(lambda address: confirm(stack, address), addresses())) == [302] * 50

    states = "SELECT state, count(*) FROM signon_signon WHERE source = 'form' GROUP BY state"
    assert stack.query(states) == [("confirmed", 50)]
    chains = """SELECT acts, count(*) FROM (
        SELECT array_agg(act::text ORDER BY number) AS acts FROM signon_ledgerentry
        JOIN signon_signon ON signon_signon.id = sign_on_id WHERE source = 'form' GROUP BY sign_on_id) AS chain
        GROUP BY acts"""
    assert stack.query(chains) == [(["signed", "confirmed"], 50)]
    assert stack.manage("verify_ledger", "initial-elements-2016") == "50 chains are intact.\n"

    exported = stack.manage("export_signatories", "initial-elements-2016", "--state", "confirmed")
    rows = list(csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"))))
    assert {row["organization"] for row in rows} == {f"Organization {number} & Friends" for number in range(50)}
