"""Requests as bytes over a real connection, also those that no client would send."""

from __future__ import annotations

import contextlib
import http.client
import socket

from tests.bad_input.asking import Request
from tests.stack import Answer, Stack

# So long a connection may be silent before it counts as hung.
SECONDS = 20


def send(stack: Stack, request: Request) -> Answer:
    """The answer to one request on a connection of its own."""
    connection = http.client.HTTPConnection("localhost", stack.port, timeout=SECONDS)
    try:
        headers = {"Host": f"localhost:{stack.port}"} | request.headers
        if request.content_type and "Content-Type" not in headers:
            headers["Content-Type"] = request.content_type
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value.encode("latin-1"))
        if request.body or request.method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered before it read all
            connection.send(request.body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def send_bytes(stack: Stack, data: bytes) -> bytes:
    """All that comes back until the server closes, b"" if it closes without a word; nothing follows what is sent."""
    came = b""
    with socket.create_connection(("localhost", stack.port), timeout=SECONDS) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                came += part
        except TimeoutError:
            raise
        except OSError:  # it hung up before it had read all
            pass
    return came
