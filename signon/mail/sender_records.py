"""What the domain name system says of a sender's domain: SPF, DKIM and DMARC, and what to write where it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import dns.resolver

# In seconds: of one question to one server, and of all together.
WAIT, LONGEST = 2.0, 5.0
FOUND, MISSING, WRONG, UNKNOWN = "found", "missing", "wrong", "unknown"


@dataclass(frozen=True)
class Record:
    """One of the three: what was found, in words; `line` is what to write in the zone, "" where nothing is to do."""

    name: str
    state: str
    words: str
    found: str = ""
    line: str = ""


class Unanswered(Exception):
    """No name server answered in time."""


def resolver(servers: Iterable[str] = (), port: int = 53) -> dns.resolver.Resolver:
    """One that gives up in time; with this machine's own servers unless told which (IP addresses)."""
    import dns.resolver  # some megabytes, for one page of the desk

    made = dns.resolver.Resolver(configure=not servers)
    if servers:
        made.nameservers, made.port = list(servers), port
    made.timeout, made.lifetime = WAIT, LONGEST
    return made


def records(domain: str, selector: str = "", *, asked: dns.resolver.Resolver | None = None) -> list[Record]:
    """SPF, DKIM (if a selector is given) and DMARC of a domain."""
    import dns.resolver

    try:
        asked = asked or resolver()
    except dns.resolver.NoResolverConfiguration:
        return [Record(name, UNKNOWN, _no_answer()) for name in ("SPF", "DKIM", "DMARC")]
    return [_spf(domain, asked), _dkim(domain, selector, asked), _dmarc(domain, asked)]


def _spf(domain: str, asked: dns.resolver.Resolver) -> Record:
    try:
        found = [text for text in _texts(domain, asked) if text.lower().split(" ")[0] == "v=spf1"]
    except Unanswered:
        return Record("SPF", UNKNOWN, _no_answer())
    line = f'{domain}. IN TXT "v=spf1 mx include:… -all"'
    if not found:
        words = _("%(domain)s does not say which servers may send its mail. Name your mail server in place of “…”.")
        return Record("SPF", MISSING, words % {"domain": domain}, line=line)
    if len(found) > 1:
        words = _("%(domain)s has more than one SPF record; receivers then take none. Make one of them.")
        return Record("SPF", WRONG, words % {"domain": domain}, "\n".join(found))
    if found[0].lower().rstrip().endswith("+all"):
        words = _("%(domain)s lets every server in the world send its mail. End it with “-all”.")
        return Record("SPF", WRONG, words % {"domain": domain}, found[0])
    words = _("%(domain)s says which servers may send its mail. See that your mail server is among them.")
    return Record("SPF", FOUND, words % {"domain": domain}, found[0])


def _dkim(domain: str, selector: str, asked: dns.resolver.Resolver) -> Record:
    if not selector:
        return Record("DKIM", UNKNOWN, _("Write the selector that your mail server signs with, to see its key."))
    name = f"{selector}._domainkey.{domain}"
    try:
        found = [text for text in _texts(name, asked) if "p=" in text.replace(" ", "")]
    except Unanswered:
        return Record("DKIM", UNKNOWN, _no_answer())
    line = f'{name}. IN TXT "v=DKIM1; k=rsa; p=…"'
    if not found:
        words = _("There is no key at %(name)s. Your mail server tells what stands in place of “…”.")
        return Record("DKIM", MISSING, words % {"name": name}, line=line)
    if not _tags(found[0]).get("p"):
        words = _("The key at %(name)s was taken back: what is signed with it counts as not signed.")
        return Record("DKIM", WRONG, words % {"name": name}, found[0], line)
    words = _("There is a key at %(name)s. See that your mail server signs with it.")
    return Record("DKIM", FOUND, words % {"name": name}, found[0])


def _dmarc(domain: str, asked: dns.resolver.Resolver) -> Record:
    try:
        # A domain without its own follows the one above it.
        for name in dict.fromkeys([domain, ".".join(domain.split(".")[-2:])]):
            found = [text for text in _texts(f"_dmarc.{name}", asked) if text.lower().startswith("v=dmarc1")]
            if found:
                return _of_policy(name, found[0])
    except Unanswered:
        return Record("DMARC", UNKNOWN, _no_answer())
    words = _("%(domain)s does not say what becomes of mail that neither SPF nor DKIM vouches for.")
    line = f'_dmarc.{domain}. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"'
    return Record("DMARC", MISSING, words % {"domain": domain}, line=line)


def _of_policy(name: str, found: str) -> Record:
    policy = _tags(found).get("p", "").lower()
    if policy not in ("none", "quarantine", "reject"):
        words = _("The DMARC record of %(domain)s has no policy that receivers know (p=none, quarantine or reject).")
        return Record("DMARC", WRONG, words % {"domain": name}, found)
    told = {
        "none": _("%(domain)s asks receivers to change nothing, and to report. Once reports are good, ask for more."),
        "quarantine": _("%(domain)s asks receivers to put mail that nothing vouches for among spam."),
        "reject": _("%(domain)s asks receivers to refuse mail that nothing vouches for."),
    }
    return Record("DMARC", FOUND, told[policy] % {"domain": name}, found)


def _texts(name: str, asked: dns.resolver.Resolver) -> list[str]:
    """The TXT records at a name; none where it has none. Raises Unanswered."""
    import dns.exception
    import dns.resolver

    try:
        answer = asked.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise Unanswered(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _tags(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in parts}


def _no_answer() -> str:
    return _("The domain name system did not answer in time. Try again in a minute.")
