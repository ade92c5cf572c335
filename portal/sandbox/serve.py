"""A small threaded HTTP server for the sandbox: one process, one thread a connection, able to break off rudely."""

from __future__ import annotations

import socket
import struct
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class QuietHandler(WSGIRequestHandler):
    """Hands the connection to the application, which may want to break it; logs nothing, for addresses hold IDs."""

    timeout = 60

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["sandbox.connection"] = self.connection
        return environ

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Many connections at once; threads do not keep the process alive."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    allow_reuse_address = True

    def server_bind(self) -> None:
        # The library's own way asks the resolver for the machine's name, which can wait for seconds.
        if ":" in str(self.server_address[0]):
            self.address_family = socket.AF_INET6
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def shutdown_request(self, request: Any) -> None:
        linger = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(RESET_ON_CLOSE))
        if linger == RESET_ON_CLOSE:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that goes away is no news here.
        pass


def reset_connection(environ: dict[str, Any]) -> None:
    """The connection of this request will end with a reset instead of a goodbye."""
    connection = environ.get("sandbox.connection")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


def bind(host: str, port: int) -> ThreadedServer:
    """A server that holds its port already; give it its application, then `serve_forever`."""
    return ThreadedServer((host, port), QuietHandler)
