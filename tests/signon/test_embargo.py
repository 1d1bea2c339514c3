"""Until an embargo's moment neither text nor names of a statement stand anywhere that a stranger can look."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse, translate_url
from django.utils import timezone

from campaigns.models import Statement
from signon import letter, signing, tokens, verifying
from signon.mail import rendering
from signon.models import Announcement, LetterPack, Message, Webhook
from signon.programs import announcements
from signon.statements import convening
from tests.factories import CampaignFactory, SignOnFactory, StatementFactory, UserFactory, accepted

pytestmark = pytest.mark.django_db
TITLE, SENTENCE, NAME = "Open the closed doors", "End detention.", "Kituo cha Siri"
SECRETS = (TITLE, SENTENCE, NAME)
# What leads nowhere without a secret of its own or a login, and is looked at in tests of its own.
PRIVATE = (
    "token",
    "number",
    "key",
    "act",
    "name",
    "lane",
    "subject",
    "app_label",
    "object_id",
    "content_type_id",
    "uidb36",
    "pk",
    "url",
    "path",
    "extra_context",
    # Of posts, events and pages alone.
    "year",
    "month",
    "kind",
)


def routes(resolver=None, before=""):
    """Every address of the site: its whole name, and the parameters that it takes."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ("admin",):
                yield from routes(pattern, f"{before}{pattern.namespace}:" if pattern.namespace else before)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield before + pattern.name, set(pattern.pattern.converters) | set(pattern.pattern.regex.groupindex)


def addresses(statement, pack):
    """What strangers can ask for of a statement, in every language, and with what they may know of it typed in."""
    known = {"slug": [statement.slug, statement.campaign.slug],
             "digest": [pack.digest, pack.digest[:20], pack.files.first().sha256]}  # fmt: skip
    for name, parameters in {(name, frozenset(taken)) for name, taken in routes()}:
        if parameters & set(PRIVATE):
            continue
        unknown = parameters - set(known)
        assert not unknown, f"{name}: is it public? Give this test {unknown} or say that it is private."
        values = known[next(iter(parameters))] if parameters else [None]
        for value in values:
            try:
                url = reverse(name, args=[value] if value else [])
            except NoReverseMatch:
                continue
            yield from dict.fromkeys(translate_url(url, code) for code, _name in settings.LANGUAGES)
    signatories, page = reverse("signatories", args=[statement.slug]), settings.SITE_URL + statement.get_absolute_url()
    yield from (f"{signatories}?q={quote(NAME)}", f"{signatories}?country=KE")
    yield reverse("api:signatories", args=[statement.slug]) + f"?q={quote(NAME)}"
    yield reverse("api:statements") + "?limit=100"
    yield reverse("embed", args=[statement.slug]) + "?show=list"
    yield reverse("oembed") + f"?url={quote(page)}&format=json"
    yield reverse("verify-find") + f"?digest={pack.digest}"


def leaks(client, statement, pack):
    """The addresses under which something is told, and the answers that a cache may keep for longer than a moment."""
    found, kept = set(), set()
    for url in addresses(statement, pack):
        answer = client.get(url, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        words = body.decode(errors="replace")
        if answer["Content-Type"].startswith("application/json"):
            words += json.dumps(json.loads(words), ensure_ascii=False)
        told = words + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        if any(secret in told for secret in SECRETS):
            found.add(url)
        how = answer.headers.get("Cache-Control", "")
        if statement.slug in url and "max-age" in how and "no-store" not in how:
            kept.add((url, how))
    return found, kept


@pytest.fixture
def embargoed():
    campaign = CampaignFactory()
    other = StatementFactory(campaign=campaign)  # the campaign has a page
    other.revision.texts.update(body="Other words.")
    statement = StatementFactory(campaign=campaign, texts={"en": TITLE, "ar": TITLE})
    Webhook.objects.create(url="https://hook.example/", created_by=UserFactory())
    gone = accepted(statement=statement, organization_name=f"{NAME} II")
    accepted(statement=statement, organization_name=NAME)
    signing.withdraw(gone)
    pack = letter.order(statement, by=UserFactory(), text=statement.text())
    letter.make(pack)
    Statement.objects.filter(pk=statement.pk).update(embargo_until=timezone.now() + timedelta(hours=2))
    statement.refresh_from_db()
    return statement, LetterPack.objects.get(pk=pack.pk)


@pytest.mark.parametrize("state", ["open", "closed", "delivered", "withdrawn"])
def test_no_address_tells_of_it_before_its_moment(client, embargoed, state):
    statement, pack = embargoed
    Statement.objects.filter(pk=statement.pk).update(state=state)
    found, kept = leaks(client, statement, pack)
    assert (found, kept) == (set(), set())


def test_each_kind_of_page_tells_of_it_from_its_moment_on(client, embargoed):
    statement, pack = embargoed
    with time_machine.travel(statement.embargo_until):
        found, _kept = leaks(client, statement, pack)
    expected = {
        reverse("home"),
        reverse("statements"),
        reverse("feed-statements"),
        translate_url(reverse("feed-statements"), "ar"),
        reverse("campaign", args=[statement.campaign.slug]),
        *(reverse(name, args=[statement.slug]) for name in ("statement", "sign", "signatories", "put-on-your-site")),
        *(reverse(f"api:{name}", args=[statement.slug]) for name in ("statement", "text", "signatories")),
        reverse("api:statements"),
        reverse("embed", args=[statement.slug]),
        reverse("verify", args=[pack.digest]),
        reverse("verify-manifest", args=[pack.digest]),
        translate_url(statement.get_absolute_url(), "ar"),
    }
    assert expected - found == set()


def test_webhooks_hear_of_it_from_its_moment_on(embargoed):
    statement, _pack = embargoed
    waiting = Announcement.objects.filter(sign_on__statement=statement, state="queued")
    assert waiting.exists()
    assert announcements.claim() is None
    with time_machine.travel(statement.embargo_until):
        claimed = announcements.claim()
        assert NAME in announcements.payload(claimed)


def test_webhooks_hear_of_who_signed_while_it_circulated_once_it_is_open():
    Webhook.objects.create(url="https://hook.example/", created_by=UserFactory())
    statement = StatementFactory(state="circulating")
    accepted(statement=statement)
    assert announcements.claim() is None
    Statement.objects.filter(pk=statement.pk).update(state="open")
    assert announcements.claim() is not None


def test_nobody_signs_it_by_its_public_form_before_its_moment(client, embargoed):
    statement, _pack = embargoed
    assert client.post(reverse("sign", args=[statement.slug]), {"email": "a@secret.example"}).status_code == 404


def test_who_has_a_private_link_reads_and_signs_it_under_embargo(client, embargoed):
    statement, _pack = embargoed
    convener = convening.add(statement, by=UserFactory(), name="Alpha", email="alpha@secret.example")
    page = client.get(reverse("draft", args=[statement.slug, tokens.make(convener, tokens.DRAFT)]))
    assert SENTENCE in page.content.decode()
    made = convening.sign(convener, language="en", organization_name="Alpha", email="alpha@secret.example")
    confirm = reverse("confirm", args=[tokens.make(made, tokens.CONFIRM)])
    answer = client.post(confirm, {"version": 1}).content.decode()
    assert "Please do not pass it on before it is." in answer
    assert statement.get_absolute_url() not in answer


def test_whoever_is_accepted_under_embargo_is_not_asked_to_pass_it_on(embargoed):
    statement, _pack = embargoed
    verifying.accept(SignOnFactory(statement=statement, confirmed=True), by=UserFactory())
    message = Message.objects.filter(kind="accepted").latest("pk")
    _subject, text, html = rendering.words(message)
    assert all("Please do not pass it on before it is." in part for part in (" ".join(text.split()), html))
    assert all("Please pass the statement on" not in part for part in (text, html))


def test_staff_make_the_letter_before_the_embargo_ends(embargoed):
    statement, pack = embargoed
    assert letter.order(statement, by=UserFactory(), text=statement.text()).number == pack.number + 1
