"""Mailings and those they go to, for tests."""

from django.utils import timezone

from signon.mail import addresses, mailings
from signon.models import Mailing, MailingText, SignOn
from signon.naming import names
from tests.factories import SignOnFactory, UserFactory


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
    return sorted(addresses.mailbox(each.email) for each in mailings.audience(chosen))
