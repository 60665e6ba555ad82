"""A server that gives the recorded answers back, in their order: what a replay of them must find equal."""

import socket
import threading


def wire_of(record):
    """The bytes of a recorded answer to a client library; what it dropped (Date) is put back."""
    response = record.data["response"]
    lines = [f"HTTP/1.1 {response['status']} "]
    tail = [name for name in ("keep-alive", "connection") if name in response["headers"]]
    for name, value in response["headers"].items():
        if name not in tail:
            lines.append(f"{name}: {value}")
    lines.append("Date: Tue, 24 Nov 2026 19:12:00 GMT")
    lines += [f"{name}: {response['headers'][name]}" for name in tail]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (response["body"] or "").encode()


class RecordedServer:
    """Answers the requests that arrive with `answers`, one each; closes where `closes` says so."""

    def __init__(self, answers, closes):
        self._answers = list(zip(answers, closes))
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def of(cls, transcript, change=lambda record, data: data):
        """`change(record, bytes)` may spoil answers."""
        return cls([change(record, wire_of(record)) for record in transcript],
                   [record.closes for record in transcript])

    @property
    def url(self):
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self):
        self._socket.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with peer, peer.makefile("rb") as stream:
            while self._read_request(stream):
                with self._lock:
                    if not self._answers:
                        return
                    answer, closes = self._answers.pop(0)
                peer.sendall(answer)
                if closes:
                    return

    @staticmethod
    def _read_request(stream):
        length, first = 0, True
        while True:
            line = stream.readline()
            if not line:
                return False
            if line in (b"\r\n", b"\n") and not first:
                stream.read(length)
                return True
            first = False
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
