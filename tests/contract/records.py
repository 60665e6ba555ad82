"""The transcripts: one JSON object a line, in several shapes; this is the only module that knows them.

    request {method, path, headers, body}, response {status, headers, body}     HTTP, by a client library
    request "GET …", response "HTTP/1.1 …", after "open" | "closed"             raw bytes
    n, last_response                                                            n requests on one connection
    closed_after_s, response                                                    how long the server waits
    got, t                                                                      a shutdown, not replayed
"""

import base64
import json
import pathlib
import re

# A recorder kept the beginning and the end of what was long, and put this mark behind the beginning.
ELLIPSIS = "\u2026"


class Text:
    """A recorded body: all of it, or when `total_chars` is set its `head` and `tail`."""

    def __init__(self, text, total_chars=None, tail=""):
        self.head = text
        self.total_chars = total_chars
        self.tail = tail

    @property
    def cut(self):
        return self.total_chars is not None

    @classmethod
    def of(cls, message):
        text = message.get("body") or ""
        if "body_truncated_from" not in message:
            return cls(text)
        return cls(text.removesuffix(ELLIPSIS), message["body_truncated_from"], message.get("body_tail", ""))

    def rebuild(self):
        """The whole text, when what was cut out repeats the character before it; else None."""
        if not self.cut:
            return self.head
        missing = self.total_chars - len(self.head) - len(self.tail)
        if missing < 0 or not self.head or (self.tail and self.head[-1] != self.tail[0]):
            return None
        return self.head + self.head[-1] * missing + self.tail


def body_bytes(text):
    """What a recorded body was on the wire: text that is no UTF-8 was recorded as base64."""
    if text.startswith("base64:"):
        return base64.b64decode(text[len("base64:"):])
    return text.encode("utf-8", "surrogatepass")


class Record:
    """One line of a transcript. `kind`: http, raw, many, timeout or other."""

    def __init__(self, transcript, line, data):
        self.transcript = transcript
        self.line = line
        self.data = data
        self.name = str(data.get("name", ""))
        self.kind = self._kind(data)

    @staticmethod
    def _kind(data):
        if isinstance(data.get("request"), dict) and isinstance(data.get("response"), dict):
            return "http"
        if isinstance(data.get("request"), str) and isinstance(data.get("response"), str):
            return "raw"
        if "last_response" in data and "n" in data:
            return "many"
        if "closed_after_s" in data:
            return "timeout"
        return "other"

    @property
    def offset_s(self):
        """Seconds after the start of the transcript, from a name such as `[+6.8s] poll`; else None."""
        match = re.match(r"\[\+(\d+(?:\.\d+)?)s\]", self.name)
        return float(match.group(1)) if match else None

    # The following are of kind http only.

    @property
    def method(self):
        return self.data["request"]["method"]

    @property
    def target(self):
        return self.data["request"]["path"]

    @property
    def request_headers(self):
        return self.data["request"].get("headers") or {}

    @property
    def request_text(self):
        return Text.of(self.data["request"])

    @property
    def status(self):
        return self.data["response"]["status"]

    @property
    def response_headers(self):
        return self.data["response"].get("headers") or {}

    @property
    def response_text(self):
        return Text.of(self.data["response"])

    @property
    def conn(self):
        return self.data.get("conn")

    @property
    def closes(self):
        """Whether the server ended the connection after its answer."""
        if self.data.get("server_closed_connection"):
            return True
        return "close" in self.response_headers.get("connection", "").lower()

    def request_json(self):
        return _json_or_none(self.request_text.rebuild())

    def response_json(self):
        text = self.response_text
        return None if text.cut else _json_or_none(text.head)


def _json_or_none(text):
    if not text or text[0] not in "{[":
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


class Transcript:
    """A file of records, in the order in which they were recorded."""

    def __init__(self, name, records):
        self.name = name
        self.records = records

    @property
    def timed(self):
        return any(record.offset_s is not None for record in self.records)

    @property
    def garbage(self):
        """(interval, threshold) in seconds that its server ran with, or None when it shows none."""
        for record in self.records:
            if record.kind == "http":
                body = record.response_json()
                if isinstance(body, dict) and "OPENVIDU_SESSIONS_GARBAGE_INTERVAL" in body:
                    return (body["OPENVIDU_SESSIONS_GARBAGE_INTERVAL"],
                            body["OPENVIDU_SESSIONS_GARBAGE_THRESHOLD"])
        match = re.search(r"interval(\d+)-threshold(\d+)", self.name)
        return (int(match.group(1)), int(match.group(2))) if match else None


def load(directory):
    """All transcripts of `directory`, by name."""
    transcripts = []
    for path in sorted(pathlib.Path(directory).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            records = [Record(path.stem, number, json.loads(line))
                       for number, line in enumerate(lines, start=1) if line.strip()]
        transcripts.append(Transcript(path.stem, records))
    return transcripts
