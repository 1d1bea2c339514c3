"""What mails about proposals say: to the new representative, to the present one, and to who asked."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from signon import tokens
from signon.models import Message, Proposal, SignOn

KINDS = {Message.Kind.PROPOSAL, Message.Kind.NEW_REPRESENTATIVE}
# What became of it, in a sentence. %(present)s is the name in the list or of the organization.
SENTENCES = {
    "asked": _(
        "Somebody with your link asked that %(name)s represent this sign-on of %(present)s from now on. Nothing changes"
        " before they confirm. If this is wrong, stop it."
    ),
    "left": _("%(name)s represents this sign-on of %(present)s now. Your link does nothing any more."),
    "represents": _("You represent this sign-on of %(present)s now. By this link you see, correct and withdraw it."),
    "listed": _("We corrected the name that you proposed: %(name)s."),
    "renamed": _("We agreed to the new official name: %(name)s. Lists that were delivered keep the former one."),
    "declined": _("You proposed a change for %(present)s: “%(name)s”. We could not agree to it; all stays as it is."),
}
BUTTONS = {"asked": _("Look at it, and stop it"), "renamed": _("Look at its page")}
TRUE_OF: dict[str, list[str]] = {
    "asked": Proposal.OPEN,
    "declined": [Proposal.State.DECLINED],
}


def context(message: Message) -> dict[str, Any]:
    """What the templates are given; nothing where the proposal is gone."""
    facts = json.loads(message.body or "{}")
    proposal = _found(facts)
    if proposal is None:
        return {}
    what = facts["what"]
    of = proposal.sign_on
    said = {
        "proposal": proposal,
        "statement": {"title": of.text.title, "url": settings.SITE_URL + of.statement.get_absolute_url()} if of else {},
        "present": present(proposal),
    }
    if message.kind == Message.Kind.NEW_REPRESENTATIVE:
        link = reverse("represent", args=[tokens.make(proposal, tokens.REPRESENT)])
        said["confirm_url"] = settings.SITE_URL + link
        # The address was only typed: a name that is kept back, and who acts for it, stand behind the link.
        if of is None or of.listing != SignOn.Listing.NAME:
            return said | {"present": "", "by": ""}
        return said | {"by": of.representative_name}
    page = _page(proposal, what)
    return said | {
        "sentence": SENTENCES[what] % {"name": proposal.name, "present": said["present"]},
        "reason": proposal.reason if what == "declined" else "",
        "button": BUTTONS.get(what, _("Look at it")) if page else "",
        "button_url": settings.SITE_URL + page if page else "",
    }


def present(proposal: Proposal) -> str:
    """What it is about, as it is named now."""
    if proposal.sign_on is None:
        return str(proposal.organization)
    return proposal.sign_on.listed_name or proposal.sign_on.name_as_typed


def is_true(message: Message) -> bool:
    """Whether what it says is so at this moment."""
    facts = json.loads(message.body or "{}")
    proposal = _found(facts)
    if proposal is None:
        return False
    if message.kind == Message.Kind.NEW_REPRESENTATIVE:
        return proposal.state == Proposal.State.ASKED and proposal.email == message.to_address
    return proposal.state in TRUE_OF.get(facts["what"], [Proposal.State.ACCEPTED])


def composed(proposal: Proposal, what: str) -> dict[str, Any]:
    """The key and the facts of a message about it."""
    key = f"proposal:{proposal.pk}:{what}:{secrets.token_hex(8)}"
    return {"key": key, "body": json.dumps({"proposal": proposal.pk, "what": what})}


def _found(facts: dict[str, Any]) -> Proposal | None:
    rows = Proposal.objects.select_related("sign_on__statement", "sign_on__text", "organization", "by")
    return rows.filter(pk=facts.get("proposal", 0)).first()


def _page(proposal: Proposal, what: str) -> str:
    if proposal.sign_on is None:
        return reverse("seats")
    return "" if what == "left" else reverse("manage", args=[tokens.make(proposal.sign_on, tokens.MANAGE)])
