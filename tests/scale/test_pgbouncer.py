"""PgBouncer in transaction mode before the database: fewer connections than threads, and the whole journey."""

import csv
import io
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from config.postgres_server import APPLICATION
from tests.posted import typed
from tests.scale.servers import bouncer
from tests.smtp import links
from tests.stack import database, prepared, running, wait_for

STATEMENT = "/statements/initial-elements-2016/"
SLUG = "initial-elements-2016"


@pytest.fixture(scope="module")
def stack():
    kept = tempfile.TemporaryDirectory(prefix="undersigned-bounced-")
    with database(template=prepared(with_demo=True)) as url, kept as name:
        sockets, _, called = urlsplit(url).path[1:].rpartition("/")
        with bouncer(Path(unquote(sockets)), user=APPLICATION, size=3) as port:
            address = f"postgresql://{APPLICATION}@127.0.0.1:{port}/{called}"
            settings = {"DATABASE_URL": address, "PGBOUNCER": "1", "DOWNLOADS_POOL": "2"}
            with running(Path(name), database_url=url, **settings) as made:
                made.bounced = address
                yield made


def journey(stack, number):
    address = f"asha{number}@bounced.example"
    data = typed(organization_name=f"Bounced {number}", email=address)
    assert stack.post(f"{STATEMENT}sign/", data).status == 302
    mail = wait_for(lambda: stack.mail.to(address), 90, f"the mail to {address}")[0]
    link = next(link for link in links(mail) if "/confirm/" in link)
    assert stack.get(link).status == 200
    return stack.post(link, {"version": "1"}).status


def test_twenty_sign_at_once_over_three_connections_and_their_list_goes_out(stack):
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda number: journey(stack, number), range(20))) == [302] * 20
    chains = "SELECT count(*) FROM signon_signon WHERE email LIKE '%%@bounced.example' AND state = 'confirmed'"
    assert stack.query(chains) == [(20,)]
    # By COPY, by a cursor inside of a transaction, and by one outside of any.
    exported = stack.manage("export_signatories", SLUG, "--state", "confirmed")
    names = {row["organization"] for row in csv.DictReader(io.StringIO(exported.removeprefix("\ufeff")))}
    assert names == {f"Bounced {number}" for number in range(20)}
    book = stack.folder / "list.xlsx"
    stack.manage("export_signatories", SLUG, "--state", "confirmed", "--format", "xlsx", "--output", str(book))
    assert book.read_bytes()[:2] == b"PK"
    assert stack.manage("verify_ledger", SLUG) == "20 chains are intact.\n"
    for path in ("/", STATEMENT, f"{STATEMENT}signatories/", "/organizations/?q=women", "/search/?q=women"):
        assert stack.get(path).status == 200
    assert stack.get("/readyz").text == '{"status": "ready", "missing": []}'


def test_what_transaction_mode_refuses_is_why_the_setting_is_there(stack):
    """Session's options are refused by PgBouncer itself, so an address with some is refused at the start."""
    with pytest.raises(psycopg.OperationalError, match="options"):
        psycopg.connect(f"{stack.bounced}?options=-c%20statement_timeout%3D1000")
