"""One POST to an address that somebody typed: to the outside alone, once, without redirects, and not for long."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

LONGEST = 10.0  # seconds for all of it
# What IPv6 gives out for the public; elsewhere an address of IPv4 may hide, or a network that is nobody's yet.
_PUBLIC_6 = ip_network("2000::/3")
# Within the public ranges, what IANA keeps for special purposes: protocols, relays (6to4, Teredo), documentation.
_SPECIAL = [
    ip_network(network)
    for network in (
        "192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
]  # fmt: skip


class Refused(Exception):
    """We do not send there; the sentence says why."""


@dataclass(frozen=True)
class Answer:
    """What came back: an HTTP status, or 0 and why there is none. Of the body nothing is kept."""

    status: int
    words: str

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


def check(url: str) -> None:
    """Raises Refused for an address that we would never send to; asks no name server."""
    target = _split(url)
    with contextlib.suppress(ValueError):
        _check_address(target, ip_address(target.hostname or ""))


def post(url: str, body: bytes, headers: Mapping[str, str], *, longest: float | None = None) -> Answer:
    """Send `body`; never raises for what a receiver, a network or a name server may do."""
    try:
        target = _split(url)
        with _connection(target, longest or LONGEST) as connection:
            path = f"{target.path or '/'}{'?' + target.query if target.query else ''}"
            every = {**headers, "Host": target.netloc}
            connection.request("POST", path, body=body, headers=every, preload_content=False)
            response = connection.getresponse()
            return Answer(response.status, str(response.status))
    except Refused as error:
        return Answer(0, str(error))
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        return Answer(0, f"no answer: {type(error).__name__}")


def _split(url: str) -> SplitResult:
    try:
        target = urlsplit(url)
        if target.scheme not in ("http", "https") or not target.hostname or target.port == 0:
            raise ValueError
    except ValueError as error:
        raise Refused(_("This is no address of a web server.")) from error
    if target.username is not None or target.password is not None:
        raise Refused(_("An address with a name or a password in it is not used."))
    if target.scheme == "http" and not settings.WEBHOOK_NETWORKS:
        raise Refused(_("The address must begin with https://."))
    return target


@contextlib.contextmanager
def _connection(target: SplitResult, longest: float) -> Iterator[HTTPConnection]:
    """To the very address that was checked, whatever the name server says a moment later; cut when time is over."""
    address, port = str(_resolve(target)), target.port or (443 if target.scheme == "https" else 80)
    if target.scheme == "https":
        connection: HTTPConnection = HTTPSConnection(
            address, port, timeout=longest, server_hostname=target.hostname, assert_hostname=target.hostname
        )
    else:
        connection = HTTPConnection(address, port, timeout=longest)
    # A time-out of sockets begins anew with each byte; this one does not.
    over = threading.Event()
    end = threading.Timer(longest, _cut, [connection, over])
    end.start()
    try:
        yield connection
        if over.is_set():  # what was read until then looks whole
            raise TimeoutError
    finally:
        end.cancel()
        connection.close()


def _cut(connection: HTTPConnection, over: threading.Event) -> None:
    over.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _resolve(target: SplitResult) -> IPv4Address | IPv6Address:
    found = socket.getaddrinfo(target.hostname, target.port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for address in addresses:
        _check_address(target, address)
    return addresses[0]


def _check_address(target: SplitResult, address: IPv4Address | IPv6Address) -> None:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return
    if target.scheme != "https":
        raise Refused(_("The address must begin with https://."))
    is_special = any(address in network for network in _SPECIAL) or (address.version == 6 and address not in _PUBLIC_6)
    if not address.is_global or address.is_multicast or is_special:
        raise Refused(_("The address leads to a network that is not public."))
