"""Writing to many signers. FULL=1 composes for 50,000."""

import gc
import os
import tracemalloc

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.models import Revision, RevisionText
from signon import addresses, mailing, mailings, names
from signon.models import Mailing, MailingText, Message, SignOn, Suppression
from tests.elsewhere import together
from tests.factories import SignOnFactory, StatementFactory, UserFactory
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db
FULL = os.environ.get("FULL") == "1"


@pytest.fixture
def statement():
    return StatementFactory()


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


def signer(statement, email, **fields):
    fields = {"confirmed": True, "consent_updates": True} | fields
    return SignOnFactory(statement=statement, text=statement.text(), email=email, **fields)


def written(statement, texts=("en",), **fields):
    fields = {"sign_on_states": ["confirmed", "accepted"], "created_by": UserFactory()} | fields
    chosen = Mailing.objects.create(statement=statement, **fields)
    for language in texts:
        MailingText.objects.create(mailing=chosen, language=language, subject="News", body="We **met** them.")
    return chosen


def many(statement, count):
    """So many confirmed signers, by few INSERTs."""
    key = {"sort_key": names.sort_key("A"), "search_key": names.search_key("A"), "listed_name": "A"}
    typed = {"organization_name": "A", "state": "confirmed", "confirmed_at": timezone.now(), "consent_publish": True}
    both = {"statement": statement, "text": statement.text(), "consent_updates": True, "country": "KE", **key, **typed}
    made = [SignOn(email=f"signer{number}@many.example", **both) for number in range(count)]
    return SignOn.objects.bulk_create(made, batch_size=2000)


def compose_all():
    while mailings.advance():
        pass


def reached(chosen):
    return sorted(mailings.audience(chosen).values_list("mailbox", flat=True))


# Who gets it


def test_it_goes_to_the_chosen_states_and_countries_of_its_statement_alone(statement):
    signer(statement, "ke@some.example")
    signer(statement, "mx@some.example", country="MX")
    signer(statement, "world@some.example", country="", scope="international")
    signer(statement, "unconfirmed@some.example", confirmed=False)
    signer(StatementFactory(), "other@some.example")
    assert reached(written(statement)) == ["ke@some.example", "mx@some.example", "world@some.example"]
    assert reached(written(statement, countries=["MX"])) == ["mx@some.example"]
    assert reached(written(statement, countries=["", "KE"])) == ["ke@some.example", "world@some.example"]
    assert reached(written(statement, sign_on_states=["accepted"])) == []
    assert reached(written(statement, sign_on_states=["unconfirmed"])) == ["unconfirmed@some.example"]


def test_who_wants_no_updates_is_left_out_where_the_mailing_says_so(statement):
    signer(statement, "yes@some.example")
    signer(statement, "no@some.example", consent_updates=False)
    assert reached(written(statement)) == ["yes@some.example"]
    assert reached(written(statement, only_with_consent=False)) == ["no@some.example", "yes@some.example"]


@pytest.mark.parametrize("reason", Suppression.Reason.values)
def test_a_barred_mailbox_gets_none_however_it_is_spelled_until_that_is_lifted(statement, reason):
    signer(statement, "Asha+signs@some.example")
    against = Suppression.objects.create(mailbox="asha@some.example", reason=reason)
    chosen = written(statement)
    assert (reached(chosen), mailings.count(chosen)) == ([], 0)
    with pytest.raises(mailings.CannotSend):
        mailings.start(chosen)
    against.lifted_at = timezone.now()
    against.save()
    assert mailings.count(chosen) == 1


def test_who_unsubscribes_after_it_was_composed_gets_none(statement, server):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    mailings.start(chosen)
    compose_all()
    Suppression.objects.create(mailbox="asha@some.example", reason="unsubscribed")
    mailing.deliver_due("bulk")
    assert (server.mails, mailings.progress(chosen).left_out) == ([], 1)


def test_reaffirming_goes_to_who_signed_an_earlier_text(statement):
    signer(statement, "before@some.example")
    newest = Revision.objects.create(statement=statement, number=2, original_language="en")
    RevisionText(revision=newest, language="en").write(title="Amended", body="New words.", lead="")
    amended = type(statement).objects.get(pk=statement.pk)
    signer(amended, "after@some.example")
    assert reached(written(amended, kind="reaffirm")) == ["before@some.example"]
    assert reached(written(amended)) == ["after@some.example", "before@some.example"]


LOCAL = r"[A-Za-z0-9.!#$%&'*/=?^_`{|}~+-]{1,30}"
SHAPES = st.from_regex(LOCAL + r"@[A-Za-z0-9]{1,12}(-[a-z0-9]{1,4})?\.[A-Za-z]{2,8}", fullmatch=True)


@settings(max_examples=300 if FULL else 100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("A+b@X.example")
@example("a+b+c@x.example")
@example("+tag@x.example")
@example("a++@x.example")
@example("a.b+@x.example")
@example("Ae+x@XN--TDA.example")
@given(address=SHAPES)
def test_the_database_counts_mailboxes_as_python_does(statement, address):
    sign_on = SignOn.objects.filter(statement=statement).first() or signer(statement, "a@b.example")
    SignOn.objects.filter(pk=sign_on.pk).update(email=address)
    chosen = Mailing(statement=statement, sign_on_states=["confirmed"])
    assert reached(chosen) == [addresses.mailbox(address)]


def test_two_sign_ons_of_one_mailbox_are_one_recipient_and_one_mail(statement, server):
    for address in ("asha@some.example", "Asha+2@some.example", "asha+3@some.example"):
        signer(statement, address)
    signer(statement, "other@some.example")
    chosen = written(statement)
    assert mailings.count(chosen) == mailings.start(chosen) == 2
    compose_all()
    mailing.deliver_due("bulk")
    assert sorted(mail["To"] for mail in server.mails) == ["asha@some.example", "other@some.example"]
    assert mailings.progress(chosen).percent == 100


def test_the_count_before_is_the_number_sent_after(statement, server):
    many(statement, 40)
    signer(statement, "SIGNER3+b@many.example")
    Suppression.objects.create(mailbox="signer4@many.example", reason="by_hand")
    chosen = written(statement)
    number = mailings.count(chosen)
    assert sum(mailings.by_language(chosen).values()) == number == mailings.start(chosen) == 39
    signer(statement, "late@some.example")  # after the start: not among those who were counted
    compose_all()
    mailing.deliver_due("bulk")
    compose_all()
    chosen.refresh_from_db()
    assert (len(server.mails), mailings.progress(chosen).sent, chosen.state) == (39, 39, "done")


# Starting, pausing, stopping


def test_without_words_or_without_readers_it_does_not_start(statement):
    signer(statement, "asha@some.example")
    half = written(statement, texts=("en", "fr"))
    half.texts.filter(language="fr").update(body="")
    for chosen in (written(statement, texts=()), half, written(statement, sign_on_states=["declined"])):
        with pytest.raises(mailings.CannotSend):
            mailings.start(chosen)
    assert set(Mailing.objects.values_list("state", flat=True)) == {"draft"}


def test_it_starts_once(statement):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    mailings.start(chosen)
    with pytest.raises(mailings.CannotSend):
        mailings.start(Mailing.objects.get(pk=chosen.pk))


def test_paused_sends_none_and_resumed_each_once(statement, server):
    many(statement, 30)
    chosen = written(statement)
    mailings.start(chosen)
    compose_all()
    held = mailing.claim(10, lane="bulk")
    mailings.pause(chosen)
    mailing.deliver(held)  # what a worker holds may still go
    before = len(server.mails)
    mailings.advance()
    assert (mailing.deliver_due("bulk"), len(server.mails)) == (False, before)
    assert mailings.progress(chosen).waiting == 30 - before
    mailings.resume(chosen)
    mailing.deliver_due("bulk")
    assert sorted(mail["To"] for mail in server.mails) == sorted(f"signer{number}@many.example" for number in range(30))


def test_paused_composes_none(statement, monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 10)
    many(statement, 30)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.advance()
    mailings.pause(chosen)
    compose_all()
    assert (Message.objects.count(), Message.objects.exclude(due_at=None).count()) == (10, 0)
    mailings.resume(chosen)
    compose_all()
    assert Message.objects.exclude(due_at=None).count() == 30


def test_what_failed_while_it_was_paused_waits_too(statement, server):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    mailings.start(chosen)
    compose_all()
    server.answer = lambda recipient: "450 Later"
    held = mailing.claim(lane="bulk")
    mailings.pause(chosen)
    mailing.deliver(held)
    mailings.advance()
    assert set(Message.objects.values_list("due_at", flat=True)) == {None}


def test_stopped_sends_no_more_and_accounts_for_each(statement, server, monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 10)
    many(statement, 30)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.advance()
    mailing.deliver(mailing.claim(4, lane="bulk"))
    held = mailing.claim(3, lane="bulk")
    mailings.stop(chosen)
    assert mailing.deliver(held) == 0
    compose_all()
    mailing.deliver_due("bulk")
    progress = mailings.progress(chosen)
    assert (progress.composed, progress.sent, progress.left_out, progress.waiting) == (10, 4, 6, 0)
    assert len(server.mails) == 4
    for act in (mailings.resume, mailings.pause, mailings.stop, mailings.start):
        with pytest.raises(mailings.CannotSend):
            act(chosen)


def test_a_test_goes_to_staff_alone_and_counts_as_no_recipient(statement, server):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    mailings.send_test(chosen, user=chosen.created_by, language="en")
    mailing.deliver_due("bulk")
    assert [mail["To"] for mail in server.mails] == [chosen.created_by.email]
    assert mailings.progress(chosen).composed == 0


# Composing


def test_a_chunk_that_dies_leaves_nothing_and_is_composed_again(statement, monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 10)
    many(statement, 25)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.advance()
    queue = mailing.queue

    def dies(messages):
        queue(messages)
        raise SystemExit

    monkeypatch.setattr(mailing, "queue", dies)
    with pytest.raises(SystemExit):
        mailings.advance()
    assert Message.objects.count() == 10
    monkeypatch.setattr(mailing, "queue", queue)
    compose_all()
    Mailing.objects.update(composed_to=0)  # as if all were composed once more
    compose_all()
    chosen.refresh_from_db()
    assert (Message.objects.count(), chosen.composed) == (25, 25)


@pytest.mark.django_db(transaction=True)
def test_workers_that_compose_at_once_write_to_each_once(monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 20)
    statement = StatementFactory()
    many(statement, 100)
    chosen = written(statement)
    mailings.start(chosen)
    assert together(*[compose_all] * 4) == [None] * 4
    compose_all()
    chosen.refresh_from_db()
    assert (Message.objects.count(), chosen.composed) == (100, 100)


def test_the_memory_that_composing_takes_does_not_grow(statement, monkeypatch):
    count, chunk = (50_000, 1000) if FULL else (3000, 200)
    monkeypatch.setattr(mailings, "CHUNK", chunk)
    many(statement, count)
    chosen = written(statement)
    assert mailings.start(chosen) == count
    peaks = []
    tracemalloc.start()
    try:
        for _chunk in range(count // chunk):
            gc.collect()
            tracemalloc.reset_peak()
            assert mailings.advance()
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert Message.objects.count() == Message.objects.values("mailbox").distinct().count() == count
    assert max(peaks[-3:]) < 1.5 * peaks[2]
