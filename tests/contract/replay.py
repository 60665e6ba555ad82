#!/usr/bin/env python3
"""Sends recorded requests to a server that should behave as OpenVidu 2.32.2 did, and compares the answers.

    replay.py --emulator build/dev/bin/openvidu-emulator
    replay.py --url http://127.0.0.1:4443 --control_url http://127.0.0.1:4444

README.md tells what is compared, and how. Exit status: 0 equal but for known differences, 1 not, 2 usage.
"""

import argparse
import base64
import contextlib
import json
import pathlib
import re
import sys
import threading
import time
import urllib.parse

import records
import wire
from compare import Comparer, split_elements
from emulator import Emulator
from ids import Ids
from known import KnownDifferences
from world import Api, NoControl, Unmet, World, route

HERE = pathlib.Path(__file__).resolve().parent
# Not replayed: 14 needs a media server that dies, 15 a server that is being shut down.
LEFT_OUT = re.compile(r"^1[45]-")
# The recorded server answered at once or not at all; this is long enough for the slowest machine.
PATIENCE_S = 30.0
# One that does not even announce that it will close the connection is not waited for so long.
UNANNOUNCED_S = 0.2
# Recorded names of a transcript with a clock carry tenths of seconds; a later request may be this late.
CLOCK_SLACK_S = 0.3


class Outcome:
    """What became of one record: `differences` is empty when it was equal, `skipped` a reason or None."""

    def __init__(self, record, differences=(), skipped=None):
        self.record, self.differences, self.skipped = record, list(differences), skipped


class TooLate(Exception):
    """The machine was too slow for the transcript's clock; nothing can be said about the server."""


class Server:
    """Where to send the requests, and how to speak to the server beside them."""

    def __init__(self, url, control_url, secret, started=None):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port or 80)
        self.authorization = "Basic " + base64.b64encode(f"OPENVIDUAPP:{secret}".encode()).decode()
        self.api = Api(self.address, self.authorization, control_url)
        self.started = started

    def garbage(self):
        config = json.loads(self.api.call("GET", "/openvidu/api/config"))
        return config["OPENVIDU_SESSIONS_GARBAGE_INTERVAL"], config["OPENVIDU_SESSIONS_GARBAGE_THRESHOLD"]

    def empty(self):
        for session in json.loads(self.api.call("GET", "/openvidu/api/sessions"))["content"]:
            self.api.call("DELETE", f"/openvidu/api/sessions/{session['id']}")


class Replay:
    """Replays one transcript against one server."""

    # The name that the recorded requests call their server by.
    HOST = "127.0.0.1:5443"
    # After so many requests without `conn` a new connection is taken; the server would end it at 100.
    REUSE = 40

    def __init__(self, transcript, server, slow):
        self._transcript, self._server, self._slow = transcript, server, slow
        self._ids = Ids()
        self._comparer = Comparer(self._ids)
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
        return outcomes + self._timeouts(slow)

    def _one(self, record, position):
        try:
            if record.kind == "http":
                return self._http(record, position)
            if record.kind == "raw":
                return self._raw(record)
            if record.kind == "many":
                return self._many(record)
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
            elif answer.status == 404 and age > threshold - CLOCK_SLACK_S:
                raise TooLate(record.name)
        # Compared before it is learnt from: an id of a wrong form would otherwise be bound, and then be right.
        differences += self._compare(record, answer)
        self._world.learn(record, answer, position)
        created = record.method == "POST" and route(record.target)[0] == ["sessions"] and record.status == 200
        if created and self._garbage:
            self._born.update({name: time.monotonic() for name in self._world.sessions if name not in self._born})
        outcome = Outcome(record, differences)
        self._after(record, answer, outcome)
        return outcome

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
                lines.append(f"{name}: {given.get('host', self.HOST)}")
                continue
            value = self._ids.translate(given.get(name.lower(), given.get(name, "")))
            if name.lower() == "content-length" and value == str(len(sent)):
                value = str(len(body))
            lines.append(f"{name}: {value}")
        if not host_sent:
            lines.insert(0, f"Host: {self.HOST}")
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
            answer = entry[0].read_answer(record.method == "HEAD", PATIENCE_S)
        except wire.Closed as error:
            if entry[1] == 0 or error.received:
                raise
            # An idle connection may be closed while we write; the one before must have kept it open.
            self._drop(record.conn, differences)
            entry = self._connect(record.conn)
            entry[0].send(request)
            answer = entry[0].read_answer(record.method == "HEAD", PATIENCE_S)
        entry[1] += 1
        return answer, differences

    def _connect(self, conn):
        self._open[conn] = [wire.Connection(self._server.address, PATIENCE_S), 0, None]
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

    def _after(self, record, answer, outcome):
        """Checks that the server keeps or ends the connection as recorded."""
        entry = self._open.get(record.conn)
        entry[2] = outcome
        if record.closes:
            announced = any(value.lower() == "close" for value in answer.values("connection"))
            if not entry[0].wait_closed(PATIENCE_S if announced else UNANNOUNCED_S):
                outcome.differences.append("connection: expected the server to close it, it stays open")
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

    # --- records of raw bytes --------------------------------------------------------------------

    def _raw(self, record):
        expected = _split_raw(record.data["response"])
        connection = wire.Connection(self._server.address, PATIENCE_S)
        try:
            request = record.data["request"]
            head = [request.startswith("HEAD ")]
            try:
                data = self._ids.translate(request).encode("latin-1")
            except UnicodeEncodeError:
                data = self._ids.translate(request).encode()
            connection.send(data)
            return Outcome(record, self._raw_answers(record, connection, expected, head))
        finally:
            connection.close()

    def _raw_answers(self, record, connection, expected, head):
        differences, patience_s = [], PATIENCE_S
        for number, (start_line, headers, body) in enumerate(expected, start=1):
            answer = connection.read_answer(head[0], PATIENCE_S)
            where = f"answer {number}: " if len(expected) > 1 else ""
            found = []
            if answer.start_line != start_line:
                found.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
            found += self._comparer.header_lines(headers, answer.headers)
            if found:
                patience_s = UNANNOUNCED_S
            found += self._raw_body(headers, body, answer)
            differences += [where + difference for difference in found]
        if record.data.get("after") == "closed":
            if not connection.wait_closed(patience_s):
                differences.append("connection: expected the server to close it, it stays open")
        elif connection.wait_closed(0.05):
            differences.append("connection: expected it to stay open, the server closed it")
        stray = connection.unread()
        if stray:
            differences.append(f"unexpected bytes after the answer: {stray[:80]!r}")
        return differences

    def _raw_body(self, headers, body, answer):
        lengths = [int(value) for name, value in headers if name.lower() == "content-length"]
        recorded = body.encode()
        if lengths and lengths[0] and not recorded:
            # A HEAD, or cut before its body.
            came = answer.values("content-length")
            return [] if came == [str(lengths[0])] else [f"content-length: expected {lengths[0]}, came {came}"]
        if lengths and len(recorded) < lengths[0]:
            cut = records.Text(body, lengths[0], "")
            return self._comparer.cut_body(cut, answer.body)
        return self._comparer.body(body, answer.body)

    def _many(self, record):
        """`n` requests on one connection. What was asked for shows in the last answer: the public URL."""
        (start_line, headers, body), = _split_raw(record.data["last_response"])
        connection = wire.Connection(self._server.address, PATIENCE_S)
        request = f"GET /openvidu/api/config/openvidu-publicurl HTTP/1.1\r\nHost: {self.HOST}\r\n\r\n".encode()
        differences = []
        try:
            for number in range(1, record.data["n"] + 1):
                connection.send(request)
                answer = connection.read_answer(timeout=PATIENCE_S)
                last = number == record.data["n"]
                if not last and answer.values("connection"):
                    differences.append(f"answer {number} of {record.data['n']} says Connection: "
                                       f"{answer.values('connection')}")
                    break
            if answer.start_line != start_line:
                differences.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
            differences += self._comparer.header_lines(headers, answer.headers)
            differences += self._comparer.body(body, answer.body)
            if not connection.wait_closed(PATIENCE_S):
                differences.append("connection: expected the server to close it, it stays open")
        finally:
            connection.close()
        return Outcome(record, differences)

    # --- records of waiting ----------------------------------------------------------------------

    def _timeouts(self, slow):
        """All at once: each waits for a minute or two."""
        if not self._slow:
            return [Outcome(record, skipped="takes minutes; --slow replays it") for record in slow]
        outcomes = [None] * len(slow)

        def wait(index, record):
            try:
                outcomes[index] = self._timeout(record)
            except (wire.Closed, wire.Stalled, OSError) as error:
                outcomes[index] = Outcome(record, [f"no answer: {error}"])

        threads = [threading.Thread(target=wait, args=item) for item in enumerate(slow)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def _timeout(self, record):
        request = self._unfinished(record.name)
        if request is None:
            return Outcome(record, skipped="its request was not recorded, and its name says too little")
        recorded_s = record.data["closed_after_s"]
        connection = wire.Connection(self._server.address, PATIENCE_S)
        comparer = Comparer(Ids())
        try:
            connection.send(request)
            start = time.monotonic()
            differences = []
            for start_line, headers, body in _split_raw(record.data["response"]):
                answer = connection.read_answer(timeout=recorded_s + PATIENCE_S)
                if answer.start_line != start_line:
                    differences.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
                differences += comparer.header_lines(headers, answer.headers)
                cut = records.Text(body, len(answer.body), "") if body else records.Text("")
                differences += comparer.cut_body(cut, answer.body) if body else []
            closed = connection.wait_closed(recorded_s + PATIENCE_S)
            waited_s = time.monotonic() - start
            if not closed:
                differences.append(f"connection: expected it closed after {recorded_s} s, it is open "
                                   f"after {waited_s:.1f} s")
            elif waited_s < recorded_s - 2:
                differences.append(f"connection: expected it closed after {recorded_s} s, came {waited_s:.1f} s")
            if connection.unread():
                differences.append("unexpected bytes before the end")
            return Outcome(record, differences)
        finally:
            connection.close()

    def _unfinished(self, name):
        """These records hold no request; their names say what was sent."""
        start = f"GET /openvidu/api/config HTTP/1.1\r\nHost: {self.HOST}\r\n"
        authorization = f"Authorization: {self._server.authorization}\r\n"
        texts = {
            "silent connection": "",
            "half request line": "GET /openvidu/api/con",
            "headers not finished": start + authorization,
            "idle after one response": start + authorization + "\r\n",
            "idle after response, Connection: keep-alive":
                start + authorization + "Connection: keep-alive\r\n\r\n",
            "body not finished": f"POST /openvidu/api/sessions HTTP/1.1\r\nHost: {self.HOST}\r\n{authorization}"
                                 "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        }
        text = texts.get(name.removeprefix("timeout: "))
        return None if text is None else text.encode()


def _without_connections(text):
    return text.split(',"connections":')[0]


def _split_raw(text):
    """Recorded bytes → [(start line, [(header, value)], body)]."""
    answers = []
    while text:
        head, _, rest = text.partition("\r\n\r\n")
        start_line, *lines = head.split("\r\n")
        headers = []
        for line in lines:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" ")))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        encoded = rest.encode()
        # After a HEAD nothing follows though a length was given; a recorder may have stopped within a body.
        body = "" if rest.startswith("HTTP/1.1 ") else encoded[:length].decode("utf-8", "ignore")
        answers.append((start_line, headers, body))
        text = encoded[len(body.encode()):].decode()
    return answers


def flags_for(transcript):
    """How the emulator must be started for a transcript."""
    if transcript.timed and transcript.garbage:
        interval, threshold = transcript.garbage
        return [f"--garbage_interval={interval}s", f"--garbage_threshold={threshold}s"]
    return []


def replay_transcript(transcript, arguments):
    """All outcomes of one transcript, on a server of its own if the replayer starts it."""
    attempts = 3
    for attempt in range(1, attempts + 1):
        with contextlib.ExitStack() as stack:
            if arguments.emulator:
                emulator = stack.enter_context(
                    Emulator(arguments.emulator, *flags_for(transcript), secret=arguments.secret))
                server = Server(emulator.url, emulator.control_url, arguments.secret, emulator.started)
            else:
                server = Server(arguments.url, arguments.control_url, arguments.secret)
                wanted = transcript.garbage if transcript.timed else None
                if wanted and server.garbage() != wanted:
                    reason = f"needs a server that collects each {wanted[0]} s after {wanted[1]} s"
                    return [Outcome(record, skipped=reason) for record in transcript.records]
                server.empty()
            try:
                return Replay(transcript, server, arguments.slow).run()
            except TooLate as late:
                if attempt == attempts:
                    reason = f"this machine is too slow for its clock ({late})"
                    return [Outcome(record, skipped=reason) for record in transcript.records]
    raise AssertionError("unreachable")


def replay_all(arguments, out=sys.stdout):
    """Replays, prints what differs, and returns the process's exit status."""
    known = KnownDifferences.load(arguments.known_differences)
    transcripts = [transcript for transcript in records.load(arguments.transcripts)
                   if arguments.all or not LEFT_OUT.match(transcript.name)]
    if arguments.only:
        transcripts = [transcript for transcript in transcripts if re.search(arguments.only, transcript.name)]
    replayed = equal = unknown = 0
    skipped = {}
    for transcript in transcripts:
        before = (replayed, equal)
        for outcome in replay_transcript(transcript, arguments):
            record = outcome.record
            if outcome.skipped:
                reasons = skipped.setdefault(outcome.skipped, [])
                reasons.append(f"{record.transcript}:{record.line} {record.name[:70]}")
                continue
            replayed += 1
            if not outcome.differences:
                equal += 1
                known.equal(record)
            elif not known.explains(record, outcome.differences):
                unknown += 1
                print(f"DIFFERENT {record.transcript}:{record.line} {record.name[:120]}", file=out)
                if record.kind == "http":
                    body = record.request_text.head[:200]
                    print(f"    {record.method} {record.target[:160]} {body}", file=out)
                for difference in outcome.differences:
                    print(f"    {difference}", file=out)
        print(f"{transcript.name}: replayed {replayed - before[0]}, equal {equal - before[1]}", file=out,
              flush=True)
    for reason, names in skipped.items():
        print(f"skipped {len(names)}: {reason}: {names[0]}{' …' if len(names) > 1 else ''}", file=out)
    # A name missing from another directory says nothing about the entry, nor does a part of the transcripts.
    complete = not arguments.only and pathlib.Path(arguments.transcripts).resolve() == HERE / "transcripts"
    complaints = known.complaints(replayed, complete)
    for complaint in complaints:
        print(complaint, file=out)
    print(f"replayed {replayed}, equal {equal}, known differences {known.count}", file=out)
    return 1 if unknown or complaints or replayed == 0 else 0


def parse_arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--url", help="base URL of a running server that holds nothing worth keeping")
    target.add_argument("--emulator", help="path of openvidu-emulator; it is started once per transcript")
    parser.add_argument("--control_url", help="the emulator's control surface, with --url")
    parser.add_argument("--secret", default="MY_SECRET", help="the secret that the recorded requests carry")
    parser.add_argument("--transcripts", default=str(HERE / "transcripts"), help="a directory of *.jsonl")
    parser.add_argument("--known_differences", default=str(HERE / "known_differences.json"))
    parser.add_argument("--only", help="replay transcripts whose name has this regular expression")
    parser.add_argument("--all", action="store_true", help="replay 14 and 15 too, as far as they hold requests")
    parser.add_argument("--slow", action="store_true", help="replay what takes the server a minute or two")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(replay_all(parse_arguments(sys.argv[1:])))
