"""The product as several processes of a kind, and what then stands before its web processes.

With FLEET=1 a stack (tests/stack.py) has two web processes wherever a test starts one, and three workers of the kind
wherever it starts one. They go by one name: who ends "worker" ends all three.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable
from itertools import cycle
from socketserver import BaseRequestHandler, ThreadingTCPServer

FLEET = os.environ.get("FLEET") == "1"
WEBS, WORKERS = 2, 3


def members(name: str, count: int) -> list[str]:
    """The names of so many processes of one kind: web, web-2."""
    return [name, *(f"{name}-{number}" for number in range(2, count + 1))]


class Balancer(ThreadingTCPServer):
    """Hands each connection to the next of these ports, and to the one after where nobody listens.

    It knows nothing of HTTP: both sides see each other go away, and are held up by each other.
    """

    daemon_threads, block_on_close, request_queue_size = True, False, 128

    def __init__(self, ports: Iterable[int]) -> None:
        self.ports = list(ports)
        self._turns, self._lock = cycle(range(len(self.ports))), threading.Lock()
        super().__init__(("127.0.0.1", 0), _Line)
        self._thread = threading.Thread(target=self.serve_forever, args=[0.1], daemon=True)

    @property
    def port(self) -> int:
        return self.socket.getsockname()[1]

    def __enter__(self) -> Balancer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def reach(self) -> socket.socket | None:
        """A connection to whoever's turn it is; None where nobody listens."""
        with self._lock:
            first = next(self._turns)
        for port in self.ports[first:] + self.ports[:first]:
            try:
                return socket.create_connection(("127.0.0.1", port))
            except OSError:
                continue
        return None


class _Line(BaseRequestHandler):
    server: Balancer

    def handle(self) -> None:
        web = self.server.reach()
        if web is None:
            return
        with web:
            back = threading.Thread(target=_carry, args=[web, self.request], daemon=True)
            back.start()
            _carry(self.request, web)
            back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """What one says to the other, until it has nothing more to say or either is gone."""
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is gone already
