"""Another program's server for webhooks: answers by turns as it is told, and keeps what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook as Signature

HANG, DRIP = "hang", "drip"
Turn = int | str | tuple[int, dict[str, str]] | Callable[[], int]


class Receiver:
    def __init__(self, *turns: Turn) -> None:
        self.turns, self.taken, self.paths = list(turns), [], []  # type: ignore[var-annotated]
        self.end = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.paths.append(self.path)
                turn = receiver.turns.pop(0) if receiver.turns else 204
                if turn == HANG:
                    receiver.end.wait(60)
                    return
                if turn == DRIP:
                    receiver._drip(self)
                    return
                if callable(turn):
                    turn = turn()
                status, headers = turn if isinstance(turn, tuple) else (turn, {})
                if status < 300:
                    receiver.taken.append((dict(self.headers), body))
                self.send_response(status)  # type: ignore[arg-type]
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *said: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/names"

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        """A header a moment, and never the end of them."""
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        while not self.end.wait(0.05):
            try:
                handler.wfile.write(b"X-More: more\r\n")
            except OSError:
                return

    def read(self, secret: str) -> list[dict[str, Any]]:
        """What was taken, each verified as its receiver would do it."""
        return [Signature(secret).verify(body, headers) for headers, body in self.taken]


@contextmanager
def receiving(*turns: Turn) -> Iterator[Receiver]:
    receiver = Receiver(*turns)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.end.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(10)
