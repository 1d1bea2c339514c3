"""What staff are told after they changed when or where an event is: nothing is mailed by itself."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Event, Piece
from signon.events import registration_desk
from signon.models import Registration


def say_who_is_to_be_told(request: HttpRequest, piece: Piece) -> None:
    """Say how many registered and do not know of a change yet; nothing where it is no event, or nobody did."""
    event = Event.objects.filter(pk=piece.pk).first() if isinstance(piece, Event) else None
    number = registration_desk.untold(event).count() if event else 0
    if number:
        words = ngettext(
            "%(number)d person registered and does not know of this yet. Look at “Registrations” to tell them.",
            "%(number)d people registered and do not know of this yet. Look at “Registrations” to tell them.",
            number,
        )
        messages.warning(request, words % {"number": number})


def say_who_moved_up(request: HttpRequest, moved: list[Registration]) -> None:
    """Name who got a place, and whom nobody but the desk can tell; to others than those who see contacts, how many."""
    if not moved:
        return
    if not request.user.has_perm("signon.view_registration"):
        words = ngettext("%(number)d person moved up.", "%(number)d people moved up.", len(moved))
        messages.success(request, words % {"number": len(moved)})
        return
    for each in moved:
        if each.email:
            messages.success(request, _("%(name)s moved up and gets an e-mail.") % {"name": each})
        else:
            words = _("%(name)s moved up and has no e-mail address: please call.")
            messages.warning(request, words % {"name": each})
