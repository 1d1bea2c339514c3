"""Who finds a mistake on the page that confirms corrects it in the form, which holds all that was typed."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.utils import timezone

from signon import tokens
from signon.mail import dispatching
from signon.models import Message, SignOn
from tests.factories import OwnQuestionFactory, StatementFactory
from tests.posted import typed

pytestmark = pytest.mark.django_db
SIGN = "/statements/call/sign/"


@pytest.fixture
def statement():
    return StatementFactory(slug="call", accepts_individuals=True)


def form_of(answer, selector):
    return BeautifulSoup(answer.content, "html.parser").select_one(selector)


def posted(form):
    """What a browser posts of a form that nobody touched."""
    sent = {}
    for field in form.select("input[name]"):
        is_choice = field.get("type") in ("checkbox", "radio")
        if not is_choice or field.has_attr("checked"):
            sent.setdefault(field["name"], []).append(field.get("value", "on" if is_choice else ""))
    for field in form.select("select[name]"):
        chosen = field.select_one("option[selected]") or field.select_one("option")
        sent[field["name"]] = [chosen["value"]]
    for field in form.select("textarea[name]"):
        sent[field["name"]] = [field.text.removeprefix("\n")]
    return sent


def correcting(client, sign_on, language=""):
    """The form that opens from the page that confirms."""
    page = client.get(f"{language}/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/")
    carrying = form_of(page, f'form[action="{language}{SIGN}"]')
    return form_of(client.post(carrying["action"], posted(carrying)), "#sign-on-form")


def everything(statement):
    """What may be typed, and what it is kept as."""
    line = OwnQuestionFactory(statement=statement)
    several = OwnQuestionFactory(
        statement=statement, kind="several", choices=[{"": "en", "en": word} for word in ("Red", "Blue", "Green")]
    )
    long = OwnQuestionFactory(statement=statement, kind="long")
    return {
        f"question_{line.pk}": "Because <b>",
        f"question_{several.pk}": ["0", "2"],
        f"question_{long.pk}": "First.\n\nSecond “line”.",
        "listing": "country",
        "consent_updates": "on",
    }


def kept(sign_on):
    fields = {field.attname: getattr(sign_on, field.attname) for field in SignOn._meta.concrete_fields}
    return fields | {"answers": list(sign_on.own_answers.order_by("question").values_list("value", "chosen"))}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"signer": "individual", "affiliation": "Institute", "organization_name": ""},
        {"country": "", "scope": "regional"},
        {"country": "", "scope": "international"},
        {"consent_publish": ""},
    ],
)
@pytest.mark.parametrize("language", ["", "/ar"])
def test_what_is_sent_again_as_it_opens_changes_nothing(client, statement, given, language):
    given = {name: value for name, value in typed(**everything(statement), **given).items() if value}
    client.post(f"{SIGN}?via=", given)
    sign_on = SignOn.objects.get()
    before = kept(sign_on)
    assert client.post(SIGN, posted(correcting(client, sign_on, language))).status_code == 302
    sign_on.refresh_from_db()
    assert kept(sign_on) == before | {"expires_at": sign_on.expires_at}
    assert Message.objects.count() == 1


def test_one_field_is_corrected_and_the_rest_stays(client, statement):
    client.post(SIGN, typed(**everything(statement)))
    sign_on = SignOn.objects.get()
    before = kept(sign_on)
    again = posted(correcting(client, sign_on)) | {"organization_name": "Mujeres Unidas de México"}
    client.post(SIGN, again)
    sign_on.refresh_from_db()
    differs = {name for name, value in kept(sign_on).items() if value != before[name]}
    assert sign_on.organization_name == "Mujeres Unidas de México"
    assert differs - {"expires_at"} == {"organization_name", "listed_name", "search_key", "version"}


def test_who_forgot_to_be_named_is_named_by_one_tick(client, statement):
    client.post(SIGN, typed(consent_publish=""))
    sign_on = SignOn.objects.get()
    client.post(SIGN, posted(correcting(client, sign_on)) | {"consent_publish": "on"})
    sign_on.refresh_from_db()
    assert (sign_on.consent_publish, sign_on.listing) == (True, "name")


def test_opening_the_form_signs_nothing(client, statement):
    client.post(SIGN, typed())
    correcting(client, SignOn.objects.get())
    assert (SignOn.objects.get().version, Message.objects.count()) == (1, 1)


def test_where_nobody_may_sign_any_more_there_is_no_such_form(client, statement):
    client.post(SIGN, typed())
    statement.state = "closed"
    statement.save()
    page = client.get(f"/sign-ons/confirm/{tokens.make(SignOn.objects.get(), tokens.CONFIRM)}/")
    assert page.status_code == 200
    assert form_of(page, f'form[action="{SIGN}"]') is None


def test_where_strangers_reach_no_statement_there_is_no_such_form(client, statement):
    client.post(SIGN, typed())
    statement.embargo_until = timezone.now() + timedelta(days=1)
    statement.save()
    page = client.get(f"/sign-ons/confirm/{tokens.make(SignOn.objects.get(), tokens.CONFIRM)}/")
    assert page.status_code == 200
    assert form_of(page, f'form[action="{SIGN}"]') is None


def test_a_test_of_the_form_has_no_such_form(statement):
    page = render_to_string("signon/confirm.html", {"statement": statement, "is_test": True, "sign_on": SignOn()})
    assert f'action="{SIGN}"' not in page
    page = render_to_string("signon/confirm.html", {"statement": statement, "sign_on": SignOn()})
    assert f'action="{SIGN}"' in page


@pytest.mark.parametrize("language", ["", "/ar"])
def test_who_corrected_it_comes_back_to_the_page_that_confirms(client, statement, language):
    client.post(SIGN, typed())
    sign_on = SignOn.objects.get()
    again = posted(correcting(client, sign_on, language))
    # What was mistyped meanwhile does not lose the way back.
    answer = client.post(f"{language}{SIGN}", again | {"acronym": "MUM", "organization_type": ""})
    answer = client.post(f"{language}{SIGN}", posted(form_of(answer, "#sign-on-form")) | {"organization_type": "ngo"})
    link = f"{language}/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/"
    assert answer["Location"].rsplit(":", 1)[0].rsplit(":", 1)[0] == link.rsplit(":", 1)[0].rsplit(":", 1)[0]
    page = client.get(answer["Location"])
    assert "Mujeres Unidas (MUM)" in page.content.decode()
    confirming = posted(form_of(page, "main form"))
    assert client.post(answer["Location"], confirming)["Location"] == f"{language}/statements/call/sign/confirmed/"
    assert Message.objects.count() == 1


@pytest.mark.parametrize("changes", [{"email": "asha@other.example"}, {"corrects": "made-up"}, {"corrects": ""}])
def test_who_gives_another_address_or_no_link_is_asked_by_mail(client, statement, changes):
    client.post(SIGN, typed())
    answer = client.post(SIGN, posted(correcting(client, SignOn.objects.get())) | changes, follow=True)
    assert answer.redirect_chain == [("/statements/call/sign/sent/", 302)]
    assert "Open its link once more" in answer.content.decode()
    assert "Confirm the first one before" in answer.content.decode()


@pytest.mark.parametrize("language", ["", "/fr", "/es", "/ar"])
def test_the_mail_names_the_button_that_corrects(client, statement, mailoutbox, language):
    client.post(f"{language}{SIGN}", typed())
    sign_on = SignOn.objects.get()
    button = form_of(
        client.get(f"{language}/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/"),
        f'form[action="{language}{SIGN}"] button',
    )
    dispatching.deliver(dispatching.claim(limit=20))
    (mail,) = mailoutbox
    assert " ".join(button.text.split()) in " ".join(mail.body.split())


def test_a_form_that_opens_filled_says_so_for_who_changes_the_language_before_they_touch_it(client, statement):
    client.post(SIGN, typed())
    assert correcting(client, SignOn.objects.get()).has_attr("data-filled")
    assert form_of(client.post(SIGN, typed(email="")), "#sign-on-form").has_attr("data-filled")
    assert not form_of(client.get(SIGN), "#sign-on-form").has_attr("data-filled")


@pytest.mark.parametrize("change", [{"state": "closed"}, {"embargo_until": timezone.now() + timedelta(days=1)}])
def test_the_mail_names_no_button_that_is_not_there(client, statement, mailoutbox, change):
    client.post(SIGN, typed())
    type(statement).objects.filter(pk=statement.pk).update(**change)
    dispatching.deliver(dispatching.claim(limit=20))
    assert ["Correct it" in mail.body for mail in mailoutbox] == [False]
