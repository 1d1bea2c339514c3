"""Under a wrong CONTACT_HASH_KEY nothing is written and no address is asked for; what is only read goes on."""

import os
import subprocess
import sys
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import promises
from signon import jobs, mailing, tasks, tokens
from signon.mail import envelope
from signon.models import Case, HashKeyMark, Job, LedgerEntry, Message, SignOn, Suppression
from signon.privacy import contact_keys, hash_key
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted
from tests.posted import typed
from tests.signon.privacy.test_hash_key import ASHA, BINTA, HASH, KEY, OTHER, keys, refused  # noqa: F401

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM, OWN = "application/x-www-form-urlencoded", {"Sec-Fetch-Site": "same-origin"}


def everything():
    return [list(model.objects.order_by("pk").values_list()) for model in (SignOn, Message, LedgerEntry, Case)]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_and_public_pages_are_read(keys, client, settings, caplog):  # noqa: F811
    hash_key.remember()
    statement = StatementFactory()
    waiting = SignOnFactory(statement=statement, email=ASHA)
    checked = SignOnFactory(statement=statement, email="chika@kituo.example", confirmed=True)
    mail = mailing.compose(Message.Kind.ACCEPTED, key="one", sign_on=accepted(statement=statement, email=BINTA))
    signing, leaving = reverse("sign", args=[statement.slug]), envelope.unsubscribe_url(mail)
    confirming = reverse("confirm", args=[tokens.make(waiting, tokens.CONFIRM)])
    staff = Client(raise_request_exception=False)
    staff.force_login(UserFactory(staff=True))
    client.raise_request_exception = False
    before = everything()
    keys(OTHER)
    posts = [
        client.post(signing, urlencode(typed(email="dalia@kituo.example")), FORM, headers=OWN),
        client.post(confirming),
        client.post(leaving, ONE_CLICK),
        client.post(reverse("new-link"), {"email": ASHA}),
        staff.post(reverse("desk-act", args=[checked.pk, "decline"]), {"refusal": "not_found", "reason": ""}),
    ]
    assert [(page.status_code, page.get("Retry-After")) for page in posts] == [(503, "30")] * 5
    assert [each for each in caplog.records if each.name == "django.request"] == []  # with paths, which hold tokens
    assert "It is not your fault, and nothing was saved." in posts[0].content.decode()
    assert "dalia@kituo.example" in posts[0].content.decode()  # to be sent again by a button
    asked = staff.get("/admin/signon/signon/", {"q": ASHA})  # nobody is told that nothing is found
    assert (asked.status_code, asked["Retry-After"]) == (503, "30")
    pages = [reverse("home"), *(reverse(name, args=[statement.slug]) for name in ("statement", "signatories", "sign"))]
    assert [client.get(page).status_code for page in pages] == [200] * 4
    # No keys at all find nobody either, and would write addresses in clear.
    settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = [], ""
    assert client.post(leaving, ONE_CLICK).status_code == 503
    keys(HASH)
    assert (everything(), Suppression.objects.count()) == (before, 0)
    assert client.post(confirming).status_code == 200
    assert client.post(leaving, ONE_CLICK).status_code == 200
    assert Suppression.objects.get().mailbox == BINTA


def test_every_way_to_write_an_address_is_refused(keys):  # noqa: F811
    hash_key.remember()
    sign_on = SignOnFactory(email=ASHA)
    keys(OTHER)
    sign_on.email = BINTA
    ways = [
        sign_on.save,
        lambda: SignOn.objects.update(email=BINTA),
        lambda: SignOn.objects.bulk_update([sign_on], ["email"]),
        lambda: Suppression.objects.bulk_create([Suppression(mailbox=BINTA, reason="bounced")]),
        lambda: Suppression.objects.get_or_create(mailbox=BINTA, reason="bounced"),
    ]
    for way in ways:
        with pytest.raises(hash_key.AnotherKey), transaction.atomic():
            way()
    assert SignOn.objects.update(email="") == 1  # what is blanked needs no key


def test_the_key_is_asked_for_once_and_what_was_wrong_is_asked_again(keys, django_assert_num_queries):  # noqa: F811
    hash_key.remember()
    hash_key.demand()
    with django_assert_num_queries(0):
        hash_key.demand()
    keys(OTHER)
    for _time in range(2):
        with pytest.raises(hash_key.AnotherKey):
            hash_key.demand()
    # Meanwhile another process hashed all anew.
    HashKeyMark.objects.update(mark=contact_keys.mark_of_hash_key())
    hash_key.demand()


def test_a_key_that_is_changed_elsewhere_is_found_within_a_minute(keys, monkeypatch):  # noqa: F811
    hash_key.remember()
    hash_key.demand()
    HashKeyMark.objects.update(mark="another")
    hash_key.demand()
    monkeypatch.setattr(hash_key, "SECONDS", 0)
    with pytest.raises(hash_key.AnotherKey):
        hash_key.demand()


def test_a_database_without_the_table_is_being_migrated(keys, monkeypatch):  # noqa: F811
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE signon_hashkeymark RENAME TO away")
    monkeypatch.setattr(hash_key, "SECONDS", 0)
    assert SignOnFactory(email=ASHA).pk  # and the transaction bears it


@pytest.mark.django_db(transaction=True)
def test_a_job_that_meets_another_key_is_not_given_up(keys, monkeypatch):  # noqa: F811
    hash_key.remember()
    job = jobs.begin(Job.Kind.EXPORT, 1, by=UserFactory())

    def work(_job):
        keys(OTHER)
        SignOnFactory(email=ASHA)

    monkeypatch.setitem(tasks._WORK, Job.Kind.EXPORT, work)
    tasks.do_next_job()
    job.refresh_from_db()
    assert (job.state, job.problem, job.lease_ends_at > timezone.now()) == (Job.State.RUNNING, "", True)


def test_commands_refuse_in_one_line(keys, tmp_path):  # noqa: F811
    hash_key.remember()
    statement = StatementFactory()
    keys(OTHER)
    path = tmp_path / "list.csv"
    path.write_text("organization,country,email\nKituo,Kenya,asha@kituo.example\n")
    assert refused("import_signatories", statement.slug, str(path)) == hash_key.WORDS
    assert not SignOn.objects.exists()
    assert refused("prepare_database").startswith(hash_key.WORDS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", ["import config.wsgi", "celery worker"])
def test_web_and_worker_do_not_start(keys, command):  # noqa: F811
    hash_key.remember()
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "CONTACT_KEYS": KEY,
        "CONTACT_HASH_KEY": OTHER,
    }
    worker = ["-W", "ignore", "-m", "celery", "-q", "-A", "config", "worker", "--pool", "threads", "--concurrency", "1"]
    arguments = ["-W", "ignore", "-c", command] if command.startswith("import") else worker
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [f"{hash_key.WORDS} {promises.HOW_TO_MEND_THE_KEY}"]


def test_a_process_starts_where_nobody_can_be_asked_and_where_the_key_is_right(keys, monkeypatch):  # noqa: F811
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own
    hash_key.remember()
    promises.leave_under_another_key()

    def away():
        raise OperationalError

    monkeypatch.setattr(hash_key, "is_right", away)
    promises.leave_under_another_key()
