"""Clients that mean harm, over raw sockets: each holds its connections until it is closed."""

import contextlib
import os
import resource
import socket
import ssl
import threading

REQUEST = b"POST /api/sessions HTTP/1.1\r\nHost: h\r\n"
BODY = b'{"customSessionId":"smuggled"}'
SMUGGLED = b"POST /api/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)

# What two servers could read differently. Each is refused, and nothing after it is read.
SMUGGLING = {
    "length and chunked": REQUEST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunked and length": REQUEST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": REQUEST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "list of lengths": REQUEST + b"Content-Length: 0, %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "signed length": REQUEST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "blank before the colon": REQUEST + b"Content-Length : %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
    "folded": REQUEST + b"X: a\r\n Content-Length: 0\r\n\r\n" + SMUGGLED,
    "bare LF": REQUEST + b"X: a\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "bare CR": REQUEST + b"X: a\rContent-Length: 0\r\n\r\n" + SMUGGLED,
    "NUL": REQUEST + b"X: a\0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "other coding": REQUEST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding twice": REQUEST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "coding of HTTP/1.0": REQUEST.replace(b"/1.1", b"/1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunk size with prefix": REQUEST + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + SMUGGLED,
    "chunk size overflows": REQUEST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n" + SMUGGLED,
    "trailer is a request": REQUEST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + SMUGGLED,
    "two hosts": REQUEST + b"Host: i\r\nContent-Length: 0\r\n\r\n" + SMUGGLED,
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SMUGGLED,
    "HTTP/0.9": b"GET /api/sessions\r\n" + SMUGGLED,
    "TLS garbage": b"\x16\x03\x01\xff\xff" + b"\xff" * 100 + SMUGGLED,
}

LARGE = {
    "10,000 headers": REQUEST + b"".join(b"X-%d: 1\r\n" % i for i in range(10_000)) + b"\r\n",
    "a header line of 1 MiB": REQUEST + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n",
    "a target of 1 MiB": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "a method of 1 MiB": b"A" * (1 << 20),
    "a chunk extension of 1 MiB": REQUEST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * (1 << 20),
    "trailers of 1 MiB": REQUEST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: a\r\n" * (1 << 18),
    "a body of 1 GiB": REQUEST + b"Content-Length: 1073741824\r\n\r\n" + b"a" * (1 << 20),
    "JSON of 100,000 levels": REQUEST + b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000,
}


def connect(address):
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=120)


def ask(address, request):
    """All that is answered to `request` until the service ends the connection."""
    with connect(address) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


def allow_connections(wanted):
    """How many connections this process may hold, `wanted` at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 200:
        soft = min(wanted + 200, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, soft - 200)


class Crowd:
    """`count` connections on which `first` is sent, then the bytes of `drip` one by one, again and again, a round every
    `pause_s`; what ends is opened anew. Reads nothing."""

    def __init__(self, address, count, first=b"", drip=b"", pause_s=1.0, receive_buffer=None):
        self._address, self._count, self._first, self._drip = address, count, first, drip
        self._pause_s, self._receive_buffer = pause_s, receive_buffer
        self._ended, self._full = threading.Event(), threading.Event()
        self._connections = {}
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def await_full(self):
        """Returns when all connections have been opened once."""
        if not self._full.wait(300):
            raise AssertionError(f"{len(self._connections)} of {self._count} connections")

    def close(self):
        self._ended.set()
        self._thread.join()

    def _open(self):
        host, _, port = self._address.rpartition(":")
        connection = socket.socket()
        if self._receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        connection.settimeout(60)
        connection.connect((host, int(port)))
        connection.setblocking(False)
        self._connections[connection] = 0
        self._send(connection, self._first)

    def _send(self, connection, data):
        try:
            if data:
                connection.send(data)
        except BlockingIOError:
            pass
        except OSError:
            connection.close()
            del self._connections[connection]

    def _run(self):
        while not self._ended.is_set():
            for connection, place in list(self._connections.items()):
                if self._drip:
                    self._connections[connection] = place + 1
                    self._send(connection, self._drip[place % len(self._drip):][:1])
            while len(self._connections) < self._count and not self._ended.is_set():
                with contextlib.suppress(OSError):
                    self._open()
            self._full.set()
            self._ended.wait(self._pause_s)
        for connection in self._connections:
            connection.close()


def slow_heads(address, count):
    return Crowd(address, count, REQUEST, b"X: a\r\n", pause_s=0.5)


def slow_bodies(address, count):
    return Crowd(address, count, REQUEST + b"Content-Length: 1000000\r\n\r\n", b"a", pause_s=0.5)


def slow_readers(address, count):
    """Many requests on each connection, of whose answers nothing is ever read."""
    return Crowd(address, count, b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n" * 500, receive_buffer=2048)


def half_open(address, count):
    """Connections on which nothing comes."""
    return Crowd(address, count)


def half_handshakes(address, count):
    return Crowd(address, count, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00", pause_s=0.5)


class Garbage:
    """Sends what is refused, one after another, as fast as it is answered."""

    def __init__(self, address, pause_s=0.0):
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(address, pause_s))
        self._thread.start()

    def await_full(self):
        pass

    def close(self):
        self._ended.set()
        self._thread.join()

    def _run(self, address, pause_s):
        requests = [*SMUGGLING.values(), *LARGE.values(), os.urandom(1000), b"\x16" + os.urandom(1000)]
        while True:
            for request in requests:
                if self._ended.wait(pause_s):
                    return
                with contextlib.suppress(OSError):
                    ask(address, request)


def handshake(address):
    """A whole TLS handshake, and its end."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with connect(address) as connection, context.wrap_socket(connection) as tls:
        return tls.version()
