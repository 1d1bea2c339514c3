"""Who may do what, found out by trying: every address of the site, as every role and as a stranger.

What is done is rolled back. tests/roles/test_roles.py compares it with docs/roles.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.admin.sites import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse

from campaigns.models import Statement
from signon import exporting, letter, mailing
from signon.casework import attaching, proposing
from signon.exports.export_choice import Choice
from signon.imports import previewing
from signon.models import (
    Convener,
    Export,
    Hold,
    ImportRow,
    LateLink,
    Mailing,
    Membership,
    Message,
    Network,
    Objection,
    Registration,
    Source,
    User,
    Webhook,
)  # fmt: skip
from signon.people import roles
from tests.campaigns.pieces import a_document, a_photo, a_post, an_event
from tests.factories import (
    InvitationFactory,
    OwnQuestionFactory,
    SignOnFactory,
    StatementFactory,
    UserFactory,
    accepted,
)

STRANGER = "stranger"
ROLES = [STRANGER, "editor", "verifier", "exporter", "campaign_manager", "auditor", "administrator"]
NOTHING, READS, ACTS = "–", "reads", "acts"
# The link is the right: whoever has it is answered, whoever they are.
BY_LINK = {"token", "key", "uidb36"}
CHANGES = ("_add", "_change", "_delete", "_export", "_import")
Cells = tuple[str, ...]


def patterns(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, set[str], URLPattern]]:
    """Every named address: its whole name, the parameters it takes, and what it is."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, f"{before}{each.namespace}:" if each.namespace else before)
        elif each.name:
            yield before + each.name, set(each.pattern.converters) | set(each.pattern.regex.groupindex), each


def area(name: str, taken: set[str]) -> str:
    """Which part of the table an address stands in."""
    if name.startswith("admin:"):
        return "admin"
    if name.startswith("desk"):
        return "desk"
    if name.startswith(("account", "mfa_", "usersessions_", "socialaccount_", "openid", "seat")):
        return "accounts"
    return "by link" if taken & BY_LINK else "public"


def table() -> dict[str, tuple[str, Cells]]:
    """By the names of all addresses, but for those that only a link opens: the area, and a cell for each of ROLES."""
    there = one_of_everything()
    clients = {role: _client(role, there["statement"]) for role in ROLES}
    found = {}
    for name, taken, _pattern in patterns():
        part = area(name, taken)
        address = None if part == "by link" else _address(name, taken, there)
        if address is None:
            continue
        # The administration's lists answer a POST as they answer a GET.
        methods = ["get"] if name.startswith("admin:") and not name.endswith(CHANGES) else ["get", "post"]
        codes = {role: [_code(clients[role], method, address) for method in methods] for role in ROLES}
        # Of allauth's addresses those that this site does not have answer 404.
        most = [200] * 2 if part == "accounts" else codes["administrator"]
        found[name] = (part, tuple(_cell(codes[role], most) for role in ROLES))
    return found


def _cell(codes: list[int], most: list[int]) -> str:
    """404 is a refusal where an administrator finds something: what is out of reach is not there.

    Else it says that the row which the address names is not there (`most` is what an administrator is answered).
    """
    passed = [
        code not in (401, 403, 405) and not (code == 404 and other not in (404, 405))
        for code, other in zip(codes, most, strict=False)
    ]
    return ACTS if any(passed[1:]) else READS if passed[0] else NOTHING


def _code(client: Client, method: str, address: str) -> int:
    """The status of the answer; 401 for who is asked to sign in."""
    if method == "get" and getattr(resolve(address).func, "is_posted_to", False):
        return 405  # it leads to the form's page, which is walked itself
    cookies = client.cookies.output()
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method)(address)
        for close in answer._resource_closers:  # files; answer.close() would close the connection too
            close()
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:  # signing out is rolled back too
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    is_asked = answer.status_code == 302 and answer["Location"].startswith(("/accounts/login/", "/admin/login/"))
    if (
        answer.status_code == 302 and answer["Location"] == "/admin/"
    ):  # how the administration says that it is not there
        return 404
    return 401 if is_asked else answer.status_code


def _client(role: str, statement: Statement) -> Client:
    client = Client()
    if role != STRANGER:
        user = UserFactory(email=f"{role}@network.example")
        roles.give(user, role)
        Membership.objects.create(user=user, campaign=statement.campaign)
        client.force_login(User.objects.get(pk=user.pk))
    return client


def _address(name: str, taken: set[str], there: dict[str, Any]) -> str | None:
    if name.startswith("admin:"):
        model = next(
            (each for each in site._registry if name.startswith(f"admin:{each._meta.label_lower.replace('.', '_')}_")),
            None,
        )
        row = model._default_manager.first() if model else None
        given: dict[str, Any] = {"object_id": row.pk if row else 0, "app_label": "signon"}
    else:
        given = parameters(name, there)
    # A name may lead to several addresses (the administration's old ones); the first that it takes is as good.
    for wanted in ({key: given[key] for key in taken if key in given}, {}):
        try:
            return reverse(name, kwargs=wanted)
        except NoReverseMatch:
            continue
    return None


def parameters(name: str, there: dict[str, Any]) -> dict[str, Any]:
    kind = name.removeprefix("desk-").split("-")[0]
    statement = there["statement"]
    slugs = {"campaign": statement.campaign.slug, "desk-campaign-archive": statement.campaign.slug,
             "desk-sender": statement.campaign.slug, "desk-sender-test": statement.campaign.slug}  # fmt: skip
    return {
        "slug": slugs.get(name, statement.slug),
        "number": getattr(there.get(there["also"].get(name, kind)), "pk", 1),
        "other": there["organization"].pk,
        "row": 1,
        "name": there["names"].get(name, "note"),
        "kind": "csv" if "letter" in name else "verification" if name.startswith("desk-kind") else "posts",
        "act": there["acts"].get(name, "again"),
        "lane": "bulk",
        "subject": "mails",
        "digest": there["letter"].digest or "0" * 64,
        "language": "en",
        "year": 2026,
        "month": 1,
        "version": 1,
        "path": "x",
    }


def one_of_everything() -> dict[str, Any]:
    other = UserFactory(staff=True)
    statement = StatementFactory(slug="call")
    waiting = SignOnFactory(statement=statement, confirmed=True)
    mailing.compose(Message.Kind.VERIFICATION, key="one", sign_on=waiting)
    signed = accepted(statement=statement, organization_name="Bread House")
    second = accepted(statement=statement, organization_name="Bread House of Nairobi")
    chosen = previewing.begin(statement, "A union, Kenya", by=other)
    ImportRow.objects.create(of=chosen, number=1, raw=[], values={}, status="new")
    pack = letter.order(statement, by=other, text=statement.text())
    letter.make(pack)
    pack.refresh_from_db()
    webhook = Webhook.objects.create(url="https://other.example/", created_by=other)
    webhook.statements.add(statement)
    event = an_event(takes_registrations=True, campaign=statement.campaign)
    objection = Objection.objects.create(email="asha@place.example", words="Do not call me.")
    convener = Convener.objects.create(statement=statement, name="A convener", place=1)
    return {
        "also": {
            "desk-act": "case",
            "desk-organization": "organization",
            "desk-merge": "second",
            "desk-hold-release": "hold",
            "desk-late-link-end": "late",
            "desk-settle": "convener",
            "desk-quote": "question",
            "desk-member": "network",
            "desk-member-of": "network",
            "desk-answer": "letter",
            "desk-registration-add": "registrations",
            "desk-announcement-again": "webhook",
        },
        "names": {"desk-photo-act": "front", "desk-document-act": "take-back", "desk-piece-act": "take-back"},
        "acts": {
            "desk-decide": "accept",
            "desk-proposal": "decline",
            "desk-statement-move": "close",
            "desk-message": "again",
        },
        "statement": statement,
        "case": waiting,
        "organization": signed.organization,
        "second": second.organization,
        "import": chosen,
        "letter": pack,
        "letters": pack,
        "mailing": Mailing.objects.create(statement=statement, created_by=other),
        "webhook": webhook,
        "export": exporting.begin(Choice(statement=statement.slug), "csv", by=other, way=Export.Way.PREPARED),
        "source": Source.objects.create(statement=statement, code="flyer", name="A flyer", created_by=other),
        "invitation": InvitationFactory(statement=statement),
        "attachment": attaching.attach(SimpleUploadedFile("a.pdf", b"%PDF-1.7"), by=other, sign_on=waiting),
        "message": Message.objects.get(key="one"),
        "post": a_post(campaign=statement.campaign),
        "piece": a_post(campaign=statement.campaign),
        "photo": a_photo(),
        "document": a_document(campaign=statement.campaign),
        "registrations": event,
        "registration": Registration.objects.create(event=event, name="Asha", email="asha@place.example"),
        "hold": Hold.objects.create(statement=statement, reason="trap"),
        "convener": convener,
        "late": LateLink.objects.create(statement=statement, name="Late", email="l@x.example", made_by=other),
        "proposal": proposing.propose_name(signed, "Bread Houses"),
        "question": OwnQuestionFactory(statement=statement),
        "objection": objection,
        "objections": objection,
        "network": Network.objects.create(name="A network", created_by=other),
    }
