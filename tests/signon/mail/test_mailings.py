"""Writing to many signers: who gets it, and starting, pausing and stopping it."""

import threading

import pytest
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from campaigns.models import Revision, RevisionText
from signon.mail import addresses, dispatching, mailings
from signon.models import Mailing, Message, SignOn, Suppression
from tests.elsewhere import Elsewhere, wait_until_somebody_waits
from tests.factories import StatementFactory, UserFactory
from tests.signon.mail.written import compose_all, many, reached, signer, written
from tests.smtp import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]


@pytest.fixture
def statement():
    return StatementFactory()


@pytest.fixture
def server(settings):
    with MailServer() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = made.port
        yield made


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
    assert reached(written(statement, sign_on_states=["unconfirmed"])) == []


def test_who_wants_no_updates_is_left_out_where_the_mailing_says_so(statement):
    signer(statement, "yes@some.example")
    signer(statement, "no@some.example", consent_updates=False)
    assert reached(written(statement)) == ["yes@some.example"]
    assert reached(written(statement, only_with_consent=False)) == ["no@some.example", "yes@some.example"]


@pytest.mark.parametrize("reason", [reason for reason in Suppression.Reason.values if reason != "opted_out"])
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
    dispatching.deliver_due("bulk")
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


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    dispatching.deliver_due("bulk")
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
    dispatching.deliver_due("bulk")
    compose_all()
    chosen.refresh_from_db()
    assert (len(server.mails), mailings.progress(chosen).sent, chosen.state) == (39, 39, "done")


# Starting, pausing, stopping


def test_without_words_or_without_readers_it_does_not_start(statement):
    signer(statement, "asha@some.example")
    half = written(statement, texts=("en", "fr"))
    half.texts.filter(language="fr").update(body="")
    unread = written(statement, sign_on_states=["declined"])
    for chosen, reason in [(written(statement, texts=()), "no_words"), (half, "no_words"), (unread, "no_readers")]:
        with pytest.raises(mailings.CannotSend) as refused:
            mailings.start(chosen)
        assert refused.value.reason == reason
    assert set(Mailing.objects.values_list("state", flat=True)) == {"draft"}


def test_a_draft_keeps_who_it_goes_to_and_its_words_where_there_are_any(statement):
    draft = written(statement, texts=("en", "fr"))
    draft.countries = ["KE"]
    mailings.keep(draft, {"en": ("Other news", "We met."), "fr": ("", ""), "es": ("Noticias", ""), "ar": ("", "")})
    kept = Mailing.objects.get()
    assert kept.countries == ["KE"]
    assert list(kept.texts.values_list("language", "subject", "body")) == [
        ("en", "Other news", "We met."),
        ("es", "Noticias", ""),
    ]


def test_what_was_started_is_not_written_any_more(statement):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    stale = Mailing.objects.get(pk=chosen.pk)
    mailings.start(chosen)
    stale.countries = ["MX"]
    with pytest.raises(mailings.CannotSend, match="state"):
        mailings.keep(stale, {"en": ("Other", "words")})
    chosen.refresh_from_db()
    assert (chosen.countries, chosen.state, str(chosen)) == ([], "sending", "News")


def test_it_starts_for_as_many_as_somebody_saw_alone(statement):
    signer(statement, "asha@some.example")
    signer(statement, "ana@some.example", country="MX")
    chosen = written(statement)
    stale = Mailing.objects.get(pk=chosen.pk)
    chosen.countries = ["MX"]
    mailings.keep(chosen, {})
    with pytest.raises(mailings.CannotSend, match="changed"):
        mailings.start(stale, seen=2)
    assert mailings.start(stale, seen=1) == stale.recipients == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_it_is_started_does_not_make_a_draft_of_it_again(statement):
    signer(statement, "asha@some.example")
    chosen, refused = written(statement), []
    older = Mailing.objects.get(pk=chosen.pk)

    def save():
        try:
            mailings.keep(older, {"en": ("Other", "Words.")})
        except mailings.CannotSend as error:
            refused.append(error.reason)
        finally:
            connections.close_all()

    later = threading.Thread(target=save)
    with Elsewhere(lambda: mailings.start(chosen)):
        later.start()
        wait_until_somebody_waits()
    later.join(30)
    assert (refused, Mailing.objects.get().state) == (["state"], Mailing.State.SENDING)
    assert not chosen.texts.filter(subject="Other").exists()


def test_a_test_of_no_words_is_not_sent(statement):
    with pytest.raises(mailings.CannotSend, match="no_words"):
        mailings.send_test(written(statement, texts=()), user=UserFactory(), language="en")
    assert not Message.objects.exists()


def test_who_is_left_when_it_is_stopped_before_it_was_composed_counts_as_left_out(statement):
    many(statement, 9)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.stop(chosen)
    progress = mailings.progress(chosen)
    assert (progress.composed, progress.left_out, progress.percent) == (0, 9, 100)


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
    held = dispatching.claim(10, lane="bulk")
    mailings.pause(chosen)
    dispatching.deliver(held)  # what a worker holds may still go
    before = len(server.mails)
    mailings.advance()
    assert (dispatching.deliver_due("bulk"), len(server.mails)) == (False, before)
    assert mailings.progress(chosen).waiting == 30 - before
    mailings.resume(chosen)
    dispatching.deliver_due("bulk")
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
    held = dispatching.claim(lane="bulk")
    mailings.pause(chosen)
    dispatching.deliver(held)
    mailings.advance()
    assert set(Message.objects.values_list("due_at", flat=True)) == {None}


def test_stopped_sends_no_more_and_accounts_for_each(statement, server, monkeypatch):
    monkeypatch.setattr(mailings, "CHUNK", 10)
    many(statement, 30)
    chosen = written(statement)
    mailings.start(chosen)
    mailings.advance()
    dispatching.deliver(dispatching.claim(4, lane="bulk"))
    held = dispatching.claim(3, lane="bulk")
    mailings.stop(chosen)
    assert dispatching.deliver(held) == 0
    compose_all()
    dispatching.deliver_due("bulk")
    progress = mailings.progress(chosen)
    assert (progress.composed, progress.sent, progress.left_out, progress.waiting) == (10, 4, 26, 0)
    assert len(server.mails) == 4
    for act in (mailings.resume, mailings.pause, mailings.stop, mailings.start):
        with pytest.raises(mailings.CannotSend):
            act(chosen)


def test_a_test_goes_to_staff_alone_and_counts_as_no_recipient(statement, server):
    signer(statement, "asha@some.example")
    chosen = written(statement)
    mailings.send_test(chosen, user=chosen.created_by, language="en")
    dispatching.deliver_due("bulk")
    assert [mail["To"] for mail in server.mails] == [chosen.created_by.email]
    assert mailings.progress(chosen).composed == 0
