"""What strangers send to do harm, or by mistake: words, numbers, paths, headers, bodies; and requests made of them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

from hypothesis import strategies as st

from tests.bad_input.addresses import LANGUAGES, Address, Form
from tests.bad_input.asking import Request

# Written into every kind of place: where a page shows it, it shows it escaped.
MARK = "<x\"'mark>"
SURROGATE, OVERLONG, LATIN = b"\xed\xa0\x80", b"\xc0\xaf..\xc0\xaf", b"caf\xe9"
WORDS = [
    MARK, f"a{MARK}", "<script>alert(1)</script>", "javascript:alert(1)", "{{7*7}}{% debug %}", "' OR 1=1 --",
    "%s%n%(x)s", "\0", "a\0b", "\x1b[2J", "a\r\nBcc: other@place.example", "a\nb", "\u202egro", "\u2066x",
    "pay\u200bpal", "\u00ad\u200d\ufeff", "e" + "\u0301" * 3000, "👩🏽‍👩🏽‍👧🏽", "𝕳𝖆𝖈𝖐", "\ue000", "\ufffe", "\ufdd0",
    "Ѕеаrсh", "א\u05b0", "شبكة\u064b\u064b", "ﷺ" * 200, "İI", "ß", "   ", "\u3000", "", "x" * 5000, "x" * 300, "=1+1",
    "+1", "@SUM(1)", "-1", "0", "1", "01", "²", "①", "١٢٣", "1_000", " 1 ", "0x1f", "1e999", "NaN", "-inf",
    "9223372036854775808", "1" * 30, "1" * 5000, "true", "null", "[]", "{}", "on", "en", "xx", "KE", "ZZ",
    "2026-13-45", "0000-00-00", "9999999-01-01", "2026-01-31T25:61", "../../etc/passwd", "..\\..\\x", "//evil.example",
    "/\\evil.example", "http://[::1", "http://127.0.0.1:1/", "https://x.example/" + "a" * 3000, "a@b@c",
    "Asha <a@place.example>, b@place.example", "=?utf-8?q?a=0d=0aBcc:_x?=", "\"a b\"@place.example", "a@[127.0.0.1]",
    "a@xn--a.example", "a@" + "b" * 250 + ".example", "1.2.3", ":", "::", "a:b:c", "eyJhIjoxfQ:1:x", "W10:1abc:x", "-",
    ".", "..", "%", "%00", "%zz", "\\", "~", "#", "?", "&", ";", "csv",
]  # fmt: skip
BYTES = [word.encode("utf-8", "surrogatepass") for word in WORDS] + [SURROGATE, OVERLONG, LATIN, b"\xff\xfe", b"\x80"]
words = st.sampled_from(WORDS) | st.text(max_size=40)
# Text also in half characters and in no encoding at all, as a form or an address may hold it.
raw = st.sampled_from(BYTES) | st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass"))
METHODS = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 40]
HEADERS = [
    "Host", "Accept", "Accept-Language", "Accept-Encoding", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
    "Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "Content-Type", "Origin",
    "Referer", "Cookie", "Sec-Fetch-Site", "User-Agent", "X-Requested-With", "X-HTTP-Method-Override", "Authorization",
    "X-CSRFToken",
]  # fmt: skip
VALUES = [
    "", "*", "x", "evil.example", "testserver:99999", "testserver@evil.example", "[::]", "null", "en;q=nan,fr;q=1e999",
    "ar" * 2000, "bytes=0-", "bytes=9-1", "bytes=-0", "bytes=" + "0-1," * 500, 'W/"', '"' * 50,
    "Thu, 99 Foo 99999 25:61:61 GMT", "1970", "sessionid=x; csrftoken=y", "sessionid=" + "a" * 4000,
    "__Host-session=\x01; ;;=;a", "messages=x", "a=" * 500, "127.0.0.1, x, ::1%eth0", "999.1.1.1", "https",
    "Basic !!!", "Basic " + "eA==", "Bearer x", "application/json", "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 500, "text/plain; charset=none",
    "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=rot13", "gzip",
    "identity;q=0", "-1", "99999999999999999999", "DELETE", "cross-site", "caf\xe9\xff",
]  # fmt: skip
FORM, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=bound", "application/json"


def escaped(value: bytes) -> str:
    """As it stands in a path: one segment, with no character that would end it."""
    return quote_from_bytes(value, safe="")


@st.composite
def requests(draw: st.DrawFn, address: Address, known: list[str]) -> Request:
    """A request that is good but for one to three things; `known` are names that the site's query strings have."""
    ways = [_path, _query, _headers, _headers, _method, _body]
    ways += [_form] * 6 if address.forms else [_fields] * 2
    request = Request("GET", address.path(draw(st.sampled_from(LANGUAGES))))
    for way in draw(st.lists(st.sampled_from(ways), min_size=1, max_size=3, unique=True)):
        way(draw, request, address, known)
    return request


def _path(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    if not address.parameters:
        request.path += escaped(draw(raw))
        return
    name = draw(st.sampled_from(address.parameters))
    language = draw(st.sampled_from(LANGUAGES))
    given = escaped(draw(raw)) if draw(st.integers(0, 3)) else address.opens.get(name, "x") + escaped(draw(raw))
    request.path = address.path(language, **{name: given or "%00"})


def _query(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    names = st.sampled_from([*(address.queries or known), *known])
    pairs = draw(st.lists(st.tuples(names, raw), min_size=1, max_size=4))
    if draw(st.booleans()):
        pairs += [(pairs[0][0], draw(raw)), (f"{pairs[0][0]}[]", b"1")]
    request.query = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)


def _headers(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    for name in draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=3, unique=True)):
        request.headers[name] = draw(st.sampled_from(VALUES))


def _method(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    request.method = draw(st.sampled_from(METHODS))


def _form(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    """A form of the page, filled in but for one to three fields."""
    form: Form = draw(st.sampled_from(address.forms))
    pairs = [(name, value.encode()) for name, values in form.fields.items() for value in values]
    for name in draw(st.lists(st.sampled_from(list(form.fields) or ["x"]), min_size=1, max_size=3, unique=True)):
        kept = pairs if not draw(st.integers(0, 4)) else [pair for pair in pairs if pair[0] != name]
        pairs = [*kept, (name, draw(raw))]
    request.method, request.path = "POST", form.path
    _put(draw, request, pairs, is_multipart=form.is_multipart, files=form.files)


def _fields(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    request.method = "POST"
    _put(draw, request, draw(st.lists(st.tuples(st.sampled_from(known), raw), max_size=5)), is_multipart=False)


def _put(
    draw: st.DrawFn,
    request: Request,
    pairs: list[tuple[str, bytes]],
    *,
    is_multipart: bool,
    files: list[str] | None = None,
) -> None:
    if is_multipart or not draw(st.integers(0, 5)):
        request.content_type = MULTIPART
        parts = [
            b'--bound\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
            for name, value in pairs
        ]
        field = draw(st.sampled_from(files or ["file"])).encode()
        named, data = (
            draw(st.sampled_from(BYTES)),
            draw(st.sampled_from([b"", b"x", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])),
        )
        parts.append(
            b'--bound\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
            % (field, named.replace(b"\n", b"")[:200], data)
        )
        request.body = b"".join(parts) + draw(st.sampled_from([b"--bound--\r\n", b"", b"--bound"]))
        return
    request.content_type = FORM
    request.body = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


_leaf = st.none() | st.booleans() | st.integers() | st.floats() | words | st.just("\ud800")
_branch = _leaf | st.lists(_leaf, max_size=3) | st.dictionaries(words, _leaf, max_size=3)
_json = _branch | st.lists(_branch, max_size=3) | st.dictionaries(words, _branch, max_size=3)


def _body(draw: st.DrawFn, request: Request, address: Address, known: list[str]) -> None:
    """Something else than a form."""
    request.method = "POST"
    whole: Any = draw(_json)
    many = urlencode({f"a{number}": 1 for number in range(1200)}).encode()
    xml = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    bodies = [b"[" * 20_000, b"\xff" * 10, b"{", b'{"a": 1e999999}', xml, many, json.dumps(whole).encode()]
    request.body = draw(st.sampled_from(bodies))
    request.content_type = draw(st.sampled_from([JSON, JSON, FORM, MULTIPART, "text/plain", "image/png", ""]))
