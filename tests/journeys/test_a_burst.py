"""Very many sign at once while others read and staff work: each is answered, each gets its mail, the numbers are exact.

`make bench ARGS=burst` takes more of them, and measures who waits how long.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bench.burst import SESSION, SETTINGS, STATEMENT, counted
from tests.posted import typed
from tests.stack import running, wait_for

MANY = 20_000 if os.environ.get("FULL") == "1" else 200


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("burst"), **SETTINGS) as made:
        yield made


def sign(stack, number):
    posted = typed(organization_name=f"Organization {number}", email=f"n{number}@burst.example")
    return stack.post(f"{STATEMENT}sign/", posted).status


def test_all_are_answered_and_mailed_and_counted_while_others_read_and_staff_work(stack):
    cookie = stack.manage("shell", "-c", SESSION).strip().rpartition("\n")[2]
    before = counted(stack)
    with ThreadPoolExecutor(12) as pool:
        signed = [pool.submit(sign, stack, number) for number in range(MANY)]
        read = [pool.submit(stack.get, STATEMENT) for _ in range(MANY // 2)]
        staff = [pool.submit(stack.get, "/desk/sign-ons/", Cookie=cookie) for _ in range(MANY // 20)]
        assert {each.result() for each in signed} == {302}
        assert {each.result().status for each in [*read, *staff]} == {200}
    assert counted(stack)["unconfirmed"] - before["unconfirmed"] == MANY
    wait_for(lambda: counted(stack)["sent"] - before["sent"] == MANY, 60 + MANY / 20, "each gets its mail")
    addressed = [mail["To"] for mail in stack.mail.mails if mail["To"].endswith("@burst.example")]
    assert sorted(addressed) == sorted(f"n{number}@burst.example" for number in range(MANY))
    chains = "SELECT count(*), max(number) FROM signon_ledgerentry JOIN signon_signon ON signon_signon.id = sign_on_id"
    assert stack.query(f"{chains} WHERE email LIKE '%%@burst.example'") == [(MANY, 1)]
    tallies = "SELECT sum(organizations + individuals) FROM signon_counter"
    accepted = "SELECT count(*) FROM signon_signon WHERE state = 'accepted' AND same_as_id IS NULL"
    assert stack.query(tallies) == stack.query(accepted)
