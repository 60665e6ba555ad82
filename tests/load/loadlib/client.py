"""An asynchronous HTTP client that never sends anything twice."""

import asyncio
import dataclasses
import json
import time


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    fields: dict  # of the head; names and values in lower case
    body: bytes
    seconds: float

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Client:
    """Kept-alive connections to the service, as many as there are requests at once; at most `max_idle` are kept."""

    def __init__(self, address, max_idle=10000):
        self._host, _, self._port = address.rpartition(":")
        self._idle, self._max_idle = [], max_idle

    async def post(self, path, value=None, **headers):
        """The answer to `value` as JSON, or to no body; ConnectionRefusedError where nothing was sent, and another
        OSError or EOFError where there is no telling."""
        begun = time.monotonic()
        body = b"" if value is None else json.dumps(value).encode()
        more = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n{more}"
                         f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            status, fields, body = await _read_answer(reader)
        except BaseException:
            writer.close()
            raise
        if fields.get("connection") == "close" or len(self._idle) >= self._max_idle:
            writer.close()
        else:
            self._idle.append((reader, writer))
        return Answer(status, fields, body, time.monotonic() - begun)


async def _read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    return int(head.split()[1]), fields, await reader.readexactly(int(fields.get("content-length", 0)))
