"""Whoever is at risk is listed by country, or only counted: their name is looked for everywhere, and is nowhere.

A name that is listed is looked for in the same places and found, so that the walk is known to look.
"""

import io
import logging
import zipfile
from urllib.parse import quote

import pypdfium2
import pytest
import redis
from django.conf import settings
from django.core.files.storage import storages
from django.urls import reverse, translate_url
from django.utils import timezone

from signon import exporting, letter, mailing
from signon.casework import proposing
from signon.exports.export_choice import Choice
from signon.mail import rendering
from signon.models import Announcement, Convener, LetterPack, Mailing, MailingText, Membership, Message, Webhook
from signon.people import roles
from signon.programs import announcements
from tests.factories import CampaignFactory, InvitationFactory, StatementFactory, UserFactory, accepted
from tests.signon.test_embargo import addresses

pytestmark = pytest.mark.django_db
# A search page says what was searched for: the first words are typed, the last ones looked for.
LISTED = "Kontrola Openfield"
HIDDEN = {
    "an organization listed by country": "Zwyxara Hyddenfold",
    "an organization that is only counted": "Vexquora Cowntedfold",
    "an individual listed by country": "Quandela Shaydefold",
    "an individual who is only counted": "Marwenna Numbrefold",
}
WORDS = {words.split()[1].lower() for words in HIDDEN.values()}
SHOWN = LISTED.split()[1].lower()


def shows(data):
    """Which of the names stand in this: the hidden ones' last words, and whether the listed one's does."""
    text = (data.decode("utf-8", "replace") if isinstance(data, bytes) else data).lower()
    return {word for word in WORDS if word in text}, SHOWN in text


class Looked:
    """What was looked at, and what it told."""

    def __init__(self):
        self.hidden, self.listed, self.number = [], set(), 0

    def at(self, place, data):
        found, control = shows(data)
        self.number += 1
        self.hidden += [(place, word) for word in sorted(found)]
        if control:
            self.listed.add(place)


@pytest.fixture
def looked():
    return Looked()


@pytest.fixture
def statement():
    campaign = CampaignFactory()
    made = StatementFactory(campaign=campaign, accepts_individuals=True, texts={"en": "A call", "ar": "نداء"})
    Webhook.objects.create(url="https://hook.example/", created_by=UserFactory())
    Membership.objects.create(user=UserFactory(), campaign=campaign)
    for which, name in HIDDEN.items():
        one = {"listing": "country" if "country" in which else "count", "email": f"{name.split()[0]}@risk.example"}
        if "individual" in which:
            one |= {"signer": "individual", "organization_name": "", "representative_name": name, "listed_name": name}
        else:
            one |= {
                "organization_name": name,
                "representative_name": f"Asha of {name}",
                "website": f"https://{name.split()[1]}.example/",
            }
        accepted(statement=made, **one)
    accepted(statement=made, organization_name=LISTED, email="control@listed.example")
    return made


def packs(statement):
    for options in ({}, {"with_representatives": True, "with_answers": True, "grouping": "alphabet"}):
        pack = letter.order(statement, by=UserFactory(), text=statement.text(), **options)
        letter.make(pack)
        yield LetterPack.objects.get(pk=pack.pk)


def test_no_page_feed_api_embed_or_verification_tells_of_them(client, statement, looked, caplog):
    caplog.set_level(logging.INFO)
    for pack in packs(statement):
        letter.deliver(pack, by=UserFactory(), to="The Assembly", at=timezone.now())
        urls = [*addresses(statement, pack)]
        for name in (*HIDDEN.values(), LISTED):
            first, slug = quote(name.split()[0]), name.lower().replace(" ", "-")
            searched = [f"{reverse(page)}?q={first}" for page in ("search", "organizations")]
            searched += [f"{reverse('signatories', args=[statement.slug])}?q={first}"]
            searched += [f"{reverse('api:signatories', args=[statement.slug])}?q={first}"]
            urls += [translate_url(url, code) for url in searched for code, _name in settings.LANGUAGES]
            if name != LISTED:
                answer = client.get(reverse("organization", args=[slug]))
                assert answer.status_code == 404
        for url in dict.fromkeys(urls):
            answer = client.get(url, follow=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            looked.at(url, body + repr(sorted(answer.headers.items())).encode())
    assert looked.hidden == []
    assert looked.number > 200
    slug = statement.slug
    expected = {
        *(reverse(name, args=[slug]) for name in ("statement", "signatories", "api:signatories")),
        translate_url(reverse("signatories", args=[slug]), "ar"),
        reverse("organizations"),
        f"{reverse('search')}?q=Kontrola",
        reverse("verify-manifest", args=[pack.digest]),
    }
    assert expected - looked.listed == set()
    looked.at("the log", caplog.text)
    assert looked.hidden == []


def test_no_copy_in_redis_tells_of_them(client, statement, looked):
    for code, _name in settings.LANGUAGES:
        client.get(translate_url(reverse("share-picture", args=[statement.slug]), code))
        client.get(translate_url(reverse("numbers", args=[statement.slug]), code))
    for number in range(16):
        with redis.Redis.from_url(_database(number)) as server:
            for key in server.scan_iter():
                looked.at(f"{number} {key!r}", key + (server.dump(key) or b""))
    assert looked.hidden == []
    assert looked.number > 0


def _database(number):
    url = settings.CACHES["redis"]["LOCATION"]
    return url.replace("db=1", f"db={number}") if "db=1" in url else f"{url.rpartition('/')[0]}/{number}"


def test_no_letter_tells_of_them_in_any_of_its_files(statement, looked):
    for pack in packs(statement):
        looked.at(f"manifest {pack.number}", pack.manifest)
        for file in pack.files.all():
            with storages["private"].open(file.place) as opened:
                data = opened.read()
            where = f"{file.kind} {pack.number}"
            looked.at(where, data)
            if file.kind == "pdf":
                with pypdfium2.PdfDocument(io.BytesIO(data)) as printed:
                    looked.at(where, "\n".join(page.get_textpage().get_text_range() for page in printed))
            if file.kind == "docx":
                with zipfile.ZipFile(io.BytesIO(data)) as parts:
                    for part in parts.namelist():
                        looked.at(where, parts.read(part))
    assert looked.hidden == []
    assert looked.listed == {f"{kind} {number}" for kind in ("manifest", "pdf", "docx", "csv") for number in (1, 2)}


def test_no_webhook_is_told_of_them(statement, looked):
    told = Announcement.objects.filter(sign_on__statement=statement)
    assert told.count() >= len(HIDDEN)
    for each in told:
        for event in Announcement.Event.values[:2]:
            each.event = event
            looked.at(event, announcements.payload(each))
    assert looked.hidden == []
    assert looked.listed == {"signatory.accepted"}


def test_no_mail_to_others_tells_of_them(statement, looked):
    """What is written to themselves names them, and so does what staff get who may see them."""
    staff = UserFactory(staff=True)
    control = statement.sign_ons.get(listed_name=LISTED)
    invitation = InvitationFactory(statement=statement)
    convener = Convener.objects.create(statement=statement, name="A convener", place=1, email="c@convener.example")
    written = Mailing.objects.create(statement=statement, created_by=staff)
    MailingText.objects.create(mailing=written, language="en", subject="News", body="We met.")
    pack = next(packs(statement))
    letter.deliver(pack, by=staff, to="The Assembly", at=timezone.now())
    Message.objects.exclude(sign_on=control).filter(sign_on__isnull=False, user=None).delete()
    for kind in ("accepted", "corrected", "delivered", "update", "deadline", "reaffirm"):
        of = {"mailing": written} if kind in ("update", "delivered") else {}
        mailing.compose(kind, key=f"x{kind}", sign_on=control, **of)
    for kind in ("invitation", "invitation_reminder"):
        mailing.compose(kind, key=f"x{kind}", to=invitation.email, invitation=invitation)
    mailing.compose("draft", key="xdraft", to=convener.email, convener=convener, statement=statement)
    mailing.compose("digest", key="xdigest", user=staff)
    for message in Message.objects.exclude(kind="notice"):
        for part in rendering.words(message):
            looked.at(message.kind, part)
    assert looked.hidden == []
    assert {"accepted", "corrected"} <= looked.listed


def test_the_mail_to_a_new_representative_keeps_back_a_name_that_is_kept_back(statement, looked):
    """The address was only typed: it may be a stranger's."""
    for sign_on in statement.sign_ons.filter(signer="organization"):
        asked = {"name": "Carla Neto", "title": "", "email": f"{sign_on.pk}@stranger.example"}
        proposing.propose_representative(sign_on, **asked)
    Message.objects.exclude(kind="new_representative").delete()
    assert Message.objects.count() > 2
    for message in Message.objects.all():
        for part in rendering.words(message):
            looked.at(message.kind, part)
            assert message.sign_on.listing == "name" or message.sign_on.representative_name not in str(part)
    assert looked.hidden == []
    assert looked.listed == {"new_representative"}


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods", "json"])
def test_no_list_tells_of_them_to_who_has_no_right_to_contacts(statement, looked, form):
    clerk = UserFactory(is_staff=True)
    roles.give(clerk, "exporter")
    clerk.groups.first().permissions.filter(codename="export_contacts").delete()
    clerk = type(clerk).objects.get(pk=clerk.pk)
    for asks in (False, True):
        _export, pieces = exporting.at_once(Choice(statement=statement.slug, contacts=asks), form, by=clerk)
        data = b"".join(pieces)
        looked.at(form, data)
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                for part in parts.namelist():
                    looked.at(form, parts.read(part))
    assert looked.hidden == []
    assert looked.listed == {form}
