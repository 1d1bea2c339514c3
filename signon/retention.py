"""What is kept, and how long."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from signon import mailing
from signon.models import LedgerEntry, SignOn
from signon.models.sign_on import new_key


def expire_unconfirmed(limit: int = 1000) -> int:
    """End up to `limit` sign-ons that nobody confirmed in time, and blank what was typed; returns how many."""
    now = timezone.now()
    late = SignOn.objects.filter(state=SignOn.State.UNCONFIRMED, expires_at__lt=now).order_by("expires_at")[:limit]
    return sum(_expire(sign_on) for sign_on in late)


@transaction.atomic
def _expire(sign_on: SignOn) -> bool:
    waiting = SignOn.objects.filter(pk=sign_on.pk, state=SignOn.State.UNCONFIRMED, expires_at__lt=timezone.now())
    if not waiting.select_for_update(no_key=True).exists():
        return False  # typed again, or confirmed, since it was found
    blank = dict.fromkeys(SignOn.PERSONAL_DATA, "")
    blank["ledger_salt"] = new_key()  # nothing leads from the ledger's digests back to the words any more
    if sign_on.is_individual:
        blank |= {"listed_name": "", "search_key": "", "sort_key": ""}
    if not sign_on.move(SignOn.State.EXPIRED, ended_at=timezone.now(), **blank):
        return False
    sign_on.own_answers.all().delete()
    mailing.cancel(sign_on)
    sign_on.messages.update(to_address="erased@invalid.invalid", mailbox="")
    LedgerEntry.objects.append(sign_on, LedgerEntry.Act.EXPIRED)
    return True


# A burst from one network is seen within an hour; nobody needs to know of it after this.
NETWORKS_ARE_KEPT = timedelta(days=7)


def forget_networks() -> int:
    """Blank from which network a sign-on came, a week after it was signed; returns how many."""
    old = SignOn.objects.filter(created_at__lt=timezone.now() - NETWORKS_ARE_KEPT)
    return old.exclude(network="").update(network="")
