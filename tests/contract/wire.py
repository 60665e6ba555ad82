"""HTTP/1.1 on a bare socket: what is sent and received is seen byte by byte.

http.client would repair, reorder and hide exactly the things that the contract is about.
"""

import re
import select
import socket
import time


class Closed(Exception):
    """The peer closed the connection, or reset it, before a complete answer."""

    def __init__(self, received):
        super().__init__(f"connection closed after {len(received)} bytes")
        self.received = received


class Stalled(Exception):
    """No complete answer came within the time allowed."""

    def __init__(self, received):
        super().__init__(f"no complete answer, {len(received)} bytes so far")
        self.received = received


class Answer:
    """One answer: `head` as lines, `headers` as [(name, value)] in wire order, `body` without framing."""

    def __init__(self, start_line, headers, body):
        self.start_line = start_line
        self.headers = headers
        self.body = body

    @property
    def status(self):
        match = re.match(r"HTTP/1\.\d (\d{3})", self.start_line)
        return int(match.group(1)) if match else 0

    def values(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Connection:
    """A TCP connection to `address` (host, port) with the buffer of what was read ahead."""

    def __init__(self, address, timeout=30.0):
        self._socket = socket.create_connection(address, timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._timeout = timeout
        self._buffer = b""
        self._eof = False

    def close(self):
        self._socket.close()

    def send(self, data):
        """Sends all of `data`. A peer that answers and closes before it has read all is no error here."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read_answer(self, without_body=False, timeout=None):
        """Reads one answer (interim ones count too). `without_body`: it answers a HEAD."""
        deadline = time.monotonic() + (timeout or self._timeout)
        head = self._read_until(b"\r\n\r\n", deadline)
        start_line, *lines = head[:-4].decode("latin-1").split("\r\n")
        headers = []
        for line in lines:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" \t")))
        answer = Answer(start_line, headers, b"")
        if without_body or answer.status in (204, 304) or answer.status // 100 == 1:
            return answer
        if any("chunked" in value.lower() for value in answer.values("transfer-encoding")):
            answer.body = self._read_chunks(deadline)
        elif answer.values("content-length"):
            answer.body = self._read_exactly(int(answer.values("content-length")[0]), deadline)
        else:
            answer.body = self._read_to_end(deadline)
        return answer

    def wait_closed(self, timeout):
        """True when the peer ends the connection within `timeout`; bytes that come first are kept."""
        deadline = time.monotonic() + timeout
        while not self._eof:
            if not self._fill(deadline):
                return False
        return True

    def unread(self):
        """Takes what came without having been asked for."""
        data, self._buffer = self._buffer, b""
        return data

    def _fill(self, deadline):
        remaining = max(0.0, deadline - time.monotonic())
        readable, _, _ = select.select([self._socket], [], [], remaining)
        if not readable:
            return False
        try:
            data = self._socket.recv(1 << 18)
        except (ConnectionResetError, TimeoutError):
            data = b""
        if data:
            self._buffer += data
        else:
            self._eof = True
        return True

    def _more(self, deadline):
        if self._eof:
            raise Closed(self._buffer)
        if not self._fill(deadline):
            raise Stalled(self._buffer)

    def _read_until(self, mark, deadline):
        while mark not in self._buffer:
            self._more(deadline)
        end = self._buffer.index(mark) + len(mark)
        data, self._buffer = self._buffer[:end], self._buffer[end:]
        return data

    def _read_exactly(self, size, deadline):
        while len(self._buffer) < size:
            self._more(deadline)
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _read_to_end(self, deadline):
        while not self._eof:
            self._more(deadline)
        return self.unread()

    def _read_chunks(self, deadline):
        body = b""
        while True:
            size = int(self._read_until(b"\r\n", deadline).split(b";")[0], 16)
            if size == 0:
                while self._read_until(b"\r\n", deadline) != b"\r\n":
                    pass
                return body
            body += self._read_exactly(size, deadline)
            self._read_exactly(2, deadline)
