from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.models import RevisionText, Statement
from signon import signing, tokens, verifying
from signon.mail import asking, limits, relevance, rendering
from signon.models import Counter, LedgerEntry, Message, SignOn
from signon.statements import time_to_confirm
from tests.factories import SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]

TYPED = {
    "organization_name": "Mujeres Unidas",
    "country": "MX",
    "organization_type": "ngo",
    "representative_name": "Ana López",
    "email": "ana@mujeresunidas.example",
    "authorized": True,
    "consent_publish": True,
}


def sign(statement, language="en", digest="", **changes):
    return signing.sign(statement=statement, language=language, digest=digest, **(TYPED | changes))


def test_signing_writes_the_sign_on_its_ledger_entry_and_its_message_together():
    sign_on = sign(StatementFactory())
    assert sign_on.state == "unconfirmed"
    assert [entry.act for entry in sign_on.ledger.all()] == ["signed"]
    assert [(message.kind, message.state) for message in sign_on.messages.all()] == [("verification", "queued")]


def test_what_strangers_type_does_not_enter_the_directory():
    assert sign(StatementFactory()).organization is None


def test_a_closed_statement_takes_no_sign_on():
    statement = StatementFactory(closes_at=timezone.now() - timedelta(seconds=1), opens_at=None)
    with pytest.raises(signing.NotOpen):
        sign(statement)


def test_a_statement_that_is_not_open_yet_takes_no_sign_on():
    with pytest.raises(signing.NotOpen):
        sign(StatementFactory(opens_at=timezone.now() + timedelta(hours=1)))


def test_a_draft_takes_no_sign_on():
    with pytest.raises(signing.NotOpen):
        sign(StatementFactory(state="draft"))


def test_who_read_an_older_text_is_asked_to_read_again():
    statement = StatementFactory()
    read = statement.text().digest
    statement.text().write(title="Bread", body="Another text.")
    with pytest.raises(signing.TextChanged):
        sign(type(statement).objects.get(pk=statement.pk), digest=read)


def test_signing_freezes_the_text_signed_and_the_original_but_no_other_translation():
    statement = StatementFactory(texts={"en": "Bread", "fr": "Pain", "es": "Pan"})
    sign(statement, language="fr")
    frozen = RevisionText.objects.filter(frozen_at__isnull=False).values_list("language", flat=True)
    assert sorted(frozen) == ["en", "fr"]


def test_a_sign_on_is_bound_to_the_language_that_was_read():
    statement = StatementFactory(texts={"en": "Bread", "fr": "Pain"})
    assert sign(statement, language="fr").text.title == "Pain"


def test_where_there_is_no_text_in_the_reader_s_language_the_original_is_signed():
    sign_on = sign(StatementFactory(), language="ar")
    assert (sign_on.text.language, sign_on.language) == ("en", "ar")


def test_typing_again_replaces_what_waits_and_the_link_that_was_mailed_opens_it():
    statement = StatementFactory()
    first = sign(statement, organization_name="Mujeres Unidsa")
    second = sign(statement, organization_name="Mujeres Unidas")
    assert second.pk == first.pk
    assert (second.organization_name, second.listed_name, second.version) == (
        "Mujeres Unidas",
        "Mujeres Unidas",
        2,
    )
    assert [entry.act for entry in second.ledger.all()] == ["signed", "typed_again"]
    message = second.messages.get()
    assert "Mujeres Unidas" in rendering.render(message).body
    assert tokens.make(first, tokens.CONFIRM).split(":")[0] in rendering.render(message).body


def test_typing_again_mails_a_new_link_after_an_hour():
    statement = StatementFactory()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_on = sign(statement)
        clock.shift(timedelta(minutes=59))
        sign(statement)
        assert sign_on.messages.count() == 1
        clock.shift(timedelta(minutes=1))
        sign(statement)
        assert sign_on.messages.count() == 2


@pytest.mark.parametrize("state", ["dead", "bounced", "suppressed", "canceled"])
def test_typing_again_mails_a_new_link_at_once_where_the_last_one_did_not_arrive(state):
    statement = StatementFactory()
    sign_on = sign(statement)
    sign_on.messages.update(state=state)
    sign(statement)
    assert sorted(sign_on.messages.values_list("state", flat=True)) == sorted([state, "queued"])


def test_a_double_click_is_one_sign_on_and_one_mail():
    statement = StatementFactory()
    sign(statement)
    sign(statement)
    assert (SignOn.objects.count(), Message.objects.count()) == (1, 1)


def test_the_address_is_the_same_in_any_case():
    statement = StatementFactory()
    sign(statement, email="ana@mujeresunidas.example")
    sign(statement, email="Ana@MujeresUnidas.example")
    assert SignOn.objects.count() == 1


def test_nobody_can_flood_a_mailbox_by_typing_again_and_again():
    statement = StatementFactory()
    for number in range(limits.MOST_AN_HOUR + 3):
        sign(statement, organization_name=f"Organization {number}")
    assert Message.objects.count() == 1


def test_nobody_can_flood_a_mailbox_from_many_statements():
    for _number in range(limits.MOST_AN_HOUR + 3):
        sign(StatementFactory())
    assert Message.objects.count() == limits.MOST_AN_HOUR


def test_nobody_can_flood_a_mailbox_hour_after_hour():
    statements = [StatementFactory() for _number in range(limits.MOST_AN_HOUR)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for hour in range(6):
            for statement in statements:
                sign(statement, organization_name=f"Organization {hour}")
            clock.shift(timedelta(hours=1, seconds=1))
    assert Message.objects.count() == limits.MOST_A_DAY


def test_who_has_confirmed_and_signs_again_gets_a_mail_that_says_so_and_no_second_sign_on():
    statement = StatementFactory()
    first = sign(statement)
    signing.confirm(first, version=1)
    assert sign(statement).pk == first.pk
    assert SignOn.objects.count() == 1
    assert first.messages.filter(state="queued").values_list("kind", flat=True).get() == "already_signed"


def test_once_confirmed_the_same_person_may_sign_for_another_organization():
    statement = StatementFactory()
    signing.confirm(sign(statement), version=1)
    sign(statement, organization_name="Red de Mujeres")
    assert SignOn.objects.count() == 2


def test_another_address_for_an_organization_that_stands_is_an_ordinary_sign_on():
    statement = StatementFactory()
    standing = accepted(statement=statement, organization_name="Mujeres Unidas", country="MX")
    other = sign(statement, email="eva@elsewhere.example")
    assert other.pk != standing.pk
    assert other.messages.get().to_address == "eva@elsewhere.example"
    assert standing.messages.exclude(kind="accepted").count() == 0


def test_a_stranger_cannot_block_an_organization_by_typing_its_name():
    statement = StatementFactory()
    sign(statement, email="stranger@elsewhere.example")
    own = sign(statement)
    signing.confirm(own, version=1)
    verifying.accept(own, by=UserFactory())
    assert SignOn.objects.public().get() == own


def test_confirming_happens_once():
    sign_on = sign(StatementFactory())
    signing.confirm(sign_on, version=1)
    assert (sign_on.state, sign_on.confirmed_at is not None) == ("confirmed", True)
    with pytest.raises(signing.CannotConfirm, match="used"):
        signing.confirm(sign_on, version=1)
    assert [entry.act for entry in sign_on.ledger.all()] == ["signed", "confirmed"]


@pytest.mark.parametrize(
    ("statement_s", "its_own", "reason"),
    [
        ({"state": "withdrawn"}, {}, "withdrawn_statement"),
        ({"state": "closed", "opens_at": None, "closes_at": datetime(2026, 1, 1, tzinfo=UTC)}, {}, "closed"),
        ({}, {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}, "expired"),
        ({}, {"state": "expired", "expires_at": None, "ended_at": datetime(2026, 1, 1, tzinfo=UTC)}, "expired"),
    ],
)
def test_what_was_changed_since_the_sign_on_was_read_decides(statement_s, its_own, reason):
    sign_on = sign(StatementFactory())
    Statement.objects.filter(pk=sign_on.statement_id).update(**statement_s)
    SignOn.objects.filter(pk=sign_on.pk).update(**its_own)
    with pytest.raises(signing.CannotConfirm, match=reason):
        signing.confirm(sign_on, version=1)
    assert not sign_on.ledger.filter(act="confirmed").exists()


def test_what_was_typed_again_since_it_was_read_is_not_confirmed():
    sign_on = sign(StatementFactory())
    SignOn.objects.filter(pk=sign_on.pk).update(version=2, organization_name="Words that nobody saw")
    with pytest.raises(signing.TypedAgain):
        signing.confirm(sign_on, version=1)
    sign_on.refresh_from_db()
    assert sign_on.state == "unconfirmed"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"closes_at": datetime(2026, 1, 2, tzinfo=UTC)}, "closed"),  # while it is still marked as open
        ({"state": "delivered"}, "closed"),
        ({"state": "withdrawn"}, "withdrawn_statement"),
    ],
)
def test_of_what_decides_about_the_statement_each_is_looked_at_again(changed, reason):
    statement = StatementFactory(opens_at=None, closes_at=timezone.now() + timedelta(days=1))
    sign_on = sign(statement)
    Statement.objects.filter(pk=statement.pk).update(**changed)
    with pytest.raises(signing.CannotConfirm, match=reason):
        signing.confirm(sign_on, version=1)


def test_who_came_late_no_longer_is_not_taken_for_one_who_did():
    statement = StatementFactory(opens_at=None)
    sign_on = sign(statement)
    Statement.objects.filter(pk=statement.pk).update(state="closed", closes_at=datetime(2026, 1, 2, tzinfo=UTC))
    SignOn.objects.filter(pk=sign_on.pk).update(came_late=True)
    late = SignOn.objects.select_related("statement").get(pk=sign_on.pk)
    assert time_to_confirm.why_not(late) == ""
    SignOn.objects.filter(pk=sign_on.pk).update(came_late=False)
    with pytest.raises(signing.CannotConfirm, match="closed"):
        signing.confirm(late, version=1)


@pytest.mark.parametrize("has_expired", [True, False])
def test_who_has_more_time_than_was_read_confirms(has_expired):
    sign_on = sign(StatementFactory())
    SignOn.objects.filter(pk=sign_on.pk).update(expires_at=timezone.now() + timedelta(days=90))
    if has_expired:
        sign_on.expires_at = timezone.now() - timedelta(days=1)
    signing.confirm(sign_on, version=1)
    assert (sign_on.state, sign_on.expires_at) == ("confirmed", None)
    sign_on.refresh_from_db()
    assert (sign_on.state, sign_on.expires_at, sign_on.case.codes) == ("confirmed", None, [])
    assert [message.state for message in sign_on.messages.all()] == ["canceled"]


def test_a_button_below_an_older_version_confirms_nothing():
    statement = StatementFactory()
    sign(statement)
    newest = sign(statement, organization_name="Mujeres Unidas de México")
    with pytest.raises(signing.TypedAgain):
        signing.confirm(newest, version=1)
    newest.refresh_from_db()
    assert newest.state == "unconfirmed"


@pytest.mark.parametrize(("hours", "confirmed"), [(71, True), (73, False)])
def test_what_was_signed_before_closing_may_be_confirmed_for_72_hours_more(hours, confirmed):
    statement = StatementFactory()
    sign_on = sign(statement)
    statement.opens_at, statement.closes_at = None, timezone.now() - timedelta(hours=hours)
    statement.save()
    sign_on.statement.refresh_from_db()
    assert (time_to_confirm.why_not(sign_on) == "") is confirmed
    assert time_to_confirm.why_not(sign_on) in ("", "closed")


def test_after_delivery_nothing_is_confirmed():
    statement = StatementFactory()
    sign_on = sign(statement)
    statement.state, statement.opens_at, statement.closes_at = "delivered", None, timezone.now()
    statement.save()
    sign_on.statement.refresh_from_db()
    assert time_to_confirm.why_not(sign_on) == "closed"


def test_a_link_is_good_for_30_days_or_until_72_hours_after_closing_where_that_is_later():
    soon = sign(StatementFactory())
    late = sign(StatementFactory(closes_at=timezone.now() + timedelta(days=100)))
    assert timedelta(days=29) < soon.expires_at - timezone.now() <= timedelta(days=30)
    assert late.expires_at == late.statement.closes_at + timedelta(hours=72)


def test_this_was_not_me_ends_the_sign_on_its_link_and_its_mails():
    statement = StatementFactory()
    sign_on = sign(statement)
    assert signing.this_was_not_me(sign_on)
    assert time_to_confirm.why_not(sign_on) == "not_me"
    assert sign_on.messages.get().state == "canceled"
    sign(statement)
    assert Message.objects.filter(state="queued").count() == 0


def test_this_was_not_me_does_nothing_to_what_is_confirmed():
    sign_on = sign(StatementFactory())
    signing.confirm(sign_on, version=1)
    assert not signing.this_was_not_me(sign_on)
    assert sign_on.state == "confirmed"


def test_withdrawing_takes_a_signatory_off_the_list_and_the_count():
    sign_on = accepted()
    assert signing.withdraw(sign_on, reason="We left the network.")
    assert SignOn.objects.public().count() == 0
    assert Counter.objects.filter(statement=sign_on.statement).tally().organizations == 0
    assert not signing.withdraw(sign_on)


def test_who_had_confirmed_is_mailed_what_was_withdrawn_on_their_page():
    statement = StatementFactory()
    waiting = sign(statement)
    assert signing.withdraw(waiting, tells_signer=True)
    assert not waiting.messages.filter(kind="withdrawn").exists()
    sign_on = accepted(statement=statement, organization_name="Mujeres Unidas")
    assert signing.withdraw(sign_on, reason="Private words", tells_signer=True)
    told = sign_on.messages.get(kind="withdrawn")
    assert relevance.is_true(told)
    mail = rendering.render(told)
    assert mail.subject == f"Withdrawn: {sign_on.text.title}"
    assert "Mujeres Unidas" in mail.body
    assert "You can also sign again" in mail.body
    assert "Private words" not in mail.body
    assert "/manage/" not in mail.body


def test_without_consent_a_sign_on_is_counted_only():
    sign_on = sign(StatementFactory(), consent_publish=False, listing="name")
    assert sign_on.listing == "count"


def test_links_are_mailed_to_an_address_for_its_own_sign_ons_only():
    waiting, other = sign(StatementFactory()), sign(StatementFactory(), email="else@elsewhere.example")
    Message.objects.all().delete()
    asking.mail_links("ANA@mujeresunidas.example", "en")
    asking.mail_links("nobody@elsewhere.example", "en")
    assert list(Message.objects.order_by().values_list("kind", "state").distinct()) == [("links", "queued")]
    own = rendering.render(Message.objects.get(to_address="ANA@mujeresunidas.example"))
    assert tokens.make(waiting, tokens.CONFIRM).split(":")[0] in own.body
    assert tokens.make(other, tokens.CONFIRM).split(":")[0] not in own.body
    assert rendering.own_sign_ons("nobody@elsewhere.example") == []


def test_a_ledger_entry_holds_no_personal_data():
    sign_on = sign(StatementFactory())
    signing.confirm(sign_on, version=1)
    signing.withdraw(sign_on, reason="Private words")
    written = "".join(str(entry.facts) for entry in LedgerEntry.objects.all())
    for secret in ("Ana", "mujeresunidas", "Private"):
        assert secret not in written


def test_two_waiting_sign_ons_of_one_address_for_two_statements_stand_side_by_side():
    sign(StatementFactory())
    sign(StatementFactory())
    assert SignOnFactory._meta.model.objects.filter(state="unconfirmed").count() == 2
