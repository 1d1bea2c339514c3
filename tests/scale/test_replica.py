"""A standby beside the primary: strangers' pages come from it, what was just written never, and it may lag or go."""

import tempfile
from pathlib import Path

import pytest

from tests.faults.own_database import own_database
from tests.posted import typed
from tests.scale.servers import standby
from tests.smtp import links
from tests.stack import running, wait_for

STATEMENT = "/statements/initial-elements-2016/"
ADDRESS = "asha@replica.example"
ONE_LISTED = """
SELECT organization_id, slug FROM signon_organization JOIN signon_signon ON organization_id = signon_organization.id
 WHERE state = 'accepted' LIMIT 1
"""
TOKEN = "t" * 20
RENAME = "UPDATE signon_signon SET listed_name = 'Roses of Nairobi' WHERE organization_id = %s"


@pytest.fixture(scope="module")
def own():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-replica-", ignore_cleanup_errors=True)
    with kept as name, own_database(Path(name)) as made:
        yield made


@pytest.fixture(scope="module")
def copy(own):
    with standby(own) as made:
        yield made


@pytest.fixture(scope="module")
def stack(own, copy):
    kept = tempfile.TemporaryDirectory(prefix="undersigned-beside-")
    settings = {"REPLICA_URL": copy.url, "REPLICA_LAG": "3", "DOWNLOADS_POOL": "2", "METRICS_TOKEN": TOKEN}
    with kept as name, running(Path(name), database_url=own.url, parts=("web", "worker"), **settings) as made:
        yield made


def asked(server, words="signon_signon%"):
    """How many scans of its table a server has seen since it started, as its statistics tell."""
    with server.connect() as connection:
        row = connection.execute(
            "SELECT sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) FROM pg_stat_user_tables WHERE relname LIKE %s",
            [words],
        ).fetchone()
    return int(row[0] or 0)


def comes_from_the_copy(stack, copy):
    before = asked(copy)
    stack.get(f"{STATEMENT}signatories/?country=KE")
    return asked(copy) > before


def is_told_to_keep_up(stack):
    """What the metrics say of the copy."""
    told = stack.get("/metrics", Authorization=f"Bearer {TOKEN}").text
    return told.split('undersigned_up{part="replica"} ')[1].split()[0] == "1.0"


def test_a_stranger_reads_from_the_copy_and_a_signer_misses_nothing_of_their_own(own, copy, stack):
    wait_for(lambda: comes_from_the_copy(stack, copy), 30, "a page comes from the copy")
    copy.hold_back()
    try:
        assert stack.post(f"{STATEMENT}sign/", typed(email=ADDRESS)).status == 302
        mail = wait_for(lambda: stack.mail.to(ADDRESS), 30, "the mail")[0]
        link = next(link for link in links(mail) if "/confirm/" in link)
        opened = stack.get(link)
        assert (opened.status, "Mujeres Unidas" in opened.text) == (200, True)
        assert stack.post(link, {"version": "1"}).status == 302
        # The copy knows nothing of it yet: who has the link reads where it was written.
        with copy.connect() as connection:
            assert (
                connection.execute("SELECT count(*) FROM signon_signon WHERE email = %s", [ADDRESS]).fetchone()[0] == 0
            )
        assert stack.get(link).status == 410
        exported = stack.manage("export_signatories", "initial-elements-2016", "--state", "confirmed")
        assert "Mujeres Unidas" in exported, "a list holds what was committed before it was asked for"
    finally:
        copy.go_on()
    wait_for(copy.has_caught_up, 30, "the copy has caught up")


def test_a_copy_that_lags_is_left_alone_until_it_has_caught_up(own, copy, stack):
    with own.connect() as connection:
        key, slug = connection.execute(ONE_LISTED).fetchone()
        wait_for(lambda: comes_from_the_copy(stack, copy), 30, "a page comes from the copy")
        copy.hold_back()
        try:
            connection.execute(RENAME, [key])
            page = stack.get(f"/organizations/{slug}/")
            assert (page.status, "Roses of Nairobi" in page.text) == (200, False), "for a moment it is late"
            # The copy does not learn it in this block: what shows it is the primary.
            wait_for(lambda: "Roses of Nairobi" in stack.get(f"/organizations/{slug}/").text, 20, "the new name")
            assert not is_told_to_keep_up(stack)
        finally:
            copy.go_on()
    wait_for(lambda: comes_from_the_copy(stack, copy), 30, "a page comes from the copy again")
    assert is_told_to_keep_up(stack)


def test_a_copy_that_goes_away_costs_no_page(copy, stack):
    wait_for(lambda: comes_from_the_copy(stack, copy), 30, "a page comes from the copy")
    copy.stop()
    answers = [stack.get(path).status for path in [STATEMENT, "/", f"{STATEMENT}signatories/", "/organizations/"] * 3]
    assert answers == [200] * 12
    copy.start()
    wait_for(lambda: comes_from_the_copy(stack, copy), 40, "a page comes from the copy again")


def test_a_list_is_read_from_the_copy_when_it_holds_what_was_committed_before(copy, stack):
    before = asked(copy)

    def read_there():
        stack.manage("export_signatories", "saving-lives-2020")
        return asked(copy) > before

    wait_for(read_there, 60, "a list comes from the copy")
