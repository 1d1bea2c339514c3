"""Every column in which words may stand is searched when somebody is erased, or says here why not."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from signon.models import Case, ImportMapping, Lane, Network
from signon.privacy import erasing, held, traces
from tests.factories import SignOnFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.also_sealed]
ADDRESS = "asha@words.example"

# Why nobody's words stand there that an erasure has to look for; by reason, table and columns.
EXCEPTED = {
    "What the network publishes of itself and its work; it is edited at the desk, by its own people.": {
        "campaigns.Campaign": "slug title summary sender_name",
        "campaigns.Statement": "slug addressee",
        "campaigns.AddresseeAnswer": "from_whom words",
        "campaigns.Photo": "credit",
        "campaigns.PhotoWords": "alt caption",
        "campaigns.Post": "slug author source_name source_url",
        "campaigns.PostWords": "title excerpt body",
        "campaigns.Document": "title",
        "campaigns.Event": "slug address link registration_url",
        "campaigns.EventWords": "title excerpt body place prepares",
        "campaigns.FormerSlug": "slug",
        "campaigns.Page": "slug",
        "campaigns.PageWords": "title excerpt body",
        "campaigns.Publisher": "name accent accent_dark",
        "campaigns.PublisherWords": "tagline about",
        "campaigns.RevisionText": "title lead addressee body",
        "signon.OwnQuestion": "words choices",
        "signon.ConsentText": "words",
        "signon.LetterPack": "letterhead remark",
        "signon.Source": "code name",
    },
    "Of organizations, which are nobody's personal data; strangers do not write there.": {
        "signon.Organization": "slug name acronym website search_key",
        "signon.OrganizationName": "name search_key",
        "signon.OrganizationDomain": "domain",
        "signon.Distinction": "search_key",
        "signon.Convener": "name",
        "signon.Invitation": "organization_name acronym website search_key",
        "signon.Member": "organization_name acronym website",
        "signon.Profile": "website logo",
        "signon.ProfileName": "name search_key",
        "signon.Proposal": "acronym",
    },
    "What was handed over stays as it was handed over, with whom it went to; else the letter goes whole.": {
        "signon.LetterPack": "manifest delivered_to",
    },
    "Blanked where they are a person's or of what never stood (erasing._signature).": {
        "signon.SignOn": "organization_name acronym website listed_name sort_key search_key",
    },
    "Codes, ids and digests: in the ledger, of texts, of files, of runs.": {
        "campaigns.RevisionText": "digest",
        "signon.Case": "codes",
        "signon.KeptFigure": "name told",
        "signon.ConsentText": "digest",
        "signon.SignOn": "via",
        "signon.LetterPack": "digest counts seal_digest",
        "signon.LetterFile": "name sha256",
        "signon.Attachment": "content_type sha256",
        "signon.Comment": "digest",
        "signon.Erasure": "digest counts",
        "signon.Export": "digest",
        "signon.HashKeyMark": "mark",
        "signon.Import": "encoding",
        "signon.ImportMapping": "signature",
        "signon.LedgerEntry": "facts previous digest",
        "signon.Look": "digests",
        "signon.Merge": "changed",
        "signon.Rehearsal": "digest",
        "signon.Registration": "told",
        "signon.Seal": "previous digest",
        "signon.SealedEntry": "digest",
        "signon.SignInLimit": "cache_key value",
    },
    "Random keys, and secrets of accounts and programs.": {
        "campaigns.Post": "draft_key",
        "campaigns.Event": "draft_key",
        "campaigns.Page": "draft_key",
        "campaigns.Photo": "key",
        "campaigns.Document": "key",
        "signon.User": "password",
        "signon.SignOn": "link_key ledger_salt public_id",
        "signon.Convener": "link_key",
        "signon.FactorReset": "link_key",
        "signon.Invitation": "link_key",
        "signon.LateLink": "link_key",
        "signon.Proposal": "link_key",
        "signon.Rehearsal": "link_key",
        "signon.Registration": "link_key",
        "signon.Seat": "link_key",
        "signon.Message": "message_id",
        "signon.Webhook": "url secret earlier_secret",
    },
    "Where a file lies, under a name that the product made; the file goes (traces, attaching).": {
        "signon.LetterFile": "place",
        "signon.Attachment": "place",
        "signon.Export": "file",
        "signon.Import": "file",
    },
    "Named after rows and workers; a message's key that holds an address is blotted by itself.": {
        "signon.Message": "key claimed_by",
        "signon.Announcement": "key",
    },
    "Codes of countries, languages, time zones and states.": {
        "campaigns.Statement": "languages zone",
        "campaigns.AddresseeAnswer": "language",
        "campaigns.Photo": "original_language",
        "campaigns.PhotoWords": "language",
        "campaigns.Post": "original_language",
        "campaigns.PostWords": "language",
        "campaigns.Document": "language",
        "campaigns.Event": "original_language zone",
        "campaigns.EventWords": "language",
        "campaigns.FormerSlug": "kind",
        "campaigns.Page": "original_language",
        "campaigns.PageWords": "language",
        "campaigns.Publisher": "zone country_names",
        "campaigns.PublisherWords": "language",
        "campaigns.Revision": "original_language",
        "campaigns.RevisionText": "language",
        "signon.Organization": "country",
        "signon.Distinction": "country",
        "signon.SignOn": "country",
        "signon.Comment": "language",
        "signon.Counter": "country scope",
        "signon.Invitation": "country",
        "signon.Proposal": "language",
        "signon.Rehearsal": "language",
        "signon.Look": "languages",
        "signon.Message": "language",
        "signon.Mailing": "sign_on_states countries",
        "signon.Member": "country",
        "signon.Profile": "languages",
        "signon.ProfileName": "language",
    },
}
MAY_HOLD_WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField)


def may_hold_words(field):
    inner = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(inner, MAY_HOLD_WORDS) and not field.choices


def test_every_column_that_may_hold_words_is_searched_or_says_why_not():
    searched = {(model, name) for model, names in traces.columns().items() for name in names}
    excepted = [
        f"{label}.{name}" for tables in EXCEPTED.values() for label, names in tables.items() for name in names.split()
    ]
    blanked = {label.model: getattr(label.model, "PERSONAL_DATA", set()) for label in held.REGISTER}
    open_columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in ("signon", "campaigns")
        for field in model._meta.concrete_fields
        if may_hold_words(field)
        and (model, field.name) not in searched
        and field.name not in blanked.get(model, ())
        and not (model._meta.label in held.EXCEPTIONS and field.name in model.PERSONAL_DATA)
    }
    assert open_columns - set(excepted) == set()
    # None is excepted twice, nor for nothing.
    assert sorted(excepted) == sorted(open_columns)


def test_an_address_is_found_in_each_kind_of_column_and_a_longer_one_is_left():
    """Beside an address that only ends like it."""
    said = f"Write to <{ADDRESS.upper()}>, not to x{ADDRESS}."
    lane = Lane.objects.create(name="bulk", why=said) if not Lane.objects.exists() else Lane.objects.first()
    Lane.objects.filter(pk=lane.pk).update(why=said)
    network = Network.objects.create(name="Kituo", source=said, created_by=UserFactory(staff=True))
    case = Case.objects.create(sign_on=SignOnFactory(), findings=[{"code": "a", "facts": {"name": said}}])
    mapping = ImportMapping.objects.create(signature="a" * 64, mapping={said: "email"}, by=UserFactory(staff=True))
    SignOnFactory(email=ADDRESS)
    erasing.erase(ADDRESS)
    left = f"Write to <…>, not to x{ADDRESS}."
    for row in (lane, network, case, mapping):
        row.refresh_from_db()
    assert (lane.why, network.source) == (left, left)
    assert case.findings == [{"code": "a", "facts": {"name": left}}]
    assert mapping.mapping == {left: "email"}
