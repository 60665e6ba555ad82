"""Replays records of raw bytes: requests that no client library would send, and connections used up or left idle."""

import threading
import time

import outcome
import records
import wire
from compare import Comparer
from ids import Ids
from outcome import Outcome

# The name that the recorded requests call their server by.
HOST = "127.0.0.1:5443"


class RawReplay:
    """Replays single records; each takes a connection of its own."""

    def __init__(self, server, ids, comparer):
        self._server, self._ids, self._comparer = server, ids, comparer

    def raw(self, record):
        expected = _split_raw(record.data["response"])
        connection = wire.Connection(self._server.address, outcome.PATIENCE_S)
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
        differences, patience_s = [], outcome.PATIENCE_S
        for number, (start_line, headers, body) in enumerate(expected, start=1):
            answer = connection.read_answer(head[0], outcome.PATIENCE_S)
            where = f"answer {number}: " if len(expected) > 1 else ""
            found = []
            if answer.start_line != start_line:
                found.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
            found += self._comparer.header_lines(headers, answer.headers)
            if found:
                patience_s = outcome.UNANNOUNCED_S
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

    def many(self, record):
        """`n` requests on one connection. What was asked for shows in the last answer: the public URL."""
        (start_line, headers, body), = _split_raw(record.data["last_response"])
        connection = wire.Connection(self._server.address, outcome.PATIENCE_S)
        request = f"GET /openvidu/api/config/openvidu-publicurl HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        differences = []
        try:
            for number in range(1, record.data["n"] + 1):
                connection.send(request)
                answer = connection.read_answer(timeout=outcome.PATIENCE_S)
                last = number == record.data["n"]
                if not last and answer.values("connection"):
                    differences.append(f"answer {number} of {record.data['n']} says Connection: "
                                       f"{answer.values('connection')}")
                    break
            if answer.start_line != start_line:
                differences.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
            differences += self._comparer.header_lines(headers, answer.headers)
            differences += self._comparer.body(body, answer.body)
            if not connection.wait_closed(outcome.PATIENCE_S):
                differences.append("connection: expected the server to close it, it stays open")
        finally:
            connection.close()
        return Outcome(record, differences)

    def timeouts(self, slow):
        """All at once: each waits for a minute or two."""
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
        connection = wire.Connection(self._server.address, outcome.PATIENCE_S)
        comparer = Comparer(Ids())
        try:
            connection.send(request)
            start = time.monotonic()
            differences = []
            for start_line, headers, body in _split_raw(record.data["response"]):
                answer = connection.read_answer(timeout=recorded_s + outcome.PATIENCE_S)
                if answer.start_line != start_line:
                    differences.append(f"start line: expected {start_line!r}, came {answer.start_line!r}")
                differences += comparer.header_lines(headers, answer.headers)
                cut = records.Text(body, len(answer.body), "") if body else records.Text("")
                differences += comparer.cut_body(cut, answer.body) if body else []
            closed = connection.wait_closed(recorded_s + outcome.PATIENCE_S)
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
        start = f"GET /openvidu/api/config HTTP/1.1\r\nHost: {HOST}\r\n"
        authorization = f"Authorization: {self._server.authorization}\r\n"
        texts = {
            "silent connection": "",
            "half request line": "GET /openvidu/api/con",
            "headers not finished": start + authorization,
            "idle after one response": start + authorization + "\r\n",
            "idle after response, Connection: keep-alive":
                start + authorization + "Connection: keep-alive\r\n\r\n",
            "body not finished": f"POST /openvidu/api/sessions HTTP/1.1\r\nHost: {HOST}\r\n{authorization}"
                                 "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        }
        text = texts.get(name.removeprefix("timeout: "))
        return None if text is None else text.encode()


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
