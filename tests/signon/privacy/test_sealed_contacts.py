"""Contact data under keys: nothing at rest is readable, everything works, keys are changed without loss.

That all else works the same is shown by the files marked `also_sealed`, whose tests run in clear and under keys.
"""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from config import environment
from signon import exporting, inviting, mailing, retention, signing
from signon.events import registration_desk
from signon.exports import list_pieces
from signon.exports.export_choice import Choice
from signon.mail import asking, bouncing, dispatching, limits, mailings
from signon.models import (
    Convener,
    Import,
    ImportRow,
    Invitation,
    LateLink,
    Message,
    Registration,
    SignOn,
    Suppression,
)
from signon.privacy import contact_keys, resealing
from signon.privacy.contact_keys import PREFIX, Unreadable
from signon.resources import ContactResource
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted
from tests.signon.events.test_registering import event
from tests.signon.mail.written import written
from tests.signon.test_constraints import Refused

pytestmark = pytest.mark.django_db

OLD, NEW, OTHER, HASH = (
    f"{name}-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2 for name in ("old", "new", "other", "hash")
)
LOCAL, DOMAIN = "Zebedee.Quagga+tag", "secret.example"
ADDRESS = f"{LOCAL}@{DOMAIN}"
MAILBOX = f"zebedee.quagga@{DOMAIN}"


@pytest.fixture
def keys(settings):
    """Call it to change the keys; the first encrypts."""

    def change(*names):
        settings.CONTACT_KEYS, settings.CONTACT_HASH_KEY = list(names), HASH if any(names) else ""

    change(OLD)
    return change


@pytest.fixture
def statement():
    return StatementFactory(accepts_individuals=True)


# Accounts, which allauth looks up itself (docs/privacy.md), and the mark of a key.
UNTOLD = {"account_emailaddress", "signon_user", "signon_seat", "django_session", "signon_hashkeymark"}


def kept():
    """Every row of every table as text, but for those."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in UNTOLD:
                cursor.execute(f'SELECT row::text FROM "{table}" AS row')
                found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return found


def readable():
    return [row for row in kept() if "zebedee" in row.lower()]


def fill(statement):
    """One of each thing that holds an address, most by the verbs that write them."""
    by, now = UserFactory(), timezone.now()
    typed = {"organization_name": "Kituo", "country": "KE", "representative_name": "Z. Q.", "email": ADDRESS}
    signing.sign(statement=statement, language="en", **typed, consent_publish=True)
    stands = accepted(statement=statement, text=statement.text(), email=ADDRESS, consent_updates=True)
    Convener.objects.create(statement=statement, name="Kituo", place=1, email=ADDRESS)
    LateLink.objects.create(statement=statement, name="Kituo", email=ADDRESS, made_by=by)
    remarks = [{"code": "no_address", "facts": {"printed": f"{ADDRESS} (office)"}}]
    InvitationFactory(statement=statement, email=ADDRESS, state="waiting", notes=remarks, mail_wanted_at=now)
    inviting.advance()
    Registration.objects.create(event=event(), name="Z. Q.", email=ADDRESS)
    came = Import.objects.create(statement=statement, by=by)
    values = {"signer": "organization", "country": "KE", "email": ADDRESS}
    ImportRow.objects.create(
        of=came, number=1, raw=[["Mail", ADDRESS]], values=values, problems=remarks, status="problem"
    )
    asking.mail_links(ADDRESS, "en")
    mailings.start(written(statement))
    mailings.advance()
    bounced = Message.objects.filter(sign_on__state="unconfirmed").get()
    mailing.note(Message.objects.filter(pk=bounced.pk), "sent", sent_at=now)
    bouncing.bounced(bounced, permanent=True, answer=f"550 5.1.1 <{ADDRESS}>: no such user")
    bouncing.unsubscribe(MAILBOX)
    return stands


def everything():
    """What the application reads of it."""
    return {
        "sign_ons": sorted(SignOn.objects.values_list("email", flat=True)),
        "others": [model.objects.get().email for model in (Convener, LateLink, Invitation, Registration)],
        "remarks": Invitation.objects.get().notes,
        "row": ImportRow.objects.values_list("raw", "values", "problems").get(),
        "to": sorted(Message.objects.values_list("to_address", "answer")),
        "history": list(Message.objects.order_by("pk").values_list("history", flat=True)),
        "against": sorted(Suppression.objects.values_list("mailbox", "reason")),
    }


def test_no_column_of_any_table_holds_a_clear_address_and_all_is_read_as_it_was_written(keys, statement, client):
    fill(statement)
    client.force_login(UserFactory(staff=True))
    assert client.post("/admin/signon/suppression/add/", {"mailbox": ADDRESS}).status_code == 302
    assert readable() == []
    told = everything()
    assert told["sign_ons"] == [ADDRESS] * 2
    assert told["others"] == [ADDRESS] * 4
    assert told["row"][0] == [["Mail", ADDRESS]]
    assert {to for to, _answer in told["to"]} == {ADDRESS}
    assert f"550 5.1.1 <{ADDRESS}>: no such user" in {answer for _to, answer in told["to"]}
    assert told["against"] == [(MAILBOX, "by_hand"), (MAILBOX, "unsubscribed")]
    assert ImportRow.objects.filter(values__signer="organization", values__country="KE").count() == 1


def test_what_stood_in_clear_is_encrypted_and_rotated_and_brought_back(keys, statement, capsys):
    keys()
    fill(statement)
    before = everything()
    assert readable() != []
    for names in ([OLD], [NEW, OLD], [NEW]):
        keys(*names)
        assert everything() == before
        call_command("seal_contacts")
        said = capsys.readouterr().out
        assert "signon.SignOn: 2 rows, " in said
        assert (readable(), everything()) == ([], before)
    # The old key reads nothing any more, and again there is nothing to do.
    keys(NEW)
    call_command("seal_contacts")
    assert all(line.endswith(" 0 encrypted.") for line in capsys.readouterr().out.splitlines())
    keys("", NEW)
    call_command("seal_contacts", "--open")
    assert "signon.SignOn: 2 rows, 2 brought back in clear." in capsys.readouterr().out
    keys()
    assert everything() == before
    assert [row for row in kept() if PREFIX in row] == []
    assert Message.objects.filter(mailbox=MAILBOX).count() == Message.objects.exclude(mailbox="").count()


def test_under_another_key_for_hashes_all_is_found_once_it_was_hashed_anew(keys, statement, settings):
    fill(statement)
    before = everything()
    settings.CONTACT_HASH_KEY = OTHER
    assert not SignOn.objects.at_address(ADDRESS).exists()
    call_command("seal_contacts")
    assert SignOn.objects.at_address(ADDRESS).count() == 2
    assert Message.objects.filter(mailbox=MAILBOX).count() == Message.objects.exclude(mailbox="").count()
    assert everything() == before


def test_a_wrong_key_says_so_in_one_line_and_loses_nothing(keys, statement):
    fill(statement)
    before = kept()
    keys(OTHER)
    with pytest.raises(Unreadable, match="under a key that CONTACT_KEYS does not hold"):
        SignOn.objects.first()
    with pytest.raises(CommandError, match=r"^13 rows cannot be read \(.* They are as they were") as caught:
        call_command("seal_contacts")
    assert (caught.value.returncode, "\n" in str(caught.value)) == (2, False)
    assert kept() == before
    keys()  # no key at all
    with pytest.raises(Unreadable):
        SignOn.objects.first()
    keys(OLD)
    assert set(SignOn.objects.values_list("email", flat=True)) == {ADDRESS}


def test_what_was_stopped_is_gone_on_with(keys, statement):
    keys()
    for number in range(5):
        SignOnFactory(statement=statement, email=f"zebedee{number}@{DOMAIN}")
    keys(OLD)
    going = resealing.run(batch=2)
    next(going)
    going.close()
    assert len(readable()) == 5
    assert {outcome.name: outcome.changed for outcome in resealing.run(batch=2)}["signon.SignOn"] == 5
    assert readable() == []


def test_what_is_written_meanwhile_is_not_overwritten(keys, statement, monkeypatch):
    keys()
    sign_on = SignOnFactory(statement=statement, email=ADDRESS)
    keys(OLD)
    reads = []

    def read_and_write(*args, read=resealing._read, **options):
        rows = read(*args, **options)
        if args[0] is SignOn and rows and not reads:
            reads.append(rows)
            SignOn.objects.filter(pk=sign_on.pk).update(email="zebedee@new.example")
        return rows

    monkeypatch.setattr(resealing, "_read", read_and_write)
    list(resealing.run())
    sign_on.refresh_from_db()
    assert (len(reads), sign_on.email, readable()) == (1, "zebedee@new.example", [])


def test_of_two_where_one_may_be_the_one_in_clear_stays_and_is_told(keys, statement):
    keys()
    SignOnFactory(statement=statement, email=ADDRESS)
    keys(OLD)
    # Only while rows of both kinds stand does the database not see it; the application locks the mailbox, and looks.
    SignOnFactory(statement=statement, email=ADDRESS)
    with pytest.raises(CommandError, match=r"^1 rows are as they were: another row has the same address"):
        call_command("seal_contacts")
    assert [row.partition(":")[0] for row in readable()] == ["signon_signon"]


@pytest.mark.parametrize(
    ("names", "options", "words"),
    [
        ([], [], "CONTACT_KEYS is not set"),
        ([OLD], ["--open"], "Put a comma before it"),
        (["", OLD], [], "begins with a comma: nothing is encrypted"),
    ],
)
def test_the_command_says_what_is_wrong_and_exits_with_2(keys, names, options, words):
    keys(*names)
    with pytest.raises(CommandError, match=words) as caught:
        call_command("seal_contacts", *options)
    assert caught.value.returncode == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"CONTACT_KEYS": OLD}, "CONTACT_KEYS needs CONTACT_HASH_KEY"),
        ({"CONTACT_KEYS": f"{OLD},short", "CONTACT_HASH_KEY": HASH}, "Each of CONTACT_KEYS must be 50 random"),
        ({"CONTACT_KEYS": OLD, "CONTACT_HASH_KEY": "a" * 60}, "CONTACT_HASH_KEY must be 50 random"),
    ],
)
def test_nothing_starts_with_a_weak_key_or_without_the_one_for_hashes(monkeypatch, told, words):
    for name in ("CONTACT_KEYS", "CONTACT_HASH_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        (environment.contact_keys("CONTACT_KEYS", beside="CONTACT_HASH_KEY"), environment.secret("CONTACT_HASH_KEY"))


def test_keys_are_read_in_their_order_and_none_is_clear(monkeypatch):
    monkeypatch.setenv("CONTACT_HASH_KEY", HASH)
    for told, read in ((f"{NEW}, {OLD}", [NEW, OLD]), (f",{OLD}", ["", OLD]), ("", []), (" , ", [])):
        monkeypatch.setenv("CONTACT_KEYS", told)
        assert environment.contact_keys("CONTACT_KEYS", beside="CONTACT_HASH_KEY") == read


@pytest.mark.parametrize("names", [[], [OLD], ["", OLD]])
def test_the_same_questions_have_the_same_answers(keys, statement, names):
    """In clear, under a key, and where what is old is encrypted and what is new is in clear."""
    if not names:
        keys()
    asked = SignOnFactory(statement=statement, email=ADDRESS, confirmed=True)
    keys(*names)
    other = SignOnFactory(statement=statement, email="asha@other.example", confirmed=True)
    none = SignOnFactory(statement=statement, email="", confirmed=True)

    def found(**question):
        return set(SignOn.objects.filter(**question))

    for typed in (ADDRESS, ADDRESS.upper()):
        assert found(email=typed) == found(email__iexact=typed) == found(email__found=typed) == {asked}
        assert found(email__in=[typed, "nobody@other.example"]) == {asked}
    assert set(SignOn.objects.at_address(ADDRESS)) == {asked}
    assert found(email__domain=DOMAIN) == found(email__found=f"@{DOMAIN.upper()}") == {asked}
    assert found(email="") == found(email__found="") == {none}
    assert set(SignOn.objects.exclude(email="")) == {asked, other}
    assert found(email__in=[]) == set()
    assert found(email__found="secret") == found(email=MAILBOX) == set()
    for lookup in ("icontains", "startswith", "iendswith", "regex"):
        with pytest.raises(FieldError, match=f"“{lookup}” cannot be asked"):
            found(**{f"email__{lookup}": "zebedee"})


def test_who_signs_twice_replaces_what_waits_and_who_had_enough_mail_gets_no_more(keys, statement):
    typed = {"country": "KE", "representative_name": "Z. Q.", "consent_publish": True}
    for name in ("Kituo", "Kituo cha Sheria"):
        signing.sign(statement=statement, language="en", email=ADDRESS.swapcase(), organization_name=name, **typed)
    assert SignOn.objects.get().organization_name == "Kituo cha Sheria"
    for number in range(limits.MOST_AN_HOUR):
        mailing.compose("links", key=f"{number}", to=f"zebedee.quagga+{number}@{DOMAIN}", language="en")
    assert not limits.may_be_mailed(ADDRESS)
    assert limits.room([MAILBOX, "asha@other.example"]) == {MAILBOX: -1, "asha@other.example": limits.MOST_AN_HOUR}


def test_what_may_be_once_is_once(keys, statement):
    person = {"statement": statement, "text": statement.text(), "signer": "individual", "organization": None}
    accepted(**person, email=ADDRESS)
    other = accepted(**person, email="other@secret.example")
    with Refused("an_individual_stands_once"):
        SignOn.objects.filter(pk=other.pk).update(email=ADDRESS.upper())
    SignOnFactory(statement=statement, email=ADDRESS)
    with Refused("an_address_has_one_unconfirmed_sign_on"):
        SignOnFactory(statement=statement, email=ADDRESS.lower())
    InvitationFactory(statement=statement, email=ADDRESS, state="waiting")
    with Refused("an_address_is_invited_once"):
        InvitationFactory(statement=statement, email=ADDRESS.upper(), state="waiting")
    of = event()
    Registration.objects.create(event=of, name="Z.", email=ADDRESS)
    with Refused("an_address_registers_once_for_an_event"):
        Registration.objects.create(event=of, name="Z.", email=ADDRESS.upper())
    Suppression.objects.create(mailbox=MAILBOX, reason="bounced")
    with Refused("a_mailbox_is_suppressed_once_for_a_reason"):
        Suppression.objects.create(mailbox=MAILBOX, reason="bounced")


def test_an_unsubscribed_mailbox_gets_no_mailing_while_rows_of_both_kinds_stand(keys, statement):
    keys()
    Suppression.objects.create(mailbox=MAILBOX, reason="unsubscribed")
    keys(OLD)
    sign_on = accepted(statement=statement, email=ADDRESS, consent_updates=True)
    message = mailing.compose("update", key="one", sign_on=sign_on, mailing=written(statement))
    dispatching.deliver(dispatching.claim(lane="bulk"))
    message.refresh_from_db()
    assert (message.state, message.answer) == ("suppressed", "unsubscribed")


def test_a_list_with_contacts_has_clear_addresses_in_every_format(keys, statement):
    for number in range(3):
        accepted(statement=statement, text=statement.text(), email=f"=zebedee{number}@{DOMAIN}")
    choice = Choice(statement=statement.slug, contacts=True)
    *pieces, number = list_pieces.csv_pieces(choice, ContactResource)
    read = list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))
    assert number == len(read) == 3
    assert {row["email"] for row in read} == {f"'=zebedee{each}@{DOMAIN}" for each in range(3)}
    for form in ("json", "xlsx", "ods"):
        whole = io.BytesIO()
        assert exporting.write(choice, ContactResource, form, exporting.Sum(whole)) == 3
        assert form != "json" or f'"=zebedee0@{DOMAIN}"' in whole.getvalue().decode()


def test_the_desk_and_the_administration_find_a_whole_address_and_a_domain(keys, statement, client):
    of = event()
    came = {"state": "registered", "confirmed_at": timezone.now(), "registered_at": timezone.now()}
    row = Registration.objects.create(event=of, name="Z.", email=ADDRESS, **came)
    for typed, found in ((ADDRESS, [row]), (DOMAIN, [row]), ("Quagga", [])):
        assert list(registration_desk.listed(of, query=typed)) == found
    SignOnFactory(statement=statement, email=ADDRESS, listed_name="Kituo cha Sheria")
    client.force_login(UserFactory(staff=True))
    page = client.get("/admin/signon/signon/", {"q": ADDRESS}).content.decode()
    assert "Kituo cha Sheria" in page
    assert ADDRESS in page
    assert "found by the whole of it, or by its domain" in page
    assert "Kituo cha Sheria" not in client.get("/admin/signon/signon/", {"q": "quagga"}).content.decode()


def test_what_is_forgotten_is_blank(keys, statement):
    sign_on = SignOnFactory(statement=statement, email=ADDRESS, state="unconfirmed")
    message = mailing.compose("verification", key="one", sign_on=sign_on)
    SignOn.objects.filter(pk=sign_on.pk).update(expires_at=timezone.now() - timedelta(days=1))
    retention.expire_unconfirmed()
    sign_on.refresh_from_db()
    message.refresh_from_db()
    assert (sign_on.email, message.to_address, message.mailbox) == ("", "erased@invalid.invalid", "")
    assert SignOn.objects.filter(email="").count() == 1


def test_the_way_back_keeps_addresses_and_is_refused_while_they_are_encrypted(keys, statement):
    SignOnFactory(statement=statement, email=ADDRESS)
    with pytest.raises(CommandError, match=r"Contact data is encrypted.*Nothing was changed.*--open"):
        call_command("migrate", "signon", "0029", verbosity=0)
    keys("", OLD)
    call_command("seal_contacts", "--open")
    keys()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a test's transaction has some open
    call_command("migrate", "signon", "0029", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM signon_signon")
        assert cursor.fetchall() == [(ADDRESS,)]
    call_command("migrate", "signon", verbosity=0)
    ContentType.objects.clear_cache()
    assert SignOn.objects.at_address(ADDRESS.upper()).get().email == ADDRESS
    with Refused("an_address_has_one_unconfirmed_sign_on"):
        SignOnFactory(statement=statement, email=ADDRESS.lower())


def test_two_encryptions_of_one_address_differ_and_its_hash_does_not(keys):
    first, second = contact_keys.seal(ADDRESS), contact_keys.seal(ADDRESS)
    assert first != second
    assert first.split(":")[1:3] == second.split(":")[1:3]
    assert first.split(":")[2] == contact_keys.key(MAILBOX)
    assert contact_keys.seal(first) == first
    keys(NEW, OLD)
    assert contact_keys.key(MAILBOX) == first.split(":")[2]
