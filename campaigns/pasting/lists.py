"""Lists as others write them: Word's paragraphs that look like lists, Google's nested ones, numbers typed by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

from campaigns.pasting.losses import Losses
from campaigns.pasting.soup import style_of

# Put by campaigns.pasting.docx before the words of a numbered paragraph, for Mammoth forgets where numbers go on.
MARKED = re.compile("\ue000(\\d{1,4})\ue001")
_WORDS_LIST = re.compile(r"mso-list\s*:\s*l\d+\s+level(\d+)", re.IGNORECASE)
_IGNORED = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"\(?(?:\d{1,3}\.)*(\d{1,4})[.):]?$")
_LETTER = re.compile(r"\(?([a-zA-Z]|[ivxlcIVXLC]{1,6})[.)]$")
_TYPED = re.compile(r"\s*\(?(\d{1,2})[.)]\s+(?=\S)")
_MAKER = BeautifulSoup("", "html.parser")


@dataclass
class _Item:
    paragraph: Tag
    level: int
    number: int | None  # None: a bullet
    lettered: bool


def mend(root: Tag, losses: Losses) -> None:
    """Make every list one that Markdown can say, with the numbers that were seen."""
    _gather_paragraphs(root, losses)
    _nest(root)
    for ordered in root.find_all("ol"):
        kind = str(ordered.get("type") or "") + style_of(ordered).get("list-style-type", "")
        inner = "".join(style_of(item).get("list-style-type", "") for item in _items(ordered)[:1])
        losses.add(
            "letters", int(bool(re.search("^[aAiI]$|alpha|latin|roman", kind) or re.search("alpha|roman", inner)))
        )
        _take_marked_numbers(ordered)
        _split_at_values(ordered)
    _take_typed(root, losses)
    _join_or_part(root)
    for item in root.find_all("li"):
        paragraphs = item.find_all("p", recursive=False)
        if len(paragraphs) == 1 and _before(paragraphs[0]) is None:
            paragraphs[0].unwrap()


def _gather_paragraphs(root: Tag, losses: Losses) -> None:
    """Runs of Word's list paragraphs become lists."""
    run: list[_Item] = []
    for paragraph in root.find_all(["p", "h1", "h2", "h3", "h4"], style=_WORDS_LIST):
        item = _item(paragraph)
        if run and _next_tag(run[-1].paragraph) is not paragraph:
            _write_run(run, losses)
            run = []
        run.append(item)
    if run:
        _write_run(run, losses)


def _item(paragraph: Tag) -> _Item:
    found = _WORDS_LIST.search(str(paragraph["style"]))
    sign = paragraph.find(style=_IGNORED)
    words = ""
    if sign is not None:
        words = sign.get_text().replace("\xa0", " ").strip()
        sign.decompose()
    number, letter = _NUMBER.match(words), _LETTER.match(words)
    level = min(int(found[1]), 9) if found else 1
    return _Item(paragraph, level, int(number[1]) if number else 0 if letter else None, bool(letter))


def _write_run(run: list[_Item], losses: Losses) -> None:
    anchor = _MAKER.new_tag("div")
    run[0].paragraph.insert_before(anchor)
    open_lists: list[tuple[int, Tag, int]] = []  # level, list, the last number
    for item in run:
        while open_lists and open_lists[-1][0] > item.level:
            open_lists.pop()
        kind = "ul" if item.number is None else "ol"
        number = item.number or 0
        goes_on = open_lists and open_lists[-1][0] == item.level and open_lists[-1][1].name == kind
        if goes_on and kind == "ol" and not item.lettered and number != open_lists[-1][2] + 1:
            goes_on = False
        if goes_on:
            level, holder, last = open_lists.pop()
        else:
            if open_lists and open_lists[-1][0] == item.level:
                open_lists.pop()
            level, last, holder = item.level, 0, _MAKER.new_tag(kind)
            if kind == "ol" and number > 1:
                holder["start"] = str(number)
            losses.add("letters", int(item.lettered))
            parent = open_lists[-1][1].find_all("li", recursive=False)[-1] if open_lists else anchor
            parent.append(holder)
        line = _MAKER.new_tag("li")
        item.paragraph.extract()
        line.extend(list(item.paragraph.contents))
        holder.append(line)
        open_lists.append((level, holder, last + 1 if item.lettered else number))
    anchor.unwrap()


def _nest(root: Tag) -> None:
    """A list directly in a list belongs to the item before it; so does Google's next list of a deeper level."""
    for inner in root.find_all(["ol", "ul"]):
        before = _before(inner)
        if inner.parent is not None and inner.parent.name in ("ol", "ul"):
            if before is None or before.name != "li":
                before = _MAKER.new_tag("li")
                inner.insert_before(before)
            before.append(inner.extract())
        elif before is not None and before.name in ("ol", "ul") and _level(inner) > _level(before) >= 0:
            _deepest(before, _level(inner)).append(inner.extract())


def _deepest(outer: Tag, level: int) -> Tag:
    """The last item of the list that one of this level hangs on."""
    items = _items(outer)
    if not items:
        return outer
    inner = [child for child in items[-1].find_all(["ol", "ul"], recursive=False) if 0 <= _level(child) < level]
    return _deepest(inner[-1], level) if inner else items[-1]


def _level(found: Tag) -> int:
    """Google's level of a list, -1 where its class says none."""
    for name in found.get_attribute_list("class"):
        if kix := re.fullmatch(r"lst-kix_\w+-(\d)", str(name)):
            return int(kix[1])
    return -1


def _items(found: Tag) -> list[Tag]:
    return found.find_all("li", recursive=False)


def _take_marked_numbers(ordered: Tag) -> None:
    for item in _items(ordered):
        first = next((text for text in item.strings if text.strip()), None)
        marked = MARKED.match(first) if first is not None else None
        if first is not None and marked:
            item["value"] = marked[1]
            first.replace_with(NavigableString(first[marked.end() :]))


def _split_at_values(ordered: Tag) -> None:
    """An item that says its own number begins a list of its own where the number does not follow."""
    expected = _number(ordered.get("start"), 1)
    for item in _items(ordered):
        said = _number(item.get("value"), expected)
        if said != expected and item is _items(ordered)[0]:
            ordered["start"] = str(said)
        elif said != expected:
            rest = _MAKER.new_tag("ol")
            rest["start"] = str(said)
            for later in [item, *item.find_next_siblings("li")]:
                rest.append(later.extract())
            ordered.insert_after(rest)
            _split_at_values(rest) if len(_items(rest)) < 200 else None
            return
        expected = said + 1


def _take_typed(root: Tag, losses: Losses) -> None:
    """Paragraphs that begin with typed numbers, 1 and the next and so on, are demands."""
    found: list[tuple[Tag, NavigableString, int]] = []
    for paragraph in root.find_all(["p", "div"]):
        if paragraph.find(["p", "div", "ol", "ul", "table", "blockquote"]) or paragraph.find_parent(["li", "td", "th"]):
            continue
        first = next((text for text in paragraph.strings if text.strip()), None)
        typed = _TYPED.match(first.replace("\xa0", " ")) if first is not None else None
        if first is not None and typed and int(typed[1]) == len(found) + 1:
            found.append((paragraph, first, typed.end()))
    if len(found) < 2:
        return
    losses.add("typed", len(found))
    for number, (paragraph, first, end) in enumerate(found, 1):
        first.replace_with(NavigableString(first[end:]))
        holder, line = _MAKER.new_tag("ol"), _MAKER.new_tag("li")
        holder["start"] = str(number)
        paragraph.insert_before(holder)
        line.extend(list(paragraph.extract().contents))
        holder.append(line)


def _join_or_part(root: Tag) -> None:
    """Of two lists side by side: the second goes on where its number does, else it is kept apart by its sign."""
    for holder in root.find_all(["ol", "ul"]):
        before = _before(holder)
        if before is None or before.name != holder.name or not _items(before):
            continue
        start, end = _number(holder.get("start"), 1), _number(before.get("start"), 1) + len(_items(before))
        if holder.name == "ol" and start == end and before.get("delimiter") == holder.get("delimiter"):
            for item in reversed(_items(holder)):
                _items(before)[-1].insert_after(item.extract())
            holder["merged"] = "yes"
        else:
            holder["delimiter"] = "." if before.get("delimiter") == ")" else ")"
    for holder in root.find_all(["ol", "ul"], merged=True):
        holder.decompose()


def _before(tag: Tag) -> Tag | None:
    """The tag just before this one, with no words between; a list that was joined to another is not there any more."""
    for sibling in tag.previous_siblings:
        if isinstance(sibling, Tag) and sibling.get("merged") is None:
            return sibling
        if not isinstance(sibling, Tag) and sibling.get_text().strip():
            return None
    return None


def _next_tag(tag: Tag) -> Tag | None:
    for sibling in tag.next_siblings:
        if isinstance(sibling, Tag):
            return sibling
        if sibling.get_text().strip():
            return None
    return None


def _number(value: object, otherwise: int) -> int:
    words = str(value or "").strip()
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 7 else otherwise
