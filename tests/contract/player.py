"""Replays one transcript, record by record, against one server."""

import re
import time

import outcome
import records
import wire
from compare import Comparer, split_elements
from evidence import route
from ids import Ids
from outcome import Outcome, TooLate
from raw import HOST, RawReplay
from server import NoControl, Unmet
from world import World


class Replay:
    """Replays one transcript against one server."""

    # After so many requests without `conn` a new connection is taken; the server would end it at 100.
    REUSE = 40

    def __init__(self, transcript, server, slow):
        self._transcript, self._server, self._slow = transcript, server, slow
        self._ids = Ids()
        self._comparer = Comparer(self._ids, server.now_ms)
        self._raw = RawReplay(server, self._ids, self._comparer)
        garbage = transcript.garbage
        self._world = World(transcript, self._ids, server.api, collects=transcript.timed and garbage is not None)
        self._garbage = garbage if transcript.timed else None
        self._born = {}       # recorded session id → time.monotonic() when it was created
        self._open = {}       # conn → [Connection, requests so far, Outcome of the last one]
        self._start = None

    def run(self):
        outcomes, slow = [], []
        if self._transcript.timed:
            self._align()
            self._world.prepare_start()
            self._born = {name: time.monotonic() for name in self._world.sessions}
        self._start = time.monotonic()
        try:
            for position, record in enumerate(self._transcript.records):
                if record.kind == "timeout":
                    slow.append(record)
                else:
                    outcomes.append(self._one(record, position))
        finally:
            for connection, _, _ in self._open.values():
                connection.close()
        if not self._slow:
            return outcomes + [Outcome(record, skipped="takes minutes; --slow replays it") for record in slow]
        return outcomes + self._raw.timeouts(slow)

    def _one(self, record, position):
        try:
            if record.kind == "http":
                return self._http(record, position)
            if record.kind == "raw":
                return self._raw.raw(record)
            if record.kind == "many":
                return self._raw.many(record)
        except NoControl as error:
            return Outcome(record, skipped=str(error))
        except Unmet as error:
            return Outcome(record, [str(error)])
        except (wire.Closed, wire.Stalled, OSError) as error:
            entry = self._open.pop(record.conn, None) if record.kind == "http" else None
            if entry is not None:  # what may still come on it would be taken for a later answer
                entry[0].close()
            return Outcome(record, [f"no answer: {error}"])
        return Outcome(record, skipped="holds no request")

    # --- a clock ---------------------------------------------------------------------------------

    def _align(self):
        """Starts when a collection at the threshold's end is as far as it can be from the recorded requests.

        Recorded was a session that was there 6.1 s after the start and gone after 6.8 s; collecting each 2 s,
        the server under test should do so at 6.9 s: what is awaited to be gone may come later, not earlier.
        """
        if self._garbage and self._server.started is not None:
            interval, threshold = self._garbage
            wanted = self._server.started - (threshold + 0.9) % interval
            time.sleep((wanted - time.monotonic()) % interval)

    def _wait_for(self, record):
        if record.offset_s is not None:
            delay = self._start + record.offset_s - time.monotonic()
            if delay > 0:
                time.sleep(delay)

    def _age(self, record):
        """How long the session that a record names has existed, else None."""
        parts, _ = route(record.target)
        if self._garbage and parts and parts[0] == "sessions" and len(parts) > 1 and parts[1] in self._born:
            return time.monotonic() - self._born[parts[1]]
        return None

    # --- records by a client library -------------------------------------------------------------

    def _http(self, record, position):
        request = self._request(record)
        if request is None:
            return Outcome(record, skipped="what was cut out of its body cannot be rebuilt")
        self._wait_for(record)
        self._world.prepare(record, position)
        self._obtain_cookie(record)
        request = self._request(record)  # again: the world may have brought ids to translate
        answer, differences = self._exchange(record, request)
        age = self._age(record)
        if age is not None and answer.status != record.status:
            interval, threshold = self._garbage
            if record.status == 404 and answer.status == 200:
                # It may live on until the next collection; only what is never collected is a difference.
                while answer.status == 200 and self._age(record) < threshold + interval + 5:
                    time.sleep(0.1)
                    answer, differences = self._exchange(record, request)
            elif answer.status == 404 and age > threshold - outcome.CLOCK_SLACK_S:
                raise TooLate(record.name)
        # Compared before it is learnt from: an id of a wrong form would otherwise be bound, and then be right.
        differences += self._compare(record, answer)
        self._world.learn(record, answer, position)
        created = record.method == "POST" and route(record.target)[0] == ["sessions"] and record.status == 200
        if created and self._garbage:
            self._born.update({name: time.monotonic() for name in self._world.sessions if name not in self._born})
        result = Outcome(record, differences)
        self._after(record, answer, result)
        return result

    def _obtain_cookie(self, record):
        """The answer that gave a sent cookie may be missing; to the server it must be one of its own."""
        sent = re.search(r"OVJSESSIONID=([0-9A-F]{32})", record.request_headers.get("cookie", ""))
        if sent and not self._ids.knows(sent.group(1)) and "set-cookie" not in record.response_headers:
            self._ids.bind(sent.group(1), self._server.api.cookie())

    def _request(self, record):
        text = record.request_text.rebuild()
        if text is None:
            return None
        sent = records.body_bytes(text)
        body = records.body_bytes(self._ids.translate(text))
        given = record.request_headers
        lines, host_sent = [], False
        order = record.data["request"].get("header_order") or ["Host", *given]
        for name in order:
            if name.lower() == "host":
                host_sent = True
                lines.append(f"{name}: {given.get('host', HOST)}")
                continue
            value = self._ids.translate(given.get(name.lower(), given.get(name, "")))
            if name.lower() == "content-length" and value == str(len(sent)):
                value = str(len(body))
            lines.append(f"{name}: {value}")
        if not host_sent:
            lines.insert(0, f"Host: {HOST}")
        head = "\r\n".join([f"{record.method} {self._ids.translate(record.target)} HTTP/1.1", *lines, "", ""])
        return head.encode("latin-1", "replace") + body

    def _exchange(self, record, request):
        """Sends `request` on the record's connection; returns the answer and what was wrong with the wire."""
        differences = []
        entry = self._open.get(record.conn)
        if entry is not None and (entry[1] >= self.REUSE and record.conn is None or entry[0].wait_closed(0)):
            entry = self._drop(record.conn, differences)
        if entry is None:
            entry = self._connect(record.conn)
        entry[0].send(request)
        try:
            answer = entry[0].read_answer(record.method == "HEAD", outcome.PATIENCE_S)
        except wire.Closed as error:
            if entry[1] == 0 or error.received:
                raise
            # An idle connection may be closed while we write; the one before must have kept it open.
            self._drop(record.conn, differences)
            entry = self._connect(record.conn)
            entry[0].send(request)
            answer = entry[0].read_answer(record.method == "HEAD", outcome.PATIENCE_S)
        entry[1] += 1
        return answer, differences

    def _connect(self, conn):
        self._open[conn] = [wire.Connection(self._server.address, outcome.PATIENCE_S), 0, None]
        return self._open[conn]

    def _drop(self, conn, differences):
        connection, _, last = self._open.pop(conn)
        if connection.wait_closed(0):
            stray = connection.unread()
            if stray:
                differences.append(f"after the answer before this one came {stray[:80]!r}")
            if last is not None and not last.record.closes:
                last.differences.append("connection: expected it to stay open, the server closed it")
        connection.close()

    def _after(self, record, answer, result):
        """Checks that the server keeps or ends the connection as recorded."""
        entry = self._open.get(record.conn)
        entry[2] = result
        if record.closes:
            announced = any(value.lower() == "close" for value in answer.values("connection"))
            if not entry[0].wait_closed(outcome.PATIENCE_S if announced else outcome.UNANNOUNCED_S):
                result.differences.append("connection: expected the server to close it, it stays open")
            entry[0].close()
            del self._open[record.conn]

    def _compare(self, record, answer):
        differences = []
        if answer.status != record.status:
            differences.append(f"status: expected {record.status}, came {answer.status}")
        elif answer.start_line != f"HTTP/1.1 {record.status} ":
            differences.append(f"start line: expected an empty reason, came {answer.start_line!r}")
        differences += self._comparer.headers(record.response_headers, answer.headers)
        text = record.response_text
        if record.method == "HEAD":
            differences += self._compare_head_length(record, answer)
        elif text.cut:
            differences += self._comparer.cut_body(text, answer.body, same_length=not self._world.guessed)
            differences += self._compare_elements(answer)
        else:
            differences += self._comparer.body(text.head, answer.body)
        return differences

    def _compare_head_length(self, record, answer):
        """A HEAD has the length that its GET has, whatever that is in this world."""
        if not answer.values("content-length") or record.status != 200:
            expected = record.response_headers.get("content-length")
            came = answer.headers and next(iter(answer.values("content-length")), None)
            return [] if came == expected else [f"header content-length: expected {expected}, came {came}"]
        expected = len(self._server.api.call("GET", self._ids.translate(record.target)).encode())
        came = answer.values("content-length")[0]
        return [] if came == str(expected) else [f"header content-length: the GET has {expected}, came {came}"]

    def _compare_elements(self, answer):
        """What was cut out of a recorded list can still be compared with what the server itself said before."""
        text = answer.body.decode("utf-8", "replace")
        if not text.startswith('{"numberOfElements":'):
            return []
        sessions = self._world.sessions.values()
        said = {}
        for thing in [*sessions, *(connection for session in sessions for connection in session.connections)]:
            if thing.text:
                said.setdefault(thing.real, []).append(_without_connections(thing.text))
        differences = []
        for element in split_elements(text[text.index("[") + 1:text.rindex("]")]):
            identity = re.match(r'\{"id":"([^"]*)"', element)
            known = said.get(identity.group(1)) if identity else None
            if known and _without_connections(element) not in known:
                differences.append(f"element {identity.group(1)}: was {known[0][:300]}, now {element[:300]}")
        return differences


def _without_connections(text):
    return text.split(',"connections":')[0]
