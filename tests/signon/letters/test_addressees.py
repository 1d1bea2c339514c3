"""To whom a statement speaks, in each of its languages: on pages, in mails, in the letter, in the API."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import checking, writing
from campaigns.models import RevisionText, Statement
from signon import letter, organizing
from signon.letters import letter as letters
from signon.mail import rendering
from signon.mail.samples import render as sample
from signon.models import LetterPack, Message
from signon.people import roles
from signon.statements import archiving
from tests.factories import InvitationFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
FRENCH = "L’Assemblée générale"


@pytest.fixture
def statement():
    made = StatementFactory(slug="the-call", texts={"en": "The call", "fr": "L’appel", "es": "El llamado"})
    save(made, "fr", FRENCH)
    return Statement.objects.get(pk=made.pk)


def save(statement, language, addressee, **words):
    text = RevisionText.objects.get(revision__statement=statement, language=language, replaced_at=None)
    given = {"title": text.title, "lead": text.lead, "body": text.body} | words
    return writing.save(statement, language, addressee=addressee, seen=writing.mark_of(text), **given)


def test_each_language_has_its_own_and_the_others_the_original_s(statement, client):
    assert [statement.addressee_of(statement.text(code)) for code in ("en", "fr", "es", "ar")] == [
        "The General Assembly", FRENCH, "The General Assembly", "The General Assembly",
    ]  # fmt: skip
    for path, addressee in (("", "The General Assembly"), ("/fr", FRENCH), ("/es", "The General Assembly")):
        for page in (f"{path}/statements/the-call/", f"{path}/statements/"):
            assert addressee in client.get(page).content.decode()
        told = client.get("/api/v1/statements/the-call", {"language": path[1:] or "en"}).json()
        assert told["addressee"] == addressee
    assert "The General Assembly" not in client.get("/fr/statements/the-call/").content.decode()


def test_mails_name_it_in_their_language(statement):
    invitation = InvitationFactory(statement=statement, language="fr")
    message = Message(kind="invitation", invitation=invitation, language="fr", to_address="a@b.example",
                      message_id="<0@b.example>")  # fmt: skip
    assert FRENCH in rendering.words(message)[1]
    message.language = "es"
    assert "The General Assembly" in rendering.words(message)[1]
    message = Message(kind="delivered", sign_on=SignOnFactory(statement=statement, text=statement.text("fr")),
                      language="fr", to_address="a@b.example", message_id="<0@b.example>")  # fmt: skip
    assert FRENCH in " ".join(rendering.words(message)[1].split())
    assert sample("verification", "fr", statement)


def test_a_letter_names_it_in_its_language(statement, client):
    accepted(statement=statement)
    for code, addressee in (("en", "The General Assembly"), ("fr", FRENCH)):
        pack = letter.order(statement, by=UserFactory(), text=statement.text(code))
        letter.make(pack)
        pack = LetterPack.objects.get(pk=pack.pk)
        assert letters.write(pack, [], None).addressee == addressee
        assert addressee in client.get(pack.get_absolute_url()).content.decode()


def test_an_archive_holds_all_of_them(statement):
    facts = json.loads(json.dumps(archiving._facts(statement), default=str))
    assert (facts["addressee"], facts["addressees"]) == ("The General Assembly", {"fr": FRENCH})


def test_it_is_no_part_of_what_is_signed_and_a_missing_one_is_advice(statement):
    spanish = statement.text("es")
    found = [each for each in checking.findings_of(statement.revision) if each.code == "no_addressee"]
    assert [each.language for each in found] == ["es"]
    assert found[0].words == "Missing translation: the addressee. Readers see “The General Assembly”."
    spanish.freeze()
    saved = save(statement, "es", "La Asamblea General")
    assert (saved.pk, saved.digest) == (spanish.pk, spanish.digest)
    assert RevisionText.objects.get(pk=spanish.pk).addressee == "La Asamblea General"


def test_another_addressee_is_said_anew_in_the_translations_that_nobody_signed(statement, client):
    Statement.objects.filter(pk=statement.pk).update(state="draft", opens_at=None)
    RevisionText.objects.filter(language="es").update(addressee="La Asamblea", frozen_at=timezone.now())
    statement = Statement.objects.get(pk=statement.pk)
    organizing.change(statement, {"goal": 9}, by=UserFactory())
    assert statement.text("fr").addressee == FRENCH
    chief = UserFactory()
    roles.give(chief, "administrator")
    client.force_login(chief)
    url = reverse("desk-particulars", args=[statement.slug])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"addressee": "The Security Council"}
    page = client.post(url, typed, follow=True).content.decode()
    assert "Missing translation: the addressee. Readers see “The Security Council”. (français)" in page
    statement = Statement.objects.get(pk=statement.pk)
    assert [statement.addressee_of(statement.text(code)) for code in ("en", "fr", "es")] == [
        "The Security Council", "The Security Council", "La Asamblea",
    ]  # fmt: skip
    assert statement.ledger.order_by("number").last().facts["addressees_blanked"] == ["fr"]


def test_who_signed_to_one_addressee_is_not_said_to_have_signed_to_another(statement):
    french = statement.text("fr")
    french.freeze()
    with pytest.raises(writing.NotAgreed):
        save(statement, "fr", "Le Conseil")
    saved = save(statement, "fr", "Le Conseil", agreed=True)
    assert saved.pk != french.pk
    assert RevisionText.objects.get(pk=french.pk).addressee == FRENCH


def test_the_original_has_none_beside_the_statement_s_own(statement):
    assert save(statement, "en", "Somebody else").addressee == ""


def test_two_who_give_it_at_once_are_told(statement):
    old = writing.mark_of(statement.text("es"))
    save(statement, "es", "La Asamblea General")
    text = statement.text("es")
    with pytest.raises(writing.Conflict):
        writing.save(statement, "es", title=text.title, lead=text.lead, body=text.body, addressee="Otra", seen=old)


def test_a_statement_like_it_takes_them_along_unless_it_speaks_to_somebody_else(statement):
    same = writing.begin(title="Anew", language="en", campaign=None, like=statement)
    other = writing.begin(title="Anew", language="en", campaign=None, like=statement, addressee="The Council")
    assert same.text("fr").addressee == FRENCH
    assert other.addressee_of(other.text("fr")) == "The Council"
