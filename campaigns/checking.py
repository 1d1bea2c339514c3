"""What a reader would stumble over in a statement's text, with its line: for whoever wrote it, before it opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from campaigns import languages
from campaigns.markdown import parser
from campaigns.models import Revision, RevisionText

# The places that a statement's page has beside its text's own footnotes.
PLACES = {"sign-on", "signatories"}
_WORDS = {
    "no_title": _("It has no title."),
    "no_lead": _("It has no lead: one or two sentences that stand for it in lists."),
    "no_text": _("There is no text yet."),
    "mark_without_note": _("The mark [%(label)s] has no footnote."),
    "note_without_mark": _("Footnote %(label)s has no mark in the text; it is not shown."),
    "note_twice": _("There are two footnotes %(label)s; only the first is shown."),
    "dead_anchor": _("The link “%(words)s” leads to “%(link)s”, a place that this text does not have."),
    "no_https": _("The link “%(words)s” goes to %(link)s: write https where the site has it."),
    "broken_link": _("The link “%(words)s” leads nowhere: “%(link)s” is no address of a web page."),
    "unread_link": _("“%(words)s” looks like a link, but is shown as it stands here."),
    "numbers_jump": _("After %(before)s comes %(number)s."),
    "numbers_begin": _("The first number is %(number)s."),
    "numbers_shown": _("You wrote %(number)s, but readers see %(shown)s."),
    "no_original": _("There is no text in the original language, %(language_name)s."),
    "no_translation": _("There is no text in %(language_name)s yet."),
    "no_addressee": _("Missing translation: the addressee. Readers see “%(addressee)s”."),
    "no_excerpt": _("It has no excerpt: lists show the beginning of its text."),
    "no_words": _("Nothing is written in %(language_name)s, its original language."),
    "photo_unsaid": _("What its photo shows is not said in %(language_name)s."),
    "older": _("The original was changed after this translation: compare the two."),
    "picture_in_text": _("The picture “%(words)s” is not shown. Upload it as a photo, then choose it."),
    "other_demands": _("Numbered demands: %(own)s here, %(original)s in the original."),
    "other_notes": _("Footnotes: %(own)s here, %(original)s in the original."),
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: a code with its facts; `line` counts the text's lines from 1, None where it has none."""

    code: str
    line: int | None = None
    language: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """A sentence in the language that is active now."""
        facts = {"language_name": _name(self.language), **self.facts}
        return str(_WORDS[self.code]) % facts

    @property
    def place(self) -> str:
        """Where it is: "Line 12", "" where it is in no line."""
        return gettext("Line %(number)s") % {"number": self.line} if self.line else ""


def findings(text: RevisionText) -> list[Finding]:
    """What is wrong with one text by itself, in the order of its lines; writes and asks nothing."""
    found = [Finding("no_title")] if not text.title.strip() else []
    found += [Finding("no_lead")] if not text.lead.strip() else []
    found += findings_in(text.body)
    return [Finding(each.code, each.line, text.language, each.facts) for each in found]


def findings_in(source: str) -> list[Finding]:
    """What a reader would stumble over in some Markdown, in the order of its lines."""
    if not source.strip():
        return [Finding("no_text")]
    tokens, env = _parsed(source)
    lines = source.split("\n")
    found = [*_of_notes(env, lines), *_of_words(tokens, lines), *_of_numbers(tokens)]
    return sorted(found, key=lambda each: each.line or 0)


def findings_of(revision: Revision) -> list[Finding]:
    """The same of all current texts, and what they lack beside each other; two queries at most."""
    texts = {text.language: text for text in revision.current_texts}
    original = texts.get(revision.original_language)
    found = [] if original else [Finding("no_original", language=revision.original_language)]
    wanted = [each for each in revision.statement.languages if each != revision.original_language]
    found += [Finding("no_translation", language=language) for language in wanted if language not in texts]
    addressee = revision.statement.addressee.strip()
    for text in texts.values():
        found += findings(text)
        if addressee and not text.addressee.strip() and text.language != revision.original_language:
            found.append(Finding("no_addressee", language=text.language, facts={"addressee": addressee}))
        if original and text is not original:
            found += _beside(text, original)
    return found


def measures(source: str) -> dict[str, int]:
    """How many numbered demands (of the first level) and footnotes with a mark a text has."""
    tokens, env = _parsed(source)
    demands = sum(token.type == "list_item_open" and token.level == 1 and bool(token.info) for token in tokens)
    notes = env.get("footnotes", {}).get("list", {})
    return {"demands": demands, "notes": len(notes)}


def _beside(text: RevisionText, original: RevisionText) -> Iterator[Finding]:
    own, theirs = measures(text.body), measures(original.body)
    for code, name in (("other_demands", "demands"), ("other_notes", "notes")):
        if own[name] != theirs[name]:
            yield Finding(code, None, text.language, {"own": own[name], "original": theirs[name]})


def _parsed(source: str) -> tuple[list[Token], dict[str, Any]]:
    env: dict[str, Any] = {}
    return parser().parse(source, env), env


_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:")
_MARK = re.compile(r"\[\^([^\]\s]+)\]")


def _of_notes(env: dict[str, Any], lines: list[str]) -> Iterator[Finding]:
    """The parser keeps of each footnote whether a mark led to it: -1 where none did."""
    marked = {
        label.removeprefix(":"): number >= 0 for label, number in env.get("footnotes", {}).get("refs", {}).items()
    }
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        note = _NOTE.match(line)
        if note is None or note[1] not in marked:
            continue
        if note[1] in seen:
            yield Finding("note_twice", number, facts={"label": note[1]})
        elif not marked[note[1]]:
            yield Finding("note_without_mark", number, facts={"label": note[1]})
        seen.add(note[1])


def _of_words(tokens: list[Token], lines: list[str]) -> Iterator[Finding]:
    """Marks that stayed words, and links."""
    begins, notes = 0, set()
    for token in tokens:
        if token.map:
            begins = token.map[0]
        if token.type != "inline" or id(token) in notes:
            continue
        notes.add(id(token))  # the words of a footnote with two marks stand twice among the tokens
        end = token.map[1] if token.map else begins + 1
        within = lines[begins : max(end, begins + 1)]
        plain = "".join(child.content if child.type == "text" else "\n" for child in token.children or [])
        for mark in _MARK.finditer(plain):
            yield Finding("mark_without_note", _line(within, begins, mark[0]), facts={"label": f"^{mark[1]}"})
        for link in re.finditer(r"\[([^\]\n]+)\]\(([^)\n]*)\)", plain):
            yield Finding("unread_link", _line(within, begins, link[0]), facts={"words": link[0]})
        for href, words in _links(token.children or []):
            code = _fault(href)
            if code:
                facts = {"link": href, "words": words or href}
                yield Finding(code, _line(within, begins, href), facts=facts)


def _line(within: list[str], begins: int, words: str) -> int:
    """The line that holds these words, else the one where its block begins."""
    return begins + 1 + next((at for at, line in enumerate(within) if words in line), 0)


def _links(children: list[Token]) -> Iterator[tuple[str, str]]:
    href, words = "", ""
    for child in children:
        if child.type == "link_open":
            href, words = str(child.attrs.get("href", "")), ""
        elif child.type == "link_close":
            yield href, words
        else:
            words += child.content


def _fault(href: str) -> str:
    if href.startswith("#"):
        return "" if href[1:] in PLACES else "dead_anchor"
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return "broken_link"
    if parts.scheme == "mailto":
        return "" if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", parts.path) else "broken_link"
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or ".." in host or "%20" in host:
        return "broken_link"
    return "no_https" if parts.scheme == "http" else ""


def _of_numbers(tokens: list[Token]) -> Iterator[Finding]:
    """Numbered demands of the first level: each is one more than the one before, over all lists of a section.

    A list that begins again at 1 is another list.
    """
    last, shown = 0, 0
    for token in tokens:
        if token.type == "heading_open" and token.level == 0:
            last = 0
        if token.type == "ordered_list_open" and token.level == 0:
            shown = int(token.attrs.get("start", 1))
            line = token.map[0] + 1 if token.map else None
            if shown not in (1, last + 1):
                code = "numbers_jump" if last else "numbers_begin"
                yield Finding(code, line, facts={"before": last, "number": shown})
            written = []
        if token.type == "list_item_open" and token.level == 1 and token.info:
            written.append(int(token.info))
            # All with the same number is a habit of Markdown's, and means nothing.
            if int(token.info) != shown and len({*written}) > 1:
                line = token.map[0] + 1 if token.map else None
                yield Finding("numbers_shown", line, facts={"number": int(token.info), "shown": shown})
            last, shown = shown, shown + 1


def _name(language: str) -> str:
    return languages.name_of(language)
