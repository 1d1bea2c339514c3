"""The pages by which whoever got a letter checks it: public, the same for everybody, nothing is uploaded."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from django.core.files.storage import storages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns import heads
from signon.letters.letter import in_words
from signon.models import LetterFile, LetterPack


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """A field for a digest, for who has a printed letter and no code to scan."""
    typed = re.sub(r"\s", "", request.GET.get("digest", "")).lower()
    inside = re.search(r"[0-9a-f]{16,64}", typed)  # of a whole address, too, or of the first digits at a page's foot
    digest = inside[0] if inside else quote(typed[:200], safe="")
    return redirect("verify", digest) if digest else _find(request)


def _find(request: HttpRequest) -> HttpResponse:
    head = heads.head(reverse("verify-find"), title=_("Check a letter"))
    return render(request, "signon/verify_find.html", {"head": head})


@require_safe
def verify(request: HttpRequest, digest: str) -> HttpResponse:
    """What was published under a digest, and a place to check one's copy."""
    pack = _packs().light().filter(digest=digest).first()
    if pack is None and (meant := _meant(digest)):
        return redirect("verify", meant)
    if pack is None:
        return render(request, "signon/verify_find.html", {"unknown": digest}, status=404)
    page: dict[str, Any] = {
        "pack": pack,
        "statement": pack.statement,
        "counts": in_words(pack.counts),
        "accepted": [(way, pack.counts["accepted"][way]) for way in WAYS if way in pack.counts["accepted"]],
        "files": pack.files.all(),
        "is_withdrawn": _is_withdrawn(pack),
        "has_list": bool(pack.files.exclude(place="")) and not _is_withdrawn(pack),
    }
    return render(request, "signon/verify.html", page)


def _meant(digits: str) -> str:
    """The digest whose first digits these are, or of whose letter this is a file's; "" where there is not one."""
    if not re.fullmatch("[0-9a-f]{16,64}", digits):
        return ""
    begins = Q(digest__startswith=digits) | Q(files__sha256__startswith=digits)
    found = list(_packs().filter(begins).values_list("digest", flat=True).distinct()[:2])
    return found[0] if len(found) == 1 else ""


@require_safe
def manifest(request: HttpRequest, digest: str) -> HttpResponse:
    """The manifest, byte for byte: its SHA-256 is the digest."""
    pack = get_object_or_404(_packs(), digest=digest)
    if not pack.manifest or _is_withdrawn(pack):
        raise Http404
    return HttpResponse(pack.manifest, content_type="application/json; charset=utf-8")


@require_safe
def delivered_pdf(request: HttpRequest, digest: str) -> FileResponse:
    """The letter as it was handed over; none that names representatives, and none that was not delivered."""
    own = _packs().light().delivered().filter(with_representatives=False)
    pack = get_object_or_404(own, digest=digest)
    file = pack.files.filter(kind=LetterFile.Kind.PDF).exclude(place="").first()
    if file is None or _is_withdrawn(pack):
        raise Http404
    opened = storages["private"].open(file.place)
    return FileResponse(opened, filename=file.name, content_type="application/pdf")


@require_safe
def sums(request: HttpRequest, digest: str) -> HttpResponse:
    """The files' digests as the command sha256sum reads them."""
    pack = get_object_or_404(_packs().light(), digest=digest)
    lines = [f"{file.sha256}  {file.name}\n" for file in pack.files.all()]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")


# How signatories were accepted, in the order in which it is told.
WAYS = (
    "confirmed_then_accepted_by_staff",
    "confirmed_by_invitation_then_accepted_by_staff",
    "confirmed_then_accepted_by_rule",
    "taken_from_a_list",
    "entered_by_staff",
)


def _packs() -> Any:
    return LetterPack.objects.public().select_related("statement", "text__revision")


def _is_withdrawn(pack: LetterPack) -> bool:
    return pack.statement.phase() == "withdrawn"
