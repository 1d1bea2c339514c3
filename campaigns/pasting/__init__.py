"""Words from Word, Google Docs or a web page as a statement's Markdown, and what was lost on the way.

What Markdown cannot hold is dropped and told (`losses`); numbered demands and footnotes survive.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from campaigns.pasting import docx, inlines, lists, notes, outline, soup
from campaigns.pasting.losses import Losses
from campaigns.pasting.writer import markdown_of

# What a page takes, in characters and bytes: a statement is a letter, and Word's HTML ten times its words. A form that
# is larger than Django's DATA_UPLOAD_MAX_MEMORY_SIZE, 2.5 MB, does not arrive.
MOST_CHARACTERS = 2_000_000
MOST_BYTES = 10_000_000

Unreadable = docx.Unreadable


@dataclass(frozen=True)
class Pasted:
    """A text as it came in: its title ("" where it shows none), its Markdown, and sentences on what was lost."""

    title: str = ""
    body: str = ""
    lost: list[str] = field(default_factory=list)


def from_html(html: str) -> Pasted:
    """A clipboard's or a file's HTML. Never raises: what cannot be read is left out, and told."""
    return _from_html(html, Losses())


def from_docx(data: bytes) -> Pasted:
    """A .docx file. Raises Unreadable with a sentence where it is none."""
    losses = Losses()
    return _from_html(docx.html_of(data, losses), losses)


def from_text(text: str) -> Pasted:
    """Plain text or Markdown, as it is; a first heading with one # is taken as the title."""
    body = soup.printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    first, _line, rest = body.partition("\n")
    if first.startswith("# ") and "\n# " not in rest:
        return Pasted(first[2:].strip(" #"), rest.strip("\n"))
    return Pasted("", body)


def from_file(name: str, data: bytes) -> Pasted:
    """A file by its name's end: .docx, .html, .htm, .md, .txt. Raises Unreadable with a sentence for all else."""
    end = name.rpartition(".")[2].lower()
    if end == "docx":
        return from_docx(data)
    if end not in ("html", "htm", "md", "markdown", "txt"):
        raise Unreadable(docx.ANOTHER_KIND)
    text = _decoded(data)
    return from_html(text) if end in ("html", "htm") else from_text(text)


def _from_html(html: str, losses: Losses) -> Pasted:
    if len(html) > MOST_CHARACTERS:
        losses.add("too_long")
    tree = soup.parse(html[:MOST_CHARACTERS], losses)
    soup.fold_styles(tree)
    found = notes.take(tree)
    soup.drop(tree, losses)
    for root in [tree, *found.values()]:
        lists.mend(root, losses)
        soup.simplify(root, losses)
        inlines.mend(root, losses)
    title = outline.mend(tree)
    body = markdown_of(tree)
    written = [notes.write(number, markdown_of(note)) for number, note in found.items()]
    return Pasted(title, "\n\n".join(part for part in [body, *written] if part), losses.sentences())


def _decoded(data: bytes) -> str:
    from charset_normalizer import from_bytes

    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data[:MOST_BYTES]).best()
        return str(best) if best else data.decode("latin-1")
