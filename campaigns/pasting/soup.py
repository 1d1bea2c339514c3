"""HTML as others make it becomes a small tree: paragraphs, headings, lists, quotes, tables, links, bold, italic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Comment, Tag

from campaigns.pasting import tables
from campaigns.pasting.losses import Losses

# Deeper than any text is: what is nested deeper comes up.
DEEPEST = 60
# Beginnings and ends of tags: some seconds' work, and many times what a statement has.
MOST_SIGNS = 30_000
BLOCKS = {
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ol",
    "ul",
    "li",
    "blockquote",
    "table",
    "tr",
    "td",
    "th",
    "hr",
}
KEPT = BLOCKS | {"a", "strong", "em", "br", "thead", "tbody", "caption", "footnote-mark"}
_INTO_BLOCKS = {
    "address", "article", "aside", "center", "dd", "details", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "header", "main", "nav", "pre", "section", "summary",
}  # fmt: skip
_GONE = {
    "images": ["img", "picture", "v:imagedata", "v:shape", "v:rect", "image"],
    "objects": ["object", "embed", "iframe", "video", "audio", "svg", "canvas", "math", "o:oleobject", "applet"],
    "scripts": ["script", "noscript", "template"],
    "fields": ["input", "select", "textarea", "button"],
}
_UNSEEN = ["head", "style", "title", "meta", "link", "base", "xml", "o:p", "colgroup", "col", "map"]
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_COMMENT_LIST = re.compile(r"mso-element\s*:\s*comment", re.IGNORECASE)
_MARGIN = re.compile(r"mso-element\s*:\s*(header|footer)", re.IGNORECASE)
_PLAIN_COLORS = {"black", "windowtext", "#000000", "#000", "rgb(0,0,0)", "inherit", "auto", "currentcolor", "initial"}
_PLAIN_GROUNDS = {"white", "#ffffff", "#fff", "transparent", "none", "inherit", "initial", "rgb(255,255,255)", "auto"}
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\ufeff\u00ad\ufffe\uffff\ud800-\udfff]")


def printable(text: str) -> str:
    """Without control characters and those that nobody sees; marks of direction stay."""
    return _NOT_PRINTABLE.sub("", text)


def parse(html: str, losses: Losses) -> BeautifulSoup:
    """The tree of any text: comments, conditional marks of Word's and declarations are gone, and no branch is deep."""
    html = printable(html)
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    html = re.sub(r"<!\[[^\]>]{0,200}\]?-{0,2}>|<[!?][^>]*>", "", html)
    html = re.sub(r"<(?=[!?])", "&lt;", html)
    if html.count("<") > MOST_SIGNS:
        losses.add("too_long")
        html = "<".join(html.split("<", MOST_SIGNS)[:MOST_SIGNS])
    tree = BeautifulSoup(html, "html.parser")
    depths: dict[int, int] = {id(tree): 0}
    deep = []
    for tag in tree.find_all(True):
        depths[id(tag)] = depth = depths[id(tag.parent)] + 1
        if depth > DEEPEST:
            deep.append(tag)
    for tag in deep:
        tag.unwrap()
    return tree


def style_of(tag: Tag) -> dict[str, str]:
    """The declarations of its style attribute, in small letters and without white space around them."""
    found = {}
    for part in str(tag.get("style") or "").split(";"):
        name, _colon, value = part.partition(":")
        if value:
            found[name.strip().lower()] = value.strip().lower()
    return found


def fold_styles(tree: BeautifulSoup) -> None:
    """Put what a style sheet says of Google's classes (".c3") on the tags themselves, and Word's title above all."""
    title = tree.find(class_="MsoTitle")
    if title is not None:
        for heading in tree.find_all(["h1", "h2", "h3", "h4", "h5"]):
            heading.name = f"h{int(heading.name[1]) + 1}"
        title.name = "h1"
    rules: dict[str, str] = {}
    for sheet in tree.find_all("style"):
        rules |= dict(re.findall(r"\.(c\d{1,4})\s*\{([^}]{0,2000})\}", sheet.get_text()))
    if not rules:
        return
    for tag in tree.find_all(class_=True):
        said = [rules[name] for name in tag.get_attribute_list("class") if name in rules]
        if said:
            tag["style"] = ";".join([*said, str(tag.get("style") or "")])


def drop(tree: BeautifulSoup, losses: Losses) -> None:
    """Take away what no text is, and count it."""
    for name in _UNSEEN:
        for tag in tree.find_all(name):
            tag.decompose()
    _drop_comments(tree, losses)
    for code, names in _GONE.items():
        for tag in tree.find_all(names):
            if tag.decomposed:
                continue
            if not (tag.name == "input" and tag.get("type") == "hidden"):
                losses.add(code)
            tag.decompose()
    for tag in tree.find_all("del"):
        if not tag.decomposed:
            losses.add("deleted")
            tag.decompose()
    losses.add("inserted", len(tree.find_all("ins")))
    for tag in tree.find_all(style=_MARGIN):
        if not tag.decomposed:
            losses.add("margins")
            tag.decompose()
    for tag in tree.find_all(style=_HIDDEN):
        if not tag.decomposed:
            losses.add("hidden", int(bool(tag.get_text(strip=True))))
            tag.decompose()


def _drop_comments(tree: BeautifulSoup, losses: Losses) -> None:
    """Word's and Google's comments: the marks in the text and the list below it."""
    for mark in tree.find_all("a", href=re.compile(r"#(_msocom_|cmnt)\d+$")):
        if not mark.decomposed:
            losses.add("comments")
            mark.decompose()
    for tag in tree.find_all(style=_COMMENT_LIST):
        if not tag.decomposed:
            tag.decompose()
    for back in tree.find_all("a", href=re.compile(r"#cmnt_ref\d+$")):
        if not back.decomposed:
            (back.find_parent("div") or back.find_parent("p") or back).decompose()
    for tag in tree.find_all(class_=re.compile("MsoCommentReference|MsoCommentText")):
        if not tag.decomposed and not tag.get_text(strip=True):
            tag.decompose()


def simplify(root: Tag, losses: Losses) -> None:
    """Bring every tag to one of KEPT, or leave its words alone in its place."""
    for note in root.find_all(string=lambda text: isinstance(text, Comment)):
        note.extract()
    for tag in list(_inside(root)):
        _tell_of_looks(tag, losses)
        _simplify(tag, losses)
    tables.mend(root, losses)
    for tag in reversed(list(root.find_all(["p", "div", "li", "ol", "ul", "blockquote", "a", "strong", "em"]))):
        if not tag.get_text().replace("\xa0", " ").strip() and not tag.find(["br", "hr", "footnote-mark"]):
            if tag.name in ("strong", "em", "a"):
                tag.unwrap()
            elif not tag.find_parent(["td", "th"]):
                tag.decompose()


def _inside(root: Tag) -> Iterator[Tag]:
    yield from root.find_all(True)


def _tell_of_looks(tag: Tag, losses: Losses) -> None:
    style = style_of(tag)
    ink = (style.get("color") or str(tag.get("color") or "")).replace(" ", "").lower()
    ground = (style.get("background-color") or style.get("background") or style.get("mso-highlight") or "").replace(
        " ", ""
    )
    if tag.get_text(strip=True):
        is_link = tag.name == "a" or tag.find_parent("a") or tag.find("a")
        if (ink and ink not in _PLAIN_COLORS and not is_link) or (ground and ground not in _PLAIN_GROUNDS):
            losses.add("colors")
        line = style.get("text-decoration", "") + style.get("text-decoration-line", "")
        if (tag.name == "u" or "underline" in line) and not is_link:
            losses.add("underlined")
        if tag.name in ("s", "strike") or "line-through" in line:
            losses.add("struck")


def _simplify(tag: Tag, losses: Losses) -> None:
    style, name = style_of(tag), tag.name
    weight, slant = style.get("font-weight", ""), style.get("font-style", "")
    is_bold = weight in ("bold", "bolder") or (weight.isdecimal() and int(weight) >= 600)
    is_plain = weight == "normal" or (weight.isdecimal() and int(weight) < 600)
    if name in ("b", "strong"):
        tag.name, name = "strong", "strong"
        if is_plain:
            tag.name = name = "span"
    elif name in ("i", "em", "cite", "dfn"):
        tag.name = name = "span" if slant == "normal" else "em"
    elif name in ("sup", "sub"):
        _raise(tag, losses)
    if name in ("span", "font", "u", "ins", "small"):
        place = style.get("vertical-align", "")
        if place in ("super", "sub") and tag.get_text(strip=True) and not tag.find("footnote-mark"):
            _raise(tag, losses, is_sub=place == "sub")
        if is_bold:
            _wrap_inside(tag, "strong")
        if slant == "italic":
            _wrap_inside(tag, "em")
    if name in _INTO_BLOCKS:
        tag.name = "div"
    if name == "a":
        _mend_link(tag, losses)
    elif tag.name not in KEPT:
        tag.unwrap()
    if tag.name in KEPT:
        kept = ("start", "href", "number", "delimiter", "colspan", "rowspan")
        tag.attrs = {key: value for key, value in tag.attrs.items() if key in kept}


def _wrap_inside(tag: Tag, name: str) -> None:
    inner = BeautifulSoup("", "html.parser").new_tag(name)
    for child in list(tag.contents):
        inner.append(child)
    tag.append(inner)


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _raise(tag: Tag, losses: Losses, *, is_sub: bool = False) -> None:
    """Raised digits have letters of their own; other raised letters come down to the line."""
    words = tag.get_text().strip()
    if tag.find("footnote-mark") or not words:
        return
    if words.isascii() and words.isdecimal():
        tag.string = words.translate(_LOWERED if is_sub or tag.name == "sub" else _RAISED)
    else:
        losses.add("raised")


def _mend_link(tag: Tag, losses: Losses) -> None:
    href = "".join(str(tag.get("href") or "").split())
    try:
        parts = urlsplit(href)
        if parts.hostname in ("www.google.com", "google.com") and parts.path == "/url":
            href = (parse_qs(parts.query).get("q") or [href])[0]
            parts = urlsplit(href)
        good = (parts.scheme in ("http", "https") and parts.hostname) or (parts.scheme == "mailto" and "@" in href)
    except ValueError:
        good = False
    if good:
        tag["href"] = href
        return
    if href and tag.get_text(strip=True):
        losses.add("links")
    tag.unwrap()
