import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import signing as crypto
from django.urls import reverse
from django.utils import timezone

from signon import signing, tokens
from signon.models import Message, SignOn
from tests.factories import OwnQuestionFactory, SignOnFactory, StatementFactory, accepted
from tests.posted import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return StatementFactory(slug="call")


def post(client, headers=None, **changes):
    return client.post("/statements/call/sign/", typed(**changes), headers=headers)


def test_a_good_post_answers_302_to_a_page_that_says_a_mail_was_sent(client, statement):
    answer = post(client)
    assert (answer.status_code, answer["Location"]) == (302, "/statements/call/sign/sent/")
    assert client.get(answer["Location"]).status_code == 200
    sign_on = SignOn.objects.get()
    assert (sign_on.organization_name, sign_on.acronym, sign_on.country, sign_on.scope) == (
        "Mujeres Unidas",
        "MU",
        "MX",
        "national",
    )


@pytest.mark.parametrize(
    ("name", "acronym", "kept", "listed"),
    [
        ("Mujeres Unidas (MU)", "MU", "Mujeres Unidas", "Mujeres Unidas (MU)"),
        ("Mujeres Unidas (mu)", "MU", "Mujeres Unidas", "Mujeres Unidas (MU)"),
        ("Mujeres Unidas (MU) México", "MU", "Mujeres Unidas (MU) México", "Mujeres Unidas (MU) México"),
        ("Mujeres Unidas (MUM)", "MU", "Mujeres Unidas (MUM)", "Mujeres Unidas (MUM) (MU)"),
        ("(MU)", "MU", "(MU)", "(MU)"),
    ],
)
def test_an_acronym_typed_twice_is_listed_once(client, statement, name, acronym, kept, listed):
    post(client, organization_name=name, acronym=acronym)
    sign_on = SignOn.objects.get()
    assert (sign_on.organization_name, sign_on.acronym, sign_on.listed_name) == (kept, acronym, listed)


def test_the_answer_is_the_same_byte_by_byte_whether_or_not_the_address_was_seen_before(client, statement):
    accepted(statement=statement, organization_name="Known", email="known@secret.example", country="MX")
    answers = [
        post(client, organization_name="Known", acronym="", email=email)
        for email in ("new@secret.example", "new@secret.example", "known@secret.example")
    ]
    for each in answers:
        del each["X-Request-ID"]  # of each request its own
    assert len({(each.status_code, each.content, str(each.headers)) for each in answers}) == 1


def test_a_bad_post_keeps_what_was_typed_and_links_each_error_to_its_field(client, statement):
    answer = post(client, organization_name="", representative_name="Ana <b>", email="no address")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="no address"' in page
    assert 'value="Ana &lt;b&gt;"' in page
    for name in ("organization_name", "email"):
        assert f'href="#id_{name}"' in page
        assert re.search(rf'id="id_{name}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="id_{name}"', page)
    assert SignOn.objects.count() == 0


def test_no_public_page_sets_a_cookie_or_varies_by_one(client, statement):
    accepted(statement=statement)
    paths = ["/", "/statements/", "/news/", "/events/", "/feeds/", "/feeds/posts.atom", "/sitemap.xml", "/robots.txt"]
    paths += ["/events/calendar.ics", "/statements/call/", "/statements/call/sign/", "/statements/call/sign/sent/"]
    paths += [
        "/statements/call/signatories/",
        f"/campaigns/{statement.campaign.slug}/",
        "/fr/statements/call/",
    ]
    for path in paths:
        answer = client.get(path)
        assert (path, answer.status_code, answer.cookies.output()) == (path, 200, "")
        assert answer.get("Vary") in (None, "Accept-Encoding")
        assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert post(client).cookies.output() == ""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 302),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 302),
    ],
)
def test_another_site_s_page_cannot_post_the_form(client, statement, headers, status):
    assert post(client, headers).status_code == status
    assert SignOn.objects.count() == (1 if status == 302 else 0)


def test_the_form_s_text_must_be_the_text_that_is_signed(client, statement):
    answer = post(client, text="0" * 64)
    assert answer.status_code == 422
    assert statement.text().digest in answer.content.decode()
    assert SignOn.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organization_name": "Buy at https://evil.example"}, "organization_name"),
        ({"organization_name": "www.evil.example"}, "organization_name"),
        ({"organization_name": "Ann \u202egnp"}, "organization_name"),
        ({"organization_name": "A\x00B"}, "organization_name"),
        ({"organization_name": "x" * 301}, "organization_name"),
        ({"representative_name": "evil.example/now"}, "representative_name"),
        ({"country": "XX"}, "country"),
        ({"country": "", "scope": "national"}, "country"),
        ({"organization_type": ""}, "organization_type"),
        ({"organization_type": "party"}, "organization_type"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"email": "a@b"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"authorized": ""}, "authorized"),
        ({"listing": "loud"}, "listing"),
    ],
)
def test_what_is_refused_says_where(client, statement, changes, field):
    answer = post(client, **changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


@pytest.mark.parametrize("name", ["350.org", "+Pueblo", "Fundación InternetBolivia.org", "جمعية النساء", "Hội Phụ nữ"])
def test_names_in_all_scripts_and_with_odd_beginnings_are_names(client, statement, name):
    assert post(client, organization_name=f"  {name}\u200e ").status_code == 302
    assert SignOn.objects.get().organization_name == name


def test_without_a_country_an_organization_is_international_unless_it_says_regional(client, statement):
    post(client, country="")
    post(client, country="", scope="regional", email="b@c.example")
    assert sorted(SignOn.objects.values_list("scope", flat=True)) == ["international", "regional"]


def test_an_individual_may_sign_only_where_the_statement_allows_it(client, statement):
    person = {
        "signer": "individual",
        "organization_name": "",
        "organization_type": "",
        "authorized": "",
        "affiliation": "UNAM",
    }
    assert post(client, **person).status_code == 422
    statement.accepts_individuals = True
    statement.save()
    assert post(client, **person).status_code == 302
    sign_on = SignOn.objects.get()
    assert (sign_on.signer, sign_on.listed_name) == ("individual", "Ana López, UNAM")


def test_a_closed_statement_sends_the_signer_to_its_page(client, statement):
    statement.opens_at, statement.closes_at = None, timezone.now()
    statement.save()
    for answer in (client.get("/statements/call/sign/"), post(client)):
        assert (answer.status_code, answer["Location"]) == (302, "/statements/call/")


@pytest.mark.parametrize("state", ["draft", "circulating"])
def test_a_draft_is_not_there(client, statement, state):
    statement.state = state
    statement.save()
    for path in ("", "sign/", "signatories/"):
        assert client.get(f"/statements/call/{path}").status_code == 404


# The mailed link


@pytest.fixture
def sign_on(statement):
    return signing.sign(
        statement=statement,
        language="en",
        organization_name="Mujeres Unidas",
        country="MX",
        representative_name="Ana López",
        email="ana@mujeresunidas.example",
        consent_publish=True,
    )


@pytest.fixture
def link(sign_on):
    return f"/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/"


def state_of(sign_on):
    return SignOn.objects.get(pk=sign_on.pk).state


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_a_mailed_link_changes_nothing(client, sign_on, link, method):
    for _time in range(3):
        getattr(client, method)(link, headers={"Sec-Purpose": "prefetch"})
    assert state_of(sign_on) == "unconfirmed"


def test_the_page_shows_what_will_be_confirmed(client, link):
    page = client.get(link).content.decode()
    for shown in ("Mujeres Unidas", "Mexico", "Ana López", "ana@mujeresunidas.example", "Bread &amp; Roses"):
        assert shown in page


def test_the_button_confirms_once(client, sign_on, link):
    posted = client.post(link, {"version": "1"})
    assert (posted.status_code, posted.url) == (302, reverse("sign-on-confirmed", args=[sign_on.statement.slug]))
    assert state_of(sign_on) == "confirmed"
    for _opened_again in range(2):
        thanks = BeautifulSoup(client.get(posted.url).content, "html.parser")
        assert thanks.h1.get_text(strip=True) == "Thank you for confirming"
        assert "mujeres" not in thanks.get_text().casefold()
    again = client.post(link, {"version": "1"})
    assert (again.status_code, again.context["reason"]) == (410, "used")
    page = BeautifulSoup(again.content, "html.parser")
    assert page.h1.get_text() == "This sign-on is already confirmed"
    assert page.title.get_text().startswith("This sign-on is already confirmed ·")


def test_pressing_the_button_reads_the_sign_on_once(client, sign_on, link, django_assert_num_queries):
    Message.objects.filter(sign_on=sign_on).update(state="sent", sent_at=timezone.now())
    with django_assert_num_queries(5):  # with the savepoint of the test
        client.post(link, {"version": "1"})
    assert state_of(sign_on) == "confirmed"


def test_pages_with_a_token_are_kept_by_nobody(client, link):
    answer = client.get(link)
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")
    assert answer.cookies.output() == ""


def test_a_link_is_confirmed_from_a_private_window_of_any_origin(client, sign_on, link):
    client.post(link, {"version": "1"}, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})
    assert state_of(sign_on) == "confirmed"


def test_an_earlier_link_shows_the_newest_text_and_asks_again_below_an_older_one(client, sign_on, link):
    signing.sign(
        statement=sign_on.statement,
        language="en",
        organization_name="Mujeres Unidas de México",
        country="MX",
        representative_name="Ana López",
        email="ana@mujeresunidas.example",
        consent_publish=True,
    )
    assert "Mujeres Unidas de México" in client.get(link).content.decode()
    answer = client.post(link, {"version": "1"})
    assert (answer.status_code, answer.context["changed"], state_of(sign_on)) == (200, True, "unconfirmed")
    client.post(link, {"version": "2"})
    assert state_of(sign_on) == "confirmed"


def test_a_link_outlives_a_rotation_of_the_secret_key(client, sign_on, link, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a" * 30 + "b" * 30
    assert client.get(link).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(link).status_code == 404


def test_a_link_for_one_purpose_opens_no_other(client, sign_on):
    assert client.get(f"/sign-ons/confirm/{tokens.make(sign_on, tokens.MANAGE)}/").status_code == 404
    assert client.get(f"/sign-ons/manage/{tokens.make(sign_on, tokens.CONFIRM)}/").status_code == 404


def test_a_tampered_link_says_so(client, link):
    for broken in (
        link[:-5] + "/",
        link.replace(":", ";"),
        "/sign-ons/confirm/x/",
        f"/sign-ons/confirm/{crypto.dumps([1])}/",
    ):
        answer = client.get(broken)
        assert (answer.status_code, answer.context["reason"]) == (404, "tampered")


def test_a_new_key_on_the_row_ends_every_earlier_link(client, sign_on, link):
    SignOn.objects.update(link_key="another")
    answer = client.get(link)
    assert (answer.status_code, answer.context["reason"]) == (410, "ended")


def test_an_expired_link_says_so(client, sign_on, link):
    SignOn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(link).context["reason"] == "expired"


def test_a_link_of_a_withdrawn_statement_says_so(client, sign_on, link):
    sign_on.statement.state = "withdrawn"
    sign_on.statement.save()
    assert client.get(link).context["reason"] == "withdrawn_statement"


def test_this_was_not_me_ends_it_by_a_button_alone(client, sign_on, link):
    assert client.get(f"{link}not-me/").status_code == 302
    assert client.post(f"{link}not-me/").status_code == 200
    assert client.get(link).context["reason"] == "not_me"
    assert Message.objects.get().state == "canceled"


def test_whoever_lost_a_link_gets_a_new_mail_and_the_page_tells_nothing(client, sign_on):
    Message.objects.all().delete()
    answers = [client.post("/sign-ons/link/", {"email": email}) for email in (sign_on.email, "nobody@x.example")]
    assert {(each.status_code, each["Location"]) for each in answers} == {(302, "/sign-ons/link/sent/")}
    assert sorted(Message.objects.values_list("to_address", "kind")) == [
        (sign_on.email, "links"),
        ("nobody@x.example", "links"),
    ]
    assert client.get("/sign-ons/link/sent/").status_code == 200


# The link to manage


def test_the_owner_withdraws_by_the_link_in_a_mail(client):
    sign_on = accepted()
    link = f"/sign-ons/manage/{tokens.make(sign_on, tokens.MANAGE)}/"
    assert sign_on.listed_name in client.get(link).content.decode()
    assert client.post(link, {}).status_code == 422
    assert state_of(sign_on) == "accepted"
    posted = client.post(link, {"act": "withdraw", "sure": "on", "reason": "Private words"})
    assert (posted.status_code, posted.url) == (302, link)
    assert state_of(sign_on) == "withdrawn"
    assert sign_on.messages.filter(kind="withdrawn", state="queued").count() == 1
    for _opened_again in range(2):
        page = BeautifulSoup(client.get(link).content, "html.parser")
        assert page.h1.get_text(strip=True) == "Your sign-on is withdrawn"
        assert page.select("form") == []
        assert "In the public list" not in page.get_text()
    assert "Private words" not in client.get(sign_on.statement.get_absolute_url()).content.decode()


def test_no_page_of_a_stranger_shows_what_waits_or_who_represents(client, statement):
    hidden = SignOnFactory(statement=statement, organization_name="Waiting Women", email="waiting@secret.example")
    shown = accepted(statement=statement, organization_name="Standing Women")
    kept_back = accepted(statement=statement, organization_name="Hidden Women", listing="country", country="BH")
    counted = accepted(statement=statement, organization_name="Counted Women", listing="count", consent_publish=False)
    pages = [
        "/",
        "/statements/",
        "/feeds/statements.atom",
        "/statements/call/",
        "/statements/call/signatories/",
        "/statements/call/signatories/?q=women",
    ]
    pages += ["/statements/call/signatories/?country=BH", "/statements/call/signatories/?country=ZZ"]
    for path in pages:
        page = client.get(path).content.decode()
        for sign_on in (hidden, kept_back, counted):
            assert sign_on.organization_name not in page
        for sign_on in (hidden, shown, kept_back, counted):
            assert sign_on.email not in page
            assert sign_on.representative_name not in page
    assert "Standing Women" in client.get("/statements/call/").content.decode()


def test_own_questions_stand_on_the_form_in_the_reader_s_language(client, statement):
    asked = OwnQuestionFactory(statement=statement, required=True)
    OwnQuestionFactory(statement=statement, words={"": "en", "en": "Only in English?"})
    OwnQuestionFactory(statement=statement, removed_at=timezone.now())
    for path in ("/fr/statements/call/", "/fr/statements/call/sign/"):
        page = client.get(path).content.decode()
        assert f'name="question_{asked.pk}"' in page
        assert asked.words["fr"] in page
        assert "Only in English?" in page
        assert page.count('name="question_') == 2


def test_answers_are_saved_and_shown_on_the_page_that_confirms(client, statement):
    asked = OwnQuestionFactory(statement=statement)
    several = OwnQuestionFactory(
        statement=statement, kind="several", choices=[{"": "en", "en": word} for word in ("Red", "Blue", "Green")]
    )
    post(client, **{f"question_{asked.pk}": "  Because <b>  ", f"question_{several.pk}": ["2", "0"]})
    sign_on = SignOn.objects.get()
    assert list(sign_on.own_answers.values_list("value", "chosen")) == [("Because <b>", []), ("", ["0", "2"])]
    page = client.get(f"/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/").content.decode()
    assert "Because &lt;b&gt;" in page
    assert "Red; Green" in page
    assert "Only for the organizers" in page


@pytest.mark.parametrize(
    ("kind", "value"),
    [("short", ""), ("one", "7"), ("yes_no", "maybe"), ("several", ["0", "9"]), ("short", "x" * 301)],
)
def test_an_answer_that_is_none_is_asked_for_again_and_nothing_typed_is_lost(client, statement, kind, value):
    choices = [{"": "en", "en": "A"}, {"": "en", "en": "B"}] if kind in ("one", "several") else []
    asked = OwnQuestionFactory(statement=statement, kind=kind, choices=choices, required=True)
    answer = post(client, **{f"question_{asked.pk}": value})
    assert answer.status_code == 422
    assert f'href="#id_question_{asked.pk}' in answer.content.decode()
    assert 'value="Mujeres Unidas"' in answer.content.decode()
    assert SignOn.objects.count() == 0


def test_links_are_refused_in_public_answers_alone(client, statement):
    public = OwnQuestionFactory(statement=statement, public=True)
    assert post(client, **{f"question_{public.pk}": "see https://spam.example/x"}).status_code == 422
    private = OwnQuestionFactory(statement=statement)
    assert post(client, **{f"question_{private.pk}": "see https://ours.example/x"}).status_code == 302


def test_an_answer_to_a_question_that_was_changed_meanwhile_is_not_lost_in_silence(client, statement):
    old = OwnQuestionFactory(statement=statement, removed_at=timezone.now())
    answer = post(client, **{f"question_{old.pk}": "Yes"})
    assert answer.status_code == 422
    assert "The questions were changed while you read them." in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_takes_as_many_queries_for_one_question_as_for_three(
    client, statement, number, django_assert_num_queries
):
    for _each in range(number):
        OwnQuestionFactory(statement=statement)
    client.get("/statements/call/sign/")
    with django_assert_num_queries(4):
        client.get("/statements/call/sign/")


@pytest.mark.parametrize(("number", "words"), [(1, "And 1 more, counted without a name."), (0, "")])
def test_the_list_says_how_many_more_are_counted_without_a_name(client, statement, number, words):
    accepted(statement=statement, organization_name="Named")
    for _each in range(number):
        accepted(statement=statement, listing="count", consent_publish=False)
    page = " ".join(client.get("/statements/call/signatories/").content.decode().split())
    assert ("counted without a name" in page, words in page) == (bool(words), True)
    # It is no country that one could choose, and no part of a country's list or a search.
    assert "country=ZZ" not in page
    for query in ("?country=KE", "?q=named"):
        assert "counted without a name" not in client.get(f"/statements/call/signatories/{query}").content.decode()


def test_who_is_only_counted_is_a_line_without_a_way_where_names_are_too_many(client, statement, settings):
    settings.NAMES_ON_STATEMENT = 0
    accepted(statement=statement, listing="count", consent_publish=False)
    page = client.get("/statements/call/").content.decode()
    assert "Counted without name" in page
    assert "country=ZZ" not in page


def test_who_changes_the_language_midway_finds_what_they_typed_and_has_not_signed(client, statement):
    given = typed(organization_name="Red de Mujeres", email="not yet", carry="1")
    answer = client.post("/es/statements/call/sign/", given)
    form = BeautifulSoup(answer.content, "html.parser").find(id="sign-on-form")
    assert answer.status_code == 200
    assert form.find(attrs={"name": "organization_name"})["value"] == "Red de Mujeres"
    assert form.find(attrs={"name": "email"})["value"] == "not yet"
    assert form.find(attrs={"name": "authorized"}).has_attr("checked")
    assert form.select_one("select[name=country] option[selected]")["value"] == "MX"
    assert not form.select("[aria-invalid]")
    assert (SignOn.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.parametrize("language", ["", "/fr", "/es", "/ar"])
def test_who_misses_a_name_in_the_list_is_led_to_where_their_sign_on_stands(client, statement, language):
    accepted(statement=statement, organization_name="Standing Women")
    page = client.get(f"{language}/statements/call/signatories/?q=Zzyzx").content.decode()
    assert f'href="{language}/sign-ons/link/"' in page
    assert "/sign-ons/link/" not in client.get(f"{language}/statements/call/signatories/?q=women").content.decode()


@pytest.mark.parametrize("language", ["", "/ar"])
def test_who_comes_too_late_to_confirm_may_sign_again_while_it_is_open(client, statement, language):
    sign_on = SignOnFactory(statement=statement, expires_at=timezone.now() - timedelta(minutes=1))
    page = client.get(f"{language}/sign-ons/confirm/{tokens.make(sign_on, tokens.CONFIRM)}/")
    assert page.status_code == 410
    assert f'href="{language}/statements/call/sign/"' in page.content.decode()
